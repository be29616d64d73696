/* random_rules.h -- rules and events drawn at random, alike on every machine:
 * all kinds of tests over values that often make them hold. */
#ifndef EQL_TESTS_SUPPORT_RANDOM_RULES_H
#define EQL_TESTS_SUPPORT_RANDOM_RULES_H

#include <string.h>

#include "base/buf.h"

static inline uint32_t
random_draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % n;
}

#define RANDOM_DRAW(seed, list) list[random_draw(seed, EQL_COUNTOF(list))]

static const char *const random_paths[] = {
    "a", "b", "c.d", "event.type", "event.action", "process.name"};

static const char *const random_tests[] = {
    "%s == \"start\"",
    "%s == \"Cmd.exe\"",
    "%s != \"x\"",
    "%s : \"*x*\"",
    "%s : \"x*\"",
    "%s : (\"*.exe\", \"start\")",
    "%s : \"c:\\\\*\\\\x?.exe\"",
    "%s : \"?x*\"",
    "%s like \"*art\"",
    "%s like~ (\"cm*d.exe\", \"end\")",
    "%s in (\"x\", \"end\", 7)",
    "%s in~ (\"X\", \"START\")",
    "%s not in (\"x\", \"end\")",
    "%s == null",
    "%s != null",
    "%s == 7",
    "%s > 6",
    "%s < 100",
    "%s == true",
    "%s regex~ \".*x.*\"",
    "length(%s) > 3",
    "length(%s) == null",
    "endsWith~(%s, \".exe\")",
    "cidrMatch(%s, \"10.0.0.0/8\")",
    "arrayContains(%s, \"x\")",
    "arraySearch(%s, $e, $e : \"x*\")",
    "arraySearch(%s, $e, $e == a)",
    "arrayCount(%s, $e, $e == \"x\") == 0",
    "%s == b",
    "concat(%s, a) : \"xx*\"",
};

static const char *const random_values[] = {
    "\"start\"",
    "\"end\"",
    "\"cmd.exe\"",
    "\"CMD.EXE\"",
    "\"x\"",
    "\"xx\"",
    "\"yx.exe\"",
    "\"C:\\\\Users\\\\x1.exe\"",
    "7",
    "\"7\"",
    "7.5",
    "true",
    "null",
    "\"10.1.1.1\"",
    "[\"x\", \"start\"]",
    "[\"cmd.exe\", 7, null]",
    "[]",
    "{\"d\": \"x\"}",
    "[{\"d\": \"x\"}, {\"d\": \"start\"}]",
    "\"\\u212A\\u017Ftart\"",
};

/* Appends a condition, at most so deep. */
static inline void
random_condition(eql_buf *out, uint64_t *seed, uint32_t depth)
{
    uint32_t kind = depth == 0 ? 0 : random_draw(seed, 4);
    uint32_t n = 2 + random_draw(seed, 3);

    if (random_draw(seed, 5) == 0)
        eql_buf_add_str(out, "not ");
    eql_buf_add_char(out, '(');
    if (kind < 2) {
        const char *test = RANDOM_DRAW(seed, random_tests);

        n = (uint32_t)(strchr(test, '%') - test);
        eql_buf_printf(out, "%.*s%s%s", (int)n, test,
                       RANDOM_DRAW(seed, random_paths), test + n + 2);
    }
    for (uint32_t i = 0; kind >= 2 && i < n; i++) {
        if (i > 0)
            eql_buf_add_str(out, kind == 2 ? " and " : " or ");
        random_condition(out, seed, depth - 1);
    }
    eql_buf_add_char(out, ')');
}

/* Appends "category where condition". */
static inline void
random_query(eql_buf *out, uint64_t *seed)
{
    static const char *const categories[] = {"any", "any", "process", "file"};

    eql_buf_printf(out, "%s where ", RANDOM_DRAW(seed, categories));
    random_condition(out, seed, 3);
}

/* Appends an event without its time: objects in objects, or dotted names. */
static inline void
random_event(eql_buf *out, uint64_t *seed, bool nested)
{
    static const char *const categories[] = {"\"process\"", "\"file\"",
                                             "[\"file\", \"process\"]",
                                             "\"Process\"", "null"};
    static const char *const places[] = {
        "a", "b", "c\": {\"d", "type", "action", "process\": {\"name"};
    const char *category = RANDOM_DRAW(seed, categories);
    const char *values[EQL_COUNTOF(random_paths)];

    for (size_t i = 0; i < EQL_COUNTOF(values); i++)
        values[i] =
            random_draw(seed, 4) > 0 ? RANDOM_DRAW(seed, random_values) : NULL;
    eql_buf_printf(out,
                   nested ? "{\"event\": {\"category\": %s"
                          : "{\"event.category\": %s",
                   category);
    for (size_t i = 3; nested && i < 5; i++) { /* inside event */
        if (values[i])
            eql_buf_printf(out, ", \"%s\": %s", places[i], values[i]);
    }
    if (nested)
        eql_buf_add_char(out, '}');
    for (size_t i = 0; i < EQL_COUNTOF(values); i++) {
        const char *name = nested ? places[i] : random_paths[i];

        if (values[i] && (!nested || i < 3 || i > 4))
            eql_buf_printf(out, ", \"%s\": %s%s", name, values[i],
                           strchr(name, '{') ? "}" : "");
    }
    eql_buf_add_char(out, '}');
}

#endif
