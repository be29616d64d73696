/* image_parts.h -- an image taken apart, changed, and put together again.
 *
 * Tables are held one by one, so that records can be added and taken away;
 * image_parts_join writes header, section table and checksum anew (the layout
 * is in program/image.c).  What the records mean is nobody's business here:
 * made by hand, an image has nothing but the verifier against it. */
#ifndef EQL_TESTS_SUPPORT_IMAGE_PARTS_H
#define EQL_TESTS_SUPPORT_IMAGE_PARTS_H

#include "program/image.h"
#include "program/layout.h"

#include <stdlib.h>

#define IMAGE_HEADER 40u
#define IMAGE_ENTRY 16u /* of the section table */
#define IMAGE_BODY (IMAGE_HEADER + EQL_SECTION_COUNT * IMAGE_ENTRY)

typedef struct {
    uint32_t n[EQL_SECTION_COUNT];
    char *records[EQL_SECTION_COUNT];
} image_parts;

static inline void
image_parts_free(image_parts *im)
{
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++)
        free(im->records[s]);
    *im = (image_parts){0};
}

/* Are there records at all? */
static inline bool
image_parts_any(const image_parts *im)
{
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++)
        if (im->n[s] > 0)
            return true;
    return false;
}

static inline size_t
image_parts_bytes(const image_parts *im, unsigned s)
{
    return (size_t)im->n[s] * eql_layout_record_size(s);
}

static inline char *
image_parts_at(const image_parts *im, unsigned s, uint32_t i)
{
    return im->records[s] + (size_t)i * eql_layout_record_size(s);
}

/* Makes room for `more` records behind the last one, all zero. */
static inline bool
image_parts_grow(image_parts *im, unsigned s, uint32_t more)
{
    size_t size = eql_layout_record_size(s), old = image_parts_bytes(im, s);
    char *grown = realloc(im->records[s], old + more * size + 1);

    if (!grown)
        return false;
    memset(grown + old, 0, more * size);
    im->records[s] = grown;
    im->n[s] += more;
    return true;
}

/* Puts a record in front of record `at`; NULL: one of zeros. */
static inline bool
image_parts_insert(image_parts *im, unsigned s, uint32_t at, const void *record)
{
    size_t size = eql_layout_record_size(s);
    char copy[256] = {0};
    char *place;

    if (size > sizeof copy || at > im->n[s])
        return false;
    if (record)
        memcpy(copy, record, size); /* it may lie in the table itself */
    if (!image_parts_grow(im, s, 1))
        return false;
    place = image_parts_at(im, s, at);
    memmove(place + size, place, (size_t)(im->n[s] - 1 - at) * size);
    memcpy(place, copy, size);
    return true;
}

static inline void
image_parts_remove(image_parts *im, unsigned s, uint32_t at)
{
    size_t size = eql_layout_record_size(s);
    char *place = image_parts_at(im, s, at);

    memmove(place, place + size, (size_t)(im->n[s] - 1 - at) * size);
    im->n[s]--;
}

static inline bool
image_parts_take(image_parts *im, const char *body, size_t len)
{
    size_t offset[EQL_SECTION_COUNT + 1];

    if (!eql_layout_offsets(im->n, offset) || offset[EQL_SECTION_COUNT] != len)
        return false;
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++) {
        size_t bytes = image_parts_bytes(im, s);

        im->records[s] = malloc(bytes + 1);
        if (!im->records[s])
            return false;
        memcpy(im->records[s], body + offset[s], bytes);
    }
    return true;
}

/* false: no image of this version, or out of memory; *im is empty then. */
static inline bool
image_parts_split(image_parts *im, const void *image, size_t len)
{
    const char *p = image;
    uint32_t version = 0;

    *im = (image_parts){0};
    if (len < IMAGE_BODY || !eql_image_is(image, len))
        return false;
    memcpy(&version, p + 4, sizeof version);
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++)
        memcpy(&im->n[s], p + IMAGE_HEADER + s * IMAGE_ENTRY + 8,
               sizeof im->n[s]);
    if (version == EQL_IMAGE_VERSION &&
        image_parts_take(im, p + IMAGE_BODY, len - IMAGE_BODY))
        return true;
    image_parts_free(im);
    return false;
}

/* Makes length and checksum right again. */
static inline void
image_parts_seal(void *image, size_t len)
{
    char *p = image;
    uint64_t total = len;
    eql_h128 sum;

    if (len < IMAGE_HEADER)
        return;
    sum = eql_image_sum(p + IMAGE_HEADER, len - IMAGE_HEADER);
    memcpy(p + 16, &total, 8);
    memcpy(p + 24, &sum.hi, 8);
    memcpy(p + 32, &sum.lo, 8);
}

static inline void
image_parts_head(const image_parts *im, const size_t *offset, char *p)
{
    uint32_t head[4] = {0, EQL_IMAGE_VERSION, 0x0a0b0c0d, EQL_SECTION_COUNT};

    memcpy(head, "EQLC", 4);
    memcpy(p, head, sizeof head);
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++) {
        uint64_t at = IMAGE_BODY + offset[s];
        uint32_t size = eql_layout_record_size(s);
        char *entry = p + IMAGE_HEADER + s * IMAGE_ENTRY;

        memcpy(entry, &at, 8);
        memcpy(entry + 8, &im->n[s], 4);
        memcpy(entry + 12, &size, 4);
    }
}

/* Bytes of the image, or 0 if it cannot be that long. */
static inline size_t
image_parts_len(const image_parts *im)
{
    size_t offset[EQL_SECTION_COUNT + 1];

    if (!eql_layout_offsets(im->n, offset))
        return 0;
    return IMAGE_BODY + offset[EQL_SECTION_COUNT];
}

/* Writes the image, of image_parts_len bytes, to p; it is sealed. */
static inline void
image_parts_write(const image_parts *im, char *p)
{
    size_t offset[EQL_SECTION_COUNT + 1], len = image_parts_len(im);

    if (len == 0 || !eql_layout_offsets(im->n, offset))
        return;
    memset(p, 0, len);
    image_parts_head(im, offset, p);
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++)
        if (im->n[s] > 0)
            memcpy(p + IMAGE_BODY + offset[s], im->records[s],
                   image_parts_bytes(im, s));
    image_parts_seal(p, len);
}

#endif
