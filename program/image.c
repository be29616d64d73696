/* image.c -- saving and loading programs.
 *
 *   0   magic "EQLC"      16  total length, 64 bit
 *   4   version           24  checksum of all that follows the header,
 *   8   byte-order mark       128 bit
 *   12  section count     40  section table: offset (64 bit), records,
 *                             record size
 *
 * The sections follow as they lie in memory (layout.h), so there is exactly
 * one image of a program and every offset can be foretold: the table is
 * compared with what it must be, never trusted.  What the records mean is the
 * verifier's business, which runs last and always. */
#include "program/image.h"
#include "program/layout.h"
#include "program/verify.h"

#include <assert.h>

#define BYTE_ORDER_MARK 0x0a0b0c0du

typedef struct {
    char magic[4];
    uint32_t version;
    uint32_t byte_order;
    uint32_t nsections;
    uint64_t total_len; /* bytes, with this header */
    uint64_t sum_hi, sum_lo;
} image_header;

typedef struct {
    uint64_t offset; /* bytes from the start of the image */
    uint32_t n;      /* records */
    uint32_t record_size;
} image_section;

static_assert(sizeof(image_header) == 40, "no padding in images");
static_assert(sizeof(image_section) == 16, "no padding in images");

#define TABLE_LEN (EQL_SECTION_COUNT * sizeof(image_section))
#define BODY_OFFSET (sizeof(image_header) + TABLE_LEN)

static_assert(BODY_OFFSET % EQL_SECTION_ALIGN == 0, "sections are aligned");

static const char magic[4] = {'E', 'Q', 'L', 'C'};

static void
fill_table(const uint32_t n[EQL_SECTION_COUNT], const size_t *offset,
           image_section *table)
{
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++)
        table[i] = (image_section){.offset = BODY_OFFSET + offset[i],
                                   .n = n[i],
                                   .record_size = eql_layout_record_size(i)};
}

/* --- checksum ---
 * Images are read at every start, so it must cost next to nothing: four chains
 * of multiplications side by side.  Each step is a bijection of its chain. */

#define CHAINS 4u

static uint64_t
chain(uint64_t h, uint64_t word)
{
    h ^= word;
    return (h << 29 | h >> 35) * 0x9e3779b97f4a7c15u;
}

eql_h128
eql_image_sum(const void *p, size_t len)
{
    uint64_t a = len, b = 1, c = 2, d = 3, w[CHAINS]; /* in registers */
    const char *at = p;

    for (; len >= sizeof w; len -= sizeof w, at += sizeof w) {
        memcpy(w, at, sizeof w);
        a = chain(a, w[0]);
        b = chain(b, w[1]);
        c = chain(c, w[2]);
        d = chain(d, w[3]);
    }
    memset(w, 0, sizeof w);
    memcpy(w, at, len);
    a = chain(a, w[0]);
    b = chain(b, w[1]);
    c = chain(c, w[2]);
    d = chain(d, w[3]);
    /* Every chain goes into both halves, in an order of its own. */
    return (eql_h128){chain(chain(chain(a, b), c), d),
                      chain(chain(chain(d, c), b), a)};
}

bool
eql_image_save(const eql_program *p, eql_buf *out)
{
    image_header head = {.version = EQL_IMAGE_VERSION,
                         .byte_order = BYTE_ORDER_MARK,
                         .nsections = EQL_SECTION_COUNT};
    image_section table[EQL_SECTION_COUNT];
    uint32_t n[EQL_SECTION_COUNT];
    size_t offset[EQL_SECTION_COUNT + 1];
    size_t start = out->len;
    eql_h128 sum;

    eql_layout_counts(p, n);
    if (!eql_layout_offsets(n, offset))
        return false;
    fill_table(n, offset, table);
    memcpy(head.magic, magic, sizeof magic);
    head.total_len = BODY_OFFSET + p->blob_len;
    eql_buf_add(out, &head, sizeof head);
    eql_buf_add(out, table, sizeof table);
    eql_buf_add(out, p->blob, p->blob_len);
    if (out->failed)
        return false;
    sum = eql_image_sum(out->p + start + sizeof head,
                        head.total_len - sizeof head);
    head.sum_hi = sum.hi;
    head.sum_lo = sum.lo;
    memcpy(out->p + start, &head, sizeof head);
    return true;
}

