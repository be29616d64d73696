/* compiler.c -- eqlvm_compiler: files and queries to one program.
 *
 * Rules arrive from io/rules one by one; each is selected, dumped if asked,
 * compiled, counted.  Their texts live until the program is made, the
 * diagnostics as long as the compiler.
 *
 * A compiled file is a program already: if nothing else is added and all of its
 * rules are selected, it is handed on as it is. */
#include "api/api.h"

#include <stdlib.h>

#include "api/language.h"
#include "api/select.h"
#include "base/map.h"
#include "compiler/compile.h"
#include "rulefile/rules.h"
#include "program/image.h"

struct eqlvm_compiler {
    eql_arena *kept;  /* selection and ignored keys */
    eql_arena *rules; /* rule texts; NULL once the program is being made */
    eql_diags *diags;
    eql_language language;
    eql_compiler *compiler; /* NULL when the program is made */
    eql_program *whole;     /* all that was added so far; NULL: look there */
    eql_select select;
    bool skip_bad_rules;
    eqlvm_compile_summary sum;
    eql_rules_counters counters;
    eql_vec ignored; /* eql_strview */
    eql_map *ids;    /* of rules so far -> index in id_places */
    eql_vec
        id_places; /* eql_strview, kept: file:line of the first rule of an id */
    eql_buf error;
    eqlvm_dump_pass pass;
    eqlvm_write_fn dump; /* NULL: none */
    void *dump_ctx;
    eqlvm_status stopped; /* why a callback of ours ended the reading */
};

eqlvm_compiler *
eqlvm_compiler_new(const eqlvm_compile_options *o)
{
    eqlvm_compiler *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->kept = eql_arena_new(0);
    c->rules = eql_arena_new(0);
    c->diags = eql_diags_new();
    c->skip_bad_rules = o && o->skip_bad_rules;
    if (eql_language_init(&c->language, o))
        c->compiler = eql_compiler_new(&c->language.settings);
    c->ids = eql_map_new();
    if (c->kept && c->rules && c->diags && c->compiler && c->ids &&
        eql_select_init(&c->select, o, c->kept))
        return c;
    eqlvm_compiler_free(c);
    return NULL;
}

void
eqlvm_compiler_free(eqlvm_compiler *c)
{
    if (!c)
        return;
    eql_arena_free(c->kept);
    eql_arena_free(c->rules);
    eql_diags_free(c->diags);
    eql_compiler_free(c->compiler);
    eql_program_free(c->whole);
    eql_language_free(&c->language);
    eql_vec_free(&c->ignored);
    eql_map_free(c->ids);
    eql_vec_free(&c->id_places);
    eql_buf_free(&c->error);
    free(c);
}

static eqlvm_status
fail(eqlvm_compiler *c, eqlvm_status status, const char *path, const char *text)
{
    c->error.len = 0;
    eql_buf_printf(&c->error, "%s%s%s", path, *path ? ": " : "", text);
    eql_buf_add_char(&c->error, '\0');
    return status;
}

eqlvm_status
eqlvm_compiler_check(eqlvm_compiler *c)
{
    if (!c->language.why[0])
        return EQLVM_OK;
    return fail(c, EQLVM_ERR_ARG, "", c->language.why);
}

/* --- ids --- */

/* Two rules of one id give alerts that cannot be told apart; often it is one
 * rule, given twice. */
static bool
note_id(eqlvm_compiler *c, eql_strview id, const eql_source *place)
{
    uint32_t n = c->id_places.n, first;
    eql_strview here, there;

    if (id.len == 0)
        return true;
    here = eql_arena_printf(c->kept, place->whole ? "%.*s" : "%.*s:%u",
                            (int)place->file.len, place->file.p,
                            place->first_line);
    first = eql_map_intern(c->ids, id.p, id.len, n);
    if (first == EQL_NONE || !here.p)
        return false;
    if (first == n)
        return eql_vec_push(&c->id_places, &here, sizeof here) != EQL_NONE;
    there = *(const eql_strview *)eql_vec_at(&c->id_places, first);
    eql_diags_set_source(c->diags, place);
    eql_diags_add(c->diags, "W609", (eql_span){0, (uint32_t)place->text.len},
                  eql_sv_eq(here, there)
                      ? "was the rule given twice?"
                      : "alerts tell of the id: each rule needs its own",
                  "another rule has the id %.*s: %.*s",
                  (int)(id.len < 60 ? id.len : 60), id.p, (int)there.len,
                  there.p);
    return true;
}

