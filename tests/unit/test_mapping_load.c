/* test_mapping_load.c -- mappings: what is wrong with one and where, and one of
 * a user's own. */
#include "tests/support/mapping_test.h"

/* --- mappings --- */

/* A small whole mapping into which a test puts one thing. */
static json_t *
small_mapping(void)
{
    return parse(
        "{\"format\":1,\"features\":{\"on\":true,\"off\":false},"
        "\"layouts\":{\"nxlog\":{\"clock\":\"local\",\"header\":{},\"rest\":"
        "true},\"pwsh\":{\"clock\":\"local\",\"header\":{\"channel\":\"C\","
        "\"code\":\"EventID\"},\"rest\":true,\"not_data\":[\"TimeCreated\","
        "\"C\",\"EventID\"]},\"winlogbeat6\":{\"clock\":\"utc\",\"header\":{},"
        "\"rest\":false},\"loganalytics\":{\"clock\":\"utc\",\"header\":{},"
        "\"rest\":true}},\"code_sets\":{\"two\":[\"1\",\"2\"]},\"channels\":{"
        "\"X\":{\"events\":[],\"fields\":[]}}}");
}

/* Sets the value at a path (keys and indices parted by '/'), or deletes. */
static void
set_at(json_t *doc, const char *path, const char *json)
{
    char copy[256], *key, *next;
    size_t i;

    snprintf(copy, sizeof copy, "%s", path);
    for (key = copy; (next = strchr(key, '/')); key = next) {
        *next++ = 0;
        doc = json_object_get(doc, key);
        assert_non_null(doc);
    }
    if (!json) {
        json_object_del(doc, key);
    } else if (json_is_array(doc)) {
        i = (size_t)strtoul(key, NULL, 10);
        while (json_array_size(doc) <= i)
            json_array_append_new(doc, json_null());
        json_array_set_new(doc, i, parse(json));
    } else {
        json_object_set_new(doc, key, parse(json));
    }
}

static eql_mapping *
load(json_t *doc, eql_buf *why)
{
    char *text = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);
    eql_mapping *m = eql_mapping_new(eql_sv_cstr(text), why);

    free(text);
    return m;
}

typedef struct {
    const char *path;
    const char *json; /* NULL: deleted */
    const char *why;
} bad_row;

#define F "channels/X/fields"

