/* image.h -- compiled rules on disk (.eqlc).
 *
 *   header (magic "EQLC", version, byte-order mark, section count, total
 *   length, checksum of everything after the header) | section table
 *   (offset, length, record size) | sections, each aligned to 8
 *
 * Little-endian, no pointers, no serialised automata: patterns are rebuilt
 * from text.  Loading always verifies; the checksum tells damage from malice,
 * the verifier does not rely on it. */
#ifndef EQL_PROGRAM_IMAGE_H
#define EQL_PROGRAM_IMAGE_H

#include "base/buf.h"
#include "base/hash.h"
#include "program/program.h"

#define EQL_IMAGE_VERSION 4u

/* What the header says of everything after it.  Any damage to one 8 bytes
 * changes it, most other damage does; it is no defence against malice. */
eql_h128 eql_image_sum(const void *p, size_t len);

/* Appends the image of p.  false when out of memory. */
bool eql_image_save(const eql_program *p, eql_buf *out);
/* Does this look like an image at all? (the magic) */
bool eql_image_is(const void *data, size_t len);
/* Copies data, checks and verifies; NULL when refused, with a one-line reason
 * in why (never empty then). */
eql_program *eql_image_load(const void *data, size_t len, eql_buf *why);
/* The same without a copy: the program has the buffer's memory then, and *image
 * is empty.  NULL: it is as it was. */
eql_program *eql_image_take(eql_buf *image, eql_buf *why);

#endif
