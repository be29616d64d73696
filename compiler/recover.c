/* recover.c -- after an error: on to the next stage or pipe.
 *
 * So two broken stages give two errors.  The rest of the broken part is not
 * looked at, but for lexical errors, which stand for themselves.  Then the
 * grammar starts anew behind a stage, or a query, that is right, as if that
 * had been written: what it builds is thrown away anyway. */
#include "compiler/front.h"

#include "grammar.h"

static bool
opens_stage(int kind)
{
    return kind == EQL_TOK_LBRACKET || kind == EQL_TOK_MISSING_OPEN;
}

/* A bracket here begins a stage then, and the one before was never closed. */
bool
eql_begins_filter(const eql_parser *ps)
{
    eql_lexer lx = ps->lexer;
    eql_token category, where;

    lx.comment = NULL;
    eql_lexer_next(&lx, &category);
    eql_lexer_next(&lx, &where);
    return (category.kind == EQL_TOK_ANY || category.kind == EQL_TOK_STRING ||
            category.kind == EQL_TOK_IDENT) &&
           where.kind == EQL_TOK_WHERE;
}

/* Brackets open, parentheses not counted: those of a broken expression cannot
 * be trusted. */
static uint32_t
open_brackets(const eql_parser *ps)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < ps->depth; i++) {
        char c = ps->text.p[ps->open[i]];

        n += c == '[' || c == '!';
    }
    return n;
}

static eql_token
made(int kind)
{
    return (eql_token){.kind = kind};
}

static void
feed_made(eql_parser *ps, const int *kinds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        eql_grammar_(ps->grammar, kinds[i], made(kinds[i]));
}

/* Makes the grammar stand behind a stage, in the query that was begun. */
static bool
behind_stage(eql_parser *ps)
{
    static const int stage[] = {EQL_TOK_LBRACKET, EQL_TOK_ANY, EQL_TOK_WHERE,
                                EQL_TOK_TRUE, EQL_TOK_RBRACKET};

    if (!eql_parser_restart(ps))
        return false;
    feed_made(ps, &ps->kind, 1);
    feed_made(ps, stage, EQL_COUNTOF(stage));
    return true;
}

/* Makes it stand where the query's kind is known and the first stage next. */
static bool
before_stage(eql_parser *ps)
{
    if (!eql_parser_restart(ps))
        return false;
    feed_made(ps, &ps->kind, 1);
    return true;
}

static bool
behind_query(eql_parser *ps)
{
    static const int query[] = {EQL_TOK_ANY, EQL_TOK_WHERE, EQL_TOK_TRUE};

    if (!eql_parser_restart(ps))
        return false;
    feed_made(ps, query, EQL_COUNTOF(query));
    return true;
}

typedef enum { GO_ON, DONE, GIVE_UP } outcome;

/* Inside a query of stages: tok is skipped, or parsing goes on with it. */
static outcome
at_stage_token(eql_parser *ps, eql_token tok, uint32_t *brackets, bool of)
{
    bool ready = false;

    if (opens_stage(tok.kind) && !of && eql_begins_filter(ps)) {
        ready = *brackets ? behind_stage(ps) : before_stage(ps);
    } else if (tok.kind == EQL_TOK_PIPE) {
        ready = behind_query(ps);
    } else if (tok.kind == EQL_TOK_UNTIL && ps->kind != EQL_TOK_SAMPLE) {
        ready = behind_stage(ps);
    } else if (tok.kind == EQL_TOK_RBRACKET && *brackets == 1) {
        return behind_stage(ps) ? DONE : GIVE_UP;
    } else {
        *brackets += opens_stage(tok.kind);
        *brackets -= tok.kind == EQL_TOK_RBRACKET && *brackets;
        return GO_ON;
    }
    if (!ready)
        return GIVE_UP;
    eql_parser_feed(ps, tok);
    return DONE;
}

/* In an event query, in definitions or behind stages: only pipes are left. */
static outcome
at_pipe_token(eql_parser *ps, eql_token tok)
{
    if (tok.kind != EQL_TOK_PIPE || ps->alone)
        return GO_ON;
    if (!behind_query(ps))
        return GIVE_UP;
    eql_parser_feed(ps, tok);
    return DONE;
}

bool
eql_recover(eql_parser *ps, eql_token tok)
{
    uint32_t brackets = open_brackets(ps);
    int before = ps->prev.kind;

    for (;;) {
        outcome o;

        if (tok.kind == 0 || eql_arena_failed(ps->arena))
            return false;
        o = ps->kind ? at_stage_token(ps, tok, &brackets, before == EQL_TOK_OF)
                     : at_pipe_token(ps, tok);
        if (o == GIVE_UP)
            return false;
        /* What goes on could be broken at once, but not by what is skipped. */
        if (o == DONE && !ps->broken)
            return true;
        if (o == DONE)
            brackets = open_brackets(ps);
        before = tok.kind;
        eql_lexer_next(&ps->lexer, &tok);
        if (tok.kind >= EQL_LEX_ERROR)
            eql_lex_report(ps, tok);
    }
}
