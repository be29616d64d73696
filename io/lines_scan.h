/* lines_scan.h -- follows brackets and strings of JSON text byte by byte.
 *
 * Knows just enough to find where a value ends, and where in a search response
 * its hits begin; it takes malformed text for what it looks like.  State is a
 * few words, whatever the text. */
#ifndef EQL_IO_LINES_SCAN_H
#define EQL_IO_LINES_SCAN_H

#include "base/base.h"

typedef struct {
    uint64_t depth; /* open brackets */
    bool in_string;
    bool escaped;    /* the next byte of the string is taken as it is */
    bool bare;       /* a number or word outside of brackets */
    bool bad;        /* a closing bracket of the other kind, or something else
                        where a member's name has to stand */
    uint64_t arrays; /* bit n: the bracket at depth n is [; only below 64 */
    /* For the hits: */
    bool is_key;     /* the string, or the next one, is a member's name */
    bool named_hits; /* the last name at this depth was "hits" */
    bool in_hits;    /* inside the object named so at depth 1 */
    bool at_hits;    /* the array in it has just been opened */
    uint8_t key_len; /* bytes of the name so far, at most 5 */
    char key[5];
} eql_scan;

/* The next byte is a value's first. */
void eql_scan_begin(eql_scan *s);
void eql_scan_byte(eql_scan *s, char c);
/* Has a string, object or array just ended, no bracket open? */
bool eql_scan_whole(const eql_scan *s);

#endif
