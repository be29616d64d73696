/* sema.h -- syntax tree to typed tree: names, types, static rules.
 *
 * Reports what a rule means wrong (E3xx) and what looks wrong (W4xx), and goes
 * on after an error to find more. */
#ifndef EQL_COMPILER_SEMA_H
#define EQL_COMPILER_SEMA_H

#include "compiler/compile.h"
#include "compiler/typed.h"

/* `as NAME` of an earlier stage. */
typedef struct {
    eql_strview name;
    uint32_t origin; /* program.h */
} eql_sema_alias;

/* What the functions of this pass share.  All borrowed. */
typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_strview text;       /* source that the spans point into */
    const eql_query *query; /* NULL for a bare condition */
    const eql_compile_settings *settings;
    /* What names stand for where the condition at hand is (set by sema.c). */
    eql_strview category;          /* of the stage; empty for any */
    const eql_sema_alias *aliases; /* that may be named here */
    uint32_t naliases;
    bool *names_alias;                /* set when one is named; may be NULL */
    const eql_typed_binding *binding; /* innermost array function; or NULL */
    bool pipe;        /* in a pipe: paths read event 0, events[i] event i */
    bool composite;   /* in a pipe, but its `filter`: several values are one */
    bool after_count; /* in a pipe: paths are columns of the row */
    bool pure;        /* no alias, no lineage here (keys, exceptions, ...) */
    bool excluding;   /* below an odd number of `not` */
    eql_typed_query *out; /* lineages are added to it; NULL: none allowed */
} eql_sema;

/* NULL when the query has errors (all in diags) or memory ran out
 * (eql_arena_failed).  text is the source that was parsed. */
eql_typed_query *eql_sema_query(eql_arena *arena, const eql_query *q,
                                eql_strview text,
                                const eql_compile_settings *settings,
                                eql_diags *diags);
/* The same for a bare condition on events of a category: a filter tree. */
eql_typed *eql_sema_condition(eql_arena *arena, const eql_expr *e,
                              eql_strview text, eql_strview category,
                              const eql_compile_settings *settings,
                              eql_diags *diags);

/* --- between the files of this pass ---
 *
 * All return NULL when the expression has errors. */

/* sema_expr.c: an expression in filter or in value position (typed.h). */
eql_typed *eql_sema_filter(const eql_sema *sx, const eql_expr *e);
eql_typed *eql_sema_value(const eql_sema *sx, const eql_expr *e);
/* The same pass below a `not`. */
eql_sema eql_sema_opposite(const eql_sema *sx);
/* Every item in value position; NULL when one has errors. */
eql_typed **eql_sema_values(const eql_sema *sx, const eql_expr_list *l);
/* A number operand; false with E302 reported. */
bool eql_sema_number_operand(const eql_sema *sx, const eql_typed *t);

/* sema_path.c: resolves the FIELD node of a key; false with an error reported.
 */
bool eql_sema_path(const eql_sema *sx, const eql_expr *e, eql_typed_path *out);
/* `events[i]` of a pipe, for an i that no result has: null (language 12.1). */
bool eql_sema_past_result(const eql_sema *sx, const eql_typed_path *p);
/* The same as the array of an array function. */
bool eql_sema_array_path(const eql_sema *sx, const eql_expr *e,
                         eql_typed_path *out);
/* The node as it is: as its type has it if that is a number or a boolean. */
eql_typed *eql_sema_field(const eql_sema *sx, const eql_expr *e);
/* The same with an array as one value: length() under array_length=count. */
eql_typed *eql_sema_opaque_field(const eql_sema *sx, const eql_expr *e);
/* A dotted path of the event at hand. */
eql_typed *eql_sema_dotted_field(const eql_sema *sx, eql_span span,
                                 eql_strview dotted);

/* sema_compare.c: a COMPARE node; and equality of two values, neither of them
 * null. */
eql_typed *eql_sema_compare(const eql_sema *sx, const eql_expr *e, bool filter);
eql_typed *eql_sema_equal(const eql_sema *sx, eql_span span, eql_typed *l,
                          eql_typed *r);

/* sema_types.c: what is known of a value without seeing events. */
typedef enum {
    EQL_CLASS_ANY, /* not known */
    EQL_CLASS_NULL,
    EQL_CLASS_BOOL,
    EQL_CLASS_NUMBER,
    EQL_CLASS_STRING,
    EQL_CLASS_DATE,
    EQL_CLASS_IP,
    EQL_CLASS_OBJECT
} eql_class;
/* From the text of the rule alone: fields are of class ANY. */
eql_class eql_sema_class(const eql_typed *t);
/* With what the schema knows. */
eql_class eql_sema_schema_class(const eql_typed *t);
/* "a number", "a string", ...; for messages. */
const char *eql_sema_class_name(eql_class c);
const char *eql_sema_tag_name(eql_tag tag);
/* Are literals of these types comparable?  null goes with everything. */
bool eql_sema_same_class(eql_tag a, eql_tag b);
/* Does the value depend on the event? */
bool eql_sema_has_field(const eql_typed *t);
/* Makes *lit what it is against values of operand's type: E302 if that cannot
 * be, by the rule's text or by the schema. */
bool eql_sema_fit(const eql_sema *sx, const eql_typed *operand,
                  const eql_typed *lit, eql_value *out);
/* Under --strict also: operands of a wrong type, as the schema has it. */
bool eql_sema_strict_type(const eql_sema *sx, const eql_typed *t,
                          eql_class want, const char *what);
/* Under --strict: a literal is of operand's own class (lists; endpoint). */
bool eql_sema_strict_item(const eql_sema *sx, const eql_typed *operand,
                          const eql_typed *item);
