/* test_hit.c -- hit records and canonical key values. */
#include "tests/support/eql_test.h"

#include "event/hit.h"

static eql_value
text(const char *s)
{
    return eql_value_str(eql_sv_cstr(s));
}

/* The canonical bytes of a and b are equal? */
static bool
same_key(eql_field_type type, eql_value a, eql_value b)
{
    eql_buf x = {0}, y = {0};
    bool same;

    eql_hit_key_value(&x, type, &a);
    eql_hit_key_value(&y, type, &b);
    same = eql_sv_eq(eql_buf_sv(&x), eql_buf_sv(&y));
    eql_buf_free(&x);
    eql_buf_free(&y);
    return same;
}

static void
test_equal_keys_are_equal_bytes(void **state)
{
    const struct {
        const char *label;
        eql_field_type type;
        eql_value a, b;
        bool same;
    } cases[] = {
        {"1 and 1.0", EQL_FIELD_ANY, eql_value_int(1), eql_value_float(1.0),
         true},
        {"1 and \"1\"", EQL_FIELD_ANY, eql_value_int(1), text("1"), false},
        {"0 and -0.0", EQL_FIELD_ANY, eql_value_int(0), eql_value_float(-0.0),
         true},
        {"2^63 is no int", EQL_FIELD_ANY, eql_value_float(0x1p63),
         eql_value_int(INT64_MAX), false},
        {"true and 1", EQL_FIELD_ANY, eql_value_bool(true), eql_value_int(1),
         false},
        {"null and null", EQL_FIELD_ANY, eql_value_null(), eql_value_null(),
         true},
        {"null and \"\"", EQL_FIELD_ANY, eql_value_null(), text(""), false},
        {"case", EQL_FIELD_ANY, text("a"), text("A"), false},
        {"addresses", EQL_FIELD_IP, text("::ffff:10.0.0.1"), text("10.0.0.1"),
         true},
        {"long and short", EQL_FIELD_IP, text("0:0:0:0:0:0:0:1"), text("::1"),
         true},
        {"as text", EQL_FIELD_ANY, text("0:0:0:0:0:0:0:1"), text("::1"), false},
        {"no addresses", EQL_FIELD_IP, text("host"), text("host"), true},
        {"0.5", EQL_FIELD_ANY, eql_value_float(0.5), eql_value_float(0.5),
         true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (same_key(cases[i].type, cases[i].a, cases[i].b) != cases[i].same)
            fail_msg("%s", cases[i].label);
    }
}

static void
test_tuples_decode(void **state)
{
    const eql_value in[] = {eql_value_null(), eql_value_bool(true),
                            eql_value_int(-7), eql_value_float(0.25),
                            text("a\xc3\xa9")};
    eql_value out, ip = text("::FFFF:1.2.3.4");
    eql_buf t = {0};
    size_t pos = 0;
    char scratch[48];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(in); i++)
        eql_hit_key_value(&t, EQL_FIELD_ANY, &in[i]);
    eql_hit_key_value(&t, EQL_FIELD_IP, &ip);
    for (size_t i = 0; i < EQL_COUNTOF(in); i++) {
        assert_true(eql_hit_key_next(eql_buf_sv(&t), &pos, &out, scratch));
        assert_int_equal(out.tag, in[i].tag);
    }
    assert_true(eql_sv_is(eql_value_sv(&out), "a\xc3\xa9"));
    assert_true(eql_hit_key_next(eql_buf_sv(&t), &pos, &out, scratch));
    assert_true(eql_sv_is(eql_value_sv(&out), "1.2.3.4"));
    assert_false(eql_hit_key_next(eql_buf_sv(&t), &pos, &out, scratch));
    for (size_t cut = 1; cut < 8; cut++) { /* a damaged end is an end */
        pos = t.len - 17;
        assert_false(
            eql_hit_key_next(eql_sv(t.p, t.len - cut), &pos, &out, scratch));
    }
    eql_buf_free(&t);
}

