/* eqlvm.h -- compile Event Query Language rules and run them over events.
 *
 * Rules become one program; an engine runs the program over events and hands
 * alerts to a callback:
 *
 *   eqlvm_compiler -> eqlvm_program -> eqlvm_engine -> eqlvm_alert
 *
 * No global state.  A program is immutable and may be shared by threads and
 * engines, which must not outlive it; every other object belongs to one
 * thread at a time.  Texts are UTF-8; an eqlvm_text carries its length, may
 * hold U+0000, and is NUL-terminated past its length only where said.  Times
 * are int64_t nanoseconds since the Unix epoch in UTC, durations int64_t
 * nanoseconds (names end in _ns); sizes are bytes.  "Borrowed" means valid for
 * the call, or as long as the object it came from is not changed.  Option
 * structs: all zero is the default.
 *
 * The language is that of docs/language.md: EQL in its three dialects:
 * Elasticsearch's (8.15 and later), Elastic Endpoint's, and Endgame's, the
 * Python package's.  Apache-2.0. */
#ifndef EQLVM_EQLVM_H
#define EQLVM_EQLVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EQLVM_API __attribute__((visibility("default")))

#define EQLVM_VERSION_MAJOR 0
#define EQLVM_VERSION_MINOR 1
#define EQLVM_VERSION_PATCH 0
/* "0.1.0"; static. */
EQLVM_API const char *eqlvm_version(void);

/* Values are never reused. */
typedef enum {
    EQLVM_OK = 0,
    EQLVM_ERR_NOMEM = 1,
    EQLVM_ERR_ARG = 2,     /* NULL or nonsense where it may not be */
    EQLVM_ERR_COMPILE = 3, /* some rule has errors; see the diagnostics */
    EQLVM_ERR_IMAGE = 4,   /* a compiled file was refused */
    EQLVM_ERR_IO = 5,      /* see the object's _error text */
    EQLVM_ERR_LIMIT = 6,   /* a named limit was reached */
    EQLVM_ERR_STOPPED = 7  /* a callback returned false, or _stop was called */
} eqlvm_status;
EQLVM_API const char *eqlvm_status_name(eqlvm_status s); /* static */

typedef struct {
    const char *p;
    size_t len;
} eqlvm_text;

/* Receives output in pieces; false stops the writer (EQLVM_ERR_STOPPED). */
typedef bool (*eqlvm_write_fn)(void *ctx, const char *p, size_t len);

/* ISO-8601 as in events ("2026-01-02T03:04:05.678Z"; no zone means UTC).
 * false when s is no time. */
EQLVM_API bool eqlvm_time_parse(const char *s, int64_t *ns);
/* A time as people write it, in UTC: the same, a day ("2026-01-02", its
 * beginning), how long before now_ns ("90s", "15m", "2h", "3d", "1w", "1d12h",
 * with or without " ago"), "now", "today" or "yesterday" (their beginning). */
EQLVM_API bool eqlvm_time_parse_from(const char *s, int64_t now_ns,
                                     int64_t *ns);

/* Text of events, rules or file names for a terminal: control characters, and
 * with them every terminal escape, and those that change the direction of text
 * are shown as \x1b and \u202e; invalid UTF-8 as U+FFFD.  Takes no memory. */
typedef enum {
    EQLVM_SHOW_LINE,  /* line ends and tabs are escaped as well */
    EQLVM_SHOW_LINES, /* they stay */
    EQLVM_SHOW_JSON   /* they stay, and escapes are those of JSON strings */
} eqlvm_show_kind;
EQLVM_API eqlvm_status eqlvm_show(const char *p, size_t len,
                                  eqlvm_show_kind kind, eqlvm_write_fn fn,
                                  void *ctx);

/* --- diagnostics --- */

typedef enum { EQLVM_ERROR, EQLVM_WARNING, EQLVM_NOTE } eqlvm_diag_kind;

