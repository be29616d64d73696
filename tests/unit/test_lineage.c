/* test_lineage.c -- `descendant of`, `child of`, `event of`: the table of the
 * language's description, each dialect's fields, forgetting, and bounds. */
#include "tests/support/ordered_test.h"

#define ROOT "[process where process.name == \"root\"]"
#define START "\"start\""
#define END "\"end\""

/* A process event, and one of another category. */
#define P(type, id, parent, name)                                              \
    "{\"event\":{\"category\":\"process\",\"type\":" type                      \
    "},\"process\":{\"entity_id\":" id ",\"name\":\"" name                     \
    "\",\"parent\":{\"entity_id\":" parent "}}}"
#define F(id)                                                                  \
    "{\"event\":{\"category\":\"file\",\"type\":\"change\"},\"process\":{"     \
    "\"entity_id\":" id "}}"

/* root(10) starts mid(11) starts leaf(12); leaf writes a file; root writes a
 * file; mid does something; leaf ends. */
static const char *const family[] = {
    P(START, "\"10\"", "\"1\"", "root"),
    P(START, "\"11\"", "\"10\"", "mid"),
    P(START, "\"12\"", "\"11\"", "leaf"),
    F("\"12\""),
    F("\"10\""),
    P("\"info\"", "\"11\"", "\"10\"", "mid"),
    P(END, "\"12\"", "\"11\"", "leaf"),
    NULL,
};

