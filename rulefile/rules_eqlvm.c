/* rules_eqlvm.c -- the [eqlvm] table: what Elastic's layout has no place for.
 *
 *   cooldown, budget_ns, [[eqlvm.severity]], [[eqlvm.exception]],
 * [[eqlvm.test]]
 *
 * It is ours, so it is strict: an unknown key or a wrong type is an error,
 * never silently nothing (a misspelt exception would hide no alert, a misspelt
 * test would test nothing).  Whether a stage exists, and what a condition
 * means, is the compiler's business. */
#include "rulefile/rules_file.h"

#include <stdio.h>

/* Complains about keys of table that are not among the n known ones. */
static void
check_keys(eql_rule_file *f, const eql_toml *table, const char *where,
           const eql_strview *known, uint32_t n)
{
    for (uint32_t i = 0, told = 0; i < table->n && told < EQL_DIAG_CAP; i++) {
        eql_strview key = table->items[i].key;
        uint32_t near, k = 0;
        char hint[80];

        while (k < n && !eql_sv_eq(key, known[k]))
            k++;
        if (k < n)
            continue;
        near = eql_closest(key, known, n);
        if (near != EQL_NONE)
            snprintf(hint, sizeof hint, "did you mean \"%.*s\"?",
                     (int)known[near].len, known[near].p);
        eql_rule_complain_at(f, "E604", table->items[i].name, key.len,
                             near == EQL_NONE ? NULL : hint,
                             "%s has no key \"%.*s\"", where,
                             (int)(key.len < 60 ? key.len : 60), key.p);
        told++;
    }
}

/* A key that must be there. */
static const eql_toml *
need(eql_rule_file *f, const eql_toml *table, const char *key,
     eql_toml_kind kind, const char *path)
{
    const eql_toml *v = eql_toml_get(table, key);

    if (!v) {
        eql_rule_complain_at(f, "E603", table->at, 1, NULL, "%s is missing",
                             path);
        return NULL;
    }
    return eql_rule_want(f, v, kind, path) ? v : NULL;
}

/* The array of tables of that name; NULL when there is none (or no such). */
static const eql_toml *
tables(eql_rule_file *f, const eql_toml *eqlvm, const char *key,
       const char *path, uint32_t most)
{
    const eql_toml *v = eql_toml_get(eqlvm, key);

    if (!eql_rule_want(f, v, EQL_TOML_ARRAY, path))
        return NULL;
    if (v->n > most) {
        eql_rule_complain_at(f, "E606", v->at, 1, NULL,
                             "more than %u of %s in one rule", most, path);
        return NULL;
    }
    for (uint32_t i = 0; i < v->n; i++)
        if (!eql_rule_want(f, &v->items[i], EQL_TOML_TABLE, path))
            return NULL;
    return v;
}

static uint32_t
get_stage(eql_rule_file *f, const eql_toml *table, const char *path)
{
    const eql_toml *v = need(f, table, "stage", EQL_TOML_INT, path);

    if (!v)
        return 1;
    if (v->i < 1 || v->i > 1000000) {
        eql_rule_complain_at(f, "E605", v->at, 1, "stages count from 1",
                             "there is no stage %lld", (long long)v->i);
        return 1;
    }
    return (uint32_t)v->i;
}

/* One [[eqlvm.severity]] or [[eqlvm.exception]]. */
static bool
read_condition(eql_rule_file *f, const eql_toml *t, bool is_severity,
               eql_rule_condition *out)
{
    static const eql_strview severity_keys[] = {
        {"level", 5}, {"stage", 5}, {"when", 4}};
    static const eql_strview exception_keys[] = {
        {"name", 4}, {"stage", 5}, {"when", 4}};
    const eql_toml *v, *when;

    if (is_severity) {
        check_keys(f, t, "[[eqlvm.severity]]", severity_keys, 3);
        v = need(f, t, "level", EQL_TOML_STRING, "eqlvm.severity.level");
        if (v)
            eql_rule_level(f, v, "eqlvm.severity.level", &out->level);
        out->stage = get_stage(f, t, "eqlvm.severity.stage");
        when = need(f, t, "when", EQL_TOML_STRING, "eqlvm.severity.when");
    } else {
        check_keys(f, t, "[[eqlvm.exception]]", exception_keys, 3);
        v = need(f, t, "name", EQL_TOML_STRING, "eqlvm.exception.name");
        if (v)
            out->name = v->s;
        out->stage = get_stage(f, t, "eqlvm.exception.stage");
        when = need(f, t, "when", EQL_TOML_STRING, "eqlvm.exception.when");
    }
    return !when || eql_rule_toml_source(f, when, &out->when);
}

