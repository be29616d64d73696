/* lineage.c -- sources and members of each `descendant of [...]`: language 9.1.
 *
 * Steps of one event: forget the process that ended before (its own later
 * events still counted, up to this one); take in a new process whose parent is
 * known; note one that ends; then make the event's process a source where the
 * bracket holds.  Inner lineages are done before outer ones ask them.
 *
 * A clock forgets at its next process event, so at most one process is dead
 * and not yet forgotten.  Ids are canonical key values (hit.h), so 7 and 7.0
 * are one process, and "7" is another. */
#include "vm/group/lineage.h"

#include "vm/state/found.h"
#include "vm/order/order.h"

typedef struct {
    eql_found_key base;
    bool is_source, is_member;
    /* the id */
} known;

typedef struct {
    eql_buf dead; /* id of the process that ended last */
    bool has_dead;
    eql_hit end; /* head of the hit that told so */
} clock_state;

struct eql_lineages {
    const eql_program *program;
    eql_found_keys *ids;           /* per lineage */
    clock_state *clocks;           /* per clock */
    const eql_hit_entry **entries; /* per stage: of the hit at hand */
    eql_buf id, other, asked;      /* ids at hand */
    size_t nknown;                 /* in all of ids */
    uint32_t ndead;                /* clocks that have one */
    uint64_t evicted;
    bool failed;
};

/* What a process event says of its process. */
typedef struct {
    uint32_t clock;
    bool has_id, creates, ends;
} account;

/* --- making --- */

eql_lineages *
eql_lineages_new(const eql_program *p, eql_budget *budget)
{
    eql_lineages *l = calloc(1, sizeof *l);
    bool ok;

    if (!l)
        return NULL;
    l->program = p;
    l->ids = calloc((size_t)p->nlineages + 1, sizeof *l->ids);
    l->clocks = calloc((size_t)p->nclocks + 1, sizeof *l->clocks);
    l->entries = calloc((size_t)p->nstages + 1, sizeof *l->entries);
    ok = l->ids && l->clocks && l->entries;
    for (uint32_t i = 0; ok && i < p->nlineages; i++)
        ok = eql_found_keys_init(&l->ids[i], budget);
    if (ok)
        return l;
    eql_lineages_free(l);
    return NULL;
}

static known *
oldest(const eql_found_keys *ids)
{
    return (known *)(void *)eql_found_keys_oldest(ids, NULL);
}

static void
forget(eql_lineages *l, uint32_t lineage, known *k)
{
    eql_found_keys_remove(&l->ids[lineage], &k->base, sizeof *k);
    l->nknown--;
}

static void
clear(eql_lineages *l, uint32_t lineage)
{
    known *k;

    while ((k = oldest(&l->ids[lineage])))
        forget(l, lineage, k);
}

void
eql_lineages_free(eql_lineages *l)
{
    if (!l)
        return;
    for (uint32_t i = 0; l->ids && i < l->program->nlineages; i++) {
        if (!l->ids[i].budget)
            continue;
        clear(l, i);
        eql_found_keys_free(&l->ids[i]);
    }
    for (uint32_t i = 0; l->clocks && i < l->program->nclocks; i++)
        eql_buf_free(&l->clocks[i].dead);
    eql_buf_free(&l->id);
    eql_buf_free(&l->other);
    eql_buf_free(&l->asked);
    free(l->ids);
    free(l->clocks);
    free((void *)l->entries);
    free(l);
}

/* --- ids --- */

/* Ids are read as the field of process ids is, wherever they stand. */
static void
encode(const eql_lineages *l, eql_buf *out, const eql_value *v)
{
    uint32_t f = eql_program_dialect(l->program)->process_id;
    eql_field_type type = EQL_FIELD_ANY;

    if (f != EQL_NONE)
        type = (eql_field_type)l->program->fields[f].type;
    out->len = 0;
    eql_hit_key_value(out, type, v);
}

static bool
is_number(const eql_lineages *l, eql_buf *scratch, int64_t i)
{
    eql_value v = eql_value_int(i);

    encode(l, scratch, &v);
    return eql_sv_eq(eql_buf_sv(scratch), eql_buf_sv(&l->id));
}

static known *
find(const eql_lineages *l, uint32_t lineage, const eql_buf *id)
{
    return (known *)(void *)eql_found_keys_find(&l->ids[lineage], lineage,
                                                eql_buf_sv(id));
}

/* l->id, made known to the lineage; NULL when it does not fit. */
static known *
need(eql_lineages *l, uint32_t lineage)
{
    eql_found_keys *ids = &l->ids[lineage];
    eql_strview id = eql_buf_sv(&l->id);
    known *k = find(l, lineage, &l->id), *old;

    if (k)
        return k;
    while (!eql_budget_fits(ids->budget, eql_found_keys_cost(id, sizeof *k))) {
        l->evicted++;
        old = oldest(ids);
        if (!old)
            return NULL;
        forget(l, lineage, old);
    }
    k = (known *)(void *)eql_found_keys_add(ids, lineage, id, sizeof *k);
    if (k)
        l->nknown++;
    else
        l->failed = true;
    return k;
}

