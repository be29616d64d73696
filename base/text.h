/* text.h -- UTF-8, case folding, numbers as text, addresses, times.
 *
 * All functions are pure.  Strings are UTF-8 with explicit length. */
#ifndef EQL_BASE_TEXT_H
#define EQL_BASE_TEXT_H

#include "base/base.h"
#include "base/buf.h"

/* --- UTF-8 --- */

/* Decodes one code point at p (len > 0 bytes left); sets *n to its length.
 * Invalid input gives U+FFFD and consumes one byte. */
uint32_t eql_utf8_decode(const char *p, size_t len, size_t *n);
/* Writes cp (a scalar value) to out[4]; returns the number of bytes. */
size_t eql_utf8_encode(uint32_t cp, char out[4]);
bool eql_utf8_valid(eql_strview s);
/* Bytes of ASCII at the start of s. */
size_t eql_ascii_prefix(eql_strview s);
/* Bytes at the start of s that are valid UTF-8 (s.len when all is). */
size_t eql_utf8_valid_prefix(eql_strview s);

/* --- case folding (language 6.3) --- */

/* Unicode simple case folding (CaseFolding.txt C and S) of one code point. */
uint32_t eql_fold_cp(uint32_t cp);
/* Folds the ASCII that s begins with to out, which has room for s.len bytes;
 * returns how many bytes that is. */
size_t eql_fold_ascii(eql_strview s, char *out);
/* Is it ASCII, and the same when it is folded? */
bool eql_fold_keeps_ascii(eql_strview s);
/* Appends the folded form of s. */
void eql_fold(eql_buf *out, eql_strview s);
/* Equality under folding, without allocation. */
bool eql_fold_eq(eql_strview a, eql_strview b);

/* --- wildcards (language 6.1) --- */

/* Whole-string match; '*' any run, '?' one code point, no escapes.  With
 * fold, both sides are folded code point by code point. */
bool eql_wildcard_match(eql_strview pattern, eql_strview s, bool fold);

/* --- numbers --- */

/* Whole text a decimal number (optional sign, fraction, exponent)?  Integers
 * within int64 set *is_int and *i, all others *d (finite).  No white space. */
bool eql_parse_number(eql_strview s, bool *is_int, int64_t *i, double *d);
/* Canonical decimal text (language 7.3 string()): integers plain, doubles the
 * shortest round-trip form with a fraction digit or an exponent (2.0, 1e10).
 * buf holds at least 32 bytes; returns the length. */
size_t eql_format_int(int64_t i, char buf[32]);
size_t eql_format_double(double d, char buf[32]);
/* Exact comparison of an int64 with a finite double: <0, 0, >0. */
int eql_cmp_int_double(int64_t i, double d);

/* --- addresses --- */

/* 16 bytes in network order; IPv4 as ::ffff:a.b.c.d, so that IPv4-mapped
 * IPv6 is IPv4.  A zone ("%eth0") after an IPv6 address is ignored. */
typedef struct {
    uint8_t b[16];
} eql_ip;

typedef struct {
    eql_ip net;   /* host bits cleared */
    uint8_t bits; /* prefix length in the 128-bit form; IPv4 /n is 96 + n */
} eql_cidr;

bool eql_ip_parse(eql_strview s, eql_ip *out);
/* "a.b.c.d/n", "v6/n" or a bare address.  Host bits are ignored. */
bool eql_cidr_parse(eql_strview s, eql_cidr *out);
/* An IPv4 address is never inside an IPv6 block, nor the other way round. */
bool eql_cidr_contains(const eql_cidr *c, const eql_ip *ip);
/* Canonical text (RFC 5952; IPv4 dotted).  buf holds at least 46 bytes. */
size_t eql_ip_format(const eql_ip *ip, char buf[48]);

/* --- time --- */

/* ISO-8601 "YYYY-MM-DD[T ]hh:mm[:ss[.fffffffff]][Z|+hh:mm|+hhmm]" to
 * nanoseconds since 1970-01-01T00:00Z; no zone means UTC.  false when it is
 * not such a time or does not fit. */
bool eql_time_parse(eql_strview s, int64_t *ns);
/* The same, quicker for times of the minute that was parsed last: events come
 * in the order of time.  All zeros: none was. */
typedef struct {
    char minute[16]; /* YYYY-MM-DDThh:mm */
    int64_t ns;      /* its start */
} eql_time_memo;

bool eql_time_parse_next(eql_time_memo *m, eql_strview s, int64_t *ns);
/* Writes "YYYY-MM-DDThh:mm:ss.mmmZ", with more digits when ns are not whole
 * milliseconds.  buf holds at least 40 bytes; returns the length. */
size_t eql_time_format(int64_t ns, char buf[40]);

#endif
