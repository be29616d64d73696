/* rawmap.c -- one record: which layout, channel and code it has, its times, and
 * what the program sees of it (record.c and mapping_apply.c are the judges). */
#include "io/windows/rawmap_int.h"

#include "base/text.h"

void
eql_rawmap_begin(eql_rawmap *r)
{
    if (++r->epoch == 0) {
        memset(r->found, 0, r->sources.n * sizeof *r->found);
        memset(r->data, 0, r->names.n * sizeof *r->data);
        memset(r->ecs, 0, r->wanted.n * sizeof *r->ecs);
        r->epoch = 1;
    }
    r->nkeys = 0;
    r->prepared = false;
    r->key_sum = 0;
    eql_arena_reset(r->event);
    if (r->memo)
        eql_rawmap_memo_tidy(r->memo, &r->n);
}

void
eql_rawmap_found(eql_rawmap *r, uint32_t source, const char *p, uint32_t len)
{
    const eql_raw raw = {.path = source, .len = len, .p = p};

    (void)eql_rawmap_found_all(r, &raw, 1);
}

bool
eql_rawmap_found_all(eql_rawmap *r, const eql_raw *raws, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        const char *p = raws[i].p;
        uint32_t key;

        if (!p)
            return false;
        key = eql_rawmap_key(raws[i].path, p);
        r->found[raws[i].path] = (eql_rawmap_cell){p, raws[i].len, r->epoch};
        r->keys[r->nkeys++] = key;
        sum += r->key_hashes[key];
    }
    r->key_sum += sum;
    return true;
}

/* --- what it is --- */

static bool
has(const eql_rawmap *r, uint32_t source)
{
    return r->found[source].epoch == r->epoch;
}

static eql_mapping_layout_id
layout_of(const eql_rawmap *r)
{
    uint32_t keys = 0;

    for (uint32_t i = 0; i < EQL_RECORD_KEY_COUNT; i++)
        keys |= (uint32_t)has(r, r->key_of[i]) << i;
    return eql_record_layout(keys);
}

static eql_rawmap_view *
find_view(eql_rawmap *r)
{
    const eql_mapping_layout *l;
    eql_mapping_layout_id id = layout_of(r);
    uint32_t active = 1;

    if (id == EQL_MAPPING_LAYOUT_COUNT)
        return NULL;
    l = &r->m->layouts[id];
    for (uint32_t i = 0; i < l->nvariants; i++)
        if (has(r, r->variant_key[id][i]) == l->variants[i].has)
            active |= UINT32_C(2) << i;
    /* Event data in a text: JSON or XML. */
    for (uint32_t i = 0; i < l->nnested; i++) {
        const eql_rawmap_cell *c = &r->found[r->nested_key[id][i]];

        if (c->epoch == r->epoch && c->p[0] == '"')
            return NULL;
    }
    return eql_rawmap_view_for(r, l, active);
}

/* --- header and data --- */

static bool
is_usable(const eql_rawmap_cell *c, uint32_t role)
{
    switch (c->p[0]) {
    case 'n':
    case '{': return false;
    case '[': return role == EQL_MAPPING_ROLE_KEYWORDS;
    case '"': return c->len > 2;
    default: return true;
    }
}

static void
load_role(eql_rawmap *r, uint32_t role, const uint32_t *sources, uint32_t n)
{
    r->header[role].p = NULL;
    for (uint32_t i = 0; i < n; i++) {
        const eql_rawmap_cell *c = &r->found[sources[i]];

        if (c->epoch == r->epoch && is_usable(c, role)) {
            r->header[role] = *c;
            return;
        }
    }
}

static bool
load_names(eql_rawmap *r, const eql_rawmap_plan *p)
{
    for (uint32_t i = 0; i < p->nloads; i++) {
        const eql_rawmap_load *load = &p->loads[i];
        eql_rawmap_cell *to = &r->data[load->name], text;

        to->p = NULL;
        for (uint32_t k = 0; k < load->nsources && !to->p; k++) {
            const eql_rawmap_cell *c = &r->found[load->sources[k]];

            if (c->epoch != r->epoch)
                continue;
            switch (eql_rawmap_text_at(r, c, &text)) {
            case EQL_RAWMAP_TEXT_NONE: continue;
            case EQL_RAWMAP_TEXT_UNSUPPORTED: return false;
            case EQL_RAWMAP_TEXT_IS: break;
            }
            if (eql_rawmap_text_is_empty(r, &text))
                continue;
            *to = text;
            to->epoch = r->epoch;
        }
    }
    return true;
}

/* --- its plan --- */

