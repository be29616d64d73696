/* syntax_error.c -- says what was found, what could follow, and what to do.
 *
 * What could follow is asked of the grammar itself, token kind by token kind,
 * and told in groups ("an expression") rather than in forty tokens.  It is
 * asked before the parser has reduced anything, so the answer is exact. */
#include "compiler/front.h"

#include <stdio.h>

#include "compiler/token.h"
#include "grammar.h"
#include "program/rule_language.h"

static bool
accepts(const eql_parser *ps, int kind)
{
    return eql_grammar_accepts(ps->grammar, kind);
}

/* --- what could follow --- */

/* Kinds that are told as one phrase when their mark could follow.  A group
 * takes its members away from those after it; 0 ends the list. */
typedef struct {
    int mark;   /* the group applies if this could follow */
    int unless; /* and this could not; 0: no such condition */
    const char *phrase;
    int members[22];
} group;

static const group groups[] = {
    {EQL_TOK_SEQUENCE,
     0,
     "an event category, \"any\", \"sequence\", \"sample\", \"join\"",
     {EQL_TOK_SEQUENCE, EQL_TOK_SAMPLE, EQL_TOK_JOIN, EQL_TOK_ANY,
      EQL_TOK_STRING, EQL_TOK_IDENT, EQL_TOK_AS, EQL_TOK_FORK, EQL_TOK_MACRO,
      EQL_TOK_CONST}},
    {EQL_TOK_NOT,
     EQL_TOK_COLON,
     "an expression",
     {EQL_TOK_NOT, EQL_TOK_PLUS, EQL_TOK_MINUS, EQL_TOK_LPAREN, EQL_TOK_STRING,
      EQL_TOK_INTEGER, EQL_TOK_FLOAT, EQL_TOK_TRUE, EQL_TOK_FALSE, EQL_TOK_NULL,
      EQL_TOK_IDENT, EQL_TOK_AS, EQL_TOK_FORK, EQL_TOK_MACRO, EQL_TOK_CONST,
      EQL_TOK_QUOTED, EQL_TOK_OPT, EQL_TOK_VAR, EQL_TOK_TILDE_NAME}},
    {EQL_TOK_VAR,
     0,
     "a value",
     {EQL_TOK_PLUS, EQL_TOK_MINUS, EQL_TOK_LPAREN, EQL_TOK_STRING,
      EQL_TOK_INTEGER, EQL_TOK_FLOAT, EQL_TOK_TRUE, EQL_TOK_FALSE, EQL_TOK_NULL,
      EQL_TOK_IDENT, EQL_TOK_AS, EQL_TOK_FORK, EQL_TOK_MACRO, EQL_TOK_CONST,
      EQL_TOK_QUOTED, EQL_TOK_OPT, EQL_TOK_VAR, EQL_TOK_TILDE_NAME}},
    {EQL_TOK_ANY,
     0,
     "an event category, \"any\"",
     {EQL_TOK_ANY, EQL_TOK_STRING, EQL_TOK_IDENT, EQL_TOK_AS, EQL_TOK_FORK,
      EQL_TOK_MACRO, EQL_TOK_CONST}},
    {EQL_TOK_NULL,
     0,
     "a literal",
     {EQL_TOK_STRING, EQL_TOK_INTEGER, EQL_TOK_FLOAT, EQL_TOK_TRUE,
      EQL_TOK_FALSE, EQL_TOK_NULL, EQL_TOK_PLUS, EQL_TOK_MINUS}},
    {EQL_TOK_IDENT,
     0,
     "a name",
     {EQL_TOK_IDENT, EQL_TOK_AS, EQL_TOK_FORK, EQL_TOK_MACRO, EQL_TOK_CONST,
      EQL_TOK_QUOTED, EQL_TOK_OPT}},
    {EQL_TOK_EQ,
     0,
     "a comparison",
     {EQL_TOK_EQ,    EQL_TOK_NE,       EQL_TOK_LT,    EQL_TOK_LE,
      EQL_TOK_GT,    EQL_TOK_GE,       EQL_TOK_ASGN,  EQL_TOK_IN,
      EQL_TOK_IN_CI, EQL_TOK_COLON,    EQL_TOK_LIKE,  EQL_TOK_LIKE_CI,
      EQL_TOK_REGEX, EQL_TOK_REGEX_CI, EQL_TOK_NOT,   EQL_TOK_PLUS,
      EQL_TOK_MINUS, EQL_TOK_STAR,     EQL_TOK_SLASH, EQL_TOK_PERCENT,
      EQL_TOK_METHOD}},
    {EQL_TOK_COLON,
     0,
     "\":\", \"in\", \"like\"",
     {EQL_TOK_IN, EQL_TOK_IN_CI, EQL_TOK_COLON, EQL_TOK_LIKE, EQL_TOK_LIKE_CI,
      EQL_TOK_REGEX, EQL_TOK_REGEX_CI, EQL_TOK_NOT, EQL_TOK_PLUS, EQL_TOK_MINUS,
      EQL_TOK_STAR, EQL_TOK_SLASH, EQL_TOK_PERCENT, EQL_TOK_METHOD}},
    {EQL_TOK_LBRACKET,
     0,
     "a stage [...]",
     {EQL_TOK_LBRACKET, EQL_TOK_MISSING_OPEN}},
    {EQL_TOK_INTEGER, 0, "a number", {EQL_TOK_INTEGER, EQL_TOK_FLOAT}},
    {EQL_TOK_TRUE, 0, "\"true\", \"false\"", {EQL_TOK_TRUE, EQL_TOK_FALSE}},
};