static void
test_order_of_keys(void **state)
{
    /* Ascending. */
    const eql_value v[] = {
        eql_value_null(),
        eql_value_bool(false),
        eql_value_bool(true),
        eql_value_int(-3),
        eql_value_float(-0.5),
        eql_value_int(2),
        eql_value_float(2.5),
        eql_value_int(10),
        eql_value_float(1e300),
        text("10.0.0.9"),
        text("10.0.0.10"),
        text(""),
        text("a"),
        text("ab"),
        text("b"),
        {.tag = EQL_ARRAY, .len = 3, .u.s = "[1]"},
        {.tag = EQL_OBJECT, .len = 7, .u.s = "{\"a\":1}"},
    };
    eql_buf t[EQL_COUNTOF(v)] = {{0}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(v); i++)
        eql_hit_key_value(&t[i], EQL_FIELD_IP, &v[i]);
    for (size_t i = 0; i < EQL_COUNTOF(v); i++) {
        for (size_t k = 0; k < EQL_COUNTOF(v); k++) {
            int c = eql_hit_key_compare(eql_buf_sv(&t[i]), eql_buf_sv(&t[k]));

            if ((c > 0) - (c < 0) != (i > k) - (i < k))
                fail_msg("%zu and %zu compare as %d", i, k, c);
        }
    }
    for (size_t i = 0; i < EQL_COUNTOF(v); i++)
        eql_buf_free(&t[i]);
}

static void
test_records_walk(void **state)
{
    static const char *const tuples[][3] = {
        {"", NULL, NULL}, {"a", "bc", "defgh"}, {"1234", "", NULL}};
    eql_hit head = {.line = 7, .file = 2};
    eql_event_ref ref = {.offset = 99};
    eql_buf rec = {0};
    const eql_hit_entry *e;
    const eql_hit *h;
    uint32_t n = 0;

    (void)state;
    eql_hit_open(&rec, &head);
    for (uint32_t i = 0; i < EQL_COUNTOF(tuples); i++) {
        size_t at = eql_hit_entry_open(&rec, i + 5, i);

        for (uint32_t k = 0; k < 3 && tuples[i][k]; k++)
            eql_hit_tuple_add(&rec, at, eql_sv_cstr(tuples[i][k]));
        eql_hit_entry_close(&rec, at);
        at = eql_hit_entry_open(&rec, 77, 0);
        eql_hit_tuple_add(&rec, at, eql_sv_cstr("taken back"));
        eql_hit_entry_drop(&rec, at);
    }
    eql_hit_close(&rec, &ref);
    h = (const eql_hit *)(const void *)rec.p;
    assert_int_equal(h->size, rec.len);
    assert_int_equal(h->size % 8, 0);
    assert_int_equal(h->nentries, 3);
    assert_int_equal(h->ref.offset, 99);
    for (e = eql_hit_first(h); e; e = eql_hit_next(h, e), n++) {
        eql_strview t = eql_hit_tuple_first(e);
        uint32_t k = 0;

        assert_int_equal(e->stage, n + 5);
        for (; t.p; t = eql_hit_tuple_next(e, t), k++)
            assert_true(eql_sv_is(t, tuples[n][k]));
        assert_int_equal(k, e->ntuples);
    }
    assert_int_equal(n, 3);
    eql_buf_free(&rec);
}

/* Spellings stand beside tuples, captured bytes behind them. */
static void
test_records_hold_spellings_and_captures(void **state)
{
    static const char *const rows[][2] = {
        {"abc", "ABC"}, {"x", NULL}, {"", "Y"}, {"12345", "6"}};
    eql_hit head = {.line = 1};
    eql_event_ref ref = {0};

    (void)state;
    for (size_t n = 0; n <= EQL_COUNTOF(rows); n++) {
        for (size_t captured = 0; captured < 10; captured++) {
            eql_buf rec = {0};
            const eql_hit_entry *e;
            eql_strview t;
            size_t at, i = 0;

            eql_hit_open(&rec, &head);
            at = eql_hit_entry_open(&rec, 3, 0);
            for (; i < n && rows[i][0]; i++) {
                if (rows[i][1])
                    eql_hit_tuple_add_shown(&rec, at, eql_sv_cstr(rows[i][0]),
                                            eql_sv_cstr(rows[i][1]));
                else
                    eql_hit_tuple_add(&rec, at, eql_sv_cstr(rows[i][0]));
            }
            eql_hit_captured_add(&rec, at, eql_sv("\0abcdefghij", captured));
            eql_hit_entry_close(&rec, at);
            eql_hit_close(&rec, &ref);
            e = eql_hit_first((const eql_hit *)(const void *)rec.p);
            assert_int_equal(e->ntuples, n);
            assert_int_equal(e->size % 8, 0);
            i = 0;
            for (t = eql_hit_tuple_first(e); t.p;
                 t = eql_hit_tuple_next(e, t)) {
                assert_true(eql_sv_is(t, rows[i][0]));
                assert_true(eql_sv_is(eql_hit_tuple_shown(e, t),
                                      rows[i][1] ? rows[i][1] : rows[i][0]));
                i++;
            }
            assert_int_equal(i, n);
            assert_true(eql_sv_eq(eql_hit_captured(e),
                                  eql_sv("\0abcdefghij", captured)));
            assert_null(eql_hit_next((const eql_hit *)(const void *)rec.p, e));
            eql_buf_free(&rec);
        }
    }
}

