/* test_project.c -- paths on events: every rule of language 2.5. */
#include "tests/support/paths.h"

#include "io/json/project.h"

typedef struct {
    const char *path, *event, *values;
} path_case;

static void
check(const path_case *c, eql_project *pr, uint32_t field)
{
    json_t *event = json_loads(c->event, JSON_ALLOW_NUL, NULL);
    const eql_slot *slots;
    char text[512];

    if (!event)
        fail_msg("no JSON: %s", c->event);
    slots = eql_project_run(pr, event);
    assert_non_null(slots);
    test_slot_text(&slots[field], text, sizeof text);
    if (strcmp(text, c->values) != 0)
        fail_msg("%s on %s: %s, not %s", c->path, c->event, text, c->values);
    json_decref(event);
}

static const path_case cases[] = {
    /* 1: every spelling, all of them */
    {"a.b.c", "{\"a\":{\"b\":{\"c\":1}}}", "1"},
    {"a.b.c", "{\"a.b.c\":1}", "1"},
    {"a.b.c", "{\"a\":{\"b.c\":1}}", "1"},
    {"a.b.c", "{\"a.b\":{\"c\":1}}", "1"},
    {"a.b", "{\"a.b\":1,\"a\":{\"b\":2}}", "1|2"},
    {"a.b", "{\"a\":{\"b\":2},\"a.b\":1}", "2|1"},
    {"a.b.c", "{\"a.b\":{\"c\":1},\"a\":{\"b.c\":[2,3],\"b\":{\"c\":4}}}",
     "1|2|3|4"},
    {"a", "{\"a\":\"x\",\"A\":\"y\"}", "\"x\""},
    {"a", "{\"A\":1}", ""},
    {"a.b", "{\"a.c\":1,\"a\":5}", ""},
    {"a.b", "{\"a.\":1,\".b\":2,\"a..b\":3,\"\":4}", ""},
    /* 2: arrays on the way and at the end */
    {"a.b", "{\"a\":[{\"b\":1},{\"b\":[2,3]}]}", "1|2|3"},
    {"a.b", "{\"a\":[[{\"b\":1}],[[{\"b\":[[2],3]}]]]}", "1|2|3"},
    {"a.b", "{\"a\":[1,{\"b\":2},\"x\"]}", "2"},
    {"a.b", "{\"a.b\":[1,[2]]}", "1|2"},
    /* 3: nulls, empties, objects */
    {"a", "{\"a\":null}", ""},
    {"a", "{\"a\":[null,1,null,2]}", "1|2"},
    {"a", "{\"a\":[]}", ""},
    {"a", "{\"a\":[[],[null]]}", ""},
    {"a", "{\"a\":{}}", ""},
    {"a", "{\"a\":{\"b\":1}}", ""},
    {"a", "{\"a\":[{\"b\":1},2]}", "2"},
    {"a", "{}", ""},
    /* values */
    {"a", "{\"a\":[true,false,-3,2.5,\"s\",\"\"]}",
     "true|false|-3|2.5|\"s\"|\"\""},
    /* 4: quoted names */
    {"`a.b`", "{\"a.b\":1}", "1"},
    {"`a.b`", "{\"a\":{\"b\":1}}", "1"},
    {"`a.b`", "{\"a.b\":1,\"a\":{\"b\":2}}", "1"},
    {"`a.b`", "{\"a\":{\"b\":2},\"a.b\":1}", "1"},
    {"`a.b`", "{\"a.b\":null,\"a\":{\"b\":2}}", "2"},
    {"`a b`", "{\"a b\":1}", "1"},
    {"x.`a.b`.c", "{\"x\":{\"a.b\":{\"c\":1}}}", "1"},
    {"x.`a.b`.c", "{\"x\":{\"a\":{\"b\":{\"c\":1}}}}", "1"},
    {"x.`a.b`.c", "{\"x\":[{\"a.b\":{\"c\":1}},{\"a\":{\"b\":{\"c\":2}}}]}",
     "1|2"},
    {"x.`a.b`.c", "{\"x.a.b.c\":1}", "1"},
    {"x.`a.b`.c", "{\"x.a\":{\"b.c\":1}}", "1"},
    {"x.`a`.b", "{\"x.a\":{\"b\":1}}", "1"},
    /* 5: indexes */
    {"a[0]", "{\"a\":[7,8]}", "7"},
    {"a[1]", "{\"a\":[7,8]}", "8"},
    {"a[2]", "{\"a\":[7,8]}", ""},
    {"a[0]", "{\"a\":7}", "7"},
    {"a[1]", "{\"a\":7}", ""},
    {"a[0]", "{\"a\":null}", ""},
    {"a[1].b", "{\"a\":[{\"b\":1},{\"b\":[2,3]}]}", "2|3"},
    {"a[1].b[1]", "{\"a\":[{\"b\":1},{\"b\":[2,3]}]}", "3"},
    {"a.b[2]", "{\"a\":[{\"b\":1},{\"b\":[2,3]}]}", "3"},
    {"a[0].b.c", "{\"a\":[{\"b.c\":1},{\"b.c\":2}]}", "1"},
    {"a[0][0]", "{\"a\":[5,6]}", "5"},
    {"a[0][1]", "{\"a\":[5,6]}", ""},
    {"a.b[0]", "{\"a.b\":1,\"a\":{\"b\":2}}", "1"},
    {"a[4294967295]", "{\"a\":[5,6]}", ""},
    {"`x.y`[1]", "{\"x\":{\"y\":[1,2]}}", "2"},
};

