/* functions.c -- the functions of the language by name, and their calls.
 *
 * functions.def says what there is; strings.c, convert.c and arithmetic.c
 * compute.  Functions that look at paths, patterns or conditions have no call
 * here: sema makes nodes of their own from them. */
#include "stdlib/call.h"

#include <string.h>

static const eql_function_info table[EQL_FN_COUNT] = {
#define FUNCTION(id, name, min, max, fold, args, result)                       \
    {{name, sizeof name - 1}, min, max, fold, args, result},
#include "stdlib/functions.def"
#undef FUNCTION
};

eql_function
eql_function_find(eql_strview name)
{
    for (uint32_t i = 0; i < EQL_FN_COUNT; i++)
        if (eql_sv_eq_ascii_ci(table[i].name, name))
            return (eql_function)i;
    return EQL_FN_COUNT;
}

const eql_function_info *
eql_function_get(eql_function f)
{
    return &table[f];
}

char
eql_function_arg(eql_function f, uint32_t i)
{
    size_t n = strlen(table[f].args);

    return table[f].args[i < n ? i : n - 1];
}

bool
eql_function_is_call(eql_function f)
{
    const char *args = table[f].args;

    return args[strspn(args, "snbx")] == '\0';
}

static eql_value
arithmetic(const eql_call *c, eql_operation op)
{
    return eql_arithmetic(c->env->dialect, op, &c->args[0], &c->args[1]);
}

eql_value
eql_function_call(const eql_function_env *env, eql_function f, bool fold,
                  const eql_value *args, uint32_t n)
{
    eql_call c = {.env = env, .args = args, .n = n, .fold = fold};

    switch (f) {
    case EQL_FN_ADD: return arithmetic(&c, EQL_OPERATION_ADD);
    case EQL_FN_BETWEEN: return eql_call_between(&c);
    case EQL_FN_CONCAT: return eql_call_concat(&c);
    case EQL_FN_DIVIDE: return arithmetic(&c, EQL_OPERATION_DIV);
    case EQL_FN_ENDS_WITH: return eql_call_ends_with(&c);
    case EQL_FN_INDEX_OF: return eql_call_index_of(&c);
    case EQL_FN_LENGTH: return eql_call_length(&c);
    case EQL_FN_MODULO: return arithmetic(&c, EQL_OPERATION_MOD);
    case EQL_FN_MULTIPLY: return arithmetic(&c, EQL_OPERATION_MUL);
    case EQL_FN_NUMBER: return eql_call_number(&c);
    case EQL_FN_SAFE: return args[0];
    case EQL_FN_STARTS_WITH: return eql_call_starts_with(&c);
    case EQL_FN_STRING: return eql_call_string(&c);
    case EQL_FN_STRING_CONTAINS: return eql_call_string_contains(&c);
    case EQL_FN_SUBSTRING: return eql_call_substring(&c);
    case EQL_FN_SUBTRACT: return arithmetic(&c, EQL_OPERATION_SUB);
    case EQL_FN_ARRAY_CONTAINS:
    case EQL_FN_ARRAY_COUNT:
    case EQL_FN_ARRAY_SEARCH:
    case EQL_FN_ARRAY_SEARCH_P:
    case EQL_FN_CIDR_MATCH:
    case EQL_FN_MATCH:
    case EQL_FN_MATCH_LITE:
    case EQL_FN_WILDCARD:
    case EQL_FN_COUNT: break;
    }
    return eql_value_null();
}
