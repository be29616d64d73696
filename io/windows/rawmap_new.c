/* rawmap_new.c -- everything that a program and a mapping name, by number:
 * sources of records, names of event data, ECS paths that somebody reads,
 * targets that rules write to, and how those lie to each other. */
#include "io/windows/rawmap_int.h"

#include <stdlib.h>

#include "base/hash.h"

/* --- numbers by name --- */

/* Keys as one text: none holds U+0000. */
static eql_strview
joined(eql_buf *b, const char *const *keys, uint32_t n)
{
    b->len = 0;
    for (uint32_t i = 0; i < n; i++)
        eql_buf_add(b, keys[i], strlen(keys[i]) + 1);
    return eql_buf_sv(b);
}

/* The number of keys in a map; when new, that of the next item of a vector. */
static uint32_t
number(eql_rawmap *r, eql_map *map, eql_vec *items, const char *const *keys,
       uint32_t n, const void *fresh, uint32_t size)
{
    eql_buf b = {0};
    eql_strview key = joined(&b, keys, n);
    uint32_t i = b.failed ? EQL_NONE : eql_map_get(map, key.p, key.len);

    if (i == EQL_NONE) {
        i = b.failed ? EQL_NONE : eql_vec_push(items, fresh, size);
        r->failed |= i == EQL_NONE || !eql_map_put(map, key.p, key.len, i);
    }
    eql_buf_free(&b);
    return i;
}

static uint32_t
find(eql_rawmap *r, const eql_map *map, const char *const *keys, uint32_t n)
{
    eql_buf b = {0};
    eql_strview key = joined(&b, keys, n);
    uint32_t i = b.failed ? EQL_NONE : eql_map_get(map, key.p, key.len);

    r->failed |= b.failed;
    eql_buf_free(&b);
    return i;
}

/* Keys that outlive the caller's array. */
static const char *const *
kept(eql_rawmap *r, const char *const *keys, uint32_t n)
{
    const char **copy = eql_arena_array(r->arena, n, sizeof *copy);

    for (uint32_t i = 0; i < n && copy; i++)
        copy[i] = keys[i];
    r->failed |= !copy;
    return copy;
}

static uint32_t
source(eql_rawmap *r, const char *const *keys, uint32_t n)
{
    eql_rawmap_source s = {keys, n};
    uint32_t known = find(r, r->source_of, keys, n);

    if (known != EQL_NONE)
        return known;
    s.keys = kept(r, keys, n);
    return number(r, r->source_of, &r->sources, keys, n, &s, sizeof s);
}

uint32_t
eql_rawmap_find_source(eql_rawmap *r, const char *const *keys, uint32_t n)
{
    return find(r, r->source_of, keys, n);
}

static uint32_t
name(eql_rawmap *r, const char *text)
{
    return number(r, r->name_of, &r->names, &text, 1, &text, sizeof text);
}

static uint32_t
wanted(eql_rawmap *r, const char *const *names, uint32_t n)
{
    eql_rawmap_wanted w = {.names = names, .n = n, .name = EQL_NONE};

    return number(r, r->wanted_of, &r->wanted, names, n, &w, sizeof w);
}

static uint32_t
target(eql_rawmap *r, const char *const *keys, uint32_t n)
{
    eql_mapping_path t = {keys, n};

    return number(r, r->target_of, &r->targets, keys, n, &t, sizeof t);
}

/* --- all rules --- */

typedef void (*rule_fn)(eql_rawmap *r, const eql_mapping_rule *rule);

static void
each_rule(eql_rawmap *r, rule_fn fn)
{
    const eql_mapping *m = r->m;

    for (uint32_t i = 0; i < m->common.n; i++)
        fn(r, m->common.items[i]);
    for (uint32_t c = 0; c < m->nchannels; c++) {
        for (uint32_t p = 0; p < m->channels[c].nplans; p++) {
            const eql_mapping_plan *plan = &m->channels[c].plans[p];

            for (uint32_t i = 0; i < plan->prepare.n; i++)
                fn(r, plan->prepare.items[i]);
            for (uint32_t i = 0; i < plan->fields.n; i++)
                fn(r, plan->fields.items[i]);
        }
    }
}