static void
test_project_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        test_paths t;
        uint32_t field;
        eql_project *pr;

        test_paths_init(&t);
        field = test_paths_add(&t, cases[i].path);
        pr = eql_project_new(&t.program);
        assert_non_null(pr);
        check(&cases[i], pr, field);
        eql_project_free(pr);
    }
}

/* The same with all paths in one trie, each event twice: nothing is left over
 * from the event before. */
static void
test_project_together(void **state)
{
    static test_paths t;
    uint32_t field[EQL_COUNTOF(cases)];
    eql_project *pr;

    (void)state;
    test_paths_init(&t);
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        size_t k = 0;

        while (strcmp(cases[k].path, cases[i].path) != 0)
            k++;
        field[i] = k < i ? field[k] : test_paths_add(&t, cases[i].path);
    }
    pr = eql_project_new(&t.program);
    assert_non_null(pr);
    for (size_t i = 0; i < 2 * EQL_COUNTOF(cases); i++)
        check(&cases[i / 2], pr, field[i / 2]);
    eql_project_free(pr);
}

static void
test_project_many_values(void **state)
{
    test_paths t;
    eql_project *pr;
    json_t *array = json_array(), *event = json_object();
    uint32_t field;
    const eql_slot *slots;

    (void)state;
    test_paths_init(&t);
    field = test_paths_add(&t, "a");
    pr = eql_project_new(&t.program);
    for (int i = 0; i < 200000; i++)
        json_array_append_new(array, json_integer(i));
    json_object_set_new(event, "a", array);
    for (int round = 0; round < 2; round++) {
        slots = eql_project_run(pr, event);
        assert_int_equal(slots[field].n, 200000);
        for (uint32_t i = 0; i < 200000; i++)
            assert_int_equal(slots[field].v[i].u.i, i);
    }
    json_object_clear(event);
    slots = eql_project_run(pr, event);
    assert_int_equal(slots[field].n, 0);
    json_decref(event);
    eql_project_free(pr);
}

/* A string keeps its NUL. */
static void
test_project_nul(void **state)
{
    test_paths t;
    eql_project *pr;
    json_t *event = json_loads("{\"a\":\"x\\u0000y\"}", JSON_ALLOW_NUL, NULL);
    uint32_t field;
    const eql_slot *slots;

    (void)state;
    test_paths_init(&t);
    field = test_paths_add(&t, "a");
    pr = eql_project_new(&t.program);
    slots = eql_project_run(pr, event);
    assert_int_equal(slots[field].v[0].len, 3);
    assert_memory_equal(slots[field].v[0].u.s, "x\0y", 3);
    json_decref(event);
    eql_project_free(pr);
}

/* --- elements --- */

typedef struct {
    const char *event, *elements;
    const char *children[4]; /* of each element: x.y | x | the element itself */
} element_case;

static const element_case element_cases[] = {
    {"{\"a\":[{\"x\":{\"y\":1}},{\"x.y\":[2,3]},5]}",
     "object:|object:|5",
     {"1//", "2|3//", "//5"}},
    {"{\"a\":{\"x\":7}}", "object:", {"/7/"}},
    {"{\"a\":\"s\"}", "\"s\"", {"//\"s\""}},
    {"{\"a\":[null,[1,2],[]]}", "array:|array:", {"//1|2", "//"}},
    {"{\"a\":null}", "", {NULL}},
    {"{}", "", {NULL}},
};

static void
element_text(const eql_slot *slot, uint32_t i, char *out, size_t cap)
{
    char part[3][256];

    for (uint32_t k = 0; k < 3; k++)
        test_slot_text(&slot->children[i * 3 + k], part[k], sizeof part[k]);
    snprintf(out, cap, "%s/%s/%s", part[0], part[1], part[2]);
}

