/* verify.c -- proves a program safe to run; verify.h says what that means.
 *
 * A program may come from a file that anybody wrote.  Each check is small and
 * stops at the first thing that is wrong.  All sums are checked for overflow
 * or done in 64 bits over 32-bit numbers.
 *
 * Records name each other by index, so a small file could name one large
 * thing many times.  Runs of code, list items and stages therefore must not
 * overlap, and what the VM reads and runs is bounded by budgets; a program
 * from builder.c satisfies both by how it is made.  Verifying takes time
 * linear in the size of the program. */
#include "program/verify.h"
#include "program/verify_int.h"
#include "base/text.h"

#include <stdlib.h>

bool
eql_verify_refuse(eql_verifier *v, eql_verify_code code, eql_section section,
                  uint32_t index)
{
    v->result = (eql_verify_result){code, eql_layout_name(section), index};
    return false;
}

bool
eql_verify_in_order(eql_range r, uint32_t n, uint32_t *next)
{
    if (r.n == 0)
        return r.first == 0;
    if (!eql_verify_in_range(r, n) || r.first < *next)
        return false;
    *next = r.first + r.n;
    return true;
}

/* --- strings ---
 * The heap is checked as a whole once; a string is then valid if it is cut
 * from the heap between code points. */

static bool
check_heap(eql_verifier *v)
{
    eql_strview heap = eql_sv(v->p->heap, v->p->nheap);

    if (eql_utf8_valid(heap))
        return true;
    return eql_verify_refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_heap,
                             (uint32_t)eql_utf8_valid_prefix(heap));
}

static bool
check_strings(eql_verifier *v)
{
    for (uint32_t i = 0; i < v->p->nstrings; i++) {
        if (!eql_verify_string_ok(v, v->p->strings[i]))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_STRING,
                                     EQL_SECTION_strings, i);
    }
    return true;
}

/* --- budgets --- */

/* Counts text that the VM reads for every constant, list item, path or
 * category that names it.  Constants and paths are interned by the builder,
 * so each has its own part of the heap; list items and categories repeat, but
 * are short or also stand in a rule's query. */
bool
eql_verify_charge_text(eql_verifier *v, uint32_t len)
{
    uint64_t budget =
        (uint64_t)v->p->nheap * 16 +
        ((uint64_t)v->p->nlists + v->p->nstages + v->p->nfields) * 256;

    v->text += len;
    return v->text <= budget;
}

/* Counts records of runs that several owners may share, as stages share the
 * keys of their sequence. */
bool
eql_verify_charge_shared(eql_verifier *v, uint32_t n)
{
    const eql_program *p = v->p;
    uint64_t budget = (uint64_t)p->nkeys + p->nexceptions + p->nseverities +
                      p->nstrings + p->nexprs +
                      ((uint64_t)p->nstages + p->nrules) * 1024;

    v->shared += n;
    return v->shared <= budget;
}

/* Counts instructions for every use of the code: bodies of array functions in
 * every leaf that names them, filters in every stage.  A body counts for one
 * element; how many there are is the event's affair. */
bool
eql_verify_charge_work(eql_verifier *v, uint64_t n)
{
    uint64_t budget =
        EQL_VERIFY_WORK_FREE + (uint64_t)v->p->ninsns * EQL_VERIFY_WORK_SHARE;

    if (n > budget || v->work > budget - n)
        return false;
    v->work += n;
    return true;
}

/* --- all of it --- */

static bool
make_room(eql_verifier *v)
{
    const eql_program *p = v->p;

    v->children = calloc((size_t)p->nfields + 1, sizeof *v->children);
    v->leaves = calloc((size_t)p->nleaves + 1, sizeof *v->leaves);
    v->filters = calloc((size_t)p->nfilters + 1, sizeof *v->filters);
    if (v->children && v->leaves && v->filters)
        return true;
    return eql_verify_refuse(v, EQL_VERIFY_NO_MEMORY, EQL_SECTION_heap, 0);
}

eql_verify_result
eql_verify(const eql_program *p)
{
    eql_verifier v = {.p = p, .result = {EQL_VERIFY_OK, "", 0}};

    /* Constants before code, code before stages: each check relies on those
     * before it. */
    if (make_room(&v) && check_heap(&v) && check_strings(&v) &&
        eql_verify_dialect(&v) && eql_verify_consts(&v) &&
        eql_verify_fields(&v) && eql_verify_paths(&v) &&
        eql_verify_leaves(&v) && eql_verify_filters(&v) &&
        eql_verify_iterators(&v) && eql_verify_scopes(&v) &&
        eql_verify_stages(&v))
        eql_verify_rules(&v);
    free(v.children);
    free(v.leaves);
    free(v.filters);
    return v.result;
}

static const char *const texts[EQL_VERIFY_COUNT] = {
    [EQL_VERIFY_OK] = "safe",
#define X(name, text) [EQL_VERIFY_##name] = text,
#include "program/verify_codes.def"
#undef X
};

void
eql_verify_describe(const eql_verify_result *r, eql_buf *out)
{
    const char *text =
        (unsigned)r->code < EQL_VERIFY_COUNT ? texts[r->code] : "unknown";

    if (r->code == EQL_VERIFY_OK || r->code == EQL_VERIFY_NO_MEMORY)
        eql_buf_add_str(out, text);
    else
        eql_buf_printf(out, "%s[%u]: %s", r->section, r->index, text);
}
