/* test_keys.c -- key tuples of one event in every dialect (language 8.9). */
#include "tests/support/event_filter_test.h"
#include "vm/filter/keys.h"

/* Appends the values of a tuple: "1, a". */
static void
show_tuple(eql_buf *out, eql_strview t)
{
    char scratch[48], text[32];
    size_t pos = 0;
    eql_value v;

    for (bool first = true; eql_hit_key_next(t, &pos, &v, scratch);
         first = false) {
        if (!first)
            eql_buf_add_str(out, ",");
        switch (v.tag) {
        case EQL_NULL: eql_buf_add_str(out, "null"); break;
        case EQL_BOOL: eql_buf_add_str(out, v.u.b ? "true" : "false"); break;
        case EQL_INT:
            eql_buf_add(out, text, eql_format_int(v.u.i, text));
            break;
        case EQL_FLOAT:
            eql_buf_add(out, text, eql_format_double(v.u.d, text));
            break;
        default: eql_buf_add_sv(out, eql_value_sv(&v)); break;
        }
    }
}

/* All tuples of stage 0: "a | b"; with another spelling "a=A | b". */
static void
show_tuples(eql_buf *out, const eql_hit_entry *e)
{
    eql_strview t = eql_hit_tuple_first(e);

    for (uint32_t i = 0; t.p; t = eql_hit_tuple_next(e, t), i++) {
        eql_strview shown = eql_hit_tuple_shown(e, t);

        eql_buf_add_str(out, i ? " | " : "");
        show_tuple(out, t);
        if (shown.p == t.p)
            continue;
        eql_buf_add_str(out, "=");
        show_tuple(out, shown);
    }
}

/* What stage 0 of a sequence by `by` makes of an event. */
static void
tuples_of(const eql_program *p, const char *json, eql_buf *out)
{
    eql_interp *it = eql_interp_new(p);
    eql_keys *k = eql_keys_new(p, it);
    eql_hit head = {0};
    eql_event_ref ref = {0};
    eql_buf rec = {0};
    bool capped = false;
    eql_keys_result res;
    test_reader r;
    const eql_event *ev;
    size_t at;

    test_reader_init(&r, p);
    ev = test_read(&r, json);
    eql_interp_begin(it, ev);
    eql_hit_open(&rec, &head);
    at = eql_hit_entry_open(&rec, 0, 0);
    res = eql_keys_add(k, 0, ev, &rec, at, &capped);
    eql_hit_entry_close(&rec, at);
    eql_hit_close(&rec, &ref);
    if (res == EQL_KEYS_KEYLESS)
        eql_buf_add_str(out, "none");
    else
        show_tuples(out, eql_hit_first((const eql_hit *)(const void *)rec.p));
    assert_false(capped);
    test_reader_free(&r);
    eql_buf_free(&rec);
    eql_keys_free(k);
    eql_interp_free(it);
}

typedef struct {
    eql_dialect_name dialect;
    const char *tweaks, *by, *json, *wanted;
} key_case;

static void
check_case(const key_case *c)
{
    char query[256];
    eql_rule_source rule;
    eql_buf got = {0};
    eql_program *p;

    snprintf(query, sizeof query,
             "sequence by %s [any where true] [any where true]", c->by);
    rule = test_rule_of(query);
    p = test_compile(c->dialect, c->tweaks, &rule, 1);
    tuples_of(p, c->json, &got);
    if (!eql_sv_is(eql_buf_sv(&got), c->wanted))
        fail_msg("by %s of %s: %.*s, not %s", c->by, c->json, (int)got.len,
                 got.p, c->wanted);
    eql_buf_free(&got);
    eql_program_free(p);
}

#define ELASTIC EQL_DIALECT_ELASTIC, NULL
#define ENDGAME EQL_DIALECT_ENDGAME, NULL