/* One diagnostic of a rule file.  Borrowed from the compiler. */
typedef struct {
    eqlvm_diag_kind kind;
    eqlvm_text code;       /* "E201"; stable, see docs/language.md */
    eqlvm_text file;       /* as named; empty for a query without file */
    uint32_t line, column; /* 1-based; column in bytes */
    uint32_t offset;       /* bytes, in the text of its query or condition */
    uint32_t length;       /* bytes that it is about, 0: a place */
    eqlvm_text message;    /* one line */
    eqlvm_text hint;       /* may be empty */
} eqlvm_diag;

/* --- rules to program --- */

typedef struct eqlvm_compiler eqlvm_compiler;
typedef struct eqlvm_program eqlvm_program;

typedef enum {
    EQLVM_SEVERITY_NONE, /* the rule names none */
    EQLVM_SEVERITY_LOW,
    EQLVM_SEVERITY_MEDIUM,
    EQLVM_SEVERITY_HIGH,
    EQLVM_SEVERITY_CRITICAL
} eqlvm_severity;
EQLVM_API const char *eqlvm_severity_name(eqlvm_severity s); /* "high" */
/* Any ASCII case; false when it is no level. */
EQLVM_API bool eqlvm_severity_parse(const char *s, eqlvm_severity *out);

typedef struct {
    /* Select rules; NULL-terminated arrays of texts, NULL selects all.  A rule
     * is taken if each given array has an entry that fits: a wildcard over
     * name, id or file's base name; a tag; at least this severity; an OS. All
     * compare without regard to case. */
    const char *const *rules;
    const char *const *tags;
    const char *const *os;
    eqlvm_severity min_severity;
    /* Go on past rules that do not compile: they are left out and counted. */
    bool skip_bad_rules;

    /* How rules are read.  Compiled files bring their own dialect, which must
     * then be this one. */
    const char *dialect;     /* elastic (NULL), endpoint, endgame */
    const char *const *set;  /* NULL-terminated: "flag=value" */
    bool strict;             /* refuse what the dialect itself refuses */
    const char *schema;      /* ecs (NULL), none, or path of a schema file */
    const char *definitions; /* macros and constants, before every query */
    bool implied_any; /* a query may be a bare condition: any where ... */
    /* Dotted paths; NULL: the dialect's.  A rule may name its own. */
    const char *category_field, *timestamp_field, *tiebreaker_field;
    const char *process_id_field, *process_parent_field; /* lineage */
    const char *host_field;                              /* pipes */
} eqlvm_compile_options;

typedef struct {
    uint64_t files;          /* rule files read */
    uint64_t rules;          /* in the program */
    uint64_t bad;            /* with errors: left out */
    uint64_t deselected;     /* by the options */
    uint64_t other_language; /* KQL, ES|QL, ...: not ours */
    uint64_t errors, warnings;
} eqlvm_compile_summary;

/* Options may be NULL; copied.  NULL when out of memory.  An option without
 * sense (an unknown dialect, flag or schema) is told by every call that adds
 * or finishes: EQLVM_ERR_ARG, and eqlvm_compiler_error says which. */
EQLVM_API eqlvm_compiler *eqlvm_compiler_new(const eqlvm_compile_options *o);
EQLVM_API void eqlvm_compiler_free(eqlvm_compiler *c);
/* EQLVM_ERR_ARG when an option makes no sense; else EQLVM_OK. */
EQLVM_API eqlvm_status eqlvm_compiler_check(eqlvm_compiler *c);
/* Adds what a file or folder holds: .eql .toml .ndjson .eqlc.  Rule errors
 * are diagnostics, not a status; EQLVM_ERR_IO: the path cannot be read. */
EQLVM_API eqlvm_status eqlvm_compiler_add_path(eqlvm_compiler *c,
                                               const char *path);
/* The same for a text in memory, as if it were a file of that name (NULL: -).
 * Where the name has none of those suffixes, the text tells what it is: a
 * query, a TOML rule, an export or a compiled file. */
EQLVM_API eqlvm_status eqlvm_compiler_add_text(eqlvm_compiler *c,
                                               const char *name,
                                               const char *text, size_t len);
