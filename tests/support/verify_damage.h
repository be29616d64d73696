/* verify_damage.h -- one damaged record per reason to refuse a program.
 *
 * Each row changes one number of a good program (sample_program.h) and says
 * what the verifier must answer, and where. */
#ifndef EQL_TESTS_SUPPORT_VERIFY_DAMAGE_H
#define EQL_TESTS_SUPPORT_VERIFY_DAMAGE_H

#include "program/layout.h"
#include "program/verify.h"
#include "tests/support/sample_program.h"

typedef struct {
    const char *label;
    eql_section section;
    uint32_t record;
    size_t offset; /* of the number in the record */
    size_t size;   /* of the number */
    uint64_t value;
    eql_verify_code code;
    const char *where; /* section of the answer */
    uint32_t index;
} damage;

#define AT(section, type, record, member, value)                               \
    EQL_SECTION_##section, record, offsetof(type, member),                     \
        sizeof(((type *)NULL)->member), value
#define BYTE(i, value) EQL_SECTION_heap, i, 0, 1, value

static inline void
apply(const eql_program *p, const damage *d)
{
    uint32_t n[EQL_SECTION_COUNT];
    size_t offset[EQL_SECTION_COUNT + 1];

    eql_layout_counts(p, n);
    assert_true(eql_layout_offsets(n, offset));
    assert_in_range(d->record, 0, n[d->section] - 1);
    memcpy((char *)p->blob + offset[d->section] +
               (size_t)d->record * eql_layout_record_size(d->section) +
               d->offset,
           &d->value, d->size);
}

static inline void
expect_refused(const damage *d)
{
    eql_program *p = sample_program();
    eql_verify_result r;

    apply(p, d);
    r = eql_verify(p);
    if (r.code != d->code || strcmp(r.section, d->where) != 0 ||
        r.index != d->index)
        fail_msg("%s: got code %d at %s[%u], wanted %d at %s[%u]", d->label,
                 (int)r.code, r.section, r.index, (int)d->code, d->where,
                 d->index);
    eql_program_free(p);
}

static inline void
expect_all(const damage *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_refused(&rows[i]);
}

#endif