/* Some exporters escape a solidus.  false: other escapes, or too long. */
static bool
without_escapes(eql_strview *v, char buf[256])
{
    size_t n = 0;

    if (v->len > 256)
        return false;
    for (size_t i = 0; i < v->len; i++) {
        if (v->p[i] == '\\' && v->p[++i] != '/')
            return false;
        buf[n++] = v->p[i];
    }
    *v = eql_sv(buf, n);
    return true;
}

/* NULL in *out: none.  false: the name is spelled in a way that hides it. */
static bool
find_channel(const eql_rawmap *r, const eql_mapping_channel **out)
{
    const eql_rawmap_cell *c = &r->header[EQL_MAPPING_ROLE_CHANNEL];
    char buf[256];
    eql_strview name;

    *out = NULL;
    if (!c->p || !eql_rawmap_is_string(c))
        return true;
    name = eql_rawmap_inside(c);
    if (memchr(name.p, '\\', name.len) && !without_escapes(&name, buf))
        return false;
    for (uint32_t i = 0; i < r->m->nchannels; i++)
        if (eql_sv_eq_ascii_ci(r->m->channels[i].name, name))
            *out = &r->m->channels[i];
    return true;
}

static void
load_named(eql_rawmap *r, const eql_rawmap_view *v, uint32_t role)
{
    const uint32_t *list = (const uint32_t *)r->lists.items;

    load_role(r, role, list + v->header[role].first, v->header[role].n);
}

static const eql_rawmap_plan *
find_plan(eql_rawmap *r, eql_rawmap_view *v)
{
    const eql_mapping_channel *channel;
    eql_rawmap_cell code;
    uint32_t at = EQL_NONE;
    eql_strview in;

    load_named(r, v, EQL_MAPPING_ROLE_CHANNEL);
    load_named(r, v, EQL_MAPPING_ROLE_CODE);
    if (!find_channel(r, &channel))
        return NULL;
    switch (eql_rawmap_text_of(r, &r->header[EQL_MAPPING_ROLE_CODE], &code)) {
    case EQL_RAWMAP_TEXT_UNSUPPORTED: return NULL;
    case EQL_RAWMAP_TEXT_NONE: break;
    case EQL_RAWMAP_TEXT_IS:
        in = eql_rawmap_inside(&code);
        if (in.len && memchr(in.p, '\\', in.len))
            return NULL;
        if (channel)
            at = eql_map_get(channel->codes, in.p, in.len);
        break;
    }
    return eql_rawmap_plan_for(r, v, channel, at == EQL_NONE ? 0 : at);
}

/* Events say a channel's name as the mapping does. */
static bool
load(eql_rawmap *r, const eql_rawmap_plan *p)
{
    for (uint32_t i = 0; i < p->nroles; i++)
        load_role(r, p->roles[i].role, p->roles[i].sources,
                  p->roles[i].nsources);
    if (p->channel)
        r->header[EQL_MAPPING_ROLE_CHANNEL] = p->name;
    return load_names(r, p);
}

/* --- times (mapping_apply.c) --- */

typedef struct {
    bool teach;
    int64_t wall_ns, utc_ns; /* as read */
} lesson;

/* false: the record's time is local, and its offset is yet to be learned. */
static bool
read_times(eql_rawmap *r, const eql_rawmap_view *v, const eql_rawmap_plan *p,
           eql_wall_clock *clock, eql_event *ev, lesson *l, bool *unsupported)
{
    bool zone = false, ignored;
    int64_t offset;

    ev->has_utc = p->time != EQL_NONE &&
                  eql_rawmap_is_set(r, &r->data[p->time]) &&
                  eql_rawmap_text_time(&r->data[p->time], &ev->time_ns,
                                       &ignored, unsupported);
    ev->has_wall = eql_rawmap_text_time(&r->header[EQL_MAPPING_ROLE_TIME],
                                        &ev->wall_ns, &zone, unsupported);
    if (!ev->has_wall || !v->layout->local || zone)
        return true;
    *l = (lesson){clock != NULL, ev->wall_ns, ev->time_ns};
    if (!eql_wall_clock_fixed(clock, &offset))
        return false;
    ev->has_wall = !__builtin_add_overflow(ev->wall_ns, offset, &ev->wall_ns);
    return true;
}

static bool
put_time(eql_rawmap *r, uint32_t wanted, int64_t ns)
{
    char buf[40];
    eql_rawmap_cell c;

    if (wanted == EQL_NONE)
        return true;
    c = eql_rawmap_quote(r, eql_sv(buf, eql_time_format(ns, buf)));
    eql_rawmap_ops_put(r, wanted, c.p, c.len);
    return c.p != NULL;
}

