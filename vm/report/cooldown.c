/* cooldown.c -- the last report of each rule and key, while it matters. */
#include "vm/report/cooldown.h"

#include <stddef.h>

#include "vm/state/budget.h"
#include "vm/state/keytab.h"
#include "vm/state/window.h"

typedef struct {
    eql_keytab_node node;
    eql_window_node window; /* start_ns: the last report */
    char key[];
} entry;

struct eql_cooldown {
    const eql_program *program;
    bool in_order;
    eql_budget budget;
    eql_keytab table;
    eql_windows windows;
    uint64_t serial;
    uint64_t evicted;
};

static entry *
entry_of(eql_window_node *n)
{
    return (entry *)(void *)((char *)n - offsetof(entry, window));
}

/* A moment at exactly the span's end is free again, so what lives on is at
 * most one nanosecond less. */
static bool
init_windows(eql_cooldown *c)
{
    uint32_t n = c->program->nrules;
    int64_t *spans = calloc((size_t)n + 1, sizeof *spans);
    bool ok;

    if (!spans)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        int64_t span = c->program->rules[i].cooldown_ns;

        spans[i] = span > 0 ? span - 1 : 0;
    }
    ok = eql_windows_init(&c->windows, spans, n);
    free(spans);
    return ok;
}

eql_cooldown *
eql_cooldown_new(const eql_program *p, uint64_t max_bytes, bool in_order,
                 uint64_t seed)
{
    eql_cooldown *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->program = p;
    c->in_order = in_order;
    c->budget.max = max_bytes;
    if (!eql_keytab_init(&c->table, seed, &c->budget) || !init_windows(c)) {
        eql_cooldown_free(c);
        return NULL;
    }
    return c;
}

static size_t
entry_size(size_t key_len)
{
    return sizeof(entry) + key_len;
}

static void
forget(eql_cooldown *c, entry *e)
{
    eql_windows_remove(&c->windows, &e->window);
    eql_keytab_remove(&c->table, &e->node);
    eql_budget_free(&c->budget, e, entry_size(e->node.len));
}

void
eql_cooldown_free(eql_cooldown *c)
{
    eql_window_node *n;

    if (!c)
        return;
    while ((n = eql_windows_oldest(&c->windows, NULL)))
        forget(c, entry_of(n));
    eql_windows_free(&c->windows);
    eql_keytab_free(&c->table);
    free(c);
}

/* Makes room by forgetting the oldest reports; false: there is no such room. */
static bool
make_room(eql_cooldown *c, uint64_t cost)
{
    while (!eql_budget_fits(&c->budget, cost)) {
        eql_window_node *n = eql_windows_oldest(&c->windows, NULL);

        c->evicted++;
        if (!n)
            return false;
        forget(c, entry_of(n));
    }
    return true;
}

static eql_cooldown_answer
remember(eql_cooldown *c, uint32_t rule, uint64_t hash, eql_strview key,
         int64_t now_ns)
{
    entry *e;

    if (!make_room(c, eql_budget_cost(entry_size(key.len))))
        return EQL_COOLDOWN_REPORT;
    e = eql_budget_alloc(&c->budget, entry_size(key.len));
    if (!e)
        return EQL_COOLDOWN_NOMEM;
    if (key.len > 0)
        memcpy(e->key, key.p, key.len);
    e->node = (eql_keytab_node){
        .key = e->key, .hash = hash, .len = (uint32_t)key.len, .rule = rule};
    e->window.start_ns = now_ns;
    e->window.serial = c->serial++;
    eql_keytab_insert(&c->table, &e->node);
    eql_windows_add(&c->windows, rule, &e->window);
    return EQL_COOLDOWN_REPORT;
}

eql_cooldown_answer
eql_cooldown_ask(eql_cooldown *c, uint32_t rule, eql_strview key,
                 int64_t now_ns)
{
    uint64_t hash = eql_keytab_hash(&c->table, rule, key);
    int64_t span = c->program->rules[rule].cooldown_ns;
    eql_keytab_node *node;
    eql_window_node *n;
    entry *e;

    while (c->in_order && (n = eql_windows_expired(&c->windows, now_ns)))
        forget(c, entry_of(n));
    node = eql_keytab_find(&c->table, hash, rule, key);
    if (!node)
        return remember(c, rule, hash, key, now_ns);
    e = (entry *)(void *)node;
    if (!eql_window_exceeds(now_ns, e->window.start_ns, span - 1))
        return EQL_COOLDOWN_SUPPRESS;
    eql_windows_remove(&c->windows, &e->window);
    e->window.start_ns = now_ns;
    e->window.serial = c->serial++;
    eql_windows_add(&c->windows, rule, &e->window);
    return EQL_COOLDOWN_REPORT;
}

uint64_t
eql_cooldown_peak(const eql_cooldown *c)
{
    return c->budget.peak;
}

uint64_t
eql_cooldown_evicted(const eql_cooldown *c)
{
    return c->evicted;
}
