/* test_mapping_hostile.c -- records that no Windows wrote: any type anywhere,
 * huge values, other JSON.  Nothing may crash, leak or grow without bound. */
#include "tests/support/mapping_test.h"

#define D ""

/* The records of the field tests; their values are replaced. */
typedef struct {
    const char *code;
    const char *data;
} record_row;

static const record_row FIELDS[] = {
#define X(label, channel, code, data, path, json) {code, data},
#include "tests/support/mapping_fields.def"
#undef X
};

/* --- hostile records --- */

static void
map_hostile(const eql_mapping *m, eql_wall_clock *clock, json_t *record)
{
    eql_mapped out;
    char *text;

    assert_true(eql_mapping_apply(m, record, clock, true, &out));
    text = json_dumps(out.ecs, JSON_COMPACT);
    assert_non_null(text);
    free(text);
    json_decref(out.ecs);
}

/* Every key that a layout or rule looks at, with every kind of value. */
static void
test_any_type_anywhere(void **state)
{
    static const char *const channels[] = {
        "Microsoft-Windows-Sysmon/Operational", "Security",
        "Microsoft-Windows-PowerShell/Operational", "Windows PowerShell"};
    eql_mapping *m = builtin();
    eql_events_options o = {0};
    eql_wall_clock *clock = eql_wall_clock_new(&o);
    size_t i, k;
    unsigned kind;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(FIELDS); i++) {
        char text[2048];
        const char *key;
        json_t *record, *v;
        void *tmp;

        snprintf(text, sizeof text,
                 "{\"SourceModuleType\":1,\"EventTime\":1,\"UtcTime\":1,"
                 "\"@timestamp\":1,\"Hostname\":1,\"Message\":1,\"UserID\":1,"
                 "\"Keywords\":1,\"Category\":1,\"Version\":1,%s}",
                 FIELDS[i].data);
        for (kind = 0; kind < 12; kind++) {
            record = parse(text);
            json_object_foreach_safe(record, tmp, key, v)
                json_object_set_new(record, key, hostile_value(kind));
            for (k = 0; k < EQL_COUNTOF(channels); k++) {
                json_object_set_new(record, "Channel",
                                    json_string(channels[k]));
                json_object_set_new(record, "EventID",
                                    json_string(FIELDS[i].code));
                map_hostile(m, clock, record);
            }
            json_object_set_new(record, "Channel", hostile_value(kind));
            json_object_set_new(record, "EventID", hostile_value(kind));
            map_hostile(m, clock, record);
            json_decref(record);
        }
    }
    eql_wall_clock_settle(clock);
    eql_wall_clock_free(clock);
    eql_mapping_free(m);
}

static void
test_huge_values_are_bounded(void **state)
{
    static const char *const keys[] = {"CommandLine", "QueryResults", "Hashes",
                                       "Message", "PrivilegeList"};
    static const char *const parts[] = {"a ", "1.2.3.4;", "a=b,", "a: b\n",
                                        "a "};
    enum { REPEAT = 100000 };
    eql_mapping *m = builtin();
    size_t i, n;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(keys); i++) {
        json_t *record = parse("{\"TimeCreated\":1,\"EventID\":22,\"Channel\":"
                               "\"Microsoft-Windows-Sysmon/Operational\"}");
        eql_buf b = {0};
        eql_mapped out;

        for (n = 0; n < REPEAT; n++)
            eql_buf_add_str(&b, parts[i]);
        json_object_set_new(record, keys[i], json_stringn(b.p, b.len));
        assert_true(eql_mapping_apply(m, record, NULL, true, &out));
        assert_true(json_array_size(at(out.ecs, "process/args")) <= 16384);
        assert_true(json_array_size(at(out.ecs, "dns/resolved_ip")) <= 16384);
        json_decref(out.ecs);
        json_decref(record);
        eql_buf_free(&b);
    }
    eql_mapping_free(m);
}

static void
test_what_is_no_record_gives_nothing(void **state)
{
    static const char *const texts[] = {"{}", "[]", "null", "7", "\"x\""};
    eql_mapping *m = builtin();
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(texts); i++) {
        eql_mapped out = map_with(m, NULL, texts[i]);

        assert_int_equal(json_object_size(out.ecs), 0);
        assert_int_equal(out.time_kind, EQL_TIME_NONE);
        json_decref(out.ecs);
    }
    eql_mapping_free(m);
}

/* jansson's allocations left before one fails; counts down to below zero. */
static long allocations_left;

static void *
failing_malloc(size_t n)
{
    return allocations_left-- == 0 ? NULL : malloc(n);
}

/* Whichever allocation fails, the answer is false, and nothing leaks. */
static void
test_out_of_memory_is_told(void **state)
{
    eql_mapping *m = builtin();
    size_t i;
    long k;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(FIELDS); i++) {
        char text[2048];
        json_t *record;
        eql_mapped out;
        bool ok = false;

        snprintf(text, sizeof text,
                 "{\"TimeCreated\":\"2020-01-01 00:00:00+00:00\",\"Channel\":"
                 "\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":%s,%s}",
                 FIELDS[i].code, FIELDS[i].data);
        record = parse(text);
        for (k = 0; !ok; k++) {
            json_set_alloc_funcs(failing_malloc, free);
            allocations_left = k;
            ok = eql_mapping_apply(m, record, NULL, true, &out);
            json_set_alloc_funcs(malloc, free);
            assert_true(ok == (allocations_left >= 0));
        }
        json_decref(out.ecs);
        json_decref(record);
    }
    eql_mapping_free(m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_type_anywhere),
        cmocka_unit_test(test_huge_values_are_bounded),
        cmocka_unit_test(test_what_is_no_record_gives_nothing),
        cmocka_unit_test(test_out_of_memory_is_told),
    };

    return cmocka_run_group_tests_name("mapping_hostile", tests, NULL, NULL);
}