/* false: it is known already. */
static bool
add_item(eql_rawmap *r, const void *item, const eql_rawmap_rule *info)
{
    uint32_t i;

    if (eql_map_get(r->rule_of, &item, sizeof item) != EQL_NONE)
        return false;
    i = eql_vec_push(&r->rules, info, sizeof *info);
    r->failed |=
        i == EQL_NONE || !eql_map_put(r->rule_of, &item, sizeof item, i);
    return true;
}

uint32_t
eql_rawmap_rule_number(const eql_rawmap *r, const void *item)
{
    return eql_map_get(r->rule_of, &item, sizeof item);
}

/* A rule's names and the paths that it reads. */
static void
add_rule(eql_rawmap *r, const eql_mapping_rule *rule)
{
    eql_rawmap_rule info = {
        .rule = rule, .to = rule->to, .op = eql_mapping_op_descs[rule->op]};

    if (!add_item(r, rule, &info))
        return;
    for (uint32_t i = 0; i < rule->nfrom; i++) {
        const eql_mapping_source *s = &rule->from[i];

        if (s->from == EQL_MAPPING_FROM_DATA)
            name(r, s->name);
        else if (s->from == EQL_MAPPING_FROM_ECS)
            wanted(r, s->path.keys, s->path.n);
    }
    if (rule->op == EQL_MAPPING_OP_BASENAME)
        wanted(r, rule->to.items[0].keys, rule->to.items[0].n);
}

static void
add_constants(eql_rawmap *r, const eql_mapping_constants *list)
{
    for (uint32_t i = 0; list && i < list->n; i++) {
        const eql_mapping_constant *c = &list->items[i];
        eql_rawmap_rule info = {.constant = c, .to = {&c->to, 1}};

        add_item(r, c, &info);
    }
}

static void
add_mapping(eql_rawmap *r)
{
    const eql_mapping *m = r->m;

    each_rule(r, add_rule);
    add_constants(r, &m->constants);
    for (uint32_t c = 0; c < m->nchannels; c++) {
        add_constants(r, &m->channels[c].constants);
        if (m->channels[c].time)
            name(r, m->channels[c].time);
        for (uint32_t p = 0; p < m->channels[c].nplans; p++)
            add_constants(r, m->channels[c].plans[p].event);
    }
}

/* --- the program's paths --- */

/* EQL_NONE: a path that only the mapping can follow. */
static uint32_t
add_path(eql_rawmap *r, const eql_field_path *path)
{
    const eql_field *f = &r->program->fields[path->first];
    const char **names;

    if (!path->plain || f->segs.n == 0)
        return EQL_NONE;
    names = eql_arena_array(r->arena, f->segs.n, sizeof *names);
    for (uint32_t i = 0; i < f->segs.n && names; i++) {
        eql_strview s = eql_program_str(
            r->program, r->program->segs[f->segs.first + i].name);

        if (s.len == 0 || memchr(s.p, 0, s.len) || memchr(s.p, '.', s.len))
            return EQL_NONE;
        names[i] = eql_arena_dup(r->arena, s).p;
        if (!names[i])
            names = NULL;
    }
    r->failed |= !names;
    return names ? wanted(r, names, f->segs.n) : EQL_NONE;
}

/* What a path below winlog.event_data is called there: dots may be part of a
 * name. */
static void
add_rest(eql_rawmap *r, uint32_t at)
{
    eql_rawmap_wanted w = *(eql_rawmap_wanted *)eql_vec_at(&r->wanted, at);
    eql_buf b = {0};
    eql_strview text;

    if (strcmp(w.names[0], "winlog") != 0 ||
        (w.n > 1 && strcmp(w.names[1], "event_data") != 0))
        return;
    w.hidden = w.n < 3;
    for (uint32_t i = 2; i < w.n; i++) {
        if (i > 2)
            eql_buf_add_char(&b, '.');
        eql_buf_add_str(&b, w.names[i]);
    }
    if (w.n > 2) {
        text = eql_arena_dup(r->arena, eql_buf_sv(&b));
        r->failed |= b.failed || !text.p;
        if (text.p)
            w.name = name(r, text.p);
    }
    eql_buf_free(&b);
    *(eql_rawmap_wanted *)eql_vec_at(&r->wanted, at) = w;
}

