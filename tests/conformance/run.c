/* run.c -- runs a query over its events and compares what comes out.
 *
 * Every result becomes a row: the ids of its events ("-1" for a missing one),
 * its keys as text, and the row of a `count`. */
#include "tests/conformance/case.h"
#include "tests/support/coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    json_t *ids;         /* array of arrays of strings */
    json_t *keys;        /* array of arrays of strings, null for null */
    json_t *rows;        /* array of objects */
    const json_t *limit; /* `size` of the request, or NULL */
} results;

/* --- running --- */

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    results *r = ctx;
    json_t *ids = json_array(), *keys = json_array();

    if (json_is_integer(r->limit) &&
        (json_int_t)json_array_size(r->ids) >= json_integer_value(r->limit)) {
        json_decref(ids);
        json_decref(keys);
        return true;
    }
    for (uint32_t i = 0; i < a->nstages; i++) {
        const eqlvm_alert_stage *s = &a->stages[i];

        json_array_append_new(
            ids, s->missing ? json_string("-1")
                            : json_stringn(s->event_id.p, s->event_id.len));
    }
    for (uint32_t i = 0; i < a->nkeys; i++) {
        json_t *v = json_loadb(a->keys[i].json.p, a->keys[i].json.len,
                               JSON_DECODE_ANY, NULL);

        json_array_append_new(keys, v);
    }
    if (a->row.len > 0)
        json_array_append_new(r->rows,
                              json_loadb(a->row.p, a->row.len, 0, NULL));
    json_array_append_new(r->ids, ids);
    json_array_append_new(r->keys, keys);
    return true;
}

static bool
push(eqlvm_engine *e, const json_t *event)
{
    char *text = json_dumps(event, JSON_COMPACT);
    bool ok =
        text && eqlvm_engine_push(e, "events", text, strlen(text)) == EQLVM_OK;

    free(text);
    return ok;
}

static bool
feed(const test_case *c, eqlvm_engine *e)
{
    const json_t *event = json_object_get(c->options, "event");
    eql_buf path = {0};
    bool ok;

    if (json_is_object(event))
        return push(e, event);
    eql_buf_printf(&path, "%s/events/%s", c->dir,
                   c->data ? c->data : "one-event.ndjson");
    eql_buf_add_char(&path, '\0');
    ok = eqlvm_engine_read(e, path.p) == EQLVM_OK;
    eql_buf_free(&path);
    return ok;
}

static bool
run(test_case *c, const eqlvm_program *p, results *r)
{
    eqlvm_engine_options o = {.input = EQLVM_INPUT_ECS,
                              .id_field = case_option(c, "id_field")};
    const char *fault;
    char reason[256] = "";
    eqlvm_engine *e =
        eqlvm_engine_new(p, &o, on_alert, r, reason, sizeof reason);
    bool ok;

    if (!e) {
        eql_buf_printf(&c->why, "expected a run got %s", reason);
        return false;
    }
    ok = feed(c, e) && eqlvm_engine_finish(e) == EQLVM_OK;
    if (!ok)
        eql_buf_printf(&c->why, "expected a run got %s", eqlvm_engine_error(e));
    fault = ok ? coverage_fault(e) : NULL;
    if (fault)
        eql_buf_printf(&c->why, "a run whose coverage says: %s", fault);
    ok = ok && !fault;
    eqlvm_engine_free(e);
    return ok;
}

/* --- comparing --- */

/* A scalar as text, so that 1 and "1" are the same id or key. */
static void
scalar_text(const json_t *v, eql_buf *out)
{
    char *text;

    if (json_is_string(v)) {
        eql_buf_add(out, json_string_value(v), json_string_length(v));
        return;
    }
    text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    eql_buf_add_str(out, text ? text : "?");
    free(text);
}

static void
row_text(const json_t *row, eql_buf *out)
{
    if (!json_is_array(row)) {
        scalar_text(row, out);
        return;
    }
    eql_buf_add_char(out, '[');
    for (size_t i = 0; i < json_array_size(row); i++) {
        if (i > 0)
            eql_buf_add_char(out, ' ');
        scalar_text(json_array_get(row, i), out);
    }
    eql_buf_add_char(out, ']');
}

/* flat: every row is its first item. */
static void
rows_text(const json_t *rows, bool flat, eql_buf *out)
{
    out->len = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        if (i > 0)
            eql_buf_add_char(out, ' ');
        row_text(flat ? json_array_get(row, 0) : row, out);
    }
    eql_buf_add_char(out, '\0');
}

