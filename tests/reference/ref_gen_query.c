/* ref_gen_query.c -- random queries: dialect, stages, keys, pipes. */
#include "tests/reference/ref_gen_int.h"

#include <string.h>

/* --- dialect and flags --- */

static void
add_flag(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    const char *name, *value;
    size_t n = 0;

    while (ref_flags_name(n, true, &name, &value))
        n++;
    (void)ref_flags_name(ref_gen_pick(g, n), ref_gen_chance(g, 75), &name,
                         &value);
    for (size_t i = 0; i < c->nset; i++)
        if (strncmp(c->set[i], name, strlen(name)) == 0)
            return;
    c->set = ref_grow(g->pool, c->set, c->nset, sizeof *c->set);
    c->set[c->nset++] = ref_printf(g->pool, "%s=%s", name, value);
}

void
ref_gen_dialect(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    size_t roll = ref_gen_pick(g, 100), flags = 0;
    const char **set;

    if (roll < 45)
        flags = 0;
    else if (roll < 70)
        flags = 1 + (ref_gen_chance(g, 35) ? 1 + ref_gen_pick(g, 2) : 0);
    else if (roll < 78)
        c->dialect = ref_gen_chance(g, 80) ? "endpoint" : "elastic";
    else
        c->dialect = "endgame";
    if (c->dialect && ref_gen_chance(g, 25))
        flags = 1 + ref_gen_pick(g, 2);
    while (flags--)
        add_flag(g);
    c->no_schema = (c->dialect && strcmp(c->dialect, "endgame") == 0) ||
                   ref_gen_chance(g, 8);
    if (c->no_schema)
        ref_gen_mark(g, REF_C_NO_SCHEMA);
    if (c->dialect && strcmp(c->dialect, "endgame") == 0)
        ref_gen_mark(g, REF_C_ENDGAME);
    else if (c->dialect && strcmp(c->dialect, "endpoint") == 0)
        ref_gen_mark(g, REF_C_ENDPOINT);
    if (c->nset)
        ref_gen_mark(g, c->nset > 1 ? REF_C_SEVERAL_FLAGS : REF_C_ONE_FLAG);
    set = ref_alloc(g->pool, (c->nset + 1) * sizeof *set);
    if (c->nset)
        memcpy(set, c->set, c->nset * sizeof *set);
    (void)ref_flags_read(&g->flags, c->dialect, set);
    g->flags.no_schema = c->no_schema;
    c->versions = !c->no_schema && ref_gen_chance(g, 15);
    if (c->versions)
        ref_gen_mark(g, REF_C_VERSIONS);
}

/* --- stages --- */

static const char *
any_category(ref_gen_state *g)
{
    if (ref_gen_chance(g, 50)) {
        ref_gen_mark(g, REF_C_CATEGORY_ANY);
        return "any";
    }
    if (ref_gen_chance(g, 15)) {
        ref_gen_mark(g, REF_C_CATEGORY_QUOTED);
        return ref_gen_chance(g, 50) ? "\"my cat\"" : "\"process\"";
    }
    ref_gen_mark(g, REF_C_CATEGORY);
    return ref_gen_chance(g, 75) ? "process" : "file";
}

static ref_term *
weak_term(ref_gen_state *g)
{
    return ref_gen_text_term(g, ref_gen_chance(g, 50) ? "true" : "1 == 1");
}

/* In a sequence conditions are weaker, or nothing would ever match. */
static ref_gen_stage
any_stage(ref_gen_state *g)
{
    ref_gen_stage s = {0};
    bool event = g->c->kind == REF_Q_EVENT;
    unsigned depth = (unsigned)ref_gen_pick(g, event ? 4 : 2);
    ref_actives before = g->active;
    bool named = g->naliases && ref_gen_chance(g, 60);

    if (named) {
        ref_gen_see_alias(g, REF_GEN_ALIAS(g));
        ref_gen_mark(g, REF_C_ALIAS_USED);
    }
    s.category = any_category(g);
    if (!event && ref_gen_chance(g, named ? 5 : 35))
        s.cond = weak_term(g);
    else
        s.cond = ref_gen_term(g, depth);
    g->active = before;
    return s;
}

