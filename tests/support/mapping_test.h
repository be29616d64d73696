/* mapping_test.h -- helpers of the tests of io/mapping: JSON from text, one
 * record mapped, one path of an event compared, values of any kind. */
#ifndef EQL_TESTS_SUPPORT_MAPPING_TEST_H
#define EQL_TESTS_SUPPORT_MAPPING_TEST_H

#include "tests/support/eql_test.h"

#include "base/text.h"
#include "io/windows/mapping.h"

static inline eql_mapping *
builtin(void)
{
    eql_buf why = {0};
    eql_mapping *m = eql_mapping_new(eql_sv("", 0), &why);

    if (!m)
        fail_msg("%.*s", (int)why.len, why.p);
    eql_buf_free(&why);
    return m;
}

static inline json_t *
parse(const char *text)
{
    json_error_t error;
    json_t *v = json_loads(text, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);

    if (!v)
        fail_msg("%s: %s", error.text, text);
    return v;
}

static inline eql_mapped
map_with(const eql_mapping *m, eql_wall_clock *clock, const char *record)
{
    json_t *r = parse(record);
    eql_mapped out;

    assert_true(eql_mapping_apply(m, r, clock, true, &out));
    json_decref(r);
    return out;
}

static inline json_t *
at(json_t *v, const char *path)
{
    char copy[256], *key, *save = NULL;

    assert_true(strlen(path) < sizeof copy);
    memcpy(copy, path, strlen(path) + 1);
    for (key = strtok_r(copy, "/", &save); key;
         key = strtok_r(NULL, "/", &save))
        v = json_object_get(v, key);
    return v;
}

/* Is the value at a path (keys parted by '/') this JSON? NULL: nothing. */
static inline void
expect_at(const char *label, json_t *ecs, const char *path, const char *json)
{
    json_t *have = at(ecs, path), *want = json ? parse(json) : NULL;
    char *text;

    if (have == want || (have && want && json_equal(have, want))) {
        json_decref(want);
        return;
    }
    text = have ? json_dumps(have, JSON_ENCODE_ANY) : NULL;
    fail_msg("%s: %s is %s, not %s", label, path, text ? text : "(none)",
             json ? json : "(none)");
}

/* A value of one of a dozen kinds that no rule expects. */
static inline json_t *
hostile_value(unsigned kind)
{
    switch (kind % 12) {
    case 0: return json_null();
    case 1: return json_true();
    case 2: return json_integer(INT64_MIN);
    case 3: return json_real(-1e308);
    case 4: return json_array();
    case 5: return json_pack("{s:{s:[n]}}", "a", "b");
    case 6: return json_string("");
    case 7: return json_stringn("\0\\\0=\n:\0;,@\0", 12);
    case 8:
        return json_string("\\\\\\\\\"\"\"=,;:type:\n\n===<Data <Data Name=");
    case 9: return json_string("0xffffffffffffffffffffffff");
    case 10: return json_string("%\xe2\x80\xa8\xe3\x80\x80 \xc2\x85");
    default: return json_string("2020-01-01 10:00:00.999999999");
    }
}

#endif
