/* compile.c -- see compile.h.
 *
 * Runs the passes over one rule: its query first, then each condition of its
 * [eqlvm] table, every text under its own source so that places are right.
 * A rule reaches the builder only when all of it is planned.  The arena holds
 * one rule at a time. */
#include "compiler/compile.h"

#include <stdlib.h>

#include "base/map.h"
#include "compiler/emit.h"
#include "compiler/expand.h"
#include "compiler/fold.h"
#include "compiler/parser.h"
#include "compiler/plan.h"
#include "compiler/prune.h"
#include "compiler/sema.h"
#include "compiler/strict.h"
#include "program/verify.h"

struct eql_compiler {
    eql_compile_settings settings;
    eql_arena *arena; /* of the rule at hand */
    eql_builder *builder;
    eql_arena *lasting;      /* of the settings' definitions */
    eql_def_set definitions; /* the settings', once they are read */
    bool read, bad;          /* they are; they have errors */
};

/* One rule on its way through the passes. */
typedef struct {
    eql_arena *arena;
    const eql_compile_settings *settings;
    const eql_rule_source *rule;
    eql_diags *diags;
    eql_planner planner;
    eql_def_set definitions; /* the query's */
    eql_typed_query *typed;  /* folded; NULL until then or after errors */
    eql_plan *plan;          /* NULL until then or after errors */
    uint32_t errors;         /* in diags before this rule */
    bool ok;                 /* no error so far */
} unit;

/* --- settings --- */

eql_compile_settings
eql_compile_settings_default(void)
{
    return (eql_compile_settings){
        .dialect = eql_dialect_preset(EQL_DIALECT_ELASTIC),
        .schema = eql_schema_ecs(),
    };
}

static eql_strview
path_or(eql_strview path, const char *otherwise)
{
    return path.len ? path : eql_sv_cstr(otherwise);
}

/* Language 9.1, 12.1. */
eql_role_paths
eql_compile_paths(const eql_compile_settings *o)
{
    if (o->dialect.name == EQL_DIALECT_ENDGAME)
        return (eql_role_paths){
            .process_id = path_or(o->process_id, "pid"),
            .process_parent = path_or(o->process_parent, "ppid"),
            .process_type = eql_sv_cstr("subtype"),
            .process_opcode = eql_sv_cstr("opcode"),
            .process_name = eql_sv_cstr("process_name"),
            .host_key = path_or(o->host_key, "hostname"),
        };
    return (eql_role_paths){
        .process_id = path_or(o->process_id, "process.entity_id"),
        .process_parent =
            path_or(o->process_parent, "process.parent.entity_id"),
        .process_type = eql_sv_cstr("event.type"),
        .process_ancestry = eql_sv_cstr("process.Ext.ancestry"),
        .host_key = path_or(o->host_key, "host.name"),
    };
}

eql_compiler *
eql_compiler_new(const eql_compile_settings *o)
{
    eql_compiler *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->settings = *o;
    c->settings.far_paths = eql_map_new();
    c->arena = eql_arena_new(0);
    c->builder =
        eql_builder_new(&o->dialect, o->timestamp, o->category, o->tiebreaker);
    c->lasting = eql_arena_new(0);
    if (c->arena && c->builder && c->lasting && c->settings.far_paths)
        return c;
    eql_compiler_free(c);
    return NULL;
}

void
eql_compiler_free(eql_compiler *c)
{
    if (!c)
        return;
    eql_def_set_free(&c->definitions);
    eql_arena_free(c->arena);
    eql_arena_free(c->lasting);
    eql_builder_free(c->builder);
    eql_map_free(c->settings.far_paths);
    free(c);
}

/* Language 14.1 #20. */
static eql_comments
comments_of(const eql_compile_settings *o)
{
    return o->dialect.name == EQL_DIALECT_ELASTIC ? EQL_COMMENTS_NEST
                                                  : EQL_COMMENTS_FLAT;
}

/* --- the settings' definitions --- */

/* Reads them, once.  They are as good as nothing when one is bad, for rules
 * that use them mean something else then: no rule compiles. */
static bool
definitions(eql_compiler *c, eql_diags *diags)
{
    const eql_source src = {.file = eql_sv_cstr("definitions"),
                            .text = c->settings.definitions,
                            .first_line = 1};
    uint32_t errors = eql_diags_nerrors(diags);
    eql_query *q;

    if (c->read || c->settings.definitions.len == 0)
        return !c->bad;
    c->read = true;
    eql_diags_set_source(diags, &src);
    q = eql_parse_definitions(c->lasting, src.text, comments_of(&c->settings),
                              diags);
    if (q) {
        eql_strict_query(q, src.text, &c->settings, diags);
        eql_def_set_make(&c->definitions, NULL, c->lasting, q, diags);
    }
    c->bad = eql_diags_nerrors(diags) != errors;
    return !c->bad;
}

/* --- the query --- */

static eql_query *
parse(unit *u, const eql_source *src)
{
    eql_comments comments = comments_of(u->settings);

    eql_diags_set_source(u->diags, src);
    return u->settings->implied_any
               ? eql_parse_implied(u->arena, src->text, comments, u->diags)
               : eql_parse(u->arena, src->text, comments, u->diags);
}