static bool
find_time(eql_rawmap *r, const eql_rawmap_view *v, const eql_rawmap_plan *p,
          eql_wall_clock *clock, eql_event *ev, lesson *l)
{
    bool unsupported = false, ok = true;
    int64_t ns;

    ev->time_kind = EQL_TIME_NONE;
    ev->time_ns = ev->wall_ns = 0;
    if (!read_times(r, v, p, clock, ev, l, &unsupported)) {
        ev->time_kind = EQL_TIME_PENDING;
        return !unsupported;
    }
    if (eql_wall_clock_choose(clock, ev->has_utc, ev->time_ns, ev->has_wall,
                              ev->wall_ns, &ns)) {
        ev->time_kind = EQL_TIME_SETTLED;
        ev->time_ns = ns;
        ok = put_time(r, r->timestamp, ns);
    }
    if (ok && ev->has_wall)
        ok = put_time(r, r->created, ev->wall_ns);
    return ok && !unsupported;
}

/* Comes last: nothing may be learned from a record that is then left to the
 * mapping. */
static void
teach(const eql_rawmap_plan *p, const eql_event *ev, const lesson *l,
      eql_wall_clock *clock, const int64_t *received)
{
    if (received)
        eql_wall_clock_learn_received(clock, l->wall_ns, *received);
    if (ev->has_utc && !p->plan->clock_skip)
        eql_wall_clock_learn_utc(clock, l->wall_ns, l->utc_ns);
}

/* --- what is seen of it --- */

static uint32_t
emit(eql_rawmap *r, const eql_rawmap_plan *p)
{
    eql_raw *out = p->raws + p->nfixed;

    for (uint32_t i = 0; i < p->nemits; i++) {
        const eql_rawmap_emit *e = &p->emits[i];
        const eql_rawmap_cell *c = &r->ecs[e->wanted];

        if (!eql_rawmap_is_set(r, c)) {
            if (e->name == EQL_NONE)
                continue;
            c = &r->data[e->name];
        }
        if (!eql_rawmap_is_set(r, c) ||
            (c->len == 4 && memcmp(c->p, "null", 4) == 0))
            continue;
        *out++ = (eql_raw){.path = p->emits[i].path,
                           .len = c->p == eql_rawmap_deferred ? 0 : c->len,
                           .p = c->p == eql_rawmap_deferred ? NULL : c->p};
    }
    return (uint32_t)(out - p->raws);
}

/* NULL: for the mapping.  *f: NULL when the record's keys are not known. */
static const eql_rawmap_plan *
find_all(eql_rawmap *r, eql_rawmap_view **v, eql_rawmap_shape **f)
{
    const eql_rawmap_plan *p;

    if (r->unsupported)
        return NULL;
    r->shape = *f = eql_rawmap_shape_find(r);
    if (!*f) {
        *v = find_view(r);
        p = *v ? find_plan(r, *v) : NULL;
        if (!p || p->unsupported)
            return NULL;
        r->shape = *f = eql_rawmap_shape_learn(r, *v, p);
        if (!*f)
            return p;
    }
    *v = (*f)->view;
    return &(*f)->plan;
}

static bool
read_record(eql_rawmap *r, eql_wall_clock *clock, eql_lazy *lazy, eql_event *ev)
{
    eql_rawmap_view *v;
    eql_rawmap_shape *f;
    const eql_rawmap_plan *p = find_all(r, &v, &f);
    bool zone, unsupported = false, has_received = false;
    int64_t received;
    lesson l = {0};

    if (!p || !load(r, p) || !eql_rawmap_ops_prepare(r, p))
        return false;
    if (f && r->prepared)
        p = f->whole;
    if (!find_time(r, v, p, clock, ev, &l))
        return false;
    if (l.teach)
        has_received =
            eql_rawmap_text_time(&r->header[EQL_MAPPING_ROLE_RECEIVED],
                                 &received, &zone, &unsupported);
    if (unsupported || !eql_rawmap_ops_run(r, p))
        return false;
    if (l.teach)
        teach(p, ev, &l, clock, has_received ? &received : NULL);
    lazy->raws = p->raws;
    lazy->nraws = emit(r, p);
    return true;
}

bool
eql_rawmap_read(eql_rawmap *r, eql_wall_clock *clock, eql_lazy *lazy,
                eql_event *ev)
{
    bool ok = read_record(r, clock, lazy, ev);

    r->n.mapped += ok;
    r->n.fallbacks += !ok;
    return ok;
}
