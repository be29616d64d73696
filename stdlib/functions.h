/* functions.h -- the functions and the arithmetic of the language: names,
 * signatures and what they compute (language 5.6, 7).
 *
 * Used by sema (signatures), fold (on literals) and the VM (on events), so
 * that all three agree.  Pure: nothing here allocates but the environment's
 * buffer, and no function fails; what cannot be computed is null. */
#ifndef EQL_STDLIB_FUNCTIONS_H
#define EQL_STDLIB_FUNCTIONS_H

#include "base/base.h"
#include "base/buf.h"
#include "program/dialect.h"
#include "program/value.h"

#define EQL_FUNCTION_ANY UINT32_MAX

typedef enum {
#define FUNCTION(id, name, min, max, fold, args, result) EQL_FN_##id,
#include "stdlib/functions.def"
#undef FUNCTION
    EQL_FN_COUNT
} eql_function;

typedef struct {
    eql_strview name;
    uint32_t min, max;
    bool fold;
    const char *args; /* letters of functions.def */
    char result;
} eql_function_info;

/* EQL_FN_COUNT when there is none of that name. */
eql_function eql_function_find(eql_strview name);
const eql_function_info *eql_function_get(eql_function f);
/* Letter of argument i. */
char eql_function_arg(eql_function f, uint32_t i);
/* Has it a CALL (all letters of `snbx`)? */
bool eql_function_is_call(eql_function f);

/* Where results that are new text live: blocks that grow and are reused, never
 * moved while values point into them. */
typedef struct eql_scratch eql_scratch;
eql_scratch *eql_scratch_new(void); /* NULL: out of memory */
void eql_scratch_free(eql_scratch *s);
void eql_scratch_reset(eql_scratch *s); /* values made so far are gone */
/* n bytes; NULL when out of memory (and from then on), or over the cap. */
char *eql_scratch_take(eql_scratch *s, size_t n);
bool eql_scratch_failed(const eql_scratch *s);
/* Requests over a cap so far: their results are null. */
uint64_t eql_scratch_refused(const eql_scratch *s);

/* A string that a function makes is at most this long, else the result is
 * null. */
#define EQL_MAX_RESULT_BYTES ((size_t)16 << 20)
/* All that lives in one scratch; more is refused. */
#define EQL_SCRATCH_MAX_BYTES ((size_t)256 << 20)

typedef struct {
    const eql_dialect *dialect;
    eql_scratch *scratch;
} eql_function_env;

/* f is a CALL; n fits its signature.  fold: the `~` form, or string_case.
 * Wrong types give null (language 7.2). */
eql_value eql_function_call(const eql_function_env *env, eql_function f,
                            bool fold, const eql_value *args, uint32_t n);

typedef enum {
    EQL_OPERATION_ADD,
    EQL_OPERATION_SUB,
    EQL_OPERATION_MUL,
    EQL_OPERATION_DIV,
    EQL_OPERATION_MOD
} eql_operation;
eql_value eql_arithmetic(const eql_dialect *d, eql_operation op,
                         const eql_value *a, const eql_value *b);
eql_value eql_negate(const eql_value *a);

/* Conversions of schema types (language 15.1); see opcode.def. */
eql_value eql_to_number(const eql_value *v);
eql_value eql_to_bool(const eql_value *v);
eql_value eql_to_time(const eql_dialect *d, const eql_value *v);
/* The same; *by_size: the unit, when it was the number's size that told it,
 * else EQL_UNIT_AUTO. */
eql_value eql_to_time_unit(const eql_dialect *d, const eql_value *v,
                           eql_timestamp_unit *by_size);
/* The unit of a number that is a time, told by its whole part alone.  Ranges do
 * not overlap, and all but the first begin where no other unit has dates that
 * events bear:
 *
 *            n <  6.3e8   milliseconds (as Elasticsearch takes any number)
 *   6.3e8 <= n <  1e11    seconds      1989-12-18 .. 5138
 *   1e11  <= n <  1e14    milliseconds 1973 .. 5138
 *   1e14  <= n <  1e17    microseconds 1973 .. 5138
 *   1e17  <= n <  3e17    FILETIME     1917 .. 2551
 *   3e17  <= n            nanoseconds  1979 .. 2262 */
eql_timestamp_unit eql_time_unit(int64_t whole);

#endif
