/* rawmap_plan.c -- what one kind of record (layout, variants, channel, code)
 * needs for what the program asks: which rules, which names, which sources.
 *
 * Rules are looked at from the last to the first: one counts if it writes
 * something that is needed or takes away event data that are; what it reads is
 * needed before it.  Where two targets stand on the way to one path, order and
 * shape decide in ways that only the mapping itself follows: such paths are
 * deferred, and a plan whose rules read one is not compiled. */
#include "io/windows/rawmap_int.h"

#include <stdlib.h>

typedef struct {
    eql_rawmap *r;
    eql_rawmap_view *view;
    eql_rawmap_plan *plan;
    uint32_t *rules; /* all of them, in order */
    uint32_t nrules;
    uint32_t roles;    /* bits: header roles that are read */
    uint8_t *present;  /* per target */
    uint8_t *deferred; /* per wanted path */
    uint8_t *need;     /* per wanted path */
    uint8_t *names;    /* per name: needed */
    uint32_t *last;    /* per wanted path: the last rule that may write it */
} build;

static uint32_t
listed(const eql_rawmap *r, uint32_t i)
{
    return *(const uint32_t *)eql_vec_at(&r->lists, i);
}

static void
list(eql_rawmap *r, uint32_t value)
{
    r->failed |= eql_vec_push(&r->lists, &value, sizeof value) == EQL_NONE;
}

/* --- views --- */

static void
list_header(eql_rawmap *r, const eql_mapping_header *h, uint32_t role)
{
    for (uint32_t i = 0; i < (*h)[role].n; i++)
        list(r, eql_rawmap_find_source(r, (*h)[role].items[i].keys,
                                       (*h)[role].items[i].n));
}

/* Later variants come before earlier ones, and those before the layout. */
static void
fill_view(eql_rawmap *r, eql_rawmap_view *v)
{
    for (uint32_t role = 0; role < EQL_MAPPING_ROLE_COUNT; role++) {
        v->header[role].first = r->lists.n;
        for (uint32_t i = v->layout->nvariants; i-- > 0;)
            if (v->active >> (i + 1) & 1)
                list_header(r, &v->layout->variants[i].header, role);
        list_header(r, &v->layout->header, role);
        v->header[role].n = r->lists.n - v->header[role].first;
    }
}

eql_rawmap_view *
eql_rawmap_view_for(eql_rawmap *r, const eql_mapping_layout *layout,
                    uint32_t active)
{
    eql_rawmap_view *v;

    for (uint32_t i = 0; i < r->views.n; i++) {
        v = *(eql_rawmap_view **)eql_vec_at(&r->views, i);
        if (v->layout == layout && v->active == active)
            return v;
    }
    if (r->views.n >= EQL_RAWMAP_MAX_VIEWS || r->failed)
        return NULL;
    v = eql_arena_alloc(r->arena, sizeof *v);
    if (!v)
        return NULL;
    v->layout = layout;
    v->active = active;
    v->plans = eql_arena_array(r->arena, r->m->nchannels + (size_t)1,
                               sizeof *v->plans);
    fill_view(r, v);
    if (!v->plans || r->failed ||
        eql_vec_push(&r->views, &v, sizeof v) == EQL_NONE)
        return NULL;
    return v;
}

/* --- what happens to the record --- */

static void
list_steps(const build *b, eql_mapping_step out[EQL_MAPPING_STEPS])
{
    eql_mapping_list_steps(b->r->m, b->plan->channel, b->plan->plan, out);
}

static void
add_constants(build *b, const eql_mapping_constants *c)
{
    for (uint32_t i = 0; c && i < c->n; i++)
        b->rules[b->nrules++] = eql_rawmap_rule_number(b->r, &c->items[i]);
}

static void
add_rules(build *b, const eql_mapping_rules *rules)
{
    for (uint32_t i = 0; i < rules->n; i++)
        b->rules[b->nrules++] = eql_rawmap_rule_number(b->r, rules->items[i]);
}

