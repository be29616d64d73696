/* mapping_rules.c -- rules of a mapping's document as structs, sorted by event
 * code into plans, so that mapping an event looks at no rule of another code.
 *
 * Every rule is checked, those of features that are off too; a channel's plan
 * 0 serves the codes that nothing in the channel names. */
#include "io/windows/mapping_load.h"

const eql_mapping_op_desc eql_mapping_op_descs[EQL_MAPPING_OP_COUNT] = {
#define X(name, text, sources, least, most, keys, how)                         \
    {text, EQL_MAPPING_SOURCES_##sources, least, most,                         \
     keys, EQL_MAPPING_HOW_##how},
#include "io/windows/mapping_op.def"
#undef X
};

static const char *const ROLES[] = {
#define X(name, text) text,
#include "io/windows/mapping_role.def"
#undef X
};

/* A rule with the codes it is for, while a channel is loaded. */
typedef struct {
    eql_mapping_rule rule;
    bool off; /* its feature is not on */
    bool has_codes;
    eql_mapping_names codes, not_codes;
} draft;

typedef struct {
    draft *items;
    uint32_t n;
} drafts;

bool
eql_mapping_rules_role(const char *name, eql_mapping_role *role)
{
    uint32_t i;

    for (i = 0; i < EQL_COUNTOF(ROLES); i++) {
        if (strcmp(ROLES[i], name) == 0) {
            *role = (eql_mapping_role)i;
            return true;
        }
    }
    return false;
}

bool
eql_mapping_rules_constants(eql_mapping_loader *l, const eql_mapping_place *at,
                            const json_t *v, eql_mapping_constants *out)
{
    json_t *o = (json_t *)(uintptr_t)eql_mapping_check_object(l, at, v);
    eql_mapping_constant *items;
    const char *key;
    json_t *value;
    uint32_t n = 0;

    if (!o)
        return false;
    items = eql_mapping_check_alloc(l, json_object_size(o), sizeof *items);
    if (!items)
        return false;
    json_object_foreach(o, key, value)
    {
        eql_mapping_place here = {at, key, 0};

        if (!eql_mapping_check_target(l, &here, key, &items[n].to) ||
            !eql_mapping_check_value(l, &here, value))
            return false;
        items[n++].value = value;
    }
    *out = (eql_mapping_constants){items, n};
    return true;
}

/* --- one rule --- */

static bool
load_source(eql_mapping_loader *l, const eql_mapping_place *at,
            const char *text, eql_mapping_source *out)
{
    if (text[0] == '@') {
        out->from = EQL_MAPPING_FROM_ECS;
        return eql_mapping_check_path(l, at, text + 1, '.', &out->path);
    }
    if (text[0] == '$') {
        out->from = EQL_MAPPING_FROM_HEADER;
        return eql_mapping_rules_role(text + 1, &out->role) ||
               eql_mapping_check_fail(l, at, "no header field \"%.80s\"", text);
    }
    out->from = EQL_MAPPING_FROM_DATA;
    out->name = text;
    return true;
}

static bool
load_sources(eql_mapping_loader *l, const eql_mapping_place *up,
             const json_t *o, eql_mapping_rule *r)
{
    eql_mapping_place at = {up, "from", 0};
    const json_t *v = json_object_get(o, "from");
    eql_mapping_source *items;
    eql_mapping_names names;
    uint32_t i;

    if (eql_mapping_op_descs[r->op].sources == EQL_MAPPING_SOURCES_NONE)
        return !v || eql_mapping_check_fail(l, &at, "\"%s\" takes no source",
                                            eql_mapping_op_descs[r->op].name);
    if (!eql_mapping_check_names(l, &at, v, &names))
        return false;
    items = eql_mapping_check_alloc(l, names.n, sizeof *items);
    if (!items)
        return false;
    for (i = 0; i < names.n; i++) {
        eql_mapping_place here = {&at, NULL, i};

        if (!load_source(l, json_is_array(v) ? &here : &at, names.items[i],
                         &items[i]))
            return false;
    }
    r->from = items;
    r->nfrom = names.n;
    return true;
}

static bool
load_targets(eql_mapping_loader *l, const eql_mapping_place *up,
             const json_t *o, eql_mapping_rule *r)
{
    const eql_mapping_op_desc *op = &eql_mapping_op_descs[r->op];
    eql_mapping_place at = {up, "to", 0};
    const json_t *v = json_object_get(o, "to");
    eql_mapping_names names = {NULL, 0};
    eql_mapping_path *items;
    uint32_t i;

    if (v && !eql_mapping_check_names(l, &at, v, &names))
        return false;
    if (names.n < op->least || names.n > op->most)
        return eql_mapping_check_fail(l, &at, "\"%s\" needs %u path%s, has %u",
                                      op->name, op->least,
                                      op->least == 1 ? "" : "s", names.n);
    items = eql_mapping_check_alloc(l, names.n, sizeof *items);
    if (!items)
        return false;
    for (i = 0; i < names.n; i++) {
        if (!eql_mapping_check_target(l, &at, names.items[i], &items[i]))
            return false;
    }
    r->to = (eql_mapping_paths){items, names.n};
    return true;
}

/* An option that an operation takes: 'M' for needed, 'm' for allowed. */
static bool
takes(eql_mapping_loader *l, const eql_mapping_place *up, const json_t *o,
      const eql_mapping_op_desc *op, char letter, const char *key)
{
    eql_mapping_place at = {up, key, 0};
    bool there = json_object_get(o, key) != NULL;
    char needed = (char)(letter & ~32);

    if (there && !strchr(op->keys, letter) && !strchr(op->keys, needed))
        return eql_mapping_check_fail(l, &at, "\"%s\" takes no \"%s\"",
                                      op->name, key);
    if (!there && strchr(op->keys, needed))
        return eql_mapping_check_fail(l, &at, "\"%s\" needs \"%s\"", op->name,
                                      key);
    return there;
}

/* The table's values go into events as they are; those of DNS types and
 * registry hives too. */
static bool
load_table(eql_mapping_loader *l, const eql_mapping_place *up, const json_t *o,
           eql_mapping_rule *r)
{
    eql_mapping_place at = {up, "map", 0};
    json_t *table = json_object_get(o, "map");
    const char *key;
    json_t *v;

    if (!eql_mapping_check_object(l, &at, table))
        return false;
    json_object_foreach(table, key, v)
    {
        eql_mapping_place here = {&at, key, 0};

        if (!eql_mapping_check_value(l, &here, v))
            return false;
    }
    r->map = table;
    return true;
}

static bool
load_default(eql_mapping_loader *l, const eql_mapping_place *up,
             const json_t *o, eql_mapping_rule *r)
{
    eql_mapping_place at = {up, "default", 0};
    json_t *v = json_object_get(o, "default");

    if (!eql_mapping_check_value(l, &at, v))
        return false;
    r->same = json_is_string(v) && strcmp(json_string_value(v), "@") == 0;
    r->fallback = v;
    return true;
}

static bool
load_style(eql_mapping_loader *l, const eql_mapping_place *up, const json_t *o,
           eql_mapping_rule *r)
{
    eql_mapping_place at = {up, "style", 0};
    const char *s = eql_mapping_check_text(l, &at, json_object_get(o, "style"));

    if (!s)
        return false;
    r->spaces = strcmp(s, "spaces") == 0;
    if (!r->spaces && strcmp(s, "crt") != 0)
        return eql_mapping_check_fail(l, &at, "must be \"crt\" or \"spaces\"");
    return true;
}

static bool
load_separator(eql_mapping_loader *l, const eql_mapping_place *up,
               const json_t *o, eql_mapping_rule *r)
{
    eql_mapping_place at = {up, "separator", 0};
    const char *s =
        eql_mapping_check_text(l, &at, json_object_get(o, "separator"));

    if (s)
        r->separator = eql_sv_cstr(s);
    return s != NULL;
}

static bool
load_value(eql_mapping_loader *l, const eql_mapping_place *up, const json_t *o,
           eql_mapping_rule *r)
{
    eql_mapping_place at = {up, "value", 0};

    r->value = json_object_get(o, "value");
    return eql_mapping_check_value(l, &at, r->value);
}

static bool
load_options(eql_mapping_loader *l, const eql_mapping_place *at,
             const json_t *o, eql_mapping_rule *r)
{
    const eql_mapping_op_desc *op = &eql_mapping_op_descs[r->op];

    if (takes(l, at, o, op, 'm', "map"))
        load_table(l, at, o, r);
    if (takes(l, at, o, op, 'd', "default"))
        load_default(l, at, o, r);
    if (takes(l, at, o, op, 'a', "style"))
        load_style(l, at, o, r);
    if (takes(l, at, o, op, 's', "separator"))
        load_separator(l, at, o, r);
    if (takes(l, at, o, op, 'v', "value"))
        load_value(l, at, o, r);
    r->copy = eql_mapping_check_flag(l, at, o, "copy");
    return !l->bad;
}

static bool
load_op(eql_mapping_loader *l, const eql_mapping_place *up, const json_t *o,
        eql_mapping_op *op)
{
    eql_mapping_place at = {up, "op", 0};
    const json_t *v = json_object_get(o, "op");
    const char *name = v ? eql_mapping_check_text(l, &at, v) : "str";
    uint32_t i;

    if (!name)
        return false;
    for (i = 0; i < EQL_MAPPING_OP_COUNT; i++) {
        if (strcmp(eql_mapping_op_descs[i].name, name) == 0) {
            *op = (eql_mapping_op)i;
            return true;
        }
    }
    return eql_mapping_check_fail(l, &at, "unknown op \"%.80s\"", name);
}

static bool
load_code_lists(eql_mapping_loader *l, const eql_mapping_place *up,
                const json_t *o, draft *d)
{
    eql_mapping_place codes = {up, "codes", 0}, nots = {up, "not_codes", 0};
    const json_t *v = json_object_get(o, "codes");

    d->has_codes = v != NULL;
    if (v && !eql_mapping_check_codes(l, &codes, v, &d->codes))
        return false;
    v = json_object_get(o, "not_codes");
    return !v || eql_mapping_check_codes(l, &nots, v, &d->not_codes);
}

static bool
load_rule(eql_mapping_loader *l, const eql_mapping_place *at, const json_t *v,
          draft *d)
{
    static const char *const known[] = {
        "from", "to",      "op",        "codes", "not_codes", "feature", "copy",
        "map",  "default", "separator", "style", "value",     "about",   NULL};
    const json_t *o = eql_mapping_check_object(l, at, v);

    if (!o || !eql_mapping_check_keys(l, at, o, known) ||
        !load_op(l, at, o, &d->rule.op) || !load_sources(l, at, o, &d->rule) ||
        !load_targets(l, at, o, &d->rule) ||
        !load_options(l, at, o, &d->rule) || !load_code_lists(l, at, o, d))
        return false;
    d->off = !eql_mapping_check_feature(l, at, o);
    return !l->bad;
}

static bool
load_drafts(eql_mapping_loader *l, const eql_mapping_place *at, const json_t *v,
            drafts *out)
{
    const json_t *list = eql_mapping_check_array(l, at, v);
    size_t i, n = json_array_size(list);

    if (!list)
        return false;
    out->items = eql_mapping_check_alloc(l, n, sizeof *out->items);
    for (i = 0; out->items && i < n; i++) {
        eql_mapping_place here = {at, NULL, i};

        if (!load_rule(l, &here, json_array_get(list, i), &out->items[i]))
            return false;
    }
    out->n = (uint32_t)n;
    return out->items != NULL;
}

bool
eql_mapping_rules_common(eql_mapping_loader *l, const eql_mapping_place *at,
                         const json_t *v, eql_mapping_rules *out)
{
    drafts d = {NULL, 0};
    uint32_t i;

    if (!load_drafts(l, at, v, &d))
        return false;
    out->items = eql_mapping_check_alloc(l, d.n, sizeof *out->items);
    for (i = 0; out->items && i < d.n; i++) {
        eql_mapping_place here = {at, NULL, i};

        if (d.items[i].has_codes || d.items[i].not_codes.n)
            return eql_mapping_check_fail(l, &here,
                                          "common rules are for every code");
        if (!d.items[i].off)
            out->items[out->n++] = &d.items[i].rule;
    }
    return out->items != NULL;
}

/* --- the events of a channel --- */

/* An entry of "events": what its codes are. */
typedef struct {
    bool off;
    bool has_codes;
    eql_mapping_names codes;
    eql_mapping_constants set;
} event_entry;

typedef struct {
    event_entry *events;
    uint32_t nevents;
    drafts prepare, fields;
    eql_mapping_names clock_skip;
} channel_draft;

static bool
load_event(eql_mapping_loader *l, const eql_mapping_place *at, const json_t *v,
           event_entry *e)
{
    static const char *const known[] = {"codes",  "feature", "category", "type",
                                        "action", "outcome", "about",    NULL};
    static const char *const keys[] = {"category", "type", "action", "outcome"};
    const json_t *o = eql_mapping_check_object(l, at, v), *codes;
    eql_mapping_place where = {at, "codes", 0};
    eql_mapping_constant *items;
    uint32_t i, n = 0;

    if (!o || !eql_mapping_check_keys(l, at, o, known))
        return false;
    codes = json_object_get(o, "codes");
    e->has_codes = codes != NULL;
    if (codes && !eql_mapping_check_codes(l, &where, codes, &e->codes))
        return false;
    items = eql_mapping_check_alloc(l, EQL_COUNTOF(keys), sizeof *items);
    for (i = 0; items && i < EQL_COUNTOF(keys); i++) {
        json_t *value = json_object_get(o, keys[i]);
        eql_mapping_place here = {at, keys[i], 0};
        const char **path = eql_mapping_check_alloc(l, 2, sizeof *path);

        if (!value)
            continue;
        if (!path || !eql_mapping_check_value(l, &here, value))
            return false;
        path[0] = "event";
        path[1] = keys[i];
        items[n++] = (eql_mapping_constant){{path, 2}, value};
    }
    e->set = (eql_mapping_constants){items, n};
    e->off = !eql_mapping_check_feature(l, at, o);
    return !l->bad;
}

static bool
load_events(eql_mapping_loader *l, const eql_mapping_place *at, const json_t *v,
            channel_draft *c)
{
    const json_t *list = eql_mapping_check_array(l, at, v);
    size_t i, n = json_array_size(list);

    if (!list)
        return false;
    c->events = eql_mapping_check_alloc(l, n, sizeof *c->events);
    for (i = 0; c->events && i < n; i++) {
        eql_mapping_place here = {at, NULL, i};

        if (!load_event(l, &here, json_array_get(list, i), &c->events[i]))
            return false;
    }
    c->nevents = (uint32_t)n;
    return c->events != NULL;
}

/* Gives every code of a list its place among the plans. */
static bool
number_codes(eql_mapping_loader *l, eql_mapping_channel *c,
             const eql_mapping_names *codes)
{
    uint32_t i;

    for (i = 0; i < codes->n; i++) {
        size_t len = strlen(codes->items[i]);

        if (eql_map_get(c->codes, codes->items[i], len) != EQL_NONE)
            continue;
        if (!eql_map_put(c->codes, codes->items[i], len, c->nplans++))
            return eql_mapping_check_fail(l, NULL, "out of memory");
    }
    return true;
}

static bool
number_all(eql_mapping_loader *l, eql_mapping_channel *c,
           const channel_draft *d)
{
    const drafts *lists[] = {&d->prepare, &d->fields};
    uint32_t i, k;

    c->codes = eql_map_new();
    c->nplans = 1;
    if (!c->codes)
        return eql_mapping_check_fail(l, NULL, "out of memory");
    for (i = 0; i < d->nevents; i++) {
        if (!number_codes(l, c, &d->events[i].codes))
            return false;
    }
    for (k = 0; k < EQL_COUNTOF(lists); k++) {
        for (i = 0; i < lists[k]->n; i++) {
            if (!number_codes(l, c, &lists[k]->items[i].codes) ||
                !number_codes(l, c, &lists[k]->items[i].not_codes))
                return false;
        }
    }
    return number_codes(l, c, &d->clock_skip);
}

/* Marks the plans that an entry with these codes is for. */
static void
mark(const eql_mapping_channel *c, const eql_mapping_names *codes, bool *on,
     bool value)
{
    uint32_t i, at;

    for (i = 0; i < codes->n; i++) {
        at = eql_map_get(c->codes, codes->items[i], strlen(codes->items[i]));
        if (at < c->nplans)
            on[at] = value;
    }
}

static bool
sort_rules(eql_mapping_loader *l, eql_mapping_channel *c, const drafts *d,
           bool prepare, bool *on)
{
    uint32_t i, p;

    for (p = 0; p < c->nplans; p++) {
        eql_mapping_plan *plan = &c->plans[p];
        eql_mapping_rules *r = prepare ? &plan->prepare : &plan->fields;

        r->items = eql_mapping_check_alloc(l, d->n, sizeof *r->items);
        if (!r->items)
            return false;
    }
    for (i = 0; i < d->n; i++) {
        const draft *rule = &d->items[i];

        if (rule->off)
            continue;
        memset(on, !rule->has_codes, c->nplans);
        mark(c, &rule->codes, on, true);
        mark(c, &rule->not_codes, on, false);
        for (p = 0; p < c->nplans; p++) {
            eql_mapping_plan *plan = &c->plans[p];
            eql_mapping_rules *r = prepare ? &plan->prepare : &plan->fields;

            if (on[p])
                r->items[r->n++] = &rule->rule;
        }
    }
    return true;
}

/* The first entry that is for a code counts. */
static void
sort_events(eql_mapping_channel *c, const channel_draft *d, bool *on)
{
    uint32_t i, p;

    for (i = 0; i < d->nevents; i++) {
        const event_entry *e = &d->events[i];

        if (e->off)
            continue;
        memset(on, !e->has_codes, c->nplans);
        mark(c, &e->codes, on, true);
        for (p = 0; p < c->nplans; p++) {
            if (on[p] && !c->plans[p].event)
                c->plans[p].event = &e->set;
        }
    }
    memset(on, false, c->nplans);
    mark(c, &d->clock_skip, on, true);
    for (p = 0; p < c->nplans; p++)
        c->plans[p].clock_skip = on[p];
}

/* "fields" is a list of rules or the name of a field set. */
static bool
load_fields(eql_mapping_loader *l, const eql_mapping_place *at, const json_t *v,
            drafts *out)
{
    eql_mapping_place up = {NULL, "field_sets", 0}, here = {&up, NULL, 0};
    const json_t *set;

    if (!json_is_string(v))
        return load_drafts(l, at, v, out);
    here.key = eql_mapping_check_text(l, at, v);
    set = here.key ? json_object_get(l->field_sets, here.key) : NULL;
    if (!set)
        return eql_mapping_check_fail(l, at, "no field set \"%.80s\"",
                                      json_string_value(v));
    return load_drafts(l, &here, set, out);
}

bool
eql_mapping_rules_channel(eql_mapping_loader *l, const eql_mapping_place *at,
                          const json_t *v, eql_mapping_channel *out)
{
    eql_mapping_place events = {at, "events", 0}, fields = {at, "fields", 0},
                      prepare = {at, "prepare", 0},
                      skip = {at, "clock_skip", 0};
    const json_t *p = json_object_get(v, "prepare"),
                 *s = json_object_get(v, "clock_skip");
    channel_draft *d = eql_mapping_check_alloc(l, 1, sizeof *d);
    bool *on;

    if (!d || !load_events(l, &events, json_object_get(v, "events"), d) ||
        !load_fields(l, &fields, json_object_get(v, "fields"), &d->fields) ||
        (p && !load_drafts(l, &prepare, p, &d->prepare)) ||
        (s && !eql_mapping_check_codes(l, &skip, s, &d->clock_skip)) ||
        !number_all(l, out, d))
        return false;
    on = eql_mapping_check_alloc(l, out->nplans, sizeof *on);
    out->plans = eql_mapping_check_alloc(l, out->nplans, sizeof *out->plans);
    if (!on || !out->plans || !sort_rules(l, out, &d->prepare, true, on) ||
        !sort_rules(l, out, &d->fields, false, on))
        return false;
    sort_events(out, d, on);
    return true;
}