/* Of the selected rules of a compiled file. */
static bool
note_ids(eqlvm_compiler *c, const eql_program *p, const char *path,
         const bool *selected)
{
    eql_source place = {.file = eql_sv_cstr(path), .whole = true};

    for (uint32_t i = 0; i < p->nrules; i++)
        if (selected[i] &&
            !note_id(c, eql_program_str(p, p->rules[i].id), &place))
            return false;
    return true;
}

/* --- compiled files --- */

/* Takes over rule i of p. */
static eqlvm_status
add_compiled(eqlvm_compiler *c, const eql_program *p, uint32_t i)
{
    switch (eql_compiler_import(c->compiler, p, i)) {
    case EQL_COMPILED: return EQLVM_OK;
    case EQL_COMPILE_BAD: return EQLVM_ERR_IMAGE;
    case EQL_COMPILE_NOMEM: break;
    }
    return EQLVM_ERR_NOMEM;
}

/* More is to come: what was one program becomes rules. */
static eqlvm_status
take_apart(eqlvm_compiler *c)
{
    eql_program *p = c->whole;
    eqlvm_status s = EQLVM_OK;

    c->whole = NULL;
    for (uint32_t i = 0; p && i < p->nrules && s == EQLVM_OK; i++)
        s = add_compiled(c, p, i);
    eql_program_free(p);
    return s;
}

/* Which rules of p are selected?  NULL: out of memory. */
static bool *
select_rules(eqlvm_compiler *c, const eql_program *p, bool *all)
{
    bool *selected = calloc((size_t)p->nrules + 1, sizeof *selected);

    *all = true;
    for (uint32_t i = 0; selected && i < p->nrules; i++) {
        selected[i] = eql_select_compiled(&c->select, p, i);
        c->sum.deselected += !selected[i];
        *all = *all && selected[i];
    }
    return selected;
}

/* Owns p. */
static eqlvm_status
add_program(eqlvm_compiler *c, const char *path, eql_program *p)
{
    bool alone = !c->whole && eql_compiler_nrules(c->compiler) == 0, all;
    bool *selected = select_rules(c, p, &all);
    eqlvm_status s =
        selected && note_ids(c, p, path, selected) ? EQLVM_OK : EQLVM_ERR_NOMEM;

    if (s == EQLVM_OK && alone && all && eql_compiler_takes(c->compiler, p)) {
        c->whole = p;
        p = NULL;
    } else if (s == EQLVM_OK) {
        s = take_apart(c);
        for (uint32_t i = 0; i < p->nrules && s == EQLVM_OK; i++)
            s = selected[i] ? add_compiled(c, p, i) : EQLVM_OK;
    }
    free(selected);
    eql_program_free(p);
    return s;
}

static bool
on_image(void *ctx, const char *path, eql_buf *image)
{
    eqlvm_compiler *c = ctx;
    eql_buf why = {0};
    eql_program *p = eql_image_take(image, &why);

    if (p) {
        c->stopped = add_program(c, path, p);
        if (c->stopped == EQLVM_ERR_IMAGE)
            fail(c, EQLVM_ERR_IMAGE, path,
                 "compiled for another dialect, other flags or other fields");
    } else if (why.len == 0 || why.failed) {
        c->stopped = fail(c, EQLVM_ERR_NOMEM, path, "out of memory");
    } else {
        eql_buf_add_char(&why, '\0');
        c->stopped = fail(c, EQLVM_ERR_IMAGE, path, why.p);
    }
    eql_buf_free(&why);
    return c->stopped == EQLVM_OK;
}

/* --- one rule --- */

static bool
note_ignored(eqlvm_compiler *c, const eql_rule_source *r)
{
    for (uint32_t i = 0; i < r->nignored; i++) {
        eql_strview s =
            eql_arena_printf(c->kept, "%.*s: %.*s", (int)r->file.len, r->file.p,
                             (int)r->ignored[i].len, r->ignored[i].p);

        if (!s.p || eql_vec_push(&c->ignored, &s, sizeof s) == EQL_NONE)
            return false;
    }
    return true;
}

static eqlvm_status
dump_rule(eqlvm_compiler *c, const eql_rule_source *r)
{
    eql_buf out = {0};
    eqlvm_status s = EQLVM_OK;

    switch (eql_compiler_dump(c->compiler, r, (eql_dump_pass)c->pass, c->diags,
                              &out)) {
    case EQL_COMPILED: s = eql_api_write(&out, c->dump, c->dump_ctx); break;
    case EQL_COMPILE_BAD: s = EQLVM_ERR_COMPILE; break;
    case EQL_COMPILE_NOMEM: s = EQLVM_ERR_NOMEM; break;
    }
    eql_buf_free(&out);
    return s;
}

