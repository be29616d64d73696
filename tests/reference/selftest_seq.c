/* selftest_seq.c -- the reference evaluator against tables of
 * sequences, missing stages, runs, fork, aliases, lineage, samples, joins and
 * pipes: language 8.12, 8.13, 8.18, 8.19, 8.20, 9.1, 10.1, 11.1, 12.1; and the
 * two sequence procedures against each other on random inputs. */
#include "tests/reference/selftest.h"

/* Events of language 8.13: "A (B&U) C" one second apart from 1 s, with "@70" at
 * 70 s and "[k1]" under a key of that name. */
static const char **
letter_events(ref_pool *pool, const char *spec, size_t *n)
{
    const char **events = ref_alloc(pool, 32 * sizeof *events);

    for (*n = 0; *spec; spec += *spec == ' ') {
        ref_text out = {.pool = pool};
        const char *key = "k", *p = spec;
        int key_len = 1, seconds = (int)*n + 1;

        ref_put(&out, "{");
        for (; *p && *p != ' '; p++) {
            if (*p >= 'A' && *p <= 'Z')
                ref_putf(&out, "\"%c\":true,", *p);
            if (*p == '[') {
                key = p + 1;
                key_len = (int)strcspn(key, "]");
                p += key_len;
            }
            if (*p == '@')
                seconds = atoi(p + 1);
        }
        ref_putf(&out, "\"k\":\"%.*s\",\"@timestamp\":%d}", key_len, key,
                 seconds * 1000);
        events[(*n)++] = ref_text_cstr(&out);
        spec = p;
    }
    return events;
}

/* Stages from letters: "A !N B3 Cf U?" is [A], ![N], [B] with runs=3, [C] fork,
 * until [U]; "*" is true. */
static char *
letter_query(ref_pool *pool, const char *kind, const char *stages,
             const char *maxspan)
{
    ref_text out = {.pool = pool};

    ref_putf(&out, "%s by k%s%s", kind, maxspan ? " with maxspan=" : "",
             maxspan ? maxspan : "");
    for (; *stages; stages += *stages == ' ') {
        const char *end = stages + strcspn(stages, " ");
        bool missing = *stages == '!', until = end[-1] == '?';

        stages += missing;
        ref_put(&out, until ? " until [" : missing ? " ![" : " [");
        if (*stages == '*')
            ref_put(&out, "any where true]");
        else
            ref_putf(&out, "any where %c]", *stages);
        if (stages[1] == 'f')
            ref_put(&out, " fork");
        if (stages[1] >= '1' && stages[1] <= '9')
            ref_putf(&out, " with runs=%c", stages[1]);
        stages = end;
    }
    return ref_text_cstr(&out);
}

typedef struct {
    int number;
    const char *stages, *maxspan, *events, *want;
} letter_case;

static void
check_letters(const char *kind, const char *const *set,
              const letter_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ref_pool *pool = ref_pool_new();
        ref_case c = {.set = set};
        const char *got;

        c.query = letter_query(pool, kind, cases[i].stages, cases[i].maxspan);
        c.events = letter_events(pool, cases[i].events, &c.nevents);
        got = matches_of(pool, &c, false);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("example %d: %s on %s: %s, want %s", cases[i].number,
                     c.query, cases[i].events, got, cases[i].want);
        ref_pool_free(pool);
    }
}

