/* sema_test.c -- expressions that test one operand: `in`, `:`, `like`, and
 * function calls, of which cidrMatch is one.
 *
 * All become TEST nodes (typed.h), whose operand is evaluated once.  A literal
 * null in a list is dropped (spec 5.5); literals of one kind share a part.
 * Fields of type ip compare as addresses: a literal must be an address or a
 * block, only a pattern with wildcards looks at the text. */
#include "compiler/sema.h"

#include <stdio.h>

#include "base/text.h"
#include "compiler/fold.h"

#define EQL_FUNCTION_ANY UINT32_MAX

typedef struct {
    eql_strview name;
    uint32_t min, max; /* arguments */
    bool fold;         /* has a `~` form */
    bool ready;        /* we have code for it */
} function;

static const function functions[] = {
#define FUNCTION(name, min, max, fold, ready)                                  \
    {{name, sizeof name - 1}, min, max, fold, ready},
#include "stdlib/functions.def"
#undef FUNCTION
};

/* Literals of one list, sorted into parts. */
typedef struct {
    eql_value *set, *patterns, *networks;
    uint32_t nset, npatterns, nnetworks;
    eql_typed **elements; /* not literals */
    uint32_t nelements;
    bool match;     /* the list of a `:` */
    bool text_only; /* patterns of `like` and `like~` */
} sorted;

static bool
sorted_new(const eql_sema *sx, sorted *s, uint32_t n)
{
    *s = (sorted){0};
    s->set = eql_arena_array(sx->arena, n, sizeof *s->set);
    s->patterns = eql_arena_array(sx->arena, n, sizeof *s->patterns);
    s->networks = eql_arena_array(sx->arena, n, sizeof *s->networks);
    s->elements = eql_arena_array(sx->arena, n, sizeof *s->elements);
    return s->set && s->patterns && s->networks && s->elements;
}

/* Every item in value position; NULL when one has errors. */
static eql_typed **
list_values(const eql_sema *sx, const eql_expr_list *l)
{
    eql_typed **items = eql_arena_array(sx->arena, l->n, sizeof *items);
    bool ok = items != NULL;

    for (uint32_t i = 0; items && i < l->n; i++) {
        items[i] = eql_sema_value(sx, l->items[i]);
        ok = ok && items[i];
    }
    return ok ? items : NULL;
}

static eql_typed *
clash(const eql_sema *sx, eql_span span, eql_tag a, eql_tag b)
{
    eql_diags_add(sx->diags, "E302", span, NULL, "cannot compare %s with %s",
                  eql_sema_tag_name(a), eql_sema_tag_name(b));
    return NULL;
}

/* --- addresses --- */

static bool
check_address(const eql_sema *sx, const eql_typed *operand,
              const eql_typed *lit)
{
    const eql_value *v = &lit->u.constant.value;
    eql_cidr cidr;

    if (v->tag == EQL_STRING && eql_cidr_parse(eql_value_sv(v), &cidr))
        return true;
    eql_diags_add(sx->diags, "E302", lit->span,
                  "write an address or a block such as \"10.0.0.0/8\"",
                  "%.*s is of type ip and cannot equal this",
                  (int)operand->u.path.name.len, operand->u.path.name.p);
    return false;
}

eql_typed *
eql_sema_address_equal(const eql_sema *sx, eql_span span, eql_typed *operand,
                       const eql_typed *lit)
{
    eql_part part = {.kind = EQL_PART_NETWORKS, .nvalues = 1};

    if (!check_address(sx, operand, lit))
        return NULL;
    part.values = eql_arena_array(sx->arena, 1, sizeof *part.values);
    if (!part.values)
        return NULL;
    part.values[0] = lit->u.constant.value;
    return eql_typed_test(sx->arena, span, operand, &part, 1);
}

/* --- in --- */

/* literal == element, as a test of the element: the coercions of spec 4.6
 * apply to the literal on either side. */
static eql_typed *
element_is(const eql_sema *sx, const eql_expr *e, eql_typed *element,
           const eql_typed *lit)
{
    eql_part part = {
        .kind = EQL_PART_SET, .fold = e->u.test.fold, .nvalues = 1};

    if (eql_typed_is_address_field(element))
        return eql_sema_address_equal(sx, e->span, element, lit);
    part.values = eql_arena_array(sx->arena, 1, sizeof *part.values);
    if (!part.values)
        return NULL;
    part.values[0] = lit->u.constant.value;
    return eql_typed_test(sx->arena, e->span, element, &part, 1);
}

