/* ref_pipe.c -- see ref_pipe.h.
 *
 * A result that a pipe has counted carries a row: the columns of `count`, or
 * what `unique_count` notes on its first event.  An event that is noted on is
 * seen with the notes as members of its own, and without its host field. */
#include "tests/reference/ref_pipe.h"

#include <stdlib.h>
#include <string.h>

#include "tests/reference/ref_filter.h"
#include "tests/reference/ref_key.h"

typedef struct {
    const ref_env *env;
    json_t *const *events;
    const ref_nodes *args;
    ref_results *results;
    json_t **owned; /* everything made on the way, to be freed */
    size_t nowned;
} pipe;

static json_t *
own(pipe *p, json_t *v)
{
    p->owned = ref_grow(p->env->pool, p->owned, p->nowned, sizeof(json_t *));
    return p->owned[p->nowned++] = v;
}

/* --- what arguments see --- */

static const char *
host_path(const pipe *p)
{
    return p->env->flags->endgame ? "hostname" : "host.name";
}

/* The first event with the row's members, and without its host. */
static const json_t *
noted(pipe *p, const ref_result *r)
{
    json_t *copy = own(p, json_deep_copy(p->events[r->events[0]]));
    const char *path = host_path(p), *dot = strchr(path, '.');

    (void)json_object_del(copy, path);
    if (dot)
        (void)json_object_del(
            json_object_get(copy, ref_printf(p->env->pool, "%.*s",
                                             (int)(dot - path), path)),
            dot + 1);
    json_object_update(copy, r->row);
    return copy;
}

static ref_env
look_at(pipe *p, const ref_result *r)
{
    ref_env env = *p->env;
    const json_t **events = ref_alloc(env.pool, r->n * sizeof *events);

    for (size_t i = 0; i < r->n; i++)
        if (r->events[i] != REF_MISSING)
            events[i] = p->events[r->events[i]];
    if (r->n && r->events[0] == REF_MISSING)
        *env.refused = "a pipe behind a leading missing stage";
    else if (r->row && r->n)
        events[0] = noted(p, r);
    env.event = r->n ? events[0] : r->row;
    env.number = r->n && r->events[0] != REF_MISSING ? r->events[0] : 0;
    env.events = events;
    env.nevents = r->n;
    return env;
}

/* The one value of argument i; several are a list that is one value. */
static ref_value
argument(pipe *p, const ref_result *r, size_t i, ref_values *all)
{
    ref_env env = look_at(p, r);
    const ref_node *e = p->args->items[i];

    *all = ref_expression_values(&env, e);
    if (all->n == 1)
        return all->items[0];
    if (all->n > 1 && e->kind != REF_N_FIELD)
        *env.refused = "several values of an expression in a pipe";
    return ref_null();
}

/* --- head, tail, filter, unique, sort --- */

static size_t
count_argument(const pipe *p)
{
    const ref_node *e = p->args->n ? p->args->items[0] : NULL;

    if (!e)
        return 50;
    if (e->kind != REF_N_LITERAL || !e->literal.num.is_int)
        *p->env->refused = "bad count of a pipe";
    return (size_t)e->literal.num.i;
}

static void
cut(pipe *p, bool tail)
{
    size_t n = count_argument(p);
    ref_results *r = p->results;

    if (n >= r->n)
        return;
    if (tail)
        memmove(r->items, r->items + (r->n - n), n * sizeof *r->items);
    r->n = n;
}

static void
run_head(pipe *p)
{
    cut(p, false);
}

static void
run_tail(pipe *p)
{
    cut(p, true);
}

static void
run_filter(pipe *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->results->n; i++) {
        ref_env env = look_at(p, &p->results->items[i]);

        if (ref_holds(&env, p->args->items[0]))
            p->results->items[kept++] = p->results->items[i];
    }
    p->results->n = kept;
}

/* The tuple of a result's arguments: equal texts are equal tuples. */
static char *
tuple(pipe *p, const ref_result *r)
{
    ref_text t = {.pool = p->env->pool};

    for (size_t i = 0; i < p->args->n; i++) {
        ref_values all;
        ref_value v = argument(p, r, i, &all);

        if (all.n <= 1)
            ref_put(&t, ref_key_text(p->env, v));
        for (size_t k = 0; all.n > 1 && k < all.n; k++)
            ref_putf(&t, "%s+", ref_key_text(p->env, all.items[k]));
        ref_put(&t, "|");
    }
    return ref_text_cstr(&t);
}

static void
run_unique(pipe *p)
{
    char **seen = ref_alloc(p->env->pool, p->results->n * sizeof *seen);
    size_t kept = 0;

    for (size_t i = 0; i < p->results->n; i++) {
        char *text = tuple(p, &p->results->items[i]);
        bool old = false;

        for (size_t k = 0; k < kept; k++)
            old |= strcmp(seen[k], text) == 0;
        if (old)
            continue;
        seen[kept] = text;
        p->results->items[kept++] = p->results->items[i];
    }
    p->results->n = kept;
}

