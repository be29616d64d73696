/* test_interp_arrays.c -- array functions (language 7.3) on hand-made code.
 *
 * The array is `stack`, its elements have `name` and, as an array again,
 * `sigs`; `host` is the event's. */
#include "tests/support/build_test.h"
#include "tests/support/values.h"
#include "vm/eval/interp.h"
#include "vm/eval/ops.h"

enum { STACK = 2, NAME, SIGS, SIG, HOST, NFIELDS };

/* Leaves, filters and iterators of the program, by number. */
enum {
    SIG_IS_HOST,
    NAME_IS_A,
    HOST_IS_H,
    SIGS_ANY,
    ANY_A,
    COUNT_A_IS_2,
    ANY_HOST,
    ANY_NESTED,
    COUNT_ALL,
    NLEAVES
};

typedef struct {
    eql_program *p;
    eql_interp *it;
    uint32_t filters[NLEAVES]; /* that the leaf of this number holds */
} machine;

static void
add_fields(eql_builder *b)
{
    eql_field_seg name = {.name = eql_builder_str(b, eql_sv_cstr("name"))};
    eql_field_seg sigs = {.name = eql_builder_str(b, eql_sv_cstr("sigs"))};
    eql_field_spec specs[] = {
        {.name = eql_sv_cstr("$f.name"),
         .parent = STACK,
         .segs = &name,
         .nsegs = 1},
        {.name = eql_sv_cstr("$f.sigs"),
         .mode = EQL_MODE_ELEMENTS,
         .parent = STACK,
         .level = 1,
         .segs = &sigs,
         .nsegs = 1},
        {.name = eql_sv_cstr("$s"), .parent = SIGS},
    };

    assert_int_equal(
        eql_builder_path(b, eql_sv_cstr("stack"), EQL_MODE_ELEMENTS), STACK);
    for (uint32_t i = 0; i < EQL_COUNTOF(specs); i++)
        assert_int_equal(eql_builder_field(b, &specs[i]), NAME + i);
    assert_int_equal(eql_builder_path(b, eql_sv_cstr("host"), EQL_MODE_FLAT),
                     HOST);
}

static uint32_t
leaf_of(eql_builder *b, const eql_insn *code, uint32_t n, uint32_t nocc)
{
    return eql_builder_leaf(b, code, n, nocc, 3);
}

/* field == text */
static uint32_t
add_equals(eql_builder *b, uint32_t field, const char *text)
{
    uint32_t k = eql_builder_const(b, eql_value_str(eql_sv_cstr(text)));
    eql_insn code[] = {{EQL_OP_LOAD_FIELD, 0, 0, field},
                       {EQL_OP_EQ_K, 1, 0, k},
                       {EQL_OP_RETURN, 1, 0, 0}};

    return leaf_of(b, code, 3, 1);
}

/* Holds if all of the leaves do. */
static uint32_t
add_all(eql_builder *b, const uint32_t *leaves, uint32_t n)
{
    eql_insn code[6];

    for (uint32_t i = 0; i < n; i++)
        code[i] =
            (eql_insn){EQL_OP_BRANCH_FALSE, 0, (uint16_t)(n - i), leaves[i]};
    code[n] = (eql_insn){EQL_OP_ACCEPT, 0, 0, 0};
    code[n + 1] = (eql_insn){EQL_OP_REJECT, 0, 0, 0};
    return eql_builder_filter(b, code, n + 2);
}

static uint32_t
add_iterator(eql_builder *b, uint32_t field, uint32_t filter)
{
    eql_iterator i = {field, filter};

    return eql_builder_iterator(b, &i);
}

static uint32_t
add_any(eql_builder *b, uint32_t iterator)
{
    eql_insn code[] = {{EQL_OP_ANY_OF, 0, 0, iterator},
                       {EQL_OP_RETURN, 0, 0, 0}};

    return leaf_of(b, code, 2, 0);
}

static uint32_t
add_count(eql_builder *b, uint32_t iterator, int64_t wanted)
{
    uint32_t k = eql_builder_const(b, eql_value_int(wanted));
    eql_insn code[] = {{EQL_OP_COUNT_OF, 0, 0, iterator},
                       {EQL_OP_EQ_K, 1, 0, k},
                       {EQL_OP_RETURN, 1, 0, 0}};

    return leaf_of(b, code, 3, 0);
}

static uint32_t
add_sig_is_host(eql_builder *b)
{
    eql_insn code[] = {{EQL_OP_LOAD_FIELD, 0, 0, SIG},
                       {EQL_OP_LOAD_FIELD, 1, 1, HOST},
                       {EQL_OP_EQ, 2, 0, 1},
                       {EQL_OP_RETURN, 2, 0, 0}};

    return leaf_of(b, code, 4, 2);
}

