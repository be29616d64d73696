/* rawmap_ops.c -- the rules of a plan at work on JSON texts;
 * mapping_ops.c, which works on parsed values, is the reference.
 *
 * mapping_op.def says which operations copy a text and which can cut their
 * result out of it; everything else asks the memo. */
#include "io/windows/rawmap_int.h"

#include "base/text.h"
#include "io/json/json.h"

typedef enum {
    DONE,    /* the rule used its text */
    REFUSED, /* it did not */
    ASK      /* not simple: the memo knows */
} outcome;

void
eql_rawmap_ops_put(eql_rawmap *r, uint32_t wanted, const char *p, uint32_t len)
{
    r->ecs[wanted] = (eql_rawmap_cell){p, len, r->epoch};
}

bool
eql_rawmap_ops_extract(const json_t *v, const eql_rawmap_wanted *w,
                       uint32_t skip, eql_arena *arena, eql_rawmap_cell *out)
{
    eql_buf b = {0};
    eql_strview text = {0};
    size_t i;

    for (; skip < w->n && json_is_object(v); skip++)
        v = json_object_get(v, w->names[skip]);
    *out = (eql_rawmap_cell){0};
    for (i = 0; i < json_array_size(v) && !out->p; i++) {
        const json_t *e = json_array_get(v, i);

        if (json_is_object(e) || json_is_array(e))
            out->p = eql_rawmap_deferred;
    }
    if (json_is_object(v))
        out->p = eql_rawmap_deferred;
    if (out->p || !v || skip < w->n)
        return true;
    eql_json_print(v, &b);
    if (!b.failed)
        text = eql_arena_dup(arena, eql_buf_sv(&b));
    eql_buf_free(&b);
    *out = (eql_rawmap_cell){.p = text.p, .len = (uint32_t)text.len};
    return text.p != NULL;
}

/* What stands at a target and below: a scalar. */
static void
put(eql_rawmap *r, const eql_rawmap_rule *rule, uint32_t to,
    const eql_rawmap_cell *v)
{
    for (uint32_t i = 0; i < rule->outs.n; i++) {
        const eql_rawmap_out *o = eql_rawmap_out_at(r, rule->outs.first + i);

        if (o->to == to && !o->below)
            eql_rawmap_ops_put(r, o->wanted, v->p, v->len);
        else if (o->to == to)
            eql_rawmap_ops_put(r, o->wanted, NULL, 0);
    }
}

/* --- sources --- */

static inline eql_rawmap_cell *
source(eql_rawmap *r, const eql_rawmap_ref *ref)
{
    eql_rawmap_cell *c;

    switch (ref->from) {
    case EQL_MAPPING_FROM_HEADER: return &r->header[ref->index];
    case EQL_MAPPING_FROM_DATA: c = &r->data[ref->index]; break;
    default: c = &r->ecs[ref->index]; break;
    }
    if (c->epoch != r->epoch)
        *c = (eql_rawmap_cell){.epoch = r->epoch};
    return c;
}

/* The first text that is not empty, and where it is from. */
static eql_rawmap_text
later_text(eql_rawmap *r, const eql_rawmap_step *step,
           const eql_rawmap_ref **from, eql_rawmap_cell *text)
{
    for (uint32_t i = 0; i < step->nfrom; i++) {
        const eql_rawmap_ref *ref = &step->from[i];
        eql_rawmap_text is = eql_rawmap_text_at(r, source(r, ref), text);

        *from = ref;
        if (is == EQL_RAWMAP_TEXT_UNSUPPORTED ||
            (is == EQL_RAWMAP_TEXT_IS && text->len > 2))
            return is;
    }
    return EQL_RAWMAP_TEXT_NONE;
}

/* Mostly a string that is its first source. */
static inline eql_rawmap_text
first_text(eql_rawmap *r, const eql_rawmap_step *step,
           const eql_rawmap_ref **from, eql_rawmap_cell *text)
{
    const eql_rawmap_cell *c;

    if (step->nfrom == 0)
        return EQL_RAWMAP_TEXT_NONE;
    c = source(r, step->from);
    if (!c->p || *c->p != '"' || c->len == 2)
        return later_text(r, step, from, text);
    *from = step->from;
    *text = *c;
    return EQL_RAWMAP_TEXT_IS;
}

static inline void
take(eql_rawmap *r, const eql_rawmap_rule *rule, const eql_rawmap_ref *from)
{
    if (from->from == EQL_MAPPING_FROM_DATA && !rule->rule->copy)
        r->data[from->index].p = NULL;
}

/* --- simple cases --- */

