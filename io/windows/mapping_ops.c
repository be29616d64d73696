/* mapping_ops.c -- the operations of mapping rules on one record.
 *
 * A rule takes the first of its sources that has text, works on it and says
 * whether that worked; what worked is moved out of the event data unless the
 * rule copies.  A value of the wrong shape is never an error: the rule does
 * nothing and the value stays where it was.  Out of memory is sticky in the
 * state. */
#include "io/windows/mapping_int.h"

#include "base/text.h"

/* --- reading and writing --- */

void
eql_mapping_ops_put(eql_mapping_state *s, const eql_mapping_path *to,
                    json_t *value)
{
    json_t *at = s->ecs;
    uint32_t i;

    if (!value) {
        s->failed = true;
        return;
    }
    for (i = 0; i + 1 < to->n; i++) {
        json_t *next = json_object_get(at, to->keys[i]);

        if (!next) {
            next = json_object();
            if (json_object_set_new(at, to->keys[i], next) != 0) {
                s->failed = true;
                json_decref(value);
                return;
            }
        }
        if (!json_is_object(next)) {
            json_decref(value);
            return;
        }
        at = next;
    }
    if (json_object_set_new(at, to->keys[i], value) != 0)
        s->failed = true;
}

void
eql_mapping_ops_put_to(eql_mapping_state *s, const eql_mapping_rule *r,
                       uint32_t i, json_t *value)
{
    eql_mapping_ops_put(s, &r->to.items[i], value);
}

void
eql_mapping_ops_put_text(eql_mapping_state *s, const eql_mapping_rule *r,
                         uint32_t i, eql_strview v)
{
    eql_mapping_ops_put_to(s, r, i, json_stringn(v.p, v.len));
}

static const json_t *
ecs_at(const eql_mapping_state *s, const eql_mapping_path *path)
{
    const json_t *v = s->ecs;
    uint32_t i;

    for (i = 0; v && i < path->n; i++)
        v = json_object_get(v, path->keys[i]);
    return v;
}

static const json_t *
source_value(const eql_mapping_state *s, const eql_mapping_source *src)
{
    switch (src->from) {
    case EQL_MAPPING_FROM_DATA: return json_object_get(s->data, src->name);
    case EQL_MAPPING_FROM_ECS: return ecs_at(s, &src->path);
    case EQL_MAPPING_FROM_HEADER: return s->header[src->role];
    }
    return NULL;
}

/* --- numbers, truth, addresses, times --- */

static bool
op_int(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    int64_t i;

    if (!eql_mapping_values_int(v, &i))
        return false;
    eql_mapping_ops_put_to(s, r, 0, json_integer(i));
    return true;
}

static bool
op_bool(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    bool yes = eql_sv_eq_ascii_ci(v, eql_sv_cstr("true"));

    if (!yes && !eql_sv_eq_ascii_ci(v, eql_sv_cstr("false")))
        return false;
    eql_mapping_ops_put_to(s, r, 0, json_boolean(yes));
    return true;
}

static bool
op_ip(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    eql_buf text = {0};
    bool ok = eql_mapping_values_ip(v, &text);

    if (ok)
        eql_mapping_ops_put_text(s, r, 0, eql_buf_sv(&text));
    s->failed = s->failed || text.failed;
    eql_buf_free(&text);
    return ok;
}

static bool
op_time(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    char buf[40];
    int64_t ns;
    bool zoned;

    if (!eql_mapping_values_time(v, &ns, &zoned))
        return false;
    eql_mapping_ops_put_text(s, r, 0, eql_sv(buf, eql_time_format(ns, buf)));
    return true;
}

/* --- names, users, tables --- */

static bool
op_map(eql_mapping_state *s, const eql_mapping_rule *r, json_t *text)
{
    json_t *v =
        eql_mapping_values_look_up(r->map, eql_mapping_values_view(text));

    if (!v)
        v = r->same ? text : r->fallback;
    if (v)
        eql_mapping_ops_put_to(s, r, 0, json_incref(v));
    return v != NULL;
}