static const bad_row BAD[] = {
    {"format", "2", "format: must be 1"},
    {"format", NULL, "format: must be 1"},
    {"chanels", "{}", "the document: unknown key \"chanels\""},
    {"features", "[]", "features: must be an object, is a list"},
    {"features/on", "1", "features.on: must be true or false, is a number"},
    {"empty", "[1]", "empty[0]: must be a string"},
    {"empty",
     "[\"1234567890123456789012345678901234567890123456789012345678901234\","
     "\"12345678901234567890123456789012345678901234567890123456789012345\"]",
     "empty[1]: is longer than 64 bytes"},
    {"empty", "\"-\"", "empty: must be a list, is a string"},
    {"layouts", NULL, "layouts: must be an object, is missing"},
    {"layouts/nxlog", NULL, "layouts.nxlog: must be an object, is missing"},
    {"layouts/other", "{}", "layouts: unknown key \"other\""},
    {"layouts/nxlog/clock", "\"mars\"",
     "layouts.nxlog.clock: must be \"local\" or \"utc\""},
    {"layouts/nxlog/clock", NULL,
     "layouts.nxlog.clock: must be a string, is missing"},
    {"layouts/nxlog/rest", "\"yes\"",
     "layouts.nxlog.rest: must be true or false, is a string"},
    {"layouts/nxlog/header", "{\"cod\":\"x\"}",
     "layouts.nxlog.header.cod: no such header field"},
    {"layouts/nxlog/header", "{\"code\":\"a//b\"}",
     "layouts.nxlog.header.code: \"a//b\" is no path"},
    {"layouts/nxlog/not_data", "[\"a\",7]",
     "layouts.nxlog.not_data[1]: must be a string, is a number"},
    {"layouts/nxlog/not_data", "[]",
     "layouts.nxlog.not_data: must not be an empty list"},
    {"layouts/nxlog/nested", "{}",
     "layouts.nxlog.nested: must be a string, is an object"},
    {"layouts/nxlog/variants", "[{}]",
     "layouts.nxlog.variants[0]: needs \"has\" or \"lacks\""},
    {"layouts/nxlog/variants", "[{\"has\":\"a\",\"lacks\":\"b\"}]",
     "layouts.nxlog.variants[0]: needs \"has\" or \"lacks\""},
    {"layouts/nxlog/variants", "{}",
     "layouts.nxlog.variants: must be a list, is an object"},
    {"code_sets", "[]", "code_sets: must be an object, is a list"},
    {"field_sets", "[]", "field_sets: must be an object, is a list"},
    {"constants", "{\"a\":{}}",
     "constants.a: must be a string, number, "
     "boolean or list, is an object"},
    {"constants", "{\"a\":[[]]}",
     "constants.a[0]: must be a string, number or boolean, is a list"},
    {"constants", "{\"a..b\":1}", "constants.a..b: \"a..b\" is no path"},
    {"constants", "{\"@timestamp\":1}",
     "constants.@timestamp: \"@timestamp\" is set by the time rules only"},
    {"common", "[{\"from\":\"a\",\"to\":\"b\",\"codes\":[\"1\"]}]",
     "common[0]: common rules are for every code"},
    {"channels", NULL, "channels: must be an object, is missing"},
    {"channels/X", "7", "channels.X: must be an object, is a number"},
    {"channels/X/field", "[]", "channels.X: unknown key \"field\""},
    {"channels/X/time", "\"\"",
     "channels.X.time: must not be empty or hold U+0000"},
    {"channels/X/time", "\"a\\u0000b\"",
     "channels.X.time: must not be empty or hold U+0000"},
    {"channels/X/events", NULL,
     "channels.X.events: must be a list, is missing"},
    {"channels/X/events/0", "{\"category\":{}}",
     "channels.X.events[0].category: must be a string, number, boolean or "
     "list, is an object"},
    {"channels/X/events/0", "{\"kategory\":\"x\"}",
     "channels.X.events[0]: unknown key \"kategory\""},
    {"channels/X/events/0", "{\"codes\":7}",
     "channels.X.events[0].codes: must be a string, is a number"},
    {F, "\"nope\"", "channels.X.fields: no field set \"nope\""},
    {F, "7", "channels.X.fields: must be a list, is a number"},
    {F "/0", "7", "channels.X.fields[0]: must be an object, is a number"},
    {F "/1", "{\"from\":\"a\",\"to\":\"b\"}",
     "channels.X.fields[0]: must be an object, is null"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"foo\"}",
     "channels.X.fields[0].op: unknown op \"foo\""},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":7}",
     "channels.X.fields[0].op: must be a string, is a number"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"moo\":7}",
     "channels.X.fields[0]: unknown key \"moo\""},
    {F "/0", "{\"to\":\"b\"}",
     "channels.X.fields[0].from: must be a string, is missing"},
    {F "/0", "{\"from\":[\"a\",\"$moon\"],\"to\":\"b\"}",
     "channels.X.fields[0].from[1]: no header field \"$moon\""},
    {F "/0", "{\"from\":\"@\",\"to\":\"b\"}",
     "channels.X.fields[0].from: \"\" is no path"},
    {F "/0", "{\"from\":\"a\"}",
     "channels.X.fields[0].to: \"str\" needs 1 path, has 0"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"user\"}",
     "channels.X.fields[0].to: \"user\" needs 2 paths, has 1"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"drop\"}",
     "channels.X.fields[0].to: \"drop\" needs 0 paths, has 1"},
    {F "/0", "{\"from\":\"a\",\"to\":\"event.created\"}",
     "channels.X.fields[0].to: \"event.created\" is set by the time rules "
     "only"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"const\",\"value\":1}",
     "channels.X.fields[0].from: \"const\" takes no source"},
    {F "/0", "{\"to\":\"b\",\"op\":\"const\"}",
     "channels.X.fields[0].value: \"const\" needs \"value\""},
    {F "/0", "{\"to\":\"b\",\"op\":\"const\",\"value\":null}",
     "channels.X.fields[0].value: must be a string, number, boolean or list, "
     "is null"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"map\"}",
     "channels.X.fields[0].map: \"map\" needs \"map\""},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"map\":{}}",
     "channels.X.fields[0].map: \"str\" takes no \"map\""},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"map\",\"map\":{\"c\":{}}}",
     "channels.X.fields[0].map.c: must be a string, number, boolean or list, "
     "is an object"},
    {F "/0",
     "{\"from\":\"a\",\"to\":[\"b\",\"c\"],\"op\":\"args\",\"style\":"
     "\"x\"}",
     "channels.X.fields[0].style: must be \"crt\" or \"spaces\""},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"op\":\"join\"}",
     "channels.X.fields[0].separator: \"join\" needs \"separator\""},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"copy\":1}",
     "channels.X.fields[0].copy: must be true or false, is a number"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"codes\":\"@three\"}",
     "channels.X.fields[0].codes: no code set \"three\""},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"not_codes\":[]}",
     "channels.X.fields[0].not_codes: must not be an empty list"},
    {F "/0", "{\"from\":\"a\",\"to\":\"b\",\"feature\":\"maybe\"}",
     "channels.X.fields[0].feature: no feature \"maybe\""},
    {"code_sets/two", "[\"1\",{}]", NULL}, /* not used, so not looked at */
    {"channels/X/clock_skip", "[1]",
     "channels.X.clock_skip[0]: must be a string, is a number"},
    {"channels/X/prepare", "{}",
     "channels.X.prepare: must be a list, is an object"},
};

