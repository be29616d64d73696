/* walk.c -- see walk.h.
 *
 * Between two structural bytes of an object stand at most a scalar, a comma
 * and a key; so each step looks at the bytes between the last structural byte
 * and this one, and nothing else can hide there: the quotes are counted in the
 * end. */
#include "io/fast/walk.h"

#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Exports: around the event, only another _source is of interest. */
#define OUTER (EQL_NONE - 1)

typedef enum { OPENED, COLON, CLOSED } last_kind;
typedef enum { VALUE_OR_END, VALUE, COMMA_OR_END } array_state;

typedef struct {
    uint32_t node; /* whose keys are looked up; EQL_NONE: none are */
    uint32_t span; /* path of a find to be closed, or EQL_NONE */
    uint32_t open; /* ordinal of its bracket */
    bool array;
    bool deferred;
    array_state state;
} level;

struct eql_walk {
    const eql_names *names;
    uint32_t npaths, max_depth;
    eql_walk_value *values;
    uint32_t room; /* for values */
    eql_walk_found *finds;
    uint32_t epoch;
    uint32_t *node_seen; /* epoch in which it was met .. */
    uint32_t *path_seen; /* .. per path, too .. */
    uint32_t *path_find; /* .. and its number */
    /* Of the line at hand: */
    const char *b;
    const uint32_t *at;
    uint32_t n, i;
    uint32_t from; /* bytes before are done with */
    uint32_t end;
    uint32_t target; /* node of the value that is to come, or EQL_NONE */
    last_kind last;
    uint32_t nvalues, nfinds, quotes, special;
    bool source;  /* an object of that name was met, and passed over */
    bool unwrap;  /* it is the event */
    bool wrapped; /* it was */
    uint32_t depth;
    level levels[EQL_WALK_MAX_DEPTH + 1];
};

eql_walk *
eql_walk_new(const eql_names *names, uint32_t npaths, uint32_t max_depth)
{
    eql_walk *w = calloc(1, sizeof *w);

    if (!w)
        return NULL;
    w->names = names;
    w->npaths = npaths;
    w->max_depth =
        max_depth < EQL_WALK_MAX_DEPTH ? max_depth : EQL_WALK_MAX_DEPTH;
    w->finds = calloc((size_t)npaths + 1, sizeof *w->finds);
    w->node_seen = calloc(names->nodes.n, sizeof *w->node_seen);
    w->path_seen = calloc((size_t)npaths + 1, sizeof *w->path_seen);
    w->path_find = calloc((size_t)npaths + 1, sizeof *w->path_find);
    if (!w->finds || !w->node_seen || !w->path_seen || !w->path_find) {
        eql_walk_free(w);
        return NULL;
    }
    return w;
}

void
eql_walk_free(eql_walk *w)
{
    if (!w)
        return;
    free(w->values);
    free(w->finds);
    free(w->node_seen);
    free(w->path_seen);
    free(w->path_find);
    free(w);
}

/* --- scalars --- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t
digits(const char *p, size_t i, size_t len)
{
    while (i < len && is_digit(p[i]))
        i++;
    return i;
}

/* Numbers that could be beyond a double are the strict reader's. */
static bool
is_number(const char *p, size_t len)
{
    size_t first = *p == '-', i = digits(p, first, len), n = i - first, from;

    if (n == 0 || (n > 1 && p[first] == '0') || n > 200)
        return false;
    if (i == len)
        return true;
    if (p[i] == '.') {
        from = ++i;
        i = digits(p, i, len);
        if (i == from)
            return false;
    }
    if (i < len && (p[i] | 32) == 'e') {
        i++;
        i += i < len && (p[i] == '+' || p[i] == '-');
        from = i;
        i = digits(p, i, len);
        if (i == from || i - from > 2)
            return false;
    }
    return i == len;
}

static bool
is_scalar(const char *p, size_t len)
{
    if (len == 0)
        return false;
    if (is_digit(*p) || *p == '-')
        return is_number(p, len);
    if (len == 4)
        return memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0;
    return len == 5 && memcmp(p, "false", 5) == 0;
}

size_t
eql_walk_scalar(const char *p, size_t len)
{
    size_t i = 0;

    while (i < len && p[i] != ',' && p[i] != '}' && p[i] != ']' &&
           !is_space(p[i]))
        i++;
    return is_scalar(p, i) ? i : 0;
}

