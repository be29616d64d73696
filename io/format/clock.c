/* clock.c -- the offset of one file's zone-less record times.
 *
 * Sysmon events carry an exact UTC time beside the record's local one: the
 * difference, rounded to a quarter of an hour, is the offset.  The commonest
 * one wins, for each hour on the clock apart, because PowerShell exports write
 * 12-hour time without AM or PM: one file may need +4 h before one o'clock and
 * +16 h after it.  A file without Sysmon events that knows when its records
 * were received takes the smallest delay as the offset.
 *
 * Memory is bounded: offsets beyond the first MAX_OFFSETS different ones, which
 * only damaged clocks make, are not learned. */
#include "io/format/clock.h"

#include <stdlib.h>

#define QUARTER_NS INT64_C(900000000000)
#define HOUR_NS INT64_C(3600000000000)
#define ROBUST_NS INT64_C(60000000000)
#define MAX_OFFSETS 1024u

typedef struct {
    int64_t offset_ns;
    uint64_t all;
    uint64_t hour[24];
} tally;

/* What a clock was taught. */
typedef struct {
    int64_t wall_ns, other_ns;
    bool received; /* other_ns is when it was, else the exact time */
} lesson;

struct eql_wall_clock {
    bool takes_notes;
    eql_vec notes; /* lesson */
    eql_time_policy policy;
    bool fixed;
    bool settled;
    int64_t main_ns;     /* once settled, or fixed */
    int64_t hour_ns[24]; /* once settled */
    eql_vec tallies;     /* in order of first sight, which breaks ties */
    bool has_delay;
    int64_t least_delay_ns;
};

eql_wall_clock *
eql_wall_clock_new(const eql_events_options *o)
{
    eql_wall_clock *c = calloc(1, sizeof *c);

    if (!c || !o)
        return c;
    c->policy = o->time_policy;
    c->fixed = o->has_utc_offset;
    c->main_ns = o->has_utc_offset ? o->utc_offset_ns : 0;
    return c;
}

void
eql_wall_clock_free(eql_wall_clock *c)
{
    if (!c)
        return;
    eql_vec_free(&c->tallies);
    eql_vec_free(&c->notes);
    free(c);
}

eql_wall_clock *
eql_wall_clock_new_notes(const eql_events_options *o)
{
    eql_wall_clock *c = eql_wall_clock_new(o);

    if (c)
        c->takes_notes = true;
    return c;
}

static void
note(eql_wall_clock *c, int64_t wall_ns, int64_t other_ns, bool received)
{
    lesson one = {wall_ns, other_ns, received};

    eql_vec_push(&c->notes, &one, sizeof one);
}

