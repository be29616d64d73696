/* record.c -- one Windows event record, whatever its layout, as a header (by
 * role) and event data (by name).
 *
 * What tells the layouts apart is record_key.def's; which keys hold what is the
 * mapping's (layouts).  Event data are texts: numbers and booleans become
 * text, nulls, arrays and objects are left out, and so are values that are as
 * good as missing.  Nothing is assumed of any type in a record. */
#include "io/json/json.h"
#include "io/windows/mapping_int.h"

#include <stdlib.h>

#include "base/text.h"

static bool
has(const json_t *record, const char *key)
{
    return json_object_get(record, key) != NULL;
}

eql_mapping_layout_id
eql_record_layout(uint32_t keys)
{
    static const struct {
        uint32_t keys;
        eql_mapping_layout_id layout;
    } rows[] = {
#define R(layout, anchor, other)                                               \
    {1u << EQL_RECORD_KEY_##anchor | 1u << EQL_RECORD_KEY_##other,             \
     EQL_MAPPING_LAYOUT_##layout},
#include "io/format/record_key.def"
    };

    for (size_t i = 0; i < EQL_COUNTOF(rows); i++)
        if ((keys & rows[i].keys) == rows[i].keys)
            return rows[i].layout;
    return EQL_MAPPING_LAYOUT_COUNT;
}

static eql_mapping_layout_id
layout_of(const json_t *record)
{
    uint32_t keys = 0;

    for (uint32_t i = 0; i < EQL_RECORD_KEY_COUNT; i++)
        keys |= (uint32_t)has(record, eql_record_keys[i]) << i;
    return eql_record_layout(keys);
}

bool
eql_mapping_recognises(const json_t *record)
{
    return layout_of(record) != EQL_MAPPING_LAYOUT_COUNT;
}

json_t *
eql_record_text(const json_t *v, bool *failed)
{
    char buf[32];
    size_t n = 0;
    json_t *text;

    switch (json_typeof(v)) {
    case JSON_STRING:
        /* Reference counts are not part of a value's meaning. */
        return json_incref((json_t *)(uintptr_t)v);
    case JSON_INTEGER: n = eql_format_int(json_integer_value(v), buf); break;
    case JSON_REAL: n = eql_format_double(json_real_value(v), buf); break;
    case JSON_TRUE: memcpy(buf, "true", n = 4); break;
    case JSON_FALSE: memcpy(buf, "false", n = 5); break;
    default: return NULL;
    }
    text = json_stringn(buf, n);
    if (!text)
        *failed = true;
    return text;
}

bool
eql_record_is_empty(const eql_mapping *m, eql_strview v)
{
    uint32_t i;

    for (i = 0; i < m->nempty; i++) {
        if (eql_sv_eq(m->empty[i], v))
            return true;
    }
    return false;
}

void
eql_record_add(eql_mapping_state *s, eql_strview name, json_t *text)
{
    if (!text) {
        s->failed = true;
        return;
    }
    if (name.len == 0 || memchr(name.p, 0, name.len) ||
        eql_record_is_empty(
            s->m, eql_sv(json_string_value(text), json_string_length(text))) ||
        json_object_getn(s->data, name.p, name.len))
        json_decref(text);
    else if (json_object_setn_new(s->data, name.p, name.len, text) != 0)
        s->failed = true;
}

static void
add_scalar(eql_mapping_state *s, const char *key, const json_t *v)
{
    json_t *text = eql_record_text(v, &s->failed);

    if (text)
        eql_record_add(s, eql_sv_cstr(key), text);
}

static void
add_members(eql_mapping_state *s, const json_t *object)
{
    json_t *o = (json_t *)(uintptr_t)object;
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v) add_scalar(s, key, v);
}

/* --- event data as text: JSON, or the XML that Windows renders --- */