/* Behind a stage's condition: as, runs, fork. */
static void
add_suffixes(ref_gen_state *g, ref_gen_stage *s, size_t i)
{
    ref_gen_case *c = g->c;

    if (c->kind != REF_Q_SEQUENCE)
        return;
    if (ref_gen_chance(g, 12)) {
        s->runs = 1 + ref_gen_pick(g, 3);
        ref_gen_mark(g, s->missing ? REF_C_RUNS_MISSING : REF_C_RUNS);
    }
    if (!s->missing && i > 0 && ref_gen_chance(g, 12)) {
        s->fork = true;
        ref_gen_mark(g, REF_C_FORK);
        if (i + 1 == c->nstages)
            ref_gen_mark(g, REF_C_FORK_LAST);
    }
    if (!s->missing && i + 1 < c->nstages && ref_gen_chance(g, 22) &&
        g->naliases < REF_COUNTOF(g->aliases)) {
        s->alias = ref_printf(g->pool, "x%zu", i);
        s->alias_first = ref_gen_chance(g, 50);
        g->aliases[g->naliases++] = s->alias;
        ref_gen_mark(g, REF_C_ALIAS);
    }
}

/* Which of n stages are missing: never all. */
static size_t
choose_missing(ref_gen_state *g, bool *missing, size_t n)
{
    size_t count = 0, positive = ref_gen_pick(g, n);

    for (size_t i = 0; i < n; i++) {
        missing[i] = i != positive && ref_gen_chance(g, 45);
        count += missing[i];
    }
    if (count == 0) {
        missing[(positive + 1) % n] = n > 1;
        count = n > 1;
    }
    return count;
}

static void
mark_missing(ref_gen_state *g, const bool *missing, size_t n, size_t count)
{
    size_t first = 0, last = n - 1;

    while (missing[first])
        first++;
    while (missing[last])
        last--;
    if (first > 0)
        ref_gen_mark(g, REF_C_MISSING_FIRST);
    if (last < n - 1)
        ref_gen_mark(g, REF_C_MISSING_LAST);
    if (first > 0 && last < n - 1)
        ref_gen_mark(g, REF_C_MISSING_EDGES);
    for (size_t i = first; i < last; i++)
        if (missing[i])
            ref_gen_mark(g, REF_C_MISSING_MIDDLE);
    if (count > 1)
        ref_gen_mark(g, REF_C_MISSING_SEVERAL);
}

static size_t
how_many_stages(ref_gen_state *g)
{
    static const unsigned char sequence[] = {1, 2, 2, 2, 2, 2, 3, 3,
                                             3, 3, 4, 4, 4, 5, 5};
    static const unsigned char tuple[] = {2, 2, 2, 3, 3, 4};

    if (g->c->kind == REF_Q_EVENT)
        return 1;
    if (g->c->kind == REF_Q_SEQUENCE)
        return REF_GEN_PICK(g, sequence);
    return REF_GEN_PICK(g, tuple);
}

static void
mark_kind(ref_gen_state *g)
{
    size_t n = g->c->nstages;

    switch (g->c->kind) {
    case REF_Q_EVENT: ref_gen_mark(g, REF_C_EVENT_QUERY); break;
    case REF_Q_SEQUENCE:
        ref_gen_mark(g, (ref_construct)(REF_C_STAGES_1 + n - 1));
        break;
    case REF_Q_SAMPLE:
        ref_gen_mark(g, n > 2 ? REF_C_SAMPLE_3 : REF_C_SAMPLE);
        break;
    case REF_Q_JOIN: ref_gen_mark(g, n > 2 ? REF_C_JOIN_3 : REF_C_JOIN); break;
    }
}