/* EQLVM_ERR_COMPILE: the rule is bad, go on. */
static eqlvm_status
add_rule(eqlvm_compiler *c, const eql_rule_source *r)
{
    eqlvm_status s;

    if (!eql_select_source(&c->select, r)) {
        c->sum.deselected++;
        return EQLVM_OK;
    }
    if (!note_ignored(c, r) || !note_id(c, r->id, &r->id_place))
        return EQLVM_ERR_NOMEM;
    s = c->dump ? dump_rule(c, r) : EQLVM_OK;
    if (s != EQLVM_OK)
        return s;
    s = take_apart(c);
    if (s != EQLVM_OK)
        return s;
    switch (eql_compiler_add(c->compiler, r, c->diags)) {
    case EQL_COMPILED: return EQLVM_OK;
    case EQL_COMPILE_BAD: return EQLVM_ERR_COMPILE;
    case EQL_COMPILE_NOMEM: break;
    }
    return EQLVM_ERR_NOMEM;
}

/* Told of, counted by io. */
static bool
on_broken(void *ctx, const eql_rule_source *r)
{
    eqlvm_compiler *c = ctx;

    if (eql_select_source(&c->select, r) && !c->dump &&
        eql_compiler_check(c->compiler, r, c->diags) == EQL_COMPILE_NOMEM)
        c->stopped = EQLVM_ERR_NOMEM;
    return c->stopped == EQLVM_OK;
}

static bool
on_rule(void *ctx, const eql_rule_source *r)
{
    eqlvm_compiler *c = ctx;
    eqlvm_status s = add_rule(c, r);

    if (s == EQLVM_ERR_COMPILE) {
        c->sum.bad++;
        return true;
    }
    c->stopped = s;
    return s == EQLVM_OK;
}

/* --- adding --- */

/* What a file, a folder or (text not NULL) a text under a name holds. */
static eqlvm_status
add_rules(eqlvm_compiler *c, const char *path, const eql_strview *text)
{
    eql_rules_calls calls = {on_rule, on_image, c, on_broken};
    eql_buf why = {0};
    eqlvm_status s = EQLVM_OK;
    eql_rules_result r;

    if (eqlvm_compiler_check(c) != EQLVM_OK)
        return EQLVM_ERR_ARG;
    c->stopped = EQLVM_OK;
    r = text ? eql_rules_read_text(path, *text, c->rules, c->diags, &calls,
                                   &c->counters, &why)
             : eql_rules_read(path, c->rules, c->diags, &calls, &c->counters,
                              &why);
    switch (r) {
    case EQL_RULES_OK: break;
    case EQL_RULES_NOMEM: s = EQLVM_ERR_NOMEM; break;
    case EQL_RULES_IO:
        eql_buf_add_char(&why, '\0');
        s = fail(c, EQLVM_ERR_IO, "", why.p ? why.p : path);
        break;
    case EQL_RULES_STOPPED: s = c->stopped; break;
    }
    eql_buf_free(&why);
    if (s == EQLVM_ERR_NOMEM)
        fail(c, s, path, "out of memory");
    return s;
}

eqlvm_status
eqlvm_compiler_add_path(eqlvm_compiler *c, const char *path)
{
    if (!c || !path || !c->compiler)
        return EQLVM_ERR_ARG;
    return add_rules(c, path, NULL);
}

eqlvm_status
eqlvm_compiler_add_text(eqlvm_compiler *c, const char *name, const char *text,
                        size_t len)
{
    eql_strview all = eql_sv(text ? text : "", len);

    if (!c || (!text && len > 0) || !c->compiler)
        return EQLVM_ERR_ARG;
    return add_rules(c, name ? name : "-", &all);
}

eqlvm_status
eqlvm_compiler_add_query(eqlvm_compiler *c, const char *name, const char *text,
                         size_t len)
{
    eql_rule_source r = {.risk_score = EQL_NONE};
    eqlvm_status s;

    if (!c || !text || !c->compiler)
        return EQLVM_ERR_ARG;
    if (eqlvm_compiler_check(c) != EQLVM_OK)
        return EQLVM_ERR_ARG;
    r.name = eql_arena_dup(c->rules, eql_sv_cstr(name ? name : ""));
    r.query.text = eql_arena_dup(c->rules, eql_sv(text, len));
    r.query.first_line = 1;
    if (!r.name.p || !r.query.text.p)
        return fail(c, EQLVM_ERR_NOMEM, "", "out of memory");
    s = add_rule(c, &r);
    if (s == EQLVM_ERR_COMPILE) {
        c->sum.bad++;
        return EQLVM_OK;
    }
    return s;
}

