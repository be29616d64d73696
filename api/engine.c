/* engine.c -- eqlvm_engine: events through both halves to alerts.
 *
 * Glue: the reader's events pass the time range into the engine; the end of
 * each file settles its pending times; matches become alerts.  The range is
 * applied before the engine where the time is known, and when it settles
 * elsewhere, so that no event outside it ever takes part in a sequence. */
#include "api/engine.h"
#include "api/share.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static eqlvm_status
fail(eqlvm_engine *e, eqlvm_status status, const char *text)
{
    e->error.len = 0;
    eql_buf_add_str(&e->error, text);
    eql_buf_add_char(&e->error, '\0');
    return status;
}

/* --- calls from below --- */

static bool
on_event(void *ctx, const eql_event *ev)
{
    eqlvm_engine *e = ctx;

    eql_engine_progress(e, 1);
    e->line = ev->line;
    if (eql_engine_takes(e, ev)) {
        e->evaluated++;
        e->vm = eql_engine_event(e->engine, ev);
    } else {
        e->out_of_range++;
    }
    /* The event has been counted as read: it takes part, stop or not. */
    return e->vm == EQL_ENGINE_OK &&
           !atomic_load_explicit(&e->stop, memory_order_relaxed);
}

static bool
on_keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    eqlvm_engine *e = ctx;

    return eql_events_keep(e->events, ev, ref);
}

static bool
on_settle(void *ctx, const eql_hit *h, int64_t *ns)
{
    eqlvm_engine *e = ctx;
    bool has_time = eql_events_settle(e->events, h, ns);

    if (!eql_engine_has_range(e) || (has_time && eql_engine_in_range(e, *ns)))
        return has_time;
    e->evaluated--;
    e->out_of_range++;
    *ns = EQL_SETTLE_FORGET;
    return false;
}

static bool
on_match(void *ctx, const eql_match *m)
{
    eqlvm_engine *e = ctx;
    eqlvm_alert alert;

    if (atomic_load_explicit(&e->stop, memory_order_relaxed))
        return false;
    switch (eql_alerts_make(&e->alerts, m, &alert)) {
    case EQL_ALERT_OK: break;
    case EQL_ALERT_UNREADABLE: e->unreadable = true; break;
    case EQL_ALERT_NOMEM: e->out_of_memory = true; return false;
    }
    if (m->nevents == 0) { /* a row of `count` */
        e->nrows++;
        return e->fn(e->ctx, &alert);
    }
    e->nalerts++;
    e->rule_alerts[m->rule]++;
    e->by_severity[m->severity < EQL_SEVERITY_COUNT ? m->severity : 0]++;
    return e->fn(e->ctx, &alert);
}

static void
on_problem(void *ctx, const eql_problem *p)
{
    eqlvm_engine *e = ctx;
    eqlvm_problem out = {.path = p->path,
                         .line = p->line,
                         .byte = p->byte,
                         .reason = eqlvm_reject_name((unsigned)p->reason),
                         .text = p->text};

    if (!out.reason)
        out.reason = "repaired";
    if (e->o.problem)
        e->o.problem(e->o.ctx, &out);
}

/* Something in a folder is not read, or not again. */
static void
on_passed(void *ctx, const char *path, eql_passed passed, const char *text)
{
    eqlvm_engine *e = ctx;
    eqlvm_problem p = {
        .path = path, .reason = eql_passed_rows[passed].key, .text = text};

    if (passed == EQL_PASSED_UNREADABLE)
        e->files_failed++;
    else if (eql_passed_rows[passed].lost)
        e->passed_over++;
    else
        e->read_before++;
    if (e->o.problem)
        e->o.problem(e->o.ctx, &p);
}

static bool
on_stop(void *ctx)
{
    eqlvm_engine *e = ctx;

    return atomic_load_explicit(&e->stop, memory_order_relaxed);
}

/* --- making --- */

