/* functions.c -- the functions of the language, described for people. */
#include "api/api.h"
#include "stdlib/functions.h"

/* Row by row as in functions.def. */
static const struct {
    const char *signature, *about;
} texts[EQL_FN_COUNT] = {
    [EQL_FN_ADD] = {"add(number, number)", "the sum, as a + b"},
    [EQL_FN_ARRAY_CONTAINS] = {"arrayContains(array, value, ...)",
                               "does an element equal one of the values?"},
    [EQL_FN_ARRAY_COUNT] = {"arrayCount(array, $v, condition)",
                            "elements for which the condition holds"},
    [EQL_FN_ARRAY_SEARCH] = {"arraySearch(array, $v, condition)",
                             "does the condition hold for an element?"},
    [EQL_FN_ARRAY_SEARCH_P] = {"_arraysearch(array, $v, condition)",
                               "the same as arraySearch"},
    [EQL_FN_BETWEEN] = {"between(string, left, right [, greedy])",
                        "the text from the first left to the next right, if "
                        "greedy to the last; \"\" if there is none"},
    [EQL_FN_CIDR_MATCH] = {"cidrMatch(address, block, ...)",
                           "does the address lie in one of the blocks?"},
    [EQL_FN_CONCAT] = {"concat(value, ...)", "all of them as one string"},
    [EQL_FN_DIVIDE] = {"divide(number, number)", "the quotient, as a / b"},
    [EQL_FN_ENDS_WITH] = {"endsWith(string, end)", "does the string end so?"},
    [EQL_FN_INDEX_OF] = {"indexOf(string, piece [, start])",
                         "where the piece first stands, from 0; else null"},
    [EQL_FN_LENGTH] = {"length(string or array)",
                       "its characters; of an array, of each of its strings"},
    [EQL_FN_MATCH] = {"match(string, regex, ...)",
                      "does one of the expressions match the whole string?"},
    [EQL_FN_MATCH_LITE] = {"matchLite(string, regex, ...)",
                           "the same as match"},
    [EQL_FN_MODULO] = {"modulo(number, number)", "the remainder, as a % b"},
    [EQL_FN_MULTIPLY] = {"multiply(number, number)", "the product, as a * b"},
    [EQL_FN_NUMBER] = {"number(string [, base])",
                       "the number that the text spells, 0x1f too; else null"},
    [EQL_FN_SAFE] = {"safe(value)", "the value itself"},
    [EQL_FN_STARTS_WITH] = {"startsWith(string, start)",
                            "does the string begin so?"},
    [EQL_FN_STRING] = {"string(value)", "the value as text"},
    [EQL_FN_STRING_CONTAINS] = {"stringContains(string, piece)",
                                "does the piece stand in the string?"},
    [EQL_FN_SUBSTRING] = {"substring(string, start [, end])",
                          "a part of it; negative positions count from the "
                          "end"},
    [EQL_FN_SUBTRACT] = {"subtract(number, number)",
                         "the difference, as a - b"},
    [EQL_FN_WILDCARD] = {"wildcard(string, pattern, ...)",
                         "does one of the patterns with * and ? match?"},
};

static const char *
result_name(char letter)
{
    switch (letter) {
    case 's': return "string";
    case 'n': return "number";
    case 'b': return "boolean";
    default: return "as its argument";
    }
}

size_t
eqlvm_nfunctions(void)
{
    return EQL_FN_COUNT;
}

void
eqlvm_function(size_t i, eqlvm_function_info *out)
{
    const eql_function_info *f;

    *out = (eqlvm_function_info){0};
    if (i >= EQL_FN_COUNT)
        return;
    f = eql_function_get((eql_function)i);
    *out = (eqlvm_function_info){.name = f->name.p,
                                 .min_args = f->min,
                                 .max_args = f->max,
                                 .ignores_case = f->fold,
                                 .signature = texts[i].signature,
                                 .result = result_name(f->result),
                                 .about = texts[i].about};
}