static void
add_all(build *b)
{
    eql_mapping_step steps[EQL_MAPPING_STEPS];

    list_steps(b, steps);
    for (uint32_t i = 0; i < EQL_MAPPING_STEPS; i++) {
        add_constants(b, steps[i].constants);
        if (steps[i].rules)
            add_rules(b, steps[i].rules);
    }
}

static size_t
count_all(const build *b)
{
    eql_mapping_step steps[EQL_MAPPING_STEPS];
    size_t n = 0;

    list_steps(b, steps);
    for (uint32_t i = 0; i < EQL_MAPPING_STEPS; i++)
        n += (steps[i].constants ? steps[i].constants->n : 0) +
             (steps[i].rules ? steps[i].rules->n : 0);
    return n;
}

static void
mark_targets(build *b)
{
    const eql_rawmap *r = b->r;

    b->present[r->at_timestamp] = b->present[r->at_created] = 1;
    for (uint32_t i = 0; i < b->nrules; i++) {
        const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, b->rules[i]);

        for (uint32_t k = 0; k < rule->targets.n; k++)
            b->present[listed(r, rule->targets.first + k)] = 1;
        for (uint32_t k = 0; k < rule->outs.n; k++)
            b->last[eql_rawmap_out_at(r, rule->outs.first + k)->wanted] =
                b->rules[i];
    }
}

static uint32_t
count_present(const build *b, eql_range list)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < list.n; i++)
        n += b->present[listed(b->r, list.first + i)];
    return n;
}

/* The one target on the way to a path is the path itself. */
static bool
is_exact(const build *b, const eql_rawmap_wanted *w)
{
    for (uint32_t i = 0; i < w->above.n; i++) {
        uint32_t t = listed(b->r, w->above.first + i);
        const eql_mapping_path *path = eql_vec_at(&b->r->targets, t);

        if (b->present[t])
            return path->n == w->n;
    }
    return false;
}

static bool
is_deferred(const build *b, const eql_rawmap_wanted *w)
{
    const eql_rawmap *r = b->r;
    uint32_t above = count_present(b, w->above);

    if (w->hidden || above > 1 || count_present(b, w->below))
        return true;
    if (w->name == EQL_NONE)
        return false;
    if (b->present[r->winlog] || b->present[r->event_data])
        return true;
    return above && (w->n > 3 || !is_exact(b, w));
}

static void
find_deferred(build *b)
{
    for (uint32_t i = 0; i < b->r->wanted.n; i++)
        b->deferred[i] = is_deferred(b, eql_vec_at(&b->r->wanted, i));
}

/* --- what is needed --- */

static void
need_sources(build *b, const eql_rawmap_rule *rule)
{
    for (uint32_t i = 0; i < rule->from.n; i++) {
        const eql_rawmap_ref *ref =
            eql_rawmap_ref_at(b->r, rule->from.first + i);

        if (ref->from == EQL_MAPPING_FROM_HEADER) {
            b->roles |= UINT32_C(1) << ref->index;
        } else if (ref->from == EQL_MAPPING_FROM_DATA) {
            b->names[ref->index] = 1;
        } else {
            b->need[ref->index] = 1;
            b->plan->unsupported |= b->deferred[ref->index];
        }
    }
}

static void
need_rule(build *b, const eql_rawmap_rule *rule)
{
    need_sources(b, rule);
    if (rule->rule && rule->rule->op == EQL_MAPPING_OP_BASENAME)
        for (uint32_t i = 0; i < rule->outs.n; i++)
            b->plan->unsupported |=
                b->deferred[eql_rawmap_out_at(b->r, rule->outs.first + i)
                                ->wanted];
    if (rule->rule && rule->op.how == EQL_MAPPING_HOW_NAMES)
        b->plan->unsupported = true; /* not where rules are */
}

static bool
is_needed(const build *b, const eql_rawmap_rule *rule)
{
    for (uint32_t i = 0; i < rule->outs.n; i++)
        if (b->need[eql_rawmap_out_at(b->r, rule->outs.first + i)->wanted])
            return true;
    if (!rule->rule || rule->rule->copy)
        return false;
    for (uint32_t i = 0; i < rule->from.n; i++) {
        const eql_rawmap_ref *ref =
            eql_rawmap_ref_at(b->r, rule->from.first + i);

        if (ref->from == EQL_MAPPING_FROM_DATA && b->names[ref->index])
            return true;
    }
    return false;
}

