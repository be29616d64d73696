/* fuzz_rule_events.c -- the engine against the reference evaluator.
 *
 * The first byte says how the rest is read: as the choices of the generator of
 * random cases, or as the text of a query over fixed events, in one of the
 * dialects.  What compiles is saved, verified, loaded and run; where the
 * reference has an answer too, the two must agree. */
#include "tests/fuzz/fuzz_judge.h"

#define MOST_TEXT 1500u

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    ref_pool *pool = ref_pool_new();
    ref_case c;

    if (len > 0 && data[0] < 128) {
        c = ref_gen_render(pool, ref_gen_from_bytes(pool, data + 1, len - 1));
        c.through_image = true;
        fuzz_judge(&c);
    } else if (len > 0 && len < MOST_TEXT) {
        char *query = ref_alloc(pool, len);

        memcpy(query, data + 1, len - 1);
        c = fuzz_case(data[0]);
        c.query = query;
        fuzz_judge(&c);
    }
    ref_pool_free(pool);
    return 0;
}