/* Adds one query under a name. */
EQLVM_API eqlvm_status eqlvm_compiler_add_query(eqlvm_compiler *c,
                                                const char *name,
                                                const char *text, size_t len);
/* Makes the program of all rules added.  EQLVM_ERR_COMPILE when some rule is
 * bad and skip_bad_rules is off; *out is NULL then.  The compiler is spent but
 * for its diagnostics. */
EQLVM_API eqlvm_status eqlvm_compiler_finish(eqlvm_compiler *c,
                                             eqlvm_program **out);
EQLVM_API void eqlvm_compiler_summary(const eqlvm_compiler *c,
                                      eqlvm_compile_summary *out);
EQLVM_API size_t eqlvm_compiler_ndiags(const eqlvm_compiler *c);
EQLVM_API void eqlvm_compiler_diag(const eqlvm_compiler *c, size_t i,
                                   eqlvm_diag *out);
/* Place, kind, code and message in one line, without its end. */
EQLVM_API eqlvm_status eqlvm_compiler_render_line(const eqlvm_compiler *c,
                                                  size_t i, bool colour,
                                                  eqlvm_write_fn fn, void *ctx);
/* With file, line, source line, caret and hint, as a terminal shows it. */
EQLVM_API eqlvm_status eqlvm_compiler_render(const eqlvm_compiler *c, size_t i,
                                             bool colour, eqlvm_write_fn fn,
                                             void *ctx);
/* Keys of rule files that the engine ignores: "file: key" each. */
EQLVM_API size_t eqlvm_compiler_nignored(const eqlvm_compiler *c);
EQLVM_API eqlvm_text eqlvm_compiler_ignored(const eqlvm_compiler *c, size_t i);
EQLVM_API const char *eqlvm_compiler_error(const eqlvm_compiler *c);

typedef enum {
    EQLVM_DUMP_TOKENS,
    EQLVM_DUMP_AST,
    EQLVM_DUMP_TYPED,
    EQLVM_DUMP_PLAN
} eqlvm_dump_pass;
/* From now on every rule added is also printed as this pass sees it. */
EQLVM_API void eqlvm_compiler_dump(eqlvm_compiler *c, eqlvm_dump_pass pass,
                                   eqlvm_write_fn fn, void *ctx);

EQLVM_API void eqlvm_program_free(eqlvm_program *p);
/* The compiled image (.eqlc). */
EQLVM_API eqlvm_status eqlvm_program_save(const eqlvm_program *p,
                                          eqlvm_write_fn fn, void *ctx);
/* Always verifies.  EQLVM_ERR_IMAGE: refused; reason (if not NULL) gets up to
 * cap bytes of a NUL-terminated line. */
EQLVM_API eqlvm_status eqlvm_program_load(const void *data, size_t len,
                                          eqlvm_program **out, char *reason,
                                          size_t cap);
/* Listing of the bytecode. */
EQLVM_API eqlvm_status eqlvm_program_disassemble(const eqlvm_program *p,
                                                 eqlvm_write_fn fn, void *ctx);

typedef enum {
    EQLVM_RULE_EVENT,
    EQLVM_RULE_SEQUENCE,
    EQLVM_RULE_SAMPLE,
    EQLVM_RULE_JOIN
} eqlvm_rule_kind;

typedef struct {
    eqlvm_text name, id, file, query, description;
    eqlvm_severity severity;
    int risk_score; /* -1: none */
    eqlvm_rule_kind kind;
    uint32_t nstages;   /* as written, missing ones too */
    int64_t maxspan_ns; /* -1: none */
    int64_t budget_ns;  /* [eqlvm] budget_ns, per event read; 0: none */
} eqlvm_rule_info;
/* A program of the first n rules of p, to be freed too. */
EQLVM_API eqlvm_status eqlvm_program_first(const eqlvm_program *p, uint32_t n,
                                           eqlvm_program **out);
/* How it was made: what a compiler's summary said at its end; of one that was
 * loaded, the rules alone. */
EQLVM_API void eqlvm_program_summary(const eqlvm_program *p,
                                     eqlvm_compile_summary *out);
