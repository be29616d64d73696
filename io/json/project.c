/* project.c -- one walk of an event along the trie of all paths.
 *
 * A trie node is a point of some path.  Edges are names; a key with dots is
 * followed as several names, so every mixture of nested and dotted spellings
 * meets at the same node, and their values are gathered in document order.
 * Arrays are walked through, nulls passed over.
 *
 * `x[N]` hangs a "pick" on the node of x: the N-th value met there is kept,
 * and after the walk the rest of the path is followed from it, in a trie of
 * its own.
 *
 * A quoted name with dots is an edge of its own (a "literal").  In an object
 * that lacks that very key, the name is followed as a dotted path through
 * `split`, a trie that leads to the same node.
 *
 * Fields that look inside array elements form a *scope* of their own, one per
 * ELEMENTS field: a trie that is walked for each element.  Fields in mode
 * OPAQUE see arrays as values and are looked up one by one (lookup.c).
 *
 * Every (scope run, field) has a *place*: for the event's own fields it is the
 * field's number; places of child fields are handed out element by element. */
#include "io/json/project.h"

#include <stdlib.h>

#include "base/text.h"
#include "io/json/json.h"
#include "io/json/lookup.h"
#include "io/json/project_int.h"
#include "stdlib/functions.h"

/* Room for more values than this is not kept from event to event. */
#define KEPT_VALUES 65536u

eql_project *
eql_project_new(const eql_program *p)
{
    eql_project *pr = calloc(1, sizeof *pr);

    if (pr && !eql_project_build(pr, p)) {
        eql_project_free(pr);
        return NULL;
    }
    if (pr)
        eql_project_limit(pr, EQL_PROJECT_MAX_VALUES, EQL_PROJECT_MAX_STEPS,
                          EQL_PROJECT_MAX_TEXT);
    return pr;
}

void
eql_project_limit(eql_project *pr, uint32_t values, uint32_t steps, size_t text)
{
    pr->most = (eql_project_costs){values, steps, text};
}

bool
eql_project_capped(const eql_project *pr)
{
    return pr->capped;
}

void
eql_project_free(eql_project *pr)
{
    if (!pr)
        return;
    eql_vec_free(&pr->nodes);
    eql_vec_free(&pr->edges);
    eql_vec_free(&pr->literals);
    eql_vec_free(&pr->picks);
    eql_vec_free(&pr->found);
    eql_vec_free(&pr->elements);
    eql_arena_free(pr->texts);
    eql_map_free(pr->known);
    eql_buf_free(&pr->key);
    free(pr->sorted);
    free(pr->picked);
    free(pr->scopes);
    free(pr->next_field);
    free(pr->filled);
    free(pr->slots);
    free(pr->values);
    free(pr);
}

/* --- what it may cost --- */

/* false: there are not that many steps left.  Then there are none. */
static bool
take_steps(eql_project *pr, size_t n)
{
    if (n > pr->left.steps) {
        pr->left.steps = 0;
        pr->capped = true;
        return false;
    }
    pr->left.steps -= (uint32_t)n;
    return true;
}

static bool
take_room(eql_project *pr, uint32_t n)
{
    if (n > pr->left.values) {
        pr->capped = true;
        return false;
    }
    pr->left.values -= n;
    return true;
}

/* --- walking --- */

static void arrive(eql_project *pr, const json_t *v, uint32_t at);

static uint32_t
child_named(const eql_project *pr, const eql_project_node *n, eql_strview name)
{
    uint32_t lo = n->sorted.first, hi = lo + n->sorted.n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = eql_sv_cmp(name, pr->sorted[mid].name);

        if (c == 0)
            return pr->sorted[mid].child;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return EQL_NONE;
}

/* A key and its value, to be followed from some node. */
typedef struct {
    eql_strview key;
    const json_t *value;
    const json_t *object; /* the key's own; NULL for the rest of a key */
} member;

static void descend(eql_project *pr, member m, uint32_t at);

