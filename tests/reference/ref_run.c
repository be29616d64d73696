/* ref_run.c -- see ref_run.h.
 *
 * Everything is worked out before the sequence procedures start: for every
 * stage and every event, whether the stage sees the event and under which key
 * tuples.  So the procedures know neither JSON nor conditions. */
#include "tests/reference/ref_run.h"

#include <stdio.h>
#include <string.h>

#include "compiler/parser.h"
#include "tests/reference/ref_filter.h"

#define MAX_TUPLES 1024u

typedef struct {
    ref_pool *pool;
    eql_arena *arena;
    eql_diags *diags;
    const ref_case *c;
    const eql_query *query;
    const eql_expr **exceptions; /* parsed, one for each of the case */
    json_t **events;
    ref_when *when;
    const char *refused; /* NULL: nothing was refused */
} run;

/* --- reading the case
 * ---------------------------------------------------------- */

static void
open_case(run *r, const ref_case *c)
{
    *r = (run){.c = c, .pool = ref_pool_new()};
    r->arena = eql_arena_new(0);
    r->diags = eql_diags_new();
    r->events = ref_alloc(r->pool, c->nevents * sizeof *r->events);
    for (size_t i = 0; i < c->nevents; i++) {
        r->events[i] = json_loads(c->events[i], JSON_ALLOW_NUL, NULL);
        if (!json_is_object(r->events[i]))
            r->refused = "an event is no JSON object";
    }
    r->when = ref_case_times(r->pool, c);
}

static void
close_case(run *r)
{
    for (size_t i = 0; i < r->c->nevents; i++)
        json_decref(r->events[i]);
    eql_diags_free(r->diags);
    eql_arena_free(r->arena);
    ref_pool_free(r->pool);
}

/* The first error of the parser. */
static void
refuse_parse(run *r)
{
    r->refused = "parse error";
    for (uint32_t i = 0; i < eql_diags_count(r->diags); i++) {
        const eql_diag *d = eql_diags_at(r->diags, i);

        if (d->kind != EQL_DIAG_ERROR)
            continue;
        r->refused = ref_printf(r->pool, "%u:%u: %s: %.*s", d->line, d->column,
                                d->code, (int)d->message.len, d->message.p);
        break;
    }
}

static eql_strview
source(run *r, const char *text)
{
    eql_source *src = ref_alloc(r->pool, sizeof *src);

    src->text = (eql_strview){text, strlen(text)};
    src->first_line = 1;
    eql_diags_set_source(r->diags, src);
    return src->text;
}

static void
parse(run *r)
{
    const ref_case *c = r->c;

    r->query = eql_parse(r->arena, source(r, c->query), r->diags);
    r->exceptions =
        ref_alloc(r->pool, (c->nexceptions + 1) * sizeof *r->exceptions);
    for (size_t i = 0; r->query && i < c->nexceptions; i++) {
        r->exceptions[i] = eql_parse_condition(
            r->arena, source(r, c->exceptions[i].condition), r->diags);
        if (!r->exceptions[i])
            r->query = NULL;
    }
    if (!r->query)
        refuse_parse(r);
}

/* Spec 1.2: ISO text, digits, or a number of milliseconds. */
static bool
to_time(ref_value v, int64_t *ns)
{
    if (v.tag == REF_STR)
        return ref_parse_time(v.str, ns);
    if (v.tag != REF_NUM)
        return false;
    *ns = v.num.is_int ? v.num.i * 1000000 : (int64_t)(v.num.d * 1e6);
    return true;
}

ref_when *
ref_case_times(ref_pool *pool, const ref_case *c)
{
    ref_when *when = ref_alloc(pool, c->nevents * sizeof *when);

    for (size_t i = 0; i < c->nevents; i++) {
        json_t *event = json_loads(c->events[i], JSON_ALLOW_NUL, NULL);
        ref_values at = ref_name_values(pool, event, "@timestamp");

        when[i].has_time = at.n > 0 && to_time(at.items[0], &when[i].ns);
        if (c->tiebreaker) {
            at = ref_name_values(pool, event, c->tiebreaker);
            when[i].has_tiebreaker = at.n > 0 && at.items[0].tag == REF_NUM &&
                                     at.items[0].num.is_int;
            if (when[i].has_tiebreaker)
                when[i].tiebreaker = at.items[0].num.i;
        }
        json_decref(event);
    }
    return when;
}

/* --- does a stage see an event?
 * ------------------------------------------------ */

