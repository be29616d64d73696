/* share.h -- several threads for an engine, which knows nothing of them but
 * this. */
#ifndef EQL_API_SHARE_H
#define EQL_API_SHARE_H

#include "api/engine.h"

/* As the options say.  false: out of memory. */
bool eql_engine_share(eqlvm_engine *e);
/* Between two files: counts of all threads become the engine's. */
void eql_engine_share_collect(eqlvm_engine *e);
void eql_engine_share_free(eqlvm_engine *e); /* after the events are freed */

#endif