static bool
has_value(const json_t *object, eql_strview key)
{
    const json_t *v = object ? json_object_getn(object, key.p, key.len) : NULL;

    return v && !json_is_null(v);
}

/* Could the key be that quoted name as a dotted path, or its beginning? */
static bool
begins_alike(eql_strview key, const eql_project_literal *l)
{
    return key.len >= l->first && memcmp(key.p, l->name.p, l->first) == 0 &&
           (key.len == l->first || key.p[l->first] == '.');
}

static void
follow_literals(eql_project *pr, const member *m, uint32_t first)
{
    for (uint32_t i = first; i != EQL_NONE;) {
        const eql_project_literal *l = eql_vec_at(&pr->literals, i);
        size_t n = l->name.len;
        member rest = {.value = m->value};

        i = l->next;
        if (!take_steps(pr, 1))
            return;
        if (!begins_alike(m->key, l))
            continue;
        if (!take_steps(pr, 1 + n / 64))
            return;
        if (eql_sv_eq(m->key, l->name)) {
            arrive(pr, m->value, l->child);
        } else if (m->key.len > n && m->key.p[n] == '.' &&
                   memcmp(m->key.p, l->name.p, n) == 0) {
            rest.key = eql_sv(m->key.p + n + 1, m->key.len - n - 1);
            descend(pr, rest, l->child);
        } else if (!has_value(m->object, l->name)) {
            rest.key = m->key;
            descend(pr, rest, l->split);
        }
    }
}

/* Follows the names of one key, dot by dot. */
static void
descend(eql_project *pr, member m, uint32_t at)
{
    for (;;) {
        const eql_project_node *n = eql_project_node_at(pr, at);
        const char *dot = memchr(m.key.p, '.', m.key.len);
        size_t len = dot ? (size_t)(dot - m.key.p) : m.key.len;

        if (n->literals != EQL_NONE)
            follow_literals(pr, &m, n->literals);
        at = child_named(pr, n, eql_sv(m.key.p, len));
        if (at == EQL_NONE)
            return;
        if (!dot)
            break;
        m.key = eql_sv(dot + 1, m.key.len - len - 1);
        m.object = NULL;
    }
    arrive(pr, m.value, at);
}

static void
walk_object(eql_project *pr, const json_t *v, uint32_t at)
{
    json_t *object = (json_t *)(uintptr_t)v;
    const eql_project_node *n = eql_project_node_at(pr, at);

    if (n->sorted.n == 0 && n->literals == EQL_NONE)
        return;
    for (void *it = json_object_iter(object); it;
         it = json_object_iter_next(object, it)) {
        member m = {
            eql_sv(json_object_iter_key(it), json_object_iter_key_len(it)),
            json_object_iter_value(it), object};

        if (!take_steps(pr, 1))
            return;
        descend(pr, m, at);
    }
}

/* Values come in order, and so do the picks. */
static void
note_picks(eql_project *pr, const json_t *v, eql_project_node *n)
{
    eql_project_pick *k;

    if (n->passed == n->picks.n)
        return;
    k = eql_vec_at(&pr->picks, pr->picked[n->picks.first + n->passed]);
    if (k->index == n->met++) {
        k->value = v;
        n->passed++;
    }
}

static eql_value
scalar(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        return eql_value_str(
            eql_sv(json_string_value(v), json_string_length(v)));
    case JSON_INTEGER: return eql_value_int(json_integer_value(v));
    case JSON_REAL: return eql_value_float(json_real_value(v));
    case JSON_TRUE: return eql_value_bool(true);
    case JSON_FALSE: return eql_value_bool(false);
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL: break;
    }
    return eql_value_null();
}

/* Where a value of the field goes now. */
static uint32_t
place_of(const eql_project *pr, uint32_t field)
{
    return pr->nested ? pr->base + pr->program->fields[field].child : field;
}

static void
note_value(eql_project *pr, uint32_t place, eql_value v)
{
    eql_project_found f = {place, v};

    if (take_room(pr, 1))
        eql_project_push(pr, &pr->found, &f, sizeof f);
}

