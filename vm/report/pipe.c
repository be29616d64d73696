/* pipe.c -- the seven pipes, one behind the other.
 *
 *   push -> head -> sort -> ... -> out          (per rule)
 *
 * `head`, `filter` and `unique` hand an item on at once; `tail`, `sort`,
 * `count` and `unique_count` hold what they have until the end, when the pipes
 * of a rule are flushed from left to right.  Invariant: nothing comes to a pipe
 * after its flush.  What comes out before the end waits in `out`. */
#include "vm/report/pipe.h"

#include <stdlib.h>

#include "vm/filter/keys.h"
#include "vm/report/pipe_fields.h"
#include "vm/report/pipe_group.h"

typedef struct {
    const eql_pipe_op *op;
    uint32_t number;            /* among all pipes of the program */
    uint64_t passed;            /* head */
    bool full;                  /* it lost an item: no more come in */
    eql_pipe_queue queue;       /* tail, sort */
    eql_pipe_group_list groups; /* unique, count, unique_count */
} pipe_state;

/* The pipes of one rule. */
typedef struct {
    pipe_state *pipes;
    uint32_t n;
    bool makes_rows;
    bool ended; /* a head has what it wants: nothing more is needed */
    bool cut;   /* out of room */
    eql_pipe_queue out;
    uint64_t pushed, delivered, lost; /* matches, no rows */
} chain;

struct eql_pipes {
    const eql_program *program;
    eql_engine_counters *counters;
    eql_budget *budget;
    eql_pipe_fields fields;
    eql_pipe_groups groups;
    pipe_state *states;       /* of program.pipes[] */
    chain *chains;            /* of program.rules[] */
    eql_buf key, shown, host; /* of the item at hand */
    eql_buf hosts, row;       /* of the item that goes out */
    eql_result_fn out;        /* NULL before the end */
    void *ctx;
};

/* --- making --- */

static void
make_chain(eql_pipes *x, uint32_t rule)
{
    eql_range run = x->program->rules[rule].pipes;
    chain *c = &x->chains[rule];

    c->pipes = x->states + run.first;
    c->n = run.n;
    for (uint32_t i = 0; i < run.n; i++) {
        const eql_pipe_op *op = &x->program->pipes[run.first + i];

        c->pipes[i] = (pipe_state){.op = op, .number = run.first + i};
        c->makes_rows = c->makes_rows || op->kind == EQL_PIPE_COUNT;
        c->ended = c->ended || (op->kind == EQL_PIPE_HEAD && op->n == 0);
    }
}

eql_pipes *
eql_pipes_new(const eql_program *p, const eql_captures *c, eql_budget *budget,
              eql_engine_counters *counters)
{
    eql_pipes *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->program = p;
    x->budget = budget;
    x->counters = counters;
    x->states = calloc((size_t)p->npipes + 1, sizeof *x->states);
    x->chains = calloc((size_t)p->nrules + 1, sizeof *x->chains);
    if (!eql_pipe_fields_init(&x->fields, p, c) ||
        !eql_pipe_groups_init(&x->groups, budget) || !x->states || !x->chains) {
        eql_pipes_free(x);
        return NULL;
    }
    for (uint32_t i = 0; i < p->nrules; i++)
        make_chain(x, i);
    return x;
}

static void
free_chain(eql_pipes *x, chain *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        eql_pipe_queue_free(x->budget, &c->pipes[i].queue);
        eql_pipe_group_list_free(&x->groups, &c->pipes[i].groups);
    }
    eql_pipe_queue_free(x->budget, &c->out);
}

void
eql_pipes_free(eql_pipes *x)
{
    if (!x)
        return;
    for (uint32_t i = 0; x->chains && i < x->program->nrules; i++)
        free_chain(x, &x->chains[i]);
    eql_pipe_groups_free(&x->groups);
    eql_pipe_fields_free(&x->fields);
    eql_buf_free(&x->key);
    eql_buf_free(&x->shown);
    eql_buf_free(&x->host);
    eql_buf_free(&x->hosts);
    eql_buf_free(&x->row);
    free(x->states);
    free(x->chains);
    free(x);
}

bool
eql_pipes_wants(const eql_pipes *x, uint32_t rule)
{
    return !x->chains[rule].ended;
}

/* --- values of expressions --- */