static void
add_until(ref_gen_state *g)
{
    ref_gen_case *c = g->c;

    c->until = ref_alloc(g->pool, sizeof *c->until);
    *c->until = any_stage(g);
    ref_gen_mark(g, c->kind == REF_Q_JOIN ? REF_C_JOIN_UNTIL : REF_C_UNTIL);
    if (g->naliases)
        ref_gen_mark(g, REF_C_ALIAS_UNTIL);
}

/* Whether some stage is missing. */
static bool
add_stages(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    bool missing[8] = {false};
    size_t count = 0;

    c->nstages = how_many_stages(g);
    mark_kind(g);
    if (c->kind == REF_Q_SEQUENCE && c->nstages > 1 && !g->flags.arrival &&
        ref_gen_chance(g, 42)) {
        count = choose_missing(g, missing, c->nstages);
        mark_missing(g, missing, c->nstages, count);
    }
    c->stages = ref_alloc(g->pool, c->nstages * sizeof *c->stages);
    for (size_t i = 0; i < c->nstages; i++) {
        size_t aliases = g->naliases;

        if (missing[i])
            g->naliases = 0; /* it may name none */
        c->stages[i] = any_stage(g);
        g->naliases = aliases;
        c->stages[i].missing = missing[i];
        add_suffixes(g, &c->stages[i], i);
    }
    if ((c->kind == REF_Q_SEQUENCE || c->kind == REF_Q_JOIN) &&
        ref_gen_chance(g, 28))
        add_until(g);
    g->naliases = 0;
    return count > 0;
}

/* --- keys --- */

/* What one key position has in all stages, so that its types agree. */
typedef enum {
    KEY_PLAIN,
    KEY_IP,
    KEY_NUMBER,
    KEY_COMPUTED_NUMBER,
    KEY_COMPUTED_TEXT
} key_type;

static ref_active *
pick_key(ref_gen_state *g, key_type type)
{
    for (int i = 0; i < 8; i++) {
        ref_active *a = ref_gen_pick_active(g);
        bool number = a->field->typed && a->field->kind == KIND_NUM;

        if (type == KEY_IP ? a->field->kind == KIND_IP
            : type == KEY_NUMBER
                ? number
                : a->field->kind == KIND_STR || !a->field->typed)
            return a;
    }
    return NULL;
}

static const char *
any_key(ref_gen_state *g, key_type type)
{
    ref_active *a;
    const char *name;

    if (type == KEY_COMPUTED_NUMBER || type == KEY_COMPUTED_TEXT) {
        ref_gen_mark(g, REF_C_KEY_EXPRESSION);
        return type == KEY_COMPUTED_NUMBER ? ref_gen_number(g, 1)
                                           : ref_gen_string(g, 1);
    }
    a = pick_key(g, type);
    name = a ? ref_gen_name(g, a) : "zz";
    if (!ref_gen_chance(g, 25) && *name != '?')
        return name;
    ref_gen_mark(g, REF_C_OPTIONAL_KEY);
    return *name == '?' ? name : ref_printf(g->pool, "?%s", name);
}

static key_type
any_key_type(ref_gen_state *g)
{
    if (ref_gen_chance(g, 8))
        return ref_gen_chance(g, 50) ? KEY_COMPUTED_NUMBER : KEY_COMPUTED_TEXT;
    if (ref_gen_chance(g, 50) && ref_gen_pick_kind(g, KIND_IP)) {
        ref_gen_mark(g, REF_C_IP_KEY);
        return KEY_IP;
    }
    if (ref_gen_chance(g, 30) && pick_key(g, KEY_NUMBER))
        return KEY_NUMBER;
    return KEY_PLAIN;
}

static void
own_keys(ref_gen_state *g, ref_gen_stage *s, const key_type *types, size_t n)
{
    s->by = ref_alloc(g->pool, (n + 1) * sizeof *s->by);
    for (s->nby = 0; s->nby < n; s->nby++)
        s->by[s->nby] = any_key(g, types[s->nby]);
}