/* One entity at p (an '&'); returns its length, 0 when it is none. */
static size_t
entity(const char *p, size_t len, eql_buf *out)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"&lt;", '<'},
                 {"&gt;", '>'},
                 {"&quot;", '"'},
                 {"&apos;", '\''},
                 {"&amp;", '&'}};
    uint32_t cp = 0, base = 10;
    size_t i, n;
    char utf8[4];

    for (i = 0; i < EQL_COUNTOF(named); i++) {
        n = strlen(named[i].name);
        if (n <= len && memcmp(p, named[i].name, n) == 0) {
            eql_buf_add_char(out, named[i].c);
            return n;
        }
    }
    if (len < 4 || p[1] != '#')
        return 0;
    n = 2;
    if (p[2] == 'x' || p[2] == 'X') {
        base = 16;
        n = 3;
    }
    for (i = n; i < len && cp < 0x110000; i++) {
        char c = p[i];

        if (c >= '0' && c <= '9')
            cp = cp * base + (uint32_t)(c - '0');
        else if (base == 16 && (c | 32) >= 'a' && (c | 32) <= 'f')
            cp = cp * base + (uint32_t)((c | 32) - 'a') + 10;
        else
            break;
    }
    if (i == n || i >= len || p[i] != ';' || cp >= 0x110000 ||
        (cp >= 0xd800 && cp < 0xe000))
        return 0;
    eql_buf_add(out, utf8, eql_utf8_encode(cp, utf8));
    return i + 1;
}

static eql_strview
unescape(eql_strview s, eql_buf *out)
{
    size_t i = 0, n;

    out->len = 0;
    if (s.len == 0 || !memchr(s.p, '&', s.len))
        return s;
    while (i < s.len) {
        n = s.p[i] == '&' ? entity(s.p + i, s.len - i, out) : 0;
        if (n == 0)
            eql_buf_add_char(out, s.p[i]);
        i += n ? n : 1;
    }
    return eql_buf_sv(out);
}

static const char *
find(const char *p, const char *end, const char *what)
{
    return p < end ? memmem(p, (size_t)(end - p), what, strlen(what)) : NULL;
}

/* The Name attribute within a start tag; empty when there is none. */
static eql_strview
name_attribute(const char *p, const char *end)
{
    const char *q = find(p, end, "Name=");
    const char *close;

    if (!q || q + 6 >= end || (q[5] != '"' && q[5] != '\''))
        return eql_sv("", 0);
    close = memchr(q + 6, q[5], (size_t)(end - q - 6));
    return close ? eql_sv(q + 6, (size_t)(close - q - 6)) : eql_sv("", 0);
}

/* <Data Name="key">value</Data> ..., first of a name wins.  Each byte is
 * looked at a bounded number of times: a tag that is not closed ends it. */
static void
add_xml(eql_mapping_state *s, eql_strview xml)
{
    const char *end = xml.p + xml.len, *p = xml.p, *close, *stop;
    eql_buf key = {0}, value = {0};
    uint32_t n;

    for (n = 0; n < EQL_MAPPING_MAX_ITEMS; n++) {
        eql_strview name, v = eql_sv("", 0);

        p = find(p, end, "<Data");
        if (!p || !(close = memchr(p, '>', (size_t)(end - p))))
            break;
        name = name_attribute(p, close);
        p = close + 1;
        if (close[-1] != '/') {
            stop = find(p, end, "</Data>");
            if (!stop)
                break;
            v = eql_sv(p, (size_t)(stop - p));
            p = stop;
        }
        name = unescape(name, &key);
        v = unescape(v, &value);
        eql_record_add(s, name, json_stringn(v.p, v.len));
    }
    s->failed = s->failed || key.failed || value.failed;
    eql_buf_free(&key);
    eql_buf_free(&value);
}

static void
add_nested(eql_mapping_state *s, const char *key, const json_t *v)
{
    eql_strview t;
    json_error_t e;
    json_t *doc = NULL;
    bool no_memory = false;

    if (json_is_object(v)) {
        add_members(s, v);
        return;
    }
    if (!json_is_string(v))
        return;
    t = eql_mapping_split_trim(
        eql_sv(json_string_value(v), json_string_length(v)));
    if (t.len && t.p[0] == '{')
        doc = eql_json_load(t, JSON_ALLOW_NUL, &e, &no_memory);
    s->failed = s->failed || no_memory;
    if (doc)
        add_members(s, doc);
    else if (find(t.p, t.p + t.len, "<Data "))
        add_xml(s, t);
    else
        add_scalar(s, key, v);
    json_decref(doc);
}

