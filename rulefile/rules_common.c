/* rules_common.c -- small things that all readers of rule files need. */
#include "rulefile/rules_file.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

bool
eql_text_list_add(eql_arena *a, eql_text_list *l, eql_strview s)
{
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 8;
        eql_strview *p;

        if (cap < l->cap)
            return false;
        p = eql_arena_array(a, cap, sizeof *p);
        if (!p)
            return false;
        if (l->n)
            memcpy(p, l->items, l->n * sizeof *p);
        l->items = p;
        l->cap = cap;
    }
    l->items[l->n++] = s;
    return true;
}

bool
eql_text_list_has(const eql_text_list *l, eql_strview s)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (eql_fold_eq(l->items[i], s))
            return true;
    return false;
}

eql_rule_language
eql_rule_is_ours(eql_strview language, eql_strview type, bool has_query)
{
    if (!language.p && !type.p)
        return has_query ? EQL_RULE_IS_EQL : EQL_RULE_IS_NONE;
    if (language.p)
        return eql_sv_eq_ascii_ci(language, eql_sv_cstr("eql"))
                   ? EQL_RULE_IS_EQL
                   : EQL_RULE_IS_OTHER;
    return eql_sv_eq_ascii_ci(type, eql_sv_cstr("eql")) ? EQL_RULE_IS_EQL
                                                        : EQL_RULE_IS_OTHER;
}

/* "OS: Windows" -> "Windows"; empty when the tag is none of these. */
static eql_strview
os_of_tag(eql_strview tag)
{
    if (tag.len <= 4 ||
        !eql_sv_eq_ascii_ci(eql_sv(tag.p, 4), eql_sv("OS: ", 4)))
        return eql_sv("", 0);
    return eql_sv(tag.p + 4, tag.len - 4);
}

/* As Elastic's tags write it. */
static eql_strview
os_as_shown(eql_strview os)
{
    static const char *const known[] = {"Windows", "Linux", "macOS"};

    for (size_t i = 0; i < EQL_COUNTOF(known); i++)
        if (eql_sv_eq_ascii_ci(os, eql_sv_cstr(known[i])))
            return eql_sv_cstr(known[i]);
    return os;
}

bool
eql_rule_set_os(eql_arena *a, eql_rule_source *r, eql_text_list *tags,
                eql_text_list *os)
{
    uint32_t ntags = tags->n, nos = os->n;
    eql_text_list all = {0};

    for (uint32_t i = 0; i < nos; i++)
        if (!eql_text_list_has(&all, os->items[i]) &&
            !eql_text_list_add(a, &all, os_as_shown(os->items[i])))
            return false;
    for (uint32_t i = 0; i < ntags; i++) {
        eql_strview s = os_of_tag(tags->items[i]);

        if (s.len && !eql_text_list_has(&all, s) &&
            !eql_text_list_add(a, &all, os_as_shown(s)))
            return false;
    }
    for (uint32_t i = 0; i < all.n; i++) {
        eql_strview tag = eql_arena_printf(a, "OS: %.*s", (int)all.items[i].len,
                                           all.items[i].p);

        if (!tag.p)
            return false;
        if (!eql_text_list_has(tags, tag) && !eql_text_list_add(a, tags, tag))
            return false;
    }
    r->tags = tags->items;
    r->ntags = tags->n;
    r->os = all.items;
    r->nos = all.n;
    return true;
}

eql_strview
eql_rule_base_name(eql_strview path)
{
    size_t start = path.len, end;

    while (start > 0 && path.p[start - 1] != '/')
        start--;
    for (end = path.len; end > start + 1 && path.p[end - 1] != '.'; end--)
        ;
    if (end <= start + 1) /* no suffix, or a hidden name */
        return eql_sv(path.p + start, path.len - start);
    return eql_sv(path.p + start, end - 1 - start);
}

bool
eql_rule_has_suffix(eql_strview path, const char *suffix)
{
    size_t n = strlen(suffix);

    return path.len > n && eql_sv_eq_ascii_ci(eql_sv(path.p + path.len - n, n),
                                              eql_sv(suffix, n));
}

bool
eql_rule_duration(eql_strview s, int64_t *ns)
{
    static const struct {
        const char *unit;
        int64_t ns;
    } units[] = {{"ms", 1000000},
                 {"s", 1000000000},
                 {"m", 60LL * 1000000000},
                 {"h", 3600LL * 1000000000},
                 {"d", 86400LL * 1000000000}};
    int64_t n = 0;
    size_t i;

    for (i = 0; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, s.p[i] - '0', &n))
            return false;
    if (i == 0 || n == 0)
        return false;
    for (size_t u = 0; u < EQL_COUNTOF(units); u++)
        if (eql_sv_is(eql_sv(s.p + i, s.len - i), units[u].unit))
            return !__builtin_mul_overflow(n, units[u].ns, ns);
    return false;
}

#define KEY(s)                                                                 \
    {                                                                          \
        s, sizeof s - 1                                                        \
    }

/* Used, or about the rule and not about running it. */
static const eql_strview silent[] = {KEY("author"),
                                     KEY("building_block_type"),
                                     KEY("created_at"),
                                     KEY("created_by"),
                                     KEY("description"),
                                     KEY("event_category_override"),
                                     KEY("false_positives"),
                                     KEY("id"),
                                     KEY("integration"),
                                     KEY("language"),
                                     KEY("license"),
                                     KEY("name"),
                                     KEY("note"),
                                     KEY("os"),
                                     KEY("os_list"),
                                     KEY("path"),
                                     KEY("query"),
                                     KEY("reference"),
                                     KEY("references"),
                                     KEY("risk_score"),
                                     KEY("rule_id"),
                                     KEY("setup"),
                                     KEY("severity"),
                                     KEY("tags"),
                                     KEY("threat"),
                                     KEY("tiebreaker_field"),
                                     KEY("timestamp_field"),
                                     KEY("type"),
                                     KEY("updated_at"),
                                     KEY("updated_by"),
                                     KEY("immutable"),
                                     KEY("revision"),
                                     KEY("rule_source"),
                                     KEY("version"),
                                     KEY("related_integrations"),
                                     KEY("required_fields")};