/* i is after an opening quote; the position after the closing one, or beyond
 * len.  16 bytes behind the text can be read. */
static size_t
past_string(const char *p, size_t i, size_t len)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');

    while (i < len) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        uint32_t q = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, quote));
        uint32_t s = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, slash));

        if (((q - 1) & ~q & s) != 0)
            i += (uint32_t)__builtin_ctz(s) + 2;
        else if (q)
            return i + (uint32_t)__builtin_ctz(q) + 1;
        else
            i += 16;
    }
#else
    while (i < len && p[i] != '"')
        i += p[i] == '\\' ? 2 : 1;
#endif
    return i + 1;
}

/* One scalar of an array at i; false: none. */
static bool
element(const char *p, size_t *i, size_t len, uint32_t *quotes)
{
    size_t start = *i;

    if (p[start] == '"') {
        *i = past_string(p, start + 1, len);
        *quotes += 2;
        return *i <= len;
    }
    *i += eql_walk_scalar(p + start, len - start);
    return *i > start;
}

/* Scalars and commas between two brackets of an array. */
static bool
elements(const char *p, size_t len, array_state *state, uint32_t *quotes)
{
    size_t i = 0;

    for (;;) {
        while (i < len && is_space(p[i]))
            i++;
        if (i == len)
            return true;
        if (*state == COMMA_OR_END) {
            if (p[i++] != ',')
                return false;
            *state = VALUE;
        } else {
            if (!element(p, &i, len, quotes))
                return false;
            *state = COMMA_OR_END;
        }
    }
}

size_t
eql_walk_array(const char *p, size_t len, uint32_t *quotes)
{
    array_state state = VALUE_OR_END;
    size_t i = 1;

    for (;;) {
        while (i < len && is_space(p[i]))
            i++;
        if (i >= len)
            return 0;
        if (p[i] == ']')
            return state == VALUE ? 0 : i + 1;
        if (state == COMMA_OR_END) {
            if (p[i++] != ',')
                return 0;
            state = VALUE;
        } else {
            if (!element(p, &i, len, quotes))
                return 0;
            state = COMMA_OR_END;
        }
    }
}

typedef enum { N_VALUE, N_VALUE_OR_END, N_KEY, N_KEY_OR_END, N_COMMA } nested;

/* The key at *i and its colon; false: unsupported. */
static bool
nested_key(const char *p, size_t *i, size_t len)
{
    size_t from = *i + 1;

    if (p[*i] != '"')
        return false;
    *i = past_string(p, from, len);
    if (*i > len || memchr(p + from, '\\', *i - from))
        return false;
    while (*i < len && is_space(p[*i]))
        ++*i;
    return *i < len && p[(*i)++] == ':';
}

size_t
eql_walk_nested(const char *p, size_t len, uint32_t depth)
{
    bool array[EQL_WALK_MAX_DEPTH + 1];
    nested state = N_VALUE;
    uint32_t n = 0, quotes = 0;
    size_t i = 0;

    for (; i < len; i++) {
        char c = p[i];

        if (is_space(c))
            continue;
        if (state <= N_VALUE_OR_END && (c == '[' || c == '{')) {
            if (n == depth || n == EQL_WALK_MAX_DEPTH)
                return 0;
            array[n++] = c == '[';
            state = c == '[' ? N_VALUE_OR_END : N_KEY_OR_END;
        } else if (n > 0 && c == (array[n - 1] ? ']' : '}') &&
                   state != N_VALUE && state != N_KEY) {
            if (--n == 0)
                return i + 1;
            state = N_COMMA;
        } else if (state == N_COMMA) {
            if (c != ',')
                return 0;
            state = array[n - 1] ? N_VALUE : N_KEY;
        } else {
            if (state <= N_VALUE_OR_END ? !element(p, &i, len, &quotes)
                                        : !nested_key(p, &i, len))
                return 0;
            state = state <= N_VALUE_OR_END ? N_COMMA : N_VALUE;
            i--;
        }
    }
    return 0;
}

bool
eql_walk_has_space(const char *p, size_t len)
{
    for (size_t i = 0; i < len;) {
        if (p[i] == '"')
            i = past_string(p, i + 1, len);
        else if (is_space(p[i++]))
            return true;
    }
    return false;
}