/* "DOMAIN\name": exactly one backslash. */
static bool
op_user(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    eql_strview rest = v, domain;

    eql_mapping_split_next(&rest, '\\', &domain);
    if (!rest.p || (rest.len && memchr(rest.p, '\\', rest.len)))
        return false;
    if (domain.len)
        eql_mapping_ops_put_text(s, r, 0, domain);
    if (rest.len)
        eql_mapping_ops_put_text(s, r, 1, rest);
    return true;
}

static bool
op_upn(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    eql_strview name;

    eql_mapping_split_next(&v, '@', &name);
    eql_mapping_ops_put_text(s, r, 0, name);
    return true;
}

/* First part of a distinguished name ("\," is no end), without its "CN=". */
static bool
op_cn(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    size_t n = 0;

    while (n < v.len && (v.p[n] != ',' || (n > 0 && v.p[n - 1] == '\\')))
        n++;
    v.len = n;
    if (n >= 3 && eql_sv_eq_ascii_ci(eql_sv(v.p, 3), eql_sv_cstr("cn=")))
        v = eql_sv(v.p + 3, n - 3);
    eql_mapping_ops_put_text(s, r, 0, v);
    return true;
}

static bool
op_args(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    json_t *args =
        r->spaces ? eql_mapping_split_quoted(v) : eql_mapping_split_crt(v);
    json_int_t n = (json_int_t)json_array_size(args);

    eql_mapping_ops_put_to(s, r, 0, args);
    if (args)
        eql_mapping_ops_put_to(s, r, 1, json_integer(n));
    return true;
}

/* --- paths --- */

/* Bytes before the last backslash; v.len when there is none. */
static size_t
last_slash(eql_strview v)
{
    const char *q = v.len ? memrchr(v.p, '\\', v.len) : NULL;

    return q ? (size_t)(q - v.p) : v.len;
}

/* BASENAME fills a gap only: a name that a field of its own gave stays. */
static bool
op_path(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v)
{
    eql_strview part;

    if ((r->op == EQL_MAPPING_OP_BASENAME && ecs_at(s, &r->to.items[0])) ||
        !eql_mapping_values_path(r->op, v, last_slash(v), 1, &part))
        return false;
    eql_mapping_ops_put_text(s, r, 0, part);
    return true;
}

/* --- running --- */

/* Text of the first source that has some, as a new reference. */
static json_t *
first_text(eql_mapping_state *s, const eql_mapping_rule *r,
           const eql_mapping_source **src)
{
    uint32_t i;

    for (i = 0; i < r->nfrom; i++) {
        const json_t *v = source_value(s, &r->from[i]);
        json_t *text = v ? eql_record_text(v, &s->failed) : NULL;

        if (text && json_string_length(text)) {
            *src = &r->from[i];
            return text;
        }
        json_decref(text);
    }
    return NULL;
}

static void
run_join(eql_mapping_state *s, const eql_mapping_rule *r)
{
    eql_buf b = {0};
    uint32_t i;

    for (i = 0; i < r->nfrom; i++) {
        const json_t *v = source_value(s, &r->from[i]);
        json_t *text = v ? eql_record_text(v, &s->failed) : NULL;

        if (!text || !json_string_length(text)) {
            json_decref(text);
            break;
        }
        if (i)
            eql_buf_add_sv(&b, r->separator);
        eql_buf_add_sv(&b, eql_mapping_values_view(text));
        json_decref(text);
    }
    if (b.failed)
        s->failed = true;
    else if (i == r->nfrom)
        eql_mapping_ops_put_text(s, r, 0, eql_buf_sv(&b));
    eql_buf_free(&b);
}

/* The untouched value, where it is a scalar. */
static void
run_raw(eql_mapping_state *s, const eql_mapping_rule *r)
{
    uint32_t i;

    for (i = 0; i < r->nfrom; i++) {
        const json_t *v = source_value(s, &r->from[i]);

        if (!v || json_is_null(v) || json_is_array(v) || json_is_object(v))
            continue;
        eql_mapping_ops_put_to(s, r, 0, json_incref((json_t *)(uintptr_t)v));
        if (r->from[i].from == EQL_MAPPING_FROM_DATA && !r->copy)
            json_object_del(s->data, r->from[i].name);
        return;
    }
}