static void
test_project_elements(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(element_cases); i++) {
        const element_case *c = &element_cases[i];
        json_t *event = json_loads(c->event, 0, NULL);
        const eql_slot *slots;
        char text[1024];
        uint32_t array;
        eql_project *pr;
        test_paths t;

        test_paths_init(&t);
        array = test_paths_add(&t, "a");
        t.fields[array].mode = EQL_MODE_ELEMENTS;
        test_paths_child(&t, array, "x.y");
        test_paths_child(&t, array, "x");
        test_paths_child(&t, array, "");
        pr = eql_project_new(&t.program);
        for (int round = 0; round < 2; round++) {
            slots = eql_project_run(pr, event);
            test_slot_text(&slots[array], text, sizeof text);
            if (strcmp(text, c->elements) != 0)
                fail_msg("%s: %s, not %s", c->event, text, c->elements);
            for (uint32_t k = 0; k < slots[array].n; k++) {
                element_text(&slots[array], k, text, sizeof text);
                if (strcmp(text, c->children[k]) != 0)
                    fail_msg("%s, element %u: %s, not %s", c->event, k, text,
                             c->children[k]);
            }
        }
        json_decref(event);
        eql_project_free(pr);
    }
}

/* Arrays inside elements: children of each element stay together. */
static void
test_project_elements_nested(void **state)
{
    json_t *event = json_loads("{\"a\":[{\"b\":[{\"c\":1},{\"c\":2}]},{},"
                               "{\"b\":{\"c\":[3,4]}}]}",
                               0, NULL);
    const eql_slot *slots, *inner;
    uint32_t outer, in;
    eql_project *pr;
    test_paths t;
    char text[64];

    (void)state;
    test_paths_init(&t);
    outer = test_paths_add(&t, "a");
    t.fields[outer].mode = EQL_MODE_ELEMENTS;
    in = test_paths_child(&t, outer, "b");
    t.fields[in].mode = EQL_MODE_ELEMENTS;
    test_paths_child(&t, in, "c");
    pr = eql_project_new(&t.program);
    slots = eql_project_run(pr, event);
    assert_int_equal(slots[outer].n, 3);
    inner = slots[outer].children;
    assert_int_equal(inner[0].n, 2);
    assert_string_equal(
        test_slot_text(&inner[0].children[0], text, sizeof text), "1");
    assert_string_equal(
        test_slot_text(&inner[0].children[1], text, sizeof text), "2");
    assert_int_equal(inner[1].n, 0);
    assert_int_equal(inner[2].n, 1);
    assert_string_equal(
        test_slot_text(&inner[2].children[0], text, sizeof text), "3|4");
    json_decref(event);
    eql_project_free(pr);
}

/* --- arrays as values --- */

static void
test_project_modes(void **state)
{
    static const struct {
        eql_field_mode mode;
        const char *path, *event, *values;
    } modes[] = {
        {EQL_MODE_OPAQUE, "a", "{\"a\":[1,\"x\"]}", "array:[1,\"x\"]"},
        {EQL_MODE_OPAQUE, "a", "{\"a\":7}", "7"},
        {EQL_MODE_OPAQUE, "a", "{\"a\":{\"b\":1}}", "object:{\"b\":1}"},
        {EQL_MODE_OPAQUE, "a.b", "{\"a\":[{\"b\":1}]}", ""},
        {EQL_MODE_OPAQUE, "a.b", "{\"a\":{\"b\":1}}", "1"},
        {EQL_MODE_OPAQUE, "a.b.c", "{\"a.b\":{\"c\":2}}", "2"},
        {EQL_MODE_OPAQUE, "a[1]", "{\"a\":[5,6]}", "6"},
        {EQL_MODE_OPAQUE, "a[0].b[1]", "{\"a\":[{\"b\":[5,6]}]}", "6"},
        {EQL_MODE_OPAQUE, "a[2]", "{\"a\":[5,6]}", ""},
        {EQL_MODE_OPAQUE, "a[0]", "{\"a\":5}", "5"},
        {EQL_MODE_OPAQUE, "`a.b`", "{\"a\":{\"b\":1}}", "1"},
        {EQL_MODE_OPAQUE, "a", "{\"a\":null}", ""},
        {EQL_MODE_COMPOSITE, "a", "{\"a\":[1,[2.5,null],\"x\",true]}",
         "array:[1,2.5,\"x\",true]"},
        {EQL_MODE_COMPOSITE, "a", "{\"a\":[3]}", "3"},
        {EQL_MODE_COMPOSITE, "a.b", "{\"a\":[{\"b\":1},{\"b\":2}]}",
         "array:[1,2]"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(modes); i++) {
        path_case c = {modes[i].path, modes[i].event, modes[i].values};
        eql_project *pr;
        uint32_t field;
        test_paths t;

        test_paths_init(&t);
        field = test_paths_add(&t, modes[i].path);
        t.fields[field].mode = modes[i].mode;
        pr = eql_project_new(&t.program);
        check(&c, pr, field);
        eql_project_free(pr);
    }
}

/* --- bounds --- */

typedef struct {
    const char *path, *event, *values; /* what is left of it */
    uint32_t room, steps;
    bool capped;
} bound_case;

static const bound_case bound_cases[] = {
    {"a", "{\"a\":[1,2,3]}", "1|2|3", 3, 100, false},
    {"a", "{\"a\":[1,2,3]}", "1|2", 2, 100, true},
    {"a", "{\"a\":[1,2,3]}", "", 0, 100, true},
    {"a", "{\"b\":[1,2,3]}", "", 0, 100, false},
    /* root, its member, the array, and each element */
    {"a", "{\"a\":[1,2,3]}", "1|2|3", 3, 6, false},
    {"a", "{\"a\":[1,2,3]}", "1|2", 3, 5, true},
    {"a", "{\"a\":[1,2,3]}", "", 3, 0, true},
    {"a[1]", "{\"a\":[1,2,3]}", "2", 1, 8, false},
    {"a[1]", "{\"a\":[1,2,3]}", "", 1, 3, true},
};

static void
test_project_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(bound_cases); i++) {
        const bound_case *b = &bound_cases[i];
        path_case c = {b->path, b->event, b->values};
        test_paths t;
        uint32_t field;
        eql_project *pr;

        test_paths_init(&t);
        field = test_paths_add(&t, b->path);
        pr = eql_project_new(&t.program);
        assert_non_null(pr);
        eql_project_limit(pr, b->room, b->steps, 0);
        for (int twice = 0; twice < 2; twice++) {
            check(&c, pr, field);
            if (eql_project_capped(pr) != b->capped)
                fail_msg("%s on %s: capped", b->path, b->event);
        }
        eql_project_free(pr);
    }
}

