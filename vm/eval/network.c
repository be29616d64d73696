/* network.c -- searching address blocks.
 *
 * Blocks hold their network address with host bits cleared, so an address
 * lies in a block of n bits if its first n bits are the block's.  The final
 * word is eql_cidr_contains, which keeps IPv4 and IPv6 apart. */
#include "vm/eval/network.h"

#include <stdlib.h>

bool
eql_network_list_init(eql_network_list *l, eql_arena *arena, uint32_t n)
{
    *l = (eql_network_list){.blocks =
                                eql_arena_array(arena, n, sizeof *l->blocks)};
    return l->blocks != NULL;
}

static void
clear_host_bits(eql_ip *ip, unsigned bits)
{
    unsigned byte = bits / 8;

    if (byte >= sizeof ip->b)
        return;
    ip->b[byte] &= (uint8_t)(0xff00u >> bits % 8);
    memset(ip->b + byte + 1, 0, sizeof ip->b - byte - 1);
}

bool
eql_network_list_add(eql_network_list *l, eql_strview text)
{
    if (!eql_cidr_parse(text, &l->blocks[l->n]))
        return false;
    l->n++;
    return true;
}

static int
cmp_blocks(const void *a, const void *b)
{
    const eql_cidr *x = a, *y = b;

    if (x->bits != y->bits)
        return x->bits < y->bits ? -1 : 1;
    return memcmp(x->net.b, y->net.b, sizeof x->net.b);
}

void
eql_network_list_sort(eql_network_list *l)
{
    if (l->n > 1)
        qsort(l->blocks, l->n, sizeof *l->blocks, cmp_blocks);
}

/* First block from `from` on that has more bits. */
static uint32_t
end_of_group(const eql_network_list *l, uint32_t from)
{
    uint32_t lo = from, hi = l->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (l->blocks[mid].bits > l->blocks[from].bits)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

static bool
is_in_group(const eql_network_list *l, uint32_t from, uint32_t n,
            const eql_ip *ip)
{
    eql_cidr wanted = {*ip, l->blocks[from].bits};
    const eql_cidr *found;

    clear_host_bits(&wanted.net, wanted.bits);
    found =
        bsearch(&wanted, l->blocks + from, n, sizeof *l->blocks, cmp_blocks);
    return found && eql_cidr_contains(found, ip);
}

bool
eql_network_list_has(const eql_network_list *l, eql_strview text)
{
    eql_ip ip;

    if (!eql_ip_parse(text, &ip))
        return false;
    for (uint32_t i = 0; i < l->n;) {
        uint32_t end = end_of_group(l, i);

        if (is_in_group(l, i, end - i, &ip))
            return true;
        i = end;
    }
    return false;
}
