/* cli.h -- what the verbs of the command line share.
 *
 * The program sees eqlvm.h and nothing else of the library.  Machine output
 * goes to stdout, everything said to a person to stderr. */
#ifndef EQL_CLI_CLI_H
#define EQL_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "eqlvm/eqlvm.h"

/* Exit codes; the worst wins, in this order: 5 4 3 1 0.  2 is usage. */
enum {
    CLI_OK = 0,
    CLI_ALERT = 1,    /* alerts with --fail-on-alert, or a failed test */
    CLI_USAGE = 2,    /* unknown option, missing argument */
    CLI_DEGRADED = 3, /* something was rejected, evicted, capped, skipped */
    CLI_COMPILE = 4,  /* a rule did not compile */
    CLI_IO = 5        /* a file could not be read or written */
};
int cli_worse(int a, int b);

/* --- options --- */

/* NULL-terminated list of texts, in the order given. */
typedef struct {
    const char **items;
    size_t n;
} cli_list;

typedef enum {
    CLI_FLAG,   /* bool */
    CLI_TEXT,   /* const char * */
    CLI_LIST,   /* cli_list, may be repeated */
    CLI_COUNT,  /* uint64_t, decimal */
    CLI_SIZE,   /* uint64_t, decimal with optional K, M, G (1024) */
    CLI_CHOICE, /* int: position in `choices`, separated by | */
    CLI_GROUP   /* no option: a heading of the help, in `help`; name is "" */
} cli_kind;

typedef struct {
    const char *name; /* long name without the dashes */
    char letter;      /* 0: none */
    cli_kind kind;
    void *dest;
    const char *arg;  /* what help calls the value; CLI_CHOICE: the choices */
    const char *help; /* one line */
} cli_option;

typedef struct {
    const char *name;    /* of the verb */
    const char *usage;   /* after "eqlvm NAME " */
    const char *about;   /* one sentence */
    const char *details; /* paragraphs and examples, after the options */
    int (*run)(int argc, char **argv);
} cli_verb;

/* Parses argv[1..]; operands are gathered in `operands`.  Prints help (exit 0)
 * or an error (exit 2) itself; returns -1 to go on, else the exit code. */
int cli_parse(const cli_verb *verb, const cli_option *options, size_t noptions,
              int argc, char **argv, cli_list *operands);
void cli_list_free(cli_list *l);
/* Standard input is in one of the lists at most?  If not, a message says so. */
bool cli_reads_stdin_once(const cli_list *rules, const cli_list *events);

extern const cli_verb cli_verb_bench, cli_verb_check, cli_verb_compile,
    cli_verb_dump, cli_verb_fields, cli_verb_functions, cli_verb_run,
    cli_verb_test;
extern const cli_verb *const cli_verbs[];
extern const size_t cli_nverbs;
/* Closest of n names by edit distance, or NULL. */
const char *cli_closest(const char *s, const char *const *names, size_t n);

/* --- talking --- */

/* Exit code of a call that writes: what a full disk or a closed pipe did is
 * told when the output is closed, all else here. */
int cli_written(eqlvm_status s);
/* A line, shown as a terminal may see it (eqlvm_show), and a newline.  Where
 * memory is refused, cli_close_stdout fails if it was one of standard output.
 */
