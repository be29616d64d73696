/* shape_int.h -- how glue is compared; only shape*.c include it. */
#ifndef EQL_IO_SHAPE_INT_H
#define EQL_IO_SHAPE_INT_H

#include "io/shape.h"

/* A piece of glue, 1 .. 32 bytes. */
typedef struct {
    uint16_t ord;    /* structural byte from which .. */
    int16_t end;     /* .. so many bytes on it ends */
    uint16_t window; /* below EQL_SHAPES_WINDOWS */
    uint16_t len;
} eql_shape_check;

/* Its bytes stand at the end. */
typedef struct {
    char b[32];
} eql_shape_window;

/* Vector kernels read 32 bytes before the end of each piece. */
typedef bool (*eql_shape_verify_fn)(const char *b, const uint32_t *at,
                                    const eql_shape_check *c, uint32_t n,
                                    const eql_shape_window *windows);
#if defined(__x86_64__)
bool eql_shape_verify_sse(const char *b, const uint32_t *at,
                          const eql_shape_check *c, uint32_t n,
                          const eql_shape_window *windows);
bool eql_shape_verify_avx2(const char *b, const uint32_t *at,
                           const eql_shape_check *c, uint32_t n,
                           const eql_shape_window *windows);
#endif

#endif