static bool
follows(const eql_lineages *l, uint32_t lineage, uint32_t clock)
{
    const eql_program *p = l->program;
    uint32_t stage = p->lineages[lineage].stage;

    return p->rules[p->stages[stage].rule].clock == clock;
}

/* --- process events --- */

static eql_slot
slot(eql_residual *r, uint32_t field)
{
    return field == EQL_NONE ? (eql_slot){0} : eql_residual_slot(r, field);
}

static bool
text_is(const eql_dialect *d, const eql_value *v, const char *want)
{
    eql_strview s;

    if (v->tag != EQL_STRING)
        return false;
    s = eql_value_sv(v);
    return d->string_case == EQL_STRING_CASE_INSENSITIVE
               ? eql_sv_eq_ascii_ci(s, eql_sv_cstr(want))
               : eql_sv_is(s, want);
}

static bool
has_text(const eql_dialect *d, eql_slot s, const char *want)
{
    for (uint32_t i = 0; i < s.n; i++)
        if (text_is(d, &s.v[i], want))
            return true;
    return false;
}

static bool
has_opcode(eql_slot s, uint32_t mask)
{
    for (uint32_t i = 0; i < s.n; i++) {
        const eql_value *v = &s.v[i];
        int64_t code = v->tag == EQL_INT ? v->u.i : -1;

        if (v->tag == EQL_FLOAT && v->u.d >= 0 && v->u.d < 32)
            code = (double)(int64_t)v->u.d == v->u.d ? (int64_t)v->u.d : -1;
        if (code >= 0 && code < 32 && mask >> code & 1)
            return true;
    }
    return false;
}

static account
account_of(eql_lineages *l, eql_residual *r, uint32_t clock)
{
    const eql_dialect *d = eql_program_dialect(l->program);
    eql_slot id = slot(r, d->process_id), type = slot(r, d->process_type);
    eql_slot opcode = slot(r, d->process_opcode);
    account a = {.clock = clock, .has_id = id.n > 0};

    if (a.has_id)
        encode(l, &l->id, &id.v[0]);
    if (d->name == EQL_DIALECT_ENDGAME) {
        a.creates = has_text(d, type, "create") || has_text(d, type, "fork") ||
                    has_opcode(opcode, 1u << 1 | 1u << 3 | 1u << 9);
        a.ends = has_text(d, type, "terminate") ||
                 has_opcode(opcode, 1u << 2 | 1u << 4);
    } else {
        a.creates = has_text(d, type, "start");
        a.ends = has_text(d, type, "end");
    }
    return a;
}

static void
forget_dead(eql_lineages *l, uint32_t clock)
{
    clock_state *c = &l->clocks[clock];

    for (uint32_t i = 0; c->has_dead && i < l->program->nlineages; i++) {
        known *k = follows(l, i, clock) ? find(l, i, &c->dead) : NULL;

        if (k)
            forget(l, i, k);
    }
    l->ndead -= c->has_dead;
    c->has_dead = false;
}

static void
reboot(eql_lineages *l, eql_residual *r, const account *a)
{
    const eql_dialect *d = eql_program_dialect(l->program);

    if (d->name != EQL_DIALECT_ENDGAME || !a->creates || !a->has_id ||
        !is_number(l, &l->other, 4) ||
        !has_text(d, slot(r, d->process_name), "System"))
        return;
    for (uint32_t i = 0; i < l->program->nlineages; i++)
        if (follows(l, i, a->clock))
            clear(l, i);
}

/* Is a process with this forebear (l->other) one the lineage asks for?  Listed
 * ancestors heal the loss of a process between, so a child has none. */
static bool
comes_from(const eql_lineages *l, uint32_t lineage, bool is_parent)
{
    uint32_t relation = l->program->lineages[lineage].relation;
    bool deep = relation == EQL_LINEAGE_DESCENDANT;
    const known *k;

    if (relation == EQL_LINEAGE_EVENT || (!is_parent && !deep))
        return false;
    k = find(l, lineage, &l->other);
    return k && (k->is_source || (is_parent && deep && k->is_member));
}

static void
take_forebear(eql_lineages *l, const account *a, const eql_value *v,
              bool is_parent)
{
    encode(l, &l->other, v);
    for (uint32_t i = 0; i < l->program->nlineages; i++) {
        known *k = NULL;

        if (follows(l, i, a->clock) && comes_from(l, i, is_parent))
            k = need(l, i);
        if (k)
            k->is_member = true;
    }
}

/* Might these captured values say that a process ends?  Never a wrong no: the
 * word would be among the bytes. */
