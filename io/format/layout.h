/* layout.h -- layouts of events that are neither ECS nor mapped to it: which
 * one has an event?
 *
 * Asked of events without a category only, so that it costs nothing where
 * events are what rules want.  The table is layout.def. */
#ifndef EQL_IO_FORMAT_LAYOUT_H
#define EQL_IO_FORMAT_LAYOUT_H

#include "base/base.h"

typedef enum {
#define X(name, key, taken, patterns, text, hint) EQL_LAYOUT_##name,
#include "io/format/layout.def"
#undef X
    EQL_LAYOUT_COUNT
} eql_layout;
/* No layout that is known. */
#define EQL_LAYOUT_NONE EQL_LAYOUT_COUNT

typedef struct {
    const char *key;      /* stable word */
    bool taken;           /* as an event of ECS that lacks a category */
    const char *patterns; /* see layout.def */
    const char *text;     /* what an event of it is */
    const char *hint;     /* what to do */
    const char *problem;  /* text and hint: why it was refused */
} eql_layout_row;

extern const eql_layout_row eql_layouts[EQL_LAYOUT_COUNT];

struct json_t; /* jansson's */
/* The event is an object. */
eql_layout eql_layout_of(const struct json_t *event);

/* Gives the first term of each pattern (its path's text) to fn: an event in
 * which there is nothing at any of them has no layout. */
void eql_layout_anchors(void (*fn)(void *ctx, eql_strview path), void *ctx);

#endif
