/* test_image_tables.c -- the verifier walks every record of every table, and
 * refuses what nothing owns (program/image.h lists the tables).
 *
 * Images are made of rules that fill all tables, changed record by record and
 * sealed again.  What is accepted is run: under ASan that shows what the
 * verifier let pass. */
#include "tests/support/eql_test.h"

#include "tests/support/image_exercise.h"
#include "tests/support/image_parts.h"
#include "tests/support/image_rules.h"

static image_parts
make_parts(void)
{
    image_bytes image = image_of_rules();
    image_parts parts;

    assert_true(image_parts_split(&parts, image.p, image.len));
    free(image.p);
    return parts;
}

static void
expect_refused(const image_parts *parts, const char *what, unsigned s,
               uint32_t record)
{
    size_t len = image_parts_len(parts);
    char *image = malloc(len);
    const char *broken;
    bool accepted;

    assert_non_null(image);
    image_parts_write(parts, image);
    broken = image_exercise(image, len, &accepted);
    if (broken)
        fail_msg("%s: %s[%u]: not true: %s", what, eql_layout_name(s), record,
                 broken);
    if (accepted)
        fail_msg("%s: %s[%u] was accepted", what, eql_layout_name(s), record);
    free(image);
}

static void
test_the_rules_fill_every_table(void **state)
{
    image_bytes image = image_of_rules();
    image_parts parts = make_parts();
    eqlvm_program *p = NULL;
    uint64_t alerts = 0;
    bool accepted;

    (void)state;
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++)
        if (parts.n[s] == 0)
            fail_msg("no record in %s", eql_layout_name(s));
    assert_null(image_exercise(image.p, image.len, &accepted));
    assert_true(accepted);
    assert_int_equal(eqlvm_program_load(image.p, image.len, &p, NULL, 0),
                     EQLVM_OK);
    assert_null(image_run(p, NULL, false, &alerts));
    assert_in_range(alerts, 6, 100);
    eqlvm_program_free(p);
    image_parts_free(&parts);
    free(image.p);
}

/* The attack that was: index_text.c counts how often lists and EQ_K name each
 * constant, in all of lists[] and insns[]. */
static void
test_orphans_with_a_huge_index_are_refused(void **state)
{
    static const uint32_t indexes[] = {0x00ffffff, 0x40000000, 0xfffffffe};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(indexes); i++) {
        eql_insn insn = {EQL_OP_EQ_K, 1, 0, indexes[i]};
        image_parts parts = make_parts();

        assert_true(image_parts_insert(&parts, EQL_SECTION_lists,
                                       parts.n[EQL_SECTION_lists],
                                       &indexes[i]));
        expect_refused(&parts, "orphan", EQL_SECTION_lists, indexes[i]);
        image_parts_remove(&parts, EQL_SECTION_lists,
                           parts.n[EQL_SECTION_lists] - 1);
        assert_true(image_parts_insert(&parts, EQL_SECTION_insns,
                                       parts.n[EQL_SECTION_insns], &insn));
        expect_refused(&parts, "orphan", EQL_SECTION_insns, indexes[i]);
        image_parts_free(&parts);
    }
}

/* Behind each table: a record of zeros, of ones, and copies of its own. */
static void
test_a_record_that_nothing_owns_is_refused(void **state)
{
    char ones[256];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++) {
        image_parts parts = make_parts();
        uint32_t n = parts.n[s];

        for (uint32_t i = 0; i < n + 2; i++) {
            const void *record = i < n    ? image_parts_at(&parts, s, i)
                                 : i == n ? ones
                                          : NULL;

            assert_true(image_parts_insert(&parts, s, n, record));
            expect_refused(&parts, "appended", s, i);
            image_parts_remove(&parts, s, n);
        }
        image_parts_free(&parts);
    }
}

/* Whatever a table's records say, ones are never right: a record that passes
 * has not been looked at. */
static void
test_every_record_is_walked(void **state)
{
    image_parts parts = make_parts();
    char kept[256];

    (void)state;
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++) {
        size_t size = eql_layout_record_size(s);

        for (uint32_t i = 0; i < parts.n[s]; i++) {
            char *record = image_parts_at(&parts, s, i);

            memcpy(kept, record, size);
            memset(record, 0xff, size);
            expect_refused(&parts, "all ones", s, i);
            memcpy(record, kept, size);
        }
    }
    image_parts_free(&parts);
}

/* One record less leaves what it owned without an owner, or a gap. */
static void
test_a_record_that_is_missing_is_noticed(void **state)
{
    image_parts parts = make_parts();
    char kept[256];

    (void)state;
    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++) {
        for (uint32_t i = 0; i < parts.n[s]; i++) {
            memcpy(kept, image_parts_at(&parts, s, i),
                   eql_layout_record_size(s));
            image_parts_remove(&parts, s, i);
            expect_refused(&parts, "removed", s, i);
            assert_true(image_parts_insert(&parts, s, i, kept));
        }
    }
    image_parts_free(&parts);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_rules_fill_every_table),
        cmocka_unit_test(test_orphans_with_a_huge_index_are_refused),
        cmocka_unit_test(test_a_record_that_nothing_owns_is_refused),
        cmocka_unit_test(test_every_record_is_walked),
        cmocka_unit_test(test_a_record_that_is_missing_is_noticed),
    };

    return cmocka_run_group_tests_name("image_tables", tests, NULL, NULL);
}
