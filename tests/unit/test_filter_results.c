/* test_filter_results.c -- filter results on events, remembered by what filters read: of
 * which events they are found again.  When they are not looked for:
 * test_candidates_limits.c. */
#include "tests/support/event_filter_test.h"
#include "vm/index/candidates.h"

#define RAWS 4u

/* Candidates of one rule, and an event that is filled when it is asked. */
typedef struct {
    eql_program *p;
    eql_prepared *pr;
    eql_candidate_tables *tables;
    eql_candidates *c;
    eql_interp *it;
    eql_slot *slots;
    eql_value *values;
    uint32_t *filled;
    eql_raw raws[RAWS];
    char text[RAWS][16 + EQL_RAW_SLACK];
    eql_lazy lazy;
    eql_event ev;
} judge;

static void
fill(void *ctx, uint32_t field)
{
    judge *j = ctx;

    j->filled[field] = j->lazy.epoch;
    j->slots[field] = (eql_slot){0};
    for (uint32_t i = 0; i < j->lazy.nraws; i++) {
        const eql_raw *r = &j->raws[i];

        if (r->path != j->tables->paths.of[field])
            continue;
        j->values[field] = eql_value_str(eql_sv(r->p + 1, r->len - 2));
        j->slots[field] = (eql_slot){.v = &j->values[field], .n = 1};
    }
}

static void
begin_judge(judge *j, const char *query)
{
    size_t n;

    memset(j, 0, sizeof *j);
    j->p = test_program_of(query);
    j->pr = eql_prepared_new(j->p);
    j->tables = eql_candidate_tables_new(j->pr, true);
    assert_non_null(j->tables);
    j->c = eql_candidates_new(j->tables, true);
    j->it = eql_interp_new_shared(j->pr);
    n = (size_t)j->p->nfields + 1;
    j->slots = calloc(n, sizeof *j->slots);
    j->values = calloc(n, sizeof *j->values);
    j->filled = calloc(n, sizeof *j->filled);
    assert_true(j->c && j->it && j->slots && j->values && j->filled);
    j->lazy = (eql_lazy){
        .raws = j->raws, .filled = j->filled, .fill = fill, .ctx = j};
    j->ev = (eql_event){.slots = j->slots, .lazy = &j->lazy};
}

static void
end_judge(judge *j)
{
    eql_candidates_free(j->c);
    eql_candidate_tables_free(j->tables);
    eql_interp_free(j->it);
    eql_prepared_free(j->pr);
    eql_program_free(j->p);
    free(j->slots);
    free(j->values);
    free(j->filled);
}

static uint32_t
path_of(const judge *j, const char *name)
{
    for (uint32_t f = 0; f < j->p->nfields; f++) {
        if (eql_sv_is(eql_program_str(j->p, j->p->fields[f].name), name))
            return j->tables->paths.of[f];
    }
    fail_msg("no field %s", name);
    return 0;
}

/* The next event; then add()s. */
static void
next_event(judge *j)
{
    j->lazy.epoch++;
    j->lazy.nraws = 0;
}

static void
add(judge *j, const char *name, const char *raw)
{
    char *text = j->text[j->lazy.nraws];

    snprintf(text, sizeof j->text[0], "%s", raw);
    j->raws[j->lazy.nraws++] =
        (eql_raw){path_of(j, name), (uint32_t)strlen(raw), text};
}

/* Does the rule's filter hold?  *known: by a filter result on an event before. */
static bool
holds(judge *j, bool *known)
{
    eql_filter_result v = {.facts = 5};
    const eql_filter_result *result;
    const uint32_t *stages;
    uint32_t n;

    eql_candidates_begin(j->c, &j->ev);
    eql_interp_begin(j->it, &j->ev);
    stages = eql_candidates_find(j->c, &n, &result);
    assert_int_not_equal(n, EQL_NONE);
    *known = result != NULL;
    if (result) {
        assert_int_equal(result->facts, 5);
        return n > 0;
    }
    if (n > 0 && eql_interp_filter(j->it, j->p->stages[stages[0]].filter)) {
        v.n = 1;
        v.stages = stages;
    }
    assert_true(eql_candidates_keep_result(j->c, &v));
    return v.n > 0;
}

typedef struct {
    const char *a, *b, *c; /* c is none of the rule's business */
    bool holds, known;
} result_case;

static void
test_filter_results_repeat(void **state)
{
    static const result_case cases[] = {
        {"\"x1\"", "\"y\"", "\"1\"", true, false},
        {"\"x1\"", "\"y\"", "\"2\"", true, true},
        {"\"x1\"", NULL, "\"2\"", false, false},
        {"\"x1\"", NULL, NULL, false, true},
        {"\"x1\"", "\"z\"", NULL, false, false},
        {"\"x1\"", "\"y\"", NULL, true, true},
        {"\"y\"", "\"x1\"", NULL, false, false}, /* texts of other paths */
        {NULL, "\"y\"", NULL, false, false},
        {NULL, NULL, NULL, false, false},
        {NULL, NULL, "\"y\"", false, true},
        {"\"x2\"", "\"y\"", "\"y\"", true, false},
        {"\"x1\"", "\"y\"", "\"y\"", true, true},
    };
    judge j;

    (void)state;
    begin_judge(&j, "any where a : \"x*\" and b == \"y\" and "
                    "user.name != \"nobody\" ");
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        const result_case *x = &cases[i];
        bool known;

        next_event(&j);
        add(&j, "user.name", "\"root\"");
        if (x->a)
            add(&j, "a", x->a);
        if (x->b)
            add(&j, "b", x->b);
        if (x->c)
            add(&j, "@timestamp", x->c);
        if (holds(&j, &known) != x->holds || known != x->known)
            fail_msg("case %zu: holds %d, known %d", i, !x->holds, known);
    }
    end_judge(&j);
}

/* A text in several pieces says nothing of an event that has others. */
static void
test_filter_results_pieces(void **state)
{
    judge j;
    bool known;

    (void)state;
    begin_judge(&j, "any where length(a) == 2 and b == \"y\"");
    for (int i = 0; i < 3; i++) {
        next_event(&j);
        add(&j, "b", "\"y\"");
        add(&j, "a", "\"xx\"");
        j.raws[1].p = i == 1 ? NULL : j.raws[1].p;
        if (i == 1) { /* nothing is there after all */
            j.filled[0] = j.lazy.epoch;
            for (uint32_t f = 0; f < j.p->nfields; f++) {
                j.filled[f] = j.lazy.epoch;
                j.slots[f] = (eql_slot){0};
            }
        }
        assert_int_equal(holds(&j, &known), i != 1);
        assert_int_equal(known, i == 2);
    }
    end_judge(&j);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_filter_results_repeat),
        cmocka_unit_test(test_filter_results_pieces),
    };

    return cmocka_run_group_tests_name("results", all, NULL, NULL);
}