/* `5 in (a, 6, b)`: an OR of tests on the computed elements. */
static eql_typed *
literal_in(const eql_sema *sx, const eql_expr *e, eql_typed *lit,
           eql_typed **items)
{
    const eql_value *v = &lit->u.constant.value;
    bool ok = true, found = false;
    uint32_t n = 0;

    for (uint32_t i = 0; i < e->u.test.list.n; i++) {
        const eql_value *w = &items[i]->u.constant.value;

        if (!eql_typed_is_literal(items[i])) {
            items[n] = element_is(sx, e, items[i], lit);
            ok = items[n++] && ok;
        } else if (!eql_sema_same_class(v->tag, w->tag)) {
            clash(sx, items[i]->span, v->tag, w->tag);
            ok = false;
        } else if (w->tag != EQL_NULL) {
            found = found || eql_fold_equal(v, w, e->u.test.fold);
        }
    }
    if (!ok)
        return NULL;
    if (v->tag == EQL_NULL)
        return eql_typed_const(sx->arena, e->span, eql_value_null(), false);
    if (found || n == 0)
        return eql_typed_const(sx->arena, e->span, eql_value_bool(found),
                               false);
    return n == 1 ? items[0]
                  : eql_typed_list_node(sx->arena, EQL_TYPED_OR, e->span, items,
                                        n);
}

/* Puts one element of an `in` list where it belongs. */
static bool
sort_element(const eql_sema *sx, const eql_typed *operand, eql_typed *item,
             sorted *s)
{
    if (!eql_typed_is_literal(item)) {
        s->elements[s->nelements++] = item;
    } else if (item->u.constant.value.tag == EQL_NULL) {
        return true;
    } else if (eql_typed_is_address_field(operand)) {
        if (!check_address(sx, operand, item))
            return false;
        s->networks[s->nnetworks++] = item->u.constant.value;
    } else {
        s->set[s->nset++] = item->u.constant.value;
    }
    return true;
}

static void
warn_wildcard_element(const eql_sema *sx, const sorted *s, eql_span span)
{
    for (uint32_t i = 0; i < s->nset; i++) {
        if (eql_sema_has_wildcard(&s->set[i])) {
            eql_diags_add(sx->diags, "W408", span,
                          "\":\" and \"like\" take wildcards",
                          "\"*\" and \"?\" are ordinary characters in \"in\"");
            return;
        }
    }
}

/* The test of operand against the sorted list. */
static eql_typed *
sorted_test(const eql_sema *sx, eql_span span, eql_typed *operand,
            const sorted *s, bool fold)
{
    uint32_t n = 0;
    eql_part *parts =
        eql_arena_array(sx->arena, 3 + (size_t)s->nelements, sizeof *parts);

    if (!parts)
        return NULL;
    if (s->nset)
        parts[n++] = (eql_part){.kind = EQL_PART_SET,
                                .fold = fold && !s->match,
                                .match = s->match,
                                .values = s->set,
                                .nvalues = s->nset};
    if (s->nnetworks)
        parts[n++] = (eql_part){.kind = EQL_PART_NETWORKS,
                                .values = s->networks,
                                .nvalues = s->nnetworks};
    if (s->npatterns)
        parts[n++] = (eql_part){.kind = EQL_PART_PATTERNS,
                                .fold = fold,
                                .text_only = s->text_only,
                                .values = s->patterns,
                                .nvalues = s->npatterns};
    for (uint32_t i = 0; i < s->nelements; i++)
        parts[n++] =
            (eql_part){.kind = EQL_PART_ELEMENT,
                       .fold = fold,
                       .address = eql_typed_is_address_field(operand) ||
                                  eql_typed_is_address_field(s->elements[i]),
                       .element = s->elements[i]};
    return eql_typed_test(sx->arena, span, operand, parts, n);
}

