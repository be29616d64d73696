/* ref_gen_event.c -- random events.
 *
 * Times lie on a grid of whole steps, so that spans often equal a maxspan
 * exactly.  A field is spelled nested, dotted, both, or as a list of objects;
 * only one field for each root is nested, since a JSON object cannot have a
 * member twice. */
#include "tests/reference/ref_gen_int.h"

#include <string.h>
#include <time.h>

#define FIRST_SECOND 1704067200 /* 2024-01-01T00:00:00Z */
#define SECOND_NS 1000000000LL

static void
add_pair(ref_gen_state *g, ref_gen_event *ev, const char *key,
         const char *value)
{
    ev->pairs = ref_grow(g->pool, ev->pairs, ev->n, sizeof *ev->pairs);
    ev->pairs[ev->n++] = (ref_gen_pair){key, value};
}

/* --- times --- */

/* "2024-01-01T00:00:05" */
static const char *
clock_text(ref_gen_state *g, int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;
    char buf[40];

    gmtime_r(&t, &tm);
    strftime(buf, sizeof buf, "%Y-%m-%dT%H:%M:%S", &tm);
    return ref_printf(g->pool, "%s", buf);
}

static const char *
iso_text(ref_gen_state *g, int64_t ns)
{
    int64_t seconds = ns / SECOND_NS, rest = ns % SECOND_NS;
    const char *fraction = "", *zone = ref_gen_chance(g, 90) ? "Z" : "";

    if (rest % 1000000)
        fraction = ref_printf(g->pool, ".%09lld", (long long)rest);
    else if (rest || ref_gen_chance(g, 30))
        fraction = ref_printf(g->pool, ".%03lld", (long long)rest / 1000000);
    if (ref_gen_chance(g, 10)) {
        ref_gen_mark(g, REF_C_EV_TIME_ZONE);
        zone = "+02:00";
        seconds += 7200;
    }
    return ref_printf(g->pool, "\"%s%s%s\"", clock_text(g, seconds), fraction,
                      zone);
}

/* In another unit than milliseconds. */
static const char *
epoch_text(ref_gen_state *g, int64_t ns)
{
    ref_gen_mark(g, REF_C_EV_TIME_UNIT);
    switch (ref_gen_pick(g, 4)) {
    case 0:
        if (ns % SECOND_NS == 0)
            return ref_printf(g->pool, "%lld", (long long)(ns / SECOND_NS));
        return ref_printf(g->pool, "\"%lld.%09lld\"",
                          (long long)(ns / SECOND_NS),
                          (long long)(ns % SECOND_NS));
    case 1:
        if (ns % 1000 == 0)
            return ref_printf(g->pool, "%lld", (long long)(ns / 1000));
        break;
    case 2:
        if (ns % 100 == 0)
            return ref_printf(g->pool, "%lld",
                              (long long)(ns / 100 + 116444736000000000));
        break;
    }
    return ref_printf(g->pool, "%lld", (long long)ns);
}

static const char *
time_text(ref_gen_state *g, int64_t ns)
{
    size_t form = ref_gen_pick(g, 10);
    int64_t ms = ns / 1000000, rest = ns % 1000000;

    if (g->flags.endgame && form < 4 && ns % 100 == 0) {
        ref_gen_mark(g, REF_C_EV_TIME_NUMBER);
        return ref_printf(g->pool, "%lld",
                          (long long)(ns / 100 + 116444736000000000));
    }
    if (g->flags.endgame)
        return iso_text(g, ns);
    if (form == 0 && rest == 0) {
        ref_gen_mark(g, REF_C_EV_TIME_NUMBER);
        return ref_printf(g->pool, "%lld", (long long)ms);
    }
    if (form == 2)
        return epoch_text(g, ns);
    if (form == 1) {
        ref_gen_mark(g, REF_C_EV_TIME_DIGITS);
        return rest ? ref_printf(g->pool, "\"%lld.%06lld\"", (long long)ms,
                                 (long long)rest)
                    : ref_printf(g->pool, "\"%lld\"", (long long)ms);
    }
    return iso_text(g, ns);
}

