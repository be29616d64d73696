/* ref_lineage.c -- see ref_lineage.h.  Each occurrence has three sets of
 * process ids: sources, members, and those to be forgotten. */
#include "tests/reference/ref_lineage.h"

#include <string.h>

#include "tests/reference/ref_key.h"

typedef struct {
    char **items;
    size_t n;
} ids;

typedef struct {
    ref_env env;
    ref_node *node;
    ids sources, members, dead;
} lineage;

static bool
has(const ids *set, const char *id)
{
    for (size_t i = 0; id && i < set->n; i++)
        if (strcmp(set->items[i], id) == 0)
            return true;
    return false;
}

static void
add(ref_pool *pool, ids *set, char *id)
{
    if (!id || has(set, id))
        return;
    set->items = ref_grow(pool, set->items, set->n, sizeof *set->items);
    set->items[set->n++] = id;
}

static void
forget(ids *set, const ids *gone)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->n; i++)
        if (!has(gone, set->items[i]))
            set->items[kept++] = set->items[i];
    set->n = kept;
}

/* --- what an event says --- */

static char *
id_at(const lineage *l, const char *path)
{
    ref_values v = ref_name_values(l->env.pool, l->env.event, path);

    return v.n ? ref_key_text(&l->env, v.items[0]) : NULL;
}

static bool
has_text(const lineage *l, const char *path, const char *const *texts)
{
    ref_values v = ref_name_values(l->env.pool, l->env.event, path);

    for (size_t i = 0; i < v.n; i++)
        for (size_t k = 0; texts[k]; k++)
            if (v.items[i].tag == REF_STR &&
                ref_str_eq(v.items[i].str, ref_cstr(texts[k])))
                return true;
    return false;
}

static bool
has_opcode(const lineage *l, const int *codes)
{
    ref_values v = ref_name_values(l->env.pool, l->env.event, "opcode");

    for (size_t k = 0; v.n && codes[k]; k++)
        if (v.items[0].tag == REF_NUM && v.items[0].num.is_int &&
            v.items[0].num.i == codes[k])
            return true;
    return false;
}

typedef enum { NO_PROCESS, OTHER, CREATE, TERMINATE } event_kind;

static event_kind
kind_of(const lineage *l)
{
    static const char *const start[] = {"start", NULL}, *const end[] = {"end",
                                                                        NULL};
    static const char *const create[] = {"create", "fork", NULL};
    static const char *const terminate[] = {"terminate", NULL};
    static const int creating[] = {1, 3, 9, 0}, terminating[] = {2, 4, 0};
    static const ref_filter process = {.category = {"process", 7}};

    if (!ref_in_category(&l->env, &process))
        return NO_PROCESS;
    if (!l->env.flags->endgame) {
        if (has_text(l, "event.type", start))
            return CREATE;
        return has_text(l, "event.type", end) ? TERMINATE : OTHER;
    }
    if (has_text(l, "subtype", create) || has_opcode(l, creating))
        return CREATE;
    if (has_text(l, "subtype", terminate) || has_opcode(l, terminating))
        return TERMINATE;
    return OTHER;
}

static bool
is_reboot(const lineage *l, event_kind kind)
{
    static const char *const system[] = {"System", NULL};
    char *pid = id_at(l, "pid");

    return l->env.flags->endgame && kind == CREATE && pid &&
           strcmp(pid, "n4") == 0 && has_text(l, "process_name", system);
}

/* --- the rules of language 9.1 --- */

static bool
comes_from(const lineage *l, const char *parent)
{
    bool child = strcmp(l->node->op, "child") == 0;

    return has(&l->sources, parent) || (!child && has(&l->members, parent));
}

static bool
answer(lineage *l)
{
    bool endgame = l->env.flags->endgame;
    char *id = id_at(l, endgame ? "pid" : "process.entity_id");
    char *parent = id_at(l, endgame ? "ppid" : "process.parent.entity_id");
    event_kind kind = kind_of(l);

    if (kind != NO_PROCESS) {
        forget(&l->sources, &l->dead);
        forget(&l->members, &l->dead);
        l->dead = (ids){0};
    }
    if (is_reboot(l, kind))
        l->sources = l->members = (ids){0};
    if (kind == CREATE && comes_from(l, parent))
        add(l->env.pool, &l->members, id);
    if (kind == TERMINATE)
        add(l->env.pool, &l->dead, id);
    if (ref_selects(&l->env, l->node->body) && id && strcmp(id, "n0") != 0)
        add(l->env.pool, &l->sources, id);
    return has(strcmp(l->node->op, "event") == 0 ? &l->sources : &l->members,
               id);
}

void
ref_work_out_lineages(const ref_env *env, ref_node *e, json_t *const *events,
                      const size_t *order, size_t n)
{
    lineage l = {.env = *env, .node = e};

    for (size_t i = 0; i < e->n; i++)
        ref_work_out_lineages(env, e->kids[i], events, order, n);
    if (e->kind != REF_N_LINEAGE)
        return;
    ref_work_out_lineages(env, e->body->condition, events, order, n);
    e->lineage = ref_alloc(env->pool, n * sizeof *e->lineage);
    for (size_t i = 0; i < n; i++) {
        l.env.event = events[order[i]];
        l.env.number = order[i];
        e->lineage[order[i]] = answer(&l);
    }
}