static void
note_fields(eql_project *pr, const json_t *v, const eql_project_node *n)
{
    for (uint32_t f = n->fields; f != EQL_NONE; f = pr->next_field[f])
        note_value(pr, place_of(pr, f), scalar(v));
}

/* An array or object inside of another one is a value of which nothing but its
 * kind is known. */
static eql_value
element_value(const json_t *v)
{
    eql_value value = scalar(v);

    if (value.tag == EQL_NULL)
        value = (eql_value){.tag = json_is_array(v) ? EQL_ARRAY : EQL_OBJECT,
                            .u.s = ""};
    return value;
}

static bool
is_opaque(const eql_project *pr)
{
    return eql_program_dialect(pr->program)->multi_value ==
           EQL_MULTI_VALUE_OPAQUE;
}

/* An element goes in with all that it needs, or not at all. */
static void
note_element(eql_project *pr, const json_t *v, uint32_t field)
{
    uint32_t nchildren = pr->program->fields[field].nchildren;
    bool whole = nchildren > 0 || is_opaque(pr);
    eql_project_element e = {.value = v,
                             .field = field,
                             .place = place_of(pr, field),
                             .order = pr->elements.n};
    eql_project_found f = {e.place, element_value(v)};

    if (json_is_null(v) || !take_room(pr, 1 + (whole ? 1 + nchildren : 0)))
        return;
    eql_project_push(pr, &pr->found, &f, sizeof f);
    if (whole)
        eql_project_push(pr, &pr->elements, &e, sizeof e);
}

/* One level of an array is taken apart; anything else is one element. */
static void
note_elements(eql_project *pr, const json_t *v, uint32_t field)
{
    if (!json_is_array(v)) {
        note_element(pr, v, field);
        return;
    }
    for (size_t i = 0; i < json_array_size(v); i++)
        note_element(pr, json_array_get(v, i), field);
}

/* Depth is bounded by the reader's limit on nesting. */
static void
walk(eql_project *pr, const json_t *v, uint32_t at)
{
    eql_project_node *n = eql_project_node_at(pr, at);

    if (json_is_null(v) || !take_steps(pr, 1))
        return;
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++)
            walk(pr, json_array_get(v, i), at);
        return;
    }
    if (n->picks.n > 0)
        note_picks(pr, v, n);
    if (json_is_object(v))
        walk_object(pr, v, at);
    else
        note_fields(pr, v, n);
}

/* A path's own value: what a key holds, arrays still whole. */
static void
arrive(eql_project *pr, const json_t *v, uint32_t at)
{
    for (uint32_t f = eql_project_node_at(pr, at)->elements; f != EQL_NONE;
         f = pr->next_field[f])
        note_elements(pr, v, f);
    walk(pr, v, at);
}

/* --- looked up, not walked (multi_value=opaque) --- */

/* A text that lasts as long as the event; null when there is no room. */
static eql_value
keep_text(eql_project *pr, const eql_buf *text, eql_tag tag)
{
    eql_value value;

    pr->failed |= text->failed;
    if (text->len > pr->left.text) {
        pr->left.text = 0;
        pr->capped = true;
        return eql_value_null();
    }
    pr->left.text -= text->len;
    value = eql_value_str(eql_arena_dup(pr->texts, eql_buf_sv(text)));
    pr->failed |= !value.u.s;
    value.tag = tag;
    return value;
}

static eql_value
whole(eql_project *pr, const json_t *v)
{
    eql_value value = scalar(v);
    eql_buf text = {0};

    if (value.tag != EQL_NULL)
        return value;
    if (pr->left.text == 0) {
        pr->capped = true;
        return value;
    }
    eql_json_print(v, &text);
    value = keep_text(pr, &text, json_is_array(v) ? EQL_ARRAY : EQL_OBJECT);
    eql_buf_free(&text);
    return value;
}