static void
add_time(ref_gen_state *g, ref_gen_event *ev, int64_t ns)
{
    static const char *const unusable[] = {"null", "\"yesterday\"", "true",
                                           "[]"};

    if (!g->timed && ref_gen_chance(g, 2)) {
        ref_gen_mark(g, REF_C_EV_NO_TIME);
        if (ref_gen_chance(g, 50))
            add_pair(g, ev, g->flags.timestamp, REF_GEN_PICK(g, unusable));
        return;
    }
    add_pair(g, ev, g->flags.timestamp, time_text(g, ns));
}

/* --- values --- */

static const char *
one_value(ref_gen_state *g, const ref_active *a)
{
    if (ref_gen_chance(g, 88))
        return ref_gen_json(g, a->domain[ref_gen_pick(g, a->n)]);
    /* How far dates reach is left open: no huge numbers there. */
    return ref_gen_json(
        g, ref_gen_any_value(g, ref_gen_chance(g, 80)         ? a->field->kind
                                : a->field->kind == KIND_DATE ? KIND_STR
                                                              : KIND_MIXED));
}

/* What counting elements makes of nulls and of lists in lists, and whether an
 * empty list is null there, is left open. */
static bool
plain_lists(const ref_gen_state *g)
{
    return g->flags.opaque || g->flags.count_length;
}

static const char *
list_value(ref_gen_state *g, const ref_active *a)
{
    ref_text out = {.pool = g->pool};
    bool odd = !plain_lists(g);

    ref_gen_mark(g, REF_C_EV_MULTI);
    ref_put(&out, "[");
    for (size_t i = 0, n = 1 + ref_gen_pick(g, 3); i < n; i++) {
        if (i)
            ref_put(&out, ",");
        if (odd && ref_gen_chance(g, 7)) {
            ref_put(&out, "null");
        } else if (odd && ref_gen_chance(g, 7)) {
            ref_gen_mark(g, REF_C_EV_NESTED_LIST);
            ref_putf(&out, "[%s]", one_value(g, a));
        } else {
            ref_put(&out, one_value(g, a));
        }
    }
    ref_put(&out, "]");
    return ref_text_cstr(&out);
}

static const char *
any_value(ref_gen_state *g, const ref_active *a)
{
    static const char *const empty[] = {"[]", "{}", "[null]", "[[],[]]"};
    size_t roll = ref_gen_pick(g, 100);

    if (roll < 4) {
        ref_gen_mark(g, REF_C_EV_NULL);
        return "null";
    }
    if (roll < 8 && !plain_lists(g)) {
        ref_gen_mark(g, REF_C_EV_EMPTY);
        return REF_GEN_PICK(g, empty);
    }
    return roll < 26 && !g->single ? list_value(g, a) : one_value(g, a);
}

/* --- spellings --- */

/* Does the event have a member whose name is the first len bytes of path? */
static bool
root_taken(const ref_gen_event *ev, const char *path, size_t len)
{
    for (size_t i = 0; i < ev->n; i++)
        if (strncmp(ev->pairs[i].key, path, len) == 0 &&
            ev->pairs[i].key[len] == '\0')
            return true;
    return false;
}

/* {"p":{"q":value}} or {"p.q":value} for the rest p.q of a path. */
static const char *
nested(ref_gen_state *g, const char *rest, const char *value)
{
    const char *dot = strchr(rest, '.');

    if (!dot || ref_gen_chance(g, 30))
        return ref_printf(g->pool, "{\"%s\":%s}", rest, value);
    return ref_printf(g->pool, "{\"%.*s\":%s}", (int)(dot - rest), rest,
                      nested(g, dot + 1, value));
}

static void
add_field(ref_gen_state *g, ref_gen_event *ev, const ref_active *a)
{
    const char *path = a->field->path, *value = any_value(g, a);
    const char *dot = strchr(path, '.');
    size_t len = dot ? (size_t)(dot - path) : 0;
    const char *root;

    if (!dot) {
        add_pair(g, ev, path, value);
        return;
    }
    if (root_taken(ev, path, len) || ref_gen_chance(g, 35)) {
        ref_gen_mark(g, REF_C_EV_DOTTED);
        add_pair(g, ev, path, value);
        return;
    }
    root = ref_printf(g->pool, "%.*s", (int)len, path);
    ref_gen_mark(g, REF_C_EV_NESTED);
    if (!g->single && !g->flags.count_length && ref_gen_chance(g, 12)) {
        ref_gen_mark(g, REF_C_EV_OBJECTS);
        add_pair(g, ev, root,
                 ref_printf(g->pool, "[%s,%s]", nested(g, dot + 1, value),
                            nested(g, dot + 1, any_value(g, a))));
        return;
    }
    add_pair(g, ev, root, nested(g, dot + 1, value));
    if (!a->field->one_way && !g->single && !plain_lists(g) &&
        ref_gen_chance(g, 12)) {
        ref_gen_mark(g, REF_C_EV_BOTH);
        add_pair(g, ev, path, any_value(g, a));
    }
}

