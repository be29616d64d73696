/* late.c -- the newest time of each rule and key, the least recently used
 * forgotten first. */
#include "vm/seq/late.h"

#include "vm/state/budget.h"
#include "vm/state/keytab.h"

typedef struct entry {
    eql_keytab_node node;
    struct entry *older, *newer;
    int64_t newest_ns;
    char key[];
} entry;

struct eql_late {
    eql_budget budget;
    eql_keytab table;
    entry *oldest, *newest; /* by use */
    uint64_t evicted;
};

eql_late *
eql_late_new(uint64_t max_bytes, uint64_t seed)
{
    eql_late *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->budget.max = max_bytes;
    if (!eql_keytab_init(&l->table, seed, &l->budget)) {
        eql_late_free(l);
        return NULL;
    }
    return l;
}

static void
take_out(eql_late *l, entry *e)
{
    if (e->older)
        e->older->newer = e->newer;
    else
        l->oldest = e->newer;
    if (e->newer)
        e->newer->older = e->older;
    else
        l->newest = e->older;
}

static void
put_newest(eql_late *l, entry *e)
{
    e->older = l->newest;
    e->newer = NULL;
    if (l->newest)
        l->newest->newer = e;
    else
        l->oldest = e;
    l->newest = e;
}

static void
forget(eql_late *l, entry *e)
{
    take_out(l, e);
    eql_keytab_remove(&l->table, &e->node);
    eql_budget_free(&l->budget, e, sizeof *e + e->node.len);
}

void
eql_late_free(eql_late *l)
{
    if (!l)
        return;
    while (l->oldest)
        forget(l, l->oldest);
    eql_keytab_free(&l->table);
    free(l);
}

static eql_late_answer
remember(eql_late *l, uint32_t rule, uint64_t hash, eql_strview key,
         int64_t now_ns)
{
    size_t size = sizeof(entry) + key.len;
    entry *e;

    while (!eql_budget_fits(&l->budget, eql_budget_cost(size))) {
        l->evicted++;
        if (!l->oldest)
            return EQL_LATE_NO;
        forget(l, l->oldest);
    }
    e = eql_budget_alloc(&l->budget, size);
    if (!e)
        return EQL_LATE_NOMEM;
    if (key.len > 0)
        memcpy(e->key, key.p, key.len);
    e->node = (eql_keytab_node){
        .key = e->key, .hash = hash, .len = (uint32_t)key.len, .rule = rule};
    e->newest_ns = now_ns;
    eql_keytab_insert(&l->table, &e->node);
    put_newest(l, e);
    return EQL_LATE_NO;
}

eql_late_answer
eql_late_ask(eql_late *l, uint32_t rule, eql_strview key, int64_t now_ns)
{
    uint64_t hash = eql_keytab_hash(&l->table, rule, key);
    entry *e = (entry *)(void *)eql_keytab_find(&l->table, hash, rule, key);

    if (!e)
        return remember(l, rule, hash, key, now_ns);
    take_out(l, e);
    put_newest(l, e);
    if (now_ns < e->newest_ns)
        return EQL_LATE_YES;
    e->newest_ns = now_ns;
    return EQL_LATE_NO;
}

uint64_t
eql_late_evicted(const eql_late *l)
{
    return l->evicted;
}

uint64_t
eql_late_peak(const eql_late *l)
{
    return l->budget.peak;
}
