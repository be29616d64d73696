/* values.h -- initialisers of values for test tables. */
#ifndef EQL_TESTS_SUPPORT_VALUES_H
#define EQL_TESTS_SUPPORT_VALUES_H

#include "program/value.h"

/* clang-format off */
#define STR(text) {.tag = EQL_STRING, .len = sizeof(text) - 1, .u = {.s = text}}
#define INT(n) {.tag = EQL_INT, .u = {.i = n}}
#define FLT(x) {.tag = EQL_FLOAT, .u = {.d = x}}
#define BOO(x) {.tag = EQL_BOOL, .u = {.b = x}}
#define NUL {.tag = EQL_NULL}
/* clang-format on */

#endif
