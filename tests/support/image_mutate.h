/* image_mutate.h -- random changes to an image that is taken apart.
 *
 * Blind changes to bytes are refused at once; these know tables, records and
 * members.  Some keep the form of a program (a run grown together with all runs
 * behind it, two members swapped), so that the verifier has to look at what the
 * records mean; some break it on purpose (records that nobody owns, gaps,
 * indexes at and beyond every edge).  The same seed gives the same changes. */
#ifndef EQL_TESTS_SUPPORT_IMAGE_MUTATE_H
#define EQL_TESTS_SUPPORT_IMAGE_MUTATE_H

#include "tests/support/image_parts.h"

typedef struct {
    image_parts *im;
    uint64_t state;
} image_mutation;

/* xorshift64*: 0 .. n - 1; n > 0. */
static inline uint32_t
mutate_below(image_mutation *m, uint32_t n)
{
    m->state ^= m->state >> 12;
    m->state ^= m->state << 25;
    m->state ^= m->state >> 27;
    return (uint32_t)((m->state * 0x2545f4914f6cdd1du) >> 33) % n;
}

/* A table that has records, of which there are some. */
static inline unsigned
mutate_table(image_mutation *m)
{
    unsigned s = mutate_below(m, EQL_SECTION_COUNT);

    while (m->im->n[s] == 0)
        s = (s + 1) % EQL_SECTION_COUNT;
    return s;
}

/* --- members ---
 *
 * Of four bytes, but for instructions (op, a, b, c) and the heap. */

typedef struct {
    size_t at, size;
} image_member;

static inline image_member
mutate_member(image_mutation *m, unsigned s)
{
    static const image_member insn[] = {{0, 1}, {1, 1}, {2, 2}, {4, 4}};
    uint32_t words = eql_layout_record_size(s) / 4;

    if (s == EQL_SECTION_insns)
        return insn[mutate_below(m, 4)];
    if (words == 0)
        return (image_member){0, 1};
    return (image_member){mutate_below(m, words) * (size_t)4, 4};
}