static bool
read_conditions(eql_rule_file *f, const eql_toml *eqlvm, bool is_severity,
                const eql_rule_condition **out, uint32_t *n)
{
    const eql_toml *list =
        is_severity
            ? tables(f, eqlvm, "severity", "eqlvm.severity", EQL_MAX_SEVERITIES)
            : tables(f, eqlvm, "exception", "eqlvm.exception",
                     EQL_RULE_MAX_ITEMS);
    eql_rule_condition *c;

    if (!list)
        return true;
    c = eql_arena_array(f->arena, list->n, sizeof *c);
    if (!c)
        return false;
    for (uint32_t i = 0; i < list->n; i++)
        if (!read_condition(f, &list->items[i], is_severity, &c[i]))
            return false;
    *out = c;
    *n = list->n;
    return true;
}

/* --- tests --- */

static bool
read_event_numbers(eql_rule_file *f, const eql_toml *v, eql_rule_expect *out)
{
    uint32_t *numbers = eql_arena_array(f->arena, v->n, sizeof *numbers);

    if (!numbers)
        return false;
    for (uint32_t i = 0; i < v->n; i++) {
        const eql_toml *x = &v->items[i];

        if (!eql_rule_want(f, x, EQL_TOML_INT, "eqlvm.test.expect.events"))
            return true;
        if (x->i < 1 || x->i >= EQL_NONE) {
            eql_rule_complain_at(f, "E605", x->at, 1, "events count from 1",
                                 "there is no event %lld", (long long)x->i);
            return true;
        }
        numbers[i] = (uint32_t)x->i;
    }
    out->events = numbers;
    out->nevents = v->n;
    return true;
}

static bool
read_expect(eql_rule_file *f, const eql_toml *t, eql_rule_test *out)
{
    static const eql_strview known[] = {{"events", 6}, {"severity", 8}};
    const eql_toml *list =
        need(f, t, "expect", EQL_TOML_ARRAY, "eqlvm.test.expect");
    eql_rule_expect *e;

    if (!list)
        return true;
    e = eql_arena_array(f->arena, list->n, sizeof *e);
    if (!e)
        return false;
    for (uint32_t i = 0; i < list->n; i++) {
        const eql_toml *x = &list->items[i], *v;

        if (!eql_rule_want(f, x, EQL_TOML_TABLE, "eqlvm.test.expect"))
            return true;
        check_keys(f, x, "eqlvm.test.expect", known, 2);
        v = need(f, x, "events", EQL_TOML_ARRAY, "eqlvm.test.expect.events");
        if (v && !read_event_numbers(f, v, &e[i]))
            return false;
        v = eql_toml_get(x, "severity");
        if (v)
            eql_rule_level(f, v, "eqlvm.test.expect.severity", &e[i].severity);
    }
    out->expect = e;
    out->nexpect = list->n;
    return true;
}