static void
look_up(eql_project *pr, const json_t *v, uint32_t field)
{
    const eql_field *f = &pr->program->fields[field];
    uint32_t steps = 0;
    const json_t *x = eql_lookup(pr->program, f->segs, v, &steps);
    eql_value value;

    if (!take_steps(pr, steps) || !x || json_is_null(x))
        return;
    if (f->mode == EQL_MODE_ELEMENTS && json_is_array(x)) {
        note_elements(pr, x, field);
        return;
    }
    /* For arrayContains: an element without children (event.h). */
    value = f->mode == EQL_MODE_OPAQUE ? whole(pr, x) : element_value(x);
    if (value.tag != EQL_NULL)
        note_value(pr, place_of(pr, field), value);
}

/* --- scopes --- */

static void
forget_picks(eql_project *pr, eql_range picks)
{
    for (uint32_t i = 0; i < picks.n; i++) {
        eql_project_pick *k = eql_vec_at(&pr->picks, picks.first + i);
        eql_project_node *n = eql_project_node_at(pr, k->node);

        k->value = NULL;
        n->met = n->passed = 0;
    }
}

static void
run_scope(eql_project *pr, const eql_project_scope *sc, const json_t *v)
{
    if (!take_steps(pr, sc->picks.n))
        return;
    forget_picks(pr, sc->picks);
    arrive(pr, v, sc->root);
    /* A pick's own picks come after it, so one round is enough. */
    for (uint32_t i = 0; i < sc->picks.n; i++) {
        const eql_project_pick *k = eql_vec_at(&pr->picks, sc->picks.first + i);

        if (k->value)
            arrive(pr, k->value, k->root);
    }
    for (uint32_t f = sc->opaque; f != EQL_NONE; f = pr->next_field[f])
        look_up(pr, v, f);
}

/* Places for the children of the next element; there is room (take_room). */
static uint32_t
hand_out(eql_project *pr, uint32_t nchildren)
{
    uint32_t base = pr->nplaces;

    pr->nplaces += nchildren;
    return base;
}