static void
test_bad_mappings_say_where(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(BAD); i++) {
        json_t *doc = small_mapping();
        eql_buf why = {0};
        eql_mapping *m;

        set_at(doc, BAD[i].path, BAD[i].json);
        m = load(doc, &why);
        if (!m != (BAD[i].why != NULL))
            fail_msg("%s: %s", BAD[i].path, m ? "loads" : "does not load");
        if (BAD[i].why && (why.len < strlen(BAD[i].why) ||
                           memcmp(why.p, BAD[i].why, strlen(BAD[i].why)) != 0))
            fail_msg("%s %s: says \"%.*s\", not \"%s\"", BAD[i].path,
                     BAD[i].json ? BAD[i].json : "deleted", (int)why.len, why.p,
                     BAD[i].why);
        eql_mapping_free(m);
        eql_buf_free(&why);
        json_decref(doc);
    }
}

static void
test_what_is_no_mapping_is_refused(void **state)
{
    static const char *const texts[] = {"x",
                                        "[",
                                        "[]",
                                        "7",
                                        "\"\"",
                                        "null",
                                        "{}",
                                        "{\"format\":1}",
                                        "{\"format\":1,\"format\":1}",
                                        "{\"format\":1,\"channels\":{}}",
                                        "\0"};
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(texts); i++) {
        eql_buf why = {0};
        size_t len = strlen(texts[i]);

        assert_null(eql_mapping_new(eql_sv(texts[i], len ? len : 1), &why));
        assert_true(why.len > 0);
        eql_buf_free(&why);
    }
}

/* Replaces each value of the mapping built in, one at a time and at every
 * depth, by a value of each kind: it loads or gives a reason. */
