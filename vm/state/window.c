/* window.c -- rings of nodes by span.
 *
 * wake_ns is a lower bound of the next expiry: it is exact after a search that
 * found nothing, and stays true when nodes are added or removed.  So looking
 * for the expired costs one comparison while there are none. */
#include "vm/state/window.h"

#include <stdlib.h>

static int
compare_spans(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Sorts and leaves each value once; returns how many. */
static uint32_t
make_unique(int64_t *v, uint32_t n)
{
    uint32_t kept = 0;

    qsort(v, n, sizeof *v, compare_spans);
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || v[kept - 1] != v[i])
            v[kept++] = v[i];
    }
    return kept;
}

bool
eql_windows_init(eql_windows *w, const int64_t *span_ns, uint32_t nrules)
{
    int64_t *spans = calloc((size_t)nrules + 1, sizeof *spans);

    *w = (eql_windows){.wake_ns = INT64_MAX};
    w->of_rule = calloc((size_t)nrules + 1, sizeof *w->of_rule);
    if (!spans || !w->of_rule)
        goto fail;
    if (nrules > 0)
        memcpy(spans, span_ns, nrules * sizeof *spans);
    w->n = make_unique(spans, nrules);
    w->rings = calloc((size_t)w->n + 1, sizeof *w->rings);
    if (!w->rings)
        goto fail;
    for (uint32_t i = 0; i < w->n; i++)
        w->rings[i].span_ns = spans[i];
    for (uint32_t i = 0; i < nrules; i++) {
        int64_t *at =
            bsearch(&span_ns[i], spans, w->n, sizeof *spans, compare_spans);

        w->of_rule[i] = (uint32_t)(at - spans);
    }
    free(spans);
    return true;
fail:
    free(spans);
    eql_windows_free(w);
    return false;
}

void
eql_windows_free(eql_windows *w)
{
    free(w->rings);
    free(w->of_rule);
    *w = (eql_windows){.wake_ns = INT64_MAX};
}

static void
wake_by(eql_windows *w, int64_t ns)
{
    if (ns < w->wake_ns)
        w->wake_ns = ns;
}

void
eql_windows_add(eql_windows *w, uint32_t rule, eql_window_node *n)
{
    eql_window_ring *r = &w->rings[w->of_rule[rule]];

    n->ring = w->of_rule[rule];
    n->older = r->newest;
    n->newer = NULL;
    if (r->newest)
        r->newest->newer = n;
    else
        r->oldest = n;
    r->newest = n;
    wake_by(w, eql_window_last_moment(n->start_ns, r->span_ns));
}

void
eql_windows_add_beside(eql_windows *w, eql_window_node *n,
                       eql_window_node *like)
{
    eql_window_ring *r = &w->rings[like->ring];

    n->ring = like->ring;
    n->older = like;
    n->newer = like->newer;
    if (like->newer)
        like->newer->older = n;
    else
        r->newest = n;
    like->newer = n;
    wake_by(w, eql_window_last_moment(n->start_ns, r->span_ns));
}

void
eql_windows_remove(eql_windows *w, eql_window_node *n)
{
    eql_window_ring *r = &w->rings[n->ring];

    if (n->older)
        n->older->newer = n->newer;
    else
        r->oldest = n->newer;
    if (n->newer)
        n->newer->older = n->older;
    else
        r->newest = n->older;
    n->older = n->newer = NULL;
}

eql_window_node *
eql_windows_expired(eql_windows *w, int64_t now_ns)
{
    if (now_ns <= w->wake_ns)
        return NULL;
    for (; w->cursor < w->n; w->cursor++) {
        eql_window_ring *r = &w->rings[w->cursor];

        if (r->oldest &&
            eql_window_exceeds(now_ns, r->oldest->start_ns, r->span_ns))
            return r->oldest;
    }
    w->cursor = 0;
    w->wake_ns = INT64_MAX;
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->rings[i].oldest)
            wake_by(w, eql_window_last_moment(w->rings[i].oldest->start_ns,
                                              w->rings[i].span_ns));
    }
    return NULL;
}

eql_window_node *
eql_windows_oldest(const eql_windows *w, const eql_window_node *keep)
{
    eql_window_node *best = NULL;

    for (uint32_t i = 0; i < w->n; i++) {
        eql_window_node *n = w->rings[i].oldest;

        if (n && n == keep)
            n = n->newer;
        if (n && (!best || n->serial < best->serial))
            best = n;
    }
    return best;
}