static bool
may_end(const eql_dialect *d, eql_strview blob)
{
    return d->name == EQL_DIALECT_ENDGAME ||
           d->string_case == EQL_STRING_CASE_INSENSITIVE ||
           memmem(blob.p, blob.len, "end", 3) != NULL;
}

static void
process_event(eql_lineages *l, const eql_hit *h, const eql_hit_entry *e,
              eql_residual *r)
{
    const eql_dialect *d = eql_program_dialect(l->program);
    clock_state *c = &l->clocks[h->clock];
    eql_slot parent, ancestry;
    account a;

    if (l->nknown == 0 && !may_end(d, eql_hit_captured(e))) {
        l->ndead -= c->has_dead; /* who is not known need not be forgotten */
        c->has_dead = false;
        return;
    }
    eql_residual_begin(r, EQL_NONE);
    eql_residual_process(r, eql_hit_captured(e));
    a = account_of(l, r, h->clock);
    forget_dead(l, h->clock);
    reboot(l, r, &a);
    if (!a.has_id)
        return;
    parent = slot(r, d->process_parent);
    ancestry = slot(r, d->process_ancestry);
    if (a.creates && parent.n > 0)
        take_forebear(l, &a, &parent.v[0], true);
    for (uint32_t i = 0; a.creates && i < ancestry.n; i++)
        take_forebear(l, &a, &ancestry.v[i], false);
    if (a.ends) {
        c->dead.len = 0;
        eql_buf_add_sv(&c->dead, eql_buf_sv(&l->id));
        c->end = *h;
        c->has_dead = true;
        l->ndead++;
    }
}

/* --- sources --- */

static void
source_event(eql_lineages *l, uint32_t lineage, const eql_hit_entry *e,
             eql_residual *r)
{
    uint32_t stage = l->program->lineages[lineage].stage;
    const eql_stage *s = &l->program->stages[stage];
    eql_slot id;
    known *k;

    eql_residual_begin(r, s->rule);
    eql_residual_own(r, stage, eql_hit_captured(e));
    if (s->residual != EQL_NONE && !eql_residual_holds(r, s->residual))
        return;
    id = slot(r, eql_program_dialect(l->program)->process_id);
    if (id.n == 0)
        return;
    encode(l, &l->id, &id.v[0]);
    if (is_number(l, &l->other, 0))
        return;
    k = need(l, lineage);
    if (k)
        k->is_source = true;
}

/* --- liveness --- */

static bool
has_source(const eql_lineages *l, const eql_hit *h)
{
    for (const eql_hit_entry *e = eql_hit_first(h); e; e = eql_hit_next(h, e)) {
        uint32_t stage = e->stage;

        if (stage != EQL_HIT_PROCESS &&
            l->program->stages[stage].flags & EQL_STAGE_LINEAGE)
            return true;
    }
    return false;
}

/* Where nobody is known, only a source can make it matter who is dead. */
bool
eql_lineages_want_liveness(const eql_lineages *l, const eql_hit *h)
{
    return l->ndead > 0 && (l->nknown > 0 || (h && has_source(l, h)));
}

void
eql_lineages_liveness(eql_lineages *l, const eql_hit *record)
{
    const clock_state *c = &l->clocks[record->clock];

    if (c->has_dead && eql_order_by_time(record, &c->end) > 0)
        forget_dead(l, record->clock);
}

bool
eql_lineages_hit(eql_lineages *l, const eql_hit *h, eql_residual *r)
{
    const eql_program *p = l->program;
    bool any = false;

    for (const eql_hit_entry *e = eql_hit_first(h); e; e = eql_hit_next(h, e)) {
        uint32_t stage = e->stage;

        if (stage == EQL_HIT_PROCESS) {
            process_event(l, h, e, r);
        } else if (p->stages[stage].flags & EQL_STAGE_LINEAGE) {
            l->entries[stage] = e;
            any = true;
        }
    }
    for (uint32_t i = 0; any && i < p->nlineages; i++)
        if (l->entries[p->lineages[i].stage])
            source_event(l, i, l->entries[p->lineages[i].stage], r);
    for (uint32_t i = 0; any && i < p->nlineages; i++)
        l->entries[p->lineages[i].stage] = NULL;
    for (uint32_t i = 0; i < p->nclocks; i++)
        l->failed = l->failed || l->clocks[i].dead.failed;
    return !(l->failed || l->id.failed || l->other.failed || l->asked.failed);
}

bool
eql_lineages_ask(void *ctx, uint32_t lineage, const eql_value *id)
{
    eql_lineages *l = ctx;
    const known *k;

    if (id->tag == EQL_NULL || lineage >= l->program->nlineages)
        return false;
    encode(l, &l->asked, id);
    k = find(l, lineage, &l->asked);
    if (!k)
        return false;
    if (l->program->lineages[lineage].relation == EQL_LINEAGE_EVENT)
        return k->is_source;
    return k->is_member;
}

uint64_t
eql_lineages_evicted(const eql_lineages *l)
{
    return l->evicted;
}
