/* test_image_damage.c -- whatever the verifier accepts runs safely.
 *
 * The shipped rule's image is damaged at every byte (several ways) and cut at
 * every length, each time with length and checksum made right again, so that
 * only the verifier stands between the damage and the VM.  Each image must be
 * refused with a reason, or run over the demo capture to its end.  Meant for
 * the ASan+UBSan build; bounded time is proved by finishing. */
#include "tests/support/eql_test.h"

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

/* true when accepted (and run). */
static bool
try_image(char *image, size_t len, const image_bytes *events)
{
    char reason[256] = "";
    eqlvm_program *p = NULL;
    eqlvm_status s;

    image_parts_seal(image, len);
    s = eqlvm_program_load(image, len, &p, reason, sizeof reason);
    if (s == EQLVM_OK) {
        (void)image_run(p, events->p, events->len);
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
    alerts = image_run(p, events->p, events->len);
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
    image_bytes image = image_of_rules(), events = {0};

    (void)state;
    image_bytes_add(&events, image_events, sizeof image_events - 1);
    assert_in_range(count_alerts(&image, &events), 1, 100);
    damage_every_byte(&image, &events);
    free(image.p);
    free(events.p);
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