static void
test_worked_examples(void **state)
{
    static const letter_case cases[] = {
        {1, "A B", NULL, "A A B B", "(2,3)"},
        {2, "* *", NULL, "X X X", "(1,2) (2,3)"},
        {3, "* * *", NULL, "X X X X X", "(1,2,3) (2,3,4) (3,4,5)"},
        {4, "A B C", NULL, "A B A B C", "(3,4,5)"},
        {5, "A B C", NULL, "A B A C", "(1,2,4)"},
        {6, "A B C", NULL, "A B B C", "(1,2,4)"},
        {7, "A B C", NULL, "A B C C", "(1,2,3)"},
        {8, "A B", NULL, "A (A&B) B", "(1,2) (2,3)"},
        {9, "A B", "60s", "A@0 B@60 A@100 B@161", "(1,2)"},
        {10, "A B", "60s", "A@0 A@50 B@70", "(2,3)"},
        {11, "A B C", "60s", "A@0 B@30 A@55 C@70 B@80 C@90", "(3,5,6)"},
        {12, "A B U?", NULL, "A U B", "none"},
        {13, "A B U?", NULL, "A (B&U)", "(1,2)"},
        {14, "A B U?", NULL, "(A&U) B", "none"},
        {15, "A B U?", NULL, "A U A B", "(3,4)"},
        {16, "A B U?", NULL, "A[k1] U[k2] B[k1]", "(1,3)"},
        {17, "A B C U?", NULL, "A (B&U) C", "none"},
        {18, "A B", NULL, "A[x] A[y] B[y] B[x]", "(2,3) (1,4)"},
        {19, "A3", NULL, "A A A A A", "(1,2,3) (2,3,4) (3,4,5)"},
        {20, "A2 B", NULL, "A A A B", "(2,3,4)"},
        {21, "A2 B", NULL, "A A B A B", "(1,2,3) (2,4,5)"},
        /* language 8.13, step by step */
        {88, "A B C U?", "10s", "A@0 B@2 A@3 B@4 C@6 A@7 U@8 B@9", "(3,4,5)"},
        /* language 8.19 */
        {102, "A Bf C", NULL, "A B C B C", "(1,2,3) (1,4,5)"},
        {103, "A B Cf", NULL, "A B C B C", "(1,2,3) (1,2,5)"},
        {104, "A Bf", "5s", "A@0 B@3 B@5 B@6 B@7", "(1,2) (1,3)"},
    };
    static const letter_case before[] = {
        {12, "A B U?", NULL, "A U B", "none"},
        {13, "A B U?", NULL, "A (B&U)", "none"},
        {14, "A B U?", NULL, "(A&U) B", "(1,2)"},
        {15, "A B U?", NULL, "A U A B", "(3,4)"},
    };
    static const char *const set[] = {"until_order=before", NULL};

    (void)state;
    check_letters("sequence", NULL, cases, REF_COUNTOF(cases));
    check_letters("sequence", set, before, REF_COUNTOF(before));
}

/* Language 8.18. */
static void
test_missing_stages(void **state)
{
    static const letter_case cases[] = {
        {1, "A !N B", "60s", "A@0 N@10 B@20", "none"},
        {2, "A !N B", "60s", "A@0 N@0 B@20", "(1,!,3)"},
        {3, "A !N B", "60s", "A@0 A@5 N@7 A@10 B@20", "(4,!,5)"},
        {4, "A !N B", "60s", "A@0 N@7 B@20 B@30", "none"},
        {5, "A !N B", "60s", "A@0 N@7 B@20 A@25 B@30", "(4,!,5)"},
        {6, "!N A B", "60s", "N@0 A@50 B@60 A@100 B@110", "(!,4,5)"},
        {7, "!N A B", "60s", "N@0 A@50 B@61", "(!,2,3)"},
        {8, "A B !N", "60s", "A@0 B@10 N@60 A@100 B@110 N@161", "(4,5,!)"},
        {9, "!N A !N", "60s", "N@0 A@50 N@55", "none"},
        {10, "!N A !N", "60s", "N@0 A@50 N@65", "(!,2,!)"},
        {11, "!N A !N", "60s", "A@50 N@55", "(!,1,!)"},
        {12, "!N A !N", "60s", "N@0 A@10", "(!,2,!)"},
        {13, "A !N !M B", "60s", "A@0 M@10 B@20", "none"},
        {14, "A !N3 B", "60s", "A@0 B@20", "(1,!,!,!,2)"},
        {15, "A !N B", "60s", "A[x]@0 N[y]@10 B[x]@20", "(1,!,3)"},
        {16, "A B !N", "60s", "A@0 B@10 N@10", "(1,2,!)"},
        {17, "!N !M A", "60s", "N@0 M@50 A@100", "none"},
        {18, "!N A !N", "60s", "N@0 A@70 N@100", "(!,2,!)"},
        {19, "A !N B U?", "60s", "A@0 N@10 B@20 A@30 U@35 B@40", "none"},
        {20, "A B !N", "60s", "A@0 B@10 A@20 B@30 N@65",
         "(1,2,!)"}, /* 65 - 20 is within, 65 - 0 is not */
    };
    static const letter_case independent[] = {
        {1, "!N A !N", "60s", "A@50 N@55", "none"},
        {2, "!N A !N", "60s", "N@0 A@10", "none"},
        {3, "!N A !N", "60s", "N@0 A@61 N@130", "(!,2,!)"},
    };
    static const letter_case withheld[] = {
        {1, "A B !N", "60s", "A@0 B@10 A@20 B@30 X@61", "(1,2,!)"},
        {2, "A B !N", "60s", "A@0 B@10 X@60", "none"},
        {3, "!N A !N", "60s", "A@0", "(!,1,!)"},
        {4, "A !N B", "60s", "A@0 B@5", "(1,!,2)"},
    };
    static const char *const edges[] = {"missing_edges=independent", NULL};
    static const char *const eof[] = {"missing_eof=withhold", NULL};

    (void)state;
    check_letters("sequence", NULL, cases, REF_COUNTOF(cases));
    check_letters("sequence", edges, independent, REF_COUNTOF(independent));
    check_letters("sequence", eof, withheld, REF_COUNTOF(withheld));
}