/* What always says the same of a path; NULL: that depends. */
static const eql_rawmap_cell *
always(const build *b, uint32_t wanted)
{
    const eql_rawmap_wanted *w = eql_vec_at(&b->r->wanted, wanted);
    const eql_rawmap_rule *rule;

    if (b->last[wanted] == EQL_NONE || w->name != EQL_NONE ||
        wanted == b->r->timestamp || wanted == b->r->created)
        return NULL;
    rule = eql_rawmap_rule_at(b->r, b->last[wanted]);
    for (uint32_t i = 0; i < rule->outs.n && rule->fixed; i++)
        if (eql_rawmap_out_at(b->r, rule->outs.first + i)->wanted == wanted)
            return &rule->fixed[i];
    return NULL;
}

/* Characters that a text may spell as an escape; others that no name read out
 * of a text can have do no harm. */
static bool
may_be_escaped(const char *name)
{
    return strpbrk(name, "\"\\/&'<>") != NULL;
}

/* A rule that reads names out of a text. */
static void
need_text(build *b, const eql_rawmap_rule *rule)
{
    bool pairs = rule->rule->op == EQL_MAPPING_OP_PAIRS;
    bool ok = pairs ? eql_sv_is(rule->rule->separator, "=")
                    : rule->rule->op == EQL_MAPPING_OP_LINES;

    need_sources(b, rule);
    for (uint32_t i = 0; i < rule->from.n; i++)
        ok &= eql_rawmap_ref_at(b->r, rule->from.first + i)->from !=
              EQL_MAPPING_FROM_ECS;
    for (uint32_t i = 0; i < b->r->names.n && pairs; i++)
        ok &= !b->names[i] ||
              !may_be_escaped(*(const char **)eql_vec_at(&b->r->names, i));
    b->plan->unsupported |= !ok;
}

static eql_rawmap_step
step_of(const eql_rawmap *r, uint32_t number)
{
    const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, number);

    return (eql_rawmap_step){
        .rule = number,
        .nfrom = rule->from.n,
        .from = rule->from.n ? eql_rawmap_ref_at(r, rule->from.first) : NULL};
}

static void
need_prepare(build *b)
{
    const eql_mapping_plan *plan = b->plan->plan;
    eql_rawmap_step *list;

    if (!plan || plan->prepare.n == 0)
        return;
    list = eql_arena_array(b->r->arena, plan->prepare.n, sizeof *list);
    b->r->failed |= !list;
    for (uint32_t i = plan->prepare.n; list && i-- > 0;) {
        list[i] =
            step_of(b->r, eql_rawmap_rule_number(b->r, plan->prepare.items[i]));
        need_text(b, eql_rawmap_rule_at(b->r, list[i].rule));
    }
    b->plan->prepare = list;
    b->plan->nprepare = plan->prepare.n;
}

static void
need_all(build *b)
{
    eql_rawmap *r = b->r;
    eql_rawmap_step *kept =
        eql_arena_array(r->arena, b->nrules + (size_t)1, sizeof *kept);
    uint32_t n = b->nrules;

    b->roles = UINT32_C(1) << EQL_MAPPING_ROLE_TIME |
               UINT32_C(1) << EQL_MAPPING_ROLE_RECEIVED;
    for (uint32_t i = 0; i < r->paths->n; i++) {
        uint32_t w = r->path_of[i];
        const eql_rawmap_wanted *path;

        if (w == EQL_NONE || b->deferred[w])
            continue;
        path = eql_vec_at(&r->wanted, w);
        b->need[w] |= !always(b, w);
        if (path->name != EQL_NONE)
            b->names[path->name] = 1;
    }
    r->failed |= !kept;
    for (uint32_t i = b->nrules; kept && i-- > 0;) {
        const eql_rawmap_rule *rule = eql_rawmap_rule_at(r, b->rules[i]);

        if (!is_needed(b, rule))
            continue;
        need_rule(b, rule);
        kept[--n] = step_of(r, b->rules[i]);
    }
    b->plan->steps = kept ? kept + n : NULL;
    b->plan->nsteps = b->nrules - n;
    if (b->plan->time != EQL_NONE)
        b->names[b->plan->time] = 1;
    need_prepare(b);
}

