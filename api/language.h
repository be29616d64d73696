/* language.h -- the language options of a compilation, from public options to
 * the compiler's settings.  Owns what they borrow. */
#ifndef EQL_API_LANGUAGE_H
#define EQL_API_LANGUAGE_H

#include "api/api.h"
#include "compiler/compile.h"

typedef struct {
    eql_compile_settings settings;
    eql_arena *arena;  /* texts */
    eql_schema *owned; /* of a schema file */
    char why[512];     /* an option without sense; empty: all is well */
} eql_language;

/* false: out of memory.  An option without sense leaves `why`. */
bool eql_language_init(eql_language *l, const eqlvm_compile_options *o);
void eql_language_free(eql_language *l);

#endif
