/* compile.c -- see compile.h.
 *
 * Runs the passes over one rule: its query first, then each condition of its
 * [eqlvm] table, every text under its own source so that places are right.
 * A rule reaches the builder only when all of it is planned.  The arena holds
 * one rule at a time. */
#include "compiler/compile.h"

#include <stdlib.h>

#include "compiler/emit.h"
#include "compiler/fold.h"
#include "compiler/parser.h"
#include "compiler/plan.h"
#include "compiler/sema.h"
#include "program/verify.h"

struct eql_compiler {
    eql_arena *arena; /* of the rule at hand */
    eql_builder *builder;
};

/* One rule on its way through the passes. */
typedef struct {
    eql_arena *arena;
    const eql_rule_source *rule;
    eql_diags *diags;
    eql_typed_query *typed; /* folded; NULL until then or after errors */
    eql_plan *plan;         /* NULL until then or after errors */
    bool ok;                /* no error so far */
} unit;

eql_compiler *
eql_compiler_new(void)
{
    eql_compiler *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->arena = eql_arena_new(0);
    c->builder = eql_builder_new();
    if (c->arena && c->builder)
        return c;
    eql_compiler_free(c);
    return NULL;
}

void
eql_compiler_free(eql_compiler *c)
{
    if (!c)
        return;
    eql_arena_free(c->arena);
    eql_builder_free(c->builder);
    free(c);
}

/* --- the query --- */

static void
analyse_query(unit *u)
{
    eql_strview text = u->rule->query.text;
    eql_query *q;

    eql_diags_set_source(u->diags, &u->rule->query);
    q = eql_parse(u->arena, text, u->diags);
    if (q)
        u->typed = eql_sema_query(u->arena, q, text, u->diags);
    if (u->typed) {
        eql_fold_query(u->arena, u->typed, u->diags);
        if (!eql_arena_failed(u->arena))
            u->plan = eql_plan_query(u->arena, u->typed, u->rule, u->diags);
    }
    u->ok = u->plan != NULL;
}

/* --- conditions of the rule file --- */

static void
bad_condition(unit *u, const char *code, const eql_rule_condition *c,
              const char *hint, const char *message)
{
    eql_span all = {0, (uint32_t)c->when.text.len};

    eql_diags_add(u->diags, code, all, hint, "%s", message);
    u->ok = false;
}

/* E312; a query that did not compile has no known stages. */
static bool
check_stage_number(unit *u, const eql_rule_condition *c)
{
    if (!u->typed || (c->stage >= 1 && c->stage <= u->typed->nstages))
        return true;
    bad_condition(u, "E312", c, "stages count from 1",
                  "this condition is about a stage that the query lacks");
    return false;
}

/* Text of a condition to a folded tree; NULL with u->ok false. */
static eql_typed *
analyse_condition(unit *u, const eql_rule_condition *c)
{
    eql_expr *e;
    eql_typed *t = NULL;

    eql_diags_set_source(u->diags, &c->when);
    e = eql_parse_condition(u->arena, c->when.text, u->diags);
    if (e)
        t = eql_sema_condition(u->arena, e, c->when.text, u->diags);
    if (t)
        t = eql_fold_condition(u->arena, t, u->diags);
    if (!check_stage_number(u, c))
        return NULL;
    if (!t)
        u->ok = false;
    return t;
}

static void
analyse_exceptions(unit *u)
{
    const eql_rule_source *r = u->rule;

    for (uint32_t i = 0; i < r->nexceptions; i++) {
        eql_typed *t = analyse_condition(u, &r->exceptions[i]);

        if (t && u->plan)
            u->ok = eql_plan_exception_add(u->arena, u->plan, &r->exceptions[i],
                                           t, u->diags) &&
                    u->ok;
    }
}

static void
analyse_severities(unit *u)
{
    const eql_rule_source *r = u->rule;

    for (uint32_t i = 0; i < r->nseverities; i++) {
        const eql_rule_condition *c = &r->severities[i];
        eql_typed *t = analyse_condition(u, c);

        if (i == EQL_MAX_SEVERITIES) {
            bad_condition(u, "E311", c, NULL,
                          "a rule takes at most 32 severity conditions");
            return;
        }
        if (t && u->plan)
            u->ok =
                eql_plan_severity_add(u->arena, u->plan, c, i, t, u->diags) &&
                u->ok;
    }
}

static eql_compile_result
result(const unit *u)
{
    if (eql_arena_failed(u->arena) || eql_diags_failed(u->diags))
        return EQL_COMPILE_NOMEM;
    return u->ok ? EQL_COMPILED : EQL_COMPILE_BAD;
}

static eql_compile_result
analyse(eql_compiler *c, const eql_rule_source *r, eql_diags *diags, unit *u)
{
    eql_arena_reset(c->arena);
    *u = (unit){.arena = c->arena, .rule = r, .diags = diags};
    analyse_query(u);
    analyse_exceptions(u);
    analyse_severities(u);
    return result(u);
}

/* --- the public calls --- */

eql_compile_result
eql_compiler_add(eql_compiler *c, const eql_rule_source *r, eql_diags *diags)
{
    unit u;
    eql_compile_result res = analyse(c, r, diags, &u);

    if (res == EQL_COMPILED && !eql_emit_rule(c->builder, u.plan, r))
        res = EQL_COMPILE_NOMEM;
    return res;
}

eql_compile_result
eql_compiler_import(eql_compiler *c, const eql_program *p, uint32_t rule)
{
    return eql_builder_import_rule(c->builder, p, rule) ? EQL_COMPILED
                                                        : EQL_COMPILE_NOMEM;
}

static eql_compile_result
dump_ast(eql_compiler *c, const eql_rule_source *r, eql_diags *diags,
         eql_buf *out)
{
    eql_query *q;

    eql_arena_reset(c->arena);
    eql_diags_set_source(diags, &r->query);
    q = eql_parse(c->arena, r->query.text, diags);
    if (!q)
        return eql_arena_failed(c->arena) ? EQL_COMPILE_NOMEM : EQL_COMPILE_BAD;
    eql_ast_dump(q, out);
    return EQL_COMPILED;
}

eql_compile_result
eql_compiler_dump(eql_compiler *c, const eql_rule_source *r, eql_dump_pass pass,
                  eql_diags *diags, eql_buf *out)
{
    unit u;
    eql_compile_result res;

    if (pass == EQL_DUMP_TOKENS) {
        eql_dump_tokens(r->query.text, out);
        return EQL_COMPILED;
    }
    if (pass == EQL_DUMP_AST)
        return dump_ast(c, r, diags, out);
    res = analyse(c, r, diags, &u);
    if (res != EQL_COMPILED)
        return res;
    if (pass == EQL_DUMP_TYPED)
        eql_typed_dump(u.typed, out);
    else
        eql_plan_dump(u.plan, out);
    return out->failed ? EQL_COMPILE_NOMEM : EQL_COMPILED;
}

uint32_t
eql_compiler_nrules(const eql_compiler *c)
{
    return eql_builder_nrules(c->builder);
}

eql_program *
eql_compiler_finish(eql_compiler *c, eql_buf *why)
{
    eql_program *p = eql_builder_finish(c->builder);
    eql_verify_result res;

    if (!p) {
        eql_buf_add_str(why, "out of memory");
        return NULL;
    }
    res = eql_verify(p);
    if (res.code == EQL_VERIFY_OK)
        return p;
    eql_verify_describe(&res, why);
    eql_program_free(p);
    return NULL;
}
