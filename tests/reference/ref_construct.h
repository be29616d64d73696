/* ref_construct.h -- everything of the language and of events that must occur
 * in its share of the cases (compare.c). */
#ifndef EQL_TESTS_REF_CONSTRUCT_H
#define EQL_TESTS_REF_CONSTRUCT_H

#define REF_CONSTRUCTS(X)                                                      \
    X(EVENT_QUERY, "event query")                                              \
    X(STAGES_1, "sequence of 1 stage")                                         \
    X(STAGES_2, "sequence of 2 stages")                                        \
    X(STAGES_3, "sequence of 3 stages")                                        \
    X(STAGES_4, "sequence of 4 stages")                                        \
    X(STAGES_5, "sequence of 5 stages")                                        \
    X(NO_KEY, "sequence without keys")                                         \
    X(BY, "sequence by")                                                       \
    X(STAGE_BY, "stage by")                                                    \
    X(TWO_KEYS, "two keys")                                                    \
    X(OPTIONAL_KEY, "?key")                                                    \
    X(IP_KEY, "ip key")                                                        \
    X(MAXSPAN, "maxspan")                                                      \
    X(MAXSPAN_FIRST, "maxspan before by")                                      \
    X(UNTIL, "until")                                                          \
    X(UNTIL_BY, "until with own by")                                           \
    X(EXCEPTION, "exception")                                                  \
    X(TIEBREAKER, "tiebreaker")                                                \
    X(CATEGORY, "category")                                                    \
    X(CATEGORY_ANY, "any")                                                     \
    X(CATEGORY_QUOTED, "quoted category")                                      \
    X(COMMENT, "comment")                                                      \
    X(AND, "and")                                                              \
    X(OR, "or")                                                                \
    X(NOT, "not")                                                              \
    X(EQ, "==")                                                                \
    X(NE, "!=")                                                                \
    X(LT, "<")                                                                 \
    X(LE, "<=")                                                                \
    X(GT, ">")                                                                 \
    X(GE, ">=")                                                                \
    X(SINGLE_EQUALS, "= for ==")                                               \
    X(IN, "in")                                                                \
    X(NOT_IN, "not in")                                                        \
    X(IN_CI, "in~")                                                            \
    X(NOT_IN_CI, "not in~")                                                    \
    X(LONG_LIST, "list of 12 or more")                                         \
    X(NULL_ITEM, "null in a list")                                             \
    X(FIELD_ITEM, "field in a list")                                           \
    X(TRAILING_COMMA, "trailing comma")                                        \
    X(COLON, ":")                                                              \
    X(NOT_COLON, "not :")                                                      \
    X(LIKE, "like")                                                            \
    X(NOT_LIKE, "not like")                                                    \
    X(LIKE_CI, "like~")                                                        \
    X(NOT_LIKE_CI, "not like~")                                                \
    X(PATTERN_LIST, "list of patterns")                                        \
    X(STAR, "* in a pattern")                                                  \
    X(QUESTION, "? in a pattern")                                              \
    X(NUMBER_PATTERN, ": with a number")                                       \
    X(EQ_NULL, "== null")                                                      \
    X(NE_NULL, "!= null")                                                      \
    X(EQ_BOOL, "== true or false")                                             \
    X(NE_BOOL, "!= true or false")                                             \
    X(BARE_FIELD, "bare field")                                                \
    X(CONSTANT, "constant condition")                                          \
    X(LITERAL_FIRST, "literal first")                                          \
    X(FIELD_FIELD, "field against field")                                      \
    X(VALUE_NULL, "condition == null")                                         \
    X(VALUE_BOOL, "condition == true or false")                                \
    X(VALUE_VALUE, "condition == condition")                                   \
    X(VALUE_FIELD, "condition == field")                                       \
    X(VALUE_IN, "condition in a list")                                         \
    X(CIDR, "cidrMatch")                                                       \
    X(CIDR_METHOD, "cidrMatch as method")                                      \
    X(IP_LITERAL, "ip field == address")                                       \
    X(IP_BLOCK, "ip field == block")                                           \
    X(IP_IN, "ip field in")                                                    \
    X(IP_COLON, "ip field :")                                                  \
    X(IP_WILDCARD, "ip field : wildcard")                                      \
    X(IP_ORDER, "ip field < address")                                          \
    X(IP_FIELD, "ip field against field")                                      \
    X(OPTIONAL_FIELD, "?field")                                                \
    X(BACKTICK, "backtick name")                                               \
    X(BACKTICK_DOT, "backtick name with a dot")                                \
    X(KEYWORD_SEGMENT, "keyword as segment")                                   \
    X(SOFT_KEYWORD, "soft keyword as field")                                   \
    X(INTEGER, "integer literal")                                              \
    X(FLOAT, "float literal")                                                  \
    X(NEGATIVE, "negative literal")                                            \
    X(DOUBLE_QUOTED, "double quoted string")                                   \
    X(SINGLE_QUOTED, "single quoted string")                                   \
    X(TRIPLE, "triple raw string")                                             \
    X(QUESTION_RAW, "question raw string")                                     \
    X(ESCAPE, "escape")                                                        \
    X(UNICODE_ESCAPE, "unicode escape")                                        \
    X(NON_ASCII, "literal beyond ASCII")                                       \
    X(CASE_VARIANT, "literal in other case")                                   \
    X(COERCED, "literal of another type")                                      \
    X(EV_MULTI, "event: several values")                                       \
    X(EV_NULL, "event: null")                                                  \
    X(EV_EMPTY, "event: [] or {}")                                             \
    X(EV_NESTED_LIST, "event: list in a list")                                 \
    X(EV_NESTED, "event: nested key")                                          \
    X(EV_DOTTED, "event: dotted key")                                          \
    X(EV_BOTH, "event: both spellings")                                        \
    X(EV_OBJECTS, "event: list of objects")                                    \
    X(EV_EQUAL_TIMES, "event: equal times")                                    \
    X(EV_UNORDERED, "event: out of order")                                     \
    X(EV_NO_TIME, "event: no usable time")                                     \
    X(EV_TIME_NUMBER, "event: time as a number")                               \
    X(EV_TIME_DIGITS, "event: time as digits")                                 \
    X(EV_TIME_UNIT, "event: time as a number of another unit")                 \
    X(EV_TIME_ZONE, "event: time with an offset")                              \
    X(EV_CATEGORIES, "event: several categories")                              \
    X(EV_NO_CATEGORY, "event: no category")                                    \
    X(SAMPLE, "sample")                                                        \
    X(SAMPLE_3, "sample of 3 filters or more")                                 \
    X(JOIN, "join")                                                            \
    X(JOIN_3, "join of 3 filters or more")                                     \
    X(JOIN_UNTIL, "join with until")                                           \
    X(MISSING_FIRST, "missing stage, leading")                                 \
    X(MISSING_MIDDLE, "missing stage, between")                                \
    X(MISSING_LAST, "missing stage, trailing")                                 \
    X(MISSING_EDGES, "missing stages at both ends")                            \
    X(MISSING_SEVERAL, "several missing stages")                               \
    X(RUNS, "with runs")                                                       \
    X(RUNS_MISSING, "with runs on a missing stage")                            \
    X(FORK, "fork")                                                            \
    X(FORK_LAST, "fork of the last stage")                                     \
    X(ALIAS, "as")                                                             \
    X(ALIAS_USED, "alias in a later stage")                                    \
    X(ALIAS_UNTIL, "alias in until")                                           \
    X(ALIAS_LAMBDA, "alias in a lambda")                                       \
    X(ALIAS_MAXSPAN, "alias with maxspan")                                     \
    X(KEY_EXPRESSION, "key expression")                                        \
    X(LINEAGE, "lineage")                                                      \
    X(DESCENDANT, "descendant of")                                             \
    X(CHILD, "child of")                                                       \
    X(EVENT_OF, "event of")                                                    \
    X(LINEAGE_NESTED, "lineage in a lineage")                                  \
    X(LINEAGE_STAGE, "lineage in a stage")                                     \
    X(PIPE_HEAD, "| head")                                                     \
    X(PIPE_TAIL, "| tail")                                                     \
    X(PIPE_FILTER, "| filter")                                                 \
    X(PIPE_UNIQUE, "| unique")                                                 \
    X(PIPE_SORT, "| sort")                                                     \
    X(PIPE_COUNT, "| count")                                                   \
    X(PIPE_COUNT_BY, "| count key")                                            \
    X(PIPE_UNIQUE_COUNT, "| unique_count")                                     \
    X(PIPE_EVENTS, "events[i] in a pipe")                                      \
    X(PIPES, "several pipes")                                                  \
    X(PIPE_SEQUENCE, "pipe behind a sequence")                                 \
    X(PIPE_TUPLE, "pipe behind a sample or join")                              \
    X(MACRO, "macro")                                                          \
    X(CONST, "const")                                                          \
    X(INDEX, "index")                                                          \
    X(ARITH, "arithmetic")                                                     \
    X(ARITH_DIVIDE, "/ or %")                                                  \
    X(SIGN, "sign of an expression")                                           \
    X(F_ARITH, "add, subtract, ...")                                           \
    X(F_BETWEEN, "between")                                                    \
    X(F_CONCAT, "concat")                                                      \
    X(F_ENDS_WITH, "endsWith")                                                 \
    X(F_INDEX_OF, "indexOf")                                                   \
    X(F_LENGTH, "length")                                                      \
    X(F_NUMBER, "number")                                                      \
    X(F_STARTS_WITH, "startsWith")                                             \
    X(F_STRING, "string")                                                      \
    X(F_STRING_CONTAINS, "stringContains")                                     \
    X(F_SUBSTRING, "substring")                                                \
    X(F_MATCH, "match or matchLite")                                           \
    X(F_WILDCARD, "wildcard")                                                  \
    X(F_ARRAY_CONTAINS, "arrayContains")                                       \
    X(F_ARRAY_COUNT, "arrayCount")                                             \
    X(F_ARRAY_SEARCH, "arraySearch")                                           \
    X(F_SAFE, "safe")                                                          \
    X(F_TILDE, "function~")                                                    \
    X(F_METHOD, "method")                                                      \
    X(F_NESTED, "function of a function")                                      \
    X(LAMBDA_NESTED, "lambda in a lambda")                                     \
    X(LAMBDA_OUTER, "field of the event in a lambda")                          \
    X(REGEX, "regex")                                                          \
    X(REGEX_CI, "regex~")                                                      \
    X(REGEX_NOT, "not regex")                                                  \
    X(REGEX_LIST, "list of regexes")                                           \
    X(REGEX_SET, "[...] in a regex")                                           \
    X(REGEX_CLASS, "\\d, \\w, \\s in a regex")                                 \
    X(REGEX_REPEAT, "repeats in a regex")                                      \
    X(REGEX_CHOICE, "| in a regex")                                            \
    X(IN_EXPRESSION, "expressions in a list")                                  \
    X(EXPRESSION_NULL, "expression == null")                                   \
    X(TYPED_NUMBER, "number field of ECS")                                     \
    X(TYPED_BOOL, "boolean field of ECS")                                      \
    X(TYPED_DATE, "date field of ECS")                                         \
    X(VERSIONS, "schema with versions")                                        \
    X(NO_SCHEMA, "no schema")                                                  \
    X(ENDPOINT, "endpoint dialect")                                            \
    X(ENDGAME, "endgame dialect")                                              \
    X(ONE_FLAG, "one flag set")                                                \
    X(SEVERAL_FLAGS, "several flags set")                                      \
    X(EV_LIST_OBJECTS, "event: list for a lambda")                             \
    X(EV_LIST_ONE, "event: one object for a lambda")

typedef enum {
#define REF_CONSTRUCT(name, text) REF_C_##name,
    REF_CONSTRUCTS(REF_CONSTRUCT)
#undef REF_CONSTRUCT
        REF_NCONSTRUCTS
} ref_construct;

const char *ref_construct_name(ref_construct c);

#endif