static void
analyse_query(unit *u, const eql_def_set *outer)
{
    eql_strview text = u->rule->query.text;
    eql_query *q = parse(u, &u->rule->query);

    if (!q)
        return;
    eql_strict_query(q, text, u->settings, u->diags);
    if (eql_def_set_make(&u->definitions, outer, u->arena, q, u->diags) &&
        eql_expand_query(&u->definitions, u->arena, q, u->diags))
        u->typed = eql_sema_query(u->arena, q, text, u->settings, u->diags);
    if (u->typed) {
        eql_fold_query(u->arena, u->typed, u->settings, u->diags);
        eql_prune_lineages(u->typed);
        if (!eql_arena_failed(u->arena))
            u->plan = eql_plan_query(&u->planner, u->typed);
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

/* Of the stage that the condition is about; empty: any. */
static eql_strview
category_of(const unit *u, const eql_rule_condition *c)
{
    if (!u->typed || c->stage < 1 || c->stage > u->typed->nstages)
        return eql_sv("", 0);
    return u->typed->stages[c->stage - 1].category;
}

/* Text of a condition to a folded tree; NULL with u->ok false. */
static eql_typed *
analyse_condition(unit *u, const eql_rule_condition *c)
{
    eql_expr *e;
    eql_typed *t = NULL;

    eql_diags_set_source(u->diags, &c->when);
    e = eql_parse_condition(u->arena, c->when.text, comments_of(u->settings),
                            u->diags);
    if (e) {
        eql_strict_condition(e, c->when.text, u->settings, u->diags);
        if (!eql_expand_condition(&u->definitions, u->arena, &e, u->diags))
            e = NULL;
    }
    if (e)
        t = eql_sema_condition(u->arena, e, c->when.text, category_of(u, c),
                               u->settings, u->diags);
    if (t)
        t = eql_fold_condition(u->arena, t, u->settings, u->diags);
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
        eql_typed *t = r->exceptions[i].when.text.p
                           ? analyse_condition(u, &r->exceptions[i])
                           : NULL;

        if (t && u->plan)
            u->ok = eql_plan_exception_add(&u->planner, u->plan,
                                           &r->exceptions[i], t) &&
                    u->ok;
    }
}

static void
analyse_severities(unit *u)
{
    const eql_rule_source *r = u->rule;

    for (uint32_t i = 0; i < r->nseverities; i++) {
        const eql_rule_condition *c = &r->severities[i];
        eql_typed *t = c->when.text.p ? analyse_condition(u, c) : NULL;

        if (i == EQL_MAX_SEVERITIES) {
            bad_condition(u, "E311", c, NULL,
                          "a rule takes at most 32 severity conditions");
            return;
        }
        if (t && u->plan)
            u->ok =
                eql_plan_severity_add(&u->planner, u->plan, c, i, t) && u->ok;
    }
}

static eql_compile_result
result(const unit *u)
{
    if (eql_arena_failed(u->arena) || eql_diags_failed(u->diags))
        return EQL_COMPILE_NOMEM;
    return u->ok && eql_diags_nerrors(u->diags) == u->errors ? EQL_COMPILED
                                                             : EQL_COMPILE_BAD;
}

static eql_compile_result
analyse(eql_compiler *c, const eql_rule_source *r, eql_diags *diags, unit *u)
{
    uint32_t errors = eql_diags_nerrors(diags);

    eql_arena_reset(c->arena);
    *u = (unit){
        .arena = c->arena,
        .settings = &c->settings,
        .rule = r,
        .diags = diags,
        .errors = errors,
        .planner = {.arena = c->arena,
                    .diags = diags,
                    .rule = r,
                    .kleene = c->settings.dialect.null_logic ==
                              EQL_NULL_LOGIC_KLEENE},
    };
    if (definitions(c, diags)) {
        analyse_query(u, &c->definitions);
        analyse_exceptions(u);
        analyse_severities(u);
    } else if (eql_diags_nerrors(diags) == errors) {
        eql_diags_set_source(diags, &r->query);
        eql_diags_add(diags, "E316", (eql_span){0, 0}, NULL,
                      "the definitions for all rules have errors");
    }
    eql_def_set_free(&u->definitions);
    if (eql_arena_failed(c->lasting))
        return EQL_COMPILE_NOMEM;
    return result(u);
}

/* --- the public calls --- */

eql_compile_result
eql_compiler_add(eql_compiler *c, const eql_rule_source *r, eql_diags *diags)
{
    unit u;
    eql_compile_result res = analyse(c, r, diags, &u);

    if (res == EQL_COMPILED &&
        !eql_emit_rule(c->builder, u.plan, r, &c->settings))
        res = EQL_COMPILE_NOMEM;
    return res;
}

eql_compile_result
eql_compiler_check(eql_compiler *c, const eql_rule_source *r, eql_diags *diags)
{
    unit u;

    return analyse(c, r, diags, &u);
}

bool
eql_compiler_takes(const eql_compiler *c, const eql_program *p)
{
    return eql_builder_same_dialect(c->builder, p);
}

eql_compile_result
eql_compiler_import(eql_compiler *c, const eql_program *p, uint32_t rule)
{
    if (!eql_compiler_takes(c, p))
        return EQL_COMPILE_BAD;
    return eql_builder_import_rule(c->builder, p, rule) ? EQL_COMPILED
                                                        : EQL_COMPILE_NOMEM;
}

static eql_compile_result
dump_ast(eql_compiler *c, const eql_rule_source *r, eql_diags *diags,
         eql_buf *out)
{
    unit u = {.arena = c->arena, .settings = &c->settings, .diags = diags};
    eql_query *q;

    eql_arena_reset(c->arena);
    q = parse(&u, &r->query);
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
        eql_dump_tokens(r->query.text, comments_of(&c->settings), out);
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