/* Language 11.1. */
static void
test_joins(void **state)
{
    static const letter_case cases[] = {
        {1, "A B U?", NULL, "A U B A (B&U) A B", "(4,3) (6,5)"},
        {2, "A B", NULL, "B A", "(2,1)"},
        {3, "A B", NULL, "(A&B)", "(1,1)"},
        {4, "A B", NULL, "A A B B", "(1,3)"},
        {5, "A B", NULL, "A[x] B[y] B[x]", "(1,3)"},
        {6, "A B", NULL, "B (A&B)", "(2,1)"},
        {7, "A B", NULL, "B (A&B) A", "(2,1) (3,2)"},
    };
    static const letter_case once[] = {
        {3, "A B", NULL, "(A&B)", "none"},
        {4, "A B", NULL, "(A&B) (A&B)", "(1,2)"},
    };
    static const char *const off[] = {"join_reuse=off", NULL};

    (void)state;
    check_letters("join", NULL, cases, REF_COUNTOF(cases));
    check_letters("join", off, once, REF_COUNTOF(once));
}

/* Language 10.1. */
static void
test_samples(void **state)
{
    static const letter_case cases[] = {
        {1, "A B", NULL, "A[h1] (A&B)[h1] B[h2] A[h2] (A&B)[h3]",
         "(1,2) (4,3)"},
        {2, "A B", NULL, "(A&B)[h4] A[h4]", "(2,1)"},
        {3, "A B C", NULL, "C[x] B[x] A[x] A[x]", "(3,2,1)"},
    };
    static const letter_case stream[] = {
        {1, "A B", NULL, "A[b] A[a] B[b] B[a] B[b]", "(1,3) (2,4)"},
    };
    static const char *const mode[] = {"sample_mode=stream", NULL};

    (void)state;
    check_letters("sample", NULL, cases, REF_COUNTOF(cases));
    check_letters("sample", mode, stream, REF_COUNTOF(stream));
}

/* --- queries over events, written out --- */

typedef struct {
    const char *query;
    const char *events[8];
    const char *want;
} written_case;

static void
check_written(const ref_case *setup, const written_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ref_pool *pool = ref_pool_new();
        ref_case c = *setup;
        const char *got;

        c.query = cases[i].query;
        c.events = cases[i].events;
        while (c.nevents < 8 && c.events[c.nevents])
            c.nevents++;
        got = matches_of(pool, &c, true);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s, want %s", c.query, got, cases[i].want);
        ref_pool_free(pool);
    }
}

#define EV(t, rest) "{\"@timestamp\":" #t "," rest "}"

