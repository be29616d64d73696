/* index_leaf.c -- what the leaves of filters ask of an event's paths.
 *
 * A leaf is of use when it reads one path.  What it does when that is missing
 * follows from its shape, or the interpreter is asked.  Costs are guesses from
 * the rules alone: no event has been seen yet. */
#include "vm/index/index_int.h"
#include "vm/eval/need.h"

#include <stdlib.h>

/* Of a number or an instant of time in some range, of an address in a network,
 * of a regex, of a boolean, and of what only running the leaf can tell. */
#define COST_RANGE 3000u
#define COST_NETWORK 3000u
#define COST_REGEX 4000u
#define COST_BOOL 20000u
#define COST_UNKNOWN 6000u
/* Of any value at all, and of each leaf that asks for the path: common paths
 * are often asked for. */
#define COST_PRESENT 4000u
#define COST_ASKED 40u
/* A path of few values: leaves hold for a great part of all events. */
#define FEW_VALUED 1000u

static const char *const few_valued[] = {
    "agent.type",
    "data_stream.dataset",
    "dll.code_signature.exists",
    "dll.code_signature.status",
    "dll.code_signature.trusted",
    "event.action",
    "event.category",
    "event.code",
    "event.dataset",
    "event.kind",
    "event.module",
    "event.outcome",
    "event.provider",
    "event.type",
    "event_type",
    "event_type_full",
    "host.os.family",
    "host.os.kernel",
    "host.os.name",
    "host.os.platform",
    "host.os.type",
    "network.direction",
    "network.protocol",
    "network.transport",
    "network.type",
    "opcode",
    "process.Ext.token.elevation",
    "process.Ext.token.integrity_level_name",
    "process.code_signature.exists",
    "process.code_signature.status",
    "process.code_signature.trusted",
    "process.parent.code_signature.exists",
    "process.parent.code_signature.status",
    "process.parent.code_signature.trusted",
    "registry.data.type",
    "registry.hive",
    "subtype.keyword",
    "user.domain",
    "winlog.channel",
    "winlog.logon.type",
};

bool
eql_index_is_few_valued(const eql_program *p, const eql_field_path *path)
{
    eql_strview name = eql_program_str(p, p->fields[path->first].name);

    for (size_t i = 0; i < EQL_COUNTOF(few_valued); i++) {
        if (eql_sv_is(name, few_valued[i]))
            return true;
    }
    return false;
}

/* --- shapes --- */

static bool
is_conversion(unsigned op)
{
    return op >= EQL_OP_TO_IP && op <= EQL_OP_TO_TIME;
}

/* The test of LOAD_FIELD [TO_*] test RETURN, each reading what the one before
 * has written; NULL for other code. */
static const eql_insn *
find_test(const eql_program *p, const eql_leaf *l)
{
    const eql_insn *in = p->insns + l->code.first;
    const eql_insn *last = in + l->code.n - 1;

    if (l->code.n < 3 || l->code.n > 4 || in->op != EQL_OP_LOAD_FIELD)
        return NULL;
    if (l->code.n == 4 && (!is_conversion(in[1].op) || in[1].b != in[0].a))
        return NULL;
    if (last[-1].b != last[-2].a || last->a != last[-1].a)
        return NULL;
    return last - 1;
}

static bool
is_text_test(const eql_program *p, const eql_insn *load, const eql_insn *test)
{
    const eql_field *f = &p->fields[load->c];

    if (f->parent != EQL_NONE ||
        (f->mode != EQL_MODE_FLAT && f->mode != EQL_MODE_OPAQUE))
        return false;
    if (load + 1 != test && load[1].op != EQL_OP_TO_NUMBER &&
        load[1].op != EQL_OP_TO_BOOL)
        return false;
    return test->op == EQL_OP_LIKE || test->op == EQL_OP_IN ||
           test->op == EQL_OP_EQ_K || test->op == EQL_OP_REGEX;
}

/* Null in, null or false out. */
static bool
is_null_safe(const eql_insn *test)
{
    switch ((eql_opcode)test->op) {
    case EQL_OP_EQ_K:
    case EQL_OP_LT_K:
    case EQL_OP_LE_K:
    case EQL_OP_GT_K:
    case EQL_OP_GE_K:
    case EQL_OP_IN:
    case EQL_OP_LIKE:
    case EQL_OP_CIDR:
    case EQL_OP_REGEX: return true;
    default: return false;
    }
}

/* --- finding --- */

typedef struct {
    const eql_prepared *pr;
    const eql_program *p;
    const eql_paths *paths;
    const eql_index_counts *counts;
    eql_field_walk walk;
    eql_interp *it; /* asked about an event of nothing */
    eql_event nothing;
    eql_slot *slots;  /* of it */
    bool *few_valued; /* per path */
    uint32_t *asked;  /* per path: leaves that read it */
    uint32_t *costs;  /* per constant: as a literal; 0: not known yet */
    eql_index_leaf *out;
} finder;