static inline uint32_t
mutate_value(image_mutation *m, uint32_t old)
{
    static const uint32_t edges[] = {
        0,          1,          2,          3,          0x7f,
        0xff,       0xffff,     0x10000,    0x00ffffff, 0x40000000,
        0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    uint32_t n = m->im->n[mutate_below(m, EQL_SECTION_COUNT)];

    switch (mutate_below(m, 8)) {
    case 0: return edges[mutate_below(m, EQL_COUNTOF(edges))];
    case 1: return n;
    case 2: return n - 1;
    case 3: return n ? mutate_below(m, n) : 0;
    case 4: return old + 1;
    case 5: return old - 1;
    case 6: return old ^ 1u << mutate_below(m, 32);
    default: return mutate_below(m, 256);
    }
}

static inline void
mutate_set(image_mutation *m)
{
    unsigned s = mutate_table(m);
    image_member at = mutate_member(m, s);
    char *p = image_parts_at(m->im, s, mutate_below(m, m->im->n[s])) + at.at;
    uint32_t value = 0;

    memcpy(&value, p, at.size);
    value = mutate_value(m, value);
    memcpy(p, &value, at.size);
}

/* One member of one record as it is in another: for indexes, of its kind. */
static inline void
mutate_copy_member(image_mutation *m, bool swap)
{
    unsigned s = mutate_table(m);
    image_member at = mutate_member(m, s);
    char *p = image_parts_at(m->im, s, mutate_below(m, m->im->n[s])) + at.at;
    char *q = image_parts_at(m->im, s, mutate_below(m, m->im->n[s])) + at.at;
    char kept[4];

    memcpy(kept, p, at.size);
    memmove(p, q, at.size);
    if (swap)
        memcpy(q, kept, at.size);
}

/* Letters of a text by others: texts stay texts. */
static inline void
mutate_letter(image_mutation *m)
{
    static const char letters[] = "aZ09*?.\\()[]{}|+/:%$ \"";
    char *heap = m->im->records[EQL_SECTION_heap];
    uint32_t n = m->im->n[EQL_SECTION_heap];
    uint32_t i = n ? mutate_below(m, n) : 0;

    if (n && (unsigned char)heap[i] < 0x80)
        heap[i] = letters[mutate_below(m, sizeof letters - 1)];
}

/* --- records --- */

static inline void
mutate_insert(image_mutation *m, bool at_end)
{
    unsigned s = mutate_table(m);
    uint32_t n = m->im->n[s], at = at_end ? n : mutate_below(m, n);
    image_member member = mutate_member(m, s);
    uint32_t value = mutate_value(m, n);

    if (!image_parts_insert(m->im, s, at,
                            image_parts_at(m->im, s, mutate_below(m, n))))
        return;
    if (mutate_below(m, 2))
        memcpy(image_parts_at(m->im, s, at) + member.at, &value, member.size);
}

static inline void
mutate_remove(image_mutation *m)
{
    unsigned s = mutate_table(m);

    image_parts_remove(m->im, s, mutate_below(m, m->im->n[s]));
}

static inline void
mutate_swap_records(image_mutation *m)
{
    unsigned s = mutate_table(m);
    size_t size = eql_layout_record_size(s);
    char *p = image_parts_at(m->im, s, mutate_below(m, m->im->n[s]));
    char *q = image_parts_at(m->im, s, mutate_below(m, m->im->n[s]));

    for (size_t i = 0; i < size; i++) {
        char kept = p[i];

        p[i] = q[i];
        q[i] = kept;
    }
}

/* --- runs ---
 *
 * Which members are runs of which table. */

typedef struct {
    eql_section owner;
    size_t at;
    eql_section of;
} image_run_member;

#define RUN(owner, type, member, of)                                           \
    {                                                                          \
        EQL_SECTION_##owner, offsetof(type, member), EQL_SECTION_##of          \
    }
static const image_run_member image_runs[] = {
    RUN(consts, eql_const, list, lists),
    RUN(fields, eql_field, segs, segs),
    RUN(leaves, eql_leaf, code, insns),
    RUN(filters, eql_filter, code, insns),
    RUN(pipes, eql_pipe_op, exprs, exprs),
    RUN(stages, eql_stage, keys, keys),
    RUN(stages, eql_stage, exceptions, exceptions),
    RUN(stages, eql_stage, severities, severities),
    RUN(rules, eql_rule, pipes, pipes),
    RUN(rules, eql_rule, tags, strings),
    RUN(rules, eql_rule, threats, strings),
};
#undef RUN

/* All runs of this table that begin behind `at` move by one. */
static inline void
mutate_shift(image_parts *im, eql_section of, uint32_t at, uint32_t by)
{
    for (size_t k = 0; k < EQL_COUNTOF(image_runs); k++) {
        const image_run_member *r = &image_runs[k];

        for (uint32_t i = 0; r->of == of && i < im->n[r->owner]; i++) {
            char *p = image_parts_at(im, r->owner, i) + r->at;
            eql_range run;

            memcpy(&run, p, sizeof run);
            if (run.n > 0 && run.first > at)
                run.first += by;
            memcpy(p, &run, sizeof run);
        }
    }
}

/* A run grows by a copy of one of its records, or loses one; those behind it
 * move along, so that runs lie one behind the other as before. */
static inline void
mutate_resize_run(image_mutation *m, bool grow)
{
    const image_run_member *r =
        &image_runs[mutate_below(m, EQL_COUNTOF(image_runs))];
    uint32_t n = m->im->n[r->owner], at;
    eql_range run;
    char *p;

    if (n == 0)
        return;
    p = image_parts_at(m->im, r->owner, mutate_below(m, n)) + r->at;
    memcpy(&run, p, sizeof run);
    if (run.n == 0 || run.first >= m->im->n[r->of] ||
        run.n > m->im->n[r->of] - run.first)
        return;
    at = run.first + mutate_below(m, run.n);
    if (grow &&
        !image_parts_insert(m->im, r->of, at, image_parts_at(m->im, r->of, at)))
        return;
    if (!grow)
        image_parts_remove(m->im, r->of, at);
    mutate_shift(m->im, r->of, run.first, grow ? 1 : UINT32_MAX);
    run.n += grow ? 1 : UINT32_MAX;
    if (run.n == 0)
        run.first = 0;
    memcpy(p, &run, sizeof run);
}

/* --- all of it --- */

static inline void
mutate_once(image_mutation *m)
{
    switch (mutate_below(m, 16)) {
    case 0:
    case 1:
    case 2: mutate_set(m); break;
    case 3: mutate_insert(m, true); break;
    case 4: mutate_insert(m, false); break;
    case 5: mutate_remove(m); break;
    case 6: mutate_swap_records(m); break;
    case 7: mutate_copy_member(m, false); break;
    case 8:
    case 9:
    case 10: mutate_copy_member(m, true); break;
    case 11:
    case 12: mutate_letter(m); break;
    case 13:
    case 14: mutate_resize_run(m, true); break;
    default: mutate_resize_run(m, false); break;
    }
}

/* One change, or a few. */
static inline void
image_mutate(image_parts *im, uint64_t seed)
{
    image_mutation m = {im, seed * 0x9e3779b97f4a7c15u | 1};
    uint32_t n = mutate_below(&m, 2) ? 1 : 1 + mutate_below(&m, 4);

    for (uint32_t i = 0; i < n && image_parts_any(im); i++)
        mutate_once(&m);
}

#endif