static outcome
op_int(eql_rawmap *r, const eql_rawmap_rule *rule, const eql_rawmap_cell *text)
{
    eql_strview v = eql_rawmap_inside(text);
    eql_rawmap_cell out = {.p = v.p, .len = (uint32_t)v.len};
    char buf[32];
    int64_t i;

    if (!eql_rawmap_is_plain_integer(v.p, out.len)) {
        if (memchr(v.p, '\\', v.len))
            return ASK;
        if (!eql_mapping_values_int(v, &i))
            return REFUSED;
        v = eql_arena_dup(r->event, eql_sv(buf, eql_format_int(i, buf)));
        out = (eql_rawmap_cell){.p = v.p, .len = (uint32_t)v.len};
        if (!out.p)
            return ASK;
    }
    put(r, rule, 0, &out);
    return DONE;
}

/* Where the last backslash's escape begins; v.len: there is none.  false: the
 * last escape is another one. */
static bool
last_slash(eql_strview v, size_t *at)
{
    const char *q = v.len ? memrchr(v.p, '\\', v.len) : NULL;
    size_t n = 0, last;

    *at = v.len;
    if (!q)
        return true;
    last = (size_t)(q - v.p);
    while (n <= last && v.p[last - n] == '\\')
        n++;
    *at = last - 1;
    return n % 2 == 0;
}

static bool
is_there(const eql_rawmap *r, const eql_rawmap_rule *rule)
{
    for (uint32_t i = 0; i < rule->outs.n; i++) {
        const eql_rawmap_out *o = eql_rawmap_out_at(r, rule->outs.first + i);
        const eql_rawmap_cell *c = &r->ecs[o->wanted];

        if (!o->below)
            return c->epoch == r->epoch && c->p;
    }
    return false;
}

static outcome
put_slice(eql_rawmap *r, const eql_rawmap_rule *rule, eql_strview inside)
{
    eql_rawmap_cell out = eql_rawmap_quote(r, inside);

    if (!out.p)
        return ASK;
    put(r, rule, 0, &out);
    return DONE;
}

static outcome
op_path(eql_rawmap *r, const eql_rawmap_rule *rule, const eql_rawmap_cell *text)
{
    eql_strview v = eql_rawmap_inside(text), part;
    size_t slash;

    if (rule->rule->op == EQL_MAPPING_OP_BASENAME && is_there(r, rule))
        return REFUSED;
    if (!last_slash(v, &slash))
        return ASK;
    return eql_mapping_values_path(rule->rule->op, v, slash, 2, &part)
               ? put_slice(r, rule, part)
               : REFUSED;
}

static outcome
op_time(eql_rawmap *r, const eql_rawmap_rule *rule, const eql_rawmap_cell *text)
{
    bool zone, unsupported = false;
    int64_t ns;
    char buf[40];

    if (!eql_rawmap_text_time(text, &ns, &zone, &unsupported))
        return unsupported ? ASK : REFUSED;
    return put_slice(r, rule, eql_sv(buf, eql_time_format(ns, buf)));
}

static inline outcome
put_text(eql_rawmap *r, const eql_rawmap_rule *rule,
         const eql_rawmap_cell *text)
{
    const eql_rawmap_out *o = eql_rawmap_out_at(r, rule->outs.first);

    if (rule->outs.n == 1 && !o->below)
        eql_rawmap_ops_put(r, o->wanted, text->p, text->len);
    else
        put(r, rule, 0, text);
    return DONE;
}

/* The operations that cut. */
static outcome
run_cut(eql_rawmap *r, const eql_rawmap_rule *rule, const eql_rawmap_cell *text)
{
    eql_strview v = eql_rawmap_inside(text);

    switch (rule->rule->op) {
    case EQL_MAPPING_OP_INT: return op_int(r, rule, text);
    case EQL_MAPPING_OP_TIME: return op_time(r, rule, text);
    case EQL_MAPPING_OP_UPN:
        if (memchr(v.p, '@', v.len) || memchr(v.p, '\\', v.len))
            return ASK;
        put(r, rule, 0, text);
        return DONE;
    default: return op_path(r, rule, text);
    }
}

/* --- rules --- */

static void
put_result(eql_rawmap *r, const eql_rawmap_rule *rule,
           const eql_rawmap_cell *out)
{
    for (uint32_t i = 0; i < rule->outs.n; i++)
        if (out[i].p || out[i].len)
            eql_rawmap_ops_put(
                r, eql_rawmap_out_at(r, rule->outs.first + i)->wanted, out[i].p,
                out[i].len);
}

static bool
run_first(eql_rawmap *r, const eql_rawmap_step *step)
{
    const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, step->rule);
    const eql_rawmap_ref *from = NULL;
    eql_rawmap_result result = {0};
    eql_rawmap_cell text;
    outcome done;

    switch (first_text(r, step, &from, &text)) {
    case EQL_RAWMAP_TEXT_NONE: return true;
    case EQL_RAWMAP_TEXT_UNSUPPORTED: return false;
    case EQL_RAWMAP_TEXT_IS: break;
    }
    if (rule->op.how == EQL_MAPPING_HOW_COPY)
        done = put_text(r, rule, &text);
    else if (rule->op.how == EQL_MAPPING_HOW_CUT)
        done = run_cut(r, rule, &text);
    else
        done = ASK;
    if (done == ASK) {
        if (!eql_rawmap_memo_ask(r, step->rule, &text, &result))
            return false;
        put_result(r, rule, result.out);
        done = result.used ? DONE : REFUSED;
    }
    if (done == DONE)
        take(r, rule, from);
    return true;
}