static void
test_ties_are_in_order(void **state)
{
    /* Ascending; equal ones have the same rank. */
    static const struct {
        eql_value v;
        int rank;
    } rows[] = {
        {{.tag = EQL_FLOAT, .u.d = -1e300}, 0},
        {{.tag = EQL_INT, .u.i = INT64_MIN}, 0},
        {{.tag = EQL_INT, .u.i = -1}, 1},
        {{.tag = EQL_INT, .u.i = 0}, 2},
        {{.tag = EQL_STRING, .len = 1, .u.s = "5"}, 3},
        {{.tag = EQL_FLOAT, .u.d = 5.0}, 3},
        {{.tag = EQL_INT, .u.i = 10}, 4},
        {{.tag = EQL_STRING, .len = 2, .u.s = "11"}, 5},
        {{.tag = EQL_INT, .u.i = INT64_MAX}, 6},
        {{.tag = EQL_FLOAT, .u.d = 1e300}, 6},
        {{.tag = EQL_STRING, .len = 0, .u.s = ""}, 7},
        {{.tag = EQL_STRING, .len = 1, .u.s = "a"}, 8},
        {{.tag = EQL_STRING, .len = 2, .u.s = "ab"}, 9},
        {{.tag = EQL_STRING, .len = 8, .u.s = "abcdefgh"}, 10},
        {{.tag = EQL_STRING, .len = 9, .u.s = "abcdefghi"}, 10},
        {{.tag = EQL_STRING, .len = 1, .u.s = "\xff"}, 11},
        {{.tag = EQL_BOOL, .u.b = true}, 12},
        {{.tag = EQL_NULL}, 12},
    };
    eql_hit a = {0}, b = {0};

    (void)state;
    for (size_t i = 1; i < EQL_COUNTOF(rows); i++) {
        int c;

        eql_hit_set_tie(&a, &rows[i - 1].v);
        eql_hit_set_tie(&b, &rows[i].v);
        c = a.tie_kind != b.tie_kind
                ? (a.tie_kind > b.tie_kind) - (a.tie_kind < b.tie_kind)
                : (a.tie > b.tie) - (a.tie < b.tie);
        if (c != -(rows[i - 1].rank < rows[i].rank))
            fail_msg("rows %zu and %zu", i - 1, i);
    }
    eql_hit_set_tie(&b, NULL);
    assert_int_equal(b.tie_kind, EQL_TIE_ABSENT);
}

static void
test_hit_without_entries(void **state)
{
    eql_hit head = {.line = 1};
    eql_event_ref ref = {0};
    eql_buf rec = {0};

    (void)state;
    eql_hit_open(&rec, &head);
    eql_hit_close(&rec, &ref);
    assert_null(eql_hit_first((const eql_hit *)(const void *)rec.p));
    eql_buf_free(&rec);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_keys_are_equal_bytes),
        cmocka_unit_test(test_tuples_decode),
        cmocka_unit_test(test_order_of_keys),
        cmocka_unit_test(test_records_walk),
        cmocka_unit_test(test_records_hold_spellings_and_captures),
        cmocka_unit_test(test_ties_are_in_order),
        cmocka_unit_test(test_hit_without_entries),
    };

    return cmocka_run_group_tests_name("hit", tests, NULL, NULL);
}
