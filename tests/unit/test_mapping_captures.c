/* test_mapping_captures.c -- every real capture of the reference material:
 * raw records mapped by us against the ECS events made by an independent
 * mapper, event by event and field by field.
 *
 * Three runs: with Sysmon's UtcTime as it is, as the reference was made; with
 * the robust time that users get by default; and with the feature wfp on.
 * Every difference is listed with its reason and its exact number, the same
 * as in docs/winevent-mapping.md.  Skips when the material is not there. */
#include "tests/support/eql_test.h"

#include <dirent.h>
#include <zlib.h>

#include "base/text.h"
#include "io/windows/mapping.h"

/* A difference that is meant, with its exact number over all captures. */
typedef struct {
    const char *path;
    const char *codes; /* of events that may differ, each with spaces around */
    const char *reason;
    uint64_t expected;
    uint64_t seen;
} allowance;

#define NO_CHANNEL "a record without a channel: no null is written"
#define WFP "feature wfp: moved to a network event's fields"
#define WFP_CODES " 5152 5156 5157 "
#define ROBUST "robust time: UtcTime is over a minute off"

static const allowance EXACT_RUN[] = {
    {"winlog.channel", " 33205 ", NO_CHANNEL, 1, 0},
};

static const allowance DEFAULT_RUN[] = {
    {"winlog.channel", " 33205 ", NO_CHANNEL, 1, 0},
    {"@timestamp", " 3 ", ROBUST, 63, 0},
};

static const allowance WFP_RUN[] = {
    {"winlog.channel", " 33205 ", NO_CHANNEL, 1, 0},
    {"event.category", WFP_CODES, WFP, 1099, 0},
    {"event.type", WFP_CODES, WFP, 1099, 0},
    {"event.action", WFP_CODES, WFP, 1099, 0},
    {"network.direction", WFP_CODES, WFP, 1099, 0},
    {"network.transport", WFP_CODES, WFP, 1099, 0},
    {"network.iana_number", WFP_CODES, WFP, 1099, 0},
    {"process.pid", WFP_CODES, WFP, 667, 0},
    {"process.executable", WFP_CODES, WFP, 1099, 0},
    {"process.name", WFP_CODES, WFP, 1017, 0},
    {"source.ip", WFP_CODES, WFP, 1099, 0},
    {"source.port", WFP_CODES, WFP, 1099, 0},
    {"destination.ip", WFP_CODES, WFP, 1099, 0},
    {"destination.port", WFP_CODES, WFP, 1099, 0},
    {"winlog.event_data.SourceAddress", WFP_CODES, WFP, 1099, 0},
    {"winlog.event_data.SourcePort", WFP_CODES, WFP, 1099, 0},
    {"winlog.event_data.DestAddress", WFP_CODES, WFP, 1099, 0},
    {"winlog.event_data.DestPort", WFP_CODES, WFP, 1099, 0},
    {"winlog.event_data.ProcessID", WFP_CODES, WFP, 178, 0},
    {"winlog.event_data.ProcessId", WFP_CODES, WFP, 489, 0},
    {"winlog.event_data.Protocol", WFP_CODES, WFP, 1099, 0},
};

typedef struct {
    uint64_t files, events, unrecognised, fields, differing, unexpected;
    uint64_t differing_events;
    allowance *allowed;
    size_t nallowed;
} totals;

typedef struct {
    const eql_mapping *m;
    eql_events_options options;
    const char *label;
    totals t;
} run;

/* --- reading --- */

/* One line without its end; NULL at the end of the file. */
static char *
read_line(gzFile f, char **buf, size_t *cap, size_t *len)
{
    *len = 0;
    for (;;) {
        if (*cap - *len < 4096) {
            *cap = *cap ? 2 * *cap : 65536;
            *buf = realloc(*buf, *cap);
            assert_non_null(*buf);
        }
        if (!gzgets(f, *buf + *len, (int)(*cap - *len)))
            break;
        *len += strlen(*buf + *len);
        if (*len && (*buf)[*len - 1] == '\n')
            break;
    }
    while (*len && ((*buf)[*len - 1] == '\n' || (*buf)[*len - 1] == '\r'))
        (*len)--;
    return *len || !gzeof(f) ? *buf : NULL;
}

/* All lines that are not blank, as one array. */
static json_t *
read_all(const char *path)
{
    gzFile f = gzopen(path, "rb");
    json_t *list = json_array();
    char *buf = NULL, *line;
    size_t cap = 0, len;
    json_error_t error;

    assert_non_null(f);
    gzbuffer(f, 1 << 17);
    while ((line = read_line(f, &buf, &cap, &len))) {
        json_t *v;

        if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
            line += 3;
            len -= 3;
        }
        if (len == 0)
            continue;
        v = json_loadb(line, len, JSON_ALLOW_NUL, &error);
        if (!v)
            fail_msg("%s: %s", path, error.text);
        json_array_append_new(list, v);
    }
    gzclose(f);
    free(buf);
    return list;
}