static bool
run_outcome(eql_rawmap *r, const eql_rawmap_step *step)
{
    const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, step->rule);

    for (uint32_t i = 0; i < step->nfrom; i++) {
        const eql_rawmap_cell *c = source(r, &step->from[i]);
        eql_rawmap_result result = {0};

        if (!c->p)
            continue;
        if (c->p == eql_rawmap_deferred ||
            !eql_rawmap_memo_ask(r, step->rule, c, &result))
            return false;
        if (result.used) {
            put_result(r, rule, result.out);
            return true;
        }
    }
    return true;
}

static bool
run_raw(eql_rawmap *r, const eql_rawmap_step *step)
{
    const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, step->rule);

    for (uint32_t i = 0; i < step->nfrom; i++) {
        const eql_rawmap_ref *ref = &step->from[i];
        const eql_rawmap_cell *c = source(r, ref);

        if (c->p == eql_rawmap_deferred)
            return false;
        if (!c->p || c->p[0] == '[' || c->p[0] == '{' || c->p[0] == 'n')
            continue;
        put(r, rule, 0, c);
        take(r, rule, ref);
        return true;
    }
    return true;
}

/* Escapes never reach over an end of a text, so texts may be put together as
 * they are spelled. */
static bool
run_join(eql_rawmap *r, const eql_rawmap_step *step)
{
    const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, step->rule);
    eql_buf b = {0}, separator = {0};
    eql_rawmap_text is = EQL_RAWMAP_TEXT_IS;
    eql_rawmap_cell text, out;
    bool ok;

    eql_buf_add_json(&separator, rule->rule->separator);
    for (uint32_t i = 0; i < step->nfrom && is == EQL_RAWMAP_TEXT_IS; i++) {
        is = eql_rawmap_text_of(r, source(r, &step->from[i]), &text);
        if (is == EQL_RAWMAP_TEXT_IS && text.len == 2)
            is = EQL_RAWMAP_TEXT_NONE;
        if (is != EQL_RAWMAP_TEXT_IS)
            break;
        if (i && separator.len > 2)
            eql_buf_add(&b, separator.p + 1, separator.len - 2);
        eql_buf_add_sv(&b, eql_rawmap_inside(&text));
    }
    ok = is != EQL_RAWMAP_TEXT_UNSUPPORTED && !b.failed && !separator.failed;
    if (ok && is == EQL_RAWMAP_TEXT_IS) {
        out = eql_rawmap_quote(r, eql_buf_sv(&b));
        ok = out.p != NULL;
        if (ok)
            put(r, rule, 0, &out);
    }
    eql_buf_free(&b);
    eql_buf_free(&separator);
    return ok;
}

bool
eql_rawmap_ops_run(eql_rawmap *r, const eql_rawmap_plan *p)
{
    for (uint32_t i = 0; i < p->nsteps; i++) {
        const eql_rawmap_step *step = &p->steps[i];
        const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, step->rule);
        bool ok = true;

        if (rule->fixed) {
            put_result(r, rule, rule->fixed);
            continue;
        }
        if (rule->op.sources == EQL_MAPPING_SOURCES_FIRST)
            ok = run_first(r, step);
        else if (rule->op.sources == EQL_MAPPING_SOURCES_ALL)
            ok = run_join(r, step);
        else if (rule->op.how == EQL_MAPPING_HOW_COPY)
            ok = run_raw(r, step);
        else
            ok = run_outcome(r, step);
        if (!ok)
            return false;
    }
    return true;
}

bool
eql_rawmap_ops_prepare(eql_rawmap *r, const eql_rawmap_plan *p)
{
    for (uint32_t i = 0; i < p->nprepare; i++) {
        const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, p->prepare[i].rule);
        const eql_rawmap_ref *from = NULL;
        eql_rawmap_cell text;
        eql_rawmap_text is = first_text(r, &p->prepare[i], &from, &text);
        bool ok = is != EQL_RAWMAP_TEXT_UNSUPPORTED;

        if (is == EQL_RAWMAP_TEXT_IS && rule->rule->op == EQL_MAPPING_OP_LINES)
            ok = eql_rawmap_text_lines(r, p, eql_rawmap_inside(&text));
        else if (is == EQL_RAWMAP_TEXT_IS)
            ok = eql_rawmap_text_pairs(r, p, eql_rawmap_inside(&text));
        if (!ok)
            return false;
    }
    return true;
}