static const int silent[] = {EQL_TOK_DOT, EQL_TOK_INDEX, EQL_TOK_OF};

typedef struct {
    bool can[EQL_TOKEN_KINDS]; /* by kind */
    eql_buf text;
    uint32_t n; /* phrases in text */
} expected;

static void
add_phrase(expected *x, const char *phrase)
{
    if (x->n++)
        eql_buf_add_str(&x->text, ", ");
    eql_buf_add_str(&x->text, phrase);
}

static void
add_groups(expected *x)
{
    for (size_t g = 0; g < EQL_COUNTOF(groups); g++) {
        const group *gr = &groups[g];

        if (!x->can[gr->mark] || (gr->unless && x->can[gr->unless]))
            continue;
        add_phrase(x, gr->phrase);
        for (size_t i = 0; i < EQL_COUNTOF(gr->members); i++)
            if (gr->members[i])
                x->can[gr->members[i]] = false;
    }
}

/* Fills in x->text; the caller frees it. */
static void
list_expected(const eql_parser *ps, expected *x)
{
    *x = (expected){0};
    for (int k = 1; k < EQL_TOKEN_KINDS; k++)
        x->can[k] = accepts(ps, k);
    /* Only parser.c feeds these. */
    x->can[EQL_TOK_CONDITION] = false;
    x->can[EQL_TOK_IMPLIED] = false;
    x->can[EQL_TOK_DEFINITIONS] = false;
    /* A name can always go on: that is no news after one. */
    if (x->can[EQL_TOK_EQ] || x->can[EQL_TOK_LPAREN] || x->can[EQL_TOK_WHERE])
        for (size_t i = 0; i < EQL_COUNTOF(silent); i++)
            x->can[silent[i]] = false;
    add_groups(x);
    for (int k = 1; k < EQL_TOKEN_KINDS; k++)
        if (x->can[k])
            add_phrase(x, eql_token_words(k));
    if (accepts(ps, 0))
        add_phrase(x, eql_token_words(0));
}

/* --- advice --- */

static bool
is_comparison(int kind)
{
    return kind == EQL_TOK_EQ || kind == EQL_TOK_NE || kind == EQL_TOK_LT ||
           kind == EQL_TOK_LE || kind == EQL_TOK_GT || kind == EQL_TOK_GE ||
           kind == EQL_TOK_ASGN;
}

static bool
is_match(int kind)
{
    return kind == EQL_TOK_COLON || kind == EQL_TOK_LIKE ||
           kind == EQL_TOK_LIKE_CI || kind == EQL_TOK_REGEX ||
           kind == EQL_TOK_REGEX_CI;
}

static bool
is_test(int kind)
{
    return is_match(kind) || kind == EQL_TOK_IN || kind == EQL_TOK_IN_CI;
}

static bool
begins_value(int kind)
{
    return kind == EQL_TOK_IDENT || kind == EQL_TOK_QUOTED ||
           kind == EQL_TOK_NOT || kind == EQL_TOK_STRING ||
           kind == EQL_TOK_LPAREN || kind == EQL_TOK_INTEGER;
}

