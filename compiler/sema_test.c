/* sema_test.c -- expressions that test one operand: `in`, `:`, `like`, `regex`.
 *
 * All become TEST nodes (typed.h), whose operand is evaluated once.  A literal
 * null in a list is dropped (language 5.5); literals of one kind share a part.
 * Fields of type ip compare as addresses: a literal must be an address or a
 * block, only a pattern with wildcards looks at the text. */
#include "compiler/sema.h"

#include "base/regex.h"
#include "base/text.h"

/* Literals of one list, sorted into parts. */
typedef struct {
    eql_value *set, *patterns, *networks, *regexes;
    uint32_t nset, npatterns, nnetworks, nregexes;
    eql_typed **elements; /* not literals */
    uint32_t nelements;
    bool match;     /* the list of a `:` */
    bool text_only; /* patterns of `like`, and of `in` under eq_wildcard */
    bool member;    /* of `in` */
    bool set_fold, pattern_fold;
} sorted;

static bool
sorted_new(const eql_sema *sx, sorted *s, uint32_t n)
{
    *s = (sorted){0};
    s->set = eql_arena_array(sx->arena, n, sizeof *s->set);
    s->patterns = eql_arena_array(sx->arena, n, sizeof *s->patterns);
    s->networks = eql_arena_array(sx->arena, n, sizeof *s->networks);
    s->regexes = eql_arena_array(sx->arena, n, sizeof *s->regexes);
    s->elements = eql_arena_array(sx->arena, n, sizeof *s->elements);
    return s->set && s->patterns && s->networks && s->regexes && s->elements;
}

static void
add_part(eql_part *parts, uint32_t *n, eql_part p, eql_value *values,
         uint32_t nvalues)
{
    if (nvalues == 0)
        return;
    p.values = values;
    p.nvalues = nvalues;
    parts[(*n)++] = p;
}

static bool
is_date_field(const eql_typed *t)
{
    return t->kind == EQL_TYPED_FIELD && t->u.path.type == EQL_FIELD_DATE;
}

/* Computed elements of type ip and date are compared as such
 * (language 15.1). */
static eql_part
element_part(const eql_sema *sx, const eql_typed *operand, eql_typed *element,
             bool fold)
{
    eql_part p = {.kind = EQL_PART_ELEMENT,
                  .fold = fold || eql_typed_is_caseless(element),
                  .element = element};

    p.address = eql_typed_is_address_field(operand) ||
                eql_typed_is_address_field(element);
    p.date = !p.address && is_date_field(element);
    if (p.date)
        p.element = eql_typed_convert(sx->arena, EQL_FIELD_DATE, element);
    return p;
}

/* The test of operand against the sorted list. */
static eql_typed *
sorted_test(const eql_sema *sx, eql_span span, eql_typed *operand,
            const sorted *s)
{
    uint32_t n = 0;
    eql_part *parts =
        eql_arena_array(sx->arena, 4 + (size_t)s->nelements, sizeof *parts);

    if (!parts)
        return NULL;
    add_part(parts, &n,
             (eql_part){
                 .kind = EQL_PART_SET, .fold = s->set_fold, .match = s->match},
             s->set, s->nset);
    add_part(parts, &n, (eql_part){.kind = EQL_PART_NETWORKS}, s->networks,
             s->nnetworks);
    add_part(parts, &n,
             (eql_part){.kind = EQL_PART_PATTERNS,
                        .fold = s->pattern_fold,
                        .text_only = s->text_only,
                        .member = s->member},
             s->patterns, s->npatterns);
    add_part(parts, &n,
             (eql_part){.kind = EQL_PART_REGEXES, .fold = s->pattern_fold},
             s->regexes, s->nregexes);
    for (uint32_t i = 0; i < s->nelements; i++) {
        parts[n] = element_part(sx, operand, s->elements[i], s->set_fold);
        if (!parts[n++].element)
            return NULL;
    }
    return eql_typed_test(sx->arena, span, operand, parts, n);
}

eql_typed *
eql_sema_part_test(const eql_sema *sx, eql_span span, eql_typed *operand,
                   eql_part part, eql_typed **literals, uint32_t n)
{
    part.values = eql_arena_array(sx->arena, n, sizeof *part.values);
    if (!part.values)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        part.values[i] = literals[i]->u.constant.value;
    part.nvalues = n;
    return eql_typed_test(sx->arena, span, operand, &part, 1);
}