static void
test_family(void **state) /* language 9.1 */
{
    static const ordered_case cases[] = {
        {"descendant", EQL_DIALECT_ELASTIC, NULL,
         "any where descendant of " ROOT, family, "(2) (3) (4) (6) (7)", false},
        {"child", EQL_DIALECT_ELASTIC, NULL, "any where child of " ROOT, family,
         "(2) (6)", false},
        {"event", EQL_DIALECT_ELASTIC, NULL, "any where event of " ROOT, family,
         "(1) (5)", false},
        {"grandchildren", EQL_DIALECT_ELASTIC, NULL,
         "any where child of [process where child of " ROOT "]", family,
         "(3) (4) (7)", false},
        {"with other conditions", EQL_DIALECT_ELASTIC, NULL,
         "file where process.entity_id == \"12\" and descendant of " ROOT,
         family, "(4)", false},
        {"negated", EQL_DIALECT_ELASTIC, NULL,
         "any where not descendant of " ROOT, family, "(1) (5)", false},
        {"of a file event", EQL_DIALECT_ELASTIC, NULL,
         "any where event of [file where true]", family, "(4) (5) (7)", false},
        {"both of two", EQL_DIALECT_ELASTIC, NULL,
         "any where child of " ROOT " or event of " ROOT, family,
         "(1) (2) (5) (6)", false},
        {"endpoint", EQL_DIALECT_ENDPOINT, NULL,
         "any where descendant of " ROOT, family, "(2) (3) (4) (6) (7)", false},
        {"pure and impure parts of a source", EQL_DIALECT_ELASTIC, NULL,
         "any where event of [any where process.name == \"mid\" and "
         "child of " ROOT "]",
         family, "(2) (6)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

/* Events of a process count up to the next process event after its end. */
static void
test_forgetting(void **state)
{
    static const char *const ends[] = {
        P(START, "1", "0", "root"),
        P(START, "2", "1", "a"),
        P(END, "2", "1", "a"),
        F("2"),
        P("\"info\"", "9", "1", ""),
        F("2"),
        P(END, "1", "0", "root"),
        P(START, "3", "1", "late"),
        NULL,
    };
    static const char *const no_id[] = {
        P(START, "1", "0", "root"),
        P(START, "2", "1", "a"),
        P(END, "2", "1", "a"),
        "{\"event\":{\"category\":\"process\"}}",
        F("2"),
        NULL};
    static const char *const at_once[] = {
        P(START, "1", "0", "root"),
        P("[\"start\",\"end\"]", "2", "1", "a"),
        F("2"),
        P("\"info\"", "1", "0", "r"),
        F("2"),
        NULL};
    static const char *const again[] = {
        P(START, "1", "0", "root"), P(END, "1", "0", "root"),
        P(START, "1", "0", "other"), F("1"), NULL};
    static const char *const ending[] = {P(END, "1", "0", "root"), F("1"),
                                         P("\"info\"", "2", "0", ""), F("1"),
                                         NULL};
    static const ordered_case cases[] = {
        {"deferred", EQL_DIALECT_ELASTIC, NULL, "any where descendant of " ROOT,
         ends, "(2) (3) (4)", false},
        {"by an event without an id", EQL_DIALECT_ELASTIC, NULL,
         "any where descendant of " ROOT, no_id, "(2) (3)", false},
        {"started and ended at once", EQL_DIALECT_ELASTIC, NULL,
         "any where descendant of " ROOT, at_once, "(2) (3)", false},
        {"an id used again", EQL_DIALECT_ELASTIC, NULL,
         "any where event of " ROOT, again, "(1) (2)", false},
        {"a source that ends", EQL_DIALECT_ELASTIC, NULL,
         "any where event of " ROOT, ending, "(1) (2)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

static void
test_ids(void **state)
{
    static const char *const kinds[] = {P(START, "1", "0", "root"),
                                        F("1.0"),
                                        F("\"1\""),
                                        F("null"),
                                        F("[1,2]"),
                                        P(START, "null", "1", "a"),
                                        P(START, "0", "1", "root"),
                                        F("0"),
                                        NULL};
    static const ordered_case cases[] = {
        {"canonical; none and 0 are not known", EQL_DIALECT_ELASTIC, NULL,
         "any where event of " ROOT, kinds, "(1) (2) (5)", false},
        {"0 may be a member", EQL_DIALECT_ELASTIC, NULL,
         "any where descendant of " ROOT, kinds, "(7) (8)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

/* leaf's start names its ancestors; mid's was not seen. */
static void
test_ancestry(void **state)
{
    static const char *const healed[] = {
        P(START, "\"10\"", "\"1\"", "root"),
        "{\"event\":{\"category\":\"process\",\"type\":\"start\"},"
        "\"process\":{\"entity_id\":\"12\",\"parent\":{\"entity_id\":\"11\"},"
        "\"Ext\":{\"ancestry\":[\"11\",\"10\",\"1\"]}}}",
        F("\"12\""), F("\"11\""), NULL};
    static const ordered_case cases[] = {
        {"descendant", EQL_DIALECT_ENDPOINT, NULL,
         "any where descendant of " ROOT, healed, "(2) (3)", false},
        {"child", EQL_DIALECT_ENDPOINT, NULL, "any where child of " ROOT,
         healed, "", false},
        {"elastic", EQL_DIALECT_ELASTIC, NULL, "any where descendant of " ROOT,
         healed, "(2) (3)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

/* An event of Endgame: category, what it is, pid, ppid, name. */
#define G(category, is, pid, ppid, name)                                       \
    "{\"event_type\":\"" category "\"," is ",\"pid\":" pid ",\"ppid\":" ppid   \
    ",\"process_name\":\"" name "\"}"
#define GROOT "[process where process_name == \"root\"]"

static void
test_endgame(void **state)
{
    static const char *const subtypes[] = {
        G("process", "\"subtype\":\"create\"", "10", "1", "root"),
        G("process", "\"subtype\":\"fork\"", "11", "10", "a"),
        G("process", "\"opcode\":1", "12", "11", "b"),
        G("process", "\"opcode\":3", "13", "12", "b"),
        G("process", "\"opcode\":9", "14", "13", "b"),
        G("process", "\"opcode\":5", "15", "14", "no create"),
        G("process", "\"opcode\":\"1\"", "16", "14", "no number"),
        G("file", "\"opcode\":1", "17", "14", "no process"),
        G("process", "\"subtype\":\"terminate\"", "14", "13", "b"),
        G("process", "\"opcode\":2", "13", "12", "b"),
        G("file", "\"opcode\":0", "14", "0", "forgotten"),
        G("process", "\"opcode\":4", "12", "11", "b"),
        G("file", "\"opcode\":0", "13", "0", "forgotten"),
        G("file", "\"opcode\":0", "12", "0", "not yet"),
        NULL};
    static const char *const reboot[] = {
        G("process", "\"opcode\":1", "10", "1", "root"),
        G("process", "\"opcode\":1", "11", "10", "a"),
        G("process", "\"opcode\":1", "4", "0", "other"),
        G("file", "\"opcode\":0", "11", "10", "still"),
        G("process", "\"opcode\":1", "4", "0", "System"),
        G("file", "\"opcode\":0", "11", "10", "gone"),
        G("file", "\"opcode\":0", "10", "1", "gone"),
        NULL};
    static const ordered_case cases[] = {
        {"subtype and opcode", EQL_DIALECT_ENDGAME, NULL,
         "any where descendant of " GROOT, subtypes,
         "(2) (3) (4) (5) (9) (10) (12) (14)", false},
        {"reboot", EQL_DIALECT_ENDGAME, NULL,
         "any where descendant of " GROOT " or event of " GROOT, reboot,
         "(1) (2) (4)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

/* A rule with a time of its own follows its own events. */
static void
test_clock_of_the_rule(void **state)
{
    eql_rule_source rule = test_rule_of("any where descendant of " ROOT);
    ordered_run r;

    (void)state;
    rule.timestamp_field = eql_sv_cstr("event.ingested");
    ordered_open(&r, test_compile(EQL_DIALECT_ELASTIC, NULL, &rule, 1),
                 1 << 20);
    assert_int_equal(r.p->rules[0].clock, 1);
    for (const char *const *e = family; *e; e++)
        ordered_event(&r, *e);
    ordered_finish(&r);
    ordered_expect("own clock", &r, "(2) (3) (4) (6) (7)");
    ordered_close(&r);
}

static void
test_oldest_id_gives_way(void **state)
{
    static const ordered_case c = {.query = "any where descendant of " ROOT};
    char event[256];
    ordered_run r;
    uint64_t evicted;

    (void)state;
    ordered_open_case(&r, &c, 8192);
    for (int i = 1; i <= 200; i++) {
        snprintf(event, sizeof event, P(START, "%d", "%d", "root"), i, i - 1);
        ordered_event(&r, event);
    }
    evicted = eql_lineages_evicted(r.lineages);
    assert_in_range(evicted, 1, 199);
    assert_in_range(r.budget.peak, 1, 8192);
    r.out.len = 0;
    snprintf(event, sizeof event, F("%d"), (int)evicted);
    ordered_event(&r, event);
    ordered_expect("evicted", &r, "");
    snprintf(event, sizeof event, F("%d"), (int)evicted + 1);
    ordered_event(&r, event);
    ordered_expect("the next one is there", &r, "(202)");
    ordered_finish(&r);
    ordered_close(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_family),
        cmocka_unit_test(test_forgetting),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_ancestry),
        cmocka_unit_test(test_endgame),
        cmocka_unit_test(test_clock_of_the_rule),
        cmocka_unit_test(test_oldest_id_gives_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