/* x->key and x->shown: the pipe's values of the item, to compare by and as
 * they are spelled.  false: out of memory. */
static bool
evaluate(eql_pipes *x, const pipe_state *s, const eql_pipe_item *item,
         eql_case how)
{
    x->key.len = x->shown.len = 0;
    if (!eql_pipe_fields_bind(&x->fields, item))
        return false;
    for (uint32_t i = 0; i < s->op->exprs.n; i++) {
        uint32_t leaf = x->program->exprs[s->op->exprs.first + i];
        eql_value v = eql_residual_value(x->fields.residual, leaf);

        eql_key_folded(how, EQL_FIELD_ANY, &v, &x->key);
        eql_hit_key_value(&x->shown, EQL_FIELD_ANY, &v);
    }
    return !x->key.failed && !x->shown.failed &&
           !eql_residual_failed(x->fields.residual);
}

static eql_case
case_of_keys(const eql_pipes *x)
{
    const eql_dialect *d = eql_program_dialect(x->program);

    return d->key_case == EQL_KEY_CASE_FOLD ? eql_case_folding(d)
                                            : EQL_CASE_EXACT;
}

/* --- one item at one pipe --- */

typedef enum { PASS, TAKEN, FULL, NOMEM } outcome;

static outcome
outcome_of(eql_pipe_room room, outcome good)
{
    return room == EQL_PIPE_OK ? good : room == EQL_PIPE_FULL ? FULL : NOMEM;
}

static outcome
at_head(chain *c, pipe_state *s)
{
    if (s->passed >= s->op->n)
        return TAKEN;
    c->ended = ++s->passed == s->op->n || c->ended;
    return PASS;
}

static outcome
at_filter(eql_pipes *x, const pipe_state *s, const eql_pipe_item *item)
{
    bool holds;

    if (!eql_pipe_fields_bind(&x->fields, item))
        return NOMEM;
    holds = eql_residual_holds(x->fields.residual, s->op->filter);
    if (eql_residual_failed(x->fields.residual))
        return NOMEM;
    return holds ? PASS : TAKEN;
}

static outcome
hold(eql_pipes *x, pipe_state *s, const eql_pipe_item *item, eql_strview order)
{
    eql_pipe_stored *copy = NULL;
    eql_pipe_room room = eql_pipe_store(x->budget, item, order, true, &copy);

    if (room == EQL_PIPE_OK)
        eql_pipe_queue_add(&s->queue, copy);
    return outcome_of(room, TAKEN);
}

static outcome
at_tail(eql_pipes *x, pipe_state *s, const eql_pipe_item *item)
{
    if (s->op->n == 0)
        return TAKEN;
    if (s->queue.n >= s->op->n)
        eql_pipe_stored_free(x->budget, eql_pipe_queue_take(&s->queue));
    return hold(x, s, item, eql_sv("", 0));
}

static outcome
at_sort(eql_pipes *x, pipe_state *s, const eql_pipe_item *item)
{
    eql_case how = eql_case_of_strings(eql_program_dialect(x->program));

    if (!evaluate(x, s, item, how))
        return NOMEM;
    return hold(x, s, item, eql_buf_sv(&x->key));
}

static outcome
at_unique(eql_pipes *x, pipe_state *s, const eql_pipe_item *item)
{
    eql_strview key;

    if (!evaluate(x, s, item, case_of_keys(x)))
        return NOMEM;
    key = eql_buf_sv(&x->key);
    if (eql_pipe_group_find(&x->groups, s->number, key))
        return TAKEN;
    return outcome_of(eql_pipe_group_add(&x->groups, &s->groups, s->number, key,
                                         eql_sv("", 0)),
                      PASS);
}

/* The group of the item that was evaluated, made if it is new. */
static eql_pipe_room
need_group(eql_pipes *x, pipe_state *s, const eql_pipe_item *item,
           eql_pipe_group **out)
{
    eql_strview key = eql_buf_sv(&x->key);
    eql_pipe_stored *first = NULL;
    eql_pipe_room room;

    *out = eql_pipe_group_find(&x->groups, s->number, key);
    if (*out)
        return EQL_PIPE_OK;
    if (s->op->kind == EQL_PIPE_UNIQUE_COUNT) {
        room = eql_pipe_store(x->budget, item, eql_sv("", 0), true, &first);
        if (room != EQL_PIPE_OK)
            return room;
    }
    room = eql_pipe_group_add(&x->groups, &s->groups, s->number, key,
                              eql_buf_sv(&x->shown));
    if (room != EQL_PIPE_OK) {
        if (first)
            eql_pipe_stored_free(x->budget, first);
        return room;
    }
    *out = s->groups.last;
    (*out)->first = first;
    return EQL_PIPE_OK;
}

