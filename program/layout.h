/* layout.h -- the sections of a program as data: names, record sizes, places.
 *
 * Builder, verifier and image loader all walk the sections; this is the one
 * place that knows how they lie in the blob: in the order of
 * EQL_PROGRAM_SECTIONS, each aligned to 8, the gaps zero. */
#ifndef EQL_PROGRAM_LAYOUT_H
#define EQL_PROGRAM_LAYOUT_H

#include "program/program.h"

typedef enum {
#define X(member, type) EQL_SECTION_##member,
    EQL_PROGRAM_SECTIONS(X)
#undef X
        EQL_SECTION_COUNT
} eql_section;

#define EQL_SECTION_ALIGN 8u

/* Static text: "rules"; "?" when there is no such section. */
const char *eql_layout_name(unsigned section);
/* Bytes of one record. */
uint32_t eql_layout_record_size(unsigned section);
/* Next multiple of EQL_SECTION_ALIGN; n is far from SIZE_MAX. */
size_t eql_layout_align(size_t n);
/* Offset of each section in a blob with these record counts, and in
 * offset[EQL_SECTION_COUNT] its total size.  false if that overflows. */
EQL_MUST_USE bool eql_layout_offsets(const uint32_t n[EQL_SECTION_COUNT],
                                     size_t offset[EQL_SECTION_COUNT + 1]);
/* A program whose sections are all zero, to be filled through blob.  NULL when
 * out of memory or too large.  Free with eql_program_free. */
eql_program *eql_layout_alloc(const uint32_t n[EQL_SECTION_COUNT]);
/* A program whose blob begins at byte `at`, a multiple of EQL_SECTION_ALIGN, of
 * memory from malloc, which it then owns.  NULL: out of memory, and the memory
 * is still the caller's.  The counts are right for the blob. */
eql_program *eql_layout_over(const uint32_t n[EQL_SECTION_COUNT], void *memory,
                             size_t at);
/* Record counts of p. */
void eql_layout_counts(const eql_program *p, uint32_t n[EQL_SECTION_COUNT]);

#endif
