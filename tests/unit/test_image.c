/* test_image.c -- images come back as they went, and damage is refused.
 *
 * Damage is done with the checksum made right again, so that every check
 * behind it is reached; what is loaded nevertheless must be verified, so that
 * printing it is safe. */
#include "tests/support/sample_program.h"
#include "program/disasm.h"
#include "program/image.h"

#define HEADER 40u /* bytes before the part that is summed */
#define SUM_AT 24u

static eql_buf
sample_image(void)
{
    eql_program *p = sample_program();
    eql_buf image = {0};

    assert_true(eql_image_save(p, &image));
    eql_program_free(p);
    return image;
}

static void
mend_checksum(char *image, size_t len)
{
    eql_h128 sum;

    if (len < HEADER)
        return;
    sum = eql_image_sum(image + HEADER, len - HEADER);
    memcpy(image + SUM_AT, &sum.hi, 8);
    memcpy(image + SUM_AT + 8, &sum.lo, 8);
}

/* Loads from an exact copy, so that the sanitizers see any byte too far. */
static eql_program *
load(const char *image, size_t len, eql_buf *why)
{
    char *copy = malloc(len + 1);
    eql_program *p;

    memcpy(copy, image, len);
    copy = realloc(copy, len > 0 ? len : 1);
    why->len = 0;
    p = eql_image_load(copy, len, why);
    free(copy);
    return p;
}

/* A program that was loaded can be printed; one that was not has a reason. */
static bool
loads_or_says_why(const char *image, size_t len)
{
    eql_buf why = {0}, text = {0};
    eql_program *p = load(image, len, &why);
    bool loaded = p != NULL;

    if (p) {
        eql_disasm(p, &text);
        assert_int_equal(why.len, 0);
    } else {
        assert_true(why.len > 0);
        assert_null(memchr(why.p, '\n', why.len));
    }
    eql_program_free(p);
    eql_buf_free(&why);
    eql_buf_free(&text);
    return loaded;
}

static void
test_image_round_trip(void **state)
{
    eql_buf image = sample_image(), again = {0}, why = {0};
    eql_program *p = load(image.p, image.len, &why);

    (void)state;
    assert_non_null(p);
    assert_true(eql_image_save(p, &again));
    assert_int_equal(image.len, again.len);
    assert_memory_equal(image.p, again.p, image.len);
    eql_program_free(p);
    eql_buf_free(&image);
    eql_buf_free(&again);
    eql_buf_free(&why);
}

static void
test_image_appends(void **state)
{
    eql_program *p = sample_program();
    eql_buf out = {0}, why = {0};
    eql_program *loaded;

    (void)state;
    eql_buf_add_str(&out, "before");
    assert_true(eql_image_save(p, &out));
    loaded = load(out.p + 6, out.len - 6, &why);
    assert_non_null(loaded);
    eql_program_free(loaded);
    eql_program_free(p);
    eql_buf_free(&out);
    eql_buf_free(&why);
}

static void
test_image_empty_program(void **state)
{
    eql_builder *b = sample_builder();
    eql_program *p = eql_builder_finish(b);
    eql_buf image = {0};

    (void)state;
    assert_true(eql_image_save(p, &image));
    assert_true(loads_or_says_why(image.p, image.len));
    eql_program_free(p);
    eql_builder_free(b);
    eql_buf_free(&image);
}

static void
test_image_is_known_by_magic(void **state)
{
    (void)state;
    assert_true(eql_image_is("EQLC", 4));
    assert_false(eql_image_is("EQL", 3));
    assert_false(eql_image_is("EQLX....", 8));
    assert_false(eql_image_is("", 0));
}

