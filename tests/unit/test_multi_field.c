/* test_multi_field.c -- which paths are a second form of a field. */
#include "tests/support/eql_test.h"

#include "compiler/multi_field.h"

typedef struct {
    const char *path, *last;
    bool form, caseless;
    eql_schema_type type;
} form_case;

static void
check(const eql_schema *s, const form_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const form_case *c = &cases[i];
        eql_multi_field got;
        bool form = eql_multi_field_find(s, eql_sv("", 0), eql_sv_cstr(c->path),
                                         eql_sv_cstr(c->last), &got);

        if (form != c->form)
            fail_msg("%s: %s a form", c->path, form ? "is" : "is not");
        if (form && got.caseless != c->caseless)
            fail_msg("%s: case", c->path);
        if (form && got.type != c->type)
            fail_msg("%s: type %u", c->path, (unsigned)got.type);
    }
}

/* Without a schema of a file, whether ECS is asked for or nothing. */
static void
test_suffixes(void **state)
{
    static const form_case cases[] = {
        {"process.executable.caseless", "caseless", true, true, 0},
        {"process.executable.text", "text", true, false, 0},
        {"process.executable.keyword", "keyword", true, false, 0},
        {"winlog.event_data.Image.caseless", "caseless", true, true, 0},
        {"winlog.event_data.Image.keyword", "keyword", true, false, 0},
        {"a.keyword", "keyword", true, false, 0},
        {"slack.text", "text", false, false, 0},
        {"process.text", "text", false, false, 0},
        {"process.keyword", "keyword", false, false, 0},
        {"process.pid.text", "text", false, false, 0},
        {"process.env_vars.text", "text", true, false, 0},
        {"labels.keyword", "keyword", false, false, 0},
        {"keyword", "keyword", false, false, 0},
        {"process.name.raw", "raw", false, false, 0},
    };

    (void)state;
    check(NULL, cases, EQL_COUNTOF(cases));
    check(eql_schema_ecs(), cases, EQL_COUNTOF(cases));
}

static void
add(eql_schema *s, const char *path, const char *type)
{
    assert_true(
        eql_schema_add(s, eql_sv("", 0), eql_sv_cstr(path), eql_sv_cstr(type)));
}

static void
add_form(eql_schema *s, const char *path, const char *type, bool caseless)
{
    assert_true(eql_schema_add_multi(s, eql_sv_cstr(path), eql_sv_cstr(type),
                                     caseless));
}

static void
test_mapping(void **state)
{
    static const form_case cases[] = {
        {"a.raw", "raw", true, false, EQL_SCHEMA_STRING},
        {"a.lower", "lower", true, true, EQL_SCHEMA_STRING},
        {"a.number", "number", true, false, EQL_SCHEMA_NUMBER},
        {"a.text", "text", true, false, EQL_SCHEMA_STRING},
        {"a.keyword", "keyword", true, false, 0},
        {"b.keyword", "keyword", false, false, 0},     /* its own field */
        {"b.caseless", "caseless", false, false, 0},   /* b is an object */
        {"c.keyword", "keyword", false, false, 0},     /* may be below c */
        {"process.name.text", "text", true, false, 0}, /* as ECS has it */
        {"a.other", "other", false, false, 0},
    };
    eql_schema *s = eql_schema_new();

    (void)state;
    assert_non_null(s);
    add(s, "a", "keyword");
    add(s, "b.keyword", "keyword");
    add(s, "c", "flattened");
    add_form(s, "a.raw", "keyword", false);
    add_form(s, "a.lower", "keyword", true);
    add_form(s, "a.number", "long", false);
    add_form(s, "a.text", "text", false);
    assert_false(eql_schema_add_multi(s, eql_sv_cstr("a.odd"),
                                      eql_sv_cstr("nonsense"), false));
    check(s, cases, EQL_COUNTOF(cases));
    eql_schema_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suffixes),
        cmocka_unit_test(test_mapping),
    };

    return cmocka_run_group_tests_name("multi_field", tests, NULL, NULL);
}