static bool
same(test_case *c, const json_t *want, bool want_flat, const json_t *got,
     bool got_flat)
{
    eql_buf a = {0}, b = {0};
    bool ok;

    rows_text(want, want_flat, &a);
    rows_text(got, got_flat, &b);
    ok = strcmp(a.p, b.p) == 0;
    if (!ok) {
        c->why.len = 0;
        eql_buf_printf(&c->why, "expected %.600s got %.600s",
                       *a.p ? a.p : "nothing", *b.p ? b.p : "nothing");
    }
    eql_buf_free(&a);
    eql_buf_free(&b);
    return ok;
}

static bool
same_any(test_case *c, const json_t *any, const results *r)
{
    for (size_t i = 0; i < json_array_size(any); i++)
        if (same(c, json_array_get(any, i), false, r->ids, false))
            return true;
    return false;
}

/* Expected members only; numbers by value. */
static bool
same_row(const json_t *want, const json_t *got)
{
    json_t *o = (json_t *)(uintptr_t)want;
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v)
    {
        const json_t *g = json_object_get(got, key);

        if (json_is_number(v) && json_is_number(g)) {
            double d = json_number_value(v) - json_number_value(g);

            if (d > 1e-12 || d < -1e-12)
                return false;
        } else if (!json_equal(v, g)) {
            return false;
        }
    }
    return true;
}

static bool
same_rows(test_case *c, const json_t *want, const results *r)
{
    bool ok = json_array_size(want) == json_array_size(r->rows);
    char *got;

    for (size_t i = 0; ok && i < json_array_size(want); i++)
        ok = same_row(json_array_get(want, i), json_array_get(r->rows, i));
    if (ok)
        return true;
    got = json_dumps(r->rows, JSON_COMPACT);
    eql_buf_printf(&c->why, "expected other rows got %s", got);
    free(got);
    return false;
}

static bool
same_count(test_case *c, long long want, const results *r)
{
    long long got = (long long)json_array_size(r->ids);

    if (got == want)
        return true;
    eql_buf_printf(&c->why, "expected %lld results got %lld", want, got);
    return false;
}

static bool
compare(test_case *c, const results *r)
{
    const json_t *x;

    if (json_object_get(c->expect, "value"))
        return same_count(c, 1, r);
    if ((x = json_object_get(c->expect, "event_ids")) &&
        !same(c, x, false, r->ids, true))
        return false;
    if ((x = json_object_get(c->expect, "sequences")) &&
        !same(c, x, false, r->ids, false))
        return false;
    if ((x = json_object_get(c->expect, "sequences_any_of")) &&
        !same_any(c, x, r))
        return false;
    if ((x = json_object_get(c->expect, "join_keys")) &&
        !same(c, x, false, r->keys, false))
        return false;
    if ((x = json_object_get(c->expect, "count")) &&
        !same_count(c, (long long)json_integer_value(x), r))
        return false;
    if ((x = json_object_get(c->expect, "rows")) && !same_rows(c, x, r))
        return false;
    return true;
}

case_outcome
case_run(test_case *c, const eqlvm_program *program)
{
    results r = {.ids = json_array(),
                 .keys = json_array(),
                 .rows = json_array(),
                 .limit = json_object_get(c->options, "size")};
    bool ok = run(c, program, &r) && compare(c, &r);

    json_decref(r.ids);
    json_decref(r.keys);
    json_decref(r.rows);
    return ok ? CASE_PASS : CASE_FAIL;
}

/* --- the outcome --- */

static bool
wants_run(const test_case *c)
{
    static const char *const members[] = {
        "value", "event_ids", "sequences", "sequences_any_of",
        "count", "rows",      "join_keys"};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (json_object_get(c->expect, members[i]))
            return true;
    return false;
}

case_outcome
case_judge(test_case *c)
{
    bool error = json_object_get(c->expect, "error") != NULL;
    case_outcome v = CASE_PASS;
    eql_buf message = {0};
    eqlvm_program *p;

    c->why.len = 0;
    p = case_compile(c, error, &message);
    if (error && p) {
        eql_buf_add_str(&c->why, "expected an error got none");
        v = CASE_FAIL;
    } else if (!error && !p) {
        eql_buf_printf(&c->why, "expected success got %.*s", (int)message.len,
                       message.p ? message.p : "");
        v = CASE_FAIL;
    } else if (p && wants_run(c)) {
        v = case_run(c, p);
    }
    eqlvm_program_free(p);
    eql_buf_free(&message);
    return v;
}
