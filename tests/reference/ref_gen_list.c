/* ref_gen_list.c -- random conditions that bring names of their own: lambdas,
 * aliases, lineages, macros and constants. */
#include "tests/reference/ref_gen_int.h"

#include <string.h>

/* The field behind a variable or an alias. */
static ref_active
derived(ref_gen_state *g, const ref_active *from, const char *root)
{
    ref_gen_field *field = ref_alloc(g->pool, sizeof *field);
    ref_active to = *from;

    *field = *from->field;
    field->derived = true;
    field->construct = -1;
    field->query =
        *field->query ? ref_printf(g->pool, "%s.%s", root, field->query) : root;
    if (*root == '$')
        field->typed = false;
    to.field = field;
    return to;
}

void
ref_gen_see_alias(ref_gen_state *g, const char *alias)
{
    for (size_t n = 1 + ref_gen_pick(g, 2); n > 0; n--) {
        ref_active *a = ref_gen_pick_active(g);
        ref_active with = derived(g, a, alias);

        if (a->field->derived)
            continue;
        /* Beside the field itself, so that they are compared. */
        if (g->active.n < REF_MAX_ACTIVE)
            g->active.items[g->active.n++] = with;
        else
            g->active.items[ref_gen_pick(g, g->active.n)] = with;
    }
}

/* --- lambdas --- */

/* What the condition of a lambda sees: the element, and a field or two from
 * outside. */
static void
enter_lambda(ref_gen_state *g, const ref_actives *elements, const char *root)
{
    ref_actives outer, inner = {0};

    for (size_t i = 0; i < elements->n && inner.n < 3; i++)
        if (ref_gen_chance(g, 65) || (inner.n == 0 && i + 1 == elements->n))
            inner.items[inner.n++] = derived(g, &elements->items[i], root);
    if (g->naliases && ref_gen_chance(g, 80))
        ref_gen_see_alias(g, REF_GEN_ALIAS(g));
    outer = g->active;
    if (ref_gen_chance(g, g->naliases ? 85 : 35)) {
        ref_active *a = &outer.items[ref_gen_pick(g, outer.n)];

        ref_gen_mark(g, REF_C_LAMBDA_OUTER);
        if (a->field->derived && *a->field->query != '$')
            ref_gen_mark(g, REF_C_ALIAS_LAMBDA);
        inner.items[inner.n++] = *a;
    }
    g->active = inner;
}

/* What to search: the list, a plain field, or a list in a list. */
static const char *
searched(ref_gen_state *g, ref_actives *elements)
{
    static const ref_gen_field scalar = {"",    "", KIND_MIXED, false,
                                         false, -1, true};
    ref_active *a = ref_gen_pick_active(g);

    *elements = g->elements;
    if (g->lambdas)
        return ref_printf(g->pool, "$v%zu.l", g->lambdas - 1);
    if (g->naliases && ref_gen_chance(g, 30)) {
        ref_gen_mark(g, REF_C_ALIAS_USED);
        return ref_printf(g->pool, "%s.%s", REF_GEN_ALIAS(g), g->list);
    }
    if (a->field->typed || a->field->derived || !ref_gen_chance(g, 20))
        return g->list;
    elements->n = 1;
    elements->items[0] = *a;
    elements->items[0].field = &scalar;
    return ref_gen_name(g, a);
}

ref_term *
ref_gen_lambda(ref_gen_state *g)
{
    static const char *const names[] = {"arraySearch", "arraysearch",
                                        "_arraysearch"};
    bool count = ref_gen_chance(g, 25);
    ref_term *t = ref_gen_new_term(g, REF_TERM_HOLD);
    const char *root = ref_printf(g->pool, "$v%zu", g->lambdas);
    ref_actives before = g->active, elements;
    const char *path = searched(g, &elements);

    ref_gen_mark(g, count ? REF_C_F_ARRAY_COUNT : REF_C_F_ARRAY_SEARCH);
    if (g->lambdas)
        ref_gen_mark(g, REF_C_LAMBDA_NESTED);
    enter_lambda(g, &elements, root);
    g->lambdas++;
    t->head =
        ref_printf(g->pool, "%s(%s, %s, ",
                   count ? "arrayCount" : REF_GEN_PICK(g, names), path, root);
    ref_gen_add_kid(g, t, ref_gen_term(g, (unsigned)ref_gen_pick(g, 3)));
    t->tail = ")";
    if (count) {
        static const char *const tests[] = {") == 1", ") >= 1", ") != 0",
                                            ") == 2", ") < 2"};

        t->tail = REF_GEN_PICK(g, tests);
    }
    g->lambdas--;
    g->active = before;
    return t;
}