/* Language 8.20. */
static void
test_aliases(void **state)
{
    static const written_case cases[] = {
        {"sequence [any where a] as x [any where b and f == x.f]",
         {EV(1, "\"a\":true,\"f\":1"), EV(2, "\"a\":true,\"f\":2"),
          EV(3, "\"b\":true,\"f\":1"), EV(4, "\"b\":true,\"f\":2"),
          EV(5, "\"b\":true,\"f\":2")},
         "(1,3) (2,4)"},
        {"sequence with maxspan=2ms [any where a] as x [any where b and f == "
         "x.f]",
         {EV(1, "\"a\":true,\"f\":1"), EV(2, "\"a\":true,\"f\":1"),
          EV(4, "\"b\":true,\"f\":1"), EV(4, "\"b\":true,\"f\":1")},
         "(2,3)"},
        {"sequence [any where a] with runs=2 as x [any where f == x.f and b]",
         {EV(1, "\"a\":true,\"f\":1"), EV(2, "\"a\":true,\"f\":2"),
          EV(3, "\"b\":true,\"f\":1"), EV(4, "\"b\":true,\"f\":2")},
         "(1,2,4)"},
        {"sequence [any where a] as x [any where b and not f == x.f] until "
         "[any where u == x.f]",
         {EV(1, "\"a\":true,\"f\":1"), EV(2, "\"u\":2"), EV(3, "\"b\":true"),
          EV(4, "\"a\":true,\"f\":1"), EV(5, "\"u\":1"), EV(6, "\"b\":true")},
         "(1,3)"},
        {"sequence [any where a] as x [any where arraySearch(l, $e, $e == "
         "x.f)]",
         {EV(1, "\"a\":true,\"f\":[7,1]"), EV(2, "\"l\":[3,1]")},
         "(1,2)"},
    };
    static const written_case latest[] = {
        {"sequence [any where a] as x [any where b and f == x.f]",
         {EV(1, "\"a\":true,\"f\":1"), EV(2, "\"a\":true,\"f\":2"),
          EV(3, "\"b\":true,\"f\":1"), EV(4, "\"b\":true,\"f\":2"),
          EV(5, "\"b\":true,\"f\":2")},
         "(2,4)"},
    };
    static const char *const set[] = {"alias_pending=latest", NULL};
    static const ref_case plain = {0}, in_latest = {.set = set};

    (void)state;
    check_written(&plain, cases, REF_COUNTOF(cases));
    check_written(&in_latest, latest, REF_COUNTOF(latest));
}

/* root(10) starts mid(11) starts leaf(12); leaf writes a file; root writes a
 * file; leaf ends; a file of leaf's; another process starts; a file of leaf's.
 */
#define PROC(t, type, id, parent, name)                                        \
    EV(t, "\"event\":{\"category\":\"process\",\"type\":\"" type               \
          "\"},\"process\":{\"entity_id\":\"" id "\",\"name\":\"" name         \
          "\",\"parent\":{\"entity_id\":\"" parent "\"}}")
#define FILE_OF(t, id)                                                         \
    EV(t, "\"event\":{\"category\":\"file\"},\"process\":{\"entity_id\":\"" id \
          "\"}")
#define FAMILY                                                                 \
    {                                                                          \
        PROC(1, "start", "10", "1", "root"),                                   \
            PROC(2, "start", "11", "10", "mid"),                               \
            PROC(3, "start", "12", "11", "leaf"), FILE_OF(4, "12"),            \
            FILE_OF(5, "10"), PROC(6, "end", "12", "11", "leaf"),              \
            FILE_OF(7, "12"), PROC(8, "start", "20", "1", "x")                 \
    }

/* Language 9.1. */
static void
test_lineages(void **state)
{
    static const written_case cases[] = {
        {"any where descendant of [process where process.name == \"root\"]",
         FAMILY, "(2) (3) (4) (6) (7)"},
        {"any where child of [process where process.name == \"root\"]", FAMILY,
         "(2)"},
        {"any where event of [process where process.name == \"root\"]", FAMILY,
         "(1) (5)"},
        {"any where child of [any where child of [process where process.name "
         "== \"root\"]]",
         FAMILY, "(3) (4) (6) (7)"},
        {"sequence [any where event of [process where process.name == "
         "\"root\"]] [file where descendant of [process where process.name "
         "== \"root\"]]",
         FAMILY, "(1,4) (5,7)"},
        {"any where not descendant of [any where true]", FAMILY, "(1) (5) (8)"},
    };
    static const ref_case plain = {0};

    (void)state;
    check_written(&plain, cases, REF_COUNTOF(cases));
}

/* Language 12.1. */
#define PIPED                                                                  \
    {                                                                          \
        EV(1, "\"n\":\"A\",\"host.name\":\"h1\",\"b\":5"),                     \
            EV(2, "\"n\":\"b\",\"host.name\":\"h1\""),                         \
            EV(3, "\"n\":\"a\",\"host\":{\"name\":\"h2\"},\"b\":3"),           \
            EV(4, "\"n\":\"C\",\"host.name\":\"h2\",\"b\":9"),                 \
            EV(5, "\"n\":\"B\",\"host.name\":\"h1\",\"b\":1")                  \
    }

