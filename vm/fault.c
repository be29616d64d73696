/* fault.c -- which planted fault is on; compiled to nothing but in test builds.
 *
 * Holds the one mutable variable of the library, and only there: a fault is a
 * property of the whole test process.  It decides nothing itself. */
#include "vm/fault.h"

#ifdef EQL_FAULTS

#include <stddef.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *text;
} fault_row;

static const fault_row faults[EQL_FAULT_COUNT] = {[EQL_FAULT_none] = {"", ""},
#define X(name, text) [EQL_FAULT_##name] = {#name, text},
                                                  EQL_SHORT_CUT_FAULT_LIST(X)
                                                      EQL_FAULT_LIST(X)
#undef X
};

static eql_fault selected;

bool
eql_fault_select(const char *name)
{
    selected = EQL_FAULT_none;
    if (!name)
        return true;
    for (unsigned i = 0; i < EQL_FAULT_COUNT; i++) {
        if (strcmp(faults[i].name, name) == 0) {
            selected = (eql_fault)i;
            return true;
        }
    }
    return false;
}

eql_fault
eql_fault_selected(void)
{
    return selected;
}

bool
eql_fault_of_short_cut(void)
{
    switch (selected) {
#define X(name, text) case EQL_FAULT_##name:
        EQL_SHORT_CUT_FAULT_LIST(X)
#undef X
        return true;
    default: return false;
    }
}

const char *
eql_fault_name(unsigned fault)
{
    return fault < EQL_FAULT_COUNT ? faults[fault].name : "";
}

const char *
eql_fault_text(unsigned fault)
{
    return fault < EQL_FAULT_COUNT ? faults[fault].text : "";
}

#endif
