/* program.c -- eqlvm_program: saving, loading, listing, asking about rules. */
#include "api/api.h"

#include <stdlib.h>

#include "program/disasm.h"
#include "program/image.h"
#include "program/verify.h"

void
eqlvm_program_free(eqlvm_program *p)
{
    if (!p)
        return;
    eql_program_free(p->p);
    free(p);
}

eqlvm_status
eqlvm_program_save(const eqlvm_program *p, eqlvm_write_fn fn, void *ctx)
{
    eql_buf image = {0};
    eqlvm_status s = EQLVM_ERR_NOMEM;

    if (!p || !fn)
        return EQLVM_ERR_ARG;
    if (eql_image_save(p->p, &image))
        s = eql_api_write(&image, fn, ctx);
    eql_buf_free(&image);
    return s;
}

eqlvm_status
eqlvm_program_load(const void *data, size_t len, eqlvm_program **out,
                   char *reason, size_t cap)
{
    eql_buf why = {0};
    eqlvm_program *p;
    eqlvm_status s;

    if (!out)
        return EQLVM_ERR_ARG;
    *out = NULL;
    if (!data && len > 0)
        return EQLVM_ERR_ARG;
    p = calloc(1, sizeof *p);
    if (!p)
        return EQLVM_ERR_NOMEM;
    p->p = eql_image_load(data ? data : "", len, &why);
    if (p->p) {
        *out = p;
        eql_buf_free(&why);
        return EQLVM_OK;
    }
    s = why.len ? EQLVM_ERR_IMAGE : EQLVM_ERR_NOMEM;
    eql_api_reason(reason, cap,
                   why.len ? eql_buf_sv(&why)
                           : eql_sv_cstr(eqlvm_status_name(s)));
    eql_buf_free(&why);
    free(p);
    return s;
}

eqlvm_status
eqlvm_program_disassemble(const eqlvm_program *p, eqlvm_write_fn fn, void *ctx)
{
    eql_buf text = {0};
    eqlvm_status s;

    if (!p || !fn)
        return EQLVM_ERR_ARG;
    eql_disasm(p->p, &text);
    s = eql_api_write(&text, fn, ctx);
    eql_buf_free(&text);
    return s;
}

eqlvm_status
eqlvm_program_first(const eqlvm_program *p, uint32_t n, eqlvm_program **out)
{
    if (!p || !out)
        return EQLVM_ERR_ARG;
    *out = calloc(1, sizeof **out);
    if (!*out)
        return EQLVM_ERR_NOMEM;
    (*out)->p = eql_program_first_rules(p->p, n);
    if ((*out)->p && eql_verify((*out)->p).code == EQL_VERIFY_OK)
        return EQLVM_OK;
    eqlvm_program_free(*out);
    *out = NULL;
    return EQLVM_ERR_NOMEM;
}

void
eqlvm_program_summary(const eqlvm_program *p, eqlvm_compile_summary *out)
{
    *out = (eqlvm_compile_summary){0};
    if (!p)
        return;
    *out = p->made;
    out->rules = p->p->nrules;
}

uint32_t
eqlvm_program_nrules(const eqlvm_program *p)
{
    return p ? p->p->nrules : 0;
}

void
eqlvm_program_rule(const eqlvm_program *p, uint32_t rule, eqlvm_rule_info *out)
{
    const eql_rule *r;

    *out = (eqlvm_rule_info){.risk_score = -1, .maxspan_ns = -1};
    if (!p || rule >= p->p->nrules)
        return;
    r = &p->p->rules[rule];
    out->name = eql_api_text(eql_program_str(p->p, r->name));
    out->id = eql_api_text(eql_program_str(p->p, r->id));
    out->file = eql_api_text(eql_program_str(p->p, r->file));
    out->query = eql_api_text(eql_program_str(p->p, r->query));
    out->description = eql_api_text(eql_program_str(p->p, r->description));
    out->severity = (eqlvm_severity)r->severity;
    if (r->risk_score != EQL_NONE)
        out->risk_score = (int)r->risk_score;
    out->kind = (eqlvm_rule_kind)r->kind;
    out->nstages = r->stages.n;
    out->budget_ns = r->budget_ns;
    if (r->has_maxspan)
        out->maxspan_ns = r->maxspan_ns;
}