/* Null is the empty value of the one type that the column has. */
static void
fill_nulls(ref_value *column, size_t n)
{
    ref_tag tag = REF_NULL;

    for (size_t i = 0; i < n; i++) {
        if (column[i].tag == REF_NULL)
            continue;
        if (tag != REF_NULL && tag != column[i].tag)
            return;
        tag = column[i].tag;
    }
    for (size_t i = 0; i < n; i++)
        if (column[i].tag == REF_NULL)
            column[i] = (ref_value){
                .tag = tag, .str = ref_cstr(""), .num = {.is_int = true}};
}

static void
run_sort(pipe *p)
{
    size_t n = p->results->n;
    ref_value **columns =
        ref_alloc(p->env->pool, (p->args->n + 1) * sizeof *columns);
    size_t *order = ref_alloc(p->env->pool, n * sizeof *order);
    ref_result *sorted = ref_alloc(p->env->pool, n * sizeof *sorted);

    for (size_t c = 0; c < p->args->n; c++) {
        columns[c] = ref_alloc(p->env->pool, n * sizeof **columns);
        for (size_t i = 0; i < n; i++) {
            ref_values all;

            columns[c][i] = argument(p, &p->results->items[i], c, &all);
            if (all.n > 1)
                *p->env->refused = "several values in a sort";
        }
        fill_nulls(columns[c], n);
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = i;

        for (; at > 0; at--) {
            int c = 0;

            for (size_t k = 0; !c && k < p->args->n; k++)
                c = ref_sort_order(p->env, columns[k][i],
                                   columns[k][order[at - 1]],
                                   p->env->flags->insensitive);
            if (c >= 0)
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    for (size_t i = 0; i < n; i++)
        sorted[i] = p->results->items[order[i]];
    if (n)
        memcpy(p->results->items, sorted, n * sizeof *sorted);
}

/* --- counting --- */

typedef struct {
    char *text;
    size_t first; /* result that was seen first */
    int64_t count;
    ref_str *hosts;
    size_t nhosts;
    json_t *key;
    ref_values *values; /* of each argument, to sort by */
} group;

static int64_t
weight(const ref_result *r)
{
    const json_t *count = r->row ? json_object_get(r->row, "count") : NULL;

    return count ? json_integer_value(count) : 1;
}

static void
add_host(pipe *p, group *g, ref_str host)
{
    size_t at;

    for (size_t i = 0; i < g->nhosts; i++)
        if (ref_str_eq(g->hosts[i], host))
            return;
    g->hosts = ref_grow(p->env->pool, g->hosts, g->nhosts, sizeof *g->hosts);
    for (at = g->nhosts++; at > 0 && ref_str_order(host, g->hosts[at - 1]) < 0;
         at--)
        g->hosts[at] = g->hosts[at - 1];
    g->hosts[at] = host;
}

static void
add_hosts(pipe *p, group *g, const ref_result *r)
{
    ref_values v = {0};

    if (r->row)
        v = ref_name_values(p->env->pool, r->row, "hosts");
    else if (r->n && r->events[0] != REF_MISSING)
        v = ref_name_values(p->env->pool, p->events[r->events[0]],
                            host_path(p));
    for (size_t i = 0; i < v.n; i++)
        if (v.items[i].tag == REF_STR)
            add_host(p, g, v.items[i].str);
        else
            *p->env->refused = "a host that is no text";
}

/* The key as a column: one value, or a list of several. */
static json_t *
key_json(pipe *p, const ref_result *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->args->n; i++) {
        ref_values all;
        ref_value v = argument(p, r, i, &all);
        json_t *one = all.n > 1 ? json_array() : ref_value_json(v, false);

        for (size_t k = 0; all.n > 1 && k < all.n; k++)
            json_array_append_new(one, ref_value_json(all.items[k], true));
        json_array_append_new(list, one);
    }
    if (p->args->n == 1) {
        json_t *only = json_incref(json_array_get(list, 0));

        json_decref(list);
        return only;
    }
    return list;
}

static group *
group_of(pipe *p, group *groups, size_t *n, size_t result)
{
    const ref_result *r = &p->results->items[result];
    char *text = tuple(p, r);
    group *g;

    for (size_t i = 0; i < *n; i++)
        if (strcmp(groups[i].text, text) == 0)
            return &groups[i];
    g = &groups[(*n)++];
    *g = (group){.text = text, .first = result};
    g->values = ref_alloc(p->env->pool, (p->args->n + 1) * sizeof *g->values);
    for (size_t i = 0; i < p->args->n; i++)
        (void)argument(p, r, i, &g->values[i]);
    return g;
}

/* Groups in first-seen order; the total of their counts. */
static group *
count_groups(pipe *p, size_t *n, int64_t *total)
{
    group *groups =
        ref_alloc(p->env->pool, (p->results->n + 1) * sizeof *groups);

    *n = 0;
    *total = 0;
    for (size_t i = 0; i < p->results->n; i++) {
        group *g = group_of(p, groups, n, i);

        g->count += weight(&p->results->items[i]);
        *total += weight(&p->results->items[i]);
        add_hosts(p, g, &p->results->items[i]);
    }
    return groups;
}

static json_t *
row_of(const group *g, int64_t total, bool percent)
{
    json_t *row = json_object(), *hosts = json_array();

    json_object_set_new(row, "count", json_integer(g->count));
    if (percent)
        json_object_set_new(row, "percent",
                            json_real((double)g->count / (double)total));
    for (size_t i = 0; i < g->nhosts; i++)
        json_array_append_new(hosts,
                              json_stringn(g->hosts[i].p, g->hosts[i].n));
    if (g->nhosts) {
        json_object_set_new(row, "hosts", json_incref(hosts));
        json_object_set_new(row, "total_hosts",
                            json_integer((json_int_t)g->nhosts));
    }
    json_decref(hosts);
    return row;
}

/* Several values come after one; else the first that differs decides. */
static int
several_order(const pipe *p, const ref_values *a, const ref_values *b)
{
    if ((a->n > 1) != (b->n > 1))
        return a->n > 1 ? 1 : -1;
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        int c = ref_value_order(p->env, a->items[i], b->items[i],
                                p->env->flags->key_fold);

        if (c)
            return c;
    }
    return (a->n > b->n) - (a->n < b->n);
}

