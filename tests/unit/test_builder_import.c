/* test_builder_import.c -- rules of a program taken into another builder.
 *
 * The sample program is not laid out as the compiler would: what is made by
 * importing all its rules is, and importing that must give the same again. */
#include "program/disasm.h"
#include "program/image.h"
#include "program/verify.h"
#include "tests/support/sample_program.h"

/* All rules of p, in order. */
static eql_program *
import_all(const eql_program *p)
{
    eql_builder *b = sample_builder();

    assert_true(eql_builder_same_dialect(b, p));
    for (uint32_t i = 0; i < p->nrules; i++)
        assert_true(eql_builder_import_rule(b, p, i));
    return sample_finish(b);
}

static void
assert_safe(const eql_program *p)
{
    eql_verify_result r = eql_verify(p);

    if (r.code != EQL_VERIFY_OK)
        fail_msg("refused: %d at %s[%u]", (int)r.code, r.section, r.index);
}

static void
test_import_is_complete(void **state)
{
    eql_program *p = sample_program(), *q = import_all(p);

    (void)state;
    assert_safe(q);
    assert_int_equal(q->nrules, p->nrules);
    assert_int_equal(q->nstages, p->nstages);
    assert_int_equal(q->nfields, p->nfields);
    assert_int_equal(q->nfilters, p->nfilters);
    assert_int_equal(q->nleaves, p->nleaves);
    assert_int_equal(q->niterators, p->niterators);
    assert_int_equal(q->nlineages, p->nlineages);
    assert_int_equal(q->npipes, p->npipes);
    assert_int_equal(q->nexprs, p->nexprs);
    assert_int_equal(q->nclocks, p->nclocks);
    assert_int_equal(q->nkeys, p->nkeys);
    assert_int_not_equal(q->dialects[0].process_id, EQL_NONE);
    assert_true(eql_sv_is(
        eql_program_str(q, q->fields[q->dialects[0].process_parent].name),
        "process.parent.entity_id"));
    eql_program_free(p);
    eql_program_free(q);
}

static void
test_import_again_gives_the_same_image(void **state)
{
    eql_program *p = sample_program(), *q = import_all(p), *r = import_all(q);
    eql_buf first = {0}, again = {0};

    (void)state;
    assert_true(eql_image_save(q, &first));
    assert_true(eql_image_save(r, &again));
    assert_int_equal(first.len, again.len);
    assert_memory_equal(first.p, again.p, first.len);
    eql_buf_free(&first);
    eql_buf_free(&again);
    eql_program_free(p);
    eql_program_free(q);
    eql_program_free(r);
}

/* Of one rule, only what it uses; the dialect's fields as well. */
static void
test_import_of_one_rule(void **state)
{
    static const struct {
        uint32_t rule, nfields, nlineages, nlists;
        bool process, host;
    } cases[] = {{SAMPLE_EVENT_RULE, 3, 0, 1, false, false},
                 {SAMPLE_SEQUENCE, 5, 0, 6, false, false},
                 {SAMPLE_FULL, SAMPLE_FIELDS, 1, 7, true, true},
                 {SAMPLE_JOIN, 5, 0, 6, false, false}};
    eql_program *p = sample_program();

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_builder *b = sample_builder();
        eql_program *q;

        assert_true(eql_builder_import_rule(b, p, cases[i].rule));
        q = sample_finish(b);
        assert_safe(q);
        assert_int_equal(q->nrules, 1);
        assert_int_equal(q->nfields, cases[i].nfields);
        assert_int_equal(q->nlineages, cases[i].nlineages);
        assert_int_equal(q->nlists, cases[i].nlists);
        assert_int_equal(q->dialects[0].process_id != EQL_NONE,
                         cases[i].process);
        assert_int_equal(q->dialects[0].host_key != EQL_NONE, cases[i].host);
        eql_program_free(q);
    }
    eql_program_free(p);
}