/* Hosts that an earlier unique_count found. */
static eql_pipe_room
merge_hosts(eql_pipes *x, eql_pipe_group *g, const eql_pipe_columns *c)
{
    eql_pipe_room room = EQL_PIPE_OK;
    char scratch[48];
    size_t pos = 0;
    eql_value v;

    for (size_t from = 0;
         room == EQL_PIPE_OK && eql_hit_key_next(c->hosts, &pos, &v, scratch);
         from = pos)
        room = eql_pipe_group_host(&x->groups, g,
                                   eql_sv(c->hosts.p + from, pos - from));
    return room;
}

static eql_pipe_room
add_hosts(eql_pipes *x, eql_pipe_group *g)
{
    uint32_t field = eql_program_dialect(x->program)->host_key;
    eql_pipe_room room = EQL_PIPE_OK;
    eql_slot slot = {0};

    if (field != EQL_NONE)
        slot = eql_residual_slot(x->fields.residual, field);
    for (uint32_t i = 0; i < slot.n && room == EQL_PIPE_OK; i++) {
        x->host.len = 0;
        eql_hit_key_value(&x->host, EQL_FIELD_ANY, &slot.v[i]);
        room = x->host.failed
                   ? EQL_PIPE_NOMEM
                   : eql_pipe_group_host(&x->groups, g, eql_buf_sv(&x->host));
    }
    return room;
}

static outcome
at_count(eql_pipes *x, pipe_state *s, const eql_pipe_item *item)
{
    bool merges = s->op->kind == EQL_PIPE_UNIQUE_COUNT && item->columns.counted;
    eql_pipe_group *g;
    eql_pipe_room room;

    if (!evaluate(x, s, item, case_of_keys(x)))
        return NOMEM;
    room = need_group(x, s, item, &g);
    if (room != EQL_PIPE_OK)
        return outcome_of(room, TAKEN);
    g->count += merges ? item->columns.count : 1;
    if (merges)
        room = merge_hosts(x, g, &item->columns);
    else if (!item->columns.counted)
        room = add_hosts(x, g);
    return outcome_of(room, TAKEN);
}

static outcome
at_pipe(eql_pipes *x, chain *c, pipe_state *s, const eql_pipe_item *item)
{
    if (s->full)
        return FULL;
    switch ((eql_pipe_kind)s->op->kind) {
    case EQL_PIPE_HEAD: return at_head(c, s);
    case EQL_PIPE_TAIL: return at_tail(x, s, item);
    case EQL_PIPE_FILTER: return at_filter(x, s, item);
    case EQL_PIPE_UNIQUE: return at_unique(x, s, item);
    case EQL_PIPE_SORT: return at_sort(x, s, item);
    case EQL_PIPE_COUNT:
    case EQL_PIPE_UNIQUE_COUNT: return at_count(x, s, item);
    case EQL_PIPE_KIND_COUNT: break;
    }
    return TAKEN;
}

/* --- through the pipes --- */

static eql_engine_result
deliver(eql_pipes *x, chain *c, const eql_pipe_item *item)
{
    eql_match m = item->match;

    x->row.len = 0;
    if (item->columns.counted)
        eql_pipe_columns_json(&x->row, &item->columns);
    if (x->row.failed)
        return EQL_ENGINE_NOMEM;
    m.row = eql_buf_sv(&x->row);
    if (!item->columns.is_row)
        c->delivered++;
    return x->out(x->ctx, &m);
}

/* From here on the rule reports what it has. */
static void
cut(eql_pipes *x, chain *c, const eql_pipe_item *item)
{
    c->cut = true;
    if (item->columns.is_row) {
        x->counters->rows_lost++;
        return;
    }
    x->counters->piped_lost++;
    c->lost++;
}