static void
test_image_refuses_by_name(void **state)
{
    static const struct {
        const char *label;
        size_t at;
        char value;
        bool mend;
        const char *why;
    } cases[] = {
        {"magic", 0, 'X', true, "not a compiled rule file"},
        {"version", 4, 99, true,
         "made by another version of eqlvm: compile the rules again"},
        {"the version before", 4, EQL_IMAGE_VERSION - 1, true,
         "made by another version of eqlvm: compile the rules again"},
        {"byte order", 8, 0x0a, true, "bad byte-order mark"},
        {"sections", 12, 99, true, "wrong number of sections"},
        {"length", 16, 1, true, "its length is not the one in its header"},
        {"checksum", 24, 1, false, "checksum mismatch, the file is damaged"},
        {"body", 500, 99, false, "checksum mismatch, the file is damaged"},
        {"record size", 40 + 12, 2, true, "wrong record size"},
        {"offset", 40 + 16, 1, true, "a section is not where it must be"},
        {"count", 40 + 16 + 8, 99, true, "its sections do not fill the file"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_buf image = sample_image(), why = {0};

        image.p[cases[i].at] = cases[i].value;
        if (cases[i].mend)
            mend_checksum(image.p, image.len);
        assert_null(load(image.p, image.len, &why));
        if (!eql_sv_is(eql_buf_sv(&why), cases[i].why))
            fail_msg("%s: %.*s", cases[i].label, (int)why.len, why.p);
        eql_buf_free(&image);
        eql_buf_free(&why);
    }
}

static void
set_length(char *image, uint64_t len)
{
    if (len >= HEADER)
        memcpy(image + 16, &len, sizeof len);
}

static void
test_image_refuses_every_length(void **state)
{
    eql_buf image = sample_image();

    (void)state;
    for (size_t len = 0; len < image.len; len++) {
        eql_buf cut = {0};

        eql_buf_add(&cut, image.p, len);
        if (loads_or_says_why(eql_buf_sv(&cut).p, len))
            fail_msg("loaded when cut to %zu", len);
        /* Again, with a header that agrees. */
        if (len > 0) {
            set_length(cut.p, len);
            mend_checksum(cut.p, len);
        }
        if (loads_or_says_why(eql_buf_sv(&cut).p, len))
            fail_msg("loaded when cut to %zu, header mended", len);
        eql_buf_free(&cut);
    }
    eql_buf_add(&image, "12345678", 8);
    set_length(image.p, image.len);
    mend_checksum(image.p, image.len);
    assert_false(loads_or_says_why(image.p, image.len));
    eql_buf_free(&image);
}

static void
test_image_survives_every_byte(void **state)
{
    static const unsigned char flips[] = {0x01, 0x02, 0x04, 0x08, 0x10,
                                          0x20, 0x40, 0x80, 0xff, 0x7f};
    eql_buf image = sample_image();
    size_t loaded = 0;

    (void)state;
    for (size_t at = 0; at < image.len; at++) {
        for (size_t i = 0; i < EQL_COUNTOF(flips); i++) {
            char was = image.p[at];

            image.p[at] = (char)((unsigned char)was ^ flips[i]);
            if (at < SUM_AT || at >= HEADER)
                mend_checksum(image.p, image.len);
            loaded += loads_or_says_why(image.p, image.len);
            image.p[at] = was;
            mend_checksum(image.p, image.len);
        }
    }
    /* Text, numbers and flags may change and still be a program. */
    assert_in_range(loaded, 1, image.len * EQL_COUNTOF(flips) - 1);
    eql_buf_free(&image);
}

/* A program made of the buffer itself; a refused one leaves it alone. */
static void
test_take_owns_the_buffer(void **state)
{
    eql_buf image = sample_image(), why = {0};
    eql_buf copy = {0}, again = {0};
    eql_program *p;

    (void)state;
    eql_buf_add_sv(&copy, eql_buf_sv(&image));
    copy.p[copy.len - 1] ^= 1;
    assert_null(eql_image_take(&copy, &why));
    assert_true(why.len > 0);
    assert_int_equal(copy.len, image.len);
    copy.len = 0;
    eql_buf_add_sv(&copy, eql_buf_sv(&image));
    p = eql_image_take(&copy, &why);
    assert_non_null(p);
    assert_null(copy.p);
    assert_true(eql_image_save(p, &again));
    assert_int_equal(again.len, image.len);
    assert_memory_equal(again.p, image.p, image.len);
    eql_program_free(p);
    eql_buf_free(&image);
    eql_buf_free(&copy);
    eql_buf_free(&again);
    eql_buf_free(&why);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image_round_trip),
        cmocka_unit_test(test_image_appends),
        cmocka_unit_test(test_image_empty_program),
        cmocka_unit_test(test_image_is_known_by_magic),
        cmocka_unit_test(test_image_refuses_by_name),
        cmocka_unit_test(test_image_refuses_every_length),
        cmocka_unit_test(test_image_survives_every_byte),
        cmocka_unit_test(test_take_owns_the_buffer),
    };

    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