/* --- lineages --- */

ref_term *
ref_gen_lineage(ref_gen_state *g)
{
    static const struct {
        const char *word;
        ref_construct construct;
    } words[] = {{"descendant of", REF_C_DESCENDANT},
                 {"child of", REF_C_CHILD},
                 {"event of", REF_C_EVENT_OF}};
    static const char *const heads[] = {"process where ", "any where ",
                                        "process where "};
    size_t i = ref_gen_pick(g, 3);
    ref_term *t = ref_gen_new_term(g, REF_TERM_HOLD);
    ref_actives before = g->active;
    size_t aliases = g->naliases;
    bool nested = ref_gen_chance(g, 15), plain = g->plain;

    ref_gen_mark(g, REF_C_LINEAGE);
    ref_gen_mark(g, words[i].construct);
    if (g->c->kind != REF_Q_EVENT)
        ref_gen_mark(g, REF_C_LINEAGE_STAGE);
    t->head =
        ref_printf(g->pool, "%s [%s", words[i].word, REF_GEN_PICK(g, heads));
    t->tail = "]";
    /* Neither aliases nor, to be safe, variables: a rule of its own. */
    g->naliases = 0;
    g->active.n = 0;
    for (size_t k = 0; k < before.n; k++)
        if (!before.items[k].field->derived)
            g->active.items[g->active.n++] = before.items[k];
    g->plain = !nested;
    if (nested) {
        ref_gen_mark(g, REF_C_LINEAGE_NESTED);
        ref_gen_add_kid(g, t, ref_gen_lineage(g));
    } else if (ref_gen_chance(g, 40)) { /* one process, or few */
        ref_gen_add_kid(
            g, t,
            ref_gen_text_term(g, g->flags.endgame
                                     ? "pid == 1"
                                     : "process.entity_id == \"p1\""));
    } else if (g->active.n == 0 || ref_gen_chance(g, 15)) {
        ref_gen_add_kid(g, t, ref_gen_text_term(g, "true"));
    } else {
        ref_gen_add_kid(g, t, ref_gen_term(g, 1));
    }
    g->plain = plain;
    g->active = before;
    g->naliases = aliases;
    return t;
}

/* --- macros and constants --- */

static const char *
define(ref_gen_state *g, const char *text)
{
    ref_gen_case *c = g->c;

    c->definitions = ref_grow(g->pool, c->definitions, c->ndefinitions,
                              sizeof *c->definitions);
    c->definitions[c->ndefinitions++] = text;
    return text;
}

ref_term *
ref_gen_definition(ref_gen_state *g)
{
    static const char *const bodies[] = {
        "p == q",
        "p in (q, q)",
        "not p == q or p == null",
        "p != null and p != q",
        "(p == q)",
        "p == q or q == p",
    };
    ref_active *a = ref_gen_pick_active(g);
    size_t number = g->c->ndefinitions;
    const char *literal;

    if (a->field->kind == KIND_BOOL || a->field->kind == KIND_IP ||
        ref_gen_chance(g, 50)) {
        literal = a->field->kind == KIND_IP ? ref_gen_ip_literal(g, false)
                                            : ref_gen_literal_for(g, a);

        if (*literal == '-') /* a literal has no sign */
            literal = "2";
        ref_gen_mark(g, REF_C_CONST);
        define(g, ref_printf(g->pool, "const K%zu %s %s", number,
                             ref_gen_chance(g, 70) ? "==" : "=", literal));
        return ref_gen_compare(g, ref_gen_name(g, a), ref_gen_equality(g),
                               ref_printf(g->pool, "K%zu", number), false);
    }
    ref_gen_mark(g, REF_C_MACRO);
    literal = ref_gen_literal_for(g, a);
    define(g, ref_printf(g->pool, "macro M%zu(p, q) %s", number,
                         REF_GEN_PICK(g, bodies)));
    return ref_gen_text_term(g, ref_printf(g->pool, "M%zu(%s, %s)", number,
                                           ref_gen_name(g, a), literal));
}