/* Behind others, where every index is another. */
static void
test_import_twice_shares_what_is_there(void **state)
{
    eql_program *p = sample_program(), *q;
    eql_builder *b = sample_builder();

    (void)state;
    for (uint32_t i = 0; i < 2 * p->nrules; i++)
        assert_true(eql_builder_import_rule(b, p, i % p->nrules));
    q = sample_finish(b);
    assert_safe(q);
    assert_int_equal(q->nrules, 2 * p->nrules);
    assert_int_equal(q->nstages, 2 * p->nstages);
    assert_int_equal(q->nlineages, 2);
    assert_int_equal(q->nfields, p->nfields);
    assert_int_equal(q->nclocks, p->nclocks);
    assert_int_equal(q->niterators, p->niterators);
    assert_int_equal(q->stages[q->lineages[1].stage].rule,
                     p->nrules + SAMPLE_FULL);
    eql_program_free(p);
    eql_program_free(q);
}

/* Whatever the verifier accepts can be imported, and is accepted again. */
static bool
imports_if_safe(const eql_program *p)
{
    eql_strview none = eql_sv(NULL, 0);
    eql_builder *b;
    eql_program *q;

    if (eql_verify(p).code != EQL_VERIFY_OK)
        return false;
    b = eql_builder_new(eql_program_dialect(p), none, none, none);
    for (uint32_t i = 0; i < p->nrules; i++)
        assert_true(eql_builder_import_rule(b, p, i));
    q = sample_finish(b);
    assert_safe(q);
    eql_program_free(q);
    return true;
}

static void
test_import_of_damaged_programs(void **state)
{
    static const unsigned char flips[] = {0x01, 0x02, 0x10, 0x80, 0xff};
    eql_program *p = sample_program();
    unsigned char *blob = p->blob;
    size_t imported = 0;

    (void)state;
    for (size_t at = 0; at < p->blob_len; at++) {
        for (size_t i = 0; i < EQL_COUNTOF(flips); i++) {
            blob[at] ^= flips[i];
            imported += imports_if_safe(p);
            blob[at] ^= flips[i];
        }
    }
    assert_in_range(imported, 1, p->blob_len * EQL_COUNTOF(flips) - 1);
    eql_program_free(p);
}

static void
test_same_dialect(void **state)
{
    static const struct {
        const char *label, *timestamp, *category, *tiebreaker, *host;
        eql_dialect_name dialect;
        bool same;
    } cases[] = {
        {"same", "", "", "", "", EQL_DIALECT_ELASTIC, true},
        {"host", "", "", "", "host.id", EQL_DIALECT_ELASTIC, true},
        {"other host", "", "", "", "host", EQL_DIALECT_ELASTIC, false},
        {"preset", "", "", "", "", EQL_DIALECT_ENDPOINT, false},
        {"timestamp", "event.created", "", "", "", EQL_DIALECT_ELASTIC, false},
        {"category", "", "event", "", "", EQL_DIALECT_ELASTIC, false},
        {"tiebreaker", "", "", "n", "", EQL_DIALECT_ELASTIC, false},
    };
    eql_program *p = sample_program();

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = eql_dialect_preset(cases[i].dialect);
        eql_builder *b = eql_builder_new(&d, eql_sv_cstr(cases[i].timestamp),
                                         eql_sv_cstr(cases[i].category),
                                         eql_sv_cstr(cases[i].tiebreaker));

        eql_builder_dialect(b)->host_key =
            eql_builder_path(b, eql_sv_cstr(cases[i].host), EQL_MODE_FLAT);
        if (eql_builder_same_dialect(b, p) != cases[i].same)
            fail_msg("%s", cases[i].label);
        eql_builder_free(b);
    }
    eql_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_is_complete),
        cmocka_unit_test(test_import_again_gives_the_same_image),
        cmocka_unit_test(test_import_of_one_rule),
        cmocka_unit_test(test_import_twice_shares_what_is_there),
        cmocka_unit_test(test_import_of_damaged_programs),
        cmocka_unit_test(test_same_dialect),
    };

    return cmocka_run_group_tests_name("builder_import", tests, NULL, NULL);
}