EQLVM_API uint32_t eqlvm_program_nrules(const eqlvm_program *p);
EQLVM_API void eqlvm_program_rule(const eqlvm_program *p, uint32_t rule,
                                  eqlvm_rule_info *out);

/* A field that some rule of the program reads, as a dotted path; elements of an
 * array function's array are spelled path[].child.  In byte order of paths. */
typedef struct {
    eqlvm_text path;
    eqlvm_text type; /* by the schema: ip, number, boolean, date; else empty */
    uint32_t rules;  /* that read it */
} eqlvm_field_info;
typedef struct eqlvm_fields eqlvm_fields;
/* All of them; borrows the program.  NULL when out of memory. */
EQLVM_API eqlvm_fields *eqlvm_fields_new(const eqlvm_program *p);
EQLVM_API void eqlvm_fields_free(eqlvm_fields *f);
EQLVM_API size_t eqlvm_fields_count(const eqlvm_fields *f);
EQLVM_API void eqlvm_fields_get(const eqlvm_fields *f, size_t i,
                                eqlvm_field_info *out);

/* A function of the language. */
typedef struct {
    const char *name;
    uint32_t min_args, max_args; /* UINT32_MAX: any number */
    bool ignores_case;           /* name~ exists */
    const char *signature;       /* "between(string, left, right [, greedy])" */
    const char *result;          /* "string", "number", "boolean", ... */
    const char *about;           /* one line */
} eqlvm_function_info;
EQLVM_API size_t eqlvm_nfunctions(void);
/* In alphabetical order; static. */
EQLVM_API void eqlvm_function(size_t i, eqlvm_function_info *out);

/* --- alerts --- */

/* One stage's event in an alert. */
typedef struct {
    uint32_t stage;      /* as written, from 1; `with runs=N` comes N times */
    eqlvm_text alias;    /* `as NAME`; empty when none */
    bool missing;        /* a `![ ]`: nothing else is set */
    eqlvm_text file;     /* its input, as named */
    uint64_t line;       /* from 1, decompressed */
    eqlvm_text event_id; /* _id of an export, or of id_field; may be empty */
    bool has_time;
    int64_t time_ns;
    eqlvm_text event; /* JSON object, one line, as matched */
} eqlvm_alert_stage;

typedef struct {
    eqlvm_text name;
    eqlvm_text json; /* the value as JSON */
} eqlvm_alert_key;

/* Borrowed for the call. */
typedef struct {
    eqlvm_text alert_id;     /* same input, same id */
    uint32_t rule;           /* index in the program */
    eqlvm_severity severity; /* after the rule's severity conditions */
    bool has_time;
    int64_t time_ns; /* of the last event */
    int64_t span_ns; /* last minus first event */
    const eqlvm_alert_key *keys;
    uint32_t nkeys;
    const eqlvm_alert_stage *stages;
    uint32_t nstages; /* 0: a row of the pipe `count` */
    /* JSON object: that row, or what `unique_count` adds; else empty. */
    eqlvm_text row;
} eqlvm_alert;

/* false ends the run (EQLVM_ERR_STOPPED). */
typedef bool (*eqlvm_alert_fn)(void *ctx, const eqlvm_alert *alert);

typedef enum {
    EQLVM_FORMAT_NDJSON,
    EQLVM_FORMAT_TABLE,
    EQLVM_FORMAT_CSV,
    EQLVM_FORMAT_ECS
} eqlvm_format;
EQLVM_API bool eqlvm_format_parse(const char *s, eqlvm_format *out);

/* Writes alerts in one format.  brief: without the events' JSON.  width: of
 * the terminal in columns for the table, 0 for no limit. */
typedef struct eqlvm_writer eqlvm_writer;
typedef struct {
    eqlvm_format format;
    bool brief;
    bool colour;
    unsigned width;
    /* CSV cells that a spreadsheet would take for formulas as they are; else an
     * apostrophe stands in front of them. */
    bool csv_raw;
} eqlvm_writer_options;
EQLVM_API eqlvm_writer *eqlvm_writer_new(const eqlvm_program *p,
                                         const eqlvm_writer_options *o,
                                         eqlvm_write_fn fn, void *ctx);