static eql_typed *
negated(const eql_sema *sx, const eql_expr *e, eql_typed *t)
{
    return e->u.test.negated ? eql_typed_not(sx->arena, e->span, t) : t;
}

eql_typed *
eql_sema_in(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr_list *l = &e->u.test.list;
    eql_typed *operand = eql_sema_value(sx, e->u.test.operand);
    eql_typed **items = list_values(sx, l);
    bool ok = true;
    sorted s;

    if (!operand || !items || !sorted_new(sx, &s, l->n))
        return NULL;
    if (eql_typed_is_literal(operand))
        return negated(sx, e, literal_in(sx, e, operand, items));
    for (uint32_t i = 0; i < l->n; i++)
        ok = sort_element(sx, operand, items[i], &s) && ok;
    if (!ok)
        return NULL;
    warn_wildcard_element(sx, &s, e->span);
    return negated(sx, e,
                   sorted_test(sx, e->span, operand, &s, e->u.test.fold));
}

/* --- : and like --- */

static bool
match_error(const eql_sema *sx, const eql_expr *e, const eql_typed *item,
            const char *takes)
{
    eql_tag tag = item->u.constant.value.tag;

    eql_diags_add(sx->diags, "E302", item->span,
                  tag == EQL_BOOL || tag == EQL_NULL ? "write \"==\"" : NULL,
                  "\"%.*s\" takes %s, not %s", (int)e->op_span.len,
                  sx->text.p + e->op_span.offset, takes,
                  eql_sema_tag_name(tag));
    return false;
}

/* Puts one right side of `:` or `like` where it belongs. */
static bool
sort_pattern(const eql_sema *sx, const eql_expr *e, const eql_typed *operand,
             const eql_typed *item, sorted *s)
{
    const eql_value *v = &item->u.constant.value;
    bool colon = e->u.test.op == EQL_MATCH_COLON;

    if (!eql_typed_is_literal(item)) {
        eql_diags_add(sx->diags, "E302", item->span, NULL,
                      "a pattern must be a literal");
        return false;
    }
    if (eql_typed_is_literal(operand) &&
        !eql_sema_same_class(operand->u.constant.value.tag, v->tag)) {
        clash(sx, item->span, operand->u.constant.value.tag, v->tag);
        return false;
    }
    if (!colon && v->tag != EQL_STRING)
        return match_error(sx, e, item, "strings");
    if (v->tag == EQL_NULL)
        return true;
    if (v->tag == EQL_BOOL)
        return match_error(sx, e, item, "strings and numbers");
    if (colon && eql_typed_is_address_field(operand) &&
        !eql_sema_has_wildcard(v)) {
        if (!check_address(sx, operand, item))
            return false;
        s->networks[s->nnetworks++] = *v;
    } else if (v->tag == EQL_STRING) {
        s->patterns[s->npatterns++] = *v;
    } else {
        s->set[s->nset++] = *v;
    }
    return true;
}

eql_typed *
eql_sema_match(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr_list *l = &e->u.test.list;
    eql_typed *operand, **items, *t;
    bool ok = true;
    sorted s;

    if (e->u.test.op == EQL_MATCH_REGEX || e->u.test.op == EQL_MATCH_REGEX_CI)
        return eql_sema_unsupported(sx, e->op_span, "regular expressions are");
    operand = eql_sema_value(sx, e->u.test.operand);
    items = list_values(sx, l);
    if (!operand || !items || !sorted_new(sx, &s, l->n))
        return NULL;
    for (uint32_t i = 0; i < l->n; i++)
        ok = sort_pattern(sx, e, operand, items[i], &s) && ok;
    if (!ok)
        return NULL;
    s.match = e->u.test.op == EQL_MATCH_COLON;
    s.text_only = !s.match;
    /* `port : 443` is `port == 443` (spec 5.4). */
    if (l->n == 1 && s.nset == 1)
        t = eql_typed_compare(sx->arena, e->span, EQL_CMP_EQ, operand,
                              items[0]);
    else
        t = sorted_test(sx, e->span, operand, &s,
                        e->u.test.op != EQL_MATCH_LIKE);
    return negated(sx, e, t);
}

/* --- functions --- */