static eql_typed *
negated(const eql_sema *sx, const eql_expr *e, eql_typed *t)
{
    return e->u.test.negated ? eql_typed_not(sx->arena, e->span, t) : t;
}

/* --- addresses --- */

bool
eql_sema_check_address(const eql_sema *sx, const eql_typed *operand,
                       const eql_typed *lit)
{
    const eql_value *v = &lit->u.constant.value;
    eql_cidr cidr;

    if (v->tag == EQL_STRING && eql_cidr_parse(eql_value_sv(v), &cidr))
        return true;
    eql_diags_add(sx->diags, "E302", lit->span,
                  "write an address or a block such as \"10.0.0.0/8\"; whether "
                  "it is there is asked by == null",
                  "%.*s is of type ip, and this is no address and no block",
                  (int)operand->u.path.name.len, operand->u.path.name.p);
    return false;
}

eql_typed *
eql_sema_address_equal(const eql_sema *sx, eql_span span, eql_typed *operand,
                       const eql_typed *lit)
{
    eql_part part = {.kind = EQL_PART_NETWORKS};
    eql_typed *literal =
        eql_typed_const(sx->arena, lit->span, lit->u.constant.value, true);

    if (!literal || !eql_sema_check_address(sx, operand, lit))
        return NULL;
    return eql_sema_part_test(sx, span, operand, part, &literal, 1);
}

/* --- in --- */

/* literal == element, as a test of the element: the coercions of language 5.7
 * apply to the literal on either side. */
static eql_typed *
element_is(const eql_sema *sx, const eql_expr *e, eql_typed *element,
           eql_typed *lit)
{
    eql_part part = {.kind = EQL_PART_SET,
                     .fold = eql_sema_folds_for(sx, e->u.test.fold, element)};
    eql_value v;

    if (eql_typed_is_address_field(element))
        return eql_sema_address_equal(sx, e->span, element, lit);
    if (!eql_sema_fit(sx, element, lit, &v))
        return NULL;
    if (is_date_field(element))
        element = eql_typed_convert(sx->arena, EQL_FIELD_DATE, element);
    lit = eql_typed_const(sx->arena, lit->span, v, true);
    return lit ? eql_sema_part_test(sx, e->span, element, part, &lit, 1) : NULL;
}

/* Puts one element of an `in` list where it belongs. */
static bool
sort_element(const eql_sema *sx, const eql_typed *operand, eql_typed *item,
             sorted *s)
{
    eql_value v;

    if (!eql_typed_is_literal(item)) {
        s->elements[s->nelements++] = item;
        return true;
    }
    if (item->u.constant.value.tag == EQL_NULL)
        return true;
    if (eql_typed_is_address_field(operand)) {
        if (!eql_sema_check_address(sx, operand, item))
            return false;
        s->networks[s->nnetworks++] = item->u.constant.value;
        return true;
    }
    if (!eql_sema_fit(sx, operand, item, &v) ||
        !eql_sema_strict_item(sx, operand, item))
        return false;
    if (eql_sema_is_wildcard(sx, &v))
        s->patterns[s->npatterns++] = v;
    else
        s->set[s->nset++] = v;
    return true;
}

/* `5 in (a, 6, b)`: an OR of tests on the computed elements. */
static eql_typed *
literal_in(const eql_sema *sx, const eql_expr *e, eql_typed *lit, sorted *s)
{
    eql_typed **items = s->elements;
    uint32_t n = s->nelements;
    bool ok = true;

    if (lit->u.constant.value.tag == EQL_NULL)
        return eql_typed_const(sx->arena, e->span, eql_value_null(), false);
    for (uint32_t i = 0; i < n; i++) {
        items[i] = element_is(sx, e, items[i], lit);
        ok = ok && items[i];
    }
    if (!ok)
        return NULL;
    if (s->nset + s->npatterns) {
        s->nelements = 0;
        items[n++] = sorted_test(sx, e->span, lit, s);
    }
    if (n == 0) /* nothing but nulls */
        return eql_typed_const(sx->arena, e->span, eql_value_bool(false),
                               false);
    return n == 1 ? items[0]
                  : eql_typed_list_node(sx->arena, EQL_TYPED_OR, e->span, items,
                                        n);
}