static bool
run_text(eql_mapping_state *s, const eql_mapping_rule *r, json_t *text)
{
    eql_strview v = eql_mapping_values_view(text);

    switch (r->op) {
    case EQL_MAPPING_OP_STR:
        eql_mapping_ops_put_to(s, r, 0, json_incref(text));
        return true;
    case EQL_MAPPING_OP_LOWER:
        eql_mapping_ops_put_to(s, r, 0, eql_mapping_values_lower(v));
        return true;
    case EQL_MAPPING_OP_INT: return op_int(s, r, v);
    case EQL_MAPPING_OP_BOOL: return op_bool(s, r, v);
    case EQL_MAPPING_OP_IP: return op_ip(s, r, v);
    case EQL_MAPPING_OP_TIME: return op_time(s, r, v);
    case EQL_MAPPING_OP_MAP: return op_map(s, r, text);
    case EQL_MAPPING_OP_USER: return op_user(s, r, v);
    case EQL_MAPPING_OP_UPN: return op_upn(s, r, v);
    case EQL_MAPPING_OP_CN: return op_cn(s, r, v);
    case EQL_MAPPING_OP_HASHES: return eql_mapping_ops_win_hashes(s, r, v);
    case EQL_MAPPING_OP_ARGS: return op_args(s, r, v);
    case EQL_MAPPING_OP_BASENAME:
    case EQL_MAPPING_OP_DIRNAME:
    case EQL_MAPPING_OP_EXT: return op_path(s, r, v);
    case EQL_MAPPING_OP_REGISTRY: return eql_mapping_ops_win_registry(s, r, v);
    case EQL_MAPPING_OP_REGDATA: return eql_mapping_ops_win_regdata(s, r, text);
    case EQL_MAPPING_OP_DNS: return eql_mapping_ops_win_dns(s, r, v);
    case EQL_MAPPING_OP_LIST:
        eql_mapping_ops_put_to(s, r, 0, eql_mapping_split_words(v));
        return true;
    case EQL_MAPPING_OP_DROP: return true;
    case EQL_MAPPING_OP_PAIRS: return eql_mapping_ops_win_pairs(s, r, v);
    case EQL_MAPPING_OP_LINES: return eql_mapping_ops_win_lines(s, v);
    case EQL_MAPPING_OP_RAW:
    case EQL_MAPPING_OP_OUTCOME:
    case EQL_MAPPING_OP_JOIN:
    case EQL_MAPPING_OP_CONST:
    case EQL_MAPPING_OP_COUNT: break;
    }
    return false;
}

static void
run_first(eql_mapping_state *s, const eql_mapping_rule *r)
{
    const eql_mapping_source *src = NULL;
    json_t *text = first_text(s, r, &src);

    if (!text)
        return;
    if (run_text(s, r, text) && src->from == EQL_MAPPING_FROM_DATA &&
        !r->copy &&
        /* Reading names out of a text never uses it up. */
        eql_mapping_op_descs[r->op].how != EQL_MAPPING_HOW_NAMES)
        json_object_del(s->data, src->name);
    json_decref(text);
}

static void
run_outcome(eql_mapping_state *s, const eql_mapping_rule *r)
{
    uint32_t i;

    for (i = 0; i < r->nfrom; i++) {
        const json_t *v = source_value(s, &r->from[i]);

        if (v && eql_mapping_ops_win_outcome(s, r, v))
            return;
    }
}

void
eql_mapping_ops_run(eql_mapping_state *s, const eql_mapping_rules *rules)
{
    uint32_t i;

    for (i = 0; i < rules->n && !s->failed; i++) {
        const eql_mapping_rule *r = rules->items[i];

        switch (eql_mapping_op_descs[r->op].sources) {
        case EQL_MAPPING_SOURCES_NONE:
            eql_mapping_ops_put_to(s, r, 0, json_incref(r->value));
            break;
        case EQL_MAPPING_SOURCES_FIRST: run_first(s, r); break;
        case EQL_MAPPING_SOURCES_VALUE:
            if (r->op == EQL_MAPPING_OP_RAW)
                run_raw(s, r);
            else
                run_outcome(s, r);
            break;
        case EQL_MAPPING_SOURCES_ALL: run_join(s, r); break;
        }
    }
}
