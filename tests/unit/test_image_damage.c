/* test_image_damage.c -- whatever the verifier accepts runs safely.
 *
 * The shipped rule's image is damaged at every byte (several ways) and cut at
 * every length, each time with length and checksum made right again, so that
 * only the verifier stands between the damage and the VM.  Each image must be
 * refused with a reason, or run over the demo capture to its end.  Meant for
 * the ASan+UBSan build; bounded time is proved by finishing. */
#include "tests/support/eql_test.h"

#include "eqlvm/eqlvm.h"
#include "program/image.h"

typedef struct {
    char *p;
    size_t len, cap;
} bytes;

static bool
append(void *ctx, const char *p, size_t len)
{
    bytes *b = ctx;

    if (b->len + len > b->cap) {
        b->cap = 2 * (b->len + len);
        b->p = realloc(b->p, b->cap);
        assert_non_null(b->p);
    }
    memcpy(b->p + b->len, p, len);
    b->len += len;
    return true;
}

static bool
ignore_alert(void *ctx, const eqlvm_alert *a)
{
    (void)a;
    ++*(uint64_t *)ctx;
    return true;
}

/* What the shipped rule does not have: one of each. */
static const char *const queries[] = {
    "process where arraySearch(f, $x, arrayCount($x.s, $y, $y : \"a*\") > 1"
    " and $x.n regex \"b+\") or arrayContains(g, n, \"q\")",
    "sequence by host with maxspan=10s [process where n < 3] as p with runs=2"
    " ![process where n == 9] [process where startsWith~(u, p.u) and n > p.n]"
    " fork until [process where n == p.n + 40]"
    " | filter events[1].n >= 1 | unique n, events[2].u | count host",
    "process where descendant of [process where child of [any where n == 1]]"
    " or cidrMatch(ip, \"10.0.0.0/8\") | tail 3",
    "sample by concat(host, \"x\") [process where n == 1] [process where n > 1]"
    " | sort n | head 2",
    "join by host [process where n == 2] [process where length(u) == 1]"
    " until [process where n == 7] | unique_count u",
};

static const char events_of_queries[] =
#define EVENT(n, rest)                                                         \
    "{\"@timestamp\":\"2024-01-01T00:00:0" #n "Z\",\"event\":{\"category\":"   \
    "\"process\",\"type\":\"start\"},\"n\":" #n                                \
    ",\"host\":\"h\",\"process\":{"                                            \
    "\"entity_id\":\"p" #n "\"," rest "}\n"
    EVENT(1, "\"parent\":{\"entity_id\":\"p0\"}},\"u\":\"a\"") EVENT(
        2, "\"parent\":{\"entity_id\":\"p1\"}},\"u\":\"A\",\"ip\":\"10.1.1.1\"")
        EVENT(3, "\"parent\":{\"entity_id\":\"p2\"}},\"u\":[\"ab\",\"b\"]")
            EVENT(4,
                  "\"parent\":{\"entity_id\":\"p3\"}},\"g\":[4,null,{\"q\":1}]")
                EVENT(5, "\"x\":1},\"u\":\"AB\",\"f\":[{\"n\":\"bb\",\"s\":["
                         "\"a\",\"ac\"]},"
                         "{\"s\":\"a\"},7,[1]]")
                    EVENT(6, "\"x\":{}},\"f\":{\"n\":[\"b\"],\"s\":[\"a\","
                             "\"A\",2]},\"u\":\"abc\"")
                        EVENT(9, "\"x\":[]},\"u\":\"z\"")
                            EVENT(7, "\"x\":2.5},\"u\":\"b\"");
#undef EVENT

static bytes
save(eqlvm_compiler *c)
{
    eqlvm_program *p = NULL;
    bytes b = {0};

    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    assert_int_equal(eqlvm_program_save(p, append, &b), EQLVM_OK);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return b;
}

static bytes
make_image(void)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);

    assert_int_equal(eqlvm_compiler_add_path(c, "rules"), EQLVM_OK);
    return save(c);
}

static bytes
make_image_of_queries(void)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);

    for (size_t i = 0; i < EQL_COUNTOF(queries); i++)
        assert_int_equal(
            eqlvm_compiler_add_query(c, "q", queries[i], strlen(queries[i])),
            EQLVM_OK);
    return save(c);
}

/* The piece of the demo capture that the rule looks at, with some noise; the
 * whole would only be slower. */