/* --- comparing --- */

static bool
allow(totals *t, const char *path, const char *code)
{
    char word[32];
    size_t i;

    snprintf(word, sizeof word, " %s ", code);
    for (i = 0; i < t->nallowed; i++) {
        allowance *a = &t->allowed[i];

        if (strcmp(a->path, path) == 0 && strstr(a->codes, word)) {
            a->seen++;
            return true;
        }
    }
    return false;
}

static void
differ(totals *t, const char *path, const char *where, const char *code,
       json_t *ours, json_t *theirs)
{
    char *a, *b;

    t->differing++;
    if (allow(t, path, code))
        return;
    if (t->unexpected++ >= 20)
        return;
    a = ours ? json_dumps(ours, JSON_ENCODE_ANY) : NULL;
    b = theirs ? json_dumps(theirs, JSON_ENCODE_ANY) : NULL;
    print_message("%s code %s %s:\n  ours   %s\n  theirs %s\n", where, code,
                  path, a ? a : "(none)", b ? b : "(none)");
    free(a);
    free(b);
}

static void
compare(totals *t, const char *up, const char *where, const char *code,
        json_t *ours, json_t *theirs)
{
    char path[512];
    const char *key;
    json_t *v;

    if ((ours && !json_is_object(ours)) ||
        (theirs && !json_is_object(theirs))) {
        t->fields++;
        if (!ours || !theirs || !json_equal(ours, theirs))
            differ(t, up, where, code, ours, theirs);
        return;
    }
    json_object_foreach(theirs, key, v)
    {
        snprintf(path, sizeof path, "%s%s%s", up, *up ? "." : "", key);
        compare(t, path, where, code, json_object_get(ours, key), v);
    }
    json_object_foreach(ours, key, v)
    {
        snprintf(path, sizeof path, "%s%s%s", up, *up ? "." : "", key);
        if (!json_object_get(theirs, key))
            compare(t, path, where, code, v, NULL);
    }
}

/* --- mapping --- */

static void
put_time(json_t *object, const char *key, int64_t ns)
{
    char buf[40];

    json_object_set_new(object, key,
                        json_stringn(buf, eql_time_format(ns, buf)));
}

/* The event as an alert would show it, its time resolved. */
static json_t *
map(const run *r, const json_t *record, eql_wall_clock *clock)
{
    eql_mapped out;
    int64_t ns;

    assert_true(eql_mapping_apply(r->m, record, clock, false, &out));
    if (out.time_kind != EQL_TIME_PENDING)
        return out.ecs;
    assert_null(json_object_get(out.ecs, "@timestamp"));
    if (eql_wall_clock_resolve(clock, out.has_utc, out.time_ns, out.has_wall,
                               out.wall_ns, &ns))
        put_time(out.ecs, "@timestamp", ns);
    if (eql_wall_clock_created(clock, out.has_wall, out.wall_ns, &ns))
        put_time(json_object_get(out.ecs, "event"), "created", ns);
    return out.ecs;
}

static void
learn(const run *r, const json_t *records, eql_wall_clock *clock)
{
    size_t i;

    for (i = 0; i < json_array_size(records); i++) {
        eql_mapped out;

        assert_true(eql_mapping_apply(r->m, json_array_get(records, i), clock,
                                      true, &out));
        json_decref(out.ecs);
    }
    eql_wall_clock_settle(clock);
}

static void
one_event(run *r, const json_t *record, json_t *theirs, eql_wall_clock *clock,
          const char *where)
{
    const char *code = json_string_value(
        json_object_get(json_object_get(theirs, "event"), "code"));
    uint64_t before = r->t.differing;
    json_t *ours;

    r->t.events++;
    if (!eql_mapping_recognises(record)) {
        r->t.unrecognised++;
        if (json_object_size(theirs))
            differ(&r->t, "", where, "?", NULL, theirs);
        return;
    }
    ours = map(r, record, clock);
    compare(&r->t, "", where, code ? code : "?", ours, theirs);
    if (r->t.differing > before)
        r->t.differing_events++;
    json_decref(ours);
}

