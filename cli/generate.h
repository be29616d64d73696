/* generate.h -- texts made from the tables of options: the man page's section
 * of verbs and completions for shells.  `eqlvm --generate KIND` prints one. */
#ifndef EQL_CLI_GENERATE_H
#define EQL_CLI_GENERATE_H

#include "cli/cli.h"

/* The first argument of a verb that makes it describe itself in place of
 * running: this, and a kind behind it. */
#define CLI_GENERATE "--generate="

/* Prints the whole text of a kind; exit code, a message on stderr. */
int cli_generate(const char *kind);
/* Prints the part of one verb. */
int cli_generate_verb(const char *kind, const cli_verb *verb,
                      const cli_option *options, size_t n);

#endif
