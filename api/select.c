/* select.c -- see select.h.  All texts compare without regard to case; what a
 * rule's systems are is what its "OS: ..." tags say (io/rules adds them). */
#include "api/select.h"

#include "base/text.h"

static bool
copy_list(eql_select_list *out, const char *const *items, eql_arena *a)
{
    eql_strview *list;

    if (!items)
        return true;
    out->given = true;
    while (items[out->n])
        out->n++;
    list = eql_arena_array(a, out->n, sizeof *list);
    if (!list)
        return false;
    for (uint32_t i = 0; i < out->n; i++) {
        list[i] = eql_arena_dup(a, eql_sv_cstr(items[i]));
        if (!list[i].p)
            return false;
    }
    out->items = list;
    return true;
}

bool
eql_select_init(eql_select *s, const eqlvm_compile_options *o, eql_arena *a)
{
    *s = (eql_select){0};
    if (!o)
        return true;
    s->min_severity = (eql_severity_level)o->min_severity;
    return copy_list(&s->rules, o->rules, a) &&
           copy_list(&s->tags, o->tags, a) && copy_list(&s->os, o->os, a);
}

/* The last part of a path. */
static eql_strview
base_name(eql_strview path)
{
    size_t start = path.len;

    while (start > 0 && path.p[start - 1] != '/')
        start--;
    return eql_sv(path.p + start, path.len - start);
}

/* The name before its last dot; all of it when there is none. */
static eql_strview
without_suffix(eql_strview name)
{
    for (size_t i = name.len; i > 1; i--)
        if (name.p[i - 1] == '.')
            return eql_sv(name.p, i - 1);
    return name;
}

static bool
fits_rule(const eql_select *s, eql_strview name, eql_strview id,
          eql_strview file)
{
    eql_strview base = base_name(file);
    eql_strview texts[] = {name, id, base, without_suffix(base)};

    for (uint32_t i = 0; i < s->rules.n; i++)
        for (size_t k = 0; k < EQL_COUNTOF(texts); k++)
            if (texts[k].len > 0 &&
                eql_wildcard_match(s->rules.items[i], texts[k], true))
                return true;
    return !s->rules.given;
}

static bool
has(const eql_select_list *l, eql_strview text)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (eql_fold_eq(l->items[i], text))
            return true;
    return false;
}

static bool
has_os(const eql_select_list *l, eql_strview tag)
{
    return tag.len > 4 &&
           eql_sv_eq_ascii_ci(eql_sv(tag.p, 4), eql_sv_cstr("OS: ")) &&
           has(l, eql_sv(tag.p + 4, tag.len - 4));
}

bool
eql_select_source(const eql_select *s, const eql_rule_source *r)
{
    bool tag = !s->tags.given, os = !s->os.given;

    for (uint32_t i = 0; i < r->ntags; i++) {
        tag = tag || has(&s->tags, r->tags[i]);
        os = os || has_os(&s->os, r->tags[i]);
    }
    return tag && os && r->severity >= s->min_severity &&
           fits_rule(s, r->name, r->id, r->file);
}

bool
eql_select_compiled(const eql_select *s, const eql_program *p, uint32_t rule)
{
    const eql_rule *r = &p->rules[rule];
    bool tag = !s->tags.given, os = !s->os.given;

    for (uint32_t i = 0; i < r->tags.n; i++) {
        eql_strview text = eql_program_str(p, p->strings[r->tags.first + i]);

        tag = tag || has(&s->tags, text);
        os = os || has_os(&s->os, text);
    }
    return tag && os && r->severity >= (uint32_t)s->min_severity &&
           fits_rule(s, eql_program_str(p, r->name), eql_program_str(p, r->id),
                     eql_program_str(p, r->file));
}