static eql_typed *
unknown_function(const eql_sema *sx, const eql_expr *e)
{
    const eql_name *name = &e->u.call.name;
    eql_strview names[EQL_COUNTOF(functions)], hint = {0};
    uint32_t close;

    /* A macro call: its definition has been refused already. */
    for (uint32_t i = 0; sx->query && i < sx->query->ndefs; i++)
        if (eql_sv_eq(sx->query->defs[i].name.text, name->text))
            return NULL;
    for (uint32_t i = 0; i < EQL_COUNTOF(functions); i++)
        names[i] = functions[i].name;
    close = eql_closest(name->text, names, EQL_COUNTOF(functions));
    if (close != EQL_NONE)
        hint =
            eql_arena_printf(sx->arena, "did you mean \"%s\"?", names[close].p);
    eql_diags_add(sx->diags, "E302", name->span, hint.p,
                  "unknown function \"%.*s\"", (int)name->text.len,
                  name->text.p);
    return NULL;
}

static const function *
find_function(eql_strview name)
{
    for (uint32_t i = 0; i < EQL_COUNTOF(functions); i++)
        if (eql_sv_eq_ascii_ci(functions[i].name, name))
            return &functions[i];
    return NULL;
}

static bool
check_count(const eql_sema *sx, const eql_expr *e, const function *f)
{
    uint32_t n = e->u.call.args.n;
    char takes[64];

    if (n >= f->min && n <= f->max)
        return true;
    if (f->min == f->max)
        snprintf(takes, sizeof takes, "%u", f->min);
    else if (f->max == EQL_FUNCTION_ANY)
        snprintf(takes, sizeof takes, "at least %u", f->min);
    else
        snprintf(takes, sizeof takes, "%u to %u", f->min, f->max);
    eql_diags_add(sx->diags, "E302", e->u.call.name.span, NULL,
                  "%s takes %s argument%s, not %u", f->name.p, takes,
                  f->max == 1 ? "" : "s", n);
    return false;
}

static bool
check_block(const eql_sema *sx, const eql_typed *item)
{
    const eql_value *v = &item->u.constant.value;
    eql_cidr cidr;

    if (!eql_typed_is_literal(item) || v->tag != EQL_STRING) {
        eql_diags_add(sx->diags, "E302", item->span, NULL,
                      "cidrMatch takes its blocks as string literals");
        return false;
    }
    if (!eql_cidr_parse(eql_value_sv(v), &cidr)) {
        eql_diags_add(sx->diags, "E304", item->span,
                      "write an address or a block such as \"10.0.0.0/8\"",
                      "not an address or a block of addresses");
        return false;
    }
    return true;
}

static eql_typed *
cidr_match(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr_list *args = &e->u.call.args;
    eql_typed **items = list_values(sx, args);
    bool ok = true;
    sorted s;
    eql_tag tag;

    if (!items || !sorted_new(sx, &s, args->n))
        return NULL;
    for (uint32_t i = 1; i < args->n; i++) {
        ok = check_block(sx, items[i]) && ok;
        s.networks[s.nnetworks++] = items[i]->u.constant.value;
    }
    tag = eql_typed_is_literal(items[0]) ? items[0]->u.constant.value.tag
                                         : EQL_NULL;
    if (tag != EQL_NULL && tag != EQL_STRING) {
        eql_diags_add(sx->diags, "E302", items[0]->span, NULL,
                      "cidrMatch looks at an address, not %s",
                      eql_sema_tag_name(tag));
        return NULL;
    }
    return ok ? sorted_test(sx, e->span, items[0], &s, false) : NULL;
}

eql_typed *
eql_sema_call(const eql_sema *sx, const eql_expr *e)
{
    const function *f = find_function(e->u.call.name.text);
    eql_strview what;

    if (!f)
        return unknown_function(sx, e);
    if (e->u.call.tilde && !f->fold) {
        eql_diags_add(sx->diags, "E303", e->u.call.name.span, NULL,
                      "%s has no form that ignores case", f->name.p);
        return NULL;
    }
    if (!check_count(sx, e, f))
        return NULL;
    if (f->ready)
        return cidr_match(sx, e);
    what = eql_arena_printf(sx->arena, "the function %s is", f->name.p);
    return what.p ? eql_sema_unsupported(sx, e->u.call.name.span, what.p)
                  : NULL;
}