static void
test_pipes(void **state)
{
    static const written_case cases[] = {
        {"any where true | unique n", PIPED, "(1) (2) (4)"},
        {"any where true | sort b", PIPED, "(2) (5) (3) (1) (4)"},
        {"any where true | sort b | head 2", PIPED, "(2) (5)"},
        {"any where true | filter b > 2", PIPED, "(1) (3) (4)"},
        {"any where true | count", PIPED,
         "(){\"count\":5,\"hosts\":[\"h1\",\"h2\"],\"key\":\"totals\","
         "\"total_hosts\":2}"},
        {"any where true | count n", PIPED,
         "(){\"count\":1,\"hosts\":[\"h2\"],\"key\":\"C\",\"percent\":"
         "0.20000000000000001,\"total_hosts\":1} "
         "(){\"count\":2,\"hosts\":[\"h1\",\"h2\"],\"key\":\"A\",\"percent\":"
         "0.40000000000000002,\"total_hosts\":2} "
         "(){\"count\":2,\"hosts\":[\"h1\"],\"key\":\"b\",\"percent\":"
         "0.40000000000000002,\"total_hosts\":1}"},
        {"any where true | unique_count n | filter count == 2", PIPED,
         "(1){\"count\":2,\"hosts\":[\"h1\",\"h2\"],\"percent\":"
         "0.40000000000000002,\"total_hosts\":2} "
         "(2){\"count\":2,\"hosts\":[\"h1\"],\"percent\":"
         "0.40000000000000002,\"total_hosts\":1}"},
        {"any where true | head 4 | tail 2", PIPED, "(3) (4)"},
        {"any where true | head 0", PIPED, "none"},
        {"any where false | count", PIPED,
         "(){\"count\":0,\"key\":\"totals\"}"},
        {"any where false | count n", PIPED, "none"},
        {"any where true | count n, b | filter count == 1 | sort key[1] | tail "
         "1 "
         "| filter key[0] == \"C\" and hosts == \"h2\"",
         PIPED,
         "(){\"count\":1,\"hosts\":[\"h2\"],\"key\":[\"C\",9],\"percent\":"
         "0.20000000000000001,\"total_hosts\":1}"},
        {"any where true | unique_count n | unique_count host.name", PIPED,
         "(1){\"count\":5,\"hosts\":[\"h1\",\"h2\"],\"percent\":1,"
         "\"total_hosts\":2}"},
        {"any where true | unique n b | filter n == \"a\"", PIPED, "(3)"},
        {"sequence [any where true] [any where b == 3] | filter "
         "events[1].b == 3 and n == \"b\" and events[2].b == null",
         PIPED, "(2,3)"},
    };
    static const char *const set[] = {"key_case=fold", NULL};
    static const ref_case fold = {.set = set};

    (void)state;
    check_written(&fold, cases, REF_COUNTOF(cases));
}

/* Keys as they are shown, and other things of language 8.9. */
static void
test_key_tuples(void **state)
{
    static const written_case cases[] = {
        {"sequence by tags [any where a] [any where b]",
         {EV(1, "\"a\":true,\"tags\":[\"r\",\"g\"]"),
          EV(2, "\"b\":true,\"tags\":[\"g\",\"b\",\"r\"]")},
         "(1,2)[\"g\"] (1,2)[\"r\"]"},
        {"sequence by u [any where a] [any where b]",
         {EV(1, "\"a\":true,\"u\":1"), EV(2, "\"b\":true,\"u\":1.0")},
         "(1,2)[1]"},
        {"sequence by length(u), ?z [any where a] [any where b]",
         {EV(1, "\"a\":true,\"u\":\"ab\""), EV(2, "\"b\":true,\"u\":\"xy\"")},
         "(1,2)[2,null]"},
    };
    static const written_case folded[] = {
        {"sequence by u [any where a] [any where b]",
         {EV(1, "\"a\":true,\"u\":\"Ab\""), EV(2, "\"b\":true,\"u\":\"aB\"")},
         "(1,2)[\"aB\"]"},
        {"sequence by u [any where a] [any where b]",
         {EV(1, "\"a\":true"), EV(2, "\"b\":true")},
         "(1,2)[null]"},
        {"sequence by u [any where a] [any where b]",
         {EV(1, "\"a\":true,\"u\":[\"A\",1]"),
          EV(2, "\"b\":true,\"u\":[\"a\",1]"), EV(3, "\"b\":true,\"u\":\"a\"")},
         "(1,2)[[\"a\",1]]"},
    };
    static const char *const set[] = {"key_case=fold", "null_keys=join",
                                      "multi_value=opaque", NULL};
    static const ref_case plain = {0}, fold = {.set = set};

    (void)state;
    check_written(&plain, cases, REF_COUNTOF(cases));
    check_written(&fold, folded, REF_COUNTOF(folded));
}

