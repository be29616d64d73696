/* test_interp.c -- the tables of language 4.2 and 4.3 on hand-made code.
 *
 * Leaves are put together here instruction by instruction, so that a wrong
 * verdict is the interpreter's and not the compiler's. */
#include "tests/support/build_test.h"
#include "tests/support/values.h"
#include "vm/eval/interp.h"

enum { F = 2, G = 3, NFIELDS = 4 }; /* the fields of these programs */

/* One elementary predicate over field F. */
typedef enum {
    NONE,
    EQ,
    LT,
    LE,
    GT,
    GE,
    IS_NULL,
    IN,
    IN_FOLD,
    LIKE,
    LIKE_FOLD, /* as `:` */
    LIKE_CI,   /* like~ */
    CIDR,
    EQ_G,      /* F == G */
    LT_SELF,   /* F < F, two occurrences */
    EQ_SELF,   /* F == F */
    GT_IS_NULL /* (F > item) == null */
} test_kind;

typedef struct {
    test_kind kind;
    bool negated;
    eql_value items[3]; /* the literal, or those of a list up to the null */
} predicate;

typedef struct {
    eql_program *p;
    eql_interp *it;
} machine;

/* --- programs --- */

static eql_builder *
new_builder(void)
{
    eql_builder *b = test_builder();

    assert_int_equal(eql_builder_path(b, eql_sv_cstr("f"), EQL_MODE_FLAT), F);
    assert_int_equal(eql_builder_path(b, eql_sv_cstr("g"), EQL_MODE_FLAT), G);
    return b;
}