/* --- where it stands --- */

/* Nested objects first; see record.c. */
static void
find_sources(build *b, const char *name, eql_rawmap_load *load)
{
    eql_rawmap *r = b->r;
    const eql_mapping_layout *l = b->view->layout;
    uint32_t mask = eql_map_get(l->not_data, name, strlen(name));
    uint32_t *list =
        eql_arena_array(r->arena, l->nnested + (size_t)1, sizeof *list);
    const char *keys[2];

    r->failed |= !list;
    if (!list)
        return;
    load->sources = list;
    keys[1] = name;
    for (uint32_t i = 0; i < l->nnested; i++) {
        keys[0] = l->nested[i];
        list[load->nsources++] = eql_rawmap_find_source(r, keys, 2);
    }
    if (l->rest && (mask == EQL_NONE || !(mask & b->view->active)))
        list[load->nsources++] = eql_rawmap_find_source(r, &keys[1], 1);
}

static void
add_roles(build *b)
{
    eql_rawmap *r = b->r;
    eql_rawmap_role *roles =
        eql_arena_array(r->arena, EQL_MAPPING_ROLE_COUNT, sizeof *roles);

    r->failed |= !roles;
    for (uint32_t role = 0; roles && role < EQL_MAPPING_ROLE_COUNT; role++) {
        eql_range from = b->view->header[role];
        uint32_t *list;

        if (!(b->roles >> role & 1))
            continue;
        list = eql_arena_array(r->arena, from.n + (size_t)1, sizeof *list);
        r->failed |= !list;
        for (uint32_t i = 0; list && i < from.n; i++)
            list[i] = listed(r, from.first + i);
        roles[b->plan->nroles++] = (eql_rawmap_role){role, from.n, list};
    }
    b->plan->roles = roles;
}

static void
add_loads(build *b)
{
    eql_rawmap *r = b->r;
    eql_rawmap_plan *p = b->plan;
    eql_rawmap_load *loads =
        eql_arena_array(r->arena, r->names.n + (size_t)1, sizeof *loads);
    uint32_t *heads =
        eql_arena_array(r->arena, EQL_RAWMAP_HEADS, sizeof *heads);

    r->failed |= !loads || !heads;
    for (uint32_t i = 0; i < EQL_RAWMAP_HEADS && heads; i++)
        heads[i] = EQL_NONE;
    for (uint32_t i = 0; i < r->names.n && !r->failed; i++) {
        const char *name = *(const char **)eql_vec_at(&r->names, i);
        uint32_t head;

        if (!b->names[i] || !*name)
            continue;
        head = eql_rawmap_hash_name(name, strlen(name));
        loads[p->nloads] = (eql_rawmap_load){.name = i, .next = heads[head]};
        find_sources(b, name, &loads[p->nloads]);
        heads[head] = p->nloads++;
    }
    p->loads = p->names = loads;
    p->heads = heads;
}

/* --- what comes out --- */

static void
add_fixed(eql_rawmap_plan *p, uint32_t path, const eql_rawmap_cell *cell)
{
    eql_raw raw = {.path = path};

    if (!cell->p || (cell->len == 4 && memcmp(cell->p, "null", 4) == 0))
        return;
    if (cell->p != eql_rawmap_deferred) {
        raw.p = cell->p;
        raw.len = cell->len;
    }
    p->raws[p->nfixed++] = raw;
}