static eql_events_options
events_options(eqlvm_engine *e)
{
    const eqlvm_engine_options *o = &e->o;

    return (eql_events_options){
        .input = (eql_input_kind)o->input,
        .time_policy = (eql_time_policy)o->time_rule,
        .has_utc_offset = o->has_utc_offset,
        .utc_offset_ns = o->utc_offset_ns,
        .mapping = eql_sv(o->mapping, o->mapping ? o->mapping_len : 0),
        .max_line_bytes = o->max_line_bytes,
        .max_depth = o->max_event_depth,
        .temp_dir = o->temp_dir,
        .max_spool_bytes = o->max_spool_bytes,
        .only_read = o->only_read,
        .block_bytes = o->block_bytes,
        .problem = on_problem,
        .stop = on_stop,
        .wake = e->wake,
        .ctx = e};
}

/* Not 0, which may be free but is standard input's. */
static bool
make_wake(eqlvm_engine *e)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd == 0) {
        fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
        close(0);
    }
    e->wake = fd;
    return fd > 0;
}

static bool
make_parts(eqlvm_engine *e, eql_buf *why)
{
    eql_events_options eo = events_options(e);
    eql_engine_options vo = {.no_index = e->o.no_index,
                             .no_memo = e->o.no_memo,
                             .sort_memory = e->o.sort_memory,
                             .max_state_bytes = e->o.max_state_bytes,
                             .temp_dir = e->o.temp_dir,
                             .order = (eql_engine_order)e->o.order};
    eql_engine_calls calls = {
        .keep = on_keep, .match = on_match, .stop = on_stop, .ctx = e};

    e->rule_alerts =
        calloc((size_t)e->program->nrules + 1, sizeof *e->rule_alerts);
    e->events = eql_events_new(e->program, &eo, why);
    e->find = eql_find_new(on_passed, e);
    if (!e->events || !e->rule_alerts || !e->find)
        return false;
    e->engine = eql_engine_new(e->program, &vo, &calls);
    e->alerts.program = e->program;
    e->alerts.events = e->events;
    if (e->o.id_field) {
        e->alerts.id_field = e->o.id_field;
        e->alerts.fields = eql_fields_new();
        if (!e->alerts.fields)
            return false;
    }
    if (e->engine && e->o.count_fields)
        eql_engine_count_fields(e->engine);
    if (e->engine && e->o.profile && !eql_engine_profile(e->engine))
        return false;
    return e->engine && eql_engine_share(e);
}

eqlvm_engine *
eqlvm_engine_new(const eqlvm_program *p, const eqlvm_engine_options *o,
                 eqlvm_alert_fn fn, void *ctx, char *reason, size_t cap)
{
    eql_buf why = {0};
    eqlvm_engine *e;

    eql_api_reason(reason, cap, eql_sv_cstr("out of memory"));
    if (!p || !fn) {
        eql_api_reason(reason, cap, eql_sv_cstr("bad argument"));
        return NULL;
    }
    e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->program = p->p;
    eqlvm_program_summary(p, &e->made);
    if (o)
        e->o = *o;
    e->fn = fn;
    e->ctx = ctx;
    atomic_init(&e->stop, false);
    if (!make_wake(e)) {
        eql_api_reason(reason, cap, eql_sv_cstr(strerror(errno)));
        free(e);
        return NULL;
    }
    clock_gettime(CLOCK_MONOTONIC, &e->started);
    if (!make_parts(e, &why)) {
        if (why.len > 0)
            eql_api_reason(reason, cap, eql_buf_sv(&why));
        eqlvm_engine_free(e);
        e = NULL;
    } else {
        eql_api_reason(reason, cap, eql_sv_cstr(""));
    }
    eql_buf_free(&why);
    return e;
}