static uint32_t
count_rules(const eqlvm_compiler *c)
{
    return c->whole ? c->whole->nrules : eql_compiler_nrules(c->compiler);
}

eqlvm_status
eqlvm_compiler_finish(eqlvm_compiler *c, eqlvm_program **out)
{
    eql_buf why = {0};
    eqlvm_program *program;

    if (!out)
        return EQLVM_ERR_ARG;
    *out = NULL;
    if (!c || !c->compiler || eqlvm_compiler_check(c) != EQLVM_OK)
        return EQLVM_ERR_ARG;
    c->sum.rules = count_rules(c);
    if (c->sum.bad + c->counters.unreadable > 0 && !c->skip_bad_rules)
        return EQLVM_ERR_COMPILE;
    eql_arena_free(c->rules); /* the compiler has what it needs of them */
    c->rules = NULL;
    program = calloc(1, sizeof *program);
    if (program)
        program->p =
            c->whole ? c->whole : eql_compiler_finish(c->compiler, &why);
    if (program)
        c->whole = NULL;
    eql_compiler_free(c->compiler);
    c->compiler = NULL;
    if (program && program->p) {
        eqlvm_compiler_summary(c, &program->made);
        *out = program;
        eql_buf_free(&why);
        return EQLVM_OK;
    }
    eql_buf_add_char(&why, '\0');
    fail(c, EQLVM_ERR_NOMEM, "", why.p ? why.p : "out of memory");
    eql_buf_free(&why);
    free(program);
    return EQLVM_ERR_NOMEM;
}

/* --- what was found --- */

void
eqlvm_compiler_summary(const eqlvm_compiler *c, eqlvm_compile_summary *out)
{
    *out = c->sum;
    out->files = c->counters.files;
    if (c->compiler)
        out->rules = count_rules(c);
    out->bad += c->counters.unreadable;
    out->other_language = c->counters.other_language;
    out->errors = eql_diags_nerrors(c->diags);
    out->warnings = eql_diags_nwarnings(c->diags);
}

size_t
eqlvm_compiler_ndiags(const eqlvm_compiler *c)
{
    return eql_diags_count(c->diags);
}

void
eqlvm_compiler_diag(const eqlvm_compiler *c, size_t i, eqlvm_diag *out)
{
    const eql_diag *d;

    *out = (eqlvm_diag){0};
    if (i >= eql_diags_count(c->diags))
        return;
    d = eql_diags_at(c->diags, (uint32_t)i);
    *out = (eqlvm_diag){.kind = (eqlvm_diag_kind)d->kind,
                        .code = eql_api_text(eql_sv_cstr(d->code)),
                        .file = eql_api_text(d->file),
                        .line = d->line,
                        .column = d->column,
                        .offset = d->span.offset,
                        .length = d->span.len,
                        .message = eql_api_text(d->message),
                        .hint = eql_api_text(d->hint)};
}

eqlvm_status
eqlvm_compiler_render(const eqlvm_compiler *c, size_t i, bool colour,
                      eqlvm_write_fn fn, void *ctx)
{
    if (!c || !fn || i >= eql_diags_count(c->diags))
        return EQLVM_ERR_ARG;
    return eql_api_render(eql_diags_at(c->diags, (uint32_t)i), false, colour,
                          fn, ctx);
}

eqlvm_status
eqlvm_compiler_render_line(const eqlvm_compiler *c, size_t i, bool colour,
                           eqlvm_write_fn fn, void *ctx)
{
    if (!c || !fn || i >= eql_diags_count(c->diags))
        return EQLVM_ERR_ARG;
    return eql_api_render(eql_diags_at(c->diags, (uint32_t)i), true, colour, fn,
                          ctx);
}

size_t
eqlvm_compiler_nignored(const eqlvm_compiler *c)
{
    return c->ignored.n;
}

eqlvm_text
eqlvm_compiler_ignored(const eqlvm_compiler *c, size_t i)
{
    if (i >= c->ignored.n)
        return (eqlvm_text){"", 0};
    return eql_api_text(
        *(const eql_strview *)eql_vec_at(&c->ignored, (uint32_t)i));
}

const char *
eqlvm_compiler_error(const eqlvm_compiler *c)
{
    if (c->error.failed)
        return "out of memory";
    return c->error.p ? c->error.p : "";
}

void
eqlvm_compiler_dump(eqlvm_compiler *c, eqlvm_dump_pass pass, eqlvm_write_fn fn,
                    void *ctx)
{
    c->pass = pass;
    c->dump = fn;
    c->dump_ctx = ctx;
}
