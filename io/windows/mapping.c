/* mapping.c -- a mapping from its JSON document: layouts, channels, and the
 * whole; the mapping built in.
 *
 * Whatever the document holds, loading ends with a mapping or with a reason
 * that names the place; nothing of it is interpreted again per event. */
#include "io/json/json.h"
#include "io/windows/mapping_load.h"

#include <stdlib.h>

/* Most memory that a mapping's structs may take. */
#define MAX_MAPPING_BYTES ((size_t)64 << 20)

/* Made by tools/embed.sh from io/windows/winevent.mapping.json. */
extern const unsigned char eql_winevent_mapping[];
extern const size_t eql_winevent_mapping_len;

static const char *const LAYOUTS[] = {
#define X(name, text) text,
#include "io/windows/mapping_layout.def"
#undef X
};

eql_strview
eql_mapping_builtin(void)
{
    return eql_sv((const char *)eql_winevent_mapping, eql_winevent_mapping_len);
}

/* --- layouts --- */

/* role -> key, or keys of which the first that is there counts; "a/b" goes
 * down into a. */
static bool
load_header(eql_mapping_loader *l, const eql_mapping_place *up,
            const json_t *object, eql_mapping_header *out)
{
    eql_mapping_place at = {up, "header", 0};
    json_t *o = json_object_get(object, "header");
    const char *key;
    json_t *v;
    uint32_t i;

    if (!eql_mapping_check_object(l, &at, o))
        return false;
    json_object_foreach(o, key, v)
    {
        eql_mapping_place here = {&at, key, 0};
        eql_mapping_names names;
        eql_mapping_path *paths;
        eql_mapping_role role;

        if (!eql_mapping_rules_role(key, &role))
            return eql_mapping_check_fail(l, &here, "no such header field");
        if (!eql_mapping_check_names(l, &here, v, &names))
            return false;
        paths = eql_mapping_check_alloc(l, names.n, sizeof *paths);
        for (i = 0; paths && i < names.n; i++) {
            if (!eql_mapping_check_path(l, &here, names.items[i], '/',
                                        &paths[i]))
                return false;
        }
        (*out)[role] = (eql_mapping_paths){paths, names.n};
    }
    return !l->bad;
}

static bool
add_not_data(eql_mapping_loader *l, const eql_mapping_place *up,
             const json_t *object, eql_map *map, uint32_t bit)
{
    eql_mapping_place at = {up, "not_data", 0};
    const json_t *v = json_object_get(object, "not_data");
    eql_mapping_names names;
    uint32_t i, mask;

    if (!v)
        return true;
    if (!eql_mapping_check_names(l, &at, v, &names))
        return false;
    for (i = 0; i < names.n; i++) {
        size_t len = strlen(names.items[i]);

        mask = eql_map_get(map, names.items[i], len);
        mask = (mask == EQL_NONE ? 0 : mask) | bit;
        if (!eql_map_put(map, names.items[i], len, mask))
            return eql_mapping_check_fail(l, NULL, "out of memory");
    }
    return true;
}

static bool
load_variant(eql_mapping_loader *l, const eql_mapping_place *at,
             const json_t *v, eql_mapping_layout *layout, uint32_t i)
{
    static const char *const known[] = {"has",      "lacks", "header",
                                        "not_data", "about", NULL};
    const json_t *o = eql_mapping_check_object(l, at, v), *has, *lacks;
    eql_mapping_variant *out = &layout->variants[i];

    if (!o || !eql_mapping_check_keys(l, at, o, known))
        return false;
    has = json_object_get(o, "has");
    lacks = json_object_get(o, "lacks");
    if (!has == !lacks)
        return eql_mapping_check_fail(l, at, "needs \"has\" or \"lacks\"");
    out->has = has != NULL;
    out->key = eql_mapping_check_text(l, at, has ? has : lacks);
    if (!out->key ||
        (json_object_get(o, "header") && !load_header(l, at, o, &out->header)))
        return false;
    return add_not_data(l, at, o, layout->not_data, UINT32_C(2) << i);
}

/* The last bit stays free: a mask of all bits would be EQL_NONE. */
static bool
load_variants(eql_mapping_loader *l, const eql_mapping_place *up,
              const json_t *object, eql_mapping_layout *out)
{
    eql_mapping_place at = {up, "variants", 0};
    const json_t *v = json_object_get(object, "variants");
    size_t i, n = json_array_size(v);

    if (!v)
        return true;
    if (!eql_mapping_check_array(l, &at, v))
        return false;
    if (n >= EQL_MAPPING_MAX_VARIANTS)
        return eql_mapping_check_fail(l, &at, "too many");
    out->variants = eql_mapping_check_alloc(l, n, sizeof *out->variants);
    for (i = 0; out->variants && i < n; i++) {
        eql_mapping_place here = {&at, NULL, i};

        if (!load_variant(l, &here, json_array_get(v, i), out, (uint32_t)i))
            return false;
    }
    out->nvariants = (uint32_t)n;
    return out->variants != NULL;
}

