/* rules_toml.c -- rules in TOML: the layout of Elastic's detection rules and
 * of Endpoint's behaviour rules, with our [eqlvm] table.
 *
 * Both layouts have a [rule] table; they differ in `rule_id` and `id`, in
 * `tags` and `os_list`, and in where [[threat]] stands.  Keys that say
 * something about running, which this engine has no use for, are listed in
 * `ignored`, so that a user can be told. */
#include "rulefile/rules_file.h"

#include <math.h>
#include <stdio.h>

/* Tables beside [rule] that ask for something at run time. */
static bool
is_ignored_table(eql_strview key)
{
    static const char *const asks[] = {"actions", "optional_actions",
                                       "transform"};

    for (size_t i = 0; i < EQL_COUNTOF(asks); i++)
        if (eql_sv_is(key, asks[i]))
            return true;
    return false;
}

/* item: a key or table that is nearly the one that was meant. */
static void
warn_near(eql_rule_file *f, const eql_toml *item, eql_strview meant,
          const char *what)
{
    char hint[80];

    if (meant.len == 0)
        return;
    snprintf(hint, sizeof hint, "did you mean \"%.*s\"?", (int)meant.len,
             meant.p);
    eql_rule_complain_at(
        f, "W608", item->name, item->key.len, hint, "%s \"%.*s\"", what,
        (int)(item->key.len < 60 ? item->key.len : 60), item->key.p);
}

/* Tables beside [rule]. */
static void
check_tables(eql_rule_file *f, const eql_toml *root)
{
    static const eql_strview known[] = {
        {"actions", 7},  {"eqlvm", 5},     {"internal", 8},
        {"metadata", 8}, {"rule", 4},      {"optional_actions", 16},
        {"threat", 6},   {"transform", 9},
    };

    for (uint32_t i = 0; i < root->n; i++) {
        eql_strview key = root->items[i].key;
        uint32_t near = eql_closest(key, known, EQL_COUNTOF(known));

        if (near != EQL_NONE && !eql_sv_eq(key, known[near]))
            warn_near(f, &root->items[i], known[near],
                      "a rule file has no table");
    }
}

static bool
list_ignored(eql_rule_file *f, const eql_toml *root, const eql_toml *rule,
             eql_rule_source *r)
{
    eql_text_list l = {0};

    for (uint32_t i = 0; i < rule->n; i++)
        warn_near(f, &rule->items[i], eql_rule_meant_key(rule->items[i].key),
                  "[rule] has no key");
    for (uint32_t i = 0; i < rule->n; i++)
        if (eql_rule_is_ignored(rule->items[i].key) &&
            !eql_text_list_add(f->arena, &l, rule->items[i].key))
            return false;
    for (uint32_t i = 0; i < root->n; i++)
        if (is_ignored_table(root->items[i].key) &&
            !eql_text_list_has(&l, root->items[i].key) &&
            !eql_text_list_add(f->arena, &l, root->items[i].key))
            return false;
    r->ignored = l.items;
    r->nignored = l.n;
    return true;
}

/* All strings of an array; another kind of value is complained about. */
static bool
read_texts(eql_rule_file *f, const eql_toml *rule, const char *key,
           const char *path, eql_text_list *out)
{
    const eql_toml *v = eql_toml_get(rule, key);

    if (!eql_rule_want(f, v, EQL_TOML_ARRAY, path))
        return true;
    for (uint32_t i = 0; i < v->n; i++)
        if (eql_rule_want(f, &v->items[i], EQL_TOML_STRING, path) &&
            !eql_text_list_add(f->arena, out, v->items[i].s))
            return false;
    return true;
}

static void
read_risk_score(eql_rule_file *f, const eql_toml *rule, eql_rule_source *r)
{
    const eql_toml *v = eql_toml_get(rule, "risk_score");
    double d;

    r->risk_score = EQL_NONE;
    if (!v)
        return;
    if (v->kind != EQL_TOML_INT && v->kind != EQL_TOML_FLOAT) {
        eql_rule_want(f, v, EQL_TOML_INT, "rule.risk_score");
        return;
    }
    d = v->kind == EQL_TOML_INT ? (double)v->i : v->d;
    if (isnan(d) || d < 0 || d > 100)
        eql_rule_complain_at(f, "E605", v->at, 1, "it is from 0 to 100",
                             "rule.risk_score is out of range");
    else
        r->risk_score = (uint32_t)d;
}

/* The ids of a technique's children, or its own when it has none. */
static bool
add_technique(eql_rule_file *f, const eql_toml *technique, eql_text_list *out)
{
    const eql_toml *sub = eql_toml_get(technique, "subtechnique");
    const eql_toml *id = eql_toml_get(technique, "id");
    bool found = false;

    for (uint32_t i = 0; sub && sub->kind == EQL_TOML_ARRAY && i < sub->n;
         i++) {
        const eql_toml *s = eql_toml_get(&sub->items[i], "id");

        if (!s || s->kind != EQL_TOML_STRING)
            continue;
        found = true;
        if (!eql_text_list_has(out, s->s) &&
            !eql_text_list_add(f->arena, out, s->s))
            return false;
    }
    if (found || !id || id->kind != EQL_TOML_STRING ||
        eql_text_list_has(out, id->s))
        return true;
    return eql_text_list_add(f->arena, out, id->s);
}

