/* fuzz_rule.c -- any bytes as rule text: compiled or refused with a place;
 * what compiles verifies, saves, loads and runs over a few events.  Most are
 * also printed as one of the passes sees them.
 *
 * Where the first line is a comment, its words are options: a dialect, a flag
 * of it (null_logic=kleene), "strict", "none" for no schema, "bare" for queries
 * without `any where`. */
#include "tests/fuzz/fuzz_program.h"

#define MOST_WORDS 8u

typedef struct {
    char line[200];
    const char *set[MOST_WORDS + 1];
    size_t nset;
    eqlvm_compile_options o;
} options;

static void
read_word(options *x, const char *word)
{
    if (strchr(word, '=') && x->nset < MOST_WORDS)
        x->set[x->nset++] = word;
    else if (strcmp(word, "endpoint") == 0 || strcmp(word, "endgame") == 0)
        x->o.dialect = word;
    else if (strcmp(word, "none") == 0)
        x->o.schema = word;
    else if (strcmp(word, "strict") == 0)
        x->o.strict = true;
    else if (strcmp(word, "bare") == 0)
        x->o.implied_any = true;
}

static void
read_options(options *x, const uint8_t *data, size_t len)
{
    const uint8_t *end =
        len > 2 && memcmp(data, "//", 2) == 0 ? memchr(data, '\n', len) : NULL;
    size_t n = end ? (size_t)(end - data) - 2 : 0;
    char *save = NULL;

    *x = (options){.o = {.set = x->set}};
    if (n >= sizeof x->line)
        return;
    if (n)
        memcpy(x->line, data + 2, n);
    for (char *w = strtok_r(x->line, " ", &save); w;
         w = strtok_r(NULL, " ", &save))
        read_word(x, w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    eql_buf dump = {0};
    eqlvm_compiler *c;
    options x;

    read_options(&x, data, len);
    c = eqlvm_compiler_new(&x.o);
    if (eqlvm_compiler_check(c) != EQLVM_OK) { /* no such flag */
        eqlvm_compiler_free(c);
        x = (options){.o = {0}};
        c = eqlvm_compiler_new(&x.o);
    }
    if (len % 5 <= EQLVM_DUMP_PLAN)
        eqlvm_compiler_dump(c, (eqlvm_dump_pass)(len % 5), fuzz_collect, &dump);
    fuzz_require(eqlvm_compiler_add_query(c, "fuzz", (const char *)data, len) ==
                     EQLVM_OK,
                 "a query is added");
    fuzz_finish(c);
    eql_buf_free(&dump);
    return 0;
}