void cli_say(FILE *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Is a line of standard output missing? */
bool cli_lost_line(void);
/* "eqlvm: ..." the same way, on stderr. */
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* An eqlvm_write_fn over a FILE *: lines, shown as a terminal may see them. */
bool cli_write_lines(void *file, const char *p, size_t len);
/* `--color`: 0 auto, 1 always, 2 never.  NO_COLOR is honoured by auto. */
bool cli_use_colour(int choice, FILE *f);
/* Columns of the terminal behind f, 0 when it is none. */
unsigned cli_width(FILE *f);

/* eqlvm_write_fn over a FILE *: false at the first error. */
bool cli_write(void *file, const char *p, size_t len);
/* The whole of a small file, or of "-", NUL-terminated, for the caller to free;
 * NULL and a message on failure. */
char *cli_read_file(const char *path, size_t *len);
/* A string in JSON, quotes and all. */
void cli_write_json(FILE *f, const char *p, size_t len);
/* Flushes standard output, for good.  false and a message on failure; a closed
 * pipe is no failure. */
bool cli_close_stdout(void);

/* --- the process --- */

/* Descriptors 0 to 2 are open afterwards. */
void cli_open_standard(void);
/* What SIGINT, SIGTERM and SIGHUP do: the first one stops the watched engine,
 * the next one, or one while none is watched, ends the program.  SIGHUP stays
 * ignored if it was. */
void cli_catch_signals(void);
/* NULL: none; before an engine is freed. */
void cli_watch(eqlvm_engine *e);
/* Has a signal stopped an engine? */
bool cli_interrupted(void);

/* --- rules --- */

/* The options every verb that takes rules has. */
typedef struct {
    cli_list rule, tag, os;
    const char *stdin_name; /* what rules from standard input are called */
    int severity;           /* eqlvm_severity */
    bool skip_bad_rules;
    bool quiet, verbose; /* what is said of rules: told.c */
    /* The language. */
    cli_list set;
    const char *dialect, *schema, *definitions_file, *category_field,
        *timestamp_field, *tiebreaker_field, *process_id_field,
        *process_parent_field, *host_field;
    bool strict;
    char *definitions; /* text of the file */
} cli_select;
/* Where rules come from; verbs whose operands are rules put both in one list.
 */
#define CLI_RULES_OPTION(list)                                                 \
    {                                                                          \
        "rules", 'r', CLI_LIST, &(list), "PATH",                               \
            "rules: file or folder, .eql .toml .ndjson .eqlc, or - "           \
            "(repeatable)"                                                     \
    }
#define CLI_SELECT_OPTIONS(s)                                                  \
    {"rule",   0,                                                              \
     CLI_LIST, &(s).rule,                                                      \
     "GLOB",   "only rules whose name, id or file fits GLOB (repeatable)"},    \
        {"tag",    0,     CLI_LIST,                                            \
         &(s).tag, "TAG", "only rules with this tag (repeatable)"},            \
        {"severity",                                                           \
         0,                                                                    \
         CLI_CHOICE,                                                           \
         &(s).severity,                                                        \
         "any|low|medium|high|critical",                                       \
         "only rules of at least this severity"},                              \
        {"os",                                                                 \
         0,                                                                    \
         CLI_LIST,                                                             \
         &(s).os,                                                              \
         "OS",                                                                 \
         "only rules for this system: windows, linux, macos (repeatable)"},    \
    {                                                                          \
        "skip-bad-rules", 0, CLI_FLAG, &(s).skip_bad_rules, NULL,              \
            "go on without the rules that do not compile"                      \
    }
/* For rules from standard input, where - is read as rules. */
#define CLI_STDIN_OPTION(s)                                                    \
    {                                                                          \
        "stdin-name", 0, CLI_TEXT, &(s).stdin_name, "NAME",                    \
            "file name of rules from -: for messages, and for what they are"   \
    }
#define CLI_LANGUAGE_OPTIONS(s)                                                \
    {"", 0, CLI_GROUP, NULL, NULL, "Language"},                                \
        {"dialect",    0,      CLI_TEXT,                                       \
         &(s).dialect, "NAME", "elastic (the default), endpoint or endgame"},  \
        {"set",                                                                \
         0,                                                                    \
         CLI_LIST,                                                             \
         &(s).set,                                                             \
         "FLAG=VALUE",                                                         \
         "one flag of the dialect (repeatable); docs/language.md lists them"}, \
        {"strict",    0,    CLI_FLAG,                                          \
         &(s).strict, NULL, "refuse what the dialect's own engine refuses"},   \
        {"schema",                                                             \
         0,                                                                    \
         CLI_TEXT,                                                             \
         &(s).schema,                                                          \
         "ecs|none|FILE",                                                      \
         "types of fields: ECS, none, or an index mapping or list in FILE"},   \
        {"definitions", 0,                                                     \
         CLI_TEXT,      &(s).definitions_file,                                 \
         "FILE",        "macros and constants that every query may use"},      \
        {"category-field", 0,                                                  \
         CLI_TEXT,         &(s).category_field,                                \
         "FIELD",          "field with an event's category (event.category)"}, \
        {"timestamp-field", 0,                                                 \
         CLI_TEXT,          &(s).timestamp_field,                              \
         "FIELD",           "field with an event's time (@timestamp)"},        \
        {"tiebreaker-field",                                                   \
         0,                                                                    \
         CLI_TEXT,                                                             \
         &(s).tiebreaker_field,                                                \
         "FIELD",                                                              \
         "field that orders events of one time (none)"},                       \
        {"process-id-field",                                                   \
         0,                                                                    \
         CLI_TEXT,                                                             \
         &(s).process_id_field,                                                \
         "FIELD",                                                              \
         "identity of a process, for lineage (process.entity_id)"},            \
        {"process-parent-field",                                               \
         0,                                                                    \
         CLI_TEXT,                                                             \
         &(s).process_parent_field,                                            \
         "FIELD",                                                              \
         "that of its parent (process.parent.entity_id)"},                     \
    {                                                                          \
        "host-field", 0, CLI_TEXT, &(s).host_field, "FIELD",                   \
            "host of an event, for the pipes that count (host.name)"           \
    }
/* Reads what the options name; exit code, with a message on stderr. */
int cli_select_load(cli_select *s);
void cli_select_fill(const cli_select *s, eqlvm_compile_options *out);
void cli_select_free(cli_select *s);
/* A compiler that takes the selected rules; NULL, a message and an exit code on
 * failure. */
eqlvm_compiler *cli_new_compiler(cli_select *s, int *code);
/* Adds paths ("-": standard input) and queries (NULL: none) to the compiler;
 * messages on stderr; exit code. */
int cli_add_rules(eqlvm_compiler *c, const cli_select *s, const cli_list *paths,
                  const cli_list *queries);
/* Prints the diagnostics (errors, and warnings if wanted) on stderr. */
void cli_print_diags(const eqlvm_compiler *c, bool warnings, bool colour);
/* Says what is to be said of rules that are used (told.c); usable: there is a
 * program. */
void cli_tell_rules(const eqlvm_compiler *c, const cli_select *s, bool colour,
                    bool usable);
/* The error that there is no rule to VERB. */
void cli_no_rules(const eqlvm_compiler *c, const char *verb);
/* Finishes the compiler: program or NULL, exit code in *code; tells of the
 * rules on stderr. */
eqlvm_program *cli_finish_rules(eqlvm_compiler *c, const cli_select *s,
                                bool colour, int *code);
/* All of it: the program of these files and queries.  verb: what is to be done
 * with the rules, of which there must then be one; NULL: there may be none.
 * NULL: *code says why, and so did a message. */
eqlvm_program *cli_load_rules(cli_select *s, const cli_list *paths,
                              const cli_list *queries, int colour,
                              const char *verb, int *code);

#endif