/* A field of type date is looked for among instants. */
static void
to_dates(const eql_sema *sx, eql_typed **operand, sorted *s)
{
    if (!is_date_field(*operand))
        return;
    *operand = eql_typed_convert(sx->arena, EQL_FIELD_DATE, *operand);
    for (uint32_t i = 0; i < s->nelements; i++)
        s->elements[i] =
            eql_typed_convert(sx->arena, EQL_FIELD_DATE, s->elements[i]);
}

/* Each is told once a list. */
static void
lint_list(const eql_sema *sx, const eql_expr *e, const eql_typed *operand,
          eql_typed **items)
{
    eql_sema inner = e->u.test.negated ? eql_sema_opposite(sx) : *sx;
    bool wildcard = false, with_case = e->u.test.fold, doubled = false;
    bool unquoted = false;

    eql_lint_value(&inner, operand, (const eql_typed *const *)items,
                   e->u.test.list.n, e->u.test.fold);
    for (uint32_t i = 0; i < e->u.test.list.n; i++) {
        unquoted =
            unquoted || eql_lint_unquoted(sx, operand, e->u.test.list.items[i]);
        eql_lint_range(sx, operand, e->u.test.list.items[i]);
        if (!eql_typed_is_literal(items[i]))
            continue;
        doubled = doubled || eql_lint_doubled(sx, items[i]);
        wildcard = wildcard || eql_lint_list_wildcard(sx, items[i]);
        with_case = with_case || eql_lint_case(&inner, operand, items[i]);
    }
}

eql_typed *
eql_sema_in(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr_list *l = &e->u.test.list;
    eql_typed *operand = eql_sema_value(sx, e->u.test.operand);
    eql_typed **items = eql_sema_values(sx, l);
    bool ok = true;
    sorted s;

    /* literal_in adds one to the elements. */
    if (!operand || !items || !sorted_new(sx, &s, l->n + 1))
        return NULL;
    s.set_fold = eql_sema_folds_for(sx, e->u.test.fold, operand);
    s.pattern_fold = s.text_only = s.member = true; /* eq_wildcard */
    for (uint32_t i = 0; i < l->n; i++)
        ok = sort_element(sx, operand, items[i], &s) && ok;
    if (!ok)
        return NULL;
    lint_list(sx, e, operand, items);
    if (eql_typed_is_literal(operand))
        return negated(sx, e, literal_in(sx, e, operand, &s));
    to_dates(sx, &operand, &s);
    return negated(sx, e, sorted_test(sx, e->span, operand, &s));
}

/* --- : and like --- */

static bool
match_error(const eql_sema *sx, const eql_expr *e, const eql_typed *item,
            const char *takes)
{
    eql_tag tag = item->u.constant.value.tag;

    eql_diags_add(sx->diags, "E302", item->span,
                  tag == EQL_BOOL || tag == EQL_NULL
                      ? "write \"==\""
                      : "numbers are compared with \"==\", \":\" or \"in\"",
                  "\"%.*s\" takes %s, not %s", (int)e->op_span.len,
                  sx->text.p + e->op_span.offset, takes,
                  eql_sema_tag_name(tag));
    return false;
}

/* A pattern for an operand that has no text. */
static bool
check_text_operand(const eql_sema *sx, const eql_expr *e,
                   const eql_typed *operand)
{
    eql_class c = eql_sema_class(operand);
    bool colon = e->u.test.op == EQL_MATCH_COLON;

    if (eql_typed_is_literal(operand) || c <= EQL_CLASS_NULL ||
        c == EQL_CLASS_STRING || (colon && c == EQL_CLASS_NUMBER))
        return true;
    eql_diags_add(sx->diags, "E302", operand->span,
                  e->u.test.list.n > 1 ? "write \"in\"" : "write \"==\"",
                  "\"%.*s\" looks at text, not at %s", (int)e->op_span.len,
                  sx->text.p + e->op_span.offset, eql_sema_class_name(c));
    return false;
}

/* What Elasticsearch refuses by its mapping: no text on the left. */
static bool
check_strict_operand(const eql_sema *sx, const eql_expr *e,
                     const eql_typed *operand)
{
    eql_class c = eql_sema_schema_class(operand);

    if (!sx->settings->strict || c <= EQL_CLASS_NULL || c == EQL_CLASS_STRING)
        return true;
    eql_diags_add(sx->diags, "E302", operand->span, "write \"==\"",
                  "\"%.*s\" looks at text, not at %s", (int)e->op_span.len,
                  sx->text.p + e->op_span.offset, eql_sema_class_name(c));
    return false;
}

