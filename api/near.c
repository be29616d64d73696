/* near.c -- see near.h. */
#include "api/near.h"

#include "base/diag.h"
#include "compiler/schema.h"

/* Letters of a last segment that say what it is, whatever stands before it. */
#define LONG 8u

static bool
is_known(eql_strview path)
{
    return eql_schema_find(eql_schema_ecs(), eql_sv("", 0), path) !=
           EQL_SCHEMA_UNKNOWN;
}

static bool
add(eql_near *n, eql_near_set *s, eql_strview text, bool field)
{
    if (s->items.n >= EQL_NEAR_NAMES || text.len == 0 ||
        eql_map_get(s->known, text.p, text.len) != EQL_NONE)
        return true;
    text = eql_arena_dup(n->arena, text);
    return text.p && eql_map_put(s->known, text.p, text.len, s->items.n) &&
           eql_vec_push(&s->items, &text, sizeof text) != EQL_NONE &&
           (!field || is_known(text) ||
            eql_vec_push(&s->custom, &text, sizeof text) != EQL_NONE);
}

/* An eql_events_name_fn. */
static bool
note(void *ctx, eql_strview name, eql_strview text)
{
    eql_near *n = ctx;
    bool ok = add(n, &n->fields, name, true);

    for (uint32_t i = 0; ok && i < n->ncategory_fields; i++) {
        if (eql_sv_eq(name, n->category_fields[i]))
            ok = add(n, &n->categories, text, false);
    }
    return ok;
}

bool
eql_near_init(eql_near *n, eql_arena *arena, const eql_events *e,
              const eql_strview *category_fields, uint32_t nfields)
{
    *n = (eql_near){.arena = arena,
                    .category_fields = category_fields,
                    .ncategory_fields = nfields};
    n->fields.known = eql_map_new();
    n->categories.known = eql_map_new();
    if (!n->fields.known || !n->categories.known)
        return false;
    if (!eql_events_names(e, note, n))
        return false;
    n->same = eql_arena_array(arena, EQL_NEAR_NAMES, sizeof *n->same);
    return !eql_arena_failed(arena) && !n->fields.items.failed &&
           !n->fields.custom.failed && !n->categories.items.failed;
}

static void
free_set(eql_near_set *s)
{
    eql_map_free(s->known);
    eql_vec_free(&s->items);
    eql_vec_free(&s->custom);
}

void
eql_near_free(eql_near *n)
{
    free_set(&n->fields);
    free_set(&n->categories);
}

/* --- likeness --- */

static eql_strview
last_segment(eql_strview path)
{
    size_t i = path.len;

    while (i > 0 && path.p[i - 1] != '.')
        i--;
    return eql_sv(path.p + i, path.len - i);
}

/* The next letter or digit, in lower case; 0: there is none. */
static char
next_letter(eql_strview s, size_t *i)
{
    for (; *i < s.len; (*i)++) {
        char c = s.p[*i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
            (unsigned char)c >= 0x80) {
            (*i)++;
            return c;
        }
    }
    return 0;
}

/* The same letters and digits, whatever stands between them and their case? */
static bool
reads_alike(eql_strview a, eql_strview b)
{
    size_t i = 0, k = 0;
    char x, y;

    do {
        x = next_letter(a, &i);
        y = next_letter(b, &k);
    } while (x == y && x);
    return x == y;
}

/* Has a field of ECS its last name, spelt otherwise, under another parent or
 * none?  Of equal names under two parents both are what they say. */
static bool
ends_alike(eql_strview wanted, eql_strview had)
{
    eql_strview a = last_segment(wanted), b = last_segment(had);

    return a.len >= LONG && reads_alike(a, b) &&
           (b.len == had.len || !eql_sv_eq(a, b));
}

/* What stands there under this very name is not near: it was there, in an event
 * that did not count. */
static bool
is_there(const eql_near_set *s, eql_strview wanted)
{
    return eql_map_get(s->known, wanted.p, wanted.len) != EQL_NONE;
}

static uint32_t
count_segments(eql_strview path)
{
    uint32_t n = 1;

    for (size_t i = 0; i < path.len; i++)
        n += path.p[i] == '.';
    return n;
}

/* A misspelling has as many segments. */
static eql_strview
nearest(const eql_near *n, const eql_vec *names, eql_strview wanted)
{
    uint32_t nsame = 0, i;

    for (i = 0; i < names->n; i++) {
        eql_strview had = *(const eql_strview *)eql_vec_at(names, i);

        if (reads_alike(had, wanted))
            return had;
        if (count_segments(had) == count_segments(wanted))
            n->same[nsame++] = had;
    }
    i = eql_closest(wanted, n->same, nsame);
    return i == EQL_NONE ? eql_sv("", 0) : n->same[i];
}

/* Of two fields that ECS knows, none is a misspelling of the other. */
eql_strview
eql_near_field(const eql_near *n, eql_strview path)
{
    const eql_vec *names =
        is_known(path) ? &n->fields.custom : &n->fields.items;
    eql_strview best;

    if (is_there(&n->fields, path))
        return eql_sv("", 0);
    best = nearest(n, names, path);
    for (uint32_t i = 0; best.len == 0 && is_known(path) && i < names->n; i++) {
        eql_strview had = *(const eql_strview *)eql_vec_at(names, i);

        if (ends_alike(path, had))
            best = had;
    }
    return best;
}

eql_strview
eql_near_category(const eql_near *n, eql_strview category)
{
    return is_there(&n->categories, category)
               ? eql_sv("", 0)
               : nearest(n, &n->categories.items, category);
}

eql_strview
eql_near_time(const eql_near *n, eql_strview path)
{
    static const char *const usual[] = {
        "@timestamp", "timestamp",  "time",        "ts",
        "eventtime",  "event_time", "timecreated", "utctime",
        "datetime",   "date",       "_time",       "event.created"};
    eql_strview best = eql_near_field(n, path);

    for (size_t k = 0; best.len == 0 && k < EQL_COUNTOF(usual); k++) {
        for (uint32_t i = 0; best.len == 0 && i < n->fields.items.n; i++) {
            eql_strview had =
                *(const eql_strview *)eql_vec_at(&n->fields.items, i);

            if (!eql_sv_eq(had, path) &&
                reads_alike(last_segment(had), eql_sv_cstr(usual[k])))
                best = had;
        }
    }
    return best;
}
