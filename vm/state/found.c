/* found.c -- events kept for results in the making, and their keys.
 *
 * Everything is counted in the owner's budget; what to give up when that is
 * full is the owner's choice, the oldest key is offered. */
#include "vm/state/found.h"

#include "base/hash.h"

static size_t
found_size(size_t kept, size_t shown)
{
    return sizeof(eql_found) + kept + shown;
}

uint64_t
eql_found_cost(const eql_finding *f)
{
    return eql_budget_cost(found_size(f->event.kept.len, f->shown.len));
}

static eql_strview
copy_to(char *at, eql_strview s)
{
    if (s.len > 0)
        memcpy(at, s.p, s.len);
    return eql_sv(at, s.len);
}

eql_found *
eql_found_new(eql_budget *b, const eql_finding *f)
{
    eql_found *x =
        eql_budget_alloc(b, found_size(f->event.kept.len, f->shown.len));

    if (!x)
        return NULL;
    x->event = f->event;
    x->serial = f->serial;
    x->severities = f->severities;
    x->event.kept = copy_to(x->data, f->event.kept);
    x->shown = copy_to(x->data + f->event.kept.len, f->shown);
    return x;
}

void
eql_found_free(eql_budget *b, eql_found *f)
{
    eql_budget_free(b, f, found_size(f->event.kept.len, f->shown.len));
}

/* --- keys --- */

bool
eql_found_keys_init(eql_found_keys *k, eql_budget *budget)
{
    *k = (eql_found_keys){.budget = budget};
    return eql_keytab_init(&k->table, eql_hash_seed(), budget);
}

void
eql_found_keys_free(eql_found_keys *k)
{
    eql_keytab_free(&k->table);
}

eql_found_key *
eql_found_keys_find(const eql_found_keys *k, uint32_t rule, eql_strview key)
{
    uint64_t hash = eql_keytab_hash(&k->table, rule, key);

    return (eql_found_key *)(void *)eql_keytab_find(&k->table, hash, rule, key);
}

uint64_t
eql_found_keys_cost(eql_strview key, size_t fixed)
{
    return eql_budget_cost(fixed + key.len);
}

void
eql_found_keys_list(eql_found_keys *k, eql_found_key *key)
{
    key->listed = true;
    key->newer = NULL;
    key->older = k->newest;
    *(k->newest ? &k->newest->newer : &k->oldest) = key;
    k->newest = key;
}

void
eql_found_keys_unlist(eql_found_keys *k, eql_found_key *key)
{
    if (!key->listed)
        return;
    *(key->older ? &key->older->newer : &k->oldest) = key->newer;
    *(key->newer ? &key->newer->older : &k->newest) = key->older;
    key->older = key->newer = NULL;
    key->listed = false;
}

eql_found_key *
eql_found_keys_add(eql_found_keys *k, uint32_t rule, eql_strview key,
                   size_t fixed)
{
    eql_found_key *f = eql_budget_alloc(k->budget, fixed + key.len);

    if (!f)
        return NULL;
    f->node.key = copy_to((char *)f + fixed, key).p;
    f->node.len = (uint32_t)key.len;
    f->node.rule = rule;
    f->node.hash = eql_keytab_hash(&k->table, rule, key);
    eql_keytab_insert(&k->table, &f->node);
    eql_found_keys_list(k, f);
    return f;
}

void
eql_found_keys_remove(eql_found_keys *k, eql_found_key *key, size_t fixed)
{
    eql_found_keys_unlist(k, key);
    eql_keytab_remove(&k->table, &key->node);
    eql_budget_free(k->budget, key, fixed + key->node.len);
}

eql_found_key *
eql_found_keys_oldest(const eql_found_keys *k, const eql_found_key *but)
{
    eql_found_key *f = k->oldest;

    return f && f == but ? f->newer : f;
}