/* Puts one right side of `:` or `like` where it belongs. */
static bool
sort_pattern(const eql_sema *sx, const eql_expr *e, const eql_typed *operand,
             const eql_typed *item, sorted *s)
{
    const eql_value *v = &item->u.constant.value;
    bool colon = e->u.test.op == EQL_MATCH_COLON;
    eql_value fitted;

    if (!eql_typed_is_literal(item)) {
        eql_diags_add(sx->diags, "E302", item->span, NULL,
                      "a pattern must be a literal");
        return false;
    }
    if (eql_typed_is_literal(operand) &&
        !eql_sema_fit(sx, operand, item, &fitted))
        return false;
    if (!colon && v->tag != EQL_STRING)
        return match_error(sx, e, item, "strings");
    if (v->tag == EQL_NULL)
        return true;
    if (v->tag == EQL_BOOL)
        return match_error(sx, e, item, "strings and numbers");
    if (colon && eql_typed_is_address_field(operand) &&
        !eql_sema_has_wildcard(v)) {
        if (!eql_sema_check_address(sx, operand, item))
            return false;
        s->networks[s->nnetworks++] = *v;
    } else if (v->tag == EQL_STRING) {
        eql_lint_pattern(sx, item);
        s->patterns[s->npatterns++] = *v;
    } else if (eql_sema_fit(sx, operand, item, &fitted)) {
        s->set[s->nset++] = fitted;
    } else {
        return false;
    }
    return true;
}

/* --- regex --- */

eql_span
eql_sema_place_in_literal(const eql_sema *sx, const eql_typed *lit, uint32_t at)
{
    const eql_value *v = &lit->u.constant.value;
    eql_span s = lit->span;
    uint32_t quotes = s.len == v->len + 2u ? 1 : s.len == v->len + 6u ? 3 : 0;

    if (!quotes || s.offset > sx->text.len || s.len > sx->text.len - s.offset ||
        at > v->len || v->len == 0 ||
        memcmp(sx->text.p + s.offset + quotes, v->u.s, v->len) != 0)
        return s;
    s.offset += quotes + at;
    s.len = at < v->len ? 1 : 0;
    return s;
}

/* Characters up to and with the one at byte `at`. */
static uint32_t
character(const eql_value *v, uint32_t at)
{
    uint32_t n = 1;

    for (uint32_t i = 1; i <= at && i < v->len; i++)
        n += ((unsigned char)v->u.s[i] & 0xc0) != 0x80;
    return n + (at == v->len && at > 0);
}

static unsigned
regex_flags(const eql_sema *sx, bool fold, bool prefix)
{
    const eql_dialect *d = &sx->settings->dialect;
    unsigned flags = prefix ? EQL_REGEX_PREFIX : 0;

    if (!fold)
        return flags;
    flags |= EQL_REGEX_FOLD;
    if (d->regex_ci_ranges == EQL_REGEX_CI_RANGES_LUCENE)
        flags |= EQL_REGEX_CASE_RANGES;
    if (d->case_fold == EQL_CASE_FOLD_ASCII)
        flags |= EQL_REGEX_ASCII;
    return flags;
}

/* Is it a regular expression, and one of a size that can be run? */
static bool
is_regex(eql_strview text, unsigned flags, eql_regex_error *why)
{
    eql_regex *r;

    if (!eql_regex_check(text, flags, why))
        return false;
    r = eql_regex_new(&text, 1, flags, why);
    eql_regex_free(r);
    return r != NULL;
}

bool
eql_sema_check_regex(const eql_sema *sx, const eql_typed *lit, bool fold,
                     bool prefix)
{
    const eql_value *v = &lit->u.constant.value;
    eql_regex_error why = {0};

    if (is_regex(eql_value_sv(v), regex_flags(sx, fold, prefix), &why)) {
        if (!prefix) {
            eql_lint_regex(sx, lit);
            eql_lint_regex_escapes(sx, lit);
        }
        return true;
    }
    if (why.no_memory)
        eql_diags_fail(sx->diags);
    else
        eql_diags_add(sx->diags, "E304",
                      eql_sema_place_in_literal(sx, lit, why.at), why.hint,
                      "%s, at character %u of the regular expression", why.text,
                      character(v, why.at));
    return false;
}

