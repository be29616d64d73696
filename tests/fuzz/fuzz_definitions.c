/* fuzz_definitions.c -- any bytes as macros and constants, and behind a NUL a
 * query that uses them: the same program as when they stand before the query.
 */
#include "tests/fuzz/fuzz_program.h"

static const char default_query[] =
    "any where M(process.name) or N() or a.b == C";

/* The listing; empty: it does not compile. */
static void
list(const eqlvm_compile_options *o, const char *query, size_t len,
     eql_buf *out)
{
    eqlvm_compiler *c = eqlvm_compiler_new(o);
    eqlvm_program *p = NULL;

    out->len = 0;
    fuzz_require(c != NULL, "a compiler");
    if (eqlvm_compiler_add_query(c, "fuzz", query, len) == EQLVM_OK &&
        eqlvm_compiler_finish(c, &p) == EQLVM_OK)
        fuzz_require(eqlvm_program_disassemble(p, fuzz_collect, out) ==
                         EQLVM_OK,
                     "is listed");
    fuzz_check_diags(c);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *nul = len ? memchr(data, 0, len) : NULL;
    size_t n = nul ? (size_t)(nul - data) : len;
    eql_strview query = eql_sv(default_query, sizeof default_query - 1);
    eql_buf text = {0}, apart = {0}, together = {0};
    eqlvm_compile_options o = {0};

    if (nul)
        query = eql_sv((const char *)nul + 1, len - n - 1);
    eql_buf_add(&text, (const char *)data, n);
    eql_buf_add_char(&text, '\0');
    o.definitions = text.p;
    list(&o, query.p, query.len, &apart);
    text.len--;
    eql_buf_add_char(&text, '\n');
    eql_buf_add_sv(&text, query);
    list(NULL, text.p, text.len, &together);
    if (apart.len && together.len)
        fuzz_require(apart.len == together.len &&
                         memcmp(apart.p, together.p, apart.len) == 0,
                     "definitions apart and in the query are the same");
    eql_buf_free(&text);
    eql_buf_free(&apart);
    eql_buf_free(&together);
    return 0;
}
