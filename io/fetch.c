/* fetch.c -- an event again, for an alert: from its file or from the spool.
 *
 * Alerts of several rules about one event follow each other: the event fetched
 * last is kept.
 *
 * Files are opened again by name, a few kept open.  One that was replaced or
 * cut since it was read is noticed and never passed off as the event. */
#include "io/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void
eql_fetch_init(eql_events *e)
{
    for (uint32_t i = 0; i < EQL_OPEN_FILES; i++)
        e->open[i].fd = -1;
}

void
eql_fetch_free(eql_events *e)
{
    for (uint32_t i = 0; i < EQL_OPEN_FILES; i++)
        if (e->open[i].fd >= 0)
            close(e->open[i].fd);
    eql_buf_free(&e->bytes);
    eql_shown_free(&e->shown);
}

static void
complain(eql_events *e, uint32_t file, const char *what)
{
    e->error.len = 0;
    eql_buf_printf(&e->error, "%s: cannot be read again for an alert: %s",
                   eql_event_source_at(e, file)->path, what);
}

/* The place that is free or was used longest ago. */
static eql_open_file *
oldest(eql_events *e)
{
    eql_open_file *best = &e->open[0];

    for (uint32_t i = 0; i < EQL_OPEN_FILES; i++) {
        if (e->open[i].fd < 0)
            return &e->open[i];
        if (e->open[i].used < best->used)
            best = &e->open[i];
    }
    close(best->fd);
    best->fd = -1;
    return best;
}

/* Is it the file that was read? */
static bool
is_same(const eql_event_source *s, int fd, const char **what)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        *what = strerror(errno);
        return false;
    }
    *what = "another file has taken its place";
    return (uint64_t)st.st_dev == s->id.dev && (uint64_t)st.st_ino == s->id.ino;
}

static int
open_source(eql_events *e, uint32_t file)
{
    const eql_event_source *s = eql_event_source_at(e, file);
    const char *what = "";
    eql_open_file *place;
    int fd;

    for (uint32_t i = 0; i < EQL_OPEN_FILES; i++) {
        if (e->open[i].fd >= 0 && e->open[i].file == file) {
            e->open[i].used = e->fetches;
            return e->open[i].fd;
        }
    }
    place = oldest(e);
    fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        what = strerror(errno);
    if (fd < 0 || !is_same(s, fd, &what)) {
        complain(e, file, what);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *place = (eql_open_file){fd, file, e->fetches};
    return fd;
}

static uint32_t
store_of(const eql_event_ref *ref)
{
    return ref->store & 0xff & ~EQL_STORE_PLAIN;
}

/* The event's source bytes, in e->bytes or in the caller's memory. */
static bool
get_bytes(eql_events *e, const eql_event_ref *ref, uint32_t file,
          eql_strview *text)
{
    eql_buf why = {0};
    bool ok;
    int fd;

    if (store_of(ref) == EQL_STORE_MEMORY) {
        *text = eql_sv(eql_event_source_at(e, file)->memory.p + ref->offset,
                       ref->len);
        return true;
    }
    e->bytes.len = 0;
    if (store_of(ref) == EQL_STORE_SPOOL) {
        ok = eql_spool_get(e->spool, ref->offset, ref->len, &e->bytes, &why);
    } else {
        fd = open_source(e, file);
        if (fd < 0)
            return false;
        ok = eql_spool_pread(fd, ref->offset, ref->len, &e->bytes, &why);
    }
    if (!ok)
        complain(e, file, why.p ? why.p : "out of memory");
    eql_buf_free(&why);
    *text = eql_buf_sv(&e->bytes);
    return ok;
}

static bool
show(eql_events *e, const eql_fetch_key *k, eql_strview text)
{
    eql_event_source *s = eql_event_source_at(e, k->file);
    eql_read_status st;

    eql_event_source_settle(s);
    if (k->ref.store & EQL_STORE_PLAIN) {
        e->shown.event = text;
        e->shown.id.len = 0;
        e->shown.mapped = false;
        return true;
    }
    if (store_of(&k->ref) == EQL_STORE_FILE &&
        (k->ref.store & ~0xffu) != eql_events_check(text)) {
        complain(e, k->file, "its contents have changed");
        return false;
    }
    st = eql_reader_show(e->parser.reader, text, s->clock,
                         k->has_time ? &k->time_ns : NULL, &e->shown);
    if (st != EQL_READ_EVENT) {
        complain(e, k->file,
                 st == EQL_READ_REJECTED ? "its contents have changed"
                                         : "out of memory");
        return false;
    }
    return true;
}

static bool
fetch(eql_events *e, const eql_fetch_key *k, eql_fetched *out)
{
    eql_strview text;

    if (k->file >= e->sources.n || !get_bytes(e, &k->ref, k->file, &text) ||
        !show(e, k, text))
        return false;
    out->json = e->shown.event;
    out->id = eql_buf_sv(&e->shown.id);
    out->mapped = e->shown.mapped;
    out->identity = out->id.len ? eql_hash128(out->id.p, out->id.len)
                                : eql_hash128(text.p, text.len);
    return true;
}

static bool
is_same_event(const eql_fetch_key *a, const eql_fetch_key *b)
{
    return a->valid && a->file == b->file && a->ref.offset == b->ref.offset &&
           a->ref.len == b->ref.len && a->ref.store == b->ref.store &&
           a->has_time == b->has_time && a->time_ns == b->time_ns;
}

bool
eql_events_fetch(eql_events *e, const eql_event_ref *ref, uint32_t file,
                 bool has_time, int64_t time_ns, eql_fetched *out)
{
    eql_fetch_key k = {.ref = *ref,
                       .file = file,
                       .has_time = has_time,
                       .time_ns = has_time ? time_ns : 0};

    e->fetches++;
    if (!is_same_event(&e->last, &k)) {
        e->last = k;
        e->last.valid = fetch(e, &k, &e->fetched);
    }
    *out = e->fetched;
    return e->last.valid;
}