static machine
start(void)
{
    eql_builder *b = test_builder();
    uint32_t leaves[NLEAVES], a, nested, filter;
    machine m;

    add_fields(b);
    leaves[SIG_IS_HOST] = add_sig_is_host(b);
    leaves[NAME_IS_A] = add_equals(b, NAME, "a");
    leaves[HOST_IS_H] = add_equals(b, HOST, "h");
    filter = add_all(b, &leaves[SIG_IS_HOST], 1);
    leaves[SIGS_ANY] = add_any(b, add_iterator(b, SIGS, filter));
    a = add_iterator(b, STACK, add_all(b, &leaves[NAME_IS_A], 1));
    leaves[ANY_A] = add_any(b, a);
    leaves[COUNT_A_IS_2] = add_count(b, a, 2);
    filter = add_all(b, &leaves[HOST_IS_H], 1);
    leaves[ANY_HOST] = add_any(b, add_iterator(b, STACK, filter));
    filter = add_all(b, (uint32_t[]){leaves[NAME_IS_A], leaves[SIGS_ANY]}, 2);
    nested = add_iterator(b, STACK, filter);
    leaves[ANY_NESTED] = add_any(b, nested);
    filter = add_all(b, NULL, 0);
    leaves[COUNT_ALL] = add_count(b, add_iterator(b, STACK, filter), 0);
    for (uint32_t i = 0; i < NLEAVES; i++)
        m.filters[i] = i == SIG_IS_HOST || i == NAME_IS_A || i == SIGS_ANY
                           ? EQL_NONE
                           : add_all(b, &leaves[i], 1);
    m.p = test_built(b);
    m.it = eql_interp_new(m.p);
    assert_non_null(m.it);
    return m;
}

static void
stop(machine *m)
{
    eql_interp_free(m->it);
    eql_program_free(m->p);
}

/* An event of up to four elements "name:sig,sig", by letters. */
typedef struct {
    eql_value elements[4], names[4], sigs[4][4];
    eql_slot children[4][2], inner[4][4];
    eql_value host;
    eql_slot slots[NFIELDS];
} event;

static eql_value
letter(const char *at)
{
    return eql_value_str(eql_sv(at, 1));
}

/* "a:x,y b" and the host's letter; NULL: no array. */
static void
make_event(event *e, const char *text, const char *host)
{
    uint32_t n = 0;

    memset(e, 0, sizeof *e);
    for (const char *s = text; s && *s; s++) {
        uint32_t sigs = 0;

        if (*s == ' ')
            continue;
        e->elements[n] = (eql_value){.tag = EQL_OBJECT, .u.s = ""};
        e->names[n] = letter(s);
        while (s[1] == ':' || s[1] == ',') {
            e->sigs[n][sigs] = letter(s + 2);
            e->inner[n][sigs] = (eql_slot){&e->sigs[n][sigs], 1, NULL};
            sigs++;
            s += 2;
        }
        e->children[n][0] = (eql_slot){&e->names[n], 1, NULL};
        e->children[n][1] = (eql_slot){e->sigs[n], sigs, e->inner[n]};
        n++;
    }
    e->slots[STACK] = (eql_slot){e->elements, n, &e->children[0][0]};
    e->host = letter(host);
    e->slots[HOST] = (eql_slot){&e->host, 1, NULL};
}

static bool
holds(machine *m, const event *e, uint32_t leaf)
{
    eql_event ev = {.slots = e->slots};

    eql_interp_begin(m->it, &ev);
    return eql_interp_filter(m->it, m->filters[leaf]);
}

static void
test_arrays_search_and_count(void **state)
{
    static const struct {
        const char *array, *host;
        uint32_t leaf;
        bool holds;
    } cases[] = {
        {"a", "h", ANY_A, true},
        {"b a", "h", ANY_A, true},
        {"b c", "h", ANY_A, false},
        {NULL, "h", ANY_A, false},
        {"a a", "h", COUNT_A_IS_2, true},
        {"a b a", "h", COUNT_A_IS_2, true},
        {"a b", "h", COUNT_A_IS_2, false},
        {"a a a", "h", COUNT_A_IS_2, false},
        {NULL, "h", COUNT_ALL, true},
        {"x", "h", COUNT_ALL, false},
        {"x", "h", ANY_HOST, true}, /* the event's own field */
        {"x", "i", ANY_HOST, false},
        {NULL, "h", ANY_HOST, false},
        {"a:x,h", "h", ANY_NESTED, true},
        {"a:x b:h", "h", ANY_NESTED, false}, /* not of the same element */
        {"b:h a:x a:y,h", "h", ANY_NESTED, true},
        {"a", "h", ANY_NESTED, false},
    };
    machine m = start();
    event e;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        make_event(&e, cases[i].array, cases[i].host);
        if (holds(&m, &e, cases[i].leaf) != cases[i].holds)
            fail_msg("\"%s\", leaf %u: wrong verdict",
                     cases[i].array ? cases[i].array : "-", cases[i].leaf);
    }
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_combinations_capped,
                     0);
    stop(&m);
}