static bytes
load_events(void)
{
    FILE *f = fopen("demo/winrm-intrusion.json", "rb");
    bytes b = {0};
    char line[8192];
    size_t n = 0;

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (n++ % 40 == 0 || strstr(line, "\"5985\"") ||
            strstr(line, "wsmprovhost"))
            append(&b, line, strlen(line));
    fclose(f);
    return b;
}

static uint64_t
run_events(const eqlvm_program *p, const bytes *events)
{
    uint64_t alerts = 0;
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, ignore_alert, &alerts, NULL, 0);

    assert_non_null(e);
    for (size_t at = 0; at < events->len;) {
        const char *nl = memchr(events->p + at, '\n', events->len - at);
        size_t len = (size_t)(nl - (events->p + at));

        assert_int_equal(eqlvm_engine_push(e, "demo", events->p + at, len),
                         EQLVM_OK);
        at += len + 1;
    }
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_free(e);
    return alerts;
}

/* Makes length and checksum right again (layout: program/image.c). */
static void
reseal(char *image, size_t len)
{
    const size_t header = 40;
    uint64_t total = len;
    eql_h128 sum;

    if (len < header)
        return;
    sum = eql_image_sum(image + header, len - header);
    memcpy(image + 16, &total, 8);
    memcpy(image + 24, &sum.hi, 8);
    memcpy(image + 32, &sum.lo, 8);
}

/* true when accepted (and run). */
static bool
try_image(char *image, size_t len, const bytes *events)
{
    char reason[256] = "";
    eqlvm_program *p = NULL;
    eqlvm_status s;

    reseal(image, len);
    s = eqlvm_program_load(image, len, &p, reason, sizeof reason);
    if (s == EQLVM_OK) {
        (void)run_events(p, events);
        eqlvm_program_free(p);
        return true;
    }
    assert_int_equal(s, EQLVM_ERR_IMAGE);
    assert_null(p);
    assert_true(reason[0] != 0);
    return false;
}

static void
damage_every_byte(const bytes *image, const bytes *events)
{
    static const unsigned char damage[] = {0x01, 0x80, 0xff};
    char *copy = malloc(image->len);
    size_t accepted = 0, refused = 0;

    for (size_t i = 0; i < image->len; i++)
        for (size_t k = 0; k < EQL_COUNTOF(damage); k++) {
            memcpy(copy, image->p, image->len);
            copy[i] = (char)(copy[i] ^ damage[k]);
            if (try_image(copy, image->len, events))
                accepted++;
            else
                refused++;
        }
    printf("%zu bytes: %zu images refused, %zu ran\n", image->len, refused,
           accepted);
    assert_true(refused > 0 && accepted > 0);
    free(copy);
}

/* Undamaged, it runs; the number of its alerts. */
static uint64_t
count_alerts(const bytes *image, const bytes *events)
{
    char *copy = malloc(image->len);
    eqlvm_program *p = NULL;
    uint64_t alerts;

    memcpy(copy, image->p, image->len);
    assert_true(try_image(copy, image->len, events));
    assert_memory_equal(copy, image->p, image->len);
    assert_int_equal(eqlvm_program_load(image->p, image->len, &p, NULL, 0),
                     EQLVM_OK);
    alerts = run_events(p, events);
    eqlvm_program_free(p);
    free(copy);
    return alerts;
}

static void
test_damage_every_byte(void **state)
{
    bytes image = make_image(), events = load_events();

    (void)state;
    assert_int_equal(count_alerts(&image, &events), 3);
    damage_every_byte(&image, &events);
    free(image.p);
    free(events.p);
}

static void
test_damage_every_byte_of_the_language(void **state)
{
    bytes image = make_image_of_queries(), events = {0};

    (void)state;
    append(&events, events_of_queries, sizeof events_of_queries - 1);
    assert_in_range(count_alerts(&image, &events), 1, 100);
    damage_every_byte(&image, &events);
    free(image.p);
    free(events.p);
}

static void
test_cut_at_every_length(void **state)
{
    bytes image = make_image(), events = load_events();
    char *copy = malloc(image.len);

    (void)state;
    for (size_t len = 0; len < image.len; len++) {
        memcpy(copy, image.p, len);
        if (try_image(copy, len, &events))
            fail_msg("an image cut at %zu of %zu was accepted", len, image.len);
    }
    free(copy);
    free(image.p);
    free(events.p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage_every_byte),
        cmocka_unit_test(test_damage_every_byte_of_the_language),
        cmocka_unit_test(test_cut_at_every_length),
    };

    return cmocka_run_group_tests_name("image_damage", tests, NULL, NULL);
}