static bool
read_threats(eql_rule_file *f, const eql_toml *threats, eql_text_list *out)
{
    if (!threats || threats->kind != EQL_TOML_ARRAY)
        return true;
    for (uint32_t i = 0; i < threats->n; i++) {
        const eql_toml *t = eql_toml_get(&threats->items[i], "technique");

        for (uint32_t k = 0; t && t->kind == EQL_TOML_ARRAY && k < t->n; k++)
            if (!add_technique(f, &t->items[k], out))
                return false;
    }
    return true;
}

static bool
read_lists(eql_rule_file *f, const eql_toml *root, const eql_toml *rule,
           eql_rule_source *r)
{
    eql_text_list tags = {0}, os = {0}, threats = {0};

    if (!read_texts(f, rule, "tags", "rule.tags", &tags) ||
        !read_texts(f, rule, "os_list", "rule.os_list", &os) ||
        !read_threats(f, eql_toml_get(rule, "threat"), &threats) ||
        !read_threats(f, eql_toml_get(root, "threat"), &threats))
        return false;
    r->threats = threats.items;
    r->nthreats = threats.n;
    return eql_rule_set_os(f->arena, r, &tags, &os) &&
           list_ignored(f, root, rule, r);
}

static void
read_id(eql_rule_file *f, const eql_toml *rule, eql_rule_source *r)
{
    const eql_toml *v = eql_toml_get(rule, "rule_id");

    r->id = eql_rule_text(f, rule, "rule_id", "rule.rule_id");
    if (!r->id.p) {
        v = eql_toml_get(rule, "id");
        r->id = eql_rule_text(f, rule, "id", "rule.id");
    }
    if (r->id.p)
        r->id_place = (eql_source){.file = f->file,
                                   .text = r->id,
                                   .first_line = v->at.line,
                                   .indent = v->at.column};
}

static bool
read_rule(eql_rule_file *f, const eql_toml *root, const eql_toml *rule,
          eql_rule_source *r)
{
    const eql_toml *query = eql_toml_get(rule, "query");
    const eql_toml *severity = eql_toml_get(rule, "severity");

    r->file = f->file;
    r->name = eql_rule_text(f, rule, "name", "rule.name");
    read_id(f, rule, r);
    r->description = eql_rule_text(f, rule, "description", "rule.description");
    if (r->name.len == 0)
        r->name = eql_rule_base_name(f->file);
    if (severity)
        eql_rule_level(f, severity, "rule.severity", &r->severity);
    read_risk_score(f, rule, r);
    r->category_field = eql_rule_text(f, rule, "event_category_override",
                                      "rule.event_category_override");
    r->timestamp_field =
        eql_rule_text(f, rule, "timestamp_field", "rule.timestamp_field");
    r->tiebreaker_field =
        eql_rule_text(f, rule, "tiebreaker_field", "rule.tiebreaker_field");
    if (!query)
        eql_rule_complain_at(f, "E603", rule->at, 1, NULL,
                             "rule.query is missing");
    else if (eql_rule_want(f, query, EQL_TOML_STRING, "rule.query") &&
             !eql_rule_toml_source(f, query, &r->query))
        return false;
    return read_lists(f, root, rule, r) &&
           eql_rules_eqlvm(f, eql_toml_get(root, "eqlvm"), r);
}

/* The parsed file, or NULL: *result says why. */
static const eql_toml *
parse(eql_rule_file *f, eql_rule_file_result *result)
{
    eql_toml_error err = {0};
    eql_toml *root;

    *result = EQL_RULE_FILE_NOMEM;
    switch (eql_toml_parse(f->arena, f->scratch, f->text, &root, &err)) {
    case EQL_TOML_OK: return root;
    case EQL_TOML_NOMEM: break;
    case EQL_TOML_BAD:
        *result = EQL_RULE_FILE_BAD;
        eql_rule_complain_at(f, "E601", err.at, 1, NULL, "no valid TOML: %.*s",
                             (int)err.message.len, err.message.p);
        break;
    }
    eql_buf_free(&err.message);
    return NULL;
}

eql_rule_file_result
eql_rules_toml(eql_rule_file *f, eql_rule_source *out)
{
    eql_rule_file_result result;
    const eql_toml *root = parse(f, &result);
    const eql_toml *rule = eql_toml_get(root, "rule");
    eql_strview language, type;

    *out = (eql_rule_source){0};
    if (!root && result == EQL_RULE_FILE_BAD && !eql_rule_find_query(f, out))
        return EQL_RULE_FILE_NOMEM;
    if (!root)
        return result;
    check_tables(f, root);
    if (!rule)
        return EQL_RULE_FILE_NONE;
    if (!eql_rule_want(f, rule, EQL_TOML_TABLE, "rule"))
        return EQL_RULE_FILE_BAD;
    language = eql_rule_text(f, rule, "language", "rule.language");
    type = eql_rule_text(f, rule, "type", "rule.type");
    if (eql_rule_is_ours(language, type, true) == EQL_RULE_IS_OTHER)
        return EQL_RULE_FILE_OTHER;
    if (!read_rule(f, root, rule, out))
        return EQL_RULE_FILE_NOMEM;
    return f->bad ? EQL_RULE_FILE_BAD : EQL_RULE_FILE_RULE;
}