/* Sequences over two events, written out. */
static void
test_keys_and_ties(void **state)
{
    static const struct {
        const char *query, *events[2], *want;
    } cases[] = {
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5,\"tb\":2}",
          "{\"B\":true,\"@timestamp\":5,\"tb\":1}"},
         "none"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5,\"tb\":1}",
          "{\"B\":true,\"@timestamp\":5,\"tb\":2}"},
         "(1,2)"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5}",
          "{\"B\":true,\"@timestamp\":5,\"tb\":7}"},
         "none"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5}", "{\"B\":true,\"@timestamp\":5}"},
         "(1,2)"},
        {"sequence by tags [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"tags\":[\"r\",\"g\"]}",
          "{\"B\":true,\"@timestamp\":2,\"tags\":[\"g\",\"b\",\"r\"]}"},
         "(1,2) (1,2)"},
        {"sequence by u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}", "{\"B\":true,\"@timestamp\":2}"},
         "none"},
        {"sequence by ?u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}", "{\"B\":true,\"@timestamp\":2}"},
         "(1,2)"},
        {"sequence by ?u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}",
          "{\"B\":true,\"@timestamp\":2,\"u\":1}"},
         "none"},
        {"sequence by u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"u\":1}",
          "{\"B\":true,\"@timestamp\":2,\"u\":1.0}"},
         "(1,2)"},
        {"sequence by u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"u\":1}",
          "{\"B\":true,\"@timestamp\":2,\"u\":\"1\"}"},
         "none"},
        {"sequence by h [any where A] by u [any where B] by w",
         {"{\"A\":true,\"@timestamp\":1,\"h\":1,\"u\":2}",
          "{\"B\":true,\"@timestamp\":2,\"h\":1,\"w\":2}"},
         "(1,2)"},
        {"sequence by host.ip [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"host.ip\":\"10.0.0.1\"}",
          "{\"B\":true,\"@timestamp\":2,\"host.ip\":\"::ffff:a00:1\"}"},
         "(1,2)"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":\"1970-01-01T00:00:02Z\"}",
          "{\"B\":true,\"@timestamp\":\"1970-01-01T01:00:01+01:00\"}"},
         "none"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}", "{\"B\":true}"},
         "none"},
    };

    (void)state;
    for (size_t i = 0; i < REF_COUNTOF(cases); i++) {
        ref_pool *pool = ref_pool_new();
        ref_case c = {.query = cases[i].query,
                      .events = cases[i].events,
                      .nevents = 2,
                      .tiebreaker = "tb"};
        const char *got = matches_of(pool, &c, false);

        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s on %s and %s: %s, want %s", c.query, c.events[0],
                     c.events[1], got, cases[i].want);
        ref_pool_free(pool);
    }
}

static void
test_exceptions_hide_events_from_a_stage(void **state)
{
    static const char *const events[] = {
        "{\"A\":true,\"@timestamp\":0,\"ip\":\"6.6.6.6\"}",
        "{\"A\":true,\"@timestamp\":5000,\"ip\":\"10.20.0.1\"}",
        "{\"B\":true,\"@timestamp\":6000}"};
    static const ref_exception ex = {1, "cidrMatch(ip, \"10.20.0.0/24\")"};
    ref_case c = {.query = "sequence [any where A] [any where B]",
                  .events = events,
                  .nevents = 3};
    ref_pool *pool = ref_pool_new();

    (void)state;
    assert_string_equal(matches_of(pool, &c, false), "(2,3)");
    c.exceptions = &ex;
    c.nexceptions = 1;
    assert_string_equal(matches_of(pool, &c, false), "(1,3)");
    ref_pool_free(pool);
}

/* --- the two procedures against each other --- */

/* splitmix64 */
static uint64_t
next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t
pick(uint64_t *state, size_t n)
{
    return (size_t)(next(state) >> 32) % n;
}

