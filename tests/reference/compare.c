/* compare.c -- the randomised test: reference against engine.
 *
 *   reference [CASES [SEED [FIRST [FAILURES]]]]
 *
 * Makes CASES cases (100,000), runs both sides and compares the matches.  SEED
 * 0, or none, takes one from the clock; it is printed, and the same SEED gives
 * the same cases.  FIRST starts at that case, FAILURES (5) end it.  A failing
 * case is printed as it was and as small as it gets.  Exit 0: all agree, and
 * the cases were worth comparing; 1: not so; 2: usage. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/reference/ref_engine.h"
#include "tests/reference/ref_gen.h"
#include "tests/reference/ref_property.h"

#define MIN_CASES_FOR_SHARES 5000u
#define MIN_MATCHING_PERCENT 20u
#define PROPERTIES_EVERY 8u
#define MIN_SHARE_PERMILLE 5u /* of every construct */

typedef enum { SAME, DIFFERENT, REFERENCE_FAILED } agreement;

/* Both sides' answers to one case. */
typedef struct {
    ref_status ref_status;
    int engine_status;
    ref_matches ref, engine;
    char ref_err[REF_ERR], engine_err[REF_ERR];
    agreement agreement;
} outcome;

typedef struct {
    uint64_t seed, first, cases, most_failures;
    uint64_t passed, failed, matching;
    uint64_t constructs[REF_NCONSTRUCTS];
    uint64_t properties[REF_NPROPERTIES]; /* checked */
} totals;

/* An engine must not name events that are not there. */
static bool
sane(const ref_case *c, const ref_matches *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->items[i].n == 0 && !m->items[i].row)
            return false;
        for (size_t k = 0; k < m->items[i].n; k++)
            if (m->items[i].events[k] >= c->nevents &&
                m->items[i].events[k] != REF_MISSING)
                return false;
    }
    return true;
}

static outcome
run_both(const ref_case *c)
{
    outcome o = {.agreement = SAME};

    o.ref_status = ref_run(c, &o.ref, o.ref_err);
    o.engine_status = ref_engine_run(c, &o.engine, o.engine_err);
    if (o.ref_status == REF_BROKEN)
        o.agreement = REFERENCE_FAILED;
    else if (o.ref_status == REF_REFUSED || o.engine_status != 0)
        o.agreement = DIFFERENT; /* the generator makes legal queries only */
    else if (!sane(c, &o.engine) || !ref_matches_eq(&o.ref, &o.engine))
        o.agreement = DIFFERENT;
    return o;
}

static void
free_outcome(outcome *o)
{
    ref_matches_free(&o->ref);
    ref_matches_free(&o->engine);
}

static void
print_case(ref_pool *pool, const ref_case *c, const outcome *o)
{
    printf("  query: %s\n", c->query);
    printf("  dialect: %s%s%s", c->dialect ? c->dialect : "elastic",
           c->no_schema ? ", no schema" : "",
           c->versions ? ", schema with versions" : "");
    for (size_t i = 0; c->set && c->set[i]; i++)
        printf(", %s", c->set[i]);
    printf("\n");
    for (size_t i = 0; i < c->nexceptions; i++)
        printf("  exception, stage %zu: %s\n", c->exceptions[i].stage,
               c->exceptions[i].condition);
    if (c->tiebreaker)
        printf("  tiebreaker: %s\n", c->tiebreaker);
    for (size_t i = 0; i < c->nevents; i++)
        printf("  %2zu %s\n", i + 1, c->events[i]);
    if (o->ref_status == REF_RAN)
        printf("  reference: %s\n", ref_matches_text(pool, &o->ref));
    else
        printf("  reference %s: %s\n",
               o->ref_status == REF_REFUSED ? "refuses" : "contradicts itself",
               o->ref_err);
    if (o->engine_status == 0)
        printf("  engine:    %s\n", ref_matches_text(pool, &o->engine));
    else
        printf("  engine %s: %s\n", o->engine_status == 1 ? "refuses" : "fails",
               o->engine_err);
}

/* Is it refused for the same reason, "E302: ..."? */
static bool
same_code(const char *a, const char *b)
{
    size_t n = strcspn(a, ":");

    return n == strcspn(b, ":") && strncmp(a, b, n) == 0;
}

/* Shrinking must keep the kind of failure, or a wrong match would turn into a
 * refused query. */
static bool
still_fails(void *ctx, const ref_gen_case *c)
{
    const outcome *was = ctx;
    ref_pool *pool = ref_pool_new();
    ref_case rendered = ref_gen_render(pool, c);
    outcome o = run_both(&rendered);
    bool still = o.agreement == was->agreement &&
                 o.ref_status == was->ref_status &&
                 o.engine_status == was->engine_status &&
                 same_code(o.engine_err, was->engine_err);

    free_outcome(&o);
    ref_pool_free(pool);
    return still;
}

static void
report(ref_pool *pool, const totals *t, uint64_t number,
       const ref_gen_case *gen, const ref_case *c, outcome *o)
{
    const ref_gen_case *small;
    ref_case rendered;
    outcome again;

    printf("case %" PRIu64 " of seed %" PRIu64 " fails:\n", number, t->seed);
    print_case(pool, c, o);
    small = ref_shrink(pool, gen, still_fails, o);
    rendered = ref_gen_render(pool, small);
    again = run_both(&rendered);
    printf(" made small:\n");
    print_case(pool, &rendered, &again);
    free_outcome(&again);
    fflush(stdout);
}