static void
add_emits(build *b)
{
    static const eql_rawmap_cell deferred = {.p = eql_rawmap_deferred};
    eql_rawmap *r = b->r;
    eql_rawmap_plan *p = b->plan;
    eql_rawmap_emit *emits =
        eql_arena_array(r->arena, r->paths->n + (size_t)1, sizeof *emits);

    p->raws =
        eql_arena_array(r->arena, r->paths->n + (size_t)1, sizeof *p->raws);
    p->emits = emits;
    r->failed |= !emits || !p->raws;
    for (uint32_t i = 0; i < r->paths->n && !r->failed; i++) {
        uint32_t at = r->path_of[i];
        const eql_rawmap_wanted *w;
        const eql_rawmap_cell *fixed;

        if (at == EQL_NONE || b->deferred[at]) {
            add_fixed(p, i, &deferred);
            continue;
        }
        w = eql_vec_at(&r->wanted, at);
        fixed = always(b, at);
        if (fixed)
            add_fixed(p, i, fixed);
        else if (w->name != EQL_NONE || count_present(b, w->above))
            emits[p->nemits++] = (eql_rawmap_emit){i, at, w->name};
    }
}

/* --- plans --- */

static void
free_build(build *b)
{
    free(b->rules);
    free(b->present);
    free(b->deferred);
    free(b->need);
    free(b->names);
    free(b->last);
}

static bool
start_build(build *b)
{
    const eql_rawmap *r = b->r;

    b->rules = calloc(count_all(b) + 1, sizeof *b->rules);
    b->present = calloc(r->targets.n + (size_t)1, 1);
    b->deferred = calloc(r->wanted.n + (size_t)1, 1);
    b->need = calloc(r->wanted.n + (size_t)1, 1);
    b->names = calloc(r->names.n + (size_t)1, 1);
    b->last = calloc(r->wanted.n + (size_t)1, sizeof *b->last);
    if (!b->rules || !b->present || !b->deferred || !b->need || !b->names ||
        !b->last)
        return false;
    for (uint32_t i = 0; i < r->wanted.n; i++)
        b->last[i] = EQL_NONE;
    return true;
}

static void
name_channel(build *b)
{
    const eql_mapping_channel *c = b->plan->channel;
    eql_buf text = {0};
    eql_strview kept;

    if (!c)
        return;
    eql_buf_add_json(&text, c->name);
    kept = eql_arena_dup(b->r->arena, eql_buf_sv(&text));
    b->r->failed |= text.failed || !kept.p;
    b->plan->name = (eql_rawmap_cell){.p = kept.p, .len = (uint32_t)kept.len};
    eql_buf_free(&text);
}

static eql_rawmap_plan *
compile(eql_rawmap *r, eql_rawmap_view *v, const eql_mapping_channel *channel,
        const eql_mapping_plan *plan)
{
    build b = {.r = r, .view = v};

    b.plan = eql_arena_alloc(r->arena, sizeof *b.plan);
    if (!b.plan)
        return NULL;
    b.plan->plan = plan;
    b.plan->channel = channel;
    b.plan->time = EQL_NONE;
    if (channel && channel->time)
        b.plan->time =
            eql_map_get(r->name_of, channel->time, strlen(channel->time) + 1);
    r->failed |= !start_build(&b);
    if (!r->failed) {
        add_all(&b);
        mark_targets(&b);
        find_deferred(&b);
        need_all(&b);
        add_roles(&b);
        add_loads(&b);
        add_emits(&b);
        name_channel(&b);
    }
    b.plan->unsupported |= r->failed;
    free_build(&b);
    return b.plan;
}

const eql_rawmap_plan *
eql_rawmap_plan_for(eql_rawmap *r, eql_rawmap_view *v,
                    const eql_mapping_channel *channel, uint32_t plan)
{
    size_t c = channel ? (size_t)(channel - r->m->channels) : r->m->nchannels;
    size_t n = channel ? channel->nplans : 1;

    if (!v->plans[c])
        v->plans[c] = eql_arena_array(r->arena, n, sizeof *v->plans[c]);
    if (!v->plans[c])
        return NULL;
    if (!v->plans[c][plan])
        v->plans[c][plan] =
            compile(r, v, channel, channel ? &channel->plans[plan] : NULL);
    return v->plans[c][plan];
}