static void
add_category(ref_gen_state *g, ref_gen_event *ev)
{
    static const char *const one[] = {"\"process\"", "\"process\"",
                                      "\"file\"",    "\"network\"",
                                      "\"my cat\"",  "\"Process\""};
    static const char *const several[] = {
        "[\"process\",\"file\"]", "[\"network\",\"process\"]",
        "[null,[\"file\"]]", "[\"my cat\",\"process\"]"};
    size_t roll = ref_gen_pick(g, 100);
    const char *value;

    if (g->family && ref_gen_chance(g, 60)) {
        add_pair(g, ev, g->flags.category, "\"process\"");
        return;
    }
    if (roll < 5) {
        ref_gen_mark(g, REF_C_EV_NO_CATEGORY);
        if (roll < 2)
            add_pair(g, ev, g->flags.category, roll ? "7" : "null");
        return;
    }
    if (roll < 20) {
        ref_gen_mark(g, REF_C_EV_CATEGORIES);
        value = several[ref_gen_pick(g, REF_COUNTOF(several))];
    } else {
        value = one[ref_gen_pick(g, REF_COUNTOF(one))];
    }
    if (g->flags.endgame || ref_gen_chance(g, 50))
        add_pair(g, ev, g->flags.category, value);
    else
        add_pair(g, ev, "event",
                 ref_printf(g->pool, "{\"category\":%s}", value));
}

/* --- lists for lambdas --- */

/* {"n": ..., "v": ..., "d": {"e": ...}, "l": ...} */
static const char *
element(ref_gen_state *g, bool with_list)
{
    const ref_actives *of = &g->elements;
    ref_gen_event object = {0};
    ref_text out = {.pool = g->pool};

    if (ref_gen_chance(g, 12))
        return one_value(g, &of->items[of->n - 1]);
    for (size_t i = 0; i + 1 < of->n; i++)
        if (ref_gen_chance(g, 80))
            add_field(g, &object, &of->items[i]);
    if (with_list && ref_gen_chance(g, 60))
        add_pair(g, &object, "l",
                 ref_printf(g->pool, "[%s,%s]", element(g, false),
                            element(g, false)));
    ref_put(&out, "{");
    for (size_t i = 0; i < object.n; i++)
        ref_putf(&out, "%s\"%s\":%s", i ? "," : "", object.pairs[i].key,
                 object.pairs[i].value);
    ref_put(&out, "}");
    return ref_text_cstr(&out);
}

static const char *
elements(ref_gen_state *g)
{
    ref_text out = {.pool = g->pool};

    ref_gen_mark(g, REF_C_EV_LIST_OBJECTS);
    ref_put(&out, "[");
    for (size_t i = 0, n = 1 + ref_gen_pick(g, 3); i < n; i++)
        ref_putf(&out, "%s%s", i ? "," : "",
                 ref_gen_chance(g, 4) && !plain_lists(g) ? "null"
                                                         : element(g, true));
    ref_put(&out, "]");
    return ref_text_cstr(&out);
}

static void
add_list(ref_gen_state *g, ref_gen_event *ev)
{
    const char *value;

    if (ref_gen_chance(g, 12))
        return;
    if (ref_gen_chance(g, 20)) {
        ref_gen_mark(g, REF_C_EV_LIST_ONE);
        value = element(g, true);
    } else {
        value = elements(g);
    }
    if (*g->list == '`')
        add_pair(g, ev, "x-arr", value);
    else if (strcmp(g->list, "box.arr") == 0 && ref_gen_chance(g, 60))
        add_pair(g, ev, "box", ref_printf(g->pool, "{\"arr\":%s}", value));
    else
        add_pair(g, ev, g->list, value);
}