static void
test_keys_of_dialects(void **state)
{
    static const key_case cases[] = {
        {ELASTIC, "h", "{\"h\":\"A\"}", "A"},
        {ELASTIC, "h", "{\"h\":[\"a\",\"b\",\"a\"]}", "a | b"},
        {ELASTIC, "h", "{}", "none"},
        {ELASTIC, "h", "{\"h\":[]}", "none"},
        {ELASTIC, "?h", "{}", "null"},
        {ELASTIC, "h, g", "{\"h\":[1,2],\"g\":[3,4]}", "1,3 | 1,4 | 2,3 | 2,4"},
        {ELASTIC, "h, ?g", "{\"h\":1.0}", "1,null=1.0,null"},
        {ELASTIC, "h", "{\"h\":[\"1\",1,1.0,true]}", "1 | 1 | true"},
        {ENDGAME, "h", "{\"h\":\"aBC\"}", "abc=aBC"},
        {ENDGAME, "h", "{\"h\":\"abc\"}", "abc"},
        {ENDGAME, "h", "{}", "null"},
        {ENDGAME, "h, g", "{\"h\":\"X\",\"g\":1}", "x,1=X,1"},
        {ENDGAME, "h", "{\"h\":[\"A\",1]}", "[\"a\",1]=[\"A\",1]"},
        {EQL_DIALECT_ELASTIC, "key_case=fold", "h",
         "{\"h\":[\"A\",\"a\",\"B\"]}", "a=A | b=B"},
        {EQL_DIALECT_ELASTIC, "key_case=fold case_fold=ascii", "h",
         "{\"h\":[\"\xc3\x89\",\"X\"]}", "\xc3\x89 | x=X"},
        {EQL_DIALECT_ELASTIC, "null_keys=join", "h", "{}", "null"},
        {EQL_DIALECT_ELASTIC, "multi_value=opaque", "h", "{\"h\":[1,2]}",
         "[1,2]"},
        {EQL_DIALECT_ELASTIC, "multi_value=opaque", "h", "{\"h\":{\"a\":1}}",
         "{\"a\":1}"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        check_case(&cases[i]);
}

static void
test_keys_of_expressions(void **state)
{
    static const key_case cases[] = {
        {ELASTIC, "concat(h, g)", "{\"h\":\"a\",\"g\":1}", "a1"},
        {ELASTIC, "concat(h, g)", "{\"h\":[\"a\",\"b\"],\"g\":[1,2]}",
         "a1 | a2 | b1 | b2"},
        {ELASTIC, "length(h)", "{\"h\":[\"aa\",\"bb\",\"c\"]}", "2 | 1"},
        {ELASTIC, "length(h)", "{\"h\":[\"aa\",5]}", "2"},
        {ELASTIC, "length(h)", "{}", "none"},
        {ENDGAME, "substring(h, 0, 1)", "{\"h\":\"Xy\"}", "x=X"},
        {ENDGAME, "substring(h, 0, 1)", "{}", "null"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        check_case(&cases[i]);
}

/* --- types of the schema --- */

static void
test_keys_keep_their_spelling(void **state)
{
    static const struct {
        const char *text, *shown;
        char kind;
    } cases[] = {
        {"10.0.0.1", "10.0.0.1", 'a'},
        {"2001:DB8:0:0::01", "2001:DB8:0:0::01", 's'},
        {"2001:db8::1", "2001:db8::1", 'a'},
        {"fe80::1%eth0", "fe80::1%eth0", 's'},
        {"host", "host", 's'},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_value v = eql_value_str(eql_sv_cstr(cases[i].text));
        eql_buf t = {0}, text = {0};

        eql_key_spelling(EQL_FIELD_IP, &v, &t);
        show_tuple(&text, eql_buf_sv(&t));
        assert_int_equal(t.p[0], cases[i].kind);
        assert_true(eql_sv_is(eql_buf_sv(&text), cases[i].shown));
        eql_buf_free(&t);
        eql_buf_free(&text);
    }
}

static char *
show_value(eql_field_type type, eql_value v, char out[64])
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_buf t = {0}, text = {0};

    eql_key_value(&d, type, &v, &t);
    show_tuple(&text, eql_buf_sv(&t));
    snprintf(out, 64, "%c %.*s", t.p[0], (int)text.len, text.p ? text.p : "");
    eql_buf_free(&t);
    eql_buf_free(&text);
    return out;
}

static void
test_keys_of_types(void **state)
{
    static const struct {
        eql_field_type type;
        eql_value v;
        const char *wanted;
    } cases[] = {
        {EQL_FIELD_ANY, {.tag = EQL_STRING, .len = 3, .u.s = "443"}, "s 443"},
        {EQL_FIELD_NUMBER,
         {.tag = EQL_STRING, .len = 3, .u.s = "443"},
         "i 443"},
        {EQL_FIELD_NUMBER,
         {.tag = EQL_STRING, .len = 3, .u.s = "abc"},
         "s abc"},
        {EQL_FIELD_NUMBER, {.tag = EQL_INT, .u.i = 443}, "i 443"},
        {EQL_FIELD_BOOLEAN,
         {.tag = EQL_STRING, .len = 4, .u.s = "true"},
         "b true"},
        {EQL_FIELD_BOOLEAN,
         {.tag = EQL_STRING, .len = 3, .u.s = "yes"},
         "s yes"},
        {EQL_FIELD_IP, {.tag = EQL_STRING, .len = 5, .u.s = "::0:1"}, "a ::1"},
        {EQL_FIELD_DATE,
         {.tag = EQL_STRING, .len = 20, .u.s = "1970-01-01T00:00:01Z"},
         "i 1000000000"},
        {EQL_FIELD_DATE,
         {.tag = EQL_STRING, .len = 25, .u.s = "1970-01-01T01:00:01+01:00"},
         "i 1000000000"},
        {EQL_FIELD_DATE,
         {.tag = EQL_STRING, .len = 5, .u.s = "never"},
         "s never"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        assert_string_equal(show_value(cases[i].type, cases[i].v, text),
                            cases[i].wanted);
}

/* --- bounds --- */

/* An event with `n` values of h, each `len` bytes long and different. */
static eql_keys_result
add_many(uint32_t n, uint32_t len, uint32_t *ntuples, bool *capped)
{
    eql_program *p =
        test_program_of("sequence by h [any where true] [any where true]");
    eql_interp *it = eql_interp_new(p);
    eql_keys *k = eql_keys_new(p, it);
    eql_slot *slots = calloc(p->nfields, sizeof *slots);
    eql_value *v = calloc(n, sizeof *v);
    char *text = malloc((size_t)n + len);
    eql_event ev = {.slots = slots};
    eql_hit head = {0};
    eql_buf rec = {0};
    eql_keys_result res;
    size_t at;

    for (size_t i = 0; i < n + len; i++)
        text[i] = (char)('a' + (i * 31 + i / 7) % 26);
    for (uint32_t i = 0; i < n; i++) {
        v[i] = eql_value_str(eql_sv(text + i, len));
        if (len < 8)
            v[i] = eql_value_int(i);
    }
    for (uint32_t f = 2; f < p->nfields; f++)
        slots[f] = (eql_slot){v, n, NULL};
    eql_interp_begin(it, &ev);
    eql_hit_open(&rec, &head);
    at = eql_hit_entry_open(&rec, 0, 0);
    res = eql_keys_add(k, 0, &ev, &rec, at, capped);
    *ntuples = ((eql_hit_entry *)(void *)(rec.p + at))->ntuples;
    assert_true(rec.len <= EQL_HIT_MAX_BYTES + 64);
    eql_buf_free(&rec);
    free(slots);
    free(v);
    free(text);
    eql_keys_free(k);
    eql_interp_free(it);
    eql_program_free(p);
    return res;
}

static void
test_keys_are_bounded(void **state)
{
    uint32_t n;
    bool capped;

    (void)state;
    assert_int_equal(add_many(EQL_MAX_KEY_TUPLES, 1, &n, &capped), EQL_KEYS_OK);
    assert_int_equal(n, EQL_MAX_KEY_TUPLES);
    assert_false(capped);
    assert_int_equal(add_many(EQL_MAX_KEY_TUPLES + 1, 1, &n, &capped),
                     EQL_KEYS_OK);
    assert_int_equal(n, EQL_MAX_KEY_TUPLES);
    assert_true(capped);
    assert_int_equal(add_many(1, EQL_MAX_KEY_VALUE, &n, &capped), EQL_KEYS_OK);
    assert_false(capped);
    assert_int_equal(add_many(1, EQL_MAX_KEY_VALUE + 1, &n, &capped),
                     EQL_KEYS_LOST);
    assert_true(capped);
    assert_int_equal(add_many(20, EQL_MAX_KEY_VALUE, &n, &capped), EQL_KEYS_OK);
    assert_true(capped);
    assert_true(n < 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_dialects),
        cmocka_unit_test(test_keys_of_expressions),
        cmocka_unit_test(test_keys_of_types),
        cmocka_unit_test(test_keys_keep_their_spelling),
        cmocka_unit_test(test_keys_are_bounded),
    };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
