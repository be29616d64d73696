/* record_key.h -- the keys of record_key.def, as numbers and bits. */
#ifndef EQL_IO_FORMAT_RECORD_KEY_H
#define EQL_IO_FORMAT_RECORD_KEY_H

typedef enum {
#define K(name, text) EQL_RECORD_KEY_##name,
#include "io/format/record_key.def"
    EQL_RECORD_KEY_COUNT
} eql_record_key;

/* Bits of the anchors: every record has one of them. */
enum {
    EQL_RECORD_ANCHORS = 0
#define R(layout, anchor, other) | 1u << EQL_RECORD_KEY_##anchor
#include "io/format/record_key.def"
};

extern const char *const eql_record_keys[EQL_RECORD_KEY_COUNT];

#endif