/* --- costs --- */

static uint32_t
cost_of_presence(const finder *f, uint32_t path)
{
    uint64_t cost = COST_PRESENT + (uint64_t)COST_ASKED * f->asked[path];

    return cost < EQL_INDEX_LEAST_SELECTIVE ? (uint32_t)cost
                                            : EQL_INDEX_LEAST_SELECTIVE;
}

bool
eql_index_is_whole(const eql_program *p, const eql_index_leaf *l)
{
    return !(p->consts[l->constant].flags & EQL_CONST_PREFIX);
}

static uint32_t
cost_of_regex(const finder *f, const eql_index_leaf *l, eql_strview s)
{
    eql_index_pieces pieces =
        eql_index_regex_pieces(f->counts, s, eql_index_is_whole(f->p, l));
    uint32_t cost = COST_REGEX;

    for (uint32_t i = 0; i < pieces.n; i++)
        cost += eql_index_piece_cost(&pieces.items[i]);
    return cost;
}

static uint32_t
cost_of_literal(const finder *f, const eql_index_leaf *l, const eql_const *k)
{
    uint32_t i = (uint32_t)(k - f->p->consts);
    eql_strview s = eql_program_str(f->p, k->str);

    if (k->kind == EQL_CONST_BOOL)
        return COST_BOOL;
    if (l->op == EQL_OP_REGEX)
        return cost_of_regex(f, l, s);
    if (l->op != EQL_OP_LIKE || !eql_index_is_wildcard(s))
        return EQL_INDEX_COST_TEXT +
               EQL_INDEX_COST_MENTION * f->counts->mentions[i];
    if (f->costs[i] == 0) {
        eql_index_piece piece = eql_index_piece_of(f->counts, s);

        f->costs[i] = eql_index_piece_cost(&piece);
    }
    return f->costs[i] > 0 ? f->costs[i] : cost_of_presence(f, l->path);
}

static uint32_t
cost_of_texts(const finder *f, const eql_index_leaf *l)
{
    uint32_t n = eql_index_nliterals(f->p, l);
    uint64_t cost = 0;

    for (uint32_t i = 0; i < n; i++)
        cost += cost_of_literal(f, l, eql_index_literal(f->p, l, i));
    return cost < EQL_INDEX_LEAST_SELECTIVE ? (uint32_t)cost
                                            : EQL_INDEX_LEAST_SELECTIVE;
}

static uint32_t
cost_of_test(const eql_insn *test)
{
    switch (test ? (eql_opcode)test->op : EQL_OP_RETURN) {
    case EQL_OP_LT_K:
    case EQL_OP_LE_K:
    case EQL_OP_GT_K:
    case EQL_OP_GE_K: return COST_RANGE;
    case EQL_OP_CIDR: return COST_NETWORK;
    default: return COST_UNKNOWN;
    }
}

static void
set_cost(const finder *f, eql_index_leaf *l, uint64_t cost)
{
    if (f->few_valued[l->path])
        cost *= FEW_VALUED;
    l->cost = cost < EQL_INDEX_LEAST_SELECTIVE ? (uint32_t)cost
                                               : EQL_INDEX_LEAST_SELECTIVE;
}

/* --- leaves --- */

/* Of several paths, the rarest one that the leaf cannot do without. */
static void
choose_present(const finder *f, uint32_t leaf)
{
    eql_index_leaf *l = &f->out[leaf];

    for (uint32_t i = 0; i < f->walk.fields.n; i++) {
        uint32_t field = *(const uint32_t *)eql_vec_at(&f->walk.fields, i);
        uint32_t path = f->paths->of[field];
        eql_lack lack = {.p = f->p, .field = field};

        if (l->path != EQL_NONE && f->asked[path] >= f->asked[l->path])
            continue;
        if (!eql_lack_leaf(&lack, leaf))
            continue;
        l->path = path;
        l->present = field;
    }
    if (l->path != EQL_NONE)
        set_cost(f, l, cost_of_presence(f, l->path));
}

/* The fields that a leaf reads, in f->walk; false if it is not decided by the
 * event alone. */
static bool
walk_leaf(finder *f, uint32_t leaf)
{
    if (f->pr->leaves[leaf].impure || f->pr->leaves[leaf].free)
        return false;
    eql_field_walk_begin(&f->walk);
    eql_field_walk_leaf(&f->walk, leaf);
    return true;
}

