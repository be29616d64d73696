/* keytab.c -- chained hash table whose buckets count in a budget.
 *
 * It doubles while the budget has room; in a full budget chains get longer
 * instead, by a small factor at most, since entries are many times larger than
 * buckets. */
#include "vm/state/keytab.h"

#define LEAST_BUCKETS ((size_t)16)

bool
eql_keytab_init(eql_keytab *t, uint64_t seed, eql_budget *budget)
{
    *t =
        (eql_keytab){.nbuckets = LEAST_BUCKETS, .seed = seed, .budget = budget};
    t->buckets =
        eql_budget_alloc(budget, LEAST_BUCKETS * sizeof(t->buckets[0]));
    return t->buckets != NULL;
}

void
eql_keytab_free(eql_keytab *t)
{
    if (t->buckets)
        eql_budget_free(t->budget, (void *)t->buckets,
                        t->nbuckets * sizeof(t->buckets[0]));
    t->buckets = NULL;
}

uint64_t
eql_keytab_hash(const eql_keytab *t, uint32_t rule, eql_strview key)
{
    /* An odd factor: different rules, different seeds. */
    return eql_hash64(t->seed + rule * UINT64_C(0x9e3779b97f4a7c15), key.p,
                      key.len);
}

eql_h128
eql_keytab_hash128(uint64_t seed, uint32_t rule, eql_strview key)
{
    return eql_hash128_seeded(seed + rule * UINT64_C(0x9e3779b97f4a7c15), key.p,
                              key.len);
}

static eql_keytab_node **
bucket(const eql_keytab *t, uint64_t hash)
{
    return &t->buckets[hash & (t->nbuckets - 1)];
}

eql_keytab_node *
eql_keytab_find(const eql_keytab *t, uint64_t hash, uint32_t rule,
                eql_strview key)
{
    eql_keytab_node *n = *bucket(t, hash);

    while (n && !(n->hash == hash && n->rule == rule &&
                  eql_sv_eq(eql_sv(n->key, n->len), key)))
        n = n->next;
    return n;
}

static void
link_node(eql_keytab *t, eql_keytab_node *n)
{
    eql_keytab_node **b = bucket(t, n->hash);

    n->next = *b;
    *b = n;
}

/* Memory that cannot be had is no error: the chains get longer. */
static void
grow(eql_keytab *t)
{
    eql_keytab old = *t;
    size_t bytes = t->nbuckets * 2 * sizeof(t->buckets[0]);

    if (!eql_budget_fits(t->budget, eql_budget_cost(bytes)))
        return;
    t->buckets = eql_budget_alloc(t->budget, bytes);
    if (!t->buckets) {
        t->buckets = old.buckets;
        return;
    }
    t->nbuckets *= 2;
    for (size_t i = 0; i < old.nbuckets; i++) {
        for (eql_keytab_node *n = old.buckets[i], *next; n; n = next) {
            next = n->next;
            link_node(t, n);
        }
    }
    eql_keytab_free(&old);
}

void
eql_keytab_insert(eql_keytab *t, eql_keytab_node *n)
{
    if (t->n >= t->nbuckets)
        grow(t);
    link_node(t, n);
    t->n++;
}

void
eql_keytab_remove(eql_keytab *t, eql_keytab_node *n)
{
    eql_keytab_node **at = bucket(t, n->hash);

    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    t->n--;
}
