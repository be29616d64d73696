/* test_index_random.c -- random rules over random events: a million times, no
 * stage that an event satisfies is left out. */
#include "tests/support/index_test.h"
#include "tests/support/random_rules.h"

#define PROGRAMS 90u
#define RULES 80u
#define EVENTS 220u

static eql_program *
make_program(uint64_t *seed)
{
    eql_buf queries[RULES] = {{0}};
    eql_rule_source rules[RULES];
    eql_program *p;

    for (uint32_t i = 0; i < RULES; i++) {
        random_query(&queries[i], seed);
        eql_buf_add_char(&queries[i], '\0');
        rules[i] = test_rule_of(queries[i].p);
    }
    p = test_compile(
        random_draw(seed, 3) ? EQL_DIALECT_ELASTIC : EQL_DIALECT_ENDPOINT,
        random_draw(seed, 4) ? NULL : "string_case=insensitive", rules, RULES);
    for (uint32_t i = 0; i < RULES; i++)
        eql_buf_free(&queries[i]);
    return p;
}

static void
test_index_random(void **state)
{
    uint64_t pairs = 0, hits = 0, named = 0, seed = 1;
    eql_buf event = {0};

    (void)state;
    for (uint32_t k = 0; k < PROGRAMS; k++) {
        eql_program *p = make_program(&seed);
        test_reader r;
        test_index t;

        test_reader_init(&r, p);
        test_index_init(&t, p);
        for (uint32_t i = 0; i < EVENTS; i++) {
            uint32_t lost;

            event.len = 0;
            random_event(&event, &seed, false);
            eql_buf_add_char(&event, '\0');
            lost = test_index_check(&t, test_read(&r, event.p));
            if (lost != EQL_NONE) {
                eql_strview q =
                    eql_program_str(p, p->rules[p->stages[lost].rule].query);

                fail_msg("%.*s is lost for %s", (int)q.len, q.p, event.p);
            }
        }
        pairs += t.pairs;
        hits += t.hits;
        named += t.always + t.candidates;
        test_index_free(&t);
        test_reader_free(&r);
        eql_program_free(p);
    }
    eql_buf_free(&event);
    print_message("%llu pairs, %llu named, %llu hold\n",
                  (unsigned long long)pairs, (unsigned long long)named,
                  (unsigned long long)hits);
    /* It does leave out most of those that do not hold. */
    assert_true(named - hits < (pairs - hits) / 2);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_index_random),
    };

    return cmocka_run_group_tests_name("index_random", all, NULL, NULL);
}
