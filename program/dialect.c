/* dialect.c -- presets of the dialects, and `--set FLAG=VALUE`.
 *
 * dialect.def says which flags there are; the numbers beside them (late_events,
 * runs_max ...) are few and have a row each in settings[].  What a flag does is
 * up to whoever reads the record: compiler, stdlib and vm.  Nothing here knows
 * a program; the record's fields are set by the compiler. */
#include "program/dialect.h"

#include "base/diag.h"

#include <stdio.h>

static const char *const names[EQL_DIALECT_COUNT] = {"elastic", "endpoint",
                                                     "endgame"};

typedef struct {
    const char *name;
    size_t offset;
    const char *values[2];
    uint8_t endpoint, endgame;
} flag_info;

static const flag_info flags[] = {
#define FLAG(name, NAME, first, FIRST, second, SECOND, endpoint, endgame)      \
    {#name, offsetof(eql_dialect, name), {first, second}, endpoint, endgame},
#include "program/dialect.def"
#undef FLAG
};

#define NFLAGS EQL_COUNTOF(flags)

static const char *const late_names[EQL_LATE_COUNT] = {"sort", "reorder",
                                                       "drop", "arrival"};

static const char *const unit_names[EQL_UNIT_COUNT] = {
    "auto", "s", "ms", "us", "ns", "filetime"};

/* A member by its place: all are uint32_t. */
static void
put(eql_dialect *d, size_t offset, uint32_t value)
{
    memcpy((char *)d + offset, &value, sizeof value);
}

static uint32_t
get(const eql_dialect *d, size_t offset)
{
    uint32_t value;

    memcpy(&value, (const char *)d + offset, sizeof value);
    return value;
}

eql_dialect
eql_dialect_preset(eql_dialect_name name)
{
    eql_dialect d = {.name = (uint32_t)name,
                     .late_events = name == EQL_DIALECT_ENDGAME
                                        ? EQL_LATE_ARRIVAL
                                        : EQL_LATE_SORT,
                     .timestamp_unit = EQL_UNIT_AUTO,
                     .runs_max = EQL_DEFAULT_RUNS_MAX,
                     .samples_per_key = EQL_DEFAULT_SAMPLES_PER_KEY,
                     .tiebreaker = EQL_NONE,
                     .host_key = EQL_NONE,
                     .process_id = EQL_NONE,
                     .process_parent = EQL_NONE,
                     .process_type = EQL_NONE,
                     .process_opcode = EQL_NONE,
                     .process_ancestry = EQL_NONE,
                     .process_name = EQL_NONE};

    for (size_t i = 0; i < NFLAGS; i++) {
        if (name == EQL_DIALECT_ENDPOINT)
            put(&d, flags[i].offset, flags[i].endpoint);
        else if (name == EQL_DIALECT_ENDGAME)
            put(&d, flags[i].offset, flags[i].endgame);
    }
    return d;
}

bool
eql_dialect_parse(eql_strview s, eql_dialect_name *out)
{
    for (unsigned i = 0; i < EQL_DIALECT_COUNT; i++) {
        if (eql_sv_is(s, names[i])) {
            *out = (eql_dialect_name)i;
            return true;
        }
    }
    if (!eql_sv_is(s, "elasticsearch"))
        return false;
    *out = EQL_DIALECT_ELASTIC;
    return true;
}

const char *
eql_dialect_text(uint32_t name)
{
    return name < EQL_DIALECT_COUNT ? names[name] : "?";
}

/* --- FLAG=VALUE --- */

/* Where to say what is wrong. */
typedef struct {
    char *text;
    size_t cap;
} complaint;

#define SHOWN 60 /* bytes of the user's text in a complaint */

static int
shown(eql_strview s)
{
    return s.len < SHOWN ? (int)s.len : SHOWN;
}

static bool
is_one_of(eql_strview s, const char *const *values, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        if (eql_sv_is(s, values[i])) {
            *out = (uint32_t)i;
            return true;
        }
    }
    return false;
}

/* Decimal digits, at most `most`. */
static bool
parse_count(eql_strview s, uint64_t most, uint64_t *out)
{
    uint64_t n = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(s.p[i] - '0');
        if (n > most)
            return false;
    }
    *out = n;
    return true;
}

