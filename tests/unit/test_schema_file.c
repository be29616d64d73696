/* test_schema_file.c -- schemas from files, in each of their forms. */
#include "tests/support/eql_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rulefile/schema_file.h"

static bool
on_field(void *ctx, const eql_schema_entry *e)
{
    eql_buf *out = ctx;

    if (e->single || e->array)
        return true; /* test_schema_arrays */
    eql_buf_add_sv(out, e->category);
    eql_buf_printf(out, "%s%.*s=%.*s%s%s;", e->category.len ? "/" : "",
                   (int)e->path.len, e->path.p ? e->path.p : "",
                   (int)e->type.len, e->type.p ? e->type.p : "",
                   e->multi ? " multi" : "", e->caseless ? " caseless" : "");
    return !eql_sv_is(e->type, "nonsense");
}

static bool
read_with(const char *text, size_t len, eql_schema_field_fn fn, eql_buf *out,
          eql_buf *why)
{
    char path[] = "/tmp/eqlvm-schema-XXXXXX";
    int fd = mkstemp(path);
    bool ok;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    close(fd);
    out->len = why->len = 0;
    ok = eql_schema_file_read(path, fn, out, why);
    unlink(path);
    eql_buf_add_char(out, '\0');
    eql_buf_add_char(why, '\0');
    return ok;
}

static bool
read_schema(const char *text, size_t len, eql_buf *out, eql_buf *why)
{
    return read_with(text, len, on_field, out, why);
}

static void
test_schema_forms(void **state)
{
    static const struct {
        const char *text, *fields; /* NULL: refused */
    } cases[] = {
        {"{\"a.b\":\"long\",\"c\":{\"d\":\"keyword\",\"e\":{}}}",
         "a.b=long;c.d=keyword;c.e=object;"},
        {"{\"a\":[\"keyword\"],\"b\":[]}", "a=keyword;b=array;"},
        {"{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"ip\"}}}}}",
         "a.b=ip;"},
        {"{\"mappings\":{\"properties\":{\"a\":{\"type\":\"date\"}}}}",
         "a=date;"},
        {"{\"logs-1\":{\"mappings\":{\"properties\":{\"a\":{\"type\":\"ip\"}}}}"
         ","
         "\"logs-2\":{\"mappings\":{\"properties\":{\"b\":{\"type\":\"date\"}}}"
         "},"
         "\"logs-3\":{\"mappings\":{}}}",
         "a=ip;b=date;"},
        {"{\"properties\":{\"a\":{\"type\":\"nested\",\"properties\":{}},"
         "\"b\":{\"type\":\"alias\",\"path\":\"c\"},\"c\":{\"type\":"
         "\"keyword\","
         "\"fields\":{\"text\":{\"type\":\"text\"}}}}}",
         "a=nested;b=mixed;c=keyword;c.text=text multi;"},
        {"{\"properties\":{\"a\":{\"type\":\"keyword\",\"fields\":{"
         "\"caseless\":{\"type\":\"keyword\",\"normalizer\":\"lowercase\"},"
         "\"odd\":{\"type\":\"nonsense\"}}}}}",
         "a=keyword;a.caseless=keyword multi caseless;"
         "a.odd=nonsense multi;a.odd=mixed multi;"},
        {"{\"properties\":{\"a\":{\"type\":\"nonsense\"}}}",
         "a=nonsense;a=mixed;"},
        {"{\"categories\":{\"process\":{\"pid\":\"long\"},\"file\":{}}}",
         "process/=;process/pid=long;file/=;"},
        {"# types\na.b\tlong\n\nc   keyword normal # one\r\n",
         "a.b=long;c=keyword;"},
        {"", ""},
        {"{}", ""},
        {"{\"a\":1}", NULL},
        {"{\"a\":\"nonsense\"}", NULL},
        {"{\"a\"", NULL},
        {"a.b\n", NULL},
        {"a nonsense\n", NULL},
        {"{\"categories\":{\"process\":1}}", NULL},
    };
    eql_buf out = {0}, why = {0};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bool ok = read_schema(cases[i].text, strlen(cases[i].text), &out, &why);

        if (ok != (cases[i].fields != NULL))
            fail_msg("%s: %s %s", cases[i].text, ok ? "taken" : "refused",
                     why.p);
        if (ok && strcmp(out.p, cases[i].fields) != 0)
            fail_msg("%s: %s", cases[i].text, out.p);
        if (!ok)
            assert_non_null(strstr(why.p, "/tmp/eqlvm-schema-"));
    }
    eql_buf_free(&out);
    eql_buf_free(&why);
}

/* As deep as may be, and one deeper. */
static bool
on_shape(void *ctx, const eql_schema_entry *e)
{
    eql_buf *out = ctx;

    if (e->single || e->array)
        eql_buf_printf(out, "%.*s=%s;", (int)e->path.len, e->path.p,
                       e->array ? "array" : "single");
    return true;
}

/* Only forms that can say so tell what is an array, and what is none. */
static void
test_schema_arrays(void **state)
{
    static const struct {
        const char *text, *shapes;
    } cases[] = {
        {"{\"categories\":{\"p\":{\"a\":\"long\",\"b\":[\"long\"],"
         "\"c\":\"mixed\",\"d\":[],\"e\":[{\"f\":\"ip\"}],\"g\":{\"h\":"
         "[\"ip\"]},\"i\":{}}}}",
         "a=single;b=array;d=array;e=array;e.f=single;g=single;g.h=array;"
         "i=single;"},
        {"{\"properties\":{\"a\":{\"type\":\"long\"}}}", ""},
        {"a long\n", ""},
    };
    eql_buf out = {0}, why = {0};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        read_with(cases[i].text, strlen(cases[i].text), on_shape, &out, &why);
        if (strcmp(out.p, cases[i].shapes) != 0)
            fail_msg("%s\n  %s", cases[i].text, out.p);
    }
    eql_buf_free(&out);
    eql_buf_free(&why);
}

static void
test_schema_depth(void **state)
{
    eql_buf out = {0}, why = {0};

    (void)state;
    for (unsigned extra = 0; extra < 2; extra++) {
        eql_buf text = {0};
        unsigned depth = EQL_SCHEMA_MAX_DEPTH - 1 + extra;

        for (unsigned i = 0; i < depth; i++)
            eql_buf_add_str(&text, "{\"a\":");
        eql_buf_add_str(&text, "{\"b\":\"long\"}");
        for (unsigned i = 0; i < depth; i++)
            eql_buf_add_char(&text, '}');
        assert_int_equal(read_schema(text.p, text.len, &out, &why), extra == 0);
        eql_buf_free(&text);
    }
    eql_buf_free(&out);
    eql_buf_free(&why);
}

static void
test_schema_no_file(void **state)
{
    eql_buf out = {0}, why = {0};

    (void)state;
    assert_false(eql_schema_file_read("/nowhere/at/all", on_field, &out, &why));
    assert_true(why.len > 0);
    eql_buf_free(&out);
    eql_buf_free(&why);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_forms),
        cmocka_unit_test(test_schema_arrays),
        cmocka_unit_test(test_schema_depth),
        cmocka_unit_test(test_schema_no_file),
    };

    return cmocka_run_group_tests_name("schema_file", tests, NULL, NULL);
}