static void
add_program(eql_rawmap *r)
{
    static const char *const timestamp[] = {"@timestamp"};
    static const char *const created[] = {"event", "created"};

    for (uint32_t i = 0; i < r->paths->n && !r->failed; i++)
        r->path_of[i] = add_path(r, &r->paths->items[i]);
    for (uint32_t i = 0; i < r->wanted.n && !r->failed; i++)
        add_rest(r, i);
    r->timestamp = find(r, r->wanted_of, timestamp, 1);
    r->created = find(r, r->wanted_of, created, 2);
}

/* --- targets and what is read --- */

static uint32_t
list(eql_rawmap *r, uint32_t value)
{
    uint32_t i = eql_vec_push(&r->lists, &value, sizeof value);

    r->failed |= i == EQL_NONE;
    return i;
}

static bool
leads_to(const char *const *a, uint32_t na, const char *const *b, uint32_t nb)
{
    if (na > nb)
        return false;
    for (uint32_t i = 0; i < na; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static void
relate(eql_rawmap *r, eql_rawmap_wanted *w)
{
    w->above.first = r->lists.n;
    for (uint32_t i = 0; i < r->targets.n; i++) {
        const eql_mapping_path *t = eql_vec_at(&r->targets, i);

        if (leads_to(t->keys, t->n, w->names, w->n))
            list(r, i);
    }
    w->above.n = r->lists.n - w->above.first;
    w->below.first = r->lists.n;
    for (uint32_t i = 0; i < r->targets.n; i++) {
        const eql_mapping_path *t = eql_vec_at(&r->targets, i);

        if (t->n > w->n && leads_to(w->names, w->n, t->keys, t->n))
            list(r, i);
    }
    w->below.n = r->lists.n - w->below.first;
}

static void
add_targets(eql_rawmap *r)
{
    static const char *const timestamp[] = {"@timestamp"};
    static const char *const created[] = {"event", "created"};
    static const char *const data[] = {"winlog", "event_data"};

    r->at_timestamp = target(r, timestamp, 1);
    r->at_created = target(r, created, 2);
    r->winlog = target(r, data, 1);
    r->event_data = target(r, data, 2);
    for (uint32_t i = 0; i < r->rules.n && !r->failed; i++) {
        eql_rawmap_rule *rule = eql_vec_at(&r->rules, i);

        rule->targets = (eql_range){r->lists.n, rule->to.n};
        for (uint32_t k = 0; k < rule->to.n; k++)
            list(r, target(r, rule->to.items[k].keys, rule->to.items[k].n));
    }
    for (uint32_t i = 0; i < r->wanted.n && !r->failed; i++)
        relate(r, eql_vec_at(&r->wanted, i));
}

static void
add_refs(eql_rawmap *r, eql_rawmap_rule *rule)
{
    rule->from = (eql_range){r->refs.n, rule->rule->nfrom};
    for (uint32_t i = 0; i < rule->rule->nfrom; i++) {
        const eql_mapping_source *s = &rule->rule->from[i];
        eql_rawmap_ref ref = {.from = s->from, .index = s->role};

        if (s->from == EQL_MAPPING_FROM_DATA)
            ref.index = name(r, s->name);
        else if (s->from == EQL_MAPPING_FROM_ECS)
            ref.index = find(r, r->wanted_of, s->path.keys, s->path.n);
        r->failed |= eql_vec_push(&r->refs, &ref, sizeof ref) == EQL_NONE;
    }
}

static void
add_outs(eql_rawmap *r, eql_rawmap_rule *rule)
{
    rule->outs.first = r->outs.n;
    for (uint32_t to = 0; to < rule->to.n; to++) {
        const eql_mapping_path *t = &rule->to.items[to];

        for (uint32_t i = 0; i < r->wanted.n; i++) {
            const eql_rawmap_wanted *w = eql_vec_at(&r->wanted, i);
            eql_rawmap_out out = {to, i, w->n > t->n};

            if (leads_to(t->keys, t->n, w->names, w->n))
                r->failed |=
                    eql_vec_push(&r->outs, &out, sizeof out) == EQL_NONE;
        }
    }
    rule->outs.n = r->outs.n - rule->outs.first;
    r->unsupported |= rule->outs.n > EQL_RAWMAP_MAX_OUTS;
}

static void
fix(eql_rawmap *r, eql_rawmap_rule *rule, const json_t *value)
{
    eql_rawmap_cell *cells =
        eql_arena_array(r->arena, rule->outs.n + (size_t)1, sizeof *cells);

    r->failed |= !cells;
    rule->fixed = cells;
    for (uint32_t i = 0; i < rule->outs.n && cells; i++) {
        const eql_rawmap_out *o = eql_rawmap_out_at(r, rule->outs.first + i);

        r->failed |=
            !eql_rawmap_ops_extract(value, eql_vec_at(&r->wanted, o->wanted),
                                    rule->to.items[0].n, r->arena, &cells[i]);
        if (!cells[i].p)
            cells[i].len = 1;
    }
}

static void
finish_rules(eql_rawmap *r)
{
    for (uint32_t i = 0; i < r->rules.n && !r->failed; i++) {
        eql_rawmap_rule *rule = eql_vec_at(&r->rules, i);

        add_outs(r, rule);
        if (rule->constant)
            fix(r, rule, rule->constant->value);
        else if (rule->rule->op == EQL_MAPPING_OP_CONST)
            fix(r, rule, rule->rule->value);
        if (rule->rule)
            add_refs(r, rule);
    }
}

/* --- sources --- */

static void
add_header(eql_rawmap *r, const eql_mapping_header *h)
{
    for (uint32_t role = 0; role < EQL_MAPPING_ROLE_COUNT; role++)
        for (uint32_t i = 0; i < (*h)[role].n; i++)
            source(r, (*h)[role].items[i].keys, (*h)[role].items[i].n);
}

static void
add_layout(eql_rawmap *r, uint32_t id)
{
    const eql_mapping_layout *l = &r->m->layouts[id];
    uint32_t *nested = eql_arena_array(r->arena, l->nnested + (size_t)1, 4);
    uint32_t *variant = eql_arena_array(r->arena, l->nvariants + (size_t)1, 4);

    r->failed |= !nested || !variant;
    r->nested_key[id] = nested;
    r->variant_key[id] = variant;
    add_header(r, &l->header);
    for (uint32_t i = 0; i < l->nvariants && variant; i++) {
        variant[i] = source(r, &l->variants[i].key, 1);
        add_header(r, &l->variants[i].header);
    }
    for (uint32_t i = 0; i < l->nnested && nested; i++)
        nested[i] = source(r, &l->nested[i], 1);
    for (uint32_t d = 0; d < r->names.n && !r->failed; d++) {
        const char *keys[2];

        keys[1] = *(const char **)eql_vec_at(&r->names, d);
        if (l->rest)
            source(r, &keys[1], 1);
        for (uint32_t i = 0; i < l->nnested; i++) {
            keys[0] = l->nested[i];
            source(r, keys, 2);
        }
    }
}

static void
add_sources(eql_rawmap *r)
{
    for (uint32_t i = 0; i < EQL_RECORD_KEY_COUNT; i++)
        r->key_of[i] = source(r, &eql_record_keys[i], 1);
    for (uint32_t i = 0; i < EQL_MAPPING_LAYOUT_COUNT && !r->failed; i++)
        add_layout(r, i);
}

/* --- life --- */

static void
mark_empty(eql_rawmap *r)
{
    for (uint32_t i = 0; i < r->m->nempty; i++) {
        eql_strview e = r->m->empty[i];

        r->first_of_empty[e.len ? (unsigned char)e.p[0] : 0] = 1;
    }
}

static void
hash_keys(eql_rawmap *r)
{
    uint64_t seed = eql_hash_seed();

    for (uint32_t i = 0; i < 2 * r->sources.n + 2; i++)
        r->key_hashes[i] = eql_hash64(seed, &i, sizeof i);
}

static bool
make(eql_rawmap *r)
{
    r->arena = eql_arena_new(0);
    r->event = eql_arena_new(0);
    r->source_of = eql_map_new();
    r->name_of = eql_map_new();
    r->wanted_of = eql_map_new();
    r->target_of = eql_map_new();
    r->rule_of = eql_map_new();
    r->path_of = calloc((size_t)r->paths->n + 1, sizeof *r->path_of);
    r->memo =
        eql_rawmap_memo_new(EQL_RAWMAP_MEMO_ENTRIES, EQL_RAWMAP_MEMO_BYTES);
    if (!r->arena || !r->event || !r->source_of || !r->name_of ||
        !r->wanted_of || !r->target_of || !r->rule_of || !r->path_of ||
        !r->memo)
        return false;
    add_mapping(r);
    add_program(r);
    add_targets(r);
    finish_rules(r);
    add_sources(r);
    mark_empty(r);
    if (r->failed)
        return false;
    r->found = calloc((size_t)r->sources.n + 1, sizeof *r->found);
    r->keys = calloc((size_t)r->sources.n + 1, sizeof *r->keys);
    r->data = calloc((size_t)r->names.n + 1, sizeof *r->data);
    r->ecs = calloc((size_t)r->wanted.n + 1, sizeof *r->ecs);
    r->shapes = eql_rawmap_shapes_new();
    r->key_hashes = calloc(2 * (size_t)r->sources.n + 2, sizeof *r->key_hashes);
    if (!r->found || !r->keys || !r->data || !r->ecs || !r->shapes ||
        !r->key_hashes)
        return false;
    hash_keys(r);
    r->find_break = eql_rawmap_text_breaks(eql_kernel_best());
    return true;
}

eql_rawmap *
eql_rawmap_new(const eql_program *p, const eql_paths *paths,
               const eql_mapping *m)
{
    eql_rawmap *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->program = p;
    r->paths = paths;
    r->m = m;
    if (!make(r)) {
        eql_rawmap_free(r);
        return NULL;
    }
    return r;
}

void
eql_rawmap_free(eql_rawmap *r)
{
    if (!r)
        return;
    eql_vec *vecs[] = {&r->sources, &r->names, &r->wanted,
                       &r->targets, &r->rules, &r->refs,
                       &r->outs,    &r->lists, &r->views};
    eql_map *maps[] = {r->source_of, r->name_of, r->wanted_of, r->target_of,
                       r->rule_of};

    for (size_t i = 0; i < EQL_COUNTOF(vecs); i++)
        eql_vec_free(vecs[i]);
    for (size_t i = 0; i < EQL_COUNTOF(maps); i++)
        eql_map_free(maps[i]);
    eql_rawmap_memo_free(r->memo);
    eql_rawmap_shapes_free(r->shapes);
    eql_arena_free(r->arena);
    eql_arena_free(r->event);
    free(r->path_of);
    free(r->found);
    free(r->keys);
    free(r->key_hashes);
    free(r->data);
    free(r->ecs);
    free(r);
}

bool
eql_rawmap_set_memo(eql_rawmap *r, uint32_t entries, size_t bytes)
{
    eql_rawmap_memo_free(r->memo);
    r->memo = eql_rawmap_memo_new(entries, bytes);
    return r->memo != NULL;
}

const eql_rawmap_source *
eql_rawmap_sources(const eql_rawmap *r, uint32_t *n)
{
    *n = r->sources.n;
    return r->sources.items;
}

const eql_rawmap_counters *
eql_rawmap_get_counters(const eql_rawmap *r)
{
    return &r->n;
}
