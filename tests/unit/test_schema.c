/* test_schema.c -- what is known of fields: ECS, and schemas of one's own. */
#include "tests/support/eql_test.h"

#include "compiler/schema.h"

static eql_schema_type
find(const eql_schema *s, const char *category, const char *path)
{
    return eql_schema_find(s, eql_sv_cstr(category), eql_sv_cstr(path));
}

static void
add(eql_schema *s, const char *category, const char *path, const char *type)
{
    assert_true(eql_schema_add(s, eql_sv_cstr(category), eql_sv_cstr(path),
                               eql_sv_cstr(type)));
}

static void
test_schema_ecs_finds_every_name(void **state)
{
    static const struct {
        const char *name;
        eql_schema_type type;
    } rows[] = {
#define ECS_FIELD(name, type) {name, EQL_SCHEMA_##type},
#include "compiler/ecs.def"
#undef ECS_FIELD
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(rows); i++) {
        if (find(eql_schema_ecs(), "process", rows[i].name) != rows[i].type)
            fail_msg("%s is not found", rows[i].name);
        if (i)
            assert_true(strcmp(rows[i - 1].name, rows[i].name) < 0);
    }
}

static void
test_schema_ecs_types(void **state)
{
    static const struct {
        const char *path;
        eql_schema_type type;
    } rows[] = {
        {"process.pid", EQL_SCHEMA_NUMBER},
        {"process.name", EQL_SCHEMA_STRING},
        {"@timestamp", EQL_SCHEMA_DATE},
        {"source.ip", EQL_SCHEMA_IP},
        {"process.interactive", EQL_SCHEMA_BOOLEAN},
        {"process", EQL_SCHEMA_MIXED},
        {"process.parent", EQL_SCHEMA_MIXED},
        {"labels.anything.at.all", EQL_SCHEMA_MIXED},
        {"process.Ext.ancestry", EQL_SCHEMA_UNKNOWN},
        {"process.pid.x", EQL_SCHEMA_UNKNOWN},
        {"proces", EQL_SCHEMA_UNKNOWN},
        {"source.ip2", EQL_SCHEMA_UNKNOWN},
        {"source.", EQL_SCHEMA_UNKNOWN},
        {".", EQL_SCHEMA_UNKNOWN},
        {"", EQL_SCHEMA_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(rows); i++)
        if (find(eql_schema_ecs(), "", rows[i].path) != rows[i].type)
            fail_msg("%s: %d", rows[i].path,
                     (int)find(eql_schema_ecs(), "", rows[i].path));
    assert_int_equal(find(NULL, "", "process.pid"), EQL_SCHEMA_UNKNOWN);
    assert_false(eql_schema_has_categories(eql_schema_ecs()));
    assert_false(eql_schema_has_categories(NULL));
    assert_false(eql_schema_knows_category(NULL, eql_sv_cstr("process")));
}

static void
test_schema_field_types(void **state)
{
    static const eql_field_type want[EQL_SCHEMA_TYPE_COUNT] = {
        [EQL_SCHEMA_NUMBER] = EQL_FIELD_NUMBER,
        [EQL_SCHEMA_BOOLEAN] = EQL_FIELD_BOOLEAN,
        [EQL_SCHEMA_DATE] = EQL_FIELD_DATE,
        [EQL_SCHEMA_IP] = EQL_FIELD_IP,
        [EQL_SCHEMA_VERSION] = EQL_FIELD_VERSION,
    };

    (void)state;
    for (int t = 0; t < EQL_SCHEMA_TYPE_COUNT; t++)
        assert_int_equal(eql_schema_field_type((eql_schema_type)t), want[t]);
}

static void
test_schema_of_categories(void **state)
{
    eql_schema *s = eql_schema_new();

    (void)state;
    add(s, "process", "pid", "long");
    add(s, "process", "name", "keyword");
    add(s, "file", "name", "long");
    add(s, "file", "data.inner", "ip");
    add(s, "", "@timestamp", "date");
    assert_true(eql_schema_add_category(s, eql_sv_cstr("empty")));
    assert_true(eql_schema_has_categories(s));
    assert_true(eql_schema_knows_category(s, eql_sv_cstr("empty")));
    assert_true(eql_schema_knows_category(s, eql_sv_cstr("file")));
    assert_false(eql_schema_knows_category(s, eql_sv_cstr("")));
    assert_false(eql_schema_knows_category(s, eql_sv_cstr("network")));

    assert_int_equal(find(s, "process", "pid"), EQL_SCHEMA_NUMBER);
    assert_int_equal(find(s, "file", "pid"), EQL_SCHEMA_UNKNOWN);
    assert_int_equal(find(s, "", "pid"), EQL_SCHEMA_NUMBER);
    /* Two categories that disagree. */
    assert_int_equal(find(s, "", "name"), EQL_SCHEMA_MIXED);
    assert_int_equal(find(s, "file", "name"), EQL_SCHEMA_NUMBER);
    assert_int_equal(find(s, "file", "data"), EQL_SCHEMA_MIXED);
    assert_int_equal(find(s, "file", "data.inner"), EQL_SCHEMA_IP);
    assert_int_equal(find(s, "file", "data.other"), EQL_SCHEMA_UNKNOWN);
    assert_int_equal(find(s, "process", "data.inner"), EQL_SCHEMA_UNKNOWN);
    /* Of every category. */
    assert_int_equal(find(s, "file", "@timestamp"), EQL_SCHEMA_DATE);
    assert_int_equal(find(s, "network", "@timestamp"), EQL_SCHEMA_DATE);
    assert_false(eql_schema_failed(s));
    eql_schema_free(s);
}

static void
test_schema_open_objects(void **state)
{
    eql_schema *s = eql_schema_new();

    (void)state;
    add(s, "", "wide", "object");
    add(s, "", "wide.narrow", "boolean");
    add(s, "", "list", "array");
    add(s, "", "late.x", "keyword");
    add(s, "", "late", "flattened");
    assert_false(eql_schema_has_categories(s));
    assert_int_equal(find(s, "", "wide"), EQL_SCHEMA_OBJECT);
    assert_int_equal(find(s, "", "wide.narrow"), EQL_SCHEMA_BOOLEAN);
    assert_int_equal(find(s, "", "wide.a.b"), EQL_SCHEMA_MIXED);
    assert_int_equal(find(s, "", "wide.narrow.x"), EQL_SCHEMA_UNKNOWN);
    assert_int_equal(find(s, "", "list.x"), EQL_SCHEMA_MIXED);
    assert_int_equal(find(s, "", "late.y"), EQL_SCHEMA_MIXED);
    assert_false(eql_schema_add(s, eql_sv_cstr(""), eql_sv_cstr("x"),
                                eql_sv_cstr("no_such_type")));
    assert_false(eql_schema_add(s, eql_sv_cstr(""), eql_sv_cstr(""),
                                eql_sv_cstr("long")));
    assert_false(eql_schema_failed(s));
    eql_schema_free(s);
    eql_schema_free(NULL);
}

static void
test_schema_closest_name(void **state)
{
    eql_schema *s = eql_schema_new();
    eql_strview close =
        eql_schema_closest(eql_schema_ecs(), eql_sv_cstr("process.nam"));

    (void)state;
    assert_true(eql_sv_is(close, "process.name"));
    close = eql_schema_closest(eql_schema_ecs(), eql_sv_cstr("zzzzzzzz"));
    assert_int_equal(close.len, 0);
    assert_int_equal(eql_schema_closest(NULL, eql_sv_cstr("a")).len, 0);
    add(s, "a", "process_name", "keyword");
    add(s, "b", "process_name", "keyword");
    close = eql_schema_closest(s, eql_sv_cstr("proces_name"));
    assert_true(eql_sv_is(close, "process_name"));
    /* It is known, of another category. */
    close = eql_schema_closest(s, eql_sv_cstr("process_name"));
    assert_int_equal(close.len, 0);
    eql_schema_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_ecs_finds_every_name),
        cmocka_unit_test(test_schema_ecs_types),
        cmocka_unit_test(test_schema_field_types),
        cmocka_unit_test(test_schema_of_categories),
        cmocka_unit_test(test_schema_open_objects),
        cmocka_unit_test(test_schema_closest_name),
    };

    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
