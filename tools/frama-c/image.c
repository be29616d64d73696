/* image.c -- the frame of an image, for Eva: header, section table, checksum
 * and gaps of a file of any bytes. */
#include "program/image.c"

#include "__fc_builtin.h"

#define MOST (BODY_OFFSET + 32)

static char file[MOST + 1]; /* no length ends at its end */

int
main(void)
{
    uint32_t n[EQL_SECTION_COUNT];

    Frama_C_make_unknown(file, sizeof file);
    /* One length after another: sums of lengths are exact then.  Every eighth
     * between the header and the end of the table will do. */
    //@ loop unroll 1000;
    for (size_t len = 0; len <= MOST;
         len += len < 48 || len > BODY_OFFSET - 8 ? 1 : 8)
        (void)check_frame(file, len, n);
    return 0;
}
