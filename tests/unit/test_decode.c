/* test_decode.c -- texts with escapes at every place, alone and in arrays. */
#include "io/json/decode.h"
#include "tests/support/event_filter_test.h"

#define ROUNDS 20000u

static uint32_t
draw(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

/* A string of up to n parts, as JSON and as it is meant. */
static void
make_string(eql_buf *json, eql_buf *meant, uint32_t n, uint32_t *seed)
{
    static const struct {
        const char *json, *meant;
    } parts[] = {
        {"a", "a"},
        {"bcd", "bcd"},
        {",]", ",]"},
        {"\\\\", "\\"},
        {"\\\"", "\""},
        {"\\/", "/"},
        {"\\n", "\n"},
        {"\\t", "\t"},
        {"\\b", "\b"},
        {"\\f", "\f"},
        {"\\r", "\r"},
        {"\\u0041", "A"},
        {"\\u00e4", "\xC3\xA4"},
        {"\\u20AC", "\xE2\x82\xAC"},
        {"\xC3\xB6", "\xC3\xB6"},
        {"efghijklmn", "efghijklmn"},
    };

    eql_buf_add_char(json, '"');
    for (n = draw(seed, n); n > 0; n--) {
        uint32_t i = draw(seed, EQL_COUNTOF(parts));

        eql_buf_add_str(json, parts[i].json);
        eql_buf_add_str(meant, parts[i].meant);
    }
    eql_buf_add_char(json, '"');
}

static void
check_one(eql_decode *d, uint32_t field, const eql_buf *json,
          const eql_buf *meant)
{
    eql_slot slot;

    assert_true(eql_decode_slot(d, field, eql_buf_sv(json), &slot));
    assert_int_equal(slot.n, 1);
    assert_int_equal(slot.v[0].tag, EQL_STRING);
    if (!eql_sv_eq(eql_value_sv(&slot.v[0]), eql_buf_sv(meant)))
        fail_msg("%.*s", (int)json->len, json->p);
}

static void
test_decode_strings(void **state)
{
    eql_program *p = test_program_of("any where a == \"x\"");
    eql_buf json = {0}, meant = {0};
    uint32_t seed = 3, field = 0;
    eql_decode d;

    (void)state;
    while (!eql_sv_is(eql_program_str(p, p->fields[field].name), "a"))
        field++;
    assert_true(eql_decode_init(&d, p));
    for (uint32_t round = 0; round < ROUNDS; round++) {
        json.len = meant.len = 0;
        make_string(&json, &meant, 20, &seed);
        check_one(&d, field, &json, &meant);
        eql_decode_reset(&d);
    }
    eql_decode_free(&d);
    eql_buf_free(&json);
    eql_buf_free(&meant);
    eql_program_free(p);
}

static void
test_decode_arrays(void **state)
{
    eql_program *p = test_program_of("any where a == \"x\"");
    uint32_t seed = 5, field = 0;
    eql_buf json = {0}, meant[8] = {{0}};
    eql_decode d;

    (void)state;
    while (!eql_sv_is(eql_program_str(p, p->fields[field].name), "a"))
        field++;
    assert_true(eql_decode_init(&d, p));
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t n = draw(&seed, EQL_COUNTOF(meant) + 1);
        eql_slot slot;

        json.len = 0;
        eql_buf_add_char(&json, '[');
        for (uint32_t i = 0; i < n; i++) {
            eql_buf_add_str(&json, i == 0 ? "" : draw(&seed, 2) ? "," : " , ");
            meant[i].len = 0;
            make_string(&json, &meant[i], 6, &seed);
        }
        eql_buf_add_char(&json, ']');
        assert_true(eql_decode_slot(&d, field, eql_buf_sv(&json), &slot));
        assert_int_equal(slot.n, n);
        for (uint32_t i = 0; i < n; i++) {
            if (!eql_sv_eq(eql_value_sv(&slot.v[i]), eql_buf_sv(&meant[i])))
                fail_msg("%.*s", (int)json.len, json.p);
        }
        eql_decode_reset(&d);
    }
    eql_decode_free(&d);
    eql_buf_free(&json);
    for (size_t i = 0; i < EQL_COUNTOF(meant); i++)
        eql_buf_free(&meant[i]);
    eql_program_free(p);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_decode_strings),
        cmocka_unit_test(test_decode_arrays),
    };

    return cmocka_run_group_tests_name("decode", all, NULL, NULL);
}
