/* fuzz_exceptions.c -- exceptions, and the other tables that a rule file has
 * for eqlvm alone.
 *
 * The first byte says how the rest is read: as a query and below it lines of a
 * stage's digit and a condition, which is what the reference is asked about
 * too; or as TOML behind a rule. */
#include "tests/fuzz/fuzz_judge.h"
#include "tests/fuzz/fuzz_program.h"

#define MOST_TEXT 1500u
#define MOST_EXCEPTIONS 8u

static const char rule[] =
    "[rule]\nname = \"fuzz\"\nlanguage = \"eql\"\nquery = '''\n"
    "sequence by host.id with maxspan=1m\n"
    " [any where destination.port == 5985]\n"
    " [process where process.parent.name : \"wsm*\"]\n'''\n";

static void
judge(uint8_t how, const uint8_t *data, size_t len)
{
    ref_exception exceptions[MOST_EXCEPTIONS];
    ref_case c = fuzz_case(how);
    char *copy = malloc(len + 1), *save = NULL, *line;

    fuzz_require(copy != NULL, "memory");
    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    c.query = strtok_r(copy, "\n", &save);
    while (c.query && c.nexceptions < MOST_EXCEPTIONS &&
           (line = strtok_r(NULL, "\n", &save)))
        exceptions[c.nexceptions++] =
            (ref_exception){(size_t)(unsigned char)*line % 8, line + 1};
    c.exceptions = exceptions;
    if (c.query)
        fuzz_judge(&c);
    free(copy);
}

static void
compile(const uint8_t *data, size_t len)
{
    eql_buf text = {0};

    eql_buf_add_str(&text, rule);
    eql_buf_add(&text, (const char *)data, len);
    fuzz_rule_file(".toml", text.p, text.len, false);
    /* Tests may name files of events: none of this machine's. */
    if (!memchr(text.p, '/', text.len))
        fuzz_rule_tests();
    eql_buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len > 0 && data[0] % 2)
        compile(data + 1, len - 1);
    else if (len > 0 && len < MOST_TEXT)
        judge(data[0] / 2, data + 1, len - 1);
    return 0;
}