/* An element goes in with the places of its children, or not at all. */
static void
test_project_bounds_elements(void **state)
{
    json_t *event =
        json_loads("{\"a\":[{\"x\":1},{\"x\":2},{\"x\":3}]}", 0, NULL);

    (void)state;
    for (uint32_t room = 0; room <= 14; room++) {
        uint32_t elements = room / 4 < 3 ? room / 4 : 3, values = 0, array;
        const eql_slot *slots;
        eql_project *pr;
        test_paths t;

        test_paths_init(&t);
        array = test_paths_add(&t, "a");
        t.fields[array].mode = EQL_MODE_ELEMENTS;
        test_paths_child(&t, array, "x");
        test_paths_child(&t, array, "y");
        pr = eql_project_new(&t.program);
        eql_project_limit(pr, room, 1000, 0);
        slots = eql_project_run(pr, event);
        assert_int_equal(slots[array].n, elements);
        for (uint32_t k = 0; k < elements * 2; k++)
            values += slots[array].children[k].n;
        /* The rest of the room is for their values. */
        assert_int_equal(values, room - elements * 4 < elements
                                     ? room - elements * 4
                                     : elements);
        assert_true(eql_project_capped(pr));
        eql_project_free(pr);
    }
    json_decref(event);
}

/* Texts of arrays and objects: the last that fits, and none after it. */
static void
test_project_bounds_texts(void **state)
{
    json_t *event = json_loads("{\"a\":[1,2],\"b\":[3]}", 0, NULL);
    static const struct {
        size_t room;
        const char *a, *b;
    } all[] = {{8, "array:[1,2]", "array:[3]"},
               {7, "array:[1,2]", ""},
               {5, "array:[1,2]", ""},
               {4, "", ""}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(all); i++) {
        uint32_t a, b;
        const eql_slot *slots;
        eql_project *pr;
        test_paths t;
        char text[64];

        test_paths_init(&t);
        b = test_paths_add(&t, "b"); /* the last field comes first */
        a = test_paths_add(&t, "a");
        t.fields[a].mode = t.fields[b].mode = EQL_MODE_OPAQUE;
        pr = eql_project_new(&t.program);
        eql_project_limit(pr, 100, 1000, all[i].room);
        slots = eql_project_run(pr, event);
        assert_string_equal(test_slot_text(&slots[a], text, sizeof text),
                            all[i].a);
        assert_string_equal(test_slot_text(&slots[b], text, sizeof text),
                            all[i].b);
        assert_int_equal(eql_project_capped(pr), all[i].room < 8);
        eql_project_free(pr);
    }
    json_decref(event);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_project_paths),
        cmocka_unit_test(test_project_together),
        cmocka_unit_test(test_project_many_values),
        cmocka_unit_test(test_project_nul),
        cmocka_unit_test(test_project_elements),
        cmocka_unit_test(test_project_elements_nested),
        cmocka_unit_test(test_project_modes),
        cmocka_unit_test(test_project_bounds),
        cmocka_unit_test(test_project_bounds_elements),
        cmocka_unit_test(test_project_bounds_texts),
    };

    return cmocka_run_group_tests_name("project", tests, NULL, NULL);
}
