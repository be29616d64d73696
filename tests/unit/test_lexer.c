/* test_lexer.c -- tokens (language 3.4), string forms, what is no token.
 */
#include "tests/support/eql_test.h"

#include "base/buf.h"
#include "compiler/lexer.h"
#include "compiler/token.h"

/* Kinds of all tokens of text, with spaces between; METHOD and the like are
 * followed by nothing. */
static void
kinds_of(const char *text, eql_comments comments, eql_buf *out)
{
    eql_lexer lx;
    eql_token tok;

    eql_lexer_init(&lx, text, strlen(text), comments);
    for (;;) {
        eql_lexer_next(&lx, &tok);
        if (tok.kind == 0)
            return;
        if (out->len)
            eql_buf_add_char(out, ' ');
        eql_buf_add_str(out, eql_token_name(tok.kind));
    }
}

typedef struct {
    const char *in, *want;
} kinds_case;

static void
check_comments(const kinds_case *cases, size_t n, eql_comments comments)
{
    for (size_t i = 0; i < n; i++) {
        eql_buf out = {0};

        kinds_of(cases[i].in, comments, &out);
        if (!eql_sv_is(eql_buf_sv(&out), cases[i].want))
            fail_msg("%s\n  got  %.*s\n  want %s", cases[i].in, (int)out.len,
                     out.p, cases[i].want);
        eql_buf_free(&out);
    }
}

static void
check_kinds(const kinds_case *cases, size_t n)
{
    check_comments(cases, n, EQL_COMMENTS_NEST);
}

static void
test_spec_table(void **state)
{
    static const kinds_case cases[] = {
        {"a:length()>3", "IDENT METHOD RPAREN GT INTEGER"},
        {"a:(1,2)", "IDENT COLON LPAREN INTEGER COMMA INTEGER RPAREN"},
        {"x in~(\"A\")", "IDENT IN_CI LPAREN STRING RPAREN"},
        {"startswith~ (a,b)", "TILDE_NAME LPAREN IDENT COMMA IDENT RPAREN"},
        {"?a.b", "OPT IDENT DOT IDENT"},
        {"?\"a.b\"", "STRING"},
        {"by pid[3] [x where 1 == 1]",
         "BY IDENT INDEX LBRACKET IDENT WHERE INTEGER EQ INTEGER RBRACKET"},
        {"5ms", "INTEGER IDENT"},
        {"a.in.b", "IDENT DOT IDENT DOT IDENT"},
    };

    (void)state;
    check_kinds(cases, EQL_COUNTOF(cases));
}

static void
test_words(void **state)
{
    static const kinds_case cases[] = {
        {"and any as by const false fork in join like macro not null of or "
         "regex sample sequence true until where with",
         "AND ANY AS BY CONST FALSE FORK IN JOIN LIKE MACRO NOT NULL OF OR "
         "REGEX SAMPLE SEQUENCE TRUE UNTIL WHERE WITH"},
        {"AND Where TRUE maxspan runs descendant",
         "IDENT IDENT IDENT IDENT IDENT IDENT"},
        {"@timestamp _a a1 @", "IDENT IDENT IDENT IDENT"},
        {"a@b", "IDENT IDENT"},
        {"android inx notable", "IDENT IDENT IDENT"},
        {"in~ like~ regex~ not~ f~", "IN_CI LIKE_CI REGEX_CI TILDE_NAME "
                                     "TILDE_NAME"},
        {"in ~", "IN !stray"},
        {"a . as . organization", "IDENT DOT IDENT DOT IDENT"},
        {"a./* c */where", "IDENT DOT IDENT"},
        {"a.like~", "IDENT DOT IDENT !stray"},
        {"a.f~(", "IDENT DOT IDENT !stray LPAREN"},
        {"$e.x $_1", "VAR DOT IDENT VAR"},
        {"$ $1", "!stray !stray INTEGER"},
        {"`a b` `a``b` ````", "QUOTED QUOTED QUOTED"},
        {"`` x", "!empty-backticks IDENT"},
        {"`a\nb`", "!open-backtick IDENT !open-backtick"},
    };

    (void)state;
    check_kinds(cases, EQL_COUNTOF(cases));
}

