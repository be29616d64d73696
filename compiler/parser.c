/* parser.c -- drives lexer and grammar over one text.
 *
 * Every token is first offered to eql_grammar_accepts: so a syntax error is
 * found before any default reduction, and what could have followed is known
 * exactly.  After an error recover.c looks for the next stage or pipe; after
 * a limit parsing stops.  Depth is capped here, token by token, before the
 * grammar's stack can grow. */
#include "compiler/parser.h"

#include <stdlib.h>

#include "base/text.h"
#include "compiler/front.h"
#include "grammar.h"

static bool
opens(int kind)
{
    return kind == EQL_TOK_LPAREN || kind == EQL_TOK_METHOD ||
           kind == EQL_TOK_LBRACKET || kind == EQL_TOK_MISSING_OPEN;
}

static bool
closes(int kind)
{
    return kind == EQL_TOK_RPAREN || kind == EQL_TOK_RBRACKET;
}

/* Counts what the token adds to nesting; false when that is too much. */
static bool
check_depth(eql_parser *ps, eql_token tok)
{
    bool prefix = tok.kind == EQL_TOK_NOT || tok.kind == EQL_TOK_MINUS ||
                  tok.kind == EQL_TOK_PLUS;

    ps->prefixes = prefix ? ps->prefixes + 1 : 0;
    if (closes(tok.kind) && ps->depth > 0)
        ps->depth--;
    if (ps->prefixes > EQL_MAX_DEPTH + 1 ||
        (opens(tok.kind) && ps->depth == EQL_MAX_DEPTH)) {
        eql_ast_limit(ps, tok.span, "levels of nesting", EQL_MAX_DEPTH);
        return false;
    }
    if (opens(tok.kind))
        ps->open[ps->depth++] = tok.span.offset;
    return true;
}

void
eql_parser_feed(eql_parser *ps, eql_token tok)
{
    if (!eql_grammar_accepts(ps->grammar, tok.kind)) {
        eql_syntax_report(ps, tok);
        return;
    }
    if (!check_depth(ps, tok))
        return;
    if (tok.kind == EQL_TOK_SEQUENCE || tok.kind == EQL_TOK_SAMPLE ||
        tok.kind == EQL_TOK_JOIN)
        ps->kind = tok.kind;
    eql_grammar_(ps->grammar, tok.kind, tok);
    if (ps->prev.kind == EQL_TOK_PIPE)
        ps->pipe = tok;
    if (tok.kind == EQL_TOK_MINUS && ps->prev.kind == EQL_TOK_MINUS &&
        tok.span.offset == ps->prev.span.offset + 1)
        ps->dashes = tok.span.offset + 1;
    ps->before = ps->prev;
    ps->prev = tok;
}

bool
eql_parser_restart(eql_parser *ps)
{
    if (ps->grammar)
        eql_grammar_Free(ps->grammar, free);
    ps->grammar = eql_grammar_Alloc(malloc, ps);
    if (!ps->grammar)
        eql_arena_set_failed(ps->arena);
    ps->depth = 0;
    ps->prefixes = 0;
    ps->broken = false;
    return ps->grammar != NULL;
}

static void
run(eql_parser *ps)
{
    eql_token tok;

    do {
        eql_lexer_next(&ps->lexer, &tok);
        if (tok.kind >= EQL_LEX_ERROR) {
            eql_lex_report(ps, tok);
            ps->broken = true;
        } else {
            eql_parser_feed(ps, tok);
        }
        if (ps->broken && !ps->stop && !eql_recover(ps, tok))
            return;
    } while (tok.kind != 0 && !ps->stop && !eql_arena_failed(ps->arena));
}