/* events = "file" or ['{...}', ...] */
static bool
read_events(eql_rule_file *f, const eql_toml *t, eql_rule_test *out)
{
    const eql_toml *v = eql_toml_get(t, "events");
    eql_strview *inline_events;

    if (v && v->kind == EQL_TOML_STRING && v->s.len > 0) {
        out->events_file = v->s;
        return true;
    }
    if (v && v->kind == EQL_TOML_STRING)
        eql_rule_complain_at(f, "E605", v->at, 1, NULL,
                             "eqlvm.test.events names no file");
    if (!v || v->kind != EQL_TOML_ARRAY) {
        if (!v)
            eql_rule_complain_at(f, "E603", t->at, 1,
                                 "a file's name, or a list of JSON objects",
                                 "eqlvm.test.events is missing");
        else if (v->kind != EQL_TOML_STRING)
            eql_rule_want(f, v, EQL_TOML_STRING, "eqlvm.test.events");
        return true;
    }
    inline_events = eql_arena_array(f->arena, v->n, sizeof *inline_events);
    if (!inline_events)
        return false;
    for (uint32_t i = 0; i < v->n; i++) {
        if (!eql_rule_want(f, &v->items[i], EQL_TOML_STRING,
                           "eqlvm.test.events"))
            return true;
        inline_events[i] = v->items[i].s;
    }
    out->events = inline_events;
    out->nevents = v->n;
    return true;
}

static bool
read_tests(eql_rule_file *f, const eql_toml *eqlvm, eql_rule_source *r)
{
    static const eql_strview known[] = {
        {"events", 6}, {"expect", 6}, {"name", 4}};
    const eql_toml *list =
        tables(f, eqlvm, "test", "eqlvm.test", EQL_RULE_MAX_ITEMS);
    eql_rule_test *tests;

    if (!list)
        return true;
    tests = eql_arena_array(f->arena, list->n, sizeof *tests);
    if (!tests)
        return false;
    for (uint32_t i = 0; i < list->n; i++) {
        const eql_toml *t = &list->items[i];
        const eql_toml *name;

        check_keys(f, t, "[[eqlvm.test]]", known, 3);
        tests[i].line = t->at.line;
        name = need(f, t, "name", EQL_TOML_STRING, "eqlvm.test.name");
        if (name)
            tests[i].name = name->s;
        if (!read_events(f, t, &tests[i]) || !read_expect(f, t, &tests[i]))
            return false;
    }
    r->tests = tests;
    r->ntests = list->n;
    return true;
}

static void
read_cooldown(eql_rule_file *f, const eql_toml *eqlvm, eql_rule_source *r)
{
    const eql_toml *v = eql_toml_get(eqlvm, "cooldown");

    if (!eql_rule_want(f, v, EQL_TOML_STRING, "eqlvm.cooldown"))
        return;
    if (!eql_rule_duration(v->s, &r->cooldown_ns))
        eql_rule_complain_at(
            f, "E605", v->at, 1,
            "a whole number and ms, s, m, h or d, for example \"10m\"",
            "\"%.*s\" is no time span", (int)(v->s.len < 40 ? v->s.len : 40),
            v->s.p);
}

/* A rule's share of the time per event, for `eqlvm bench --check`. */
static void
read_budget(eql_rule_file *f, const eql_toml *eqlvm, eql_rule_source *r)
{
    const eql_toml *v = eql_toml_get(eqlvm, "budget_ns");

    if (!eql_rule_want(f, v, EQL_TOML_INT, "eqlvm.budget_ns"))
        return;
    if (v->i < 1)
        eql_rule_complain_at(f, "E605", v->at, 1,
                             "nanoseconds per event, at least 1",
                             "eqlvm.budget_ns is out of range");
    else
        r->budget_ns = v->i;
}

bool
eql_rules_eqlvm(eql_rule_file *f, const eql_toml *table, eql_rule_source *r)
{
    static const eql_strview known[] = {{"budget_ns", 9},
                                        {"cooldown", 8},
                                        {"exception", 9},
                                        {"severity", 8},
                                        {"test", 4}};

    if (!eql_rule_want(f, table, EQL_TOML_TABLE, "eqlvm"))
        return true;
    check_keys(f, table, "[eqlvm]", known, EQL_COUNTOF(known));
    read_cooldown(f, table, r);
    read_budget(f, table, r);
    return read_conditions(f, table, true, &r->severities, &r->nseverities) &&
           read_conditions(f, table, false, &r->exceptions, &r->nexceptions) &&
           read_tests(f, table, r);
}
