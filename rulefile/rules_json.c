/* rules_json.c -- rules in a Kibana export: one JSON object a line.
 *
 * A line is a rule of ours when its `type` or `language` is eql, or when it
 * has a `query` and neither of them.  Rules of other languages are counted;
 * what an export holds besides rules (lists, connectors, its summary) and
 * lines that are no rules at all are passed over.  A JSON string has no lines
 * of its own: diagnostics name the file's line. */
#include "io/json/json.h"
#include "rulefile/rules_file.h"

#include <jansson.h>
#include <stdio.h>

typedef struct {
    eql_rule_file *f;
    eql_strview line; /* without its line end */
    uint32_t number;  /* from 1 */
    size_t offset;    /* of the line in the text */
    uint32_t nrules;  /* rules of any language so far in the file */
} reader;

/* A string member, borrowed from the object; p NULL when there is none. */
static eql_strview
member(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_string(v))
        return eql_sv(NULL, 0);
    return eql_sv(json_string_value(v), json_string_length(v));
}

/* Its copy in the arena. */
static bool
copy(reader *rd, const json_t *o, const char *key, eql_strview *out)
{
    eql_strview s = member(o, key);

    *out = s.p ? eql_arena_dup(rd->f->arena, s) : s;
    return !s.p || out->p;
}

static bool
copy_texts(reader *rd, const json_t *v, eql_text_list *out)
{
    size_t n = json_is_array(v) ? json_array_size(v) : 1;

    for (size_t i = 0; i < n; i++) {
        const json_t *x = json_is_array(v) ? json_array_get(v, i) : v;
        eql_strview s;

        if (!json_is_string(x))
            continue;
        s = eql_arena_dup(rd->f->arena,
                          eql_sv(json_string_value(x), json_string_length(x)));
        if (!s.p || !eql_text_list_add(rd->f->arena, out, s))
            return false;
    }
    return true;
}

static bool
add_id(reader *rd, const json_t *o, eql_text_list *out)
{
    eql_strview s;

    if (!copy(rd, o, "id", &s))
        return false;
    return !s.p || eql_text_list_has(out, s) ||
           eql_text_list_add(rd->f->arena, out, s);
}

/* Subtechniques where there are some, else the technique. */
static bool
add_technique(reader *rd, const json_t *technique, eql_text_list *out)
{
    const json_t *subs = json_object_get(technique, "subtechnique");

    if (json_array_size(subs) == 0)
        return add_id(rd, technique, out);
    for (size_t i = 0; i < json_array_size(subs); i++)
        if (!add_id(rd, json_array_get(subs, i), out))
            return false;
    return true;
}

static bool
read_threats(reader *rd, const json_t *threats, eql_text_list *out)
{
    for (size_t i = 0; i < json_array_size(threats); i++) {
        const json_t *list =
            json_object_get(json_array_get(threats, i), "technique");

        for (size_t k = 0; k < json_array_size(list); k++)
            if (!add_technique(rd, json_array_get(list, k), out))
                return false;
    }
    return true;
}

