/* call.h -- what the files of stdlib share: one function per CALL, and text
 * counted in code points.
 *
 * Not for other layers, which see functions.h.  An implementation may trust
 * that n fits its signature; it may trust nothing about tags and bytes. */
#ifndef EQL_STDLIB_CALL_H
#define EQL_STDLIB_CALL_H

#include "stdlib/functions.h"

typedef struct {
    const eql_function_env *env;
    const eql_value *args;
    uint32_t n;
    bool fold;
} eql_call;

eql_value eql_call_between(const eql_call *c);
eql_value eql_call_concat(const eql_call *c);
eql_value eql_call_ends_with(const eql_call *c);
eql_value eql_call_index_of(const eql_call *c);
eql_value eql_call_length(const eql_call *c);
eql_value eql_call_number(const eql_call *c);
eql_value eql_call_starts_with(const eql_call *c);
eql_value eql_call_string(const eql_call *c);
eql_value eql_call_string_contains(const eql_call *c);
eql_value eql_call_substring(const eql_call *c);

/* Argument i, null when it was not given. */
static inline eql_value
eql_call_arg(const eql_call *c, uint32_t i)
{
    return i < c->n ? c->args[i] : eql_value_null();
}

/* Arrays and objects are null to whatever does not look inside them. */
static inline bool
eql_call_is_null(const eql_value *v)
{
    return v->tag == EQL_NULL || v->tag == EQL_ARRAY || v->tag == EQL_OBJECT;
}

/* A whole number, also one written 2.0; what is beyond int64 is clamped. */
bool eql_call_whole(const eql_value *v, int64_t *out);

/* --- text.c: code points --- */

int64_t eql_text_count(eql_strview s);
/* Byte offset of code point n; s.len when there are fewer. */
size_t eql_text_offset(eql_strview s, int64_t n);
/* s itself, or its folding in the scratch: it has as many code points. */
bool eql_text_fold(const eql_call *c, eql_strview s, eql_strview *out);
bool eql_text_starts(const eql_call *c, eql_strview s, eql_strview with);
bool eql_text_ends(const eql_call *c, eql_strview s, eql_strview with);
/* First and last occurrence of what in s at or after byte `from`. */
bool eql_text_find(eql_strview s, eql_strview what, size_t from, size_t *at);
bool eql_text_find_last(const eql_call *c, eql_strview s, eql_strview what,
                        size_t *at);

/* --- scratch.c ---
 *
 * Memory for the length of a call: what was taken since the mark is given
 * back, so no result may live there. */
typedef struct {
    void *block;
    size_t used;
} eql_scratch_mark;

eql_scratch_mark eql_scratch_here(const eql_scratch *s);
void eql_scratch_release(eql_scratch *s, eql_scratch_mark mark);
void eql_scratch_refuse(eql_scratch *s); /* a result that is too long */

#endif
