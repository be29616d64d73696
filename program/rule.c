/* rule.c -- names of severity levels, as rule files and users write them. */
#include "program/rule.h"

static const char *const names[EQL_SEVERITY_COUNT] = {"none", "low", "medium",
                                                      "high", "critical"};

const char *
eql_severity_name(uint32_t level)
{
    return names[level < EQL_SEVERITY_COUNT ? level : EQL_SEVERITY_NONE];
}

bool
eql_severity_parse(eql_strview s, eql_severity_level *out)
{
    for (unsigned i = EQL_SEVERITY_LOW; i < EQL_SEVERITY_COUNT; i++)
        if (eql_sv_eq_ascii_ci(s, eql_sv_cstr(names[i]))) {
            *out = (eql_severity_level)i;
            return true;
        }
    return false;
}