/* --- finds --- */

static void
add_find(eql_walk *w, uint32_t path, eql_walk_found f)
{
    if (w->path_seen[path] == w->epoch) {
        w->finds[w->path_find[path]].kind = EQL_WALK_FOUND_DEFERRED;
        return;
    }
    f.path = path;
    w->path_seen[path] = w->epoch;
    w->path_find[path] = w->nfinds;
    w->finds[w->nfinds++] = f;
}

/* Forgets what was found. */
static void
begin_event(eql_walk *w)
{
    if (++w->epoch == 0) {
        memset(w->node_seen, 0, w->names->nodes.n * sizeof *w->node_seen);
        memset(w->path_seen, 0, w->npaths * sizeof *w->path_seen);
        w->epoch = 1;
    }
    w->nfinds = w->special = 0;
    for (uint32_t i = 0; i < w->names->always; i++)
        add_find(w, w->names->deferred[i],
                 (eql_walk_found){.kind = EQL_WALK_FOUND_DEFERRED});
}

/* Something stands at the target.  false: unsupported. */
static bool
arrive(eql_walk *w, eql_walk_found f)
{
    const eql_names_node *n = eql_names_at(w->names, w->target);

    if (w->levels[w->depth].deferred) {
        f.kind = EQL_WALK_FOUND_DEFERRED;
    } else if (w->node_seen[w->target] == w->epoch) {
        /* The key once more: then the last one counts, with all that is in it.
         * Or another spelling. */
        if (n->first != EQL_NONE || n->special)
            return false;
        f.kind = EQL_WALK_FOUND_DEFERRED;
    }
    if (!w->levels[w->depth].deferred) {
        w->node_seen[w->target] = w->epoch;
        w->special |= n->special;
    }
    if (n->path != EQL_NONE)
        add_find(w, n->path, f);
    return true;
}

/* --- keys --- */

/* Paths of which only the first name is known. */
static void
mark_deferred(eql_walk *w, const char *key, uint32_t len)
{
    const char *dot = len ? memchr(key, '.', len) : NULL;
    uint32_t node =
        eql_names_find(w->names, 0, key, dot ? (uint32_t)(dot - key) : len);
    const eql_names_node *n;

    if (node == EQL_NONE)
        return;
    n = eql_names_at(w->names, node);
    for (uint32_t i = 0; i < n->ndeferred; i++)
        add_find(w, w->names->deferred[n->deferred + i],
                 (eql_walk_found){.kind = EQL_WALK_FOUND_DEFERRED});
}

/* Finds the key's node; false: unsupported. */
static bool
look_up(eql_walk *w, uint32_t start, uint32_t len)
{
    const level *l = &w->levels[w->depth];
    const char *key = w->b + start;

    w->target = EQL_NONE;
    if (l->node == EQL_NONE)
        return true;
    if (l->node == OUTER)
        return !(len == 7 && memcmp(key, "_source", 7) == 0);
    w->target = eql_names_find(w->names, l->node, key, len);
    if (l->node == 0 && w->names->ndeferred > w->names->always)
        mark_deferred(w, key, len);
    return true;
}

/* The opening quote of the key whose closing one is at `close`; EQL_NONE: an
 * escape is in it, or there is none. */
static uint32_t
opening_quote(const eql_walk *w, uint32_t close)
{
    uint32_t k = close;

#if defined(__SSE2__)
    if (k >= 16) {
        __m128i x =
            _mm_loadu_si128((const __m128i *)(const void *)(w->b + k - 16));
        uint32_t q =
            (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')));
        uint32_t s =
            (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));

        if (q) {
            uint32_t last = 31 - (uint32_t)__builtin_clz(q);

            if (s >> last)
                return EQL_NONE;
            k = k - 16 + last;
            return k >= w->from ? k : EQL_NONE;
        }
    }
#endif
    while (k-- > w->from) {
        if (w->b[k] == '"')
            return k;
        if (w->b[k] == '\\')
            return EQL_NONE;
    }
    return EQL_NONE;
}

/* --- values --- */

static uint32_t
skip_space(const eql_walk *w, uint32_t i, uint32_t end)
{
    while (i < end && is_space(w->b[i]))
        i++;
    return i;
}

static uint32_t
skip_back(const eql_walk *w, uint32_t end)
{
    while (end > w->from && is_space(w->b[end - 1]))
        end--;
    return end;
}