static bool
has_category(run *r, const json_t *event, eql_strview category)
{
    ref_values v = ref_name_values(r->pool, event, "event.category");

    for (size_t i = 0; i < v.n; i++)
        if (v.items[i].tag == REF_STR &&
            ref_str_eq(v.items[i].str, (ref_str){category.p, category.len}))
            return true;
    return false;
}

/* stage from 1; 0 for `until`, which has no exceptions. */
static bool
sees(run *r, const eql_body *body, size_t stage, const json_t *event)
{
    if (!body->any && !has_category(r, event, body->category.text))
        return false;
    if (!ref_holds(r->pool, event, body->condition, &r->refused))
        return false;
    for (size_t i = 0; i < r->c->nexceptions; i++)
        if (r->c->exceptions[i].stage == stage &&
            ref_holds(r->pool, event, r->exceptions[i], &r->refused))
            return false;
    return true;
}

/* --- keys (spec 8.3)
 * ------------------------------------------------------------ */

/* A text that is equal exactly for equal key values. */
static char *
key_text(ref_pool *pool, ref_value v)
{
    ref_text t = {.pool = pool};
    ref_addr addr;

    if (v.tag == REF_BOOL) {
        ref_put(&t, v.b ? "b1" : "b0");
    } else if (v.tag == REF_NUM) {
        double d = v.num.d;

        if (!v.num.is_int && d >= -9e18 && d <= 9e18 && d == (double)(int64_t)d)
            v.num = (ref_num){.is_int = true, .i = (int64_t)d};
        if (v.num.is_int)
            ref_putf(&t, "n%lld", (long long)v.num.i);
        else
            ref_putf(&t, "n%.17g", d);
    } else if (v.address && ref_parse_addr(v.str, &addr)) {
        ref_put(&t, "a");
        for (size_t i = 0; i < sizeof addr.b; i++)
            ref_putf(&t, "%02x", addr.b[i]);
    } else {
        ref_put(&t, "s");
        for (size_t i = 0; i < v.str.n; i++)
            ref_putf(&t, "%02x", (unsigned char)v.str.p[i]);
    }
    return ref_text_cstr(&t);
}

/* Distinct values of one key in first-seen order; "-" stands for null. */
static ref_keys
key_values(run *r, const json_t *event, const eql_expr *key)
{
    ref_keys out = {0};
    ref_values v;

    if (key->kind != EQL_NODE_FIELD) {
        r->refused = "a key that is no field";
        return out;
    }
    v = ref_path_values(r->pool, event, &key->u.field);
    out.keys = ref_alloc(r->pool, (v.n + 1) * sizeof *out.keys);
    for (size_t i = 0; i < v.n; i++) {
        char *text = key_text(r->pool, v.items[i]);
        bool seen = false;

        for (size_t k = 0; k < out.n; k++)
            seen |= strcmp(out.keys[k], text) == 0;
        if (!seen)
            out.keys[out.n++] = text;
    }
    if (out.n == 0 && key->u.field.optional)
        out.keys[out.n++] = ref_printf(r->pool, "-");
    return out;
}

/* Every tuple of `so_far` with every value of one more key. */
static ref_keys
product(run *r, const ref_keys *so_far, const ref_keys *values)
{
    ref_keys out = {0};

    out.keys =
        ref_alloc(r->pool, (so_far->n * values->n + 1) * sizeof *out.keys);
    for (size_t i = 0; i < so_far->n; i++)
        for (size_t k = 0; k < values->n; k++)
            out.keys[out.n++] =
                ref_printf(r->pool, "%s|%s", so_far->keys[i], values->keys[k]);
    return out;
}

static void
add_keys(run *r, const json_t *event, const eql_expr_list *by, ref_keys *keys)
{
    for (uint32_t i = 0; i < by->n; i++) {
        ref_keys values = key_values(r, event, by->items[i]);

        *keys = product(r, keys, &values);
    }
    if (keys->n > MAX_TUPLES)
        keys->n = MAX_TUPLES;
}

/* Key tuples of an event at a stage: sequence keys, then the stage's own. */
static ref_keys
stage_keys(run *r, const eql_stage_node *stage, const json_t *event)
{
    ref_keys keys = {ref_alloc(r->pool, sizeof(char *)), 1};

    keys.keys[0] = ref_printf(r->pool, "k");
    add_keys(r, event, &r->query->by, &keys);
    for (uint32_t i = 0; i < stage->nsuffixes; i++) {
        if (stage->suffixes[i].kind == EQL_SUFFIX_BY)
            add_keys(r, event, &stage->suffixes[i].by, &keys);
        else
            r->refused = "a stage suffix other than by";
    }
    return keys;
}