static bool
is_empty(const json_t *v)
{
    return json_is_null(v) || (json_is_string(v) && !json_string_length(v)) ||
           (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

/* A key that is nearly one of a rule. */
static void
warn_near(reader *rd, eql_strview key)
{
    eql_strview meant = eql_rule_meant_key(key);
    char hint[80];

    if (meant.len == 0)
        return;
    snprintf(hint, sizeof hint, "did you mean \"%.*s\"?", (int)meant.len,
             meant.p);
    eql_rule_complain(rd->f, "W608", rd->offset, 1, hint,
                      "a rule has no key \"%.*s\"",
                      (int)(key.len < 60 ? key.len : 60), key.p);
}

static bool
list_ignored(reader *rd, json_t *o, eql_rule_source *r)
{
    eql_text_list l = {0};
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v)
    {
        eql_strview s = eql_sv_cstr(key);

        if (is_empty(v) || !eql_rule_is_ignored(s))
            continue;
        warn_near(rd, s);
        s = eql_arena_dup(rd->f->arena, s);
        if (!s.p || !eql_text_list_add(rd->f->arena, &l, s))
            return false;
    }
    r->ignored = l.items;
    r->nignored = l.n;
    return true;
}

/* The query's place: this line, and as column where its string starts. */
static bool
place_query(reader *rd, eql_rule_source *r)
{
    static const char key[] = "\"query\"";
    eql_strview line = rd->line;
    const char *at = memmem(line.p, line.len, key, sizeof key - 1);
    uint32_t n = 1, *lines;
    size_t i;

    r->query.file = r->file;
    r->query.first_line = rd->number;
    if (at) {
        i = (size_t)(at - line.p) + sizeof key - 1;
        while (i < line.len && line.p[i] != '"')
            i++;
        r->query.indent = (uint32_t)(i + 1);
    }
    for (i = 0; i < r->query.text.len; i++)
        n += r->query.text.p[i] == '\n';
    lines = eql_arena_array(rd->f->arena, n, sizeof *lines);
    if (!lines)
        return false;
    for (i = 0; i < n; i++)
        lines[i] = rd->number;
    r->query.lines = lines;
    return true;
}

static void
complain(reader *rd, const char *code, const char *what)
{
    eql_rule_complain(rd->f, code, rd->offset, 1, NULL, "%s", what);
}

static void
read_levels(reader *rd, const json_t *o, eql_rule_source *r)
{
    const json_t *score = json_object_get(o, "risk_score");
    eql_strview level = member(o, "severity");
    double d = json_number_value(score);

    r->risk_score = EQL_NONE;
    if (level.p && !eql_severity_parse(level, &r->severity))
        complain(rd, "E605", "severity has no such level");
    if (json_is_number(score) && (d < 0 || d > 100))
        complain(rd, "E605", "risk_score is out of range");
    else if (json_is_number(score))
        r->risk_score = (uint32_t)d;
}

/* false when out of memory; errors set f->bad. */
static bool
read_rule(reader *rd, json_t *o, eql_rule_source *r)
{
    eql_text_list tags = {0}, os = {0}, threats = {0};

    r->file = rd->f->file;
    if (!copy(rd, o, "name", &r->name) || !copy(rd, o, "rule_id", &r->id) ||
        (!r->id.p && !copy(rd, o, "id", &r->id)) ||
        !copy(rd, o, "description", &r->description) ||
        !copy(rd, o, "event_category_override", &r->category_field) ||
        !copy(rd, o, "timestamp_field", &r->timestamp_field) ||
        !copy(rd, o, "tiebreaker_field", &r->tiebreaker_field) ||
        !copy(rd, o, "query", &r->query.text))
        return false;
    r->id_place =
        (eql_source){.file = r->file, .text = r->id, .first_line = rd->number};
    if (r->name.len == 0)
        r->name = eql_rule_base_name(r->file);
    if (!r->query.text.p)
        complain(rd, "E603", "the rule has no query");
    read_levels(rd, o, r);
    if (!copy_texts(rd, json_object_get(o, "tags"), &tags) ||
        !copy_texts(rd, json_object_get(o, "os"), &os) ||
        !copy_texts(rd, json_object_get(o, "os_list"), &os) ||
        !read_threats(rd, json_object_get(o, "threat"), &threats) ||
        !eql_rule_set_os(rd->f->arena, r, &tags, &os) ||
        !list_ignored(rd, o, r))
        return false;
    r->threats = threats.items;
    r->nthreats = threats.n;
    return !r->query.text.p || place_query(rd, r);
}

static eql_rules_result
read_object(reader *rd, json_t *o, const eql_rules_calls *calls)
{
    bool has_query = json_is_string(json_object_get(o, "query"));
    bool is_rule = has_query || json_object_get(o, "rule_id");
    eql_rule_source r = {0};

    if (!is_rule)
        return EQL_RULES_OK;
    switch (
        eql_rule_is_ours(member(o, "language"), member(o, "type"), has_query)) {
    case EQL_RULE_IS_NONE: return EQL_RULES_OK;
    case EQL_RULE_IS_OTHER:
        rd->f->counters->other_language++;
        rd->nrules++;
        return EQL_RULES_OK;
    case EQL_RULE_IS_EQL: break;
    }
    rd->nrules++;
    rd->f->bad = false;
    if (!read_rule(rd, o, &r))
        return EQL_RULES_NOMEM;
    return eql_rule_deliver(calls, rd->f->counters, rd->f->bad, &r);
}

static eql_rules_result
read_line(reader *rd, const eql_rules_calls *calls)
{
    json_error_t err;
    json_t *o;
    eql_rules_result result = EQL_RULES_OK;
    bool no_memory;

    o = eql_json_load(rd->line, JSON_ALLOW_NUL, &err, &no_memory);
    if (no_memory)
        return EQL_RULES_NOMEM;
    if (!o) {
        size_t at = err.position > 0 ? (size_t)err.position - 1 : 0;

        if (at >= rd->line.len)
            at = rd->line.len - 1;
        eql_rule_complain(rd->f, "E601", rd->offset + at, 1, NULL,
                          "no valid JSON: %s", err.text);
        rd->f->counters->unreadable++;
        rd->nrules++;
        return EQL_RULES_OK;
    }
    if (json_is_object(o))
        result = read_object(rd, o, calls);
    json_decref(o);
    return result;
}

static bool
is_blank(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!strchr(" \t\r", s.p[i]) || s.p[i] == '\0')
            return false;
    return true;
}

eql_rules_result
eql_rules_json(eql_rule_file *f, const eql_rules_calls *calls)
{
    reader rd = {.f = f};
    size_t at =
        f->text.len >= 3 && !memcmp(f->text.p, "\xEF\xBB\xBF", 3) ? 3 : 0;
    eql_rules_result result = EQL_RULES_OK;

    while (at < f->text.len && result == EQL_RULES_OK) {
        const char *nl = memchr(f->text.p + at, '\n', f->text.len - at);
        size_t end = nl ? (size_t)(nl - f->text.p) : f->text.len;

        rd.line = eql_sv(f->text.p + at, end - at);
        rd.offset = at;
        rd.number++;
        if (!is_blank(rd.line))
            result = read_line(&rd, calls);
        at = end + 1;
    }
    if (result == EQL_RULES_OK && rd.nrules == 0)
        eql_rule_complain(f, "W607", 0, 1, NULL, "the file holds no rule");
    return result;
}