/* A leaf of the body that reads no variable is evaluated once per event, the
 * others once per element. */
static void
test_arrays_remember_what_no_variable_changes(void **state)
{
    machine m = start();
    event e;

    (void)state;
    make_event(&e, "a b c d", "i");
    assert_false(holds(&m, &e, ANY_HOST));
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_evaluations, 2);
    make_event(&e, "b c d e", "i");
    assert_false(holds(&m, &e, ANY_A));
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_evaluations, 2 + 5);
    stop(&m);
}

/* ANY_A over n elements is 1 run of its own, and 2 per element: the element
 * itself and the leaf of the body. */
static void
test_arrays_work_is_bounded(void **state)
{
    machine m = start();
    event e;

    (void)state;
    make_event(&e, "b c a", "h");
    eql_interp_limit_runs(m.it, 7);
    assert_true(holds(&m, &e, ANY_A));
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_combinations_capped,
                     0);
    eql_interp_limit_runs(m.it, 6);
    assert_false(holds(&m, &e, ANY_A));
    assert_true(eql_interp_get_counters(m.it)->leaf_combinations_capped > 0);
    /* Whatever is asked of this event now is false, of the next it is not. */
    assert_false(eql_interp_filter(m.it, m.filters[HOST_IS_H]));
    assert_true(holds(&m, &e, HOST_IS_H));
    stop(&m);
}

/* The cap itself: so many elements in an array function that loops over them
 * once for each of its own. */
static void
test_arrays_work_cap(void **state)
{
    static const uint32_t n = EQL_MAX_LEAF_RUNS - 1;
    eql_value *v = calloc((size_t)n + 1, sizeof *v);
    machine m = start();
    event e;

    (void)state;
    assert_non_null(v);
    for (uint32_t i = 0; i <= n; i++)
        v[i] = eql_value_int(i);
    make_event(&e, NULL, "h");
    e.slots[STACK] = (eql_slot){v, n, NULL};
    assert_false(holds(&m, &e, COUNT_ALL)); /* they are not 0 */
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_combinations_capped,
                     0);
    e.slots[STACK].n++;
    assert_false(holds(&m, &e, COUNT_ALL));
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_combinations_capped,
                     1);
    stop(&m);
    free(v);
}

/* --- arrayContains --- */

/* array == one of HOST and the literals */
static char
contains(const eql_dialect *d, bool fold, eql_slot array, eql_value host,
         const eql_value literals[2])
{
    eql_builder *b = test_builder_of(d);
    eql_insn code[] = {
        {EQL_OP_LOAD_FIELD, 0, 0, 3}, {EQL_OP_LOAD_CONST, 1, 0, 0},
        {EQL_OP_LOAD_CONST, 2, 0, 0}, {EQL_OP_ARRAY_HAS, 0, 3, 2},
        {EQL_OP_RETURN, 0, 0, 0},     {0}};
    eql_insn is_null[] = {{EQL_OP_IS_NULL, 0, 0, 0}, {EQL_OP_RETURN, 0, 0, 0}};
    uint32_t leaf[2], filter[2];
    eql_slot slots[4] = {
        [2] = array, [3] = {&host, host.tag != EQL_NULL, NULL}};
    eql_event ev = {.slots = slots};
    eql_program *p;
    eql_interp *it;
    char out;

    eql_builder_path(b, eql_sv_cstr("array"), EQL_MODE_ELEMENTS);
    eql_builder_path(b, eql_sv_cstr("host"), EQL_MODE_FLAT);
    code[1].c = eql_builder_const(b, literals[0]);
    code[2].c = eql_builder_const(b, literals[1]);
    code[3].b = fold ? 3 | EQL_CALL_FOLD : 3;
    leaf[0] = eql_builder_leaf(b, code, 5, 1, 3);
    memcpy(code + 4, is_null, sizeof is_null);
    leaf[1] = eql_builder_leaf(b, code, 6, 1, 3);
    filter[0] = add_all(b, &leaf[0], 1);
    filter[1] = add_all(b, &leaf[1], 1);
    p = test_built(b);
    it = eql_interp_new(p);
    eql_interp_begin(it, &ev);
    out = eql_interp_filter(it, filter[0])   ? 'T'
          : eql_interp_filter(it, filter[1]) ? 'N'
                                             : 'F';
    eql_interp_free(it);
    eql_program_free(p);
    return out;
}

