/* event_parser.h -- one thread's part of reading: texts are parsed, counted and
 * handed on, or reported.
 *
 * It knows no file and keeps nothing from one text to the next but its
 * reader, so any number of parsers may share out an input.  Internal to io. */
#ifndef EQL_IO_EVENT_PARSER_H
#define EQL_IO_EVENT_PARSER_H

#include "io/input/blocks.h"
#include "io/events.h"
#include "io/input/lines.h"
#include "io/reader.h"

/* Where events come from, and where goes what is not one. */
typedef struct {
    uint32_t file;
    uint8_t store;  /* as in eql_event */
    uint64_t line;  /* lines and bytes before those of a block */
    uint64_t start; /* ... both 0 where only the block is known */
    eql_events_counters *n;
    eql_times *times;      /* what is seen of them */
    int64_t tomorrow_ns;   /* what is dated later is odd */
    eql_wall_clock *clock; /* learns */
    bool pending;          /* set: some times are known at the file's end */
    void (*problem)(void *ctx, const eql_problem *p); /* path is not set */
    eql_event_fn fn;
    void *ctx; /* of both */
    void *fn_ctx;
} eql_event_sink;

typedef struct {
    const eql_events_options *o;
    eql_reader *reader;
    /* The event now with fn: */
    eql_strview text;
    bool kept; /* can be had again at ref */
    eql_event_ref ref;
    eql_buf *texts; /* where kept texts are gathered; NULL: in the spool */
} eql_event_parser;

/* o is borrowed, its limits are set.  false: reason in why; empty when out of
 * memory. */
bool eql_event_parser_init(eql_event_parser *t, const eql_program *p,
                           const eql_events_options *o, eql_buf *why);
void eql_event_parser_free(eql_event_parser *t);
/* STOPPED: fn returned false, and nothing was taken after that event. */
eql_events_result eql_event_parser_line(eql_event_parser *t, eql_event_sink *to,
                                        const eql_line *line);
/* *lines: line feeds passed. */
eql_events_result eql_event_parser_block(eql_event_parser *t,
                                         eql_event_sink *to, const eql_block *b,
                                         uint64_t *lines);

#endif
