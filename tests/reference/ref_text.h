/* ref_text.h -- what the reference knows of text: folding, wildcards, numbers,
 * addresses, times.  Written from language 2.2, 5.7, 6.1, 6.3 and 7.3, with
 * libc and utf8proc, and sharing nothing with base/text.h. */
#ifndef EQL_TESTS_REF_TEXT_H
#define EQL_TESTS_REF_TEXT_H

#include "tests/reference/ref_util.h"

/* An integer (is_int, i) or a float (d). */
typedef struct {
    bool is_int;
    int64_t i;
    double d;
} ref_num;

/* An address in 16 bytes, IPv4 as ::ffff:a.b.c.d; the block holds it and all
 * addresses of its family that share the first `bits` bits. */
typedef struct {
    uint8_t b[16];
} ref_addr;

typedef struct {
    ref_addr addr;
    unsigned bits; /* of 128; IPv4 /n is 96 + n */
    bool v4;
} ref_block;

/* How letters of different case are made the same. */
typedef enum { REF_EXACT, REF_FOLD, REF_FOLD_ASCII } ref_case_rule;

/* Simple case folding of one code point (CaseFolding.txt status C and S). */
uint32_t ref_fold(uint32_t cp, ref_case_rule rule);
ref_str ref_fold_str(ref_pool *pool, ref_str s, ref_case_rule rule);
/* Code points, folded; *n of them. */
uint32_t *ref_code_points(ref_pool *pool, ref_str s, ref_case_rule rule,
                          size_t *n);
/* The n code points from the one numbered `from` on, as in s itself. */
ref_str ref_slice(ref_str s, size_t from, size_t n);
/* Order of code points: -1, 0, 1. */
int ref_str_order(ref_str a, ref_str b);
/* Whole-string wildcard match, both sides folded; without qmark a question
 * mark is a plain character. */
typedef struct {
    ref_case_rule rule;
    bool qmark;
} ref_wild_rule;
bool ref_wild(ref_pool *pool, ref_str pattern, ref_str text,
              ref_wild_rule rule);

/* The whole text is a decimal number. */
bool ref_parse_num(ref_str s, ref_num *out);
/* Exact comparison: -1, 0, 1. */
int ref_num_order(ref_num a, ref_num b);
/* Canonical decimal text. */
ref_str ref_num_text(ref_pool *pool, ref_num a);

bool ref_parse_addr(ref_str s, ref_addr *out);
/* "a.b.c.d/n", "v6/n" or a bare address. */
bool ref_parse_block(ref_str s, ref_block *out);
bool ref_in_block(const ref_block *block, const ref_addr *addr);

/* ISO-8601, or digits with an optional fraction as ref_epoch takes a number. */
bool ref_parse_time(ref_str s, int64_t *ns);
/* Seconds, milliseconds, microseconds, nanoseconds since 1970 or FILETIME, by
 * the number's size; false when it is out of reach. */
bool ref_epoch(ref_num n, int64_t *ns);

#endif
