/* lines_scan.h -- follows brackets and strings of JSON text byte by byte.
 *
 * Knows just enough to find where a value ends, and where in an object around
 * events they begin (wrapper.def); it takes malformed text for what it looks
 * like.  State is a few words, whatever the text. */
#ifndef EQL_IO_INPUT_LINES_SCAN_H
#define EQL_IO_INPUT_LINES_SCAN_H

#include "base/base.h"

#define EQL_BRACKET_SCAN_NAMES 3u /* most names of a wrapper's path */
#define EQL_BRACKET_SCAN_KEY 12u  /* most bytes of one that matters */

typedef struct {
    uint64_t depth; /* open brackets */
    bool in_string;
    bool escaped;    /* the next byte of the string is taken as it is */
    bool bare;       /* a number or word outside of brackets */
    bool bad;        /* a closing bracket of the other kind, or something else
                        where a member's name has to stand */
    uint64_t arrays; /* bit n: the bracket at depth n is [; only below 64 */
    /* For the events in a wrapper; bits are rows of wrapper.def: */
    bool is_key;   /* the string, or the next one, is a member's name */
    bool is_event; /* a member of the outermost object says that it is one */
    uint8_t named; /* rows whose names lead to the last key */
    uint8_t
        way[EQL_BRACKET_SCAN_NAMES + 1]; /* .. to the object at that depth */
    uint8_t opened;  /* .. to the array whose bracket came just now */
    uint8_t key_len; /* bytes of the name so far, at most one too many */
    char key[EQL_BRACKET_SCAN_KEY + 1];
} eql_bracket_scan;

/* The next byte is a value's first. */
void eql_bracket_scan_begin(eql_bracket_scan *s);
void eql_bracket_scan_byte(eql_bracket_scan *s, char c);
/* Has a string, object or array just ended, no bracket open? */
bool eql_bracket_scan_whole(const eql_bracket_scan *s);
/* c, the next byte, is not yet taken: does it begin the events of a wrapper?
 * Then the array around them is the innermost bracket. */
bool eql_bracket_scan_opens(const eql_bracket_scan *s, char c);

#endif
