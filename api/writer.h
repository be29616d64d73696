/* writer.h -- what the forms of output share; for api/writer*.c only.
 *
 * Each form appends one alert to the writer's buffer; writer.c hands it on.
 * Event data is hostile: JSON forms insert it as the reader made it (one line,
 * valid), the table cleans it for terminals, CSV quotes it. */
#ifndef EQL_API_WRITER_H
#define EQL_API_WRITER_H

#include "api/api.h"
#include "base/arena.h"
#include "io/json/common.h"
#include "io/json/fields.h"

/* Of a rule, in rule_texts: what stands before an alert's severity, and what
 * behind it. */
typedef struct {
    size_t at, head, tail; /* head 0: not made yet */
} eql_writer_rule;

struct eqlvm_writer {
    const eql_program *program;
    eqlvm_writer_options o;
    eqlvm_write_fn fn;
    void *ctx;
    eql_buf out;
    eql_fields *fields;
    eql_common *common; /* what the events of an alert have in common; ECS */
    eql_arena *arena;   /* texts of the alert at hand */
    eql_buf rule_texts;
    eql_writer_rule *rules; /* per rule of the program */
    bool started;           /* the header is out; table: that of alerts .. */
    uint32_t rows_of; /* .. and that of this rule's rows, counted from 1 */
};

void eql_writer_ndjson(eqlvm_writer *w, const eqlvm_alert *a);
void eql_writer_ecs(eqlvm_writer *w, const eqlvm_alert *a);
void eql_writer_table(eqlvm_writer *w, const eqlvm_alert *a);
void eql_writer_csv(eqlvm_writer *w, const eqlvm_alert *a);

/* What an analyst asks first of a stage's event; empty: not there. */
typedef struct {
    eql_strview host, user, process, pid, parent, command;
    eql_strview source, destination; /* address:port */
    eql_strview object;              /* file, registry key, library, name */
} eql_writer_facts;
eql_writer_facts eql_writer_look(eqlvm_writer *w, const eqlvm_alert_stage *s);
/* The fields of a row, or of what `unique_count` adds to an alert; empty: not
 * there.  Lists have `sep` between their values. */
typedef struct {
    eql_strview key, count, percent, hosts, total_hosts;
} eql_writer_columns;
eql_writer_columns eql_writer_row(eqlvm_writer *w, const eqlvm_alert *a,
                                  const char *sep);
/* A key's value as people read it: strings without quotes. */
eql_strview eql_writer_key(eqlvm_writer *w, const eqlvm_alert_key *k);

/* Appends "name": before a value; `first` decides over the comma. */
void eql_writer_name(eql_buf *b, const char *name, bool first);
/* A string, or null when it is empty. */
void eql_writer_text(eql_buf *b, eqlvm_text t);
/* A time in quotes, or null. */
void eql_writer_int(eql_buf *b, int64_t i);
void eql_writer_time(eql_buf *b, bool has_time, int64_t ns);
/* A list of texts of strings[]. */
void eql_writer_strings(const eqlvm_writer *w, eql_buf *b, eql_range run);
/* Milliseconds, with a fraction only when there is one. */
void eql_writer_ms(eql_buf *b, int64_t ns);

#endif