/* --- header --- */

static const json_t *
walk(const json_t *v, const eql_mapping_path *path)
{
    uint32_t i;

    for (i = 0; v && i < path->n; i++)
        v = json_object_get(v, path->keys[i]);
    return v;
}

static bool
usable(const json_t *v, uint32_t role)
{
    if (!v || json_is_null(v) || json_is_object(v))
        return false;
    if (json_is_array(v))
        return role == EQL_MAPPING_ROLE_KEYWORDS;
    return !json_is_string(v) || json_string_length(v) > 0;
}

static void
read_header(eql_mapping_state *s, const json_t *record,
            const eql_mapping_header *h)
{
    uint32_t role, i;

    for (role = 0; role < EQL_MAPPING_ROLE_COUNT; role++) {
        const eql_mapping_paths *keys = &(*h)[role];

        for (i = 0; i < keys->n; i++) {
            const json_t *v = walk(record, &keys->items[i]);

            if (usable(v, role)) {
                s->header[role] = v;
                break;
            }
        }
    }
}

/* Which variants hold: bit 0 always, bit 1 + i for variant i. */
static uint32_t
read_variants(eql_mapping_state *s, const json_t *record)
{
    const eql_mapping_layout *l = s->layout;
    uint32_t active = 1, i;

    for (i = 0; i < l->nvariants; i++) {
        if (has(record, l->variants[i].key) != l->variants[i].has)
            continue;
        active |= UINT32_C(2) << i;
        read_header(s, record, &l->variants[i].header);
    }
    return active;
}

static void
read_data(eql_mapping_state *s, const json_t *record, uint32_t active)
{
    const eql_mapping_layout *l = s->layout;
    json_t *r = (json_t *)(uintptr_t)record;
    const char *key;
    json_t *v;
    uint32_t i, mask;

    for (i = 0; i < l->nnested; i++) {
        v = json_object_get(record, l->nested[i]);
        if (v)
            add_nested(s, l->nested[i], v);
    }
    if (!l->rest)
        return;
    json_object_foreach(r, key, v)
    {
        mask = eql_map_get(l->not_data, key, strlen(key));
        if (mask == EQL_NONE || !(mask & active))
            add_scalar(s, key, v);
    }
}

/* Windows takes channel names in any case: some exports write "security". */
const eql_mapping_channel *
eql_record_channel(const eql_mapping *m, eql_strview name)
{
    const eql_mapping_channel *found = NULL;

    for (uint32_t i = 0; i < m->nchannels; i++)
        if (eql_sv_eq_ascii_ci(m->channels[i].name, name))
            found = &m->channels[i];
    return found;
}

/* Events say a channel's name as the mapping does. */
static void
find_plan(eql_mapping_state *s)
{
    const json_t *channel = s->header[EQL_MAPPING_ROLE_CHANNEL];
    const json_t *code = s->header[EQL_MAPPING_ROLE_CODE];
    uint32_t at = EQL_NONE;
    json_t *text;

    if (json_is_string(channel))
        s->channel = eql_record_channel(s->m, eql_mapping_values_view(channel));
    if (!s->channel)
        return;
    s->header[EQL_MAPPING_ROLE_CHANNEL] = s->channel->name_text;
    text = code ? eql_record_text(code, &s->failed) : NULL;
    if (text)
        at = eql_map_get(s->channel->codes, json_string_value(text),
                         json_string_length(text));
    s->plan = &s->channel->plans[at == EQL_NONE ? 0 : at];
    json_decref(text);
}

void
eql_record_read(eql_mapping_state *s, const json_t *record)
{
    eql_mapping_layout_id id = layout_of(record);

    if (id == EQL_MAPPING_LAYOUT_COUNT)
        return;
    s->layout = &s->m->layouts[id];
    read_header(s, record, &s->layout->header);
    read_data(s, record, read_variants(s, record));
    find_plan(s);
}