static bool
load_clock(eql_mapping_loader *l, const eql_mapping_place *up, const json_t *o,
           bool *local)
{
    eql_mapping_place at = {up, "clock", 0};
    const char *clock =
        eql_mapping_check_text(l, &at, json_object_get(o, "clock"));

    if (!clock)
        return false;
    *local = strcmp(clock, "local") == 0;
    return *local || strcmp(clock, "utc") == 0 ||
           eql_mapping_check_fail(l, &at, "must be \"local\" or \"utc\"");
}

static bool
load_layout(eql_mapping_loader *l, const eql_mapping_place *at, const json_t *v,
            eql_mapping_layout *out)
{
    static const char *const known[] = {"clock", "header",   "nested",
                                        "rest",  "not_data", "variants",
                                        "about", NULL};
    const json_t *o = eql_mapping_check_object(l, at, v), *nested;
    eql_mapping_place where = {at, "nested", 0};
    eql_mapping_names names = {NULL, 0};

    if (!o || !eql_mapping_check_keys(l, at, o, known) ||
        !load_clock(l, at, o, &out->local) ||
        !load_header(l, at, o, &out->header))
        return false;
    nested = json_object_get(o, "nested");
    if (nested && !eql_mapping_check_names(l, &where, nested, &names))
        return false;
    out->nested = names.items;
    out->nnested = names.n;
    out->rest = eql_mapping_check_flag(l, at, o, "rest");
    out->not_data = eql_map_new();
    if (!out->not_data)
        return eql_mapping_check_fail(l, NULL, "out of memory");
    return add_not_data(l, at, o, out->not_data, 1) &&
           load_variants(l, at, o, out) && !l->bad;
}

static bool
load_layouts(eql_mapping_loader *l, const json_t *doc)
{
    const char *known[EQL_MAPPING_LAYOUT_COUNT + 1] = {NULL};
    eql_mapping_place at = {NULL, "layouts", 0};
    const json_t *o =
        eql_mapping_check_object(l, &at, json_object_get(doc, "layouts"));
    uint32_t i;

    memcpy(known, LAYOUTS, sizeof LAYOUTS);
    if (!o || !eql_mapping_check_keys(l, &at, o, known))
        return false;
    for (i = 0; i < EQL_MAPPING_LAYOUT_COUNT; i++) {
        eql_mapping_place here = {&at, LAYOUTS[i], 0};

        if (!load_layout(l, &here, json_object_get(o, LAYOUTS[i]),
                         &l->m->layouts[i]))
            return false;
    }
    return true;
}

/* --- channels --- */

static bool
load_channel(eql_mapping_loader *l, const eql_mapping_place *at,
             const json_t *v, eql_mapping_channel *out)
{
    static const char *const known[] = {"constants", "time",   "clock_skip",
                                        "prepare",   "events", "fields",
                                        "about",     NULL};
    eql_mapping_place constants = {at, "constants", 0}, time = {at, "time", 0};
    const json_t *o = eql_mapping_check_object(l, at, v), *c, *t;

    if (!o || !eql_mapping_check_keys(l, at, o, known))
        return false;
    c = json_object_get(o, "constants");
    t = json_object_get(o, "time");
    if (c && !eql_mapping_rules_constants(l, &constants, c, &out->constants))
        return false;
    if (t && !(out->time = eql_mapping_check_text(l, &time, t)))
        return false;
    return eql_mapping_rules_channel(l, at, o, out);
}

static bool
load_channels(eql_mapping_loader *l, const json_t *doc)
{
    eql_mapping_place at = {NULL, "channels", 0};
    json_t *o = json_object_get(doc, "channels");
    const char *name;
    json_t *v;

    if (!eql_mapping_check_object(l, &at, o))
        return false;
    l->m->channels =
        eql_mapping_check_alloc(l, json_object_size(o), sizeof *l->m->channels);
    if (!l->m->channels)
        return false;
    json_object_foreach(o, name, v)
    {
        eql_mapping_place here = {&at, name, 0};
        eql_mapping_channel *c = &l->m->channels[l->m->nchannels++];

        c->name = eql_sv_cstr(name);
        c->name_text = json_string(name);
        if (!c->name_text)
            return eql_mapping_check_fail(l, NULL, "out of memory");
        if (!load_channel(l, &here, v, c))
            return false;
    }
    return true;
}

/* --- the whole --- */

static bool
load_features(eql_mapping_loader *l, const json_t *doc)
{
    eql_mapping_place at = {NULL, "features", 0};
    json_t *o = json_object_get(doc, "features");
    const char *name;
    json_t *v;

    if (!o)
        return true;
    l->features = eql_mapping_check_object(l, &at, o);
    json_object_foreach(o, name, v) eql_mapping_check_flag(l, &at, o, name);
    return !l->bad;
}