void
eqlvm_engine_free(eqlvm_engine *e)
{
    if (!e)
        return;
    eql_alerts_free(&e->alerts);
    eql_find_free(e->find);
    eql_events_free(e->events); /* ends its threads */
    eql_engine_share_free(e);
    eql_engine_free(e->engine);
    close(e->wake);
    eql_buf_free(&e->error);
    free(e->rule_alerts);
    free(e);
}

/* --- reading --- */

/* What the engine half says.  It stops for one reason while reading: an event
 * could not be kept, and io knows why. */
static eqlvm_status
vm_status(eqlvm_engine *e)
{
    switch (e->vm) {
    case EQL_ENGINE_OK: return EQLVM_OK;
    case EQL_ENGINE_NOMEM: return fail(e, EQLVM_ERR_NOMEM, "out of memory");
    case EQL_ENGINE_IO:
        return fail(e, EQLVM_ERR_IO, eql_engine_error(e->engine));
    case EQL_ENGINE_STOPPED: break;
    }
    return fail(e, EQLVM_ERR_IO, eql_events_error(e->events));
}

/* An event could not be kept, or its hit: the disk is full or a budget used up.
 * What was read before it still gives its alerts, so this is the end of reading
 * and nothing else. */
static eqlvm_status
no_room(eqlvm_engine *e, const char *path, uint64_t line)
{
    eqlvm_status s = vm_status(e);
    const char *text = eql_engine_text(e);
    size_t n = strlen(path);
    eql_buf why = {0};
    eqlvm_problem p = {.path = path, .line = line, .reason = "io"};

    if (s == EQLVM_ERR_NOMEM)
        return s;
    if (strncmp(text, path, n) == 0 && strncmp(text + n, ": ", 2) == 0)
        text += n + 2;
    eql_buf_printf(&why, "nothing is read from here on: %s", text);
    if (why.failed)
        return fail(e, EQLVM_ERR_NOMEM, "out of memory");
    p.text = why.p;
    if (e->o.problem)
        e->o.problem(e->o.ctx, &p);
    fail(e, EQLVM_ERR_IO, why.p);
    eql_buf_free(&why);
    eql_engine_go_on(e->engine);
    e->vm = EQL_ENGINE_OK;
    e->full = e->reading_stopped = true;
    e->files_failed++;
    return s;
}

/* Settles every file up to the last one read. */
static eqlvm_status
settle_files(eqlvm_engine *e)
{
    uint32_t n = eql_events_nfiles(e->events);

    while (e->nsettled < n && e->vm == EQL_ENGINE_OK)
        e->vm = eql_engine_settle(e->engine, e->nsettled++, on_settle, e);
    if (e->vm == EQL_ENGINE_OK || e->vm == EQL_ENGINE_NOMEM)
        return vm_status(e);
    /* Any of its events may have waited for its time. */
    return no_room(e, eql_events_path(e->events, e->nsettled - 1), 1);
}

/* A stop was obeyed: it is over, and so is reading. */
static eqlvm_status
stopped(eqlvm_engine *e)
{
    atomic_store(&e->stop, false);
    e->reading_stopped = true;
    return EQLVM_ERR_STOPPED;
}

static eqlvm_status
after_reading(eqlvm_engine *e, eql_events_result r)
{
    switch (r) {
    case EQL_EVENTS_OK: return EQLVM_OK;
    case EQL_EVENTS_NOMEM: return fail(e, EQLVM_ERR_NOMEM, "out of memory");
    case EQL_EVENTS_IO:
        e->files_failed++;
        return fail(e, EQLVM_ERR_IO, eql_events_error(e->events));
    case EQL_EVENTS_STOPPED: break;
    }
    if (e->vm != EQL_ENGINE_OK)
        return no_room(
            e, eql_events_path(e->events, eql_events_nfiles(e->events) - 1),
            e->line);
    return stopped(e);
}