static bool
add_value(eql_walk *w, uint32_t ord, uint32_t from, uint32_t to,
          eql_walk_kind kind)
{
    eql_walk_found f = {.kind = EQL_WALK_FOUND_VALUE, .a = w->nvalues};

    w->values[w->nvalues++] = (eql_walk_value){ord, from, to, kind};
    return w->target == EQL_NONE || arrive(w, f);
}

/* After a colon: a scalar that ends before `end`. */
static bool
scalar(eql_walk *w, uint32_t end)
{
    uint32_t s = skip_space(w, w->from, end);

    if (s == end)
        return false;
    if (w->b[s] == '"') {
        w->quotes += 2;
        return end - s >= 2 && w->b[end - 1] == '"' &&
               add_value(w, w->i - 1, s + 1, end - 1, EQL_WALK_STRING);
    }
    return is_scalar(w->b + s, end - s) &&
           add_value(w, w->i - 1, s, end, EQL_WALK_SCALAR);
}

/* --- structure --- */

static bool
push(eql_walk *w, level l)
{
    if (w->depth == w->max_depth)
        return false;
    w->levels[++w->depth] = l;
    w->last = OPENED;
    w->from = w->at[w->i++] + 1;
    return true;
}

/* _source of an export becomes the event. */
static bool
unwrap(eql_walk *w)
{
    level event = {.node = 0, .span = EQL_NONE};

    if (w->special & EQL_NAMES_WRAPPER)
        return false;
    begin_event(w);
    w->levels[w->depth].node = OUTER;
    w->wrapped = true;
    return push(w, event);
}

static bool
open_object(eql_walk *w)
{
    level l = {.node = EQL_NONE, .span = EQL_NONE, .open = w->i};
    const eql_names_node *n;

    if (w->target == EQL_NONE)
        return push(w, l);
    n = eql_names_at(w->names, w->target);
    if (n->special & EQL_NAMES_SOURCE && !w->wrapped &&
        !w->levels[w->depth].deferred) {
        if (w->node_seen[w->target] == w->epoch)
            return false;
        if (w->unwrap || w->special & (EQL_NAMES_INDEX | EQL_NAMES_ID))
            return unwrap(w);
        w->source = true;
    }
    l.deferred = w->levels[w->depth].deferred;
    if (n->first != EQL_NONE)
        l.node = w->target;
    if (n->whole)
        l.span = n->path;
    /* Where no field takes objects, there is nothing at this path itself. */
    if (n->path != EQL_NONE && !n->whole &&
        w->node_seen[w->target] != w->epoch && !l.deferred) {
        w->node_seen[w->target] = w->epoch;
        w->special |= n->special;
    } else if (!arrive(w, (eql_walk_found){.kind = EQL_WALK_FOUND_SPAN,
                                           .a = w->i})) {
        return false;
    }
    return push(w, l);
}

/* An array after a colon. */
static bool
open_array(eql_walk *w)
{
    uint32_t open = w->at[w->i], close;
    level l = {.node = EQL_NONE, .span = EQL_NONE, .open = w->i, .array = true};
    const eql_names_node *n;

    if (w->i + 1 < w->n && w->b[w->at[w->i + 1]] == ']') {
        close = w->at[w->i + 1];
        if (w->depth == w->max_depth ||
            eql_walk_array(w->b + open, close + 1 - open, &w->quotes) !=
                close + 1 - open ||
            !add_value(w, w->i - 1, open, close + 1, EQL_WALK_ARRAY))
            return false;
        w->i += 2;
        w->last = CLOSED;
        w->from = close + 1;
        return true;
    }
    if (w->target != EQL_NONE) {
        n = eql_names_at(w->names, w->target);
        if (!arrive(w,
                    (eql_walk_found){.kind = EQL_WALK_FOUND_SPAN, .a = w->i}))
            return false;
        l.span = n->path;
        l.deferred = true;
        if (n->first != EQL_NONE)
            l.node = w->target;
    }
    return push(w, l);
}

/* A bracket opens inside an array. */
static bool
open_element(eql_walk *w, bool array)
{
    level *around = &w->levels[w->depth];
    level l = {.node = around->node,
               .span = EQL_NONE,
               .array = array,
               .deferred = true};

    if (!elements(w->b + w->from, w->at[w->i] - w->from, &around->state,
                  &w->quotes) ||
        around->state == COMMA_OR_END)
        return false;
    around->state = COMMA_OR_END;
    return push(w, l);
}

