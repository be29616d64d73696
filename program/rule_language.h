/* rule_language.h -- rules of other systems, told by their looks. */
#ifndef EQL_PROGRAM_RULE_LANGUAGE_H
#define EQL_PROGRAM_RULE_LANGUAGE_H

#include "base/base.h"

typedef struct {
    const char *name;   /* "Sigma", "ES|QL", ... */
    const char *advice; /* what it is and how to go on; one line */
} eql_foreign_rule;

/* What a text is that did not parse, or that lies in a folder of rules; NULL:
 * none of the languages known here.  Static. */
const eql_foreign_rule *eql_rule_is_foreign(eql_strview text);
/* What to write for a pipe that EQL does not have; NULL: no advice. */
const char *eql_rule_pipe_advice(eql_strview name);

#endif