/* Does a comparison ignore case: string_case, or `~`, or a field named by the
 * form of it that does? */
bool eql_sema_folds(const eql_sema *sx, bool tilde);
bool eql_sema_folds_for(const eql_sema *sx, bool tilde, const eql_typed *t);
/* "did you mean" for the closest of n names; NULL when none is close. */
const char *eql_sema_closest(const eql_sema *sx, eql_strview name,
                             const eql_strview *names, uint32_t n);
/* Does the string literal hold a wildcard character? */
bool eql_sema_has_wildcard(const eql_value *v);
/* Is it a pattern although written with `==` or `in` (eq_wildcard)? */
bool eql_sema_is_wildcard(const eql_sema *sx, const eql_value *v);

/* sema_stage.c: [category where condition] of a lineage; false with an error
 * reported.  Inner lineages come to have lower indexes, if the caller adds its
 * own to sx->out afterwards, which eql_sema_lineage_add does: the index, or
 * EQL_NONE when out of memory. */
bool eql_sema_lineage_stage(const eql_sema *sx, const eql_body *body,
                            eql_typed_stage *out);
uint32_t eql_sema_lineage_add(const eql_sema *sx, const eql_typed_lineage *l);
/* Does some stage of the query have this alias, nameable here or not? */
bool eql_sema_has_alias(const eql_query *q, eql_strview name);
/* The first aliases of its stages; how many. */
uint32_t eql_sema_aliases(const eql_query *q, eql_strview *out, uint32_t most);

/* sema_test.c: `in`, `:`, `like`, `regex`. */
eql_typed *eql_sema_in(const eql_sema *sx, const eql_expr *e);
eql_typed *eql_sema_match(const eql_sema *sx, const eql_expr *e);
/* operand == literal for a field of type ip: E302 unless the literal is an
 * address or a block. */
eql_typed *eql_sema_address_equal(const eql_sema *sx, eql_span span,
                                  eql_typed *operand, const eql_typed *lit);
bool eql_sema_check_address(const eql_sema *sx, const eql_typed *operand,
                            const eql_typed *lit);
/* A test against one part made of literals, in the order given. */
eql_typed *eql_sema_part_test(const eql_sema *sx, eql_span span,
                              eql_typed *operand, eql_part part,
                              eql_typed **literals, uint32_t n);
/* Is the string literal a regular expression under these flags of a part?
 * E304 when not; W404 where it may not mean what it says. */
bool eql_sema_check_regex(const eql_sema *sx, const eql_typed *lit, bool fold,
                          bool prefix);

/* Narrows the span of a literal to one place in it, if its text stands there
 * as it is, without escapes. */
eql_span eql_sema_place_in_literal(const eql_sema *sx, const eql_typed *lit,
                                   uint32_t at);

/* Do they compile together?  E304 when they are too large.  how:
 * EQL_REGEX_FOLD, EQL_REGEX_PREFIX. */
bool eql_sema_compile_regexes(const eql_sema *sx, eql_span span,
                              const eql_value *values, uint32_t n,
                              unsigned how);

/* sema_call.c: function calls; sema_array.c: those over arrays. */
eql_typed *eql_sema_call(const eql_sema *sx, const eql_expr *e);
eql_typed *eql_sema_array_search(const eql_sema *sx, const eql_expr *e,
                                 bool count);
eql_typed *eql_sema_array_contains(const eql_sema *sx, const eql_expr *e);

/* sema_lint.c: warnings about what is legal and looks wrong.  true: told. */
bool eql_lint_equal_wildcard(const eql_sema *sx, const eql_typed *lit);
void eql_lint_pattern(const eql_sema *sx, const eql_typed *lit);
void eql_lint_regex(const eql_sema *sx, const eql_typed *lit);
bool eql_lint_list_wildcard(const eql_sema *sx, const eql_typed *lit);
bool eql_lint_case(const eql_sema *sx, const eql_typed *operand,
                   const eql_typed *lit);
void eql_lint_name(const eql_sema *sx, const eql_path *path, eql_span span);
void eql_lint_hyphen(const eql_sema *sx, const eql_expr *e);
/* text is what function fn looks for in a field, where a wildcard is none. */
void eql_lint_search(const eql_sema *sx, eql_function fn, bool fold,
                     const eql_typed_path *field, const eql_typed *text);
/* By the schema, function f makes null of arg; want: the letter of what it
 * takes (functions.def). */
void eql_lint_argument(const eql_sema *sx, const eql_function_info *f,
                       const eql_typed *arg, char want);

/* lint_string.c: strings and their backslashes.  true: told. */
void eql_lint_escapes(const eql_sema *sx, const eql_expr *literal);
bool eql_lint_doubled(const eql_sema *sx, const eql_typed *lit);
void eql_lint_regex_escapes(const eql_sema *sx, const eql_typed *lit);

/* lint_shape.c: what is written as one thing and read as another.  e is
 * compared with other, or operand. */
bool eql_lint_unquoted(const eql_sema *sx, const eql_typed *other,
                       const eql_expr *e);
void eql_lint_range(const eql_sema *sx, const eql_typed *operand,
                    const eql_expr *e);
void eql_lint_dashes(const eql_sema *sx, const eql_expr *arith);
void eql_lint_mixed(const eql_sema *sx, const eql_expr *list);

/* lint_ecs.c: what ECS has no value and no field for. */
void eql_lint_value(const eql_sema *sx, const eql_typed *operand,
                    const eql_typed *const *literals, uint32_t n, bool fold);
/* May an event of this category have the path, by ECS? */
bool eql_lint_category_has(eql_strview category, eql_strview path);

#endif