static void
add_keys(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    size_t total =
        c->kind == REF_Q_SAMPLE ? 1 + ref_gen_pick(g, 2) : ref_gen_pick(g, 3);
    size_t own = ref_gen_chance(g, 40) ? ref_gen_pick(g, total + 1) : 0;
    key_type types[2];

    c->by = ref_alloc(g->pool, 3 * sizeof *c->by);
    for (; c->nby < total - own; c->nby++)
        c->by[c->nby] = any_key(g, any_key_type(g));
    for (size_t i = 0; i < own; i++)
        types[i] = any_key_type(g);
    for (size_t i = 0; i < c->nstages; i++)
        own_keys(g, &c->stages[i], types, own);
    if (c->until)
        own_keys(g, c->until, types, own);
    if (total == 0)
        ref_gen_mark(g, REF_C_NO_KEY);
    if (total == 2)
        ref_gen_mark(g, REF_C_TWO_KEYS);
    if (c->nby)
        ref_gen_mark(g, REF_C_BY);
    if (own && c->until)
        ref_gen_mark(g, REF_C_UNTIL_BY);
    if (own)
        ref_gen_mark(g, REF_C_STAGE_BY);
}

/* --- maxspan, exceptions --- */

/* Some whole number of steps, in a unit that can say it. */
static void
add_maxspan(ref_gen_state *g)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    int64_t ms = g->step_ns / 1000000 * (1 + (int64_t)ref_gen_pick(g, 6));
    size_t unit;

    do
        unit = ref_gen_pick(g, REF_COUNTOF(units));
    while (ms % units[unit].ms);
    ref_gen_mark(g, REF_C_MAXSPAN);
    if (g->c->constructs[REF_C_ALIAS_USED])
        ref_gen_mark(g, REF_C_ALIAS_MAXSPAN);
    g->c->maxspan =
        ref_printf(g->pool, "%lld%s%s", (long long)(ms / units[unit].ms),
                   ref_gen_chance(g, 15) ? " " : "", units[unit].name);
    g->c->maxspan_first = g->c->nby && ref_gen_chance(g, 20);
    if (g->c->maxspan_first)
        ref_gen_mark(g, REF_C_MAXSPAN_FIRST);
}

/* They are read apart from the query: no macros, and no aliases either. */
static void
add_exceptions(ref_gen_state *g)
{
    ref_gen_case *c = g->c;

    c->nexceptions = 1 + ref_gen_pick(g, 2);
    c->exceptions = ref_alloc(g->pool, c->nexceptions * sizeof *c->exceptions);
    g->plain = true;
    for (size_t i = 0; i < c->nexceptions; i++) {
        c->exceptions[i].stage = 1 + ref_gen_pick(g, c->nstages);
        c->exceptions[i].cond = ref_gen_term(g, 1);
    }
    g->plain = false;
    ref_gen_mark(g, REF_C_EXCEPTION);
}

/* --- pipes --- */

static const char *
pipe_field(ref_gen_state *g, bool events)
{
    for (int i = 0; i < 8; i++) {
        ref_active *a = ref_gen_pick_active(g);

        if (a->field->kind == KIND_IP || a->field->kind == KIND_DATE)
            continue;
        if (!events || !ref_gen_chance(g, 35))
            return a->field->query;
        ref_gen_mark(g, REF_C_PIPE_EVENTS);
        return ref_printf(g->pool, "events[%zu].%s", ref_gen_pick(g, 3),
                          a->field->query);
    }
    return "zz";
}

static const char *
pipe_fields(ref_gen_state *g, bool events)
{
    const char *first = pipe_field(g, events);

    if (ref_gen_chance(g, 65))
        return first;
    return ref_printf(g->pool, "%s%s %s", first,
                      ref_gen_chance(g, 70) ? "," : "", pipe_field(g, events));
}

static const char *
pipe_count(ref_gen_state *g, const char *name)
{
    if (ref_gen_chance(g, 8))
        return name;
    return ref_printf(g->pool, "%s %zu", name, ref_gen_pick(g, 4));
}

