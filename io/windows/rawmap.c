/* rawmap.c -- the compiled mapping: raw Windows records to what a program
 * reads of them, without parsing them.
 *
 * The mapping (mapping.h) is a list of rules that turn a parsed record into a
 * parsed ECS event: right for every record, but an allocation for every value.
 * A program reads a few hundred fields, and each rule is simple.  So the
 * mapping is compiled once per program (rawmap_new.c): every key of a record,
 * name of event data and ECS path that matters gets a number, and what happens
 * to a record is arrays of numbers over cells, where a cell is a value as JSON
 * spells it: a pointer into the record's text and a length.
 *
 * What is known before a record is read, from the general to the particular:
 *   layout and variants  which keys hold channel, code, times and event data:
 *                        a view (rawmap_plan.c)
 *   channel and code     which rules run, and which of them the program needs:
 *                        a plan.  Rules are gone through from the last to the
 *                        first; one is needed if it writes what is read later,
 *                        or takes away event data that is
 *   keys                 which of those can have a value: a shape
 *                        (rawmap_shape.c)
 *
 * One record then goes through these steps (read_record):
 *   1. The fast reader (io/fast) has found the values of all sources: keys of
 *      the record that any plan may read.  eql_rawmap_found_all notes them as
 *      cells.
 *   2. The shape is found, or view and plan are.
 *   3. Header fields and event data are loaded: the first source with a text.
 *   4. Rules that read names out of a text (Sysmon's rendered message) add
 *      event data (rawmap_text.c).  Lines are expected to begin as they did in
 *      the record of that shape before, so most names are never looked up.
 *   5. The times are read and the event's time is settled, or left pending
 *      (mapping_apply.c has the rules for it).
 *   6. The rules run (rawmap_ops.c).  mapping_op.def says of each operation
 *      how it works on a spelled text: most copy the cell or cut a piece out
 *      of it; the rest are run by the mapping's own operation on the decoded
 *      text, and what comes out is remembered by the keyed hash of rule and
 *      text (rawmap_memo.c).
 *   7. The cells of the program's paths are handed on as raw values (event.h).
 *
 * A cell belongs to the event whose number (epoch) it carries, so that nothing
 * has to be cleared between records.
 *
 * What falls back to the mapping, as a whole record: texts that would mean
 * something else once decoded (an escape in a code or a time, an escaped
 * letter in a message), numbers that would be printed otherwise than they are
 * spelled, event data in a text of XML or JSON, a key that is there twice,
 * rules that read a path which two rules write at different depths.  Such a
 * path is "deferred" when only the program reads it: the event is taken, and
 * the mapping is asked if that field is ever looked at.  Falling back is
 * always right and only slow; --stats counts it.
 *
 * Bounds: remembered results EQL_RAWMAP_MEMO_ENTRIES and
 * EQL_RAWMAP_MEMO_BYTES, shapes EQL_RAWMAP_MAX_SHAPES, beginnings of lines
 * EQL_RAWMAP_MAX_GUESSES per shape, views EQL_RAWMAP_MAX_VIEWS.  When results
 * or shapes are full, all are forgotten.
 *
 * The mapping is the reference: tests/unit/test_rawmap.c compares both over
 * captures, mutations and hostile records. */
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
    *out = eql_record_channel(r->m, name);
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

/* Reads the times.  false: one is spelled in a way that hides it. */
static bool
read_times(const eql_rawmap *r, const eql_rawmap_plan *p, eql_mapping_times *t)
{
    bool ignored, unsupported = false;

    t->has_utc = p->time != EQL_NONE &&
                 eql_rawmap_is_set(r, &r->data[p->time]) &&
                 eql_rawmap_text_time(&r->data[p->time], &t->utc_ns, &ignored,
                                      &unsupported);
    t->has_wall = eql_rawmap_text_time(&r->header[EQL_MAPPING_ROLE_TIME],
                                       &t->wall_ns, &t->zoned, &unsupported);
    return !unsupported;
}

/* false: out of memory. */
static bool
settle(eql_rawmap *r, const eql_mapping_layout *layout, eql_mapping_times t,
       const eql_wall_clock *clock, eql_event *ev)
{
    int64_t ns = 0;

    ev->time_kind = eql_mapping_settle(&t, layout, clock, &ns);
    ev->has_utc = t.has_utc;
    ev->has_wall = t.has_wall;
    ev->wall_ns = t.wall_ns;
    ev->time_ns = ev->time_kind == EQL_TIME_SETTLED ? ns : t.utc_ns;
    if (ev->time_kind == EQL_TIME_SETTLED && !put_time(r, r->timestamp, ns))
        return false;
    return ev->time_kind == EQL_TIME_PENDING || !t.has_wall ||
           put_time(r, r->created, t.wall_ns);
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
    bool zoned, unsupported = false, has_received;
    int64_t received;
    eql_mapping_times t = {0};

    if (!p || !load(r, p) || !eql_rawmap_ops_prepare(r, p))
        return false;
    if (f && r->prepared)
        p = f->whole;
    if (!read_times(r, p, &t) || !settle(r, v->layout, t, clock, ev))
        return false;
    has_received = v->layout->local &&
                   eql_rawmap_text_time(&r->header[EQL_MAPPING_ROLE_RECEIVED],
                                        &received, &zoned, &unsupported);
    if (unsupported || !eql_rawmap_ops_run(r, p))
        return false;
    /* Last: a record that is left to the mapping is learned from there. */
    eql_mapping_teach(&t, v->layout, p->plan, has_received ? &received : NULL,
                      clock);
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