static int
group_order(const pipe *p, const group *a, const group *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (size_t i = 0; i < p->args->n; i++) {
        int c = several_order(p, &a->values[i], &b->values[i]);

        if (c)
            return c;
    }
    return 0;
}

static void
run_count(pipe *p)
{
    size_t n;
    int64_t total;
    group *groups = count_groups(p, &n, &total);
    ref_result *rows = ref_alloc(p->env->pool, (n + 1) * sizeof *rows);

    if (p->args->n == 0 && n == 0)
        n = 1; /* a row of totals, even of nothing */
    for (size_t i = 0; i < n; i++) {
        group g = groups[i];
        size_t at = i;

        g.key = p->args->n ? key_json(p, &p->results->items[g.first])
                           : json_string("totals");
        for (; at > 0 && group_order(p, &g, &groups[at - 1]) < 0; at--)
            groups[at] = groups[at - 1];
        groups[at] = g;
    }
    for (size_t i = 0; i < n; i++) {
        rows[i].row = own(p, row_of(&groups[i], total, p->args->n > 0));
        json_object_set_new(rows[i].row, "key", groups[i].key);
    }
    *p->results = (ref_results){rows, n};
}

static void
run_unique_count(pipe *p)
{
    size_t n;
    int64_t total;
    group *groups = count_groups(p, &n, &total);
    ref_result *rows = ref_alloc(p->env->pool, (n + 1) * sizeof *rows);

    for (size_t i = 0; i < n; i++) {
        ref_result *first = &p->results->items[groups[i].first];
        json_t *notes = row_of(&groups[i], total, true);

        rows[i] = *first;
        rows[i].row =
            own(p, first->row ? json_copy(first->row) : json_object());
        json_object_update(rows[i].row, notes);
        json_decref(notes);
    }
    *p->results = (ref_results){rows, n};
}

/* --- all of them --- */

static const struct {
    const char *name;
    void (*run)(pipe *p);
    size_t least, most;
} pipes[] = {
    {"head", run_head, 0, 1},
    {"tail", run_tail, 0, 1},
    {"filter", run_filter, 1, 1},
    {"unique", run_unique, 1, 99},
    {"sort", run_sort, 1, 99},
    {"count", run_count, 0, 99},
    {"unique_count", run_unique_count, 1, 99},
};

static void
run_one(pipe *p, ref_str name)
{
    for (size_t i = 0; i < REF_COUNTOF(pipes); i++)
        if (ref_str_eq(name, ref_cstr(pipes[i].name)) &&
            p->args->n >= pipes[i].least && p->args->n <= pipes[i].most) {
            pipes[i].run(p);
            return;
        }
    *p->env->refused = "unknown pipe, or its arguments";
}

void
ref_run_pipes(const ref_env *env, const ref_query *q, json_t *const *events,
              ref_results *results)
{
    pipe p = {.env = env, .events = events, .results = results};

    for (size_t i = 0; !*env->refused && i < q->npipes; i++) {
        p.args = &q->pipes[i].args;
        run_one(&p, q->pipes[i].name);
    }
    for (size_t i = 0; i < results->n; i++) {
        ref_result *r = &results->items[i];

        if (r->row)
            r->row_text = ref_json_text(env->pool, r->row);
        r->row = NULL;
    }
    for (size_t i = 0; i < p.nowned; i++)
        json_decref(p.owned[i]);
}