static machine
start(eql_builder *b)
{
    machine m = {.p = test_built(b)};

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

static uint32_t
add_list(eql_builder *b, eql_const_kind kind, uint32_t flags,
         const eql_value *items)
{
    uint32_t k[3], n = 0;

    for (; n < 3 && items[n].tag != EQL_NULL; n++)
        k[n] = eql_builder_const(b, items[n]);
    return eql_builder_const_list(b, kind, flags, k, n);
}

/* The constant that a predicate compares with. */
static uint32_t
add_operand(eql_builder *b, const predicate *t)
{
    switch (t->kind) {
    case IN: return add_list(b, EQL_CONST_SET, 0, t->items);
    case IN_FOLD: return add_list(b, EQL_CONST_SET, EQL_CONST_FOLD, t->items);
    case LIKE:
        return add_list(b, EQL_CONST_PATTERNS, EQL_CONST_TEXT_ONLY, t->items);
    case LIKE_CI:
        return add_list(b, EQL_CONST_PATTERNS,
                        EQL_CONST_FOLD | EQL_CONST_TEXT_ONLY, t->items);
    case LIKE_FOLD:
        return add_list(b, EQL_CONST_PATTERNS, EQL_CONST_FOLD, t->items);
    case CIDR: return add_list(b, EQL_CONST_NETWORKS, 0, t->items);
    default: return eql_builder_const(b, t->items[0]);
    }
}

static uint8_t
opcode_of(test_kind kind)
{
    static const uint8_t opcodes[] = {
        [EQ] = EQL_OP_EQ_K,        [LT] = EQL_OP_LT_K,
        [LE] = EQL_OP_LE_K,        [GT] = EQL_OP_GT_K,
        [GE] = EQL_OP_GE_K,        [IN] = EQL_OP_IN,
        [IN_FOLD] = EQL_OP_IN,     [LIKE] = EQL_OP_LIKE,
        [LIKE_FOLD] = EQL_OP_LIKE, [LIKE_CI] = EQL_OP_LIKE,
        [CIDR] = EQL_OP_CIDR,      [EQ_G] = EQL_OP_EQ,
        [LT_SELF] = EQL_OP_LT,     [EQ_SELF] = EQL_OP_EQ,
        [GT_IS_NULL] = EQL_OP_GT_K};

    return opcodes[kind];
}

static uint32_t
add_leaf(eql_builder *b, const predicate *t)
{
    uint8_t op = opcode_of(t->kind);
    eql_insn code[4] = {{EQL_OP_LOAD_FIELD, 0, 0, F}};

    switch (t->kind) {
    case IS_NULL:
        code[1] = (eql_insn){EQL_OP_IS_NULL, 1, 0, 0};
        code[2] = (eql_insn){EQL_OP_RETURN, 1, 0, 0};
        return eql_builder_leaf(b, code, 3, 1, 2);
    case EQ_G:
    case LT_SELF:
    case EQ_SELF:
        code[1] = (eql_insn){EQL_OP_LOAD_FIELD, 1, 1,
                             t->kind == EQ_G ? (uint32_t)G : (uint32_t)F};
        code[2] = (eql_insn){op, 2, 0, 1};
        code[3] = (eql_insn){EQL_OP_RETURN, 2, 0, 0};
        return eql_builder_leaf(b, code, 4, 2, 3);
    case GT_IS_NULL:
        code[1] = (eql_insn){op, 1, 0, add_operand(b, t)};
        code[2] = (eql_insn){EQL_OP_IS_NULL, 0, 1, 0};
        code[3] = (eql_insn){EQL_OP_RETURN, 0, 0, 0};
        return eql_builder_leaf(b, code, 4, 1, 2);
    default:
        code[1] = (eql_insn){op, 1, 0, add_operand(b, t)};
        code[2] = (eql_insn){EQL_OP_RETURN, 1, 0, 0};
        return eql_builder_leaf(b, code, 3, 1, 2);
    }
}

/* tests[0] and tests[1], as far as there are any. */
static uint32_t
add_filter(eql_builder *b, const predicate tests[2])
{
    eql_insn code[4];
    uint32_t n = 0, total = tests[1].kind == NONE ? 1 : 2;

    for (uint32_t i = 0; i < total; i++) {
        uint8_t op =
            tests[i].negated ? EQL_OP_BRANCH_TRUE : EQL_OP_BRANCH_FALSE;

        code[n] =
            (eql_insn){op, 0, (uint16_t)(total - i), add_leaf(b, &tests[i])};
        n++;
    }
    code[n++] = (eql_insn){EQL_OP_ACCEPT, 0, 0, 0};
    code[n++] = (eql_insn){EQL_OP_REJECT, 0, 0, 0};
    return eql_builder_filter(b, code, n);
}

static bool
run(machine *m, uint32_t filter, eql_slot f, eql_slot g)
{
    eql_slot slots[NFIELDS] = {[F] = f, [G] = g};
    eql_event ev = {.slots = slots};

    eql_interp_begin(m->it, &ev);
    return eql_interp_filter(m->it, filter);
}

static bool
holds(const predicate tests[2], eql_slot f, eql_slot g)
{
    eql_builder *b = new_builder();
    uint32_t filter = add_filter(b, tests);
    machine m = start(b);
    bool verdict = run(&m, filter, f, g);

    stop(&m);
    return verdict;
}

/* --- filters (language 4.3) --- */

#define A STR("a")
#define B STR("b")

static void
test_interp_missing_and_many(void **state)
{
    static const eql_value a[] = {A}, ab[] = {A, B}, b[] = {B};
    static const eql_slot slots[4] = {
        {0}, {a, 1, NULL}, {ab, 2, NULL}, {b, 1, NULL}};
    /* missing, "a", ["a", "b"], "b" */
    static const struct {
        const char *label;
        predicate tests[2];
        bool verdicts[4];
    } cases[] = {
        {"f == a", {{EQ, false, {A}}}, {0, 1, 1, 0}},
        {"f != a", {{EQ, true, {A}}}, {1, 0, 0, 1}},
        {"f == a and f == b",
         {{EQ, false, {A}}, {EQ, false, {B}}},
         {0, 0, 1, 0}},
        {"f : (a*, c*)",
         {{LIKE_FOLD, false, {STR("a*"), STR("c*")}}},
         {0, 1, 1, 0}},
        {"not f : a*", {{LIKE_FOLD, true, {STR("a*")}}}, {1, 0, 0, 1}},
        {"f in (a, c)", {{IN, false, {A, STR("c")}}}, {0, 1, 1, 0}},
        {"f not in (a, c)", {{IN, true, {A, STR("c")}}}, {1, 0, 0, 1}},
        {"f == null", {{IS_NULL, false, {NUL}}}, {1, 0, 0, 0}},
        {"f != null", {{IS_NULL, true, {NUL}}}, {0, 1, 1, 1}},
        {"f != null and f != a",
         {{IS_NULL, true, {NUL}}, {EQ, true, {A}}},
         {0, 0, 0, 1}},
        {"f == f", {{EQ_SELF, false, {NUL}}}, {0, 1, 1, 1}},
        {"f != f", {{EQ_SELF, true, {NUL}}}, {1, 0, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        for (size_t j = 0; j < 4; j++) {
            if (holds(cases[i].tests, slots[j], slots[0]) !=
                cases[i].verdicts[j])
                fail_msg("%s: wrong on value %zu", cases[i].label, j);
        }
    }
}

static void
test_interp_missing_of_other_types(void **state)
{
    static const struct {
        const char *label;
        predicate tests[2];
        bool verdict;
    } cases[] = {
        {"n > 5", {{GT, false, {INT(5)}}}, false},
        {"not n > 5", {{GT, true, {INT(5)}}}, true},
        {"n <= 5", {{LE, false, {INT(5)}}}, false},
        {"ok == false", {{EQ, false, {BOO(false)}}}, false},
        {"ok != true", {{EQ, true, {BOO(true)}}}, true},
        {"not ok", {{EQ, true, {BOO(true)}}}, true},
        {"cidrMatch(ip, ..) == false",
         {{CIDR, true, {STR("10.0.0.0/8")}}},
         true},
        {"(n > 5) == null", {{GT_IS_NULL, false, {INT(5)}}}, true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (holds(cases[i].tests, (eql_slot){0}, (eql_slot){0}) !=
            cases[i].verdict)
            fail_msg("%s: wrong verdict", cases[i].label);
    }
}

static void
test_interp_leaves_choose_elements_apart(void **state)
{
    static const eql_value pid[] = {INT(90), INT(150), INT(250)};
    static const eql_value low[] = {INT(1), INT(2)};
    static const eql_value high[] = {INT(2), INT(3)};
    static const eql_value other[] = {INT(7)};
    static const struct {
        const char *label;
        predicate tests[2];
        eql_slot f, g;
        bool verdict;
    } cases[] = {
        {"pid > 100 and pid < 120",
         {{GT, false, {INT(100)}}, {LT, false, {INT(120)}}},
         {pid, 3, NULL},
         {0},
         true},
        {"not pid > 100", {{GT, true, {INT(100)}}}, {pid, 3, NULL}, {0}, false},
        {"pid < pid", {{LT_SELF, false, {NUL}}}, {pid, 3, NULL}, {0}, true},
        {"one pid < pid",
         {{LT_SELF, false, {NUL}}},
         {pid, 1, NULL},
         {0},
         false},
        {"a == b, common",
         {{EQ_G, false, {NUL}}},
         {low, 2, NULL},
         {high, 2, NULL},
         true},
        {"a == b, none",
         {{EQ_G, false, {NUL}}},
         {low, 2, NULL},
         {other, 1, NULL},
         false},
        {"a == b, one missing",
         {{EQ_G, false, {NUL}}},
         {low, 2, NULL},
         {0},
         false},
        {"a != b, one missing",
         {{EQ_G, true, {NUL}}},
         {low, 2, NULL},
         {0},
         true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (holds(cases[i].tests, cases[i].f, cases[i].g) != cases[i].verdict)
            fail_msg("%s: wrong verdict", cases[i].label);
    }
}

/* An event with all kinds of values, and conditions that these instructions
 * can say. */
static void
test_interp_conformance_vectors(void **state)
{
    static const eql_value n[] = {INT(5)}, s[] = {STR("Foo.EXE")};
    static const eql_value a[] = {STR("x"), STR("Y")}, no[] = {BOO(false)};
    static const eql_value ip[] = {STR("10.1.2.3")};
    static const eql_value ok[] = {STR("1"), INT(2)};
    static const struct {
        const char *label;
        eql_slot f;
        predicate tests[2];
        bool verdict;
    } cases[] = {
        {"s == foo.exe", {s, 1, NULL}, {{EQ, false, {STR("foo.exe")}}}, false},
        {"s : foo.exe",
         {s, 1, NULL},
         {{LIKE_FOLD, false, {STR("foo.exe")}}},
         true},
        {"s : *.exe", {s, 1, NULL}, {{LIKE_FOLD, false, {STR("*.exe")}}}, true},
        {"s like *.exe", {s, 1, NULL}, {{LIKE, false, {STR("*.exe")}}}, false},
        {"s == Foo.*", {s, 1, NULL}, {{EQ, false, {STR("Foo.*")}}}, false},
        {"s : foo?exe",
         {s, 1, NULL},
         {{LIKE_FOLD, false, {STR("foo?exe")}}},
         true},
        {"a == x and a == Y",
         {a, 2, NULL},
         {{EQ, false, {STR("x")}}, {EQ, false, {STR("Y")}}},
         true},
        {"a != x", {a, 2, NULL}, {{EQ, true, {STR("x")}}}, false},
        {"not a : z*", {a, 2, NULL}, {{LIKE_FOLD, true, {STR("z*")}}}, true},
        {"a in~ (y)", {a, 2, NULL}, {{IN_FOLD, false, {STR("y")}}}, true},
        {"a in (y)", {a, 2, NULL}, {{IN, false, {STR("y")}}}, false},
        {"b == false", {no, 1, NULL}, {{EQ, false, {BOO(false)}}}, true},
        {"not b", {no, 1, NULL}, {{EQ, true, {BOO(true)}}}, true},
        {"e == null", {0}, {{IS_NULL, false, {NUL}}}, true},
        {"e != q", {0}, {{EQ, true, {STR("q")}}}, true},
        {"o.k == \"1\"", {ok, 2, NULL}, {{EQ, false, {STR("1")}}}, true},
        {"o.k == 1", {ok, 2, NULL}, {{EQ, false, {INT(1)}}}, true},
        {"n == \"5\"", {n, 1, NULL}, {{EQ, false, {STR("5")}}}, true},
        {"n in (1, 5)", {n, 1, NULL}, {{IN, false, {INT(1), INT(5)}}}, true},
        {"n : 5*", {n, 1, NULL}, {{LIKE_FOLD, false, {STR("5*")}}}, true},
        {"n like 5*", {n, 1, NULL}, {{LIKE, false, {STR("5*")}}}, false},
        {"n like~ *", {n, 1, NULL}, {{LIKE_CI, false, {STR("*")}}}, false},
        {"s like~ *.exe",
         {s, 1, NULL},
         {{LIKE_CI, false, {STR("*.exe")}}},
         true},
        {"b : false",
         {no, 1, NULL},
         {{LIKE_FOLD, false, {STR("false")}}},
         false},
        {"n >= 5", {n, 1, NULL}, {{GE, false, {INT(5)}}}, true},
        {"n <= 5", {n, 1, NULL}, {{LE, false, {INT(5)}}}, true},
        {"n < 5", {n, 1, NULL}, {{LT, false, {INT(5)}}}, false},
        {"n > 5", {n, 1, NULL}, {{GT, false, {INT(5)}}}, false},
        {"cidrMatch(ip, ..)",
         {ip, 1, NULL},
         {{CIDR, false, {STR("10.0.0.0/8")}}},
         true},
        {"cidrMatch(s, ..)",
         {s, 1, NULL},
         {{CIDR, false, {STR("::/0")}}},
         false},
        {"cidrMatch(n, ..)",
         {n, 1, NULL},
         {{CIDR, false, {STR("::/0")}}},
         false},
        {"not cidrMatch(zz, ..)",
         {0},
         {{CIDR, true, {STR("10.0.0.0/8")}}},
         true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (holds(cases[i].tests, cases[i].f, (eql_slot){0}) !=
            cases[i].verdict)
            fail_msg("%s: wrong verdict", cases[i].label);
    }
}

/* --- values (language 4.2) --- */

/* r[1] = op(x, y), x and y being fields F and G: what is it? */
static char
value_of(uint8_t op, bool binary, eql_value x, eql_value y)
{
    static const eql_insn tails[3][2] = {
        {{EQL_OP_RETURN, 2, 0, 0}, {0}},
        {{EQL_OP_NOT, 2, 2, 0}, {EQL_OP_RETURN, 2, 0, 0}},
        {{EQL_OP_IS_NULL, 2, 2, 0}, {EQL_OP_RETURN, 2, 0, 0}}};
    eql_slot f = {&x, x.tag != EQL_NULL, NULL};
    eql_slot g = {&y, y.tag != EQL_NULL, NULL};
    char found = '?';

    for (uint32_t i = 0; i < 3; i++) {
        eql_insn code[5] = {{EQL_OP_LOAD_FIELD, 0, 0, F},
                            {EQL_OP_LOAD_FIELD, 1, 1, G},
                            {op, 2, 0, binary ? 1 : 0},
                            tails[i][0],
                            tails[i][1]};
        eql_insn filter[3] = {{EQL_OP_BRANCH_FALSE, 0, 1, 0},
                              {EQL_OP_ACCEPT, 0, 0, 0},
                              {EQL_OP_REJECT, 0, 0, 0}};
        eql_builder *b = new_builder();
        machine m;

        eql_builder_leaf(b, code, i == 0 ? 4 : 5, 2, 3);
        eql_builder_filter(b, filter, 3);
        m = start(b);
        if (run(&m, 0, f, g))
            found = "TFN"[i];
        stop(&m);
    }
    return found;
}

static void
expect_result(const char *label, uint8_t op, bool binary, eql_value x,
              eql_value y, char wanted)
{
    char got = value_of(op, binary, x, y);

    if (got != wanted)
        fail_msg("%s: %c, wanted %c", label, got, wanted);
}

static void
test_interp_kleene_tables(void **state)
{
    static const eql_value v[3] = {BOO(true), BOO(false), NUL};
    static const char *const and_rows[3] = {"TFN", "FFF", "NFN"};
    static const char *const or_rows[3] = {"TTT", "TFN", "TNN"};
    static const char *const not_row = "FTN";

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        expect_result("not", EQL_OP_NOT, false, v[i], v[0], not_row[i]);
        for (size_t j = 0; j < 3; j++) {
            expect_result("and", EQL_OP_AND, true, v[i], v[j], and_rows[i][j]);
            expect_result("or", EQL_OP_OR, true, v[i], v[j], or_rows[i][j]);
            expect_result("in, or", EQL_OP_IN_OR, true, v[i], v[j],
                          or_rows[i][j]);
        }
    }
}

static void
test_interp_instructions_on_odd_types(void **state)
{
    static const struct {
        const char *label;
        uint8_t op;
        bool binary;
        eql_value x, y;
        char wanted;
    } cases[] = {
        {"not string", EQL_OP_NOT, false, STR("true"), NUL, 'N'},
        {"false and string", EQL_OP_AND, true, BOO(false), STR("x"), 'F'},
        {"true and string", EQL_OP_AND, true, BOO(true), STR("x"), 'N'},
        {"string or true", EQL_OP_OR, true, STR("x"), BOO(true), 'T'},
        {"1 == \"1\"", EQL_OP_EQ, true, INT(1), STR("1"), 'N'},
        {"1 == 1.0", EQL_OP_EQ, true, INT(1), FLT(1.0), 'T'},
        {"1 < null", EQL_OP_LT, true, INT(1), NUL, 'N'},
        {"true < false", EQL_OP_LT, true, BOO(true), BOO(false), 'N'},
        {"1 <= 1", EQL_OP_LE, true, INT(1), INT(1), 'T'},
        {"2 <= 1", EQL_OP_LE, true, INT(2), INT(1), 'F'},
        {"1 < 1", EQL_OP_LT, true, INT(1), INT(1), 'F'},
        {"element of another type", EQL_OP_IN_EQ, true, INT(1), STR("1"), 'F'},
        {"element is null", EQL_OP_IN_EQ, true, INT(1), NUL, 'N'},
        {"null is no element", EQL_OP_IN_EQ, true, NUL, INT(1), 'N'},
        {"an element", EQL_OP_IN_EQ, true, INT(1), FLT(1.0), 'T'},
        {"null is null", EQL_OP_IS_NULL, false, NUL, NUL, 'T'},
        {"false is no null", EQL_OP_IS_NULL, false, BOO(false), NUL, 'F'},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        expect_result(cases[i].label, cases[i].op, cases[i].binary, cases[i].x,
                      cases[i].y, cases[i].wanted);
}

static void
test_interp_addresses_compare_as_bytes(void **state)
{
    static const struct {
        const char *label;
        uint8_t op;
        eql_value x, y;
        bool verdict;
    } cases[] = {
        {"same", EQL_OP_EQ, STR("::1"), STR("0:0:0:0:0:0:0:1"), true},
        {"mapped", EQL_OP_EQ, STR("::ffff:1.2.3.4"), STR("1.2.3.4"), true},
        {"numeric order", EQL_OP_LT, STR("9.0.0.1"), STR("10.0.0.1"), true},
        {"not below", EQL_OP_LT, STR("10.0.0.1"), STR("9.0.0.1"), false},
        {"no address", EQL_OP_EQ, STR("host"), STR("host"), false},
        {"a number", EQL_OP_EQ, INT(1), INT(1), false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_insn code[6] = {{EQL_OP_LOAD_FIELD, 0, 0, F},
                            {EQL_OP_LOAD_FIELD, 1, 1, G},
                            {EQL_OP_TO_IP, 2, 0, 0},
                            {EQL_OP_TO_IP, 1, 1, 0}, /* in place */
                            {cases[i].op, 0, 2, 1},
                            {EQL_OP_RETURN, 0, 0, 0}};
        eql_insn filter[3] = {{EQL_OP_BRANCH_FALSE, 0, 1, 0},
                              {EQL_OP_ACCEPT, 0, 0, 0},
                              {EQL_OP_REJECT, 0, 0, 0}};
        eql_builder *b = new_builder();
        machine m;

        eql_builder_leaf(b, code, 6, 2, 3);
        eql_builder_filter(b, filter, 3);
        m = start(b);
        if (run(&m, 0, (eql_slot){&cases[i].x, 1, NULL},
                (eql_slot){&cases[i].y, 1, NULL}) != cases[i].verdict)
            fail_msg("%s: wrong verdict", cases[i].label);
        stop(&m);
    }
}

/* --- bounds and memory of verdicts --- */

static void
test_interp_caps_combinations(void **state)
{
    static const predicate tests[2] = {{EQ_G, false, {NUL}}};
    eql_value x[257], y[256];
    eql_builder *b = new_builder();
    uint32_t filter = add_filter(b, tests);
    machine m = start(b);

    (void)state;
    for (int i = 0; i < 257; i++)
        x[i] = (eql_value)INT(i);
    for (int i = 0; i < 256; i++)
        y[i] = (eql_value)INT(-i - 1);
    /* 256 * 256 is the cap: the very last pair is still tried. */
    y[255] = x[255];
    assert_true(
        run(&m, filter, (eql_slot){x, 256, NULL}, (eql_slot){y, 256, NULL}));
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_combinations_capped,
                     0);
    y[0] = x[0]; /* would hold at once */
    assert_false(
        run(&m, filter, (eql_slot){x, 257, NULL}, (eql_slot){y, 256, NULL}));
    assert_int_equal(eql_interp_get_counters(m.it)->leaf_combinations_capped,
                     1);
    stop(&m);
}

static void
test_interp_evaluates_a_leaf_once_per_event(void **state)
{
    static const predicate plain[2] = {{EQ, false, {A}}};
    static const predicate negated[2] = {{EQ, true, {A}}};
    static const eql_value a[] = {A}, b[] = {B};
    eql_builder *builder = new_builder();
    uint32_t holds_a = add_filter(builder, plain);
    uint32_t holds_not = add_filter(builder, negated);
    machine m = start(builder);
    eql_slot slots[NFIELDS] = {[F] = {a, 1, NULL}};
    eql_event ev = {.slots = slots};

    (void)state;
    for (int i = 0; i < 3; i++) {
        eql_interp_begin(m.it, &ev);
        slots[F].v = i % 2 ? b : a;
        assert_int_equal(eql_interp_filter(m.it, holds_a), i % 2 == 0);
        assert_int_equal(eql_interp_filter(m.it, holds_not), i % 2 != 0);
        assert_int_equal(eql_interp_filter(m.it, holds_a), i % 2 == 0);
        assert_int_equal(eql_interp_get_counters(m.it)->leaf_evaluations,
                         i + 1);
    }
    assert_false(eql_interp_failed(m.it));
    stop(&m);
}

/* Folding remembers its last text by address: not across events. */
static void
test_interp_text_may_change_in_place(void **state)
{
    static const predicate tests[2] = {{LIKE_FOLD, false, {STR("abc")}}};
    char text[] = "ABC";
    eql_value v = eql_value_str(eql_sv_cstr(text));
    eql_builder *b = new_builder();
    uint32_t filter = add_filter(b, tests);
    machine m = start(b);

    (void)state;
    assert_true(run(&m, filter, (eql_slot){&v, 1, NULL}, (eql_slot){0}));
    text[0] = 'X';
    assert_false(run(&m, filter, (eql_slot){&v, 1, NULL}, (eql_slot){0}));
    stop(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interp_missing_and_many),
        cmocka_unit_test(test_interp_missing_of_other_types),
        cmocka_unit_test(test_interp_leaves_choose_elements_apart),
        cmocka_unit_test(test_interp_conformance_vectors),
        cmocka_unit_test(test_interp_kleene_tables),
        cmocka_unit_test(test_interp_instructions_on_odd_types),
        cmocka_unit_test(test_interp_addresses_compare_as_bytes),
        cmocka_unit_test(test_interp_caps_combinations),
        cmocka_unit_test(test_interp_evaluates_a_leaf_once_per_event),
        cmocka_unit_test(test_interp_text_may_change_in_place),
    };

    return cmocka_run_group_tests_name("interp", tests, NULL, NULL);
}