/* Words of the language and the tokens they are. */
static const struct {
    eql_strview word;
    int kind;
} keywords[] = {
    {{"and", 3}, EQL_TOK_AND},       {{"any", 3}, EQL_TOK_ANY},
    {{"as", 2}, EQL_TOK_AS},         {{"by", 2}, EQL_TOK_BY},
    {{"const", 5}, EQL_TOK_CONST},   {{"false", 5}, EQL_TOK_FALSE},
    {{"fork", 4}, EQL_TOK_FORK},     {{"in", 2}, EQL_TOK_IN},
    {{"join", 4}, EQL_TOK_JOIN},     {{"like", 4}, EQL_TOK_LIKE},
    {{"macro", 5}, EQL_TOK_MACRO},   {{"not", 3}, EQL_TOK_NOT},
    {{"null", 4}, EQL_TOK_NULL},     {{"of", 2}, EQL_TOK_OF},
    {{"or", 2}, EQL_TOK_OR},         {{"regex", 5}, EQL_TOK_REGEX},
    {{"sample", 6}, EQL_TOK_SAMPLE}, {{"sequence", 8}, EQL_TOK_SEQUENCE},
    {{"true", 4}, EQL_TOK_TRUE},     {{"until", 5}, EQL_TOK_UNTIL},
    {{"where", 5}, EQL_TOK_WHERE},   {{"with", 4}, EQL_TOK_WITH},
};

/* A keyword in capitals; out: as it is written. */
static bool
wrong_case(const eql_parser *ps, eql_token tok, char out[16])
{
    return tok.kind == EQL_TOK_IDENT &&
           eql_token_is_miscased(eql_ast_text(ps, tok.span), out);
}

/* The keyword that could stand where tok does and is spelt nearly so; or
 * NULL.  Short words are near to everything. */
static const char *
misspelt(const eql_parser *ps, eql_token tok)
{
    eql_strview could[EQL_COUNTOF(keywords)];
    uint32_t n = 0, i;

    if (tok.kind != EQL_TOK_IDENT || tok.span.len < 4)
        return NULL;
    for (i = 0; i < EQL_COUNTOF(keywords); i++)
        if (keywords[i].word.len > 3 && accepts(ps, keywords[i].kind))
            could[n++] = keywords[i].word;
    i = eql_closest(eql_ast_text(ps, tok.span), could, n);
    return i == EQL_NONE ? NULL : could[i].p;
}

/* The word that begins a query, of which prev is nearly the spelling. */
static const char *
misspelt_kind(const eql_parser *ps)
{
    static const eql_strview kinds[] = {{"sequence", 8}, {"sample", 6},
                                        {"join", 4},     {"macro", 5},
                                        {"const", 5},    {"any", 3}};
    eql_strview s = eql_ast_text(ps, ps->prev.span);
    uint32_t i;

    if (ps->prev.kind != EQL_TOK_IDENT || ps->before.span.len || ps->kind)
        return NULL;
    i = eql_closest(s, kinds, EQL_COUNTOF(kinds));
    return i == EQL_NONE ? NULL : kinds[i].p;
}

static const char *
advice_on_bracket(const eql_parser *ps)
{
    if (ps->depth && eql_begins_filter(ps))
        return "the stage before this one is not closed with \"]\"";
    if (ps->kind == 0 && eql_begins_filter(ps))
        return "stages stand in: sequence [...] [...]";
    return accepts(ps, EQL_TOK_INDEX) ? "an index is a number: a[0]" : NULL;
}

/* Words of other languages, and what says the same here. */
static const char *
advice_on_word(eql_strview s, eql_strview before)
{
    static const struct {
        eql_strview word;
        const char *advice;
    } words[] = {
        {{"is", 2}, "whether a field is there: a == null, a != null"},
        {{"contains", 8}, "text inside another: a : \"*text*\""},
        {{"matches", 7}, "the whole text by an expression: a regex \"...\""},
        {{"startswith", 10}, "the beginning of a text: a : \"text*\""},
        {{"endswith", 8}, "the end of a text: a : \"*text\""},
        {{"exists", 6}, "whether a field is there: a != null"},
        {{"has", 3}, "text inside another: a : \"*text*\""},
        {{"equals", 6},
         "the whole text: a == \"text\", without case a : \"text\""},
        {{"eq", 2}, "the whole text: a == \"text\", without case a : \"text\""},
        {{"ne", 2},
         "another text: a != \"text\", without case not a : \"text\""},
        {{"rlike", 5}, "the whole text by an expression: a regex \"...\""},
        {{"ilike", 5}, "wildcards without case: a like~ \"*text*\""},
    };

    for (size_t i = 0; i < EQL_COUNTOF(words); i++)
        if (eql_sv_eq_ascii_ci(s, words[i].word))
            return words[i].advice;
    if (eql_sv_eq_ascii_ci(before, eql_sv("exists", 6)))
        return "whether a field is there: a != null";
    return NULL;
}