static int
cmp_element(const void *a, const void *b)
{
    const eql_project_element *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Round by round: the elements met in one round are brought together by their
 * place, so that the children of one place lie side by side; what is met while
 * they are walked is the next round's. */
static void
run_elements(eql_project *pr)
{
    uint32_t done = 0;

    while (done < pr->elements.n && !pr->failed) {
        uint32_t end = pr->elements.n;

        qsort(eql_vec_at(&pr->elements, done), end - done,
              sizeof(eql_project_element), cmp_element);
        for (uint32_t i = done; i < end; i++) {
            eql_project_element *e = eql_vec_at(&pr->elements, i);

            e->base = hand_out(pr, pr->program->fields[e->field].nchildren);
        }
        for (; done < end && !pr->failed; done++) {
            eql_project_element e =
                *(const eql_project_element *)eql_vec_at(&pr->elements, done);

            pr->base = e.base;
            pr->nested = true;
            run_scope(pr, &pr->scopes[e.field + 1], e.value);
        }
    }
}

/* --- slots --- */

static void
drop_slots(eql_project *pr)
{
    free(pr->slots);
    free(pr->filled);
    pr->slots = NULL;
    pr->filled = NULL;
    pr->nslots = 0;
}

static void
reset(eql_project *pr)
{
    if (pr->found.cap > KEPT_VALUES)
        eql_vec_free(&pr->found);
    if (pr->elements.cap > KEPT_VALUES)
        eql_vec_free(&pr->elements);
    pr->found.n = pr->elements.n = 0;
    if (pr->nvalues > KEPT_VALUES) {
        free(pr->values);
        pr->values = NULL;
        pr->nvalues = 0;
    }
    if (pr->nslots > (size_t)pr->program->nfields + KEPT_VALUES)
        drop_slots(pr);
    eql_arena_reset(pr->texts);
    pr->nplaces = pr->program->nfields;
    pr->base = 0;
    pr->nested = false;
    pr->left = pr->most;
    pr->capped = false;
}

static bool
room_for_values(eql_project *pr, size_t n)
{
    eql_value *v;

    if (n <= pr->nvalues)
        return true;
    n += n / 2; /* n began below 2^32 */
    v = calloc(n, sizeof *v);
    if (!v)
        return false;
    free(pr->values);
    pr->values = v;
    pr->nvalues = n;
    return true;
}

static bool
room_for_slots(eql_project *pr)
{
    size_t n = (size_t)pr->nplaces + 1;

    if (n <= pr->nslots)
        return true;
    n += n / 2;
    drop_slots(pr);
    pr->slots = calloc(n, sizeof *pr->slots);
    pr->filled = calloc(n, sizeof *pr->filled);
    pr->nslots = pr->slots && pr->filled ? n : 0;
    return pr->nslots > 0;
}

/* Brings each place's values together, in the order they were found. */
static void
gather(eql_project *pr)
{
    uint32_t at = 0;

    memset(pr->slots, 0, pr->nplaces * sizeof *pr->slots);
    for (uint32_t i = 0; i < pr->found.n; i++)
        pr->slots[((const eql_project_found *)eql_vec_at(&pr->found, i))->place]
            .n++;
    for (uint32_t i = 0; i < pr->nplaces; i++) {
        pr->slots[i].v = pr->values ? pr->values + at : NULL;
        pr->filled[i] = at;
        at += pr->slots[i].n;
    }
    for (uint32_t i = 0; i < pr->found.n; i++) {
        const eql_project_found *f = eql_vec_at(&pr->found, i);

        pr->values[pr->filled[f->place]++] = f->value;
    }
    /* The first element's children are where all of them begin. */
    for (uint32_t i = 0; i < pr->elements.n; i++) {
        const eql_project_element *e = eql_vec_at(&pr->elements, i);

        if (!pr->slots[e->place].children)
            pr->slots[e->place].children = &pr->slots[e->base];
    }
}

static void
add_value(eql_buf *out, const eql_value *v)
{
    char number[32];

    if (v->tag == EQL_STRING)
        eql_buf_add_json(out, eql_value_sv(v));
    else if (v->tag == EQL_INT)
        eql_buf_add(out, number, eql_format_int(v->u.i, number));
    else if (v->tag == EQL_FLOAT)
        eql_buf_add(out, number, eql_format_double(v->u.d, number));
    else
        eql_buf_add_str(out, v->u.b ? "true" : "false");
}

/* A value as the schema has it (language 15.1); inside a composite nobody else
 * would convert it. */
static eql_value
typed(eql_field_type type, const eql_value *v)
{
    if (type == EQL_FIELD_NUMBER)
        return eql_to_number(v);
    return type == EQL_FIELD_BOOLEAN ? eql_to_bool(v) : *v;
}

/* Several values as one array. */
static void
compose(eql_project *pr, uint32_t field)
{
    eql_field_type type = (eql_field_type)pr->program->fields[field].type;
    eql_slot *slot = &pr->slots[field];
    eql_value *first = &pr->values[slot->v - pr->values];
    eql_buf text = {0};

    for (uint32_t i = 0; i < slot->n && pr->left.text > 0; i++) {
        eql_value v = typed(type, &slot->v[i]);

        eql_buf_add_char(&text, i ? ',' : '[');
        add_value(&text, &v);
    }
    eql_buf_add_char(&text, ']');
    *first = keep_text(pr, &text, EQL_ARRAY);
    slot->n = first->tag == EQL_NULL ? 0 : 1;
    eql_buf_free(&text);
}

static void
compose_all(eql_project *pr)
{
    for (uint32_t i = 0; i < pr->program->nfields; i++)
        if (pr->program->fields[i].mode == EQL_MODE_COMPOSITE &&
            pr->slots[i].n > 1)
            compose(pr, i);
}

const eql_slot *
eql_project_run(eql_project *pr, const json_t *event)
{
    reset(pr);
    run_scope(pr, &pr->scopes[0], event);
    run_elements(pr);
    if (pr->failed || !room_for_values(pr, pr->found.n) || !room_for_slots(pr))
        return NULL;
    gather(pr);
    compose_all(pr);
    return pr->failed ? NULL : pr->slots;
}