static void
test_numbers(void **state)
{
    static const kinds_case cases[] = {
        {"0 007 12", "INTEGER INTEGER INTEGER"},
        {"1. 1.5 .5 1e3 1.e-3 .5E+7", "FLOAT FLOAT FLOAT FLOAT FLOAT FLOAT"},
        {"1e", "INTEGER IDENT"},
        {"1.5h", "FLOAT IDENT"},
        {"-5", "MINUS INTEGER"},
        {"0x1f", "INTEGER IDENT"},
        {"1..2", "FLOAT FLOAT"},
        {"a[0] a[ 12 ] a[ x]", "IDENT INDEX IDENT INDEX IDENT LBRACKET IDENT "
                               "RBRACKET"},
        {"a[-1]", "IDENT LBRACKET MINUS INTEGER RBRACKET"},
        {"a[1", "IDENT LBRACKET INTEGER"},
    };

    (void)state;
    check_kinds(cases, EQL_COUNTOF(cases));
}

static void
test_strings(void **state)
{
    static const kinds_case cases[] = {
        {"\"a\" 'b' \"\" ''", "STRING STRING STRING STRING"},
        {"\"a\\\"b\" 'a\\'b' \"\\\\\"", "STRING STRING STRING"},
        {"\"\"\"a\"\"\" x", "STRING IDENT"},
        {"\"\"\"say \"hi\" \"\"\"", "STRING"},
        {"\"\"\"say \"hi\"\"\"\"x", "STRING IDENT"},
        {"\"\"\"x\"\"\"\"\" \"y\"", "STRING STRING"},
        {"\"\"\"\"\"\"x", "STRING IDENT"},
        {"\"\"\"\"q\"\"\"", "STRING"},
        {"\"\"\"a\nb\\\"\"\"", "STRING"},
        {"?\"C:\\x\\\"y\" ?'a'", "STRING STRING"},
        {"?\"a\\\\\" b\"", "STRING"},
        {"? \"a\"", "OPT STRING"},
        {"\"abc", "!open-string"},
        {"\"abc\\", "!open-string"},
        {"\"abc\nx\"", "!open-string IDENT !open-string"},
        {"\"a\\\nx", "!open-string IDENT"},
        {"'abc", "!open-string"},
        {"?\"abc\\\"", "!open-string"},
        {"?\"", "!open-string"},
        {"\"\"\"abc\"\"", "!open-triple"},
        {"\"\"\"", "!open-triple"},
        {"\"\xc3\xa9\xe2\x80\xae\"", "STRING"},
    };

    (void)state;
    check_kinds(cases, EQL_COUNTOF(cases));
}

static void
test_space_and_comments(void **state)
{
    static const kinds_case cases[] = {
        {"", ""},
        {" \t\r\n\v\f", ""},
        {"a // b\nc", "IDENT IDENT"},
        {"a // b", "IDENT"},
        {"a /* b */ c", "IDENT IDENT"},
        {"a /* /* b */ c */ d", "IDENT IDENT"},
        {"a /**/ b /***/ c", "IDENT IDENT IDENT"},
        {"a /*/ b", "IDENT !open-comment"},
        {"a /* /* b */ c", "IDENT !open-comment"},
        {"/*", "!open-comment"},
        {"a/b", "IDENT SLASH IDENT"},
        {"\xEF\xBB\xBF"
         "a",
         "IDENT"},
        {"a \xEF\xBB\xBF", "IDENT !stray"},
        {"in(1, // one\n 2 /* two */)",
         "IN LPAREN INTEGER COMMA INTEGER RPAREN"},
    };

    (void)state;
    check_kinds(cases, EQL_COUNTOF(cases));
}