EQLVM_API void eqlvm_writer_free(eqlvm_writer *w);
EQLVM_API eqlvm_status eqlvm_writer_alert(eqlvm_writer *w,
                                          const eqlvm_alert *a);

/* --- running --- */

typedef enum {
    EQLVM_INPUT_AUTO,
    EQLVM_INPUT_ECS,
    EQLVM_INPUT_WINEVENT
} eqlvm_input;
typedef enum {
    EQLVM_TIME_ROBUST,
    EQLVM_TIME_UTCTIME,
    EQLVM_TIME_CREATED
} eqlvm_time_rule;
/* DIALECT: by time, but as they stand in endgame (late_events decides). */
typedef enum {
    EQLVM_ORDER_DIALECT,
    EQLVM_ORDER_TIME,
    EQLVM_ORDER_ARRIVAL
} eqlvm_order;

/* A problem with the input, as it is met.  Borrowed. */
typedef struct {
    const char *path;
    uint64_t line, byte; /* from 1; 0: unknown or about the whole file */
    const char *reason;  /* stable word, as in the statistics: "syntax" */
    const char *text;
} eqlvm_problem;

#define EQLVM_MAX_THREADS 64u
#define EQLVM_DEFAULT_THREADS 8u /* at most, when threads is 0 */

typedef struct {
    eqlvm_input input;
    eqlvm_time_rule time_rule;
    eqlvm_order order;
    bool has_utc_offset; /* of record times without a zone */
    int64_t utc_offset_ns;
    const char *mapping; /* text of a mapping; NULL: the one built in */
    size_t mapping_len;
    bool has_since, has_until; /* only events in [since, until) */
    int64_t since_ns, until_ns;
    size_t max_line_bytes;    /* 0: 64 MiB */
    uint32_t max_event_depth; /* 0: 200 */
    size_t sort_memory;       /* 0: 16 MiB */
    uint64_t max_state_bytes; /* 0: 64 MiB */
    uint64_t max_spool_bytes; /* 0: 16 GiB */
    const char *temp_dir;     /* NULL: TMPDIR, else /tmp */
    const char *id_field;     /* path of an event's id; NULL: _id of exports */
    bool count_fields;        /* for eqlvm_engine_field_events */
    /* Threads that filter while eqlvm_engine_read runs, the caller's included.
     * They come out alike, whatever the number.  0: one for each CPU that the
     * process may use, at most EQLVM_DEFAULT_THREADS; 1: the caller's alone;
     * more than EQLVM_MAX_THREADS are that many. */
    uint32_t threads;
    /* Evaluate all rules of an event's category; forget what was learned of
     * values.  Slower; alerts are the same. */
    bool no_index, no_memo;
    bool profile;   /* measure rules, for eqlvm_engine_rule_cost; slower */
    bool only_read; /* read and split the input, do nothing with it: how fast
                       could a run be? */
    size_t block_bytes; /* of JSON lines that a thread takes; 0: 256 KiB */
    void (*problem)(void *ctx, const eqlvm_problem *p); /* may be NULL */
    /* Called now and then with bytes read (decompressed) and events; NULL. */
    void (*progress)(void *ctx, uint64_t bytes, uint64_t events);
    void *ctx; /* of problem and progress */
} eqlvm_engine_options;

/* Reasons are those of io/format/reject.def, in its order. */
#define EQLVM_NREJECT 11

/* Layouts that are neither ECS nor mapped to it: those of io/format/layout.def,
 * in its order. */
#define EQLVM_NLAYOUT 29

/* What happened.  docs/statistics.md says of each number what it counts, and
 * what it says of the alerts.  When a run has ended without error they balance,
 * `rejected` and `by_severity` standing for the sums over them:
 *   read == accepted + rejected
 *   accepted == mapped + unmapped
 *   accepted == evaluated + out_of_range
 *   hits == hits_timed + hits_untimed + late
 *   started + forked == completed + discarded + replaced + expired + ended +
 *     evicted + pending_evicted + open
 *   completed + event_matches == alerts + suppressed + piped + piped_lost
 *   alerts == by_severity */
