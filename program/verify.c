/* verify.c -- proves a program safe to run; verify.h says what that means.
 *
 * A program may come from a file that anybody wrote.  Each check is small and
 * stops at the first thing that is wrong.  All sums are checked for overflow
 * or done in 64 bits over 32-bit numbers.
 *
 * A program has one form, the builder's: runs of records lie one behind the
 * other in the order of their owners, and nothing is left over
 * (verify_owned.c).  So every loop over a whole table sees what was checked.
 *
 * Records name each other by index, so a small file could name one large
 * thing many times.  What the VM reads and runs is therefore bounded by
 * budgets, which programs of the builder keep by how they are made.  Verifying
 * takes time linear in the size of the program. */
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
eql_verify_next_run(eql_verifier *v, eql_section section, eql_range r)
{
    if (r.n == 0)
        return r.first == 0;
    if (r.first != v->next[section] || !eql_verify_in_range(r, v->n[section]))
        return false;
    v->next[section] = r.first + r.n;
    return true;
}

bool
eql_verify_all_run(eql_verifier *v, eql_section section)
{
    return v->next[section] == v->n[section] ||
           eql_verify_refuse(v, EQL_VERIFY_BAD_OWNER, section,
                             v->next[section]);
}

/* --- the heap ---
 * It is checked as a whole once; a string is then valid if it is cut from the
 * heap between code points. */

static bool
check_heap(eql_verifier *v)
{
    eql_strview heap = eql_sv(v->p->heap, v->p->nheap);

    if (eql_utf8_valid(heap))
        return true;
    return eql_verify_refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_heap,
                             (uint32_t)eql_utf8_valid_prefix(heap));
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

/* Tables whose records others name by index. */
static const eql_section named[] = {EQL_SECTION_consts,  EQL_SECTION_fields,
                                    EQL_SECTION_clocks,  EQL_SECTION_leaves,
                                    EQL_SECTION_filters, EQL_SECTION_iterators,
                                    EQL_SECTION_lineages};

static bool
make_room(eql_verifier *v)
{
    const eql_program *p = v->p;
    size_t words = (size_t)p->nheap / 64 + 1; /* with a bit for its end */
    bool ok;

    v->children = calloc((size_t)p->nfields + 1, sizeof *v->children);
    v->leaves = calloc((size_t)p->nleaves + 1, sizeof *v->leaves);
    v->filters = calloc((size_t)p->nfilters + 1, sizeof *v->filters);
    v->starts = calloc(words, sizeof *v->starts);
    v->starts_before = calloc(words, sizeof *v->starts_before);
    ok =
        v->children && v->leaves && v->filters && v->starts && v->starts_before;
    for (size_t i = 0; i < EQL_COUNTOF(named); i++) {
        bool **owned = &v->owned[named[i]];

        *owned = calloc((size_t)v->n[named[i]] + 1, sizeof **owned);
        ok = ok && *owned;
    }
    return ok ||
           eql_verify_refuse(v, EQL_VERIFY_NO_MEMORY, EQL_SECTION_heap, 0);
}

static void
free_room(eql_verifier *v)
{
    free(v->children);
    free(v->leaves);
    free(v->filters);
    free(v->starts);
    free(v->starts_before);
    for (size_t i = 0; i < EQL_COUNTOF(named); i++)
        free(v->owned[named[i]]);
}

eql_verify_result
eql_verify(const eql_program *p)
{
    eql_verifier v = {.p = p, .result = {EQL_VERIFY_OK, "", 0}};

    eql_layout_counts(p, v.n);
    /* Constants before code, code before stages: each check relies on those
     * before it. */
    if (make_room(&v) && check_heap(&v) && eql_verify_strings(&v) &&
        eql_verify_dialect(&v) && eql_verify_consts(&v) &&
        eql_verify_fields(&v) && eql_verify_paths(&v) &&
        eql_verify_code_tiles(&v) && eql_verify_leaves(&v) &&
        eql_verify_filters(&v) && eql_verify_iterators(&v) &&
        eql_verify_scopes(&v) && eql_verify_stages(&v) && eql_verify_rules(&v))
        eql_verify_owned(&v);
    free_room(&v);
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