static const char *
advice_on_token(const eql_parser *ps, eql_token tok)
{
    eql_strview s = eql_ast_text(ps, tok.span);
    const char *word;

    if (tok.kind == EQL_TOK_RPAREN && ps->prev.kind == EQL_TOK_LPAREN &&
        is_test(ps->before.kind))
        return "a list needs at least one item";
    if (tok.kind == EQL_TOK_MINUS && ps->prev.kind == EQL_TOK_INTEGER)
        return "a range is two comparisons: a >= 80 and a <= 443";
    if (ps->prev.kind == EQL_TOK_IN || ps->prev.kind == EQL_TOK_IN_CI)
        return "the right side of in is a list in parentheses: in (1, 2)";
    if (is_match(ps->prev.kind) ||
        (ps->prev.kind == EQL_TOK_LPAREN && is_match(ps->before.kind)))
        return "the right side of :, like and regex is a literal or a list "
               "of literals; text stands in quotes, fields are compared with "
               "==";
    if (tok.kind == EQL_TOK_LBRACKET || tok.kind == EQL_TOK_MISSING_OPEN)
        return advice_on_bracket(ps);
    if (ps->prev.kind == EQL_TOK_PIPE)
        return eql_rule_pipe_advice(s);
    word = advice_on_word(s, eql_ast_text(ps, ps->prev.span));
    if (word && accepts(ps, EQL_TOK_AND) && tok.kind == EQL_TOK_IDENT)
        return word;
    if (accepts(ps, EQL_TOK_AND) && begins_value(tok.kind))
        return "join conditions with \"and\" or \"or\"";
    if (accepts(ps, EQL_TOK_QUOTED) && eql_token_is_reserved(s))
        return "a reserved word as a field name is written in backticks";
    return NULL;
}

static bool
is_unit(eql_strview s)
{
    return eql_sv_is(s, "ms") || eql_sv_is(s, "s") || eql_sv_is(s, "m") ||
           eql_sv_is(s, "h") || eql_sv_is(s, "d");
}

/* Is the last token on the line of a "--", which SQL has for a comment? */
static bool
is_after_dashes(const eql_parser *ps)
{
    uint32_t last = ps->prev.span.offset;

    return ps->dashes &&
           (last < ps->dashes ||
            !memchr(ps->text.p + ps->dashes, '\n', last - ps->dashes));
}

/* `maxspan=...` or `runs=...`, of which `with` was forgotten. */
static bool
wants_with(const eql_parser *ps, eql_token tok)
{
    eql_strview s = eql_ast_text(ps, tok.span);

    return accepts(ps, EQL_TOK_WITH) &&
           (eql_sv_is(s, "maxspan") || eql_sv_is(s, "runs"));
}

/* Pipes of other languages, or `by`, which no pipe of EQL has. */
static const char *
advice_on_pipe(const eql_parser *ps, eql_token tok)
{
    eql_strview name = eql_ast_text(ps, ps->pipe.span);
    const char *advice = eql_rule_pipe_advice(name);

    if (advice)
        return advice;
    if (tok.kind != EQL_TOK_BY || !accepts(ps, EQL_TOK_IDENT))
        return NULL;
    return eql_sv_is(name, "unique") ? "write: unique FIELD, without by"
           : eql_sv_is(name, "sort") ? "write: sort FIELD, without by"
                                     : "write: count FIELD, without by";
}

/* Advice that needs no state of the grammar beyond the last two tokens. */
static const char *
advice_on_place(const eql_parser *ps, eql_token tok)
{
    if (is_after_dashes(ps))
        return "a comment begins with //";
    if (wants_with(ps, tok))
        return tok.span.len == 4 ? "write: with runs=3"
                                 : "write: with maxspan=1m";
    if (ps->pipe.span.len) {
        const char *pipe = advice_on_pipe(ps, tok);

        if (pipe)
            return pipe;
    }
    if (ps->prev.kind == EQL_TOK_BY)
        return "name the fields that all events of one match share: "
               "by host.id, user.id";
    if (ps->prev.kind == EQL_TOK_SEQUENCE)
        return "a sequence is: sequence by KEY with maxspan=1m "
               "[CATEGORY where ...] [CATEGORY where ...]";
    if (ps->prev.kind == EQL_TOK_INTEGER && is_unit(eql_ast_text(ps, tok.span)))
        return "a duration stands only in: sequence ... with maxspan=5m";
    if (ps->prev.kind == EQL_TOK_WHERE && tok.kind == 0)
        return "to take every event of the category, write: where true";
    return advice_on_token(ps, tok);
}

/* --- the report --- */

