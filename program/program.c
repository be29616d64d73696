/* program.c -- owning a program: where its sections lie, and freeing it.
 *
 * A program is one blob with all sections in it (layout.h), plus a struct that
 * points into the blob.  Records are written to images byte for byte, so they
 * must have no padding and a known byte order: both are asserted here.
 * Nothing here looks at what the records mean. */
#include "program/program.h"
#include "program/layout.h"

#include <assert.h>
#include <stdlib.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "programs and images are little-endian; this host is not"
#endif

static_assert(sizeof(eql_str) == 8, "no padding in images");
static_assert(sizeof(eql_range) == 8, "no padding in images");
static_assert(sizeof(eql_insn) == 8, "no padding in images");
static_assert(sizeof(eql_const) == 32, "no padding in images");
static_assert(sizeof(eql_field) == 44, "no padding in images");
static_assert(sizeof(eql_field_seg) == 16, "no padding in images");
static_assert(sizeof(eql_clock) == 8, "no padding in images");
static_assert(sizeof(eql_iterator) == 8, "no padding in images");
static_assert(sizeof(eql_leaf) == 16, "no padding in images");
static_assert(sizeof(eql_filter) == 8, "no padding in images");
static_assert(sizeof(eql_pipe_op) == 24, "no padding in images");
static_assert(sizeof(eql_lineage) == 8, "no padding in images");
static_assert(sizeof(eql_key) == 20, "no padding in images");
static_assert(sizeof(eql_exception) == 12, "no padding in images");
static_assert(sizeof(eql_severity) == 12, "no padding in images");
static_assert(sizeof(eql_stage) == 72, "no padding in images");
static_assert(sizeof(eql_rule) == 120, "no padding in images");
static_assert(sizeof(eql_dialect) % 4 == 0, "no padding in images");

typedef struct {
    const char *name;
    uint32_t record_size;
} section_info;

static const section_info sections[EQL_SECTION_COUNT] = {
#define X(member, type) {#member, sizeof(type)},
    EQL_PROGRAM_SECTIONS(X)
#undef X
};

const char *
eql_layout_name(unsigned section)
{
    return section < EQL_SECTION_COUNT ? sections[section].name : "?";
}

uint32_t
eql_layout_record_size(unsigned section)
{
    return section < EQL_SECTION_COUNT ? sections[section].record_size : 0;
}

size_t
eql_layout_align(size_t n)
{
    return (n + EQL_SECTION_ALIGN - 1) & ~(size_t)(EQL_SECTION_ALIGN - 1);
}

bool
eql_layout_offsets(const uint32_t n[EQL_SECTION_COUNT],
                   size_t offset[EQL_SECTION_COUNT + 1])
{
    size_t at = 0;

    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++) {
        size_t len;

        offset[i] = at;
        if (__builtin_mul_overflow((size_t)n[i], sections[i].record_size, &len))
            return false;
        if (len > SIZE_MAX / 2 || at > SIZE_MAX / 2 - EQL_SECTION_ALIGN)
            return false;
        at = eql_layout_align(at + len);
    }
    offset[EQL_SECTION_COUNT] = at;
    return true;
}

eql_program *
eql_layout_over(const uint32_t n[EQL_SECTION_COUNT], void *memory, size_t at)
{
    size_t offset[EQL_SECTION_COUNT + 1];
    eql_program *p;
    char *blob = (char *)memory + at;

    if (!eql_layout_offsets(n, offset))
        return NULL;
    p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->memory = memory;
    p->blob = blob;
    p->blob_len = offset[EQL_SECTION_COUNT];
#define X(member, type)                                                        \
    p->member =                                                                \
        (const type *)(const void *)(blob + offset[EQL_SECTION_##member]);     \
    p->n##member = n[EQL_SECTION_##member];
    EQL_PROGRAM_SECTIONS(X)
#undef X
    return p;
}

eql_program *
eql_layout_alloc(const uint32_t n[EQL_SECTION_COUNT])
{
    size_t offset[EQL_SECTION_COUNT + 1];
    eql_program *p;
    void *blob;

    if (!eql_layout_offsets(n, offset))
        return NULL;
    /* One byte more, so that an empty program has a blob too. */
    blob = calloc(1, offset[EQL_SECTION_COUNT] + 1);
    p = blob ? eql_layout_over(n, blob, 0) : NULL;
    if (!p)
        free(blob);
    return p;
}

void
eql_layout_counts(const eql_program *p, uint32_t n[EQL_SECTION_COUNT])
{
#define X(member, type) n[EQL_SECTION_##member] = p->n##member;
    EQL_PROGRAM_SECTIONS(X)
#undef X
}

void
eql_program_free(eql_program *p)
{
    if (!p)
        return;
    free(p->memory);
    free(p);
}
