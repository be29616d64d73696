/* event_run.h -- one run of io/events.h in a test, remembering all it saw. */
#ifndef EQL_TESTS_SUPPORT_EVENT_RUN_H
#define EQL_TESTS_SUPPORT_EVENT_RUN_H

#include "io/events.h"
#include "tests/support/eql_files.h"
#include "tests/support/paths.h"

/* What one run saw. */
typedef struct {
    eql_events *e;
    uint32_t nevents, stop_after;
    bool keep;
    eql_vec events; /* eql_event */
    eql_vec refs;   /* eql_event_ref */
    eql_buf values; /* of field 2, a line each */
    eql_buf problems;
    test_paths paths;
} run;

static inline bool
on_event(void *ctx, const eql_event *ev)
{
    run *r = ctx;
    eql_event_ref ref = {0}, again;
    char text[512];

    if (r->keep) {
        assert_true(eql_events_keep(r->e, ev, &ref));
        assert_true(eql_events_keep(r->e, ev, &again));
        assert_memory_equal(&ref, &again, sizeof ref);
    }
    eql_vec_push(&r->refs, &ref, sizeof ref);
    eql_vec_push(&r->events, ev, sizeof *ev);
    eql_buf_printf(&r->values, "%s\n",
                   test_slot_text(eql_event_slot(ev, 2), text, sizeof text));
    return ++r->nevents != r->stop_after;
}

/* A row each: "reason line:byte". */
static inline void
on_problem(void *ctx, const eql_problem *p)
{
    static const char *const keys[] = {
#define X(name, key, text) key,
#include "io/format/reject.def"
#undef X
        "repaired"};
    run *r = ctx;

    assert_true(p->path && p->text && *p->text);
    eql_buf_printf(&r->problems, "%s %llu:%llu\n", keys[p->reason],
                   (unsigned long long)p->line, (unsigned long long)p->byte);
}

static inline void
run_begin(run *r, eql_events_options o)
{
    eql_buf why = {0};

    memset(r, 0, sizeof *r);
    test_paths_init(&r->paths);
    test_paths_add(&r->paths, "a.b");
    o.problem = on_problem;
    o.ctx = r;
    r->keep = true;
    r->e = eql_events_new(&r->paths.program, &o, &why);
    if (!r->e)
        fail_msg("%s", why.p);
    eql_buf_free(&why);
}

/* The numbers balance, always. */
static inline void
run_end(run *r)
{
    const eql_events_counters *n = eql_events_get_counters(r->e);
    uint64_t rejected = 0;

    for (int i = 0; i < EQL_REJECT_COUNT; i++)
        rejected += n->rejected[i];
    assert_int_equal(n->read, n->accepted + rejected);
    assert_int_equal(n->accepted, n->mapped + n->unmapped);
    assert_int_equal(n->accepted, r->nevents);
    eql_events_free(r->e);
    eql_vec_free(&r->events);
    eql_vec_free(&r->refs);
    eql_buf_free(&r->values);
    eql_buf_free(&r->problems);
}

static inline eql_events_result
run_bytes(run *r, eql_strview bytes, char path[4096])
{
    test_file(bytes, path);
    return eql_events_read(r->e, path, on_event, r);
}

static inline eql_events_options
ecs(void)
{
    return (eql_events_options){.input = EQL_INPUT_ECS};
}

static inline void
expect(const char *what, const eql_buf *got, const char *wanted)
{
    if (!eql_sv_is(eql_buf_sv(got), wanted))
        fail_msg("%s:\n%.*s\nnot:\n%s", what, (int)got->len,
                 got->p ? got->p : "", wanted);
}

#endif
