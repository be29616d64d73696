/* sema_lint.c -- warnings about what is legal and looks wrong (language 16).
 *
 * Each looks at one literal where it is used.  They are about mistakes that
 * make a rule miss what it is for, so they keep quiet where the writing could
 * well be meant: a warning that is mostly wrong is read by nobody. */
#include "compiler/sema.h"

#include "compiler/token.h"

static eql_strview
text_of(const eql_typed *lit)
{
    const eql_value *v = &lit->u.constant.value;

    return v->tag == EQL_STRING ? eql_value_sv(v) : eql_sv("", 0);
}

/* --- W403, W408: wildcards that are none --- */

/* Under eq_wildcard `*` is one, and `?` is none anywhere. */
static bool
looks_like_pattern(const eql_sema *sx, const eql_value *v)
{
    return sx->settings->dialect.eq_wildcard == EQL_EQ_WILDCARD_OFF &&
           eql_sema_has_wildcard(v);
}

bool
eql_lint_equal_wildcard(const eql_sema *sx, const eql_typed *lit)
{
    if (!looks_like_pattern(sx, &lit->u.constant.value))
        return false;
    eql_diags_add(sx->diags, "W403", lit->span,
                  "\":\" and \"like\" take wildcards",
                  "\"*\" and \"?\" are ordinary characters in \"==\"");
    return true;
}

bool
eql_lint_list_wildcard(const eql_sema *sx, const eql_typed *lit)
{
    if (!looks_like_pattern(sx, &lit->u.constant.value))
        return false;
    eql_diags_add(sx->diags, "W408", lit->span,
                  "\":\" and \"like\" take wildcards",
                  "\"*\" and \"?\" are ordinary characters in \"in\"");
    return true;
}

/* --- W423: nor in functions --- */

static bool
is_search(eql_function fn)
{
    return fn == EQL_FN_STARTS_WITH || fn == EQL_FN_ENDS_WITH ||
           fn == EQL_FN_STRING_CONTAINS || fn == EQL_FN_INDEX_OF ||
           fn == EQL_FN_BETWEEN || fn == EQL_FN_ARRAY_CONTAINS;
}

/* What looks for s with wildcards, as fn looks for it; NULL: nothing does. */
static const char *
search_advice(const eql_sema *sx, eql_function fn, bool fold,
              const eql_typed_path *field, eql_strview s)
{
    bool head = fn == EQL_FN_STARTS_WITH || fn == EQL_FN_ARRAY_CONTAINS;
    bool tail = fn == EQL_FN_ENDS_WITH || fn == EQL_FN_ARRAY_CONTAINS;
    bool raw = memchr(s.p, '\\', s.len) || memchr(s.p, '"', s.len);
    const char *quotes = raw ? "\"\"\"" : "\"";

    if ((!head && !tail && fn != EQL_FN_STRING_CONTAINS) || !field ||
        s.len > 100)
        return "\":\" and \"like\" take wildcards";
    return eql_arena_printf(sx->arena, "write %.*s %s %s%s%.*s%s%s",
                            (int)field->name.len, field->name.p,
                            fold ? ":" : "like", quotes,
                            head || s.p[0] == '*' ? "" : "*", (int)s.len, s.p,
                            tail || s.p[s.len - 1] == '*' ? "" : "*", quotes)
        .p;
}

/* At an end a wildcard would say nothing that the function does not say, or
 * all that it does; in the middle, or as the value of a key, it is rather the
 * character that is looked for. */
static bool
has_outer_star(eql_strview s)
{
    return s.len > 1 &&
           (s.p[0] == '*' || (s.p[s.len - 1] == '*' && s.p[s.len - 2] != '='));
}

void
eql_lint_search(const eql_sema *sx, eql_function fn, bool fold,
                const eql_typed_path *field, const eql_typed *text)
{
    eql_strview s = text_of(text);

    if (!eql_typed_is_literal(text) || !is_search(fn))
        return;
    (void)eql_lint_doubled(sx, text);
    if (!has_outer_star(s))
        return;
    eql_diags_add(
        sx->diags, "W423", text->span, search_advice(sx, fn, fold, field, s),
        "\"*\" is an ordinary character in %.*s",
        (int)eql_function_get(fn)->name.len, eql_function_get(fn)->name.p);
}

/* --- W424: arguments that are never of the type --- */

void
eql_lint_argument(const eql_sema *sx, const eql_function_info *f,
                  const eql_typed *arg, char want)
{
    eql_class c = eql_sema_schema_class(arg);
    const eql_typed_path *p = eql_typed_path_of(arg);
    bool number = want == 'n';

    if (!p || (number ? c != EQL_CLASS_STRING
                      : c != EQL_CLASS_NUMBER && c != EQL_CLASS_BOOL))
        return;
    eql_diags_add(sx->diags, "W424", arg->span,
                  f == eql_function_get(EQL_FN_NUMBER)
                      ? "it needs no number(...)"
                      : eql_arena_printf(sx->arena, "write %s(%.*s)",
                                         number ? "number" : "string",
                                         (int)p->name.len, p->name.p)
                            .p,
                  "%.*s is %s by the schema: %.*s makes null of it",
                  (int)p->name.len, p->name.p, eql_sema_class_name(c),
                  (int)f->name.len, f->name.p);
}

/* --- W404: what other regular expressions have --- */

static bool
contains(eql_strview s, const char *part)
{
    size_t n = strlen(part);

    return s.len >= n && memmem(s.p, s.len, part, n) != NULL;
}