/* As endgame and endpoint have them: what stands inside opens nothing. */
static void
test_flat_comments(void **state)
{
    static const kinds_case cases[] = {
        {"a /* b */ c", "IDENT IDENT"},
        {"a /* /* b */ c", "IDENT IDENT"},
        {"a /* /* b */ c */ d", "IDENT IDENT STAR SLASH IDENT"},
        {"a /* b * /* c */ d", "IDENT IDENT"},
        {"a /*/*/ b", "IDENT IDENT"},
        {"a /*/ b", "IDENT !open-comment"},
        {"/* /*", "!open-comment"},
    };

    (void)state;
    check_comments(cases, EQL_COUNTOF(cases), EQL_COMMENTS_FLAT);
}

static void
test_operators(void **state)
{
    static const kinds_case cases[] = {
        {"== != < <= > >= =", "EQ NE LT LE GT GE ASGN"},
        {"+-*/%", "PLUS MINUS STAR SLASH PERCENT"},
        {"()[],.|?:", "LPAREN RPAREN LBRACKET RBRACKET COMMA DOT PIPE OPT "
                      "COLON"},
        {"![ ! [", "MISSING_OPEN !stray LBRACKET"},
        {"===", "EQ ASGN"},
        {"<>", "!stray"},
        {"&& || &", "!stray !stray !stray"},
        {"# ; { } \\ ^ ~", "!stray !stray !stray !stray !stray !stray !stray"},
        {"a:f(", "IDENT METHOD"},
        {"a:f~(", "IDENT METHOD"},
        {"a: f(", "IDENT COLON IDENT LPAREN"},
        {"a:f (", "IDENT COLON IDENT LPAREN"},
        {"a:in(1)", "IDENT METHOD INTEGER RPAREN"},
        {"a:\"x\"", "IDENT COLON STRING"},
    };

    (void)state;
    check_kinds(cases, EQL_COUNTOF(cases));
}

static void
test_spans(void **state)
{
    static const char text[] = "a:len~() [ 3 ]";
    static const eql_span want[] = {{0, 1}, {1, 6}, {7, 1}, {9, 5}, {14, 0}};
    eql_lexer lx;
    eql_token tok;

    (void)state;
    eql_lexer_init(&lx, text, strlen(text), EQL_COMMENTS_NEST);
    for (size_t i = 0; i < EQL_COUNTOF(want); i++) {
        eql_lexer_next(&lx, &tok);
        assert_int_equal(tok.span.offset, want[i].offset);
        assert_int_equal(tok.span.len, want[i].len);
    }
    /* The end stays the end. */
    eql_lexer_next(&lx, &tok);
    assert_int_equal(tok.kind, 0);
}

/* Every byte string ends, and its tokens lie side by side inside it. */
static void
test_any_bytes_end(void **state)
{
    uint64_t x = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        static const char common[] = "\"'`?$~/*!&|[]().\\\n a1e:in";
        char text[25];
        size_t len = (size_t)round % 24;
        uint32_t end = 0;
        eql_lexer lx;
        eql_token tok;

        for (size_t i = 0; i < len; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            text[i] = x >> 60 == 0 ? (char)(x >> 40)
                                   : common[(x >> 33) % (sizeof common - 1)];
        }
        text[len] = '\0';
        eql_lexer_init(&lx, text, len, EQL_COMMENTS_NEST);
        do {
            eql_lexer_next(&lx, &tok);
            assert_true(tok.span.offset >= end);
            end = tok.span.offset + tok.span.len;
            assert_true(end <= len);
            assert_true(tok.kind == 0 || tok.span.len > 0);
        } while (tok.kind != 0);
    }
}

static void
test_every_kind_has_a_name(void **state)
{
    (void)state;
    for (int k = 0; k < EQL_TOKEN_KINDS; k++) {
        assert_string_not_equal(eql_token_name(k), "?");
        assert_string_not_equal(eql_token_words(k), "?");
    }
    for (int k = EQL_LEX_ERROR; k <= EQL_LEX_STRAY; k++)
        assert_int_equal(eql_token_name(k)[0], '!');
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spec_table),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_space_and_comments),
        cmocka_unit_test(test_flat_comments),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_any_bytes_end),
        cmocka_unit_test(test_every_kind_has_a_name),
    };

    return cmocka_run_group_tests_name("lexer", tests, NULL, NULL);
}
