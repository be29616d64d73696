/* yardstick.h -- what the engine is measured against: Debian's simdjson parses
 * the same bytes, and does nothing else with them. */
#ifndef EQL_BENCHMARKS_YARDSTICK_H
#define EQL_BENCHMARKS_YARDSTICK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes behind the text that must be readable. */
#define YARDSTICK_PADDING 64u

/* dom::parser::parse_many over `len` bytes, in the calling thread alone.
 * Documents parsed; *errors counts those that were none. */
uint64_t yardstick_parse(const char *p, size_t len, uint64_t *errors);
/* The kernel that simdjson chose; static. */
const char *yardstick_kernel(void);

#ifdef __cplusplus
}
#endif
#endif
