/* fuzz_schema.c -- any bytes as a schema file, and rules whose fields it types:
 * refused with a reason, or taken. */
#include "tests/fuzz/fuzz_program.h"

static const char *const queries[] = {
    "process where process.name == \"cmd.exe\" and process.pid > 3 and "
    "source.ip == \"::1\" and a.b == 1",
    "any where arrayContains(process.args, \"a\") or length(host.id) > 1 or "
    "arraySearch(process.args, $x, $x.s == true)",
    "sequence by host.id [any where a.b : \"1*\"] [any where x == null] "
    "| sort process.pid | count host.id",
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const dialects[] = {"elastic", "endpoint", "endgame"};
    eqlvm_compile_options o = {.schema = fuzz_file(".json", data, len),
                               .skip_bad_rules = true,
                               .dialect = dialects[len % 3]};
    eqlvm_compiler *c = eqlvm_compiler_new(&o);

    fuzz_require(c != NULL, "a compiler");
    if (eqlvm_compiler_check(c) != EQLVM_OK) {
        const char *why = eqlvm_compiler_error(c);
        size_t n = strlen(o.schema);

        fuzz_require(strncmp(why, o.schema, n) == 0 && why[n] == ':' &&
                         strlen(why) > n + 2,
                     "a refusal has a file and a reason");
        eqlvm_compiler_free(c);
        return 0;
    }
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        fuzz_require(eqlvm_compiler_add_query(c, "fuzz", queries[i],
                                              strlen(queries[i])) == EQLVM_OK,
                     "a query is added");
    fuzz_finish(c);
    return 0;
}