/* Size and encoding, before anything else is looked at. */
static bool
check_text(eql_strview text, eql_diags *diags)
{
    size_t good;

    if (text.len > EQL_MAX_QUERY_BYTES) {
        eql_diags_add(diags, "E311", (eql_span){0, 0}, NULL,
                      "bytes in one query: more than %u", EQL_MAX_QUERY_BYTES);
        return false;
    }
    good = text.len ? eql_utf8_valid_prefix(text) : 0;
    if (good < text.len) {
        eql_diags_add(diags, "E103", (eql_span){(uint32_t)good, 1},
                      "save the rule as UTF-8",
                      "byte 0x%02X is not valid UTF-8",
                      (unsigned)(unsigned char)text.p[good]);
        return false;
    }
    return true;
}

/* A character that changes the direction of text on a screen: U+061C, U+200E,
 * U+200F, U+202A-202E, U+2066-2069.  Rules are reviewed by eye. */
static bool
changes_direction(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0xD8)
        return p[1] == 0x9C;
    if (n < 3 || p[0] != 0xE2)
        return false;
    if (p[1] == 0x80)
        return (p[2] >= 0xAA && p[2] <= 0xAE) || p[2] == 0x8E || p[2] == 0x8F;
    return p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9;
}

/* Outside strings, names and comments they are errors already. */
static void
warn_direction(eql_parser *ps)
{
    const unsigned char *p = (const unsigned char *)ps->text.p;

    for (size_t i = eql_ascii_prefix(ps->text); i < ps->text.len; i++) {
        if (!changes_direction(p + i, ps->text.len - i))
            continue;
        eql_diags_add(ps->diags, "W411",
                      (eql_span){(uint32_t)i, p[i] == 0xE2 ? 3 : 2},
                      "write it as \\u{...} in a string",
                      "a character that changes the direction of text: the "
                      "rule is not what it looks like");
        return;
    }
}

/* Parses into *ps; false when anything was wrong.  first: a token kind that
 * chooses what is parsed, 0 for a query. */
static bool
parse(eql_parser *ps, eql_strview text, eql_comments comments, int first)
{
    uint32_t errors = eql_diags_nerrors(ps->diags);

    if (!check_text(text, ps->diags))
        return false;
    ps->text = eql_arena_dup(ps->arena, text);
    if (!ps->text.p)
        return false;
    if (!eql_parser_restart(ps))
        return false;
    ps->alone = first == EQL_TOK_CONDITION || first == EQL_TOK_DEFINITIONS;
    if (first)
        eql_grammar_(ps->grammar, first, (eql_token){0});
    eql_lexer_init(&ps->lexer, ps->text.p, ps->text.len, comments);
    ps->lexer.comment = eql_allow_comment;
    ps->lexer.context = ps;
    run(ps);
    if (ps->grammar)
        eql_grammar_Free(ps->grammar, free);
    if (eql_diags_nerrors(ps->diags) == errors)
        warn_direction(ps);
    return !eql_arena_failed(ps->arena) &&
           eql_diags_nerrors(ps->diags) == errors;
}

eql_query *
eql_parse(eql_arena *arena, eql_strview text, eql_comments comments,
          eql_diags *diags)
{
    eql_parser ps = {.arena = arena, .diags = diags};

    return parse(&ps, text, comments, 0) ? ps.query : NULL;
}

eql_query *
eql_parse_implied(eql_arena *arena, eql_strview text, eql_comments comments,
                  eql_diags *diags)
{
    eql_parser ps = {.arena = arena, .diags = diags};

    return parse(&ps, text, comments, EQL_TOK_IMPLIED) ? ps.query : NULL;
}

eql_query *
eql_parse_definitions(eql_arena *arena, eql_strview text, eql_comments comments,
                      eql_diags *diags)
{
    eql_parser ps = {.arena = arena, .diags = diags};

    return parse(&ps, text, comments, EQL_TOK_DEFINITIONS) ? ps.query : NULL;
}

eql_expr *
eql_parse_condition(eql_arena *arena, eql_strview text, eql_comments comments,
                    eql_diags *diags)
{
    eql_parser ps = {.arena = arena, .diags = diags};

    return parse(&ps, text, comments, EQL_TOK_CONDITION) ? ps.condition : NULL;
}
