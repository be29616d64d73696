/* rawmap_memo.c -- what rules made of texts, remembered; and how it is found
 * out: by the mapping's own operation, on a record that is nothing but that
 * text.
 *
 * Four places per set, the oldest goes.  Of a text nothing is kept but its
 * keyed hash; results live in an arena of bounded size.  When it is full, all
 * is forgotten before the next event, for the one at hand may point into it. */
#include "io/windows/rawmap_int.h"

#include <stdlib.h>

#include "base/keyed.h"
#include "io/json/json.h"

#define WAYS 4u

typedef struct {
    eql_h128 hash; /* of rule and text; all 0: free */
    eql_rawmap_result result;
} entry;

struct eql_rawmap_memo {
    entry *entries;
    uint8_t *oldest; /* per set */
    uint32_t sets;   /* a power of two */
    size_t bytes;
    eql_arena *arena;
    eql_hash_key key;
};

eql_rawmap_memo *
eql_rawmap_memo_new(uint32_t entries, size_t bytes)
{
    eql_rawmap_memo *memo = calloc(1, sizeof *memo);

    if (!memo)
        return NULL;
    memo->sets = 1;
    while (memo->sets < entries / WAYS)
        memo->sets *= 2;
    memo->bytes = bytes;
    eql_hash_key_make(&memo->key);
    memo->arena = eql_arena_new(0);
    memo->entries = calloc((size_t)memo->sets * WAYS, sizeof *memo->entries);
    memo->oldest = calloc(memo->sets, 1);
    if (!memo->arena || !memo->entries || !memo->oldest) {
        eql_rawmap_memo_free(memo);
        return NULL;
    }
    return memo;
}

void
eql_rawmap_memo_free(eql_rawmap_memo *memo)
{
    if (!memo)
        return;
    eql_arena_free(memo->arena);
    free(memo->entries);
    free(memo->oldest);
    free(memo);
}

void
eql_rawmap_memo_tidy(eql_rawmap_memo *memo, eql_rawmap_counters *n)
{
    if (eql_arena_used(memo->arena) < memo->bytes &&
        !eql_arena_failed(memo->arena))
        return;
    eql_arena_reset(memo->arena);
    memset(memo->entries, 0, (size_t)memo->sets * WAYS * sizeof *memo->entries);
    n->flushes++;
}

/* --- finding out --- */

static const json_t *
value_at(const json_t *v, const eql_mapping_path *path)
{
    for (uint32_t i = 0; v && i < path->n; i++)
        v = json_object_get(v, path->keys[i]);
    return v;
}

static bool
collect(const eql_rawmap *r, const eql_rawmap_rule *rule, const json_t *ecs,
        eql_arena *arena, eql_rawmap_cell *out)
{
    for (uint32_t i = 0; i < rule->outs.n; i++) {
        const eql_rawmap_out *o = eql_rawmap_out_at(r, rule->outs.first + i);
        const eql_mapping_path *to = &rule->to.items[o->to];
        const json_t *v = value_at(ecs, to);

        out[i] = (eql_rawmap_cell){0};
        if (!v)
            continue;
        if (!eql_rawmap_ops_extract(v, eql_vec_at(&r->wanted, o->wanted), to->n,
                                    arena, &out[i]))
            return false;
        if (!out[i].p)
            out[i].len = 1;
    }
    return true;
}

/* A rule like this one, of one source: event data, or, for OUTCOME, which looks
 * at types, a header. */
static void
run_alone(eql_mapping_state *s, const eql_mapping_rule *rule, json_t *text)
{
    static const char name[] = "text";
    eql_mapping_source from = {.from = EQL_MAPPING_FROM_DATA, .name = name};
    eql_mapping_rule one = *rule;
    const eql_mapping_rule *list[] = {&one};
    const eql_mapping_rules rules = {list, 1};

    if (rule->op == EQL_MAPPING_OP_OUTCOME) {
        from = (eql_mapping_source){.from = EQL_MAPPING_FROM_HEADER,
                                    .role = EQL_MAPPING_ROLE_KEYWORDS};
        s->header[EQL_MAPPING_ROLE_KEYWORDS] = text;
    } else if (json_object_set(s->data, name, text) != 0) {
        s->failed = true;
        return;
    }
    one.from = &from;
    one.nfrom = 1;
    one.copy = false;
    eql_mapping_ops_run(s, &rules);
}

static bool
find_out(const eql_rawmap *r, const eql_rawmap_rule *rule,
         const eql_rawmap_cell *raw, eql_arena *arena, eql_rawmap_result *out)
{
    eql_mapping_state s = {
        .m = r->m, .data = json_object(), .ecs = json_object()};
    json_t *text = eql_json_tree(eql_sv(raw->p, raw->len));
    eql_rawmap_cell *cells =
        eql_arena_array(arena, rule->outs.n + (size_t)1, sizeof *cells);
    bool ok = s.data && s.ecs && text && cells;

    if (ok) {
        run_alone(&s, rule->rule, text);
        out->used = rule->rule->op == EQL_MAPPING_OP_OUTCOME
                        ? json_object_size(s.ecs) > 0
                        : json_object_size(s.data) == 0;
        out->out = cells;
        ok = !s.failed && collect(r, rule, s.ecs, arena, cells);
    }
    json_decref(text);
    json_decref(s.data);
    json_decref(s.ecs);
    return ok;
}

/* --- asking --- */

static uint32_t
set_of(const eql_rawmap_memo *memo, eql_h128 hash)
{
    return (uint32_t)hash.lo & (memo->sets - 1);
}

static bool
remember(eql_rawmap *r, eql_h128 hash, const eql_rawmap_rule *rule,
         const eql_rawmap_cell *raw, eql_rawmap_result *out)
{
    eql_rawmap_memo *memo = r->memo;
    uint32_t set = set_of(memo, hash);
    entry *place = &memo->entries[set * WAYS + memo->oldest[set] % WAYS];

    if (!find_out(r, rule, raw, memo->arena, out))
        return false;
    memo->oldest[set]++;
    *place = (entry){hash, *out};
    return true;
}

bool
eql_rawmap_memo_ask(eql_rawmap *r, uint32_t rule, const eql_rawmap_cell *raw,
                    eql_rawmap_result *out)
{
    const eql_rawmap_rule *info = eql_rawmap_rule_at(r, rule);
    eql_rawmap_memo *memo = r->memo;
    eql_h128 hash;
    const entry *set;

    if (!memo || raw->len > EQL_RAWMAP_MEMO_TEXT ||
        eql_arena_used(memo->arena) >= memo->bytes) {
        r->n.misses++;
        return find_out(r, info, raw, r->event, out);
    }
    hash = eql_hash_keyed(&memo->key, rule, raw->p, raw->len);
    set = &memo->entries[set_of(memo, hash) * WAYS];
    for (uint32_t i = 0; i < WAYS; i++) {
        if (set[i].hash.lo == hash.lo && set[i].hash.hi == hash.hi) {
            *out = set[i].result;
            r->n.hits++;
            return true;
        }
    }
    r->n.misses++;
    return remember(r, hash, info, raw, out);
}
