/* near.h -- names that events had, and the one that was probably meant. */
#ifndef EQL_API_NEAR_H
#define EQL_API_NEAR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "io/events.h"

#define EQL_NEAR_NAMES 4096u /* that are kept of what events had */

/* Distinct texts. */
typedef struct {
    eql_map *known;
    eql_vec items;  /* eql_strview, in the order met */
    eql_vec custom; /* eql_strview: of them, those that ECS does not know */
} eql_near_set;

typedef struct {
    eql_arena *arena;
    eql_near_set fields;
    eql_near_set categories;
    const eql_strview *category_fields; /* whose values are categories */
    uint32_t ncategory_fields;
    eql_strview *same; /* scratch */
} eql_near;

/* Names in the events, from their preview (io/preview.h).  false: out of
 * memory. */
bool eql_near_init(eql_near *n, eql_arena *arena, const eql_events *e,
                   const eql_strview *category_fields, uint32_t nfields);
void eql_near_free(eql_near *n);
/* Empty when none is. */
eql_strview eql_near_field(const eql_near *n, eql_strview path);
eql_strview eql_near_category(const eql_near *n, eql_strview category);
/* Something that is probably the event's time. */
eql_strview eql_near_time(const eql_near *n, eql_strview path);

#endif