bool
eql_image_is(const void *data, size_t len)
{
    return len >= sizeof magic && memcmp(data, magic, sizeof magic) == 0;
}

/* Why the header is refused; NULL when it is fine. */
static const char *
check_header(const image_header *head, const void *data, size_t len)
{
    eql_h128 sum;

    if (head->version != EQL_IMAGE_VERSION)
        return "made by another version of eqlvm: compile the rules again";
    if (head->byte_order != BYTE_ORDER_MARK)
        return "bad byte-order mark";
    if (head->nsections != EQL_SECTION_COUNT)
        return "wrong number of sections";
    if (head->total_len != len)
        return "its length is not the one in its header";
    sum = eql_image_sum((const char *)data + sizeof *head, len - sizeof *head);
    if (sum.hi != head->sum_hi || sum.lo != head->sum_lo)
        return "checksum mismatch, the file is damaged";
    return NULL;
}

/* The table must be what these record counts give, and fill the file. */
static const char *
check_table(const image_section *table, size_t len,
            uint32_t n[EQL_SECTION_COUNT])
{
    size_t offset[EQL_SECTION_COUNT + 1];

    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++)
        n[i] = table[i].n;
    if (!eql_layout_offsets(n, offset))
        return "a section is too large";
    if (offset[EQL_SECTION_COUNT] != len - BODY_OFFSET)
        return "its sections do not fill the file";
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++) {
        if (table[i].record_size != eql_layout_record_size(i))
            return "wrong record size";
        if (table[i].offset != BODY_OFFSET + offset[i])
            return "a section is not where it must be";
    }
    return NULL;
}

/* Gaps between sections are zero: no byte of an image is without meaning.  That
 * they end within the body is known from check_table; it is asked for again so
 * that it can be proved without its sums (tools/frama_c.sh). */
static bool
gaps_are_zero(const char *body, size_t len, const uint32_t n[EQL_SECTION_COUNT])
{
    size_t offset[EQL_SECTION_COUNT + 1];

    if (!eql_layout_offsets(n, offset))
        return false;
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++) {
        size_t at = offset[i] + (size_t)n[i] * eql_layout_record_size(i);

        for (; at < offset[i + 1] && at < len; at++) {
            if (body[at] != 0)
                return false;
        }
    }
    return true;
}

/* Reads header and table; NULL when both are fine. */
static const char *
check_frame(const void *data, size_t len, uint32_t n[EQL_SECTION_COUNT])
{
    image_header head;
    image_section table[EQL_SECTION_COUNT];
    const char *why;

    if (!eql_image_is(data, len))
        return "not a compiled rule file";
    if (len < BODY_OFFSET)
        return "cut short";
    memcpy(&head, data, sizeof head);
    memcpy(table, (const char *)data + sizeof head, sizeof table);
    why = check_header(&head, data, len);
    if (!why)
        why = check_table(table, len, n);
    if (!why &&
        !gaps_are_zero((const char *)data + BODY_OFFSET, len - BODY_OFFSET, n))
        why = "bytes between sections are not zero";
    return why;
}

static bool
is_verified(const eql_program *p, eql_buf *why)
{
    eql_verify_result result = eql_verify(p);

    if (result.code != EQL_VERIFY_OK && result.code != EQL_VERIFY_NO_MEMORY)
        eql_verify_describe(&result, why);
    return result.code == EQL_VERIFY_OK;
}

eql_program *
eql_image_load(const void *data, size_t len, eql_buf *why)
{
    eql_buf image = {0};
    eql_program *p;

    eql_buf_add(&image, data, len);
    if (image.failed)
        return NULL;
    p = eql_image_take(&image, why);
    eql_buf_free(&image);
    return p;
}

eql_program *
eql_image_take(eql_buf *image, eql_buf *why)
{
    uint32_t n[EQL_SECTION_COUNT];
    const char *refused = check_frame(image->p, image->len, n);
    eql_program *p;

    if (refused) {
        eql_buf_add_str(why, refused);
        return NULL;
    }
    p = eql_layout_over(n, image->p, BODY_OFFSET);
    if (!p)
        return NULL;
    if (is_verified(p, why)) {
        *image = (eql_buf){0};
        return p;
    }
    p->memory = NULL; /* the buffer's again */
    eql_program_free(p);
    return NULL;
}