/* --- running
 * -------------------------------------------------------------------- */

static int64_t
unit_ns(eql_strview unit)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ms", 1000000},
                 {"s", 1000000000},
                 {"m", 60 * 1000000000LL},
                 {"h", 3600 * 1000000000LL},
                 {"d", 86400 * 1000000000LL}};

    for (size_t i = 0; i < REF_COUNTOF(units); i++)
        if (ref_str_eq((ref_str){unit.p, unit.len}, ref_cstr(units[i].name)))
            return units[i].ns;
    return 0;
}

static void
read_maxspan(run *r, ref_seq *seq)
{
    const eql_span_clause *span = &r->query->maxspan;
    int64_t unit = unit_ns(span->unit.text);

    seq->has_maxspan = span->present;
    if (!span->present)
        return;
    if (span->number.tag != EQL_INT || span->number.u.i <= 0 || unit == 0)
        r->refused = "bad maxspan";
    else if (span->number.u.i > INT64_MAX / unit)
        seq->maxspan_ns = INT64_MAX;
    else
        seq->maxspan_ns = span->number.u.i * unit;
}

static void
look_at_stage(run *r, const eql_stage_node *node, size_t stage, ref_keys *looks)
{
    if (node->body->missing)
        r->refused = "missing stage";
    for (size_t i = 0; i < r->c->nevents; i++)
        if (sees(r, node->body, stage, r->events[i]))
            looks[i] = stage_keys(r, node, r->events[i]);
}

static ref_seq
look_at_all(run *r)
{
    const eql_query *q = r->query;
    size_t n = r->c->nevents;
    ref_keys *looks = ref_alloc(r->pool, (q->nstages + 1) * n * sizeof *looks);
    ref_seq seq = {q->nstages, n, r->when, looks, false, 0};

    for (uint32_t s = 0; s < q->nstages; s++)
        look_at_stage(r, &q->stages[s], s + 1, looks + s * n);
    if (q->until)
        look_at_stage(r, q->until, 0, looks + q->nstages * n);
    read_maxspan(r, &seq);
    return seq;
}

static void
run_event_query(run *r, ref_matches *out)
{
    for (size_t i = 0; i < r->c->nevents; i++)
        if (sees(r, r->query->body, 1, r->events[i]))
            ref_matches_add(out, &i, 1);
    ref_sort_matches(r->when, out);
}

static ref_status
run_sequence(run *r, bool batch, ref_matches *out, char err[REF_ERR])
{
    ref_seq seq = look_at_all(r);
    ref_matches machine = {0};
    ref_status status = REF_RAN;

    ref_seq_machine(r->pool, &seq, batch ? &machine : out);
    if (!batch)
        return REF_RAN;
    ref_seq_batch(r->pool, &seq, out);
    if (!ref_matches_eq(out, &machine)) {
        snprintf(err, REF_ERR, "batch %s, machine %s",
                 ref_matches_text(r->pool, out),
                 ref_matches_text(r->pool, &machine));
        status = REF_BROKEN;
    }
    ref_matches_free(&machine);
    return status;
}

static ref_status
run_case(const ref_case *c, bool batch, ref_matches *out, char err[REF_ERR])
{
    ref_status status = REF_RAN;
    run r;

    open_case(&r, c);
    err[0] = '\0';
    *out = (ref_matches){0};
    if (!r.refused)
        parse(&r);
    if (!r.refused && (r.query->ndefs || r.query->npipes))
        r.refused = "definitions or pipes";
    if (!r.refused && r.query->kind == EQL_QUERY_EVENT)
        run_event_query(&r, out);
    else if (!r.refused && r.query->kind == EQL_QUERY_SEQUENCE)
        status = run_sequence(&r, batch, out, err);
    else if (!r.refused)
        r.refused = "sample or join";
    if (r.refused) {
        snprintf(err, REF_ERR, "%s", r.refused);
        status = REF_REFUSED;
    }
    if (status != REF_RAN)
        ref_matches_free(out);
    close_case(&r);
    return status;
}

ref_status
ref_run(const ref_case *c, ref_matches *out, char err[REF_ERR])
{
    return run_case(c, true, out, err);
}

ref_status
ref_run_machine(const ref_case *c, ref_matches *out, char err[REF_ERR])
{
    return run_case(c, false, out, err);
}