/* --- processes --- */

static void
add_family(ref_gen_state *g, ref_gen_event *ev)
{
    static const char *const ids[] = {"\"p1\"", "\"p2\"", "\"p3\"", "\"p4\""};
    static const char *const types[] = {"\"start\"",  "[\"info\",\"start\"]",
                                        "\"end\"",    "\"start\"",
                                        "\"change\"", "null"};
    static const char *const pids[] = {"0", "1", "2", "3", "4"};
    static const char *const subtypes[] = {
        "\"create\"", "\"fork\"", "\"terminate\"", "\"other\"", "\"create\""};
    bool endgame = g->flags.endgame;
    size_t id = ref_gen_pick(g, 4), parent = ref_gen_pick(g, 4);

    if (ref_gen_chance(g, 45)) /* a chain */
        parent = id ? id - 1 : 0;
    if (ref_gen_chance(g, 94))
        add_pair(g, ev, endgame ? "pid" : "process.entity_id",
                 endgame ? pids[id + (ref_gen_chance(g, 85) ? 1 : 0)]
                         : ids[id]);
    if (ref_gen_chance(g, 85))
        add_pair(g, ev, endgame ? "ppid" : "process.parent.entity_id",
                 endgame ? pids[parent + 1] : ids[parent]);
    if (!endgame) {
        add_pair(g, ev, "event.type", REF_GEN_PICK(g, types));
    } else if (ref_gen_chance(g, 60)) {
        add_pair(g, ev, "subtype", REF_GEN_PICK(g, subtypes));
    } else {
        add_pair(g, ev, "opcode",
                 ref_printf(g->pool, "%zu", 1 + ref_gen_pick(g, 5)));
        if (ref_gen_chance(g, 40))
            add_pair(g, ev, "process_name", "\"System\"");
    }
}

static void
add_host(ref_gen_state *g, ref_gen_event *ev)
{
    static const char *const hosts[] = {"\"h1\"", "\"h2\"", "\"H1\"", "\"a\""};

    if (ref_gen_chance(g, 80))
        add_pair(g, ev, g->flags.endgame ? "hostname" : "host.name",
                 REF_GEN_PICK(g, hosts));
}

void
ref_gen_events(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    int64_t ns = FIRST_SECOND * SECOND_NS;

    c->nevents = 1 + ref_gen_pick(g, (c->kind != REF_Q_EVENT) ? 12 : 5);
    if ((c->kind != REF_Q_EVENT) && c->nevents < 4)
        c->nevents += 4;
    c->events = ref_alloc(g->pool, c->nevents * sizeof *c->events);
    for (size_t i = 0; i < c->nevents; i++) {
        ref_gen_event *ev = &c->events[i];
        int64_t jitter = 0;

        add_category(g, ev);
        if (g->family)
            add_family(g, ev);
        if (c->npipes)
            add_host(g, ev);
        for (size_t k = 0; k < g->active.n; k++)
            if (ref_gen_chance(g, 88))
                add_field(g, ev, &g->active.items[k]);
        if (g->list)
            add_list(g, ev);
        if (ref_gen_chance(g, 3))
            jitter = ref_gen_chance(g, 50) ? 1 : 1000000;
        add_time(g, ev, ns + jitter);
        if (c->tiebreaker && ref_gen_chance(g, 80))
            add_pair(g, ev, c->tiebreaker,
                     ref_printf(g->pool, "%zu", ref_gen_pick(g, 4)));
        if (ref_gen_chance(g, 20))
            ref_gen_mark(g, REF_C_EV_EQUAL_TIMES);
        else
            ns += g->step_ns * (1 + (int64_t)ref_gen_pick(g, 2));
    }
    for (size_t i = 1; i < c->nevents; i++) {
        ref_gen_event moved = c->events[i];
        size_t to = ref_gen_pick(g, i + 1);

        if (!ref_gen_chance(g, 6))
            continue;
        ref_gen_mark(g, REF_C_EV_UNORDERED);
        memmove(&c->events[to + 1], &c->events[to],
                (i - to) * sizeof *c->events);
        c->events[to] = moved;
    }
}