bool
eql_sema_compile_regexes(const eql_sema *sx, eql_span span,
                         const eql_value *values, uint32_t n, unsigned how)
{
    eql_strview *texts = eql_arena_array(sx->arena, n, sizeof *texts);
    eql_regex_error why = {0};
    eql_regex *r;

    if (!texts)
        return false;
    for (uint32_t i = 0; i < n; i++)
        texts[i] = eql_value_sv(&values[i]);
    r = eql_regex_new(
        texts, n, regex_flags(sx, how & EQL_REGEX_FOLD, how & EQL_REGEX_PREFIX),
        &why);
    if (!r && why.no_memory)
        eql_diags_fail(sx->diags);
    else if (!r)
        eql_diags_add(sx->diags, "E304", span, why.hint, "%s", why.text);
    eql_regex_free(r);
    return r != NULL;
}

static bool
sort_regex(const eql_sema *sx, const eql_expr *e, const eql_typed *operand,
           const eql_typed *item, sorted *s)
{
    bool fold =
        e->u.test.op == EQL_MATCH_REGEX_CI || eql_typed_is_caseless(operand);
    eql_value fitted;

    if (!eql_typed_is_literal(item)) {
        eql_diags_add(sx->diags, "E302", item->span, NULL,
                      "a regular expression must be a literal");
        return false;
    }
    if (item->u.constant.value.tag != EQL_STRING)
        return match_error(sx, e, item, "strings");
    if (eql_typed_is_literal(operand) &&
        !eql_sema_fit(sx, operand, item, &fitted))
        return false;
    s->regexes[s->nregexes++] = item->u.constant.value;
    return eql_sema_check_regex(sx, item, fold, false);
}

/* --- the node --- */

/* Do patterns of this operator ignore case?  Endgame's always do. */
static bool
pattern_folds(const eql_sema *sx, const eql_expr *e, const eql_typed *operand)
{
    switch (e->u.test.op) {
    case EQL_MATCH_LIKE: return eql_sema_folds_for(sx, false, operand);
    case EQL_MATCH_REGEX: return eql_typed_is_caseless(operand);
    default: return true;
    }
}

static void
lint_patterns(const eql_sema *sx, const eql_expr *e, const eql_typed *operand,
              eql_typed **items)
{
    eql_sema inner = e->u.test.negated ? eql_sema_opposite(sx) : *sx;

    eql_lint_value(&inner, operand, (const eql_typed *const *)items,
                   e->u.test.list.n, pattern_folds(sx, e, operand));
    for (uint32_t i = 0; i < e->u.test.list.n; i++)
        if (eql_lint_doubled(sx, items[i]))
            return;
}

eql_typed *
eql_sema_match(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr_list *l = &e->u.test.list;
    bool regex =
        e->u.test.op == EQL_MATCH_REGEX || e->u.test.op == EQL_MATCH_REGEX_CI;
    eql_typed *operand = eql_sema_value(sx, e->u.test.operand);
    eql_typed **items = eql_sema_values(sx, l), *t;
    bool ok = true;
    sorted s;

    if (!operand || !items || !sorted_new(sx, &s, l->n) ||
        !check_text_operand(sx, e, operand) ||
        !check_strict_operand(sx, e, operand))
        return NULL;
    for (uint32_t i = 0; i < l->n; i++)
        ok = (regex ? sort_regex(sx, e, operand, items[i], &s)
                    : sort_pattern(sx, e, operand, items[i], &s)) &&
             ok;
    if (!ok)
        return NULL;
    s.match = e->u.test.op == EQL_MATCH_COLON;
    if (!regex)
        lint_patterns(sx, e, operand, items);
    s.text_only = !s.match;
    s.pattern_fold = pattern_folds(sx, e, operand);
    if (regex && !eql_sema_compile_regexes(sx, e->span, s.regexes, s.nregexes,
                                           s.pattern_fold ? EQL_REGEX_FOLD : 0))
        return NULL;
    /* `port : 443` is `port == 443` (language 5.4). */
    if (l->n == 1 && s.nset == 1)
        t = eql_sema_equal(sx, e->span, operand, items[0]);
    else
        t = sorted_test(sx, e->span, operand, &s);
    return negated(sx, e, t);
}