static void
mangle(json_t *doc, json_t *v, unsigned *n)
{
    const char *key;
    json_t *item;
    size_t i;
    void *tmp;

    json_object_foreach_safe(v, tmp, key, item)
    {
        eql_buf why = {0};
        eql_mapping *m;

        json_incref(item);
        json_object_set_new(v, key, hostile_value((*n)++));
        m = load(doc, &why);
        assert_true(m || why.len > 0);
        eql_mapping_free(m);
        eql_buf_free(&why);
        json_object_set_new(v, key, item);
        mangle(doc, item, n);
    }
    for (i = 0; i < json_array_size(v); i += 7) {
        item = json_array_get(v, i);
        mangle(doc, item, n);
    }
}

static void
test_mangled_mappings_never_crash(void **state)
{
    eql_strview text = eql_mapping_builtin();
    json_t *doc = json_loadb(text.p, text.len, 0, NULL);
    unsigned n = 0;

    (void)state;
    mangle(doc, doc, &n);
    assert_true(n > 100);
    json_decref(doc);
}

static void
test_a_mapping_of_ones_own(void **state)
{
    json_t *doc = small_mapping();
    eql_buf why = {0};
    eql_mapping *m;
    eql_mapped out;

    (void)state;
    set_at(doc, "constants", "{\"event.kind\":\"event\"}");
    set_at(doc, "field_sets",
           "{\"mine\":[{\"from\":\"a\",\"to\":\"p.q\",\"codes\":\"@two\"},"
           "{\"from\":\"b\",\"to\":\"p\"},"
           "{\"from\":\"b\",\"to\":\"p.q.r\",\"feature\":\"on\"},"
           "{\"from\":\"c\",\"to\":\"c\",\"feature\":\"off\"},"
           "{\"from\":\"d\",\"to\":\"d\",\"op\":\"raw\",\"not_codes\":[\"9\"]},"
           "{\"from\":\"@event\",\"to\":\"event.self\",\"op\":\"raw\"},"
           "{\"from\":\"@event\",\"to\":\"event.self\"}]}");
    set_at(doc, "channels/X/fields", "\"mine\"");
    set_at(doc, "channels/X/events",
           "[{\"codes\":\"@two\",\"feature\":\"off\",\"category\":\"off\"},"
           "{\"codes\":[\"@two\"],\"category\":[\"two\"]},"
           "{\"category\":\"rest\"}]");
    m = load(doc, &why);
    if (!m)
        fail_msg("%.*s", (int)why.len, why.p);
    out = map_with(m, NULL,
                   "{\"TimeCreated\":\"\",\"C\":\"x\",\"EventID\":2,\"a\":1,"
                   "\"c\":2,\"d\":3}");
    expect_at("code 2", out.ecs, "",
              "{\"event\":{\"kind\":\"event\",\"category\":[\"two\"]},\"p\":{"
              "\"q\":\"1\"},\"d\":\"3\",\"winlog\":{\"event_data\":{\"c\":"
              "\"2\"}}}");
    json_decref(out.ecs);
    out = map_with(m, NULL,
                   "{\"TimeCreated\":\"\",\"C\":\"X\",\"EventID\":9,\"a\":1,"
                   "\"b\":2,\"d\":3}");
    expect_at("code 9", out.ecs, "",
              "{\"event\":{\"kind\":\"event\",\"category\":\"rest\"},\"p\":"
              "\"2\",\"winlog\":{\"event_data\":{\"a\":\"1\",\"d\":\"3\"}}}");
    json_decref(out.ecs);
    out = map_with(m, NULL, "{\"TimeCreated\":\"\",\"C\":\"Y\",\"EventID\":9}");
    expect_at("other channel", out.ecs, "", "{\"event\":{\"kind\":\"event\"}}");
    json_decref(out.ecs);
    eql_mapping_free(m);
    json_decref(doc);
    eql_buf_free(&why);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_mappings_say_where),
        cmocka_unit_test(test_what_is_no_mapping_is_refused),
        cmocka_unit_test(test_mangled_mappings_never_crash),
        cmocka_unit_test(test_a_mapping_of_ones_own),
    };

    return cmocka_run_group_tests_name("mapping_load", tests, NULL, NULL);
}