/* 5s and its like, in milliseconds, up to EQL_MOST_LATE_MS. */
static bool
parse_span(eql_strview s, uint32_t *ms)
{
    static const struct {
        const char *name;
        uint32_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    size_t digits = 0;
    uint64_t n;

    while (digits < s.len && s.p[digits] >= '0' && s.p[digits] <= '9')
        digits++;
    if (!parse_count(eql_sv(s.p, digits), EQL_MOST_LATE_MS, &n))
        return false;
    for (size_t i = 0; i < EQL_COUNTOF(units); i++) {
        if (eql_sv_is(eql_sv(s.p + digits, s.len - digits), units[i].name)) {
            *ms = (uint32_t)(n * units[i].ms);
            return n * units[i].ms <= EQL_MOST_LATE_MS;
        }
    }
    return false;
}

static bool
set_late(eql_dialect *d, eql_strview value, const complaint *why)
{
    static const char reorder[] = "reorder=";
    size_t n = sizeof reorder - 1;
    uint32_t late, ms = 0;

    if (value.len >= n && memcmp(value.p, reorder, n) == 0) {
        late = EQL_LATE_REORDER;
        if (!parse_span(eql_sv(value.p + n, value.len - n), &ms)) {
            snprintf(why->text, why->cap,
                     "late_events=reorder= takes a span of ms, s, m or h, "
                     "such as 5s, up to %u h",
                     EQL_MOST_LATE_MS / 3600000);
            return false;
        }
    } else if (!is_one_of(value, late_names, EQL_LATE_COUNT, &late) ||
               late == EQL_LATE_REORDER) {
        snprintf(why->text, why->cap,
                 "late_events is sort, reorder=SPAN (such as reorder=5s), "
                 "drop or arrival, not \"%.*s\"",
                 shown(value), value.p);
        return false;
    }
    d->late_events = late;
    d->late_ms = ms;
    return true;
}

static bool
set_unit(eql_dialect *d, eql_strview value, const complaint *why)
{
    if (is_one_of(value, unit_names, EQL_UNIT_COUNT, &d->timestamp_unit))
        return true;
    snprintf(why->text, why->cap,
             "timestamp_unit is auto, s, ms, us, ns or filetime, not "
             "\"%.*s\"",
             shown(value), value.p);
    return false;
}

static bool
set_runs_max(eql_dialect *d, eql_strview value, const complaint *why)
{
    uint64_t n;

    if (parse_count(value, EQL_MOST_RUNS_MAX, &n) && n > 0) {
        d->runs_max = (uint32_t)n;
        return true;
    }
    snprintf(why->text, why->cap,
             "runs_max is a number from 1 to %u, not "
             "\"%.*s\"",
             EQL_MOST_RUNS_MAX, shown(value), value.p);
    return false;
}

static bool
set_samples(eql_dialect *d, eql_strview value, const complaint *why)
{
    uint64_t n;

    if (parse_count(value, EQL_MOST_SAMPLES_PER_KEY, &n) && n > 0) {
        d->samples_per_key = (uint32_t)n;
        return true;
    }
    snprintf(why->text, why->cap,
             "max_samples_per_key is a number from 1 to "
             "%u, not \"%.*s\"",
             EQL_MOST_SAMPLES_PER_KEY, shown(value), value.p);
    return false;
}

static const struct {
    const char *name;
    bool (*set)(eql_dialect *d, eql_strview value, const complaint *why);
} settings[] = {{"late_events", set_late},
                {"timestamp_unit", set_unit},
                {"runs_max", set_runs_max},
                {"max_samples_per_key", set_samples}};

#define NSETTINGS EQL_COUNTOF(settings)

static bool
set_flag(eql_dialect *d, const flag_info *f, eql_strview value,
         const complaint *why)
{
    uint32_t v;

    if (!is_one_of(value, f->values, 2, &v)) {
        snprintf(why->text, why->cap, "%s is %s or %s, not \"%.*s\"", f->name,
                 f->values[0], f->values[1], shown(value), value.p);
        return false;
    }
    put(d, f->offset, v);
    return true;
}

static void
complain_unknown(eql_strview name, const complaint *why)
{
    eql_strview known[NFLAGS + NSETTINGS];
    uint32_t n = 0, near;

    for (size_t i = 0; i < NFLAGS; i++)
        known[n++] = eql_sv_cstr(flags[i].name);
    for (size_t i = 0; i < NSETTINGS; i++)
        known[n++] = eql_sv_cstr(settings[i].name);
    near = eql_closest(name, known, n);
    if (near == EQL_NONE)
        snprintf(why->text, why->cap, "unknown flag \"%.*s\"", shown(name),
                 name.p);
    else
        snprintf(why->text, why->cap,
                 "unknown flag \"%.*s\", did you mean \"%s\"?", shown(name),
                 name.p, known[near].p);
}

bool
eql_dialect_set(eql_dialect *d, eql_strview assignment, char *why, size_t cap)
{
    const complaint c = {why, cap};
    const char *eq =
        assignment.len > 0 ? memchr(assignment.p, '=', assignment.len) : NULL;
    eql_strview name = assignment, value;

    if (!eq) {
        snprintf(why, cap, "\"%.*s\" is not FLAG=VALUE", shown(assignment),
                 assignment.len > 0 ? assignment.p : "");
        return false;
    }
    name.len = (size_t)(eq - assignment.p);
    value = eql_sv(eq + 1, assignment.len - name.len - 1);
    for (size_t i = 0; i < NFLAGS; i++) {
        if (eql_sv_is(name, flags[i].name))
            return set_flag(d, &flags[i], value, &c);
    }
    for (size_t i = 0; i < NSETTINGS; i++) {
        if (eql_sv_is(name, settings[i].name))
            return settings[i].set(d, value, &c);
    }
    complain_unknown(name, &c);
    return false;
}

/* --- questions --- */

void
eql_dialect_changes(const eql_dialect *d, eql_buf *out)
{
    eql_dialect preset = eql_dialect_preset((eql_dialect_name)d->name);

    for (size_t i = 0; i < NFLAGS; i++) {
        uint32_t v = get(d, flags[i].offset);

        if (v != get(&preset, flags[i].offset))
            eql_buf_printf(out, " %s=%s", flags[i].name, flags[i].values[v]);
    }
    if (d->late_events == EQL_LATE_REORDER)
        eql_buf_printf(out, " late_events=reorder=%ums", d->late_ms);
    else if (d->late_events != preset.late_events)
        eql_buf_printf(out, " late_events=%s", late_names[d->late_events]);
    if (d->timestamp_unit != preset.timestamp_unit)
        eql_buf_printf(out, " timestamp_unit=%s",
                       unit_names[d->timestamp_unit]);
    if (d->runs_max != preset.runs_max)
        eql_buf_printf(out, " runs_max=%u", d->runs_max);
    if (d->samples_per_key != preset.samples_per_key)
        eql_buf_printf(out, " max_samples_per_key=%u", d->samples_per_key);
}

eql_timestamp_unit
eql_dialect_unit(const eql_dialect *d)
{
    if (d->timestamp_unit != EQL_UNIT_AUTO)
        return (eql_timestamp_unit)d->timestamp_unit;
    return d->name == EQL_DIALECT_ENDGAME ? EQL_UNIT_FILETIME : EQL_UNIT_AUTO;
}

bool
eql_dialect_same_flags(const eql_dialect *a, const eql_dialect *b)
{
    /* The fields stand last. */
    return memcmp(a, b, offsetof(eql_dialect, tiebreaker)) == 0;
}

bool
eql_dialect_valid(const eql_dialect *d)
{
    for (size_t i = 0; i < NFLAGS; i++) {
        if (get(d, flags[i].offset) > 1)
            return false;
    }
    if (d->late_events != EQL_LATE_REORDER && d->late_ms != 0)
        return false;
    return d->name < EQL_DIALECT_COUNT && d->late_events < EQL_LATE_COUNT &&
           d->late_ms <= EQL_MOST_LATE_MS &&
           d->timestamp_unit < EQL_UNIT_COUNT && d->runs_max >= 1 &&
           d->runs_max <= EQL_MOST_RUNS_MAX && d->samples_per_key >= 1 &&
           d->samples_per_key <= EQL_MOST_SAMPLES_PER_KEY;
}
