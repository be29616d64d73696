/* fuzz_shown.c -- what an alert shows of events, of mapped Windows records
 * above all: all readers show the same, it is one line of sound JSON, and read
 * as an ECS event it has the fields that the rules saw.
 *
 * The first byte chooses the offset of the records' clock, or that it is
 * learned from them. */
#include "tests/fuzz/fuzz.h"
#include "base/text.h"
#include "tests/support/reader_pair.h"

#define RUNS 1000u

static reader_pair records, ecs;

static void
begin_age(void)
{
    static bool begun;

    if (begun) {
        reader_pair_free(&records);
        reader_pair_free(&ecs);
    }
    begun = true;
    reader_pair_init_all(&records, EQL_INPUT_AUTO, false);
    reader_pair_init(&ecs, EQL_INPUT_ECS, false);
}

/* A clock of its own for each run: it is settled before anything is shown. */
static void
set_clocks(uint8_t how)
{
    eql_events_options o = {.has_utc_offset = how % 4 == 0,
                            .utc_offset_ns = how * INT64_C(900000000000),
                            .time_policy = (eql_time_policy)(how / 4 % 3)};

    eql_wall_clock_free(records.strict.clock);
    records.strict.clock = eql_wall_clock_new(&o);
    fuzz_require(records.strict.clock != NULL, "memory");
    for (uint32_t i = 0; i < records.nfast; i++) {
        eql_wall_clock_free(records.fast[i].clock);
        records.fast[i].clock = eql_wall_clock_new(&o);
        fuzz_require(records.fast[i].clock != NULL, "memory");
    }
}

/* Time and its kind are told apart from the event (@timestamp, event.created
 * are set when an alert is shown). */
static bool
is_told_apart(eql_strview name)
{
    return eql_sv_is(name, "@timestamp") || eql_sv_is(name, "event");
}

static void
require_same_fields(eql_strview shown, const eql_event *was)
{
    const eql_program *p = &records.paths.program;
    reader_made m;

    reader_one_read(&ecs.strict, shown, &m);
    fuzz_require(m.status == EQL_READ_EVENT && !m.note.repaired,
                 "what is shown is an event");
    for (uint32_t f = 0; f < p->nfields; f++) {
        eql_strview name =
            eql_sv(p->heap + p->fields[f].name.off, p->fields[f].name.len);

        if (p->fields[f].parent != EQL_NONE || is_told_apart(name))
            continue;
        if (reader_same_slot(eql_event_slot(was, f),
                             eql_event_slot(&m.event, f),
                             p->fields[f].nchildren))
            continue;
        fprintf(stderr, "%.*s: %.*s\n", (int)name.len, name.p, (int)shown.len,
                shown.p);
        fuzz_require(0, "what is shown has what rules saw");
    }
}

static void
show(eql_strview line, int64_t ns)
{
    reader_one *one = &records.strict;
    eql_event was = {0};
    eql_read_note note;
    const eql_shown *shown = &one->shown;

    if (eql_reader_read(one->reader, line, one->clock, &was, &note) !=
        EQL_READ_EVENT)
        return;
    fuzz_require(eql_reader_show(one->reader, line, one->clock, &ns,
                                 &one->shown) == EQL_READ_EVENT,
                 "what was read is shown");
    fuzz_require(!memchr(shown->event.p, '\n', shown->event.len), "one line");
    fuzz_require(shown->mapped == note.mapped, "mapped once, mapped twice");
    for (uint32_t i = 0; i < records.nfast; i++) {
        reader_one *fast = &records.fast[i];

        fuzz_require(
            eql_reader_show(fast->reader, line, fast->clock, &ns,
                            &fast->shown) == EQL_READ_EVENT &&
                eql_sv_eq(fast->shown.event, shown->event) &&
                eql_sv_eq(eql_buf_sv(&fast->shown.id), eql_buf_sv(&shown->id)),
            fast->kernel);
    }
    if (note.mapped && !note.capped)
        require_same_fields(shown->event, &was);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    eql_strview block, line;
    char *p;

    if (fuzz_is_new_age(data, len, RUNS))
        begin_age();
    if (len == 0)
        return 0;
    set_clocks(data[0]);
    p = malloc(len - 1 + EQL_READER_PADDING);
    fuzz_require(p != NULL, "memory");
    memcpy(p, data + 1, len - 1);
    memset(p + len - 1, '"', EQL_READER_PADDING);
    block = eql_sv(p, len - 1);
    reader_pair_block(&records, block);
    eql_wall_clock_settle(records.strict.clock);
    for (uint32_t i = 0; i < records.nfast; i++)
        eql_wall_clock_settle(records.fast[i].clock);
    for (uint32_t i = 0; i < records.nfast; i++)
        eql_reader_block(records.fast[i].reader, block);
    while (reader_pair_line(&records, &block, &line)) {
        if (line.len && line.p[line.len - 1] == '\r')
            line.len--;
        show(line, (int64_t)data[0] * 1000000007);
    }
    free(p);
    return 0;
}