static eql_engine_result
leave(eql_pipes *x, chain *c, const eql_pipe_item *item)
{
    eql_pipe_stored *copy = NULL;
    eql_pipe_room room;

    if (x->out)
        return deliver(x, c, item);
    room = eql_pipe_store(x->budget, item, eql_sv("", 0), false, &copy);
    if (room == EQL_PIPE_NOMEM)
        return EQL_ENGINE_NOMEM;
    if (room == EQL_PIPE_OK)
        eql_pipe_queue_add(&c->out, copy);
    else
        cut(x, c, item);
    return EQL_ENGINE_OK;
}

/* Gives the item to pipe `from` and those behind it. */
static eql_engine_result
hand_on(eql_pipes *x, chain *c, uint32_t from, const eql_pipe_item *item)
{
    for (uint32_t i = from; i < c->n; i++) {
        switch (at_pipe(x, c, &c->pipes[i], item)) {
        case PASS: break;
        case TAKEN: return EQL_ENGINE_OK;
        case NOMEM: return EQL_ENGINE_NOMEM;
        case FULL:
            c->pipes[i].full = true;
            cut(x, c, item);
            return EQL_ENGINE_OK;
        }
    }
    return leave(x, c, item);
}

eql_engine_result
eql_pipes_push(eql_pipes *x, const eql_match *m)
{
    chain *c = &x->chains[m->rule];
    eql_pipe_item item = {.match = *m};

    c->pushed++;
    if (c->ended)
        return EQL_ENGINE_OK;
    if (!c->cut)
        return hand_on(x, c, 0, &item);
    cut(x, c, &item);
    return EQL_ENGINE_OK;
}

/* --- the end --- */

static eql_engine_result
flush_queue(eql_pipes *x, chain *c, uint32_t i)
{
    eql_pipe_queue *q = &c->pipes[i].queue;
    eql_engine_result res = EQL_ENGINE_OK;
    eql_pipe_stored *s;

    while (res == EQL_ENGINE_OK && (s = eql_pipe_queue_take(q))) {
        res = hand_on(x, c, i + 1, &s->item);
        eql_pipe_stored_free(x->budget, s);
    }
    return res;
}

/* What counting says of a group; hosts are in x->hosts. */
static bool
count_columns(eql_pipes *x, const eql_pipe_group *g, uint64_t total,
              eql_pipe_columns *out)
{
    if (!eql_pipe_group_hosts(g, &x->hosts))
        return false;
    out->counted = true;
    out->has_percent = true;
    out->count = g->count;
    out->percent = total ? (double)g->count / (double)total : 0;
    out->hosts = eql_buf_sv(&x->hosts);
    out->nhosts = g->nhosts;
    return true;
}

static uint64_t
total_of(const pipe_state *s)
{
    uint64_t total = 0;

    for (const eql_pipe_group *g = s->groups.first; g; g = g->next)
        total += g->count;
    return total;
}

static eql_strview
key_of(const eql_pipe_group *g)
{
    return eql_sv(g->node.key, g->node.len);
}

static int
compare_groups(const void *a, const void *b)
{
    const eql_pipe_group *x = *(eql_pipe_group *const *)a;
    const eql_pipe_group *y = *(eql_pipe_group *const *)b;

    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return eql_hit_key_compare(key_of(x), key_of(y));
}

static eql_pipe_item
empty_row(const eql_pipes *x, uint32_t rule)
{
    eql_strview none = eql_sv("", 0);

    return (eql_pipe_item){
        .match = {.rule = rule,
                  .severity = x->program->rules[rule].severity,
                  .key = none,
                  .row = none},
        .columns = {.counted = true, .is_row = true, .hosts = none}};
}

/* `count` without arguments: one row, of nothing too. */
static eql_engine_result
flush_totals(eql_pipes *x, chain *c, uint32_t i)
{
    const eql_pipe_group *all = c->pipes[i].groups.first;
    eql_pipe_item item = empty_row(x, (uint32_t)(c - x->chains));
    eql_value name = eql_value_str(eql_sv_cstr("totals"));
    eql_engine_result res = EQL_ENGINE_NOMEM;
    eql_buf key = {0};

    eql_hit_key_value(&key, EQL_FIELD_ANY, &name);
    if (!key.failed && (!all || count_columns(x, all, 0, &item.columns))) {
        item.columns.key = eql_buf_sv(&key);
        item.columns.nkeys = 1;
        item.columns.has_percent = false;
        res = hand_on(x, c, i + 1, &item);
    }
    eql_buf_free(&key);
    return res;
}