static void
report_unreadable(eqlvm_engine *e, const char *path)
{
    eqlvm_problem p = {
        .path = path, .reason = "io", .text = eql_engine_text(e)};
    size_t n = strlen(path);

    /* The error's text names the file too. */
    if (strncmp(p.text, path, n) == 0 && strncmp(p.text + n, ": ", 2) == 0)
        p.text += n + 2;
    if (e->o.problem)
        e->o.problem(e->o.ctx, &p);
}

/* A file was read, with this result. */
static eqlvm_status
after_file(eqlvm_engine *e, const char *path, eql_events_result r)
{
    eqlvm_status s = after_reading(e, r), settled;

    eql_engine_share_collect(e);
    if (s == EQLVM_ERR_IO && !e->full)
        report_unreadable(e, path);
    if (s == EQLVM_ERR_NOMEM || e->vm != EQL_ENGINE_OK)
        return s;
    settled = settle_files(e);
    return settled == EQLVM_OK ? s : settled;
}

/* Nothing that might have been an event was in the file.  before: the counters
 * when it was opened. */
static void
tell_empty(eqlvm_engine *e, const char *path, const eql_events_counters *before)
{
    const eql_events_counters *n = eql_events_get_counters(e->events);
    eqlvm_problem p = {.path = path, .reason = "empty"};

    if (n->read != before->read || e->o.only_read)
        return;
    p.text = n->lines_blank != before->lines_blank ? "only blank lines"
             : n->bytes != before->bytes           ? "no event is in it"
                                                   : "nothing is in it";
    e->empty++;
    if (e->o.problem)
        e->o.problem(e->o.ctx, &p);
}

static eqlvm_status
read_file(eqlvm_engine *e, const char *path)
{
    eql_events_counters before = *eql_events_get_counters(e->events);
    eql_events_result r = eql_events_read(e->events, path, on_event, e);
    eqlvm_status s = after_file(e, path, r);

    if (r == EQL_EVENTS_OK)
        tell_empty(e, path, &before);
    return s;
}

/* What ends the run goes before what does not. */
static eqlvm_status
worse(eqlvm_status a, eqlvm_status b)
{
    return b == EQLVM_OK ? a : b;
}

static eqlvm_status
read_found(eqlvm_engine *e, const eql_buf *paths)
{
    eqlvm_status worst = EQLVM_OK;

    for (size_t i = 0; i < paths->len; i += strlen(paths->p + i) + 1) {
        eqlvm_status s = read_file(e, paths->p + i);

        if (s != EQLVM_OK)
            worst = s;
        /* One bad file does not keep the others from being read. */
        if (s != EQLVM_OK &&
            (s != EQLVM_ERR_IO || e->full || e->vm != EQL_ENGINE_OK))
            break;
    }
    return worst;
}

/* May events still come in? */
static eqlvm_status
check_open(const eqlvm_engine *e)
{
    if (e->finished)
        return EQLVM_ERR_ARG;
    return e->reading_stopped ? EQLVM_ERR_STOPPED : EQLVM_OK;
}

eqlvm_status
eqlvm_engine_read(eqlvm_engine *e, const char *path)
{
    eql_buf paths = {0}, why = {0};
    uint64_t failed;
    eqlvm_status s;

    if (!e || !path)
        return EQLVM_ERR_ARG;
    s = check_open(e);
    if (s != EQLVM_OK)
        return s;
    failed = e->files_failed;
    if (eql_find_add(e->find, path, &paths, &why)) {
        s = e->files_failed > failed ? EQLVM_ERR_IO : EQLVM_OK;
        if (s != EQLVM_OK)
            (void)fail(e, s, "a folder cannot be read");
        s = worse(s, read_found(e, &paths));
    } else {
        eql_buf_add_char(&why, '\0');
        e->files_failed++;
        s = fail(e, EQLVM_ERR_IO, why.p ? why.p : "out of memory");
        report_unreadable(e, path);
    }
    eql_buf_free(&paths);
    eql_buf_free(&why);
    return s;
}