void
eql_lint_regex(const eql_sema *sx, const eql_typed *lit)
{
    eql_strview s = text_of(lit);
    bool anchored = s.len && (s.p[0] == '^' || s.p[s.len - 1] == '$') &&
                    !(s.len > 1 && s.p[s.len - 1] == '$' &&
                      s.p[s.len - 2] == '\\' && s.p[0] != '^');

    if (anchored)
        eql_diags_add(sx->diags, "W404", lit->span,
                      "a regular expression always matches the whole text",
                      "\"^\" and \"$\" are ordinary characters here");
    if (contains(s, ".*?") || contains(s, ".+?"))
        eql_diags_add(sx->diags, "W404", lit->span, "leave the \"?\" out",
                      "there are no lazy quantifiers: \".*?\" is an optional "
                      "\".*\"");
}

/* --- W405: a backslash that is no escape --- */

/* In a path a backslash before `*` stands between two names, or behind the
 * last one.  It looks like an escape where no other backslash stands, more
 * text follows, and no drive or wildcard makes a path of the text. */
static bool
escapes_wildcard(eql_strview s)
{
    bool found = false;

    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] != '\\')
            continue;
        if (i + 1 == s.len || (s.p[i + 1] != '*' && s.p[i + 1] != '?'))
            return false;
        if (i == 0 || strchr("\\:*?/%", s.p[i - 1]))
            return false;
        if (s.p[i + 1] == '*' && (i + 2 == s.len || strchr("\\.", s.p[i + 2])))
            return false;
        found = true;
    }
    return found && !contains(s, ":");
}

void
eql_lint_pattern(const eql_sema *sx, const eql_typed *lit)
{
    if (escapes_wildcard(text_of(lit)))
        eql_diags_add(sx->diags, "W405", lit->span,
                      "wildcards have no escape; \"==\" and \"regex\" can look "
                      "for the character",
                      "a backslash does not make a wildcard an ordinary "
                      "character");
}

/* --- W409: case that an attacker chooses --- */

static bool
ends_with(eql_strview s, const char *end)
{
    size_t n = strlen(end);

    return s.len >= n &&
           eql_sv_eq_ascii_ci(eql_sv(s.p + s.len - n, n), eql_sv_cstr(end));
}

/* File systems and the registry of Windows ignore case, others do not.  What a
 * rule excludes may be as narrow as it likes. */
static bool
looks_like_windows(eql_strview s)
{
    static const char *const ends[] = {".exe", ".dll", ".ps1", ".bat", ".cmd",
                                       ".vbs", ".sys", ".lnk", ".scr", ".hta",
                                       ".msi", ".cpl", ".ocx", ".wsf", ".com"};

    if (contains(s, "\\"))
        return true;
    for (uint32_t i = 0; i < EQL_COUNTOF(ends); i++)
        if (s.len > strlen(ends[i]) && ends_with(s, ends[i]))
            return true;
    return false;
}

/* Fields whose spelling is up to who starts the program or writes the file. */
static bool
is_spelt_by_attacker(eql_strview name)
{
    static const char *const last[] = {
        "process.name", "process.executable",  "process.command_line",
        "process.args", "parent.name",         "parent.executable",
        "parent.args",  "parent.command_line", "file.name",
        "file.path",    "file.extension",      "registry.path",
        "registry.key", "registry.value",      "dll.name",
        "dll.path",
    };

    for (uint32_t i = 0; i < EQL_COUNTOF(last); i++) {
        size_t n = strlen(last[i]);

        if (name.len >= n && memcmp(name.p + name.len - n, last[i], n) == 0 &&
            (name.len == n || name.p[name.len - n - 1] == '.'))
            return true;
    }
    return false;
}

bool
eql_lint_case(const eql_sema *sx, const eql_typed *operand,
              const eql_typed *lit)
{
    eql_strview s = text_of(lit);

    if (operand->kind != EQL_TYPED_FIELD || sx->excluding ||
        eql_sema_folds_for(sx, false, operand) ||
        !is_spelt_by_attacker(operand->u.path.name) || !looks_like_windows(s))
        return false;
    eql_diags_add(sx->diags, "W409", lit->span, "\":\" and \"in~\" ignore case",
                  "%.*s is compared case-sensitively, but an attacker "
                  "chooses its case",
                  (int)operand->u.path.name.len, operand->u.path.name.p);
    return true;
}

/* --- W415: names that are not what they look like --- */

void
eql_lint_name(const eql_sema *sx, const eql_path *path, eql_span span)
{
    const eql_segment *s = path->segments;
    char word[16];

    if (path->n != 1 || path->variable || s->kind != EQL_SEGMENT_NAME ||
        !eql_token_is_miscased(s->name, word))
        return;
    eql_diags_add(sx->diags, "W415", span,
                  eql_arena_printf(
                      sx->arena, "keywords are lower-case: write \"%s\"", word)
                      .p,
                  "\"%.*s\" is a field here", (int)s->name.len, s->name.p);
}

/* Names on both sides, and no white space. */
void
eql_lint_hyphen(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr *l = e->u.op.left, *r = e->u.op.right;

    if (e->u.op.op == EQL_ARITH_SUB && r->kind == EQL_NODE_FIELD &&
        (l->kind == EQL_NODE_FIELD || l->kind == EQL_NODE_ARITH) &&
        l->span.offset + l->span.len == e->op_span.offset &&
        e->op_span.offset + e->op_span.len == r->span.offset &&
        !l->parenthesised && !r->parenthesised)
        eql_diags_add(sx->diags, "W415", e->op_span,
                      "a name with a hyphen stands in backticks: a.`b-c`; to "
                      "subtract, write spaces",
                      "\"-\" subtracts: it is no part of a name");
}
