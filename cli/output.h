/* output.h -- the outputs of verbs, each of them through here. */
#ifndef EQL_CLI_OUTPUT_H
#define EQL_CLI_OUTPUT_H

#include "cli/cli.h"

#define CLI_MAX_OUTPUTS 4u /* open at a time */

typedef struct {
    FILE *f;
    const char *path; /* as named; NULL or "-": standard output */
    bool terminal;
    int error;    /* errno of the first failed write; 0: none */
    char *target; /* the file behind path; NULL: standard output */
    char *part;   /* what is written now, to become target; NULL: target is */
} cli_output;

/* false and a message on failure. */
bool cli_output_open(cli_output *o, const char *path);
/* An eqlvm_write_fn over a cli_output: false at the first error. */
bool cli_output_write(void *output, const char *p, size_t len);
/* The same for JSON: on a terminal, with what it would obey escaped. */
bool cli_output_write_json(void *output, const char *p, size_t len);
/* false: some write has failed. */
bool cli_output_flush(cli_output *o);
/* Was the first write error a closed pipe? */
bool cli_output_pipe_closed(const cli_output *o);
/* What was written takes the file's place.  false and a message on failure,
 * then the file is as it was; a closed pipe is no failure. */
bool cli_output_close(cli_output *o);
/* Instead of closing: the file stays as it was. */
void cli_output_drop(cli_output *o);
/* Ends an output that one call wrote, with this result: closed, or dropped
 * where the call failed; exit code, with a message. */
int cli_output_end(cli_output *o, eqlvm_status s);
/* For a signal handler: removes what is half written. */
void cli_output_abandon(void);

/* What a verb reads, for cli_check_outputs; each may be NULL. */
typedef struct {
    const cli_list *events, *rules;
    const cli_select *select;
    const char *mapping;
} cli_inputs;

/* Would writing to one of these paths (NULL: no output, "-": standard output)
 * destroy an input, one in a folder too, or another output?  Exit code with a
 * message; -1: no. */
int cli_check_outputs(const cli_inputs *in, const char *const *outs, size_t n);

/* The same for a verb that writes to standard output alone. */
int cli_check_stdout(const cli_inputs *in);

/* The file that is reached by following a path's links, there or not; to be
 * freed.  NULL: out of memory. */
char *cli_output_target(const char *path);

#endif