eqlvm_status
eql_engine_read_memory(eqlvm_engine *e, const char *name, eql_strview text)
{
    eqlvm_status s = check_open(e);

    if (s != EQLVM_OK)
        return s;
    return after_file(
        e, name, eql_events_read_memory(e->events, name, text, on_event, e));
}

eqlvm_status
eqlvm_engine_push(eqlvm_engine *e, const char *name, const char *json,
                  size_t len)
{
    eqlvm_status s;

    if (!e || !name || (!json && len > 0))
        return EQLVM_ERR_ARG;
    s = check_open(e);
    if (s != EQLVM_OK)
        return s;
    return after_reading(e, eql_events_push(e->events, name,
                                            eql_sv(json ? json : "", len),
                                            on_event, e));
}

/* --- finishing --- */

/* The ordered half could not go on: alerts up to that event were delivered. */
static eqlvm_status
cut_short(eqlvm_engine *e)
{
    uint32_t file;
    uint64_t line;
    eql_buf why = {0};

    eql_engine_reached(e->engine, &file, &line);
    eql_buf_printf(&why,
                   "%s:%llu: alerts of this event and of those after it in "
                   "time are missing: %s",
                   eql_events_path(e->events, file), (unsigned long long)line,
                   eql_engine_error(e->engine));
    if (why.failed)
        return fail(e, EQLVM_ERR_NOMEM, "out of memory");
    fail(e, EQLVM_ERR_IO, line ? why.p : eql_engine_error(e->engine));
    eql_buf_free(&why);
    return EQLVM_ERR_IO;
}

static eqlvm_status
after_finish(eqlvm_engine *e)
{
    switch (e->vm) {
    case EQL_ENGINE_OK: break;
    case EQL_ENGINE_NOMEM: return fail(e, EQLVM_ERR_NOMEM, "out of memory");
    case EQL_ENGINE_IO: return cut_short(e);
    case EQL_ENGINE_STOPPED:
        return e->out_of_memory ? fail(e, EQLVM_ERR_NOMEM, "out of memory")
                                : EQLVM_ERR_STOPPED;
    }
    if (e->unreadable)
        return fail(e, EQLVM_ERR_IO, eql_events_error(e->events));
    return EQLVM_OK;
}

/* Of a run that was not cut short. */
static void
check_balances(const eqlvm_engine *e)
{
#ifdef EQL_DEBUG
    eqlvm_stats s;

    eqlvm_engine_stats(e, &s);
    assert(e->vm != EQL_ENGINE_OK || e->full || !eqlvm_stats_unbalanced(&s));
#else
    (void)e;
#endif
}

eqlvm_status
eqlvm_engine_finish(eqlvm_engine *e)
{
    eqlvm_status s;

    if (!e || e->finished)
        return EQLVM_ERR_ARG;
    e->finished = true;
    if (e->vm != EQL_ENGINE_OK)
        return vm_status(e);
    /* A stop from before this call meant the reading. */
    atomic_store(&e->stop, false);
    s = settle_files(e);
    if (s == EQLVM_OK || e->full) {
        e->vm = eql_engine_finish(e->engine);
        s = after_finish(e);
        check_balances(e);
        if (s == EQLVM_OK && e->full)
            s = EQLVM_ERR_IO; /* with the text of then */
    }
    clock_gettime(CLOCK_MONOTONIC, &e->ended);
    return s;
}

void
eqlvm_engine_stop(eqlvm_engine *e)
{
    int error = errno;

    if (!e)
        return;
    atomic_store(&e->stop, true);
    (void)!eventfd_write(e->wake, 1); /* can only fail when it is woken */
    errno = error;
}

const char *
eql_engine_text(const eqlvm_engine *e)
{
    if (e->error.failed)
        return "out of memory";
    return e->error.p ? e->error.p : "";
}

const char *
eqlvm_engine_error(const eqlvm_engine *e)
{
    return e ? eql_engine_text(e) : "";
}
