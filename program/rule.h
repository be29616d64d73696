/* rule.h -- a rule as its file gives it: query text and metadata, no meaning.
 *
 * Made by io (rule files) or api (queries from the command line), consumed by
 * the compiler.  All texts are borrowed from the arena of whoever made it. */
#ifndef EQL_PROGRAM_RULE_H
#define EQL_PROGRAM_RULE_H

#include "base/base.h"
#include "base/diag.h"
#include "program/program.h"

/* One condition of the [eqlvm] table, with its place in the file. */
typedef struct {
    eql_strview name;         /* exception: its name; else empty */
    eql_severity_level level; /* severity */
    uint32_t stage;           /* counts from 1 */
    eql_source when;          /* the condition's text and place */
} eql_rule_condition;

/* One [[eqlvm.test]]. */
typedef struct {
    eql_strview name;
    eql_strview events_file;   /* relative to the rule file; empty if inline */
    const eql_strview *events; /* inline events, one JSON object each */
    uint32_t nevents;
    const struct eql_rule_expect *expect; /* in output order */
    uint32_t nexpect;
    uint32_t line; /* in the rule file */
} eql_rule_test;

/* One expected alert: event numbers count from 1 in the test's input. */
typedef struct eql_rule_expect {
    const uint32_t *events; /* per stage, in order */
    uint32_t nevents;
    eql_severity_level severity; /* EQL_SEVERITY_NONE: not checked */
} eql_rule_expect;

typedef struct {
    eql_strview file; /* as the user named it; empty for -e */
    eql_strview name, id, description;
    eql_source id_place; /* of id, whose text it has; no id: unused */
    eql_source query;
    eql_severity_level severity;
    uint32_t risk_score; /* EQL_NONE: none */
    int64_t cooldown_ns; /* 0: none */
    int64_t budget_ns;   /* of time per event read; 0: none */
    /* Paths of this rule; empty: the program's.  Dotted. */
    eql_strview category_field; /* event_category_override */
    eql_strview timestamp_field, tiebreaker_field;
    const eql_strview *tags;
    uint32_t ntags;
    const eql_strview *threats; /* technique ids */
    uint32_t nthreats;
    const eql_strview *os; /* from tags "OS: Windows" or rule.os_list */
    uint32_t nos;
    const eql_rule_condition *severities;
    uint32_t nseverities;
    const eql_rule_condition *exceptions;
    uint32_t nexceptions;
    const eql_rule_test *tests;
    uint32_t ntests;
    /* Keys of the file that the engine does not use, for `check -v`. */
    const eql_strview *ignored;
    uint32_t nignored;
} eql_rule_source;

/* "high"; "none" for EQL_SEVERITY_NONE and what is no level.  Static. */
const char *eql_severity_name(uint32_t level);
/* Any ASCII case; "none" is no level.  false: out is not written. */
bool eql_severity_parse(eql_strview s, eql_severity_level *out);

#endif