/* The only path that the fields in f->walk have. */
static uint32_t
only_path(const finder *f)
{
    uint32_t path = EQL_NONE;

    for (uint32_t i = 0; i < f->walk.fields.n; i++) {
        uint32_t field = *(const uint32_t *)eql_vec_at(&f->walk.fields, i);

        if (path != EQL_NONE && path != f->paths->of[field])
            return EQL_NONE;
        path = f->paths->of[field];
    }
    return path;
}

/* May it hold when its path is missing?  When that takes too long to find out,
 * it may. */
static bool
holds_on_nothing(finder *f, uint32_t leaf)
{
    uint64_t capped = eql_interp_capped(f->it);

    eql_interp_begin(f->it, &f->nothing);
    return eql_interp_leaf(f->it, leaf) || eql_interp_capped(f->it) != capped;
}

static void
find_leaf(finder *f, uint32_t leaf)
{
    const eql_leaf *code = &f->p->leaves[leaf];
    const eql_insn *load = f->p->insns + code->code.first;
    const eql_insn *test = find_test(f->p, code);
    eql_index_leaf *l = &f->out[leaf];

    if (!walk_leaf(f, leaf))
        return;
    l->path = only_path(f);
    if (l->path == EQL_NONE) {
        choose_present(f, leaf);
        return;
    }
    l->on_missing = (!test || !is_null_safe(test)) && holds_on_nothing(f, leaf);
    l->texts = test && is_text_test(f->p, load, test);
    if (l->texts) {
        l->convert = load + 1 == test ? EQL_OP_LOAD_FIELD : load[1].op;
        l->op = test->op;
        l->field = load->c;
        l->constant = test->c;
    }
    set_cost(f, l, l->texts ? cost_of_texts(f, l) : cost_of_test(test));
    if (l->on_missing)
        l->cost = EQL_INDEX_NEVER;
}

static void
count_asked(finder *f, uint32_t leaf)
{
    if (!walk_leaf(f, leaf))
        return;
    for (uint32_t i = 0; i < f->walk.fields.n; i++)
        f->asked[f->paths->of[*(uint32_t *)eql_vec_at(&f->walk.fields, i)]]++;
}

/* Those that filters of stages name. */
static bool
find_named(finder *f)
{
    bool *named = calloc((size_t)f->p->nleaves + 1, sizeof *named);

    for (uint32_t s = 0; named && s < f->p->nstages; s++) {
        eql_range code = f->p->filters[f->p->stages[s].filter].code;

        for (uint32_t i = 0; i < code.n; i++) {
            const eql_insn *in = &f->p->insns[code.first + i];

            if (in->op == EQL_OP_BRANCH_TRUE || in->op == EQL_OP_BRANCH_FALSE)
                named[in->c] = true;
        }
    }
    for (uint32_t i = 0; named && i < f->p->nleaves; i++) {
        if (named[i])
            count_asked(f, i);
    }
    for (uint32_t i = 0; named && i < f->p->nleaves; i++) {
        if (named[i])
            find_leaf(f, i);
    }
    free(named);
    return named != NULL;
}

static bool
prepare(finder *f)
{
    const eql_program *p = f->p;

    f->out = calloc((size_t)p->nleaves + 1, sizeof *f->out);
    f->slots = calloc((size_t)p->nfields + 1, sizeof *f->slots);
    f->few_valued = calloc((size_t)f->paths->n + 1, sizeof *f->few_valued);
    f->asked = calloc((size_t)f->paths->n + 1, sizeof *f->asked);
    f->costs = calloc((size_t)p->nconsts + 1, sizeof *f->costs);
    f->it = eql_interp_new_shared(f->pr);
    if (!eql_field_walk_init(&f->walk, p) || !f->out || !f->slots ||
        !f->few_valued || !f->asked || !f->costs || !f->it)
        return false;
    for (uint32_t i = 0; i < p->nleaves; i++)
        f->out[i] = (eql_index_leaf){
            .path = EQL_NONE, .present = EQL_NONE, .cost = EQL_INDEX_NEVER};
    for (uint32_t i = 0; i < f->paths->n; i++)
        f->few_valued[i] = eql_index_is_few_valued(p, &f->paths->items[i]);
    return true;
}

eql_index_leaf *
eql_index_leaves(const eql_prepared *pr, const eql_paths *paths,
                 const eql_index_counts *counts)
{
    finder f = {.pr = pr, .p = pr->p, .paths = paths, .counts = counts};
    bool ok = prepare(&f);

    if (ok) {
        f.nothing.slots = f.slots;
        ok = find_named(&f) && !f.walk.failed && !eql_interp_failed(f.it);
    }
    eql_field_walk_free(&f.walk);
    eql_interp_free(f.it);
    free(f.asked);
    free(f.costs);
    free(f.slots);
    free(f.few_valued);
    if (ok)
        return f.out;
    free(f.out);
    return NULL;
}