bool
eql_wall_clock_learn_notes(eql_wall_clock *c, eql_wall_clock *notes)
{
    bool whole = !notes->notes.failed;

    for (uint32_t i = 0; i < notes->notes.n; i++) {
        const lesson *one = eql_vec_at(&notes->notes, i);

        if (one->received)
            eql_wall_clock_learn_received(c, one->wall_ns, one->other_ns);
        else
            eql_wall_clock_learn_utc(c, one->wall_ns, one->other_ns);
    }
    notes->notes.n = 0;
    if (!whole)
        eql_vec_free(&notes->notes);
    return whole;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* To the nearest quarter of an hour, ties to the even one. */
static bool
round_quarter(int64_t ns, int64_t *out)
{
    int64_t q = floor_div(ns, QUARTER_NS);
    int64_t rest = ns - q * QUARTER_NS;

    if (rest > QUARTER_NS / 2 || (rest == QUARTER_NS / 2 && q % 2 != 0))
        q++;
    return !__builtin_mul_overflow(q, QUARTER_NS, out);
}

static uint32_t
clock_hour(int64_t wall_ns)
{
    int64_t h = floor_div(wall_ns, HOUR_NS) % 24;

    return (uint32_t)(h < 0 ? h + 24 : h);
}

static tally *
tally_of(eql_wall_clock *c, int64_t offset_ns)
{
    tally fresh = {.offset_ns = offset_ns};
    uint32_t i;

    for (i = 0; i < c->tallies.n; i++) {
        tally *t = eql_vec_at(&c->tallies, i);

        if (t->offset_ns == offset_ns)
            return t;
    }
    if (c->tallies.n >= MAX_OFFSETS)
        return NULL;
    i = eql_vec_push(&c->tallies, &fresh, sizeof fresh);
    return i == EQL_NONE ? NULL : eql_vec_at(&c->tallies, i);
}

void
eql_wall_clock_learn_utc(eql_wall_clock *c, int64_t wall_ns, int64_t utc_ns)
{
    int64_t diff, offset;
    tally *t;

    if (c->takes_notes && !c->fixed) {
        note(c, wall_ns, utc_ns, false);
        return;
    }
    if (c->fixed || __builtin_sub_overflow(utc_ns, wall_ns, &diff) ||
        !round_quarter(diff, &offset))
        return;
    t = tally_of(c, offset);
    if (!t)
        return;
    t->all++;
    t->hour[clock_hour(wall_ns)]++;
}

void
eql_wall_clock_learn_received(eql_wall_clock *c, int64_t wall_ns,
                              int64_t received_ns)
{
    int64_t delay;

    if (c->takes_notes && !c->fixed) {
        note(c, wall_ns, received_ns, true);
        return;
    }
    if (c->fixed || __builtin_sub_overflow(received_ns, wall_ns, &delay))
        return;
    if (!c->has_delay || delay < c->least_delay_ns)
        c->least_delay_ns = delay;
    c->has_delay = true;
}

void
eql_wall_clock_settle(eql_wall_clock *c)
{
    uint64_t best = 0, best_hour[24] = {0};
    uint32_t h, i;

    c->settled = true;
    if (c->fixed)
        return;
    if (c->tallies.n == 0 && c->has_delay &&
        !round_quarter(c->least_delay_ns, &c->main_ns))
        c->main_ns = 0;
    for (i = 0; i < c->tallies.n; i++) {
        const tally *t = eql_vec_at(&c->tallies, i);

        if (t->all > best) {
            best = t->all;
            c->main_ns = t->offset_ns;
        }
    }
    for (h = 0; h < 24; h++)
        c->hour_ns[h] = c->main_ns;
    for (i = 0; i < c->tallies.n; i++) {
        const tally *t = eql_vec_at(&c->tallies, i);

        for (h = 0; h < 24; h++) {
            if (t->hour[h] > best_hour[h]) {
                best_hour[h] = t->hour[h];
                c->hour_ns[h] = t->offset_ns;
            }
        }
    }
}

bool
eql_wall_clock_fixed(const eql_wall_clock *c, int64_t *offset_ns)
{
    if (!c || !c->fixed)
        return false;
    *offset_ns = c->main_ns;
    return true;
}

bool
eql_wall_clock_created(const eql_wall_clock *c, bool has_wall, int64_t wall_ns,
                       int64_t *ns)
{
    int64_t offset;

    if (!has_wall)
        return false;
    if (!eql_wall_clock_fixed(c, &offset)) {
        if (!c->settled)
            return false;
        offset = c->hour_ns[clock_hour(wall_ns)];
    }
    return !__builtin_add_overflow(wall_ns, offset, ns);
}

static bool
far_apart(int64_t a, int64_t b)
{
    int64_t diff;

    return __builtin_sub_overflow(a, b, &diff) || diff > ROBUST_NS ||
           diff < -ROBUST_NS;
}

bool
eql_wall_clock_choose(const eql_wall_clock *c, bool has_utc, int64_t utc_ns,
                      bool has_created, int64_t created_ns, int64_t *ns)
{
    eql_time_policy policy = c ? c->policy : EQL_TIME_POLICY_ROBUST;
    bool utc = has_utc;

    if (policy == EQL_TIME_POLICY_CREATED)
        utc = false;
    if (policy == EQL_TIME_POLICY_ROBUST && has_created)
        utc = utc && !far_apart(utc_ns, created_ns);
    *ns = utc ? utc_ns : created_ns;
    return utc || has_created;
}

bool
eql_wall_clock_resolve(const eql_wall_clock *c, bool has_utc, int64_t utc_ns,
                       bool has_wall, int64_t wall_ns, int64_t *ns)
{
    int64_t created = 0;
    bool has_created = eql_wall_clock_created(c, has_wall, wall_ns, &created);

    return eql_wall_clock_choose(c, has_utc, utc_ns, has_created, created, ns);
}
