/* fuzz_image.c -- any bytes as a compiled rule: refused with a reason, or all
 * that is done with a program can be done with it (image_exercise.h).
 *
 * The mutator knows tables and records (image_mutate.h), and seals what it
 * makes, so that the verifier is what is tested.  Inputs are sealed here too,
 * for fuzzers without it. */
#include "tests/fuzz/fuzz.h"

#include "tests/support/image_exercise.h"
#include "tests/support/image_mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t cap,
                               unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t alen,
                                 const uint8_t *b, size_t blen, uint8_t *out,
                                 size_t cap, unsigned seed);

/* Writes the parts to out unless they are longer than that; their length. */
static size_t
put(image_parts *im, uint8_t *out, size_t cap)
{
    size_t len = image_parts_len(im);

    if (len > cap)
        len = 0;
    if (len > 0)
        image_parts_write(im, (char *)out);
    image_parts_free(im);
    return len;
}

/* What is no image has one byte changed, or becomes the head of one. */
static size_t
mutate_bytes(uint8_t *data, size_t len, size_t cap, unsigned seed)
{
    image_parts none = {0};

    if (len < IMAGE_BODY || seed % 4 == 0)
        return put(&none, data, cap);
    data[seed / 4 % len] ^= (uint8_t)(1u << seed % 7);
    image_parts_seal(data, len);
    return len;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t cap, unsigned seed)
{
    image_parts im;
    size_t n;

    if (!image_parts_split(&im, data, len))
        return mutate_bytes(data, len, cap, seed);
    image_mutate(&im, seed);
    n = put(&im, data, cap);
    return n > 0 ? n : len;
}

/* A record of b in place of one of a. */
size_t
LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t alen, const uint8_t *b,
                          size_t blen, uint8_t *out, size_t cap, unsigned seed)
{
    image_parts x = {0}, y = {0};
    image_mutation m = {&x, seed * 0x9e3779b97f4a7c15u | 1};
    size_t len = 0;

    if (image_parts_split(&x, a, alen) && image_parts_split(&y, b, blen) &&
        image_parts_any(&x)) {
        unsigned s = mutate_table(&m);

        if (y.n[s] > 0)
            memcpy(image_parts_at(&x, s, mutate_below(&m, x.n[s])),
                   image_parts_at(&y, s, mutate_below(&m, y.n[s])),
                   eql_layout_record_size(s));
        len = put(&x, out, cap);
    }
    image_parts_free(&x);
    image_parts_free(&y);
    return len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *copy = malloc(len + 1);
    const char *broken;
    bool accepted;

    fuzz_require(copy != NULL, "memory");
    if (len > 0)
        memcpy(copy, data, len);
    image_parts_seal(copy, len);
    broken = image_exercise(copy, len, &accepted);
    fuzz_require(broken == NULL, broken);
    free(copy);
    return 0;
}