static eql_engine_result
flush_count(eql_pipes *x, chain *c, uint32_t i)
{
    pipe_state *s = &c->pipes[i];
    eql_engine_result res = EQL_ENGINE_OK;
    uint64_t total = total_of(s);
    eql_vec all = {0};

    for (eql_pipe_group *g = s->groups.first; g; g = g->next)
        if (eql_vec_push(&all, &g, sizeof g) == EQL_NONE)
            res = EQL_ENGINE_NOMEM;
    if (all.n > 1)
        qsort(all.items, all.n, all.size, compare_groups);
    for (uint32_t k = 0; k < all.n && res == EQL_ENGINE_OK; k++) {
        const eql_pipe_group *g = *(eql_pipe_group **)eql_vec_at(&all, k);
        eql_pipe_item item = empty_row(x, (uint32_t)(c - x->chains));

        item.columns.key = g->shown;
        item.columns.nkeys = s->op->exprs.n;
        res = count_columns(x, g, total, &item.columns)
                  ? hand_on(x, c, i + 1, &item)
                  : EQL_ENGINE_NOMEM;
    }
    eql_vec_free(&all);
    return res;
}

static eql_engine_result
flush_unique_count(eql_pipes *x, chain *c, uint32_t i)
{
    pipe_state *s = &c->pipes[i];
    eql_engine_result res = EQL_ENGINE_OK;
    uint64_t total = total_of(s);

    for (const eql_pipe_group *g = s->groups.first; g && res == EQL_ENGINE_OK;
         g = g->next) {
        eql_pipe_item item = g->first->item;

        res = count_columns(x, g, total, &item.columns)
                  ? hand_on(x, c, i + 1, &item)
                  : EQL_ENGINE_NOMEM;
    }
    return res;
}

static eql_engine_result
flush(eql_pipes *x, chain *c, uint32_t i)
{
    pipe_state *s = &c->pipes[i];
    eql_engine_result res = EQL_ENGINE_OK;

    switch ((eql_pipe_kind)s->op->kind) {
    case EQL_PIPE_SORT:
        if (!eql_pipe_queue_sort(&s->queue, x->program, s->op))
            return EQL_ENGINE_NOMEM;
        res = flush_queue(x, c, i);
        break;
    case EQL_PIPE_TAIL: res = flush_queue(x, c, i); break;
    case EQL_PIPE_COUNT:
        res = s->op->exprs.n ? flush_count(x, c, i) : flush_totals(x, c, i);
        break;
    case EQL_PIPE_UNIQUE_COUNT: res = flush_unique_count(x, c, i); break;
    case EQL_PIPE_HEAD:
    case EQL_PIPE_FILTER:
    case EQL_PIPE_UNIQUE:
    case EQL_PIPE_KIND_COUNT: break;
    }
    eql_pipe_group_list_free(&x->groups, &s->groups);
    return res;
}

static eql_engine_result
finish_chain(eql_pipes *x, chain *c)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_pipe_stored *s;

    while (res == EQL_ENGINE_OK && (s = eql_pipe_queue_take(&c->out))) {
        res = deliver(x, c, &s->item);
        eql_pipe_stored_free(x->budget, s);
    }
    for (uint32_t i = 0; i < c->n && res == EQL_ENGINE_OK; i++)
        res = flush(x, c, i);
    return res;
}

eql_engine_result
eql_pipes_finish(eql_pipes *x, eql_result_fn out, void *ctx)
{
    eql_engine_result res = EQL_ENGINE_OK;

    x->out = out;
    x->ctx = ctx;
    for (uint32_t rows = 0; rows < 2; rows++)
        for (uint32_t i = 0; i < x->program->nrules && res == EQL_ENGINE_OK;
             i++)
            if (x->chains[i].n > 0 && x->chains[i].makes_rows == (rows == 1))
                res = finish_chain(x, &x->chains[i]);
    for (uint32_t i = 0; i < x->program->nrules; i++) {
        const chain *c = &x->chains[i];

        x->counters->piped += c->pushed - c->delivered - c->lost;
    }
    x->counters->combinations_capped += eql_residual_capped(x->fields.residual);
    return res;
}