static bool
property_fails(void *ctx, const ref_gen_case *c)
{
    char err[REF_ERR];

    return ref_property_check(*(ref_property *)ctx, c, err) == REF_P_FAILS;
}

static void
report_property(ref_pool *pool, const totals *t, uint64_t number,
                const ref_gen_case *gen, ref_property p)
{
    const ref_gen_case *small = ref_shrink(pool, gen, property_fails, &p);
    ref_case c = ref_gen_render(pool, small);
    char err[REF_ERR];
    outcome o = run_both(&c);

    printf("case %" PRIu64 " of seed %" PRIu64 " breaks \"%s\"; made small:\n",
           number, t->seed, ref_property_name(p));
    print_case(pool, &c, &o);
    (void)ref_property_check(p, small, err);
    printf("  %s\n", err);
    free_outcome(&o);
    fflush(stdout);
}

/* Every so many cases the engine is run again, on changed input. */
static void
check_properties(ref_pool *pool, totals *t, uint64_t number,
                 const ref_gen_case *gen)
{
    char err[REF_ERR];

    for (ref_property p = 0;
         number % PROPERTIES_EVERY == 0 && p < REF_NPROPERTIES; p++) {
        ref_property_result result = ref_property_check(p, gen, err);

        t->properties[p] += result != REF_P_NONE;
        if (result != REF_P_FAILS)
            continue;
        t->failed++;
        report_property(pool, t, number, gen, p);
    }
}

static void
one_case(totals *t, uint64_t number)
{
    ref_pool *pool = ref_pool_new();
    ref_gen_case *gen = ref_gen(pool, t->seed, number);
    ref_case c = ref_gen_render(pool, gen);
    outcome o = run_both(&c);

    if (o.agreement == SAME)
        t->passed++;
    else
        t->failed++;
    t->matching += o.ref.n > 0;
    for (size_t i = 0; i < REF_NCONSTRUCTS; i++)
        t->constructs[i] += gen->constructs[i];
    if (o.agreement != SAME)
        report(pool, t, number, gen, &c, &o);
    else
        check_properties(pool, t, number, gen);
    free_outcome(&o);
    ref_pool_free(pool);
}

/* Prints the shares; true when they are large enough. */
static bool
shares_hold(const totals *t)
{
    uint64_t n = t->passed + t->failed;
    bool ok = true;

    printf("%.1f %% of the cases match\n",
           100.0 * (double)t->matching / (double)n);
    for (size_t i = 0; i < REF_NCONSTRUCTS; i++)
        printf("%8" PRIu64 " %s\n", t->constructs[i],
               ref_construct_name((ref_construct)i));
    for (ref_property p = 0; p < REF_NPROPERTIES; p++)
        printf("%8" PRIu64 " checks of \"%s\"\n", t->properties[p],
               ref_property_name(p));
    if (n < MIN_CASES_FOR_SHARES) {
        printf("shares are not judged below %u cases\n", MIN_CASES_FOR_SHARES);
        return true;
    }
    if (t->matching * 100 < n * MIN_MATCHING_PERCENT) {
        printf("too few cases match: %u %% wanted\n", MIN_MATCHING_PERCENT);
        ok = false;
    }
    for (size_t i = 0; i < REF_NCONSTRUCTS; i++)
        if (t->constructs[i] * 1000 < n * MIN_SHARE_PERMILLE) {
            printf("in too few cases: %s\n",
                   ref_construct_name((ref_construct)i));
            ok = false;
        }
    for (ref_property p = 0; p < REF_NPROPERTIES; p++)
        if (t->properties[p] * 500 < n / PROPERTIES_EVERY) {
            printf("hardly checked: %s\n", ref_property_name(p));
            ok = false;
        }
    return ok;
}

static bool
read_number(const char *s, uint64_t *out)
{
    char *end;

    *out = strtoull(s, &end, 10);
    return *s >= '0' && *s <= '9' && *end == '\0';
}

int
main(int argc, char **argv)
{
    totals t = {.cases = 100000, .most_failures = 5};
    uint64_t *args[] = {&t.cases, &t.seed, &t.first, &t.most_failures};
    bool enough = true;

    for (int i = 1; i < argc; i++)
        if (i > 4 || !read_number(argv[i], args[i - 1])) {
            fprintf(stderr, "usage: %s [CASES [SEED [FIRST [FAILURES]]]]\n",
                    argv[0]);
            return 2;
        }
    if (t.seed == 0)
        t.seed = (uint64_t)time(NULL);
    printf("seed %" PRIu64 "\n", t.seed);
    fflush(stdout);
    for (uint64_t i = 0; i < t.cases && t.failed < t.most_failures; i++)
        one_case(&t, t.first + i);
    if (t.failed < t.most_failures && t.cases)
        enough = shares_hold(&t);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", t.passed,
           t.failed + (enough ? 0 : 1));
    return t.failed || !enough;
}
