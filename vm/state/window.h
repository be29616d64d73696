/* window.h -- what lives for a span of time, oldest first, so that the expired
 * and the oldest are found in constant time.
 *
 * One ring per distinct span of the rules; things that start later are added
 * later, so each ring is in the order of starts and only its oldest end has to
 * be looked at.  Nodes are part of what lives: nothing is allocated here per
 * node.
 *
 *   ring 1m:  oldest <-> ... <-> newest      ring 10m:  oldest <-> ...
 */
#ifndef EQL_VM_STATE_WINDOW_H
#define EQL_VM_STATE_WINDOW_H

#include "base/base.h"

#define EQL_WINDOW_NEVER INT64_MAX /* span of what does not expire */

typedef struct eql_window_node {
    struct eql_window_node *older, *newer;
    int64_t start_ns;
    uint64_t serial; /* of the start among all starts */
    uint32_t ring;
    uint32_t kind; /* the owner's business */
} eql_window_node;

typedef struct {
    eql_window_node *oldest, *newest;
    int64_t span_ns;
} eql_window_ring;

typedef struct {
    eql_window_ring *rings; /* by ascending span */
    uint32_t n;
    uint32_t *of_rule; /* ring of each rule */
    int64_t wake_ns;   /* nothing expires before time passes this */
    uint32_t cursor;   /* ring where the search for the expired goes on */
} eql_windows;

/* span_ns of each rule, EQL_WINDOW_NEVER for none.  false: out of memory. */
bool eql_windows_init(eql_windows *w, const int64_t *span_ns, uint32_t nrules);
void eql_windows_free(eql_windows *w);
/* start_ns and serial are set; starts are added in order. */
void eql_windows_add(eql_windows *w, uint32_t rule, eql_window_node *n);
/* The same for one that started with `like`, which is there. */
void eql_windows_add_beside(eql_windows *w, eql_window_node *n,
                            eql_window_node *like);
void eql_windows_remove(eql_windows *w, eql_window_node *n);
/* Something whose span is over; the caller removes it and asks again. */
eql_window_node *eql_windows_expired(eql_windows *w, int64_t now_ns);
/* The oldest start of all but `keep`, which may be NULL. */
eql_window_node *eql_windows_oldest(const eql_windows *w,
                                    const eql_window_node *keep);

/* The last moment at which what started then is still within its span. */
static inline int64_t
eql_window_last_moment(int64_t start_ns, int64_t span_ns)
{
    int64_t end;

    if (span_ns == EQL_WINDOW_NEVER ||
        __builtin_add_overflow(start_ns, span_ns, &end))
        return INT64_MAX;
    return end;
}

/* now - start > span, whatever the numbers; false when now is before start. */
static inline bool
eql_window_exceeds(int64_t now_ns, int64_t start_ns, int64_t span_ns)
{
    int64_t passed;

    if (span_ns == EQL_WINDOW_NEVER)
        return false;
    if (__builtin_sub_overflow(now_ns, start_ns, &passed))
        return now_ns > start_ns;
    return passed > span_ns;
}

#endif
