/* foreign.h -- tells input that holds no JSON events from the rest. */
#ifndef EQL_IO_INPUT_FOREIGN_H
#define EQL_IO_INPUT_FOREIGN_H

#include "base/base.h"

#define EQL_FOREIGN_HEAD ((size_t)64 << 10) /* most that is looked at */

/* How many first bytes the decision wants, having seen `head`; at most
 * EQL_FOREIGN_HEAD.  Live sources that send JSON are never waited for. */
size_t eql_foreign_wants(eql_strview head);
/* What it is and what to do about it (static text), or NULL: take it as JSON
 * and let every line be judged. */
const char *eql_foreign(eql_strview head);

#endif
