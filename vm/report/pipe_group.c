/* pipe_group.c -- groups and their hosts, in hash tables that count in a
 * budget.
 *
 * Full is told to the caller, who cuts the rule off: a count that leaves keys
 * out would look right and be wrong. */
#include "vm/report/pipe_group.h"

#include <stdlib.h>

#include "base/hash.h"

bool
eql_pipe_groups_init(eql_pipe_groups *g, eql_budget *budget)
{
    *g = (eql_pipe_groups){.budget = budget};
    return eql_keytab_init(&g->groups, eql_hash_seed(), budget) &&
           eql_keytab_init(&g->hosts, eql_hash_seed(), budget);
}

void
eql_pipe_groups_free(eql_pipe_groups *g)
{
    if (g->groups.budget)
        eql_keytab_free(&g->groups);
    if (g->hosts.budget)
        eql_keytab_free(&g->hosts);
    eql_buf_free(&g->scratch);
}

eql_pipe_group *
eql_pipe_group_find(const eql_pipe_groups *g, uint32_t pipe, eql_strview key)
{
    uint64_t hash = eql_keytab_hash(&g->groups, pipe, key);

    return (eql_pipe_group *)(void *)eql_keytab_find(&g->groups, hash, pipe,
                                                     key);
}

static void
copy(char *to, eql_strview s)
{
    if (s.len > 0)
        memcpy(to, s.p, s.len);
}

static size_t
group_size(size_t key, size_t shown)
{
    return sizeof(eql_pipe_group) + key + shown;
}

eql_pipe_room
eql_pipe_group_add(eql_pipe_groups *g, eql_pipe_group_list *list, uint32_t pipe,
                   eql_strview key, eql_strview shown)
{
    size_t size = group_size(key.len, shown.len);
    eql_pipe_group *x;

    if (!eql_budget_fits(g->budget, eql_budget_cost(size)))
        return EQL_PIPE_FULL;
    x = eql_budget_alloc(g->budget, size);
    if (!x)
        return EQL_PIPE_NOMEM;
    copy(x->data, key);
    copy(x->data + key.len, shown);
    x->node.key = x->data;
    x->node.len = (uint32_t)key.len;
    x->node.rule = pipe;
    x->node.hash = eql_keytab_hash(&g->groups, pipe, key);
    x->shown = eql_sv(x->data + key.len, shown.len);
    x->id = g->next_id++;
    eql_keytab_insert(&g->groups, &x->node);
    *(list->last ? &list->last->next : &list->first) = x;
    list->last = x;
    list->n++;
    return EQL_PIPE_OK;
}

/* --- hosts --- */

#define ID_BYTES (sizeof(uint64_t))

static eql_pipe_host *
find_host(const eql_pipe_groups *g, const eql_pipe_group *x, eql_strview key)
{
    uint64_t hash = eql_keytab_hash(&g->hosts, x->node.rule, key);

    return (eql_pipe_host *)(void *)eql_keytab_find(&g->hosts, hash,
                                                    x->node.rule, key);
}

eql_pipe_room
eql_pipe_group_host(eql_pipe_groups *g, eql_pipe_group *x, eql_strview host)
{
    size_t size = sizeof(eql_pipe_host) + ID_BYTES + host.len;
    eql_buf *key = &g->scratch;
    eql_pipe_host *h;

    key->len = 0;
    eql_buf_add(key, &x->id, ID_BYTES);
    eql_buf_add_sv(key, host);
    if (key->failed)
        return EQL_PIPE_NOMEM;
    if (find_host(g, x, eql_buf_sv(key)))
        return EQL_PIPE_OK;
    if (!eql_budget_fits(g->budget, eql_budget_cost(size)))
        return EQL_PIPE_FULL;
    h = eql_budget_alloc(g->budget, size);
    if (!h)
        return EQL_PIPE_NOMEM;
    copy(h->data, eql_buf_sv(key));
    h->node.key = h->data;
    h->node.len = (uint32_t)key->len;
    h->node.rule = x->node.rule;
    h->node.hash = eql_keytab_hash(&g->hosts, x->node.rule, eql_buf_sv(key));
    h->next = x->hosts;
    x->hosts = h;
    x->nhosts++;
    eql_keytab_insert(&g->hosts, &h->node);
    return EQL_PIPE_OK;
}

static eql_strview
value_of(const eql_pipe_host *h)
{
    return eql_sv(h->node.key + ID_BYTES, h->node.len - ID_BYTES);
}

static int
compare_hosts(const void *a, const void *b)
{
    return eql_hit_key_compare(value_of(*(eql_pipe_host *const *)a),
                               value_of(*(eql_pipe_host *const *)b));
}

bool
eql_pipe_group_hosts(const eql_pipe_group *x, eql_buf *out)
{
    eql_vec all = {0};
    bool ok;

    out->len = 0;
    for (const eql_pipe_host *h = x->hosts; h; h = h->next)
        eql_vec_push(&all, &h, sizeof h);
    if (all.n > 1)
        qsort(all.items, all.n, all.size, compare_hosts);
    for (uint32_t i = 0; i < all.n; i++)
        eql_buf_add_sv(out,
                       value_of(*(eql_pipe_host *const *)eql_vec_at(&all, i)));
    ok = all.n == x->nhosts && !out->failed;
    eql_vec_free(&all);
    return ok;
}

/* --- the end --- */

static void
free_group(eql_pipe_groups *g, eql_pipe_group *x)
{
    for (eql_pipe_host *h = x->hosts, *next; h; h = next) {
        next = h->next;
        eql_keytab_remove(&g->hosts, &h->node);
        eql_budget_free(g->budget, h, sizeof *h + h->node.len);
    }
    if (x->first)
        eql_pipe_stored_free(g->budget, x->first);
    eql_keytab_remove(&g->groups, &x->node);
    eql_budget_free(g->budget, x, group_size(x->node.len, x->shown.len));
}

void
eql_pipe_group_list_free(eql_pipe_groups *g, eql_pipe_group_list *list)
{
    for (eql_pipe_group *x = list->first, *next; x; x = next) {
        next = x->next;
        free_group(g, x);
    }
    *list = (eql_pipe_group_list){0};
}