static bool
chance(uint64_t *state, size_t percent)
{
    return pick(state, 100) < percent;
}

static void
random_looks(ref_pool *pool, uint64_t *rng, const ref_seq *seq, ref_keys *looks,
             bool until)
{
    static const char *const names[2] = {"x", "y"};

    for (size_t e = 0; e < seq->nevents; e++)
        for (size_t s = 0; s < seq->nstages + (until ? 1 : 0); s++) {
            ref_keys *keys = &looks[s * seq->nevents + e];

            keys->keys = ref_alloc(pool, 2 * sizeof *keys->keys);
            for (size_t k = 0; k < 2; k++)
                if (chance(rng, s == seq->nstages ? 12 : 35)) {
                    ref_key *key = &keys->keys[keys->n++];

                    key->text = ref_printf(pool, "%s", names[k]);
                    key->values = ref_alloc(pool, sizeof *key->values);
                    key->values[0] = ref_string(ref_cstr(names[k]));
                    key->n = 1;
                }
        }
}

/* Stages overlap, times repeat, keys are few: everything collides. */
static ref_seq
random_sequence(ref_pool *pool, uint64_t *rng, const ref_flags *flags)
{
    ref_seq seq = {.nstages = 1 + pick(rng, 5),
                   .nevents = 1 + pick(rng, 14),
                   .flags = flags};
    ref_when *when = ref_alloc(pool, seq.nevents * sizeof *when);
    ref_position *positions = ref_alloc(pool, seq.nstages * sizeof *positions);
    ref_keys *looks =
        ref_alloc(pool, (seq.nstages + 1) * seq.nevents * sizeof *looks);
    bool missing = chance(rng, 50);

    for (size_t s = 0; s < seq.nstages; s++) {
        positions[s].stage = s;
        positions[s].missing = missing && s && chance(rng, 40);
    }
    if (missing && seq.nstages > 1 && chance(rng, 40))
        positions[0].missing = !positions[1].missing;
    for (size_t e = 0; e < seq.nevents; e++) {
        when[e].has_time = chance(rng, 97);
        when[e].ns = (int64_t)pick(rng, 12);
        when[e].has_tiebreaker = chance(rng, 30);
        when[e].tiebreaker = (int64_t)pick(rng, 3);
    }
    seq.npositions = seq.nstages;
    seq.positions = positions;
    seq.when = when;
    seq.looks = looks;
    random_looks(pool, rng, &seq, looks, chance(rng, 50));
    seq.has_maxspan = missing || chance(rng, 60);
    seq.maxspan_ns = (int64_t)pick(rng, 8);
    return seq;
}

static void
test_batch_is_the_machine(void **state)
{
    size_t matching = 0, cases = 200000;

    (void)state;
    for (size_t i = 0; i < cases; i++) {
        ref_pool *pool = ref_pool_new();
        uint64_t rng = i;
        ref_flags flags = {
            .until_before = i & 1, .independent = i & 2, .withhold = i & 4};
        const char *refused = NULL;
        ref_env env = {.pool = pool, .flags = &flags, .refused = &refused};
        ref_seq seq = random_sequence(pool, &rng, &flags);
        ref_results batch = {0}, machine = {0};

        ref_seq_batch(pool, &seq, &batch);
        ref_seq_machine(pool, &seq, &machine);
        ref_sort_results(&env, seq.when, &batch);
        ref_sort_results(&env, seq.when, &machine);
        if (batch.n != machine.n || !ref_results_eq(&batch, &machine))
            fail_msg("input %zu: batch %s, machine %s", i,
                     ref_results_text(pool, &batch),
                     ref_results_text(pool, &machine));
        matching += batch.n > 0;
        ref_pool_free(pool);
    }
    assert_true(matching * 3 > cases);
}

int
selftest_seq(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_examples),
        cmocka_unit_test(test_missing_stages),
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_lineages),
        cmocka_unit_test(test_pipes),
        cmocka_unit_test(test_key_tuples),
        cmocka_unit_test(test_keys_and_ties),
        cmocka_unit_test(test_exceptions_hide_events_from_a_stage),
        cmocka_unit_test(test_batch_is_the_machine),
    };

    return cmocka_run_group_tests_name("reference: sequences", tests, NULL,
                                       NULL);
}