typedef struct {
    uint64_t files, bytes, blank_lines;
    uint64_t read, accepted, mapped, unmapped, repaired, untimed;
    uint64_t rejected[EQLVM_NREJECT];
    /* Events whose time is a number whose size told its unit; of them, those in
     * another unit than most of their file; events dated before 1990 or beyond
     * tomorrow. */
    uint64_t numeric_times, mixed_units, odd_dates;
    uint64_t wrappers; /* objects around events, opened; not among `read` */
    /* Events of those layouts, rejected or not; accepted ones whose fields are
     * ECS's but which lack a category, unless the input is said to be ECS. */
    uint64_t layouts[EQLVM_NLAYOUT], layouts_taken;
    uint64_t out_of_range, evaluated;
    /* The same for a rule's own time field, of events that its stages took. */
    uint64_t own_numeric_times;
    uint64_t hits, hits_timed, hits_untimed, untimed_skipped, withheld, keyless;
    uint64_t late, late_keys; /* hits, or stages of hits, that came too late */
    /* What sequences, joins and samples have begun under a key. */
    uint64_t started, forked, completed, replaced, expired, ended, evicted;
    uint64_t discarded;       /* complete, but a missing event was there */
    uint64_t pending_evicted; /* of those that wait on an alias */
    uint64_t open;
    uint64_t event_matches, suppressed, alerts;
    uint64_t piped; /* results that pipes took out or summed up */
    uint64_t rows;  /* of the pipe `count`; no alerts */
    uint64_t by_severity[5];
    /* Lost to a bound, each of them. */
    uint64_t piped_lost, rows_lost, lineage_evicted, leads_evicted,
        late_evicted;
    uint64_t captured_capped, samples_capped, cooldown_evicted;
    uint64_t fields_capped, combinations_capped, key_tuples_capped;
    uint64_t spilled_bytes, spool_bytes, state_bytes_peak;
    uint64_t passed_over;  /* in folders: links to nowhere, pipes, ... */
    uint64_t read_before;  /* names of what was read already */
    uint64_t hidden;       /* names in folders, passed over */
    uint64_t empty;        /* inputs without an event, or anything like one */
    uint64_t files_failed; /* could not be opened or read to the end */
    /* Accepted events that were too odd for the fast reader, or stood beside
     * one, and so cost several times as much to read; of them, Windows records.
     * They may depend on threads and blocks, as speed does. */
    uint64_t fallback, fallback_mapped;
    /* What rules cost.  Events whose like had been met before, as far as the
     * conditions of rules can tell; of the others, values that were looked up,
     * of them known ones, and stages of rules that were judged.  They depend on
     * threads and blocks, too. */
    uint64_t events_cached, values_asked, values_cached, stages_judged;
} eqlvm_stats;
/* May alerts be missing, or be there twice or wrongly?  So it is when something
 * was rejected, evicted, capped or skipped: any of the numbers that
 * docs/statistics.md says it of. */
EQLVM_API bool eqlvm_stats_degraded(const eqlvm_stats *s);
/* The first balance that does not hold, as it is written above; NULL: all do.
 * One that does not is a bug of the engine's. */
EQLVM_API const char *eqlvm_stats_unbalanced(const eqlvm_stats *s);
EQLVM_API const char *
eqlvm_reject_name(unsigned reason); /* NULL past the end */
EQLVM_API const char *
eqlvm_layout_name(unsigned layout); /* NULL past the end */

typedef struct eqlvm_engine eqlvm_engine;
/* NULL when out of memory or a mapping is bad: reason (if not NULL) gets up
 * to cap bytes of a NUL-terminated line. */
EQLVM_API eqlvm_engine *eqlvm_engine_new(const eqlvm_program *p,
                                         const eqlvm_engine_options *o,
                                         eqlvm_alert_fn fn, void *ctx,
                                         char *reason, size_t cap);