static bool
open_bracket(eql_walk *w, bool array)
{
    if (w->levels[w->depth].array)
        return open_element(w, array);
    if (w->last != COLON || skip_space(w, w->from, w->at[w->i]) != w->at[w->i])
        return false;
    return array ? open_array(w) : open_object(w);
}

static bool
close_bracket(eql_walk *w, bool array)
{
    level *l = &w->levels[w->depth];
    uint32_t end = w->at[w->i];
    eql_walk_found *f;

    if (l->array != array)
        return false;
    if (array) {
        if (!elements(w->b + w->from, end - w->from, &l->state, &w->quotes) ||
            l->state == VALUE)
            return false;
    } else {
        end = skip_back(w, end);
        if (w->last == COLON ? !scalar(w, end) : end != w->from)
            return false;
    }
    if (l->span != EQL_NONE) {
        f = &w->finds[w->path_find[l->span]];
        if (f->kind == EQL_WALK_FOUND_SPAN && f->a == l->open)
            f->b = w->i;
    }
    w->depth--;
    w->last = CLOSED;
    w->from = w->at[w->i++] + 1;
    return true;
}

/* A colon of an object: before it its key, and before that a comma and the
 * rest of the last member. */
static bool
colon(eql_walk *w)
{
    uint32_t at = w->at[w->i], close, open, end;

    if (w->levels[w->depth].array)
        return false;
    close = skip_back(w, at);
    if (close == w->from || w->b[--close] != '"')
        return false;
    open = opening_quote(w, close);
    if (open == EQL_NONE)
        return false;
    end = skip_back(w, open);
    if (w->last == OPENED) {
        if (end != w->from)
            return false;
    } else {
        if (end == w->from || w->b[--end] != ',')
            return false;
        end = skip_back(w, end);
        if (w->last == COLON ? !scalar(w, end) : end != w->from)
            return false;
    }
    w->quotes += 2;
    if (!look_up(w, open + 1, close - open - 1))
        return false;
    w->last = COLON;
    w->from = at + 1;
    w->i++;
    return true;
}

static bool
step(eql_walk *w)
{
    switch (w->b[w->at[w->i]]) {
    case ':': return colon(w);
    case '{': return open_bracket(w, false);
    case '[': return open_bracket(w, true);
    case '}': return close_bracket(w, false);
    default: return close_bracket(w, true);
    }
}

static bool
run(eql_walk *w, const eql_scan_line *line)
{
    level event = {.node = 0, .span = EQL_NONE};

    w->from = 0;
    w->end = (uint32_t)line->text.len;
    w->i = w->depth = w->nvalues = w->quotes = 0;
    w->source = w->wrapped = false;
    begin_event(w);
    w->from = skip_space(w, 0, w->end);
    if (w->n == 0 || w->at[0] != w->from || w->b[w->from] != '{' ||
        !push(w, event))
        return false;
    while (w->depth > 0)
        if (w->i == w->n || !step(w))
            return false;
    return w->i == w->n && skip_space(w, w->from, w->end) == w->end &&
           w->quotes == line->quotes;
}

static bool
has_room(eql_walk *w, uint32_t n)
{
    eql_walk_value *v;

    if (n <= w->room)
        return true;
    v = calloc((size_t)n + n / 2 + 64, sizeof *v);
    if (!v)
        return false;
    free(w->values);
    w->values = v;
    w->room = n + n / 2 + 64;
    return true;
}

bool
eql_walk_line(eql_walk *w, const eql_scan_line *line, eql_walked *out)
{
    bool ok;

    w->b = line->text.p;
    w->at = line->at;
    w->n = line->n;
    w->unwrap = false;
    if (!has_room(w, line->n))
        return false;
    ok = run(w, line);
    if (ok && w->source && !w->wrapped &&
        w->special & (EQL_NAMES_INDEX | EQL_NAMES_ID)) {
        w->unwrap = true;
        ok = run(w, line);
    }
    *out = (eql_walked){.values = w->values,
                        .nvalues = w->nvalues,
                        .finds = w->finds,
                        .nfinds = w->nfinds,
                        .special = w->special};
    return ok;
}
