/* test_image_damage.c -- whatever the verifier accepts runs safely.
 *
 * The shipped rule's image is damaged at every byte (several ways) and cut at
 * every length, each time with length and checksum made right again, so that
 * only the verifier stands between the damage and the VM.  Each image must be
 * refused with a reason, or run over the demo capture to its end.  So is an
 * image of the whole language, with which all that can be done is done.  Meant
 * for the ASan+UBSan build; bounded time is proved by finishing. */
#include "tests/support/eql_test.h"

#include "tests/support/image_exercise.h"
#include "tests/support/image_parts.h"
#include "tests/support/image_rules.h"

static image_bytes
make_image(void)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);

    assert_int_equal(eqlvm_compiler_add_path(c, "rules"), EQLVM_OK);
    return image_save(c);
}

/* The piece of the demo capture that the rule looks at, with some noise; the
 * whole would only be slower. */
static image_bytes
load_events(void)
{
    FILE *f = fopen("demo/winrm-intrusion.json", "rb");
    image_bytes b = {0};
    char line[8192];
    size_t n = 0;

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (n++ % 40 == 0 || strstr(line, "\"5985\"") ||
            strstr(line, "wsmprovhost"))
            image_bytes_add(&b, line, strlen(line));
    fclose(f);
    return b;
}

static bool
count_alert(void *ctx, const eqlvm_alert *a)
{
    (void)a;
    ++*(uint64_t *)ctx;
    return true;
}

static uint64_t
run_events(const eqlvm_program *p, const image_bytes *events)
{
    uint64_t alerts = 0;
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, count_alert, &alerts, NULL, 0);

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

/* true when accepted (and run).  events NULL: image_exercise.h. */
static bool
try_image(char *image, size_t len, const image_bytes *events)
{
    char reason[256] = "";
    eqlvm_program *p = NULL;
    eqlvm_status s;
    bool accepted;

    image_parts_seal(image, len);
    if (!events) {
        assert_null(image_exercise(image, len, &accepted));
        return accepted;
    }
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
damage_every_byte(const image_bytes *image, const image_bytes *events)
{
    static const unsigned char damage[] = {0x01, 0x80, 0xff};
    char *copy = malloc(image->len);
    size_t accepted = 0, refused = 0;

    for (size_t i = 0; i < image->len; i++) {
        /* The whole language takes long: each byte in one of the ways. */
        size_t first = events ? 0 : i % EQL_COUNTOF(damage);
        size_t end = events ? EQL_COUNTOF(damage) : first + 1;

        for (size_t k = first; k < end; k++) {
            memcpy(copy, image->p, image->len);
            copy[i] = (char)(copy[i] ^ damage[k]);
            if (try_image(copy, image->len, events))
                accepted++;
            else
                refused++;
        }
    }
    printf("%zu bytes: %zu images refused, %zu ran\n", image->len, refused,
           accepted);
    assert_true(refused > 0 && accepted > 0);
    free(copy);
}

/* Undamaged, it runs; the number of its alerts. */
static uint64_t
count_alerts(const image_bytes *image, const image_bytes *events)
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
    image_bytes image = make_image(), events = load_events();

    (void)state;
    assert_int_equal(count_alerts(&image, &events), 3);
    damage_every_byte(&image, &events);
    free(image.p);
    free(events.p);
}

static void
test_damage_every_byte_of_the_language(void **state)
{
    image_bytes image = image_of_rules();

    (void)state;
    damage_every_byte(&image, NULL);
    free(image.p);
}

static void
test_cut_at_every_length(void **state)
{
    image_bytes image = make_image(), events = load_events();
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