EQLVM_API void eqlvm_engine_free(eqlvm_engine *e);
/* Reads a file, all files of a folder, or "-" (standard input).  Threads of its
 * own call nothing of the user's: problem and progress are called on the
 * calling thread, in the order of the input.  A file that
 * cannot be read is reported through problem, counted in files_failed, and
 * EQLVM_ERR_IO is returned; the engine stays usable.  So it is where there is
 * no room for an event (a full disk, max_spool_bytes): the place is reported,
 * nothing after it is read (EQLVM_ERR_STOPPED), and eqlvm_engine_finish
 * delivers the alerts of what was read before it returns EQLVM_ERR_IO. */
EQLVM_API eqlvm_status eqlvm_engine_read(eqlvm_engine *e, const char *path);
/* The files that eqlvm_engine_read would read for a path: itself, or all below
 * a folder, links followed.  fn returns false when it has seen enough.
 * EQLVM_ERR_IO: there is no such path. */
EQLVM_API eqlvm_status eqlvm_input_files(
    const char *path, bool (*fn)(void *ctx, const char *path), void *ctx);
/* One event from memory (a JSON object).  name: what alerts call the input. */
EQLVM_API eqlvm_status eqlvm_engine_push(eqlvm_engine *e, const char *name,
                                         const char *json, size_t len);
/* Sorts the hits, runs the sequences, delivers the alerts. */
EQLVM_API eqlvm_status eqlvm_engine_finish(eqlvm_engine *e);
/* Ends reading or finishing at the next event, with several threads at the next
 * block, and at once where input is waited for; may be called from a signal
 * handler or another thread.  After reading was stopped, eqlvm_engine_finish
 * still reports what was read. */
EQLVM_API void eqlvm_engine_stop(eqlvm_engine *e);
EQLVM_API void eqlvm_engine_stats(const eqlvm_engine *e, eqlvm_stats *out);
EQLVM_API const char *eqlvm_engine_error(const eqlvm_engine *e);
/* What a rule has cost so far, with options.profile. */
typedef struct {
    double ns;           /* its filters, exceptions, keys: estimated from
                            samples, all threads together */
    uint64_t candidates; /* of its stages: events that had to be looked at */
    uint64_t hits;       /* of its stages */
    uint64_t alerts;
    uint64_t state_bytes; /* that its sequences held when the events ended */
} eqlvm_rule_cost;
EQLVM_API void eqlvm_engine_rule_cost(const eqlvm_engine *e, uint32_t rule,
                                      eqlvm_rule_cost *out);
/* Threads that the option stands for on this machine. */
EQLVM_API uint32_t eqlvm_threads(uint32_t threads);
/* The reader's instructions on this machine: "avx512", "avx2", "sse4.2",
 * "scalar". */
EQLVM_API const char *eqlvm_kernel(void);
/* Alerts of one rule so far. */
EQLVM_API uint64_t eqlvm_engine_rule_alerts(const eqlvm_engine *e,
                                            uint32_t rule);
/* With count_fields: evaluated events that had a value for field i of f, a
 * list of the engine's program. */
EQLVM_API uint64_t eqlvm_engine_field_events(const eqlvm_engine *e,
                                             const eqlvm_fields *f, size_t i);
/* The statistics as one JSON object with the per-rule counts, how many rules
 * ran and were skipped, and what eqlvm_coverage says. */
EQLVM_API eqlvm_status eqlvm_engine_stats_json(const eqlvm_engine *e,
                                               eqlvm_write_fn fn, void *ctx);
/* What the numbers mean for the user, worst first: "rule X, stage 1: key
 * host.id had no value in all 12 events", ...  One call per line. */
EQLVM_API eqlvm_status eqlvm_engine_notices(const eqlvm_engine *e,
                                            eqlvm_write_fn fn, void *ctx);

/* --- what events had of what rules need --- */

/* Can no alerts be believed?  An engine notes which of the fields and
 * categories that rules name its events had.  A rule cannot fire when a
 * positive stage of it cannot be hit: no event had the stage's category, or a
 * field without which its condition cannot be true, or one of its keys, or (in
 * sequences) a time. What is said to be missing was in no event that took part;
 * what a condition can do without is not said. */
