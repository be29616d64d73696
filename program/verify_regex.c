/* verify_regex.c -- the part of the verifier that looks at regular expressions.
 *
 * base/regex.c says whether a text is one.  That a short text may stand for a
 * large automaton, (a{1000}){1000}, is weighed here: each is given a cost, the
 * number of its characters with repeats written out, and all together have a
 * budget.  The cost is an estimate that errs upwards; nothing is compiled. */
#include "program/verify_int.h"
#include "base/regex.h"

/* A text while it is weighed. */
typedef struct {
    eql_strview s;
    size_t at;
    bool quotes;                             /* "..." is literal text */
    uint64_t total[EQL_REGEX_MAX_DEPTH + 2]; /* of each open group */
    uint64_t last;                           /* what a repeat would repeat */
    uint32_t depth;
} weighing;

/* Costs beyond any budget are all alike. */
static uint64_t
cap(uint64_t cost)
{
    return cost < EQL_VERIFY_REGEX_COST ? cost : EQL_VERIFY_REGEX_COST;
}

static void
add_atom(weighing *w, uint64_t cost)
{
    w->last = cap(cost);
    w->total[w->depth] = cap(w->total[w->depth] + w->last);
}

/* Behind `[`: moves on behind its `]`. */
static void
skip_class(weighing *w)
{
    size_t start = w->at;

    if (w->at < w->s.len && w->s.p[w->at] == '^')
        w->at++;
    if (w->at < w->s.len && w->s.p[w->at] == ']')
        w->at++;
    while (w->at < w->s.len && w->s.p[w->at] != ']')
        w->at += w->s.p[w->at] == '\\' ? 2 : 1;
    w->at++;
    add_atom(w, w->at - start);
}

static void
skip_quoted(weighing *w)
{
    size_t start = w->at;

    while (w->at < w->s.len && w->s.p[w->at] != '"')
        w->at++;
    add_atom(w, w->at - start);
    w->at++;
}

static uint64_t
read_number(weighing *w)
{
    uint64_t n = 0;

    for (; w->at < w->s.len && w->s.p[w->at] >= '0' && w->s.p[w->at] <= '9';
         w->at++)
        n = cap(n * 10 + (uint64_t)(w->s.p[w->at] - '0'));
    return n;
}

/* Behind `{`: {n}, {n,}, {n,m}; the last atom stands there so often. */
static void
repeat(weighing *w)
{
    uint64_t n = read_number(w), m = n;

    if (w->at < w->s.len && w->s.p[w->at] == ',') {
        w->at++;
        m = read_number(w);
    }
    add_atom(w, w->last * (m > n ? m : n));
}

static bool
weigh_next(weighing *w)
{
    char c = w->s.p[w->at++];

    switch (c) {
    case '\\':
        w->at++;
        add_atom(w, 1);
        return true;
    case '[': skip_class(w); return true;
    case '{': repeat(w); return true;
    case '(':
        if (w->depth + 1 >= EQL_COUNTOF(w->total))
            return false;
        w->total[++w->depth] = 0;
        return true;
    case ')':
        if (w->depth == 0)
            return false;
        w->depth--;
        add_atom(w, w->total[w->depth + 1] + 1);
        return true;
    default:
        if (c == '"' && w->quotes)
            skip_quoted(w);
        else
            add_atom(w, 1);
        return true;
    }
}

/* EQL_VERIFY_REGEX_COST: too much, or no expression after all. */
static uint64_t
cost_of(eql_strview s, uint32_t flags)
{
    weighing w = {.s = s, .quotes = !(flags & EQL_CONST_PREFIX)};

    while (w.at < s.len) {
        if (!weigh_next(&w))
            return EQL_VERIFY_REGEX_COST;
    }
    return w.depth == 0 ? w.total[0] + 1 : EQL_VERIFY_REGEX_COST;
}

/* How the VM will read it. */
static unsigned
regex_flags(const eql_program *p, uint32_t flags)
{
    const eql_dialect *d = eql_program_dialect(p);
    unsigned out = 0;

    if (flags & EQL_CONST_FOLD)
        out |= EQL_REGEX_FOLD;
    if (flags & EQL_CONST_PREFIX)
        out |= EQL_REGEX_PREFIX;
    if (d->regex_ci_ranges == EQL_REGEX_CI_RANGES_LUCENE)
        out |= EQL_REGEX_CASE_RANGES;
    if (d->case_fold == EQL_CASE_FOLD_ASCII)
        out |= EQL_REGEX_ASCII;
    return out;
}

bool
eql_verify_regexes(eql_verifier *v, uint32_t i)
{
    const eql_program *p = v->p;
    const eql_const *k = &p->consts[i];
    size_t bytes = 0;

    v->nregexes++;
    if (k->list.n == 0)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_consts,
                                 i);
    for (uint32_t j = k->list.first; j < k->list.first + k->list.n; j++) {
        eql_strview s = eql_program_str(p, p->consts[p->lists[j]].str);
        eql_regex_error why;

        bytes += s.len;
        if (bytes > EQL_REGEX_MAX_BYTES ||
            !eql_regex_check(s, regex_flags(p, k->flags), &why))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_REGEX, EQL_SECTION_lists,
                                     j);
        v->regex += cost_of(s, k->flags);
        if (v->regex > EQL_VERIFY_REGEX_COST ||
            v->nregexes > EQL_VERIFY_REGEX_LISTS)
            return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET,
                                     EQL_SECTION_lists, j);
    }
    return true;
}
