/* record_key.c -- see record_key.h. */
#include "io/format/record_key.h"

const char *const eql_record_keys[EQL_RECORD_KEY_COUNT] = {
#define K(name, text) text,
#include "io/format/record_key.def"
};