static const char *
filter_pipe(ref_gen_state *g, bool events)
{
    ref_term *t;
    ref_actives before = g->active;
    const char *text;

    if (events && ref_gen_chance(g, 40)) {
        ref_gen_mark(g, REF_C_PIPE_EVENTS);
        ref_gen_see_alias(
            g, ref_printf(g->pool, "events[%zu]", ref_gen_pick(g, 3)));
    }
    g->plain = true;
    t = ref_gen_term(g, 0);
    g->plain = false;
    g->active = before;
    text = ref_gen_term_text(g->pool, t);
    return ref_printf(g->pool, "filter %s", text);
}

/* Rows have the columns count, percent and key. */
static const char *
row_pipe(ref_gen_state *g)
{
    static const char *const pipes[] = {"filter count > 1",
                                        "filter count == 1",
                                        "sort count",
                                        "sort percent",
                                        "unique count",
                                        "filter percent >= 0.5",
                                        "filter hosts == \"h1\"",
                                        "filter total_hosts == 2"};

    return REF_GEN_PICK(g, pipes);
}

static const char *
any_pipe(ref_gen_state *g, bool *rows, bool events)
{
    switch (ref_gen_pick(g, *rows ? 3 : 8)) {
    case 0: ref_gen_mark(g, REF_C_PIPE_HEAD); return pipe_count(g, "head");
    case 1: ref_gen_mark(g, REF_C_PIPE_TAIL); return pipe_count(g, "tail");
    case 2:
        ref_gen_mark(g, REF_C_PIPE_FILTER);
        return *rows ? row_pipe(g) : filter_pipe(g, events);
    case 3:
        ref_gen_mark(g, REF_C_PIPE_UNIQUE);
        return ref_printf(g->pool, "unique %s", pipe_fields(g, events));
    case 4:
        ref_gen_mark(g, REF_C_PIPE_SORT);
        g->single = true; /* several values have no order */
        return ref_printf(g->pool, "sort %s", pipe_fields(g, events));
    case 5:
        *rows = true;
        ref_gen_mark(g, REF_C_PIPE_COUNT);
        return "count";
    case 6:
        *rows = true;
        g->single = true; /* the same for rows */
        ref_gen_mark(g, REF_C_PIPE_COUNT_BY);
        return ref_printf(g->pool, "count %s", pipe_fields(g, events));
    default:
        *rows = true;
        ref_gen_mark(g, REF_C_PIPE_UNIQUE_COUNT);
        return ref_printf(g->pool, "unique_count %s", pipe_fields(g, events));
    }
}

static void
add_pipes(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    size_t n = 1 + (ref_gen_chance(g, 40) ? 1 + ref_gen_pick(g, 2) : 0);
    bool rows = false;

    c->pipes = ref_alloc(g->pool, n * sizeof *c->pipes);
    for (; c->npipes < n; c->npipes++)
        c->pipes[c->npipes] = any_pipe(g, &rows, c->kind != REF_Q_EVENT);
    if (n > 1)
        ref_gen_mark(g, REF_C_PIPES);
    if (c->kind == REF_Q_SEQUENCE)
        ref_gen_mark(g, REF_C_PIPE_SEQUENCE);
    else if (c->kind != REF_Q_EVENT)
        ref_gen_mark(g, REF_C_PIPE_TUPLE);
}

void
ref_gen_query(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    bool missing;

    missing = add_stages(g);
    if (c->kind != REF_Q_EVENT)
        add_keys(g);
    if (c->kind == REF_Q_SEQUENCE && (missing || ref_gen_chance(g, 50)))
        add_maxspan(g);
    if (ref_gen_chance(g, 5))
        add_exceptions(g);
    if (!missing && ref_gen_chance(g, 16))
        add_pipes(g);
    if (!g->flags.arrival && ref_gen_chance(g, 8)) {
        c->tiebreaker = "tb";
        ref_gen_mark(g, REF_C_TIEBREAKER);
    }
    /* What untimed events do here is left open. */
    g->timed |= c->kind == REF_Q_SAMPLE || c->kind == REF_Q_JOIN;
}