static bool
load_empty(eql_mapping_loader *l, const json_t *doc)
{
    eql_mapping_place at = {NULL, "empty", 0};
    const json_t *v = json_object_get(doc, "empty");
    size_t i, n = json_array_size(v);
    eql_strview *items;

    if (!v)
        return true;
    items = eql_mapping_check_alloc(l, n, sizeof *items);
    if (!items || !eql_mapping_check_array(l, &at, v))
        return false;
    for (i = 0; i < n; i++) {
        const json_t *text = json_array_get(v, i);
        eql_mapping_place here = {&at, NULL, i};

        if (!json_is_string(text))
            return eql_mapping_check_fail(l, &here, "must be a string");
        items[i] = eql_mapping_values_view(text);
        if (items[i].len > EQL_MAPPING_MAX_EMPTY)
            return eql_mapping_check_fail(l, &here, "is longer than %u bytes",
                                          EQL_MAPPING_MAX_EMPTY);
    }
    l->m->empty = items;
    l->m->nempty = (uint32_t)n;
    return true;
}

static bool
load_format(eql_mapping_loader *l, const json_t *doc)
{
    eql_mapping_place at = {NULL, "format", 0};
    const json_t *v = json_object_get(doc, "format");

    return (json_is_integer(v) && json_integer_value(v) == 1) ||
           eql_mapping_check_fail(l, &at,
                                  "must be 1: this is no mapping, or one of "
                                  "another format");
}

/* Field sets are checked where channels use them. */
static bool
load_sets(eql_mapping_loader *l, const json_t *doc)
{
    eql_mapping_place codes = {NULL, "code_sets", 0},
                      fields = {NULL, "field_sets", 0};
    const json_t *c = json_object_get(doc, "code_sets"),
                 *f = json_object_get(doc, "field_sets");

    if (c)
        l->code_sets = eql_mapping_check_object(l, &codes, c);
    if (f)
        l->field_sets = eql_mapping_check_object(l, &fields, f);
    return !l->bad;
}

static bool
load_document(eql_mapping_loader *l, const json_t *doc)
{
    static const char *const known[] = {
        "about",     "format", "features",   "empty",    "layouts", "code_sets",
        "constants", "common", "field_sets", "channels", NULL};
    eql_mapping_place constants = {NULL, "constants", 0},
                      common = {NULL, "common", 0};
    const json_t *c = json_object_get(doc, "constants"),
                 *r = json_object_get(doc, "common");

    if (!eql_mapping_check_object(l, NULL, doc) || !load_format(l, doc) ||
        !eql_mapping_check_keys(l, NULL, doc, known) ||
        !load_features(l, doc) || !load_empty(l, doc) || !load_sets(l, doc) ||
        !load_layouts(l, doc))
        return false;
    if (c && !eql_mapping_rules_constants(l, &constants, c, &l->m->constants))
        return false;
    if (r && !eql_mapping_rules_common(l, &common, r, &l->m->common))
        return false;
    return load_channels(l, doc);
}

static json_t *
parse(eql_strview text, eql_buf *why)
{
    json_error_t error;
    bool no_memory;
    json_t *doc = eql_json_load(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                                &error, &no_memory);

    if (no_memory)
        eql_buf_add_str(why, "out of memory");
    else if (!doc)
        eql_buf_printf(why, "line %d, column %d: %s", error.line, error.column,
                       error.text);
    return doc;
}

eql_mapping *
eql_mapping_new(eql_strview text, eql_buf *why)
{
    eql_mapping *m = calloc(1, sizeof *m);
    eql_mapping_loader l = {.m = m, .why = why};

    if (m)
        m->arena = l.arena = eql_arena_new(MAX_MAPPING_BYTES);
    if (!m || !m->arena) {
        eql_buf_add_str(why, "out of memory");
        eql_mapping_free(m);
        return NULL;
    }
    /* The one built in is known to be good: a test reads it as all others. */
    if (text.len)
        m->doc = parse(text, why);
    else if (!(m->doc = eql_json_tree(eql_mapping_builtin())))
        eql_buf_add_str(why, "out of memory");
    if (!m->doc || !load_document(&l, m->doc)) {
        eql_mapping_free(m);
        return NULL;
    }
    return m;
}

void
eql_mapping_free(eql_mapping *m)
{
    uint32_t i;

    if (!m)
        return;
    for (i = 0; i < EQL_MAPPING_LAYOUT_COUNT; i++)
        eql_map_free(m->layouts[i].not_data);
    for (i = 0; i < m->nchannels; i++) {
        json_decref(m->channels[i].name_text);
        eql_map_free(m->channels[i].codes);
    }
    eql_arena_free(m->arena);
    json_decref(m->doc);
    free(m);
}