static void
test_arrays_contain(void **state)
{
    static const eql_value array[] = {
        STR("x"), STR("Y"),  STR("5"),
        INT(7),   BOO(true), {.tag = EQL_OBJECT, .u = {.s = ""}}};
    static const struct {
        const char *label;
        uint32_t n;
        bool fold, endgame;
        eql_value host, literals[2];
        char wanted;
    } cases[] = {
        {"computed", 6, false, false, STR("x"), {STR("q"), STR("r")}, 'T'},
        {"literal", 6, false, false, STR("q"), {STR("Y"), STR("r")}, 'T'},
        {"none", 6, false, false, STR("q"), {STR("y"), STR("r")}, 'F'},
        {"folded", 6, true, false, STR("q"), {STR("y"), STR("r")}, 'T'},
        {"computed, folded", 6, true, false, STR("y"), {INT(1), INT(2)}, 'T'},
        {"endgame", 6, false, true, STR("q"), {STR("y"), STR("r")}, 'T'},
        {"literal as text", 6, false, false, STR("q"), {INT(5), INT(6)}, 'T'},
        {"literal as number",
         6,
         false,
         false,
         STR("q"),
         {STR("7"), INT(6)},
         'T'},
        {"no coercion", 6, false, true, STR("q"), {STR("7"), INT(5)}, 'F'},
        {"computed: none", 6, false, false, STR("7"), {INT(1), INT(2)}, 'F'},
        {"boolean", 6, false, false, BOO(true), {INT(1), INT(2)}, 'T'},
        {"null value", 6, false, false, NUL, {STR("x"), STR("x")}, 'N'},
        {"no array", 0, false, false, STR("x"), {STR("x"), STR("x")}, 'N'},
        {"one element", 1, false, false, STR("Y"), {STR("x"), INT(1)}, 'T'},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = eql_dialect_preset(
            cases[i].endgame ? EQL_DIALECT_ENDGAME : EQL_DIALECT_ELASTIC);
        char got =
            contains(&d, cases[i].fold, (eql_slot){array, cases[i].n, NULL},
                     cases[i].host, cases[i].literals);

        if (got != cases[i].wanted)
            fail_msg("%s: %c", cases[i].label, got);
    }
}

/* Elements of the schema's types (language 15.1), against one literal. */
static bool
contains_typed(eql_field_type type, eql_value element, eql_value literal)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_containing c = {{.coerce = true}, &d, type};
    eql_literal k = eql_literal_of(literal);

    return eql_op_has_element(&c, &element, 1, &literal, &k);
}

static void
test_arrays_contain_what_their_type_says(void **state)
{
    static const struct {
        eql_field_type type;
        eql_value element, literal;
        bool holds;
    } cases[] = {
        {EQL_FIELD_IP, STR("::1"), STR("0:0:0:0:0:0:0:1"), true},
        {EQL_FIELD_ANY, STR("::1"), STR("0:0:0:0:0:0:0:1"), false},
        {EQL_FIELD_IP, STR("x"), STR("x"), false},
        {EQL_FIELD_NUMBER, STR("0443"), INT(443), true},
        {EQL_FIELD_ANY, STR("0443"), INT(443), false},
        {EQL_FIELD_NUMBER, STR("443"), STR("443.0"), true},
        {EQL_FIELD_BOOLEAN, STR("true"), BOO(true), true},
        {EQL_FIELD_DATE, STR("1970-01-01T00:00:01Z"),
         STR("1970-01-01T01:00:01+01:00"), true},
        {EQL_FIELD_DATE, STR("x"), STR("x"), false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (contains_typed(cases[i].type, cases[i].element, cases[i].literal) !=
            cases[i].holds)
            fail_msg("case %zu", i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays_search_and_count),
        cmocka_unit_test(test_arrays_remember_what_no_variable_changes),
        cmocka_unit_test(test_arrays_work_is_bounded),
        cmocka_unit_test(test_arrays_work_cap),
        cmocka_unit_test(test_arrays_contain),
        cmocka_unit_test(test_arrays_contain_what_their_type_says),
    };

    return cmocka_run_group_tests_name("interp_arrays", tests, NULL, NULL);
}