/* Reads a capture once, for all runs. */
static void
one_capture(run *runs, size_t nruns, const char *shared, const char *name)
{
    json_t *raw, *ecs;
    char path[8192];
    size_t i, k;

    snprintf(path, sizeof path, "%s/data/raw/%s.json.gz", shared, name);
    raw = read_all(path);
    snprintf(path, sizeof path, "%s/data/ecs/%s.ndjson.gz", shared, name);
    ecs = read_all(path);
    assert_int_equal(json_array_size(raw), json_array_size(ecs));
    for (k = 0; k < nruns; k++) {
        eql_wall_clock *clock = eql_wall_clock_new(&runs[k].options);

        learn(&runs[k], raw, clock);
        for (i = 0; i < json_array_size(raw); i++) {
            snprintf(path, sizeof path, "%s:%zu", name, i + 1);
            one_event(&runs[k], json_array_get(raw, i), json_array_get(ecs, i),
                      clock, path);
        }
        runs[k].t.files++;
        eql_wall_clock_free(clock);
    }
    json_decref(raw);
    json_decref(ecs);
}

static void
report(const run *r)
{
    const totals *t = &r->t;
    size_t i;

    print_message(
        "%s: %llu captures, %llu events (%llu no Windows records), "
        "%llu fields; %llu fields of %llu events differ, %llu "
        "unexpectedly\n",
        r->label, (unsigned long long)t->files, (unsigned long long)t->events,
        (unsigned long long)t->unrecognised, (unsigned long long)t->fields,
        (unsigned long long)t->differing,
        (unsigned long long)t->differing_events,
        (unsigned long long)t->unexpected);
    for (i = 0; i < t->nallowed; i++)
        print_message("  %llu x %s (%s)\n",
                      (unsigned long long)t->allowed[i].seen,
                      t->allowed[i].path, t->allowed[i].reason);
}

static void
all_captures(run *runs, size_t nruns, const char *shared)
{
    char path[4200], name[200];
    struct dirent *d;
    DIR *dir;

    snprintf(path, sizeof path, "%s/data/raw", shared);
    dir = opendir(path);
    assert_non_null(dir);
    while ((d = readdir(dir))) {
        const char *end = strstr(d->d_name, ".json.gz");

        if (!end)
            continue;
        assert_true((size_t)(end - d->d_name) < sizeof name);
        snprintf(name, sizeof name, "%.*s", (int)(end - d->d_name), d->d_name);
        one_capture(runs, nruns, shared, name);
    }
    closedir(dir);
}

/* The mapping built in, with the feature wfp on or off. */
static eql_mapping *
mapping_with_wfp(bool on)
{
    eql_strview text = eql_mapping_builtin();
    json_t *doc = json_loadb(text.p, text.len, 0, NULL);
    eql_buf why = {0};
    eql_mapping *m;
    char *dump;

    assert_non_null(doc);
    json_object_set_new(json_object_get(doc, "features"), "wfp",
                        json_boolean(on));
    dump = json_dumps(doc, JSON_COMPACT);
    m = eql_mapping_new(eql_sv_cstr(dump), &why);
    if (!m)
        fail_msg("%.*s", (int)why.len, why.p);
    free(dump);
    json_decref(doc);
    eql_buf_free(&why);
    return m;
}

static void
check(const run *r)
{
    size_t i;

    report(r);
    assert_int_equal(r->t.files, 28);
    assert_int_equal(r->t.events, 38973);
    assert_int_equal(r->t.unrecognised, 2);
    assert_int_equal(r->t.unexpected, 0);
    for (i = 0; i < r->t.nallowed; i++)
        assert_int_equal(r->t.allowed[i].seen, r->t.allowed[i].expected);
}

static void
test_captures_are_mapped_as_the_reference_does(void **state)
{
    const char *shared = eql_test_shared();
    allowance exact[EQL_COUNTOF(EXACT_RUN)];
    allowance defaults[EQL_COUNTOF(DEFAULT_RUN)];
    allowance wfp[EQL_COUNTOF(WFP_RUN)];
    eql_mapping *off = mapping_with_wfp(false), *on = mapping_with_wfp(true);
    const eql_events_options utc = {.time_policy = EQL_TIME_POLICY_UTCTIME};
    run runs[] = {
        {off, utc, "UtcTime", {.allowed = exact, .nallowed = 1}},
        {off, {0}, "defaults", {.allowed = defaults, .nallowed = 2}},
        {on, utc, "wfp", {.allowed = wfp, .nallowed = EQL_COUNTOF(wfp)}},
    };
    size_t i;

    (void)state;
    memcpy(exact, EXACT_RUN, sizeof exact);
    memcpy(defaults, DEFAULT_RUN, sizeof defaults);
    memcpy(wfp, WFP_RUN, sizeof wfp);
    if (shared)
        all_captures(runs, EQL_COUNTOF(runs), shared);
    eql_mapping_free(off);
    eql_mapping_free(on);
    if (!shared) {
        print_message("no reference material: set EQL_SHARED\n");
        skip();
    }
    for (i = 0; i < EQL_COUNTOF(runs); i++)
        check(&runs[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures_are_mapped_as_the_reference_does),
    };

    return cmocka_run_group_tests_name("mapping_captures", tests, NULL, NULL);
}
