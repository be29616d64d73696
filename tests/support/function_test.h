/* function_test.h -- calls of functions as rows of a table.
 *
 * A row names the function as a rule would (`name~` folds), gives its
 * arguments and what must come out; a failure prints all of it. */
#ifndef EQL_TESTS_SUPPORT_FUNCTION_TEST_H
#define EQL_TESTS_SUPPORT_FUNCTION_TEST_H

#include "base/buf.h"
#include "program/dialect.h"
#include "stdlib/functions.h"
#include "tests/support/eql_test.h"
#include "tests/support/values.h"

#include <math.h>

#define FUNCTION_TEST_ARGS 5

typedef struct {
    const char *name;
    eql_value args[FUNCTION_TEST_ARGS];
    uint32_t n;
    eql_value want;
} function_test;

/* clang-format off */
#define ARR(text) {.tag = EQL_ARRAY, .len = sizeof(text) - 1, .u = {.s = text}}
#define OBJ(text) {.tag = EQL_OBJECT, .len = sizeof(text) - 1, .u = {.s = text}}
/* clang-format on */

static inline bool
function_test_same(const eql_value *a, const eql_value *b)
{
    if (a->tag != b->tag)
        return false;
    switch (a->tag) {
    case EQL_NULL: return true;
    case EQL_BOOL: return a->u.b == b->u.b;
    case EQL_INT: return a->u.i == b->u.i;
    case EQL_FLOAT:
        return a->u.d == b->u.d && signbit(a->u.d) == signbit(b->u.d);
    default: return eql_sv_eq(eql_value_sv(a), eql_value_sv(b));
    }
}

static inline void
function_test_print(eql_buf *out, const eql_value *v)
{
    static const char *const letter[] = {"null",   "bool",  "int",   "float",
                                         "string", "array", "object"};

    eql_buf_add_str(out, letter[v->tag]);
    if (v->tag == EQL_BOOL)
        eql_buf_printf(out, " %s", v->u.b ? "true" : "false");
    else if (v->tag == EQL_INT)
        eql_buf_printf(out, " %lld", (long long)v->u.i);
    else if (v->tag == EQL_FLOAT)
        eql_buf_printf(out, " %.17g", v->u.d);
    else if (v->tag >= EQL_STRING)
        eql_buf_printf(out, " \"%.*s\"", (int)v->len, v->u.s);
}

static inline eql_value
function_test_call(const eql_function_env *env, const function_test *t)
{
    size_t len = strlen(t->name);
    bool fold = len > 0 && t->name[len - 1] == '~';
    eql_function f = eql_function_find(eql_sv(t->name, len - fold));
    eql_value args[FUNCTION_TEST_ARGS];

    if (f == EQL_FN_COUNT || !eql_function_is_call(f))
        fail_msg("%s: no such call", t->name);
    memcpy(args, t->args, sizeof args);
    return eql_function_call(env, f, fold, args, t->n);
}

static inline void
function_test_run(const eql_dialect *d, const function_test *rows, size_t n)
{
    eql_function_env env = {.dialect = d, .scratch = eql_scratch_new()};

    assert_non_null(env.scratch);
    for (size_t i = 0; i < n; i++) {
        eql_value got = function_test_call(&env, &rows[i]);
        eql_buf text = {0};

        if (function_test_same(&got, &rows[i].want))
            continue;
        eql_buf_printf(&text, "row %zu: %s(", i, rows[i].name);
        for (uint32_t k = 0; k < rows[i].n; k++) {
            eql_buf_add_str(&text, k ? ", " : "");
            function_test_print(&text, &rows[i].args[k]);
        }
        eql_buf_add_str(&text, "): got ");
        function_test_print(&text, &got);
        eql_buf_add_str(&text, ", want ");
        function_test_print(&text, &rows[i].want);
        eql_buf_add(&text, "", 1);
        fail_msg("%s", text.p);
    }
    eql_scratch_free(env.scratch);
}

#endif