/* A bracket that was never closed explains an early end: show where. */
static void
note_open_bracket(eql_parser *ps, eql_token tok)
{
    uint32_t at;

    if (tok.kind != 0 || ps->depth == 0)
        return;
    at = ps->open[ps->depth - 1];
    eql_diags_add(ps->diags, "N201", (eql_span){at, 1}, NULL,
                  "this is still open at the end");
}

/* What stands there: the text itself where it is short. */
static void
add_found(const eql_parser *ps, eql_token tok, eql_buf *out)
{
    eql_strview s = eql_ast_text(ps, tok.span);

    if (tok.kind == 0)
        eql_buf_add_str(out, "the query ends too early");
    else if (tok.kind == EQL_TOK_STRING)
        eql_buf_add_str(out, "unexpected string");
    else if (s.len > 40)
        eql_buf_printf(out, "unexpected %s", eql_token_words(tok.kind));
    else
        eql_buf_printf(out, "unexpected \"%.*s\"", (int)s.len, s.p);
}

/* Advice that quotes a keyword; text holds it. */
static const char *
advice_on_spelling(const eql_parser *ps, eql_token tok, char text[64])
{
    const char *near = misspelt(ps, tok);
    char word[16];

    if (wrong_case(ps, tok, word) ||
        (begins_value(tok.kind) && wrong_case(ps, ps->prev, word)))
        snprintf(text, 64, "keywords are lower-case: write \"%s\"", word);
    else if (near || (near = misspelt_kind(ps)))
        snprintf(text, 64, "did you mean \"%s\"?", near);
    else
        return NULL;
    return text;
}

static void
report_unexpected(eql_parser *ps, eql_token tok)
{
    char text[64];
    const char *hint = advice_on_spelling(ps, tok, text);
    eql_buf found = {0};
    expected x;

    if (!hint)
        hint = advice_on_place(ps, tok);
    list_expected(ps, &x);
    add_found(ps, tok, &found);
    eql_diags_add(ps->diags, "E201", tok.span, hint, "%.*s; expected %.*s",
                  (int)found.len, eql_buf_sv(&found).p, (int)x.text.len,
                  eql_buf_sv(&x.text).p);
    eql_buf_free(&found);
    eql_buf_free(&x.text);
    note_open_bracket(ps, tok);
}

/* A category was read, or the query begins with what only a condition can. */
static bool
where_is_missing(const eql_parser *ps, eql_token tok)
{
    if (accepts(ps, EQL_TOK_WHERE))
        return true;
    return ps->prev.span.len == 0 && accepts(ps, EQL_TOK_SEQUENCE) &&
           tok.kind != 0 && !eql_token_is_reserved(eql_ast_text(ps, tok.span));
}

bool
eql_foreign_report(eql_parser *ps, eql_token tok)
{
    const eql_foreign_rule *r;

    if (!accepts(ps, EQL_TOK_WHERE) && ps->prev.span.len)
        return false;
    r = eql_rule_is_foreign(ps->text);
    if (!r)
        return false;
    eql_diags_add(ps->diags, "E202", tok.span, r->advice,
                  "\"where\" is missing: this is no EQL");
    ps->stop = true;
    return true;
}

static void
report_where(eql_parser *ps, eql_token tok)
{
    char text[64];
    const char *hint = advice_on_spelling(ps, tok, text);

    if (!hint)
        hint = "a query is: CATEGORY where CONDITION; for events of every "
               "category: any where CONDITION";
    eql_diags_add(ps->diags, "E202", tok.span, hint, "\"where\" is missing");
}

void
eql_syntax_report(eql_parser *ps, eql_token tok)
{
    char word[16];

    if (ps->stop || ps->broken)
        return;
    ps->broken = true;
    /* An early end is shown after the last token, not after white space. */
    if (tok.kind == 0)
        tok.span = (eql_span){ps->prev.span.offset + ps->prev.span.len, 0};
    if (ps->prev.kind == EQL_TOK_TILDE_NAME)
        eql_diags_add(ps->diags, "E103", ps->prev.span,
                      "a function without case is written: name~(...)",
                      "\"~\" after a name that is no function call");
    else if (where_is_missing(ps, tok) &&
             (!wrong_case(ps, tok, word) || strcmp(word, "where") != 0) &&
             eql_foreign_report(ps, tok))
        return;
    else if (where_is_missing(ps, tok) && !wrong_case(ps, tok, word))
        report_where(ps, tok);
    else if ((is_comparison(tok.kind) || is_test(tok.kind)) &&
             accepts(ps, EQL_TOK_AND))
        eql_diags_add(ps->diags, "E203", tok.span,
                      "compare twice and join with \"and\", or use "
                      "parentheses",
                      "comparisons do not chain");
    else
        report_unexpected(ps, tok);
}