/* Of Elastic, and of no use here. */
static const eql_strview asking[] = {
    KEY("actions"),
    KEY("alert_suppression"),
    KEY("anomaly_threshold"),
    KEY("concurrent_searches"),
    KEY("data_view_id"),
    KEY("dataViewId"),
    KEY("enabled"),
    KEY("exceptions_list"),
    KEY("execution_summary"),
    KEY("filters"),
    KEY("from"),
    KEY("history_window_start"),
    KEY("index"),
    KEY("interval"),
    KEY("investigation_fields"),
    KEY("items_per_search"),
    KEY("machine_learning_job_id"),
    KEY("maturity"),
    KEY("max_endpoint_version"),
    KEY("max_signals"),
    KEY("meta"),
    KEY("min_endpoint_version"),
    KEY("namespace"),
    KEY("new_terms_fields"),
    KEY("optional_actions"),
    KEY("outcome"),
    KEY("output_index"),
    KEY("reputation"),
    KEY("response_actions"),
    KEY("rule_name_override"),
    KEY("saved_id"),
    KEY("threat_filters"),
    KEY("threat_index"),
    KEY("threat_indicator_path"),
    KEY("threat_language"),
    KEY("threat_mapping"),
    KEY("threat_query"),
    KEY("threshold"),
    KEY("throttle"),
    KEY("timeline_id"),
    KEY("timeline_title"),
    KEY("timestamp_override"),
    KEY("timestamp_override_fallback_disabled"),
    KEY("to"),
    KEY("alias_purpose"),
    KEY("alias_target_id")};

#undef KEY

static bool
is_among(eql_strview key, const eql_strview *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (eql_sv_eq(key, names[i]))
            return true;
    return false;
}

bool
eql_rule_is_ignored(eql_strview key)
{
    return !is_among(key, silent, EQL_COUNTOF(silent));
}

eql_strview
eql_rule_meant_key(eql_strview key)
{
    uint32_t near = eql_closest(key, silent, EQL_COUNTOF(silent));

    if (is_among(key, silent, EQL_COUNTOF(silent)) ||
        is_among(key, asking, EQL_COUNTOF(asking)))
        return eql_sv("", 0);
    if (near != EQL_NONE)
        return silent[near];
    near = eql_closest(key, asking, EQL_COUNTOF(asking));
    return near == EQL_NONE ? eql_sv("", 0) : asking[near];
}

eql_rules_result
eql_rule_deliver(const eql_rules_calls *calls, eql_rules_counters *counters,
                 bool bad, const eql_rule_source *r)
{
    counters->unreadable += bad;
    counters->rules++;
    if (bad && (!calls->broken || !r->query.text.p))
        return EQL_RULES_OK;
    return (bad ? calls->broken : calls->rule)(calls->ctx, r)
               ? EQL_RULES_OK
               : EQL_RULES_STOPPED;
}

static void
add_diag(eql_rule_file *f, const char *code, size_t offset, size_t len,
         const char *hint, const char *fmt, va_list args)
{
    eql_span span = {(uint32_t)offset, (uint32_t)len};
    char message[512];

    vsnprintf(message, sizeof message, fmt, args);
    /* Cut in the middle of a character? */
    message[eql_utf8_valid_prefix(eql_sv_cstr(message))] = 0;
    if (code[0] == 'E')
        f->bad = true;
    eql_diags_add(f->diags, code, span, hint, "%s", message);
}

void
eql_rule_complain(eql_rule_file *f, const char *code, size_t offset, size_t len,
                  const char *hint, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_diag(f, code, offset, len, hint, fmt, args);
    va_end(args);
}

void
eql_rule_complain_at(eql_rule_file *f, const char *code, eql_toml_place at,
                     size_t len, const char *hint, const char *fmt, ...)
{
    size_t offset = eql_toml_offset(f->text, at);
    va_list args;

    va_start(args, fmt);
    add_diag(f, code, offset, len, hint, fmt, args);
    va_end(args);
}

bool
eql_rule_want(eql_rule_file *f, const eql_toml *v, eql_toml_kind kind,
              const char *path)
{
    if (v && v->kind == kind)
        return true;
    if (v)
        eql_rule_complain_at(f, "E602", v->at, 1, NULL, "%s must be %s, not %s",
                             path, eql_toml_kind_name(kind),
                             eql_toml_kind_name(v->kind));
    return false;
}

eql_strview
eql_rule_text(eql_rule_file *f, const eql_toml *table, const char *key,
              const char *path)
{
    const eql_toml *v = eql_toml_get(table, key);

    return eql_rule_want(f, v, EQL_TOML_STRING, path) ? v->s : eql_sv(NULL, 0);
}

bool
eql_rule_level(eql_rule_file *f, const eql_toml *v, const char *path,
               eql_severity_level *out)
{
    if (!eql_rule_want(f, v, EQL_TOML_STRING, path))
        return false;
    if (eql_severity_parse(v->s, out))
        return true;
    eql_rule_complain_at(f, "E605", v->at, 1,
                         "it is low, medium, high or critical",
                         "%s has no such level: \"%.*s\"", path,
                         (int)(v->s.len < 60 ? v->s.len : 60), v->s.p);
    return false;
}
