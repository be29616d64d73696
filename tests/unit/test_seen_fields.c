/* test_seen_fields.c -- what events had is told alike from raw texts and from slots;
 * what had no value is never said to have had none when it had. */
#include "tests/support/reader_pair.h"
#include "tests/support/reader_texts.h"
#include "vm/filter/seen_fields.h"

/* Each text by itself. */
static void
check_texts(eql_input_kind input, bool opaque)
{
    static reader_pair r;
    uint64_t had = 0, had_not = 0;

    reader_pair_init(&r, input, opaque);
    for (size_t i = 0; i < EQL_COUNTOF(reader_texts); i++) {
        eql_strview text = eql_sv_cstr(reader_texts[i]);
        eql_event a = {0}, b = {0};
        eql_read_note note;
        eql_seen_fields fast, strict;
        bool whole = true;

        if (eql_reader_read(r.fast[0].reader, text, r.fast[0].clock, &a,
                            &note) != EQL_READ_EVENT ||
            eql_reader_read(r.strict.reader, text, r.strict.clock, &b, &note) !=
                EQL_READ_EVENT)
            continue;
        assert_true(eql_seen_fields_init(&fast, &r.paths.program));
        assert_true(eql_seen_fields_init(&strict, &r.paths.program));
        eql_seen_fields_event(&fast, &a);
        eql_seen_fields_event(&strict, &b);
        for (uint32_t k = 0; a.lazy && k < a.lazy->nraws; k++)
            whole &= a.lazy->raws[k].p != NULL;
        for (uint32_t f = 0; f < r.paths.program.nfields; f++) {
            bool has;

            if (r.paths.program.fields[f].parent != EQL_NONE)
                continue;
            has = eql_event_slot(&b, f)->n > 0;
            had += has;
            had_not += !has;
            if ((has && !eql_seen_fields_met(&fast, f)) ||
                (has && !eql_seen_fields_met(&strict, f)) ||
                (whole && eql_seen_fields_met(&fast, f) !=
                              eql_seen_fields_met(&strict, f)))
                fail_msg("%s: field %u: it has %s, raws say %d, slots %d",
                         reader_texts[i], f, has ? "a value" : "none",
                         eql_seen_fields_met(&fast, f),
                         eql_seen_fields_met(&strict, f));
        }
        eql_seen_fields_free(&fast);
        eql_seen_fields_free(&strict);
    }
    assert_true(had > 100);
    assert_true(had_not > 100);
    reader_pair_free(&r);
}

static void
test_texts(void **state)
{
    (void)state;
    check_texts(EQL_INPUT_ECS, false);
    check_texts(EQL_INPUT_ECS, true);
    check_texts(EQL_INPUT_AUTO, false);
}

/* Values of one field, by mode: F flat, C composite, O opaque, E elements. */
static void
test_values(void **state)
{
    static const struct {
        const char *value, *met;
    } cases[] = {
        {"null", ""},
        {"\"\"", "FCOE"},
        {"0", "FCOE"},
        {"-1", "FCOE"},
        {"true", "FCOE"},
        {"false", "FCOE"},
        {"{}", "OE"},
        {"{\"n\":1}", "OE"},
        {"[]", "O"},
        {"[null]", "O"},
        {"[ null , null ]", "O"},
        {"[{}]", "OE"},
        {"[{\"n\":\"}\"},null]", "OE"},
        {"[[]]", "OE"},
        {"[[null]]", "OE"},
        {"[[1]]", "FCOE"},
        {"[{\"n\":1},2]", "FCOE"},
        {"[null,\"\"]", "FCOE"},
        {"[{\"t\":\"\\\"{\"}]", "OE"},
    };
    static const eql_field_mode modes[] = {EQL_MODE_FLAT, EQL_MODE_COMPOSITE,
                                           EQL_MODE_OPAQUE, EQL_MODE_ELEMENTS};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        static test_paths t;
        uint32_t fields[4];
        eql_raw raw = {.p = cases[i].value,
                       .len = (uint32_t)strlen(cases[i].value)};
        eql_lazy lazy = {.raws = &raw, .nraws = 1};
        eql_event ev = {.lazy = &lazy};
        eql_seen_fields s;

        memset(&t, 0, sizeof t);
        test_paths_init(&t);
        for (size_t k = 0; k < 4; k++) {
            fields[k] = test_paths_add(&t, "x");
            t.fields[fields[k]].mode = modes[k];
        }
        assert_true(eql_seen_fields_init(&s, &t.program));
        raw.path = s.paths.of[fields[0]];
        eql_seen_fields_event(&s, &ev);
        for (size_t k = 0; k < 4; k++)
            if (eql_seen_fields_met(&s, fields[k]) !=
                (strchr(cases[i].met, "FCOE"[k]) != NULL))
                fail_msg("%s in mode %c: %d", cases[i].value, "FCOE"[k],
                         eql_seen_fields_met(&s, fields[k]));
        /* Two fields are @timestamp and event.category. */
        assert_int_equal(s.nopen, strlen(cases[i].met) == 4 ? 2 : 3);
        eql_seen_fields_free(&s);
    }
}

static void
test_collect(void **state)
{
    static test_paths t;
    eql_seen_fields a, b;
    uint32_t x, y;
    eql_raw raw = {.p = "1", .len = 1};
    eql_lazy lazy = {.raws = &raw, .nraws = 1};
    eql_event ev = {.lazy = &lazy};

    (void)state;
    test_paths_init(&t);
    x = test_paths_add(&t, "x");
    y = test_paths_add(&t, "y");
    assert_true(eql_seen_fields_init(&a, &t.program));
    assert_true(eql_seen_fields_init(&b, &t.program));
    assert_int_equal(a.nopen, 4);
    raw.path = b.paths.of[y];
    eql_seen_fields_event(&b, &ev);
    eql_seen_fields_collect(&a, &b);
    eql_seen_fields_collect(&a, &b);
    assert_int_equal(a.nopen, 3);
    assert_false(eql_seen_fields_met(&a, x));
    assert_true(eql_seen_fields_met(&a, y));
    for (raw.path = 0; raw.path < a.paths.n; raw.path++)
        eql_seen_fields_event(&a, &ev);
    assert_int_equal(a.nopen, 0);
    eql_seen_fields_free(&a);
    eql_seen_fields_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_collect),
    };

    return cmocka_run_group_tests_name("seen_fields", tests, NULL, NULL);
}
