/* test_image_damage.c -- whatever the verifier accepts runs safely.
 *
 * The shipped rule's image is damaged at every byte (several ways) and cut at
 * every length, each time with length and checksum made right again, so that
 * only the verifier stands between the damage and the VM.  Each image must be
 * refused with a reason, or run over the demo capture to its end.  Meant for
 * the ASan+UBSan build; bounded time is proved by finishing. */
#include "tests/support/eql_test.h"

#include "base/hash.h"
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

static bytes
make_image(void)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;
    bytes b = {0};

    assert_int_equal(eqlvm_compiler_add_path(c, "rules"), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    assert_int_equal(eqlvm_program_save(p, append, &b), EQLVM_OK);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return b;
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
    sum = eql_hash128(image + header, len - header);
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
test_damage_every_byte(void **state)
{
    static const unsigned char damage[] = {0x01, 0x80, 0xff};
    bytes image = make_image(), events = load_events();
    char *copy = malloc(image.len);
    size_t accepted = 0, refused = 0;
    eqlvm_program *p = NULL;

    (void)state;
    /* Undamaged, it runs and finds the demo's three alerts. */
    memcpy(copy, image.p, image.len);
    assert_true(try_image(copy, image.len, &events));
    assert_int_equal(eqlvm_program_load(image.p, image.len, &p, NULL, 0),
                     EQLVM_OK);
    assert_int_equal(run_events(p, &events), 3);
    eqlvm_program_free(p);
    assert_memory_equal(copy, image.p, image.len);
    for (size_t i = 0; i < image.len; i++)
        for (size_t k = 0; k < EQL_COUNTOF(damage); k++) {
            memcpy(copy, image.p, image.len);
            copy[i] = (char)(copy[i] ^ damage[k]);
            if (try_image(copy, image.len, &events))
                accepted++;
            else
                refused++;
        }
    printf("%zu bytes: %zu images refused, %zu ran\n", image.len, refused,
           accepted);
    assert_true(refused > 0 && accepted > 0);
    free(copy);
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
        cmocka_unit_test(test_cut_at_every_length),
    };

    return cmocka_run_group_tests_name("image_damage", tests, NULL, NULL);
}
