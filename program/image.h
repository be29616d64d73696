/* image.h -- compiled rules on disk (.eqlc).
 *
 *   header (magic "EQLC", version, byte-order mark, section count, total
 *   length, checksum of everything after the header) | section table
 *   (offset, length, record size) | sections, each aligned to 8
 *
 * Little-endian, no pointers, no serialised automata: patterns are rebuilt
 * from text.  Loading always verifies; the checksum tells damage from malice,
 * the verifier does not rely on it. *
 * A program has one form, and nothing in an image is without an owner: runs of
 * records lie one behind the other in the order of their owners, what others
 * name by index is named by a rule in the end (or by the dialect), and strings
 * leave no byte of the heap over.  So whoever walks a whole table meets nothing
 * that the verifier has not.  All tables, what a record belongs to, the file
 * verify_*.c that sees to it, and the rooms that ask how many there are:
 *
 * heap       | the strings, each a piece of it     | owned | -
 * strings    | tags and techniques of each rule    | rules | -
 * insns      | leaves and filters as they begin    | code  | api vm
 * consts     | instructions, lists                 | data  | vm
 * lists      | constants that are lists, in order  | data  | vm
 * fields     | instructions, keys, stages ...      | data  | api io program vm
 * segs       | fields, in order                    | data  | -
 * dialects   | the program: one                    | data  | -
 * clocks     | rules; the first: the program       | data  | vm
 * iterators  | instructions                        | code  | program
 * leaves     | filters, keys, pipes                | code  | api program vm
 * filters    | stages and theirs, pipes, iterators | code  | api program vm
 * exprs      | pipes, in order                     | rules | -
 * pipes      | rules, in order                     | rules | vm
 * lineages   | instructions of one rule            | rules | api program vm
 * keys       | stages, in order                    | rules | vm
 * exceptions | stages, in order                    | rules | -
 * severities | stages, in order                    | rules | -
 * stages     | rules: lineages', its own, until    | rules | api vm
 * rules      | the program                         | rules | api program vm
 *
 * tools/check_tables.sh holds this list to the code, and test_image_tables.c
 * the verifier to it: no record of any table may be added, lacking or wrong. */
#ifndef EQL_PROGRAM_IMAGE_H
#define EQL_PROGRAM_IMAGE_H

#include "base/buf.h"
#include "base/hash.h"
#include "program/program.h"

#define EQL_IMAGE_VERSION 7u

/* What the header says of everything after it.  Any damage to one 8 bytes
 * changes it, most other damage does; it is no defence against malice. */
eql_h128 eql_image_sum(const void *p, size_t len);

/* Appends the image of p.  false when out of memory. */
bool eql_image_save(const eql_program *p, eql_buf *out);
/* Does this look like an image at all? (the magic) */
bool eql_image_is(const void *data, size_t len);
/* Copies data, checks and verifies; NULL when refused, with a one-line reason
 * in why, or out of memory, with none. */
eql_program *eql_image_load(const void *data, size_t len, eql_buf *why);
/* The same without a copy: the program has the buffer's memory then, and *image
 * is empty.  NULL: it is as it was. */
eql_program *eql_image_take(eql_buf *image, eql_buf *why);

#endif
