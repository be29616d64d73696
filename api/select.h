/* select.h -- which rules a user wants: by name, tag, severity, system. */
#ifndef EQL_API_SELECT_H
#define EQL_API_SELECT_H

#include "base/arena.h"
#include "eqlvm/eqlvm.h"
#include "program/program.h"
#include "program/rule.h"

typedef struct {
    const eql_strview *items;
    uint32_t n;
    bool given; /* false: fits all */
} eql_select_list;

typedef struct {
    eql_select_list rules, tags, os;
    eql_severity_level min_severity;
} eql_select;

/* Copies the options' texts into the arena.  false: out of memory. */
bool eql_select_init(eql_select *s, const eqlvm_compile_options *o,
                     eql_arena *a);
bool eql_select_source(const eql_select *s, const eql_rule_source *r);
bool eql_select_compiled(const eql_select *s, const eql_program *p,
                         uint32_t rule);

#endif
