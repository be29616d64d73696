/* value.h -- the tagged run-time value (language 2.4).
 *
 * Values are small and copied freely.  A string is borrowed: from the event,
 * from the program's string heap, or from the interpreter's scratch. */
#ifndef EQL_PROGRAM_VALUE_H
#define EQL_PROGRAM_VALUE_H

#include "base/base.h"

typedef enum {
    EQL_NULL,
    EQL_BOOL,
    EQL_INT,    /* int64 */
    EQL_FLOAT,  /* finite double */
    EQL_STRING, /* UTF-8 */
    /* A JSON array or object as a value of its own: u.s/len is its canonical
     * text.  Only fields in mode OPAQUE, COMPOSITE and ELEMENTS yield these;
     * operators that do not look inside take them for null. */
    EQL_ARRAY,
    EQL_OBJECT
} eql_tag;

typedef struct {
    eql_tag tag;
    uint32_t len; /* EQL_STRING: bytes */
    union {
        bool b;
        int64_t i;
        double d;
        const char *s;
    } u;
} eql_value;

static inline eql_value
eql_value_null(void)
{
    return (eql_value){.tag = EQL_NULL};
}

static inline eql_value
eql_value_bool(bool b)
{
    return (eql_value){.tag = EQL_BOOL, .u.b = b};
}

static inline eql_value
eql_value_int(int64_t i)
{
    return (eql_value){.tag = EQL_INT, .u.i = i};
}

static inline eql_value
eql_value_float(double d)
{
    return (eql_value){.tag = EQL_FLOAT, .u.d = d};
}

static inline eql_value
eql_value_str(eql_strview s)
{
    return (eql_value){.tag = EQL_STRING, .len = (uint32_t)s.len, .u.s = s.p};
}

static inline eql_strview
eql_value_sv(const eql_value *v)
{
    return eql_sv(v->u.s, v->len);
}

#endif