typedef struct eqlvm_coverage eqlvm_coverage;
/* Of the events so far: after eqlvm_engine_finish, or between two files.  The
 * engine's program must outlive it, the engine need not.  NULL when out of
 * memory. */
EQLVM_API eqlvm_coverage *eqlvm_coverage_new(const eqlvm_engine *e);
EQLVM_API void eqlvm_coverage_free(eqlvm_coverage *c);

/* Why the silence of a run says nothing: bits. */
typedef enum {
    EQLVM_BLIND_CATEGORY = 1, /* rules ask for categories, no event had one */
    EQLVM_BLIND_TIME = 2,     /* no event had a usable time */
    EQLVM_BLIND_FIELDS = 4    /* no event had any field that the rules name */
} eqlvm_blind;

typedef struct {
    uint64_t events; /* that took part; 0: there is nothing to say of rules */
    /* eqlvm_blind bits; 0: there were alerts, no events, or all is well. */
    unsigned blind;
    uint32_t rules, rules_unable;    /* unable: they could not fire */
    uint32_t nneeds, nunable, nidle; /* of the lists below */
    /* Where rules look for category and time (the first of several), and what
     * events had that looks like it, or empty. */
    eqlvm_text category_field, category_near, time_field, time_near;
} eqlvm_coverage_summary;
EQLVM_API void eqlvm_coverage_get(const eqlvm_coverage *c,
                                  eqlvm_coverage_summary *out);

typedef enum {
    EQLVM_NEED_CATEGORY,
    EQLVM_NEED_FIELD,
    EQLVM_NEED_TIME
} eqlvm_need_kind;

/* Something that rules need and no event had; those that the most rules need
 * come first. */
typedef struct {
    eqlvm_need_kind kind;
    eqlvm_text name; /* of the category, or path of the field; of the time's */
    eqlvm_text near; /* what events had and may be meant; may be empty */
    uint32_t rules;  /* that could not fire for want of it */
} eqlvm_need;
EQLVM_API void eqlvm_coverage_need(const eqlvm_coverage *c, uint32_t i,
                                   eqlvm_need *out);

/* A stage that could not be hit, and with it its rule; those of the severest
 * rules come first. */
typedef struct {
    uint32_t rule;
    uint32_t stage;        /* as written, from 1 */
    const uint32_t *needs; /* numbers of needs; borrowed */
    uint32_t nneeds;
    bool any; /* one of them would have done; else each is needed */
} eqlvm_unable;
EQLVM_API void eqlvm_coverage_unable(const eqlvm_coverage *c, uint32_t i,
                                     eqlvm_unable *out);

/* A positive stage of several that no event hit; those of rules that were hit
 * the most come first. */
typedef struct {
    uint32_t rule, stage;
    uint64_t hits; /* of the rule's other stages */
} eqlvm_idle;
EQLVM_API void eqlvm_coverage_idle(const eqlvm_coverage *c, uint32_t i,
                                   eqlvm_idle *out);

/* --- rule tests --- */

/* Result of one [[eqlvm.test]]; borrowed. */
typedef struct {
    eqlvm_text file, rule, name;
    uint32_t line; /* of the test in its rule file */
    bool passed;
    eqlvm_text detail; /* why not; several lines, empty when passed */
} eqlvm_test_result;

typedef struct {
    uint64_t rules, passed, failed, rules_without_tests, bad;
} eqlvm_test_summary;

/* Runs the tests of all rules under a path.  Diagnostics of rules that do not
 * compile go to `diag` as rendered text (may be NULL). */
EQLVM_API eqlvm_status eqlvm_test_path(
    const char *path, const eqlvm_compile_options *o,
    bool (*result)(void *ctx, const eqlvm_test_result *r), eqlvm_write_fn diag,
    void *ctx, eqlvm_test_summary *summary, char *reason, size_t cap);

#ifdef __cplusplus
}
#endif
#endif
