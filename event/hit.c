/* hit.c -- writing and reading hit records.
 *
 * Records are written by the filtering half and read by the ordered half of
 * the same process (perhaps by way of a temporary file), so the readers trust
 * sizes; key values are still decoded with bounds, for they are cheap. */
#include "event/hit.h"

#include "base/text.h"

/* --- key values --- */

static void
add_int(eql_buf *t, int64_t i)
{
    eql_buf_add_char(t, 'i');
    eql_buf_add(t, &i, sizeof i);
}

/* 1 and 1.0 are one key (language 8.9), so an integral double is an integer. */
static void
add_float(eql_buf *t, double d)
{
    if (d >= -0x1p63 && d < 0x1p63 && d == (double)(int64_t)d) {
        add_int(t, (int64_t)d);
        return;
    }
    eql_buf_add_char(t, 'd');
    eql_buf_add(t, &d, sizeof d);
}

static void
add_text(eql_buf *t, char kind, eql_strview s)
{
    uint32_t len = (uint32_t)s.len;

    eql_buf_add_char(t, kind);
    eql_buf_add(t, &len, sizeof len);
    eql_buf_add_sv(t, s);
}

/* A number inside the text of a list or object, as the text of its value: 1.0
 * is 1 there, too. */
static size_t
add_number(eql_buf *t, eql_strview s)
{
    size_t n = 0;
    char text[32];
    bool is_int;
    int64_t i;
    double d;

    while (n < s.len && s.p[n] &&
           (strchr("+-.eE", s.p[n]) || (s.p[n] >= '0' && s.p[n] <= '9')))
        n++;
    if (!eql_parse_number(eql_sv(s.p, n), &is_int, &i, &d)) {
        eql_buf_add(t, s.p, n);
        return n;
    }
    if (!is_int && d >= -0x1p63 && d < 0x1p63 && d == (double)(int64_t)d) {
        is_int = true;
        i = (int64_t)d;
    }
    eql_buf_add(t, text,
                is_int ? eql_format_int(i, text) : eql_format_double(d, text));
    return n;
}

/* Length of the JSON string at s. */
static size_t
string_length(eql_strview s)
{
    size_t n = 1;

    while (n < s.len && s.p[n] != '"')
        n += s.p[n] == '\\' ? 2 : 1;
    return n < s.len ? n + 1 : s.len;
}

/* Canonical JSON text, numbers by value (language 8.9). */
static void
add_composite(eql_buf *t, eql_strview s)
{
    size_t start = t->len;
    uint32_t len = 0;

    add_text(t, 'j', eql_sv("", 0));
    for (size_t i = 0; i < s.len;) {
        eql_strview rest = eql_sv(s.p + i, s.len - i);
        size_t n = 1;

        if (*rest.p == '-' || (*rest.p >= '0' && *rest.p <= '9')) {
            n = add_number(t, rest);
        } else {
            n = *rest.p == '"' ? string_length(rest) : 1;
            eql_buf_add(t, rest.p, n);
        }
        i += n;
    }
    if (t->failed)
        return;
    len = (uint32_t)(t->len - start - 1 - sizeof len);
    memcpy(t->p + start + 1, &len, sizeof len);
}

static void
add_string(eql_buf *t, eql_field_type type, eql_strview s)
{
    eql_ip ip;

    if (type == EQL_FIELD_IP && eql_ip_parse(s, &ip)) {
        eql_buf_add_char(t, 'a');
        eql_buf_add(t, ip.b, sizeof ip.b);
        return;
    }
    add_text(t, 's', s);
}

void
eql_hit_key_value(eql_buf *tuple, eql_field_type type, const eql_value *v)
{
    switch (v->tag) {
    case EQL_NULL: eql_buf_add_char(tuple, 'n'); break;
    case EQL_BOOL:
        eql_buf_add_char(tuple, 'b');
        eql_buf_add_char(tuple, v->u.b ? 1 : 0);
        break;
    case EQL_INT: add_int(tuple, v->u.i); break;
    case EQL_FLOAT: add_float(tuple, v->u.d); break;
    case EQL_STRING: add_string(tuple, type, eql_value_sv(v)); break;
    case EQL_ARRAY:
    case EQL_OBJECT: add_composite(tuple, eql_value_sv(v)); break;
    }
}

/* One decoded key value; `kind` is its tag byte. */
typedef struct {
    char kind;
    bool b;
    int64_t i;
    double d;
    eql_strview s; /* text, or the bytes of an address */
} key_item;

static bool
take(eql_strview t, size_t *pos, void *out, size_t n)
{
    if (t.len - *pos < n)
        return false;
    memcpy(out, t.p + *pos, n);
    *pos += n;
    return true;
}

static bool
take_span(eql_strview t, size_t *pos, size_t n, eql_strview *out)
{
    if (t.len - *pos < n)
        return false;
    *out = eql_sv(t.p + *pos, n);
    *pos += n;
    return true;
}

static bool
next_item(eql_strview t, size_t *pos, key_item *k)
{
    uint32_t len;
    char b;

    if (*pos >= t.len)
        return false;
    k->kind = t.p[(*pos)++];
    switch (k->kind) {
    case 'n': return true;
    case 'b':
        if (!take(t, pos, &b, 1))
            return false;
        k->b = b != 0;
        return true;
    case 'i': return take(t, pos, &k->i, sizeof k->i);
    case 'd': return take(t, pos, &k->d, sizeof k->d);
    case 'a': return take_span(t, pos, sizeof((eql_ip *)0)->b, &k->s);
    case 's':
    case 'j':
        return take(t, pos, &len, sizeof len) && take_span(t, pos, len, &k->s);
    default: return false;
    }
}

static eql_value
composite_value(eql_strview text)
{
    eql_value v = eql_value_str(text);

    v.tag = text.len > 0 && text.p[0] == '[' ? EQL_ARRAY : EQL_OBJECT;
    return v;
}

bool
eql_hit_key_next(eql_strview tuple, size_t *pos, eql_value *v, char scratch[48])
{
    key_item k;
    eql_ip ip;

    if (!next_item(tuple, pos, &k))
        return false;
    switch (k.kind) {
    case 'b': *v = eql_value_bool(k.b); break;
    case 'i': *v = eql_value_int(k.i); break;
    case 'd': *v = eql_value_float(k.d); break;
    case 's': *v = eql_value_str(k.s); break;
    case 'j': *v = composite_value(k.s); break;
    case 'a':
        memcpy(ip.b, k.s.p, sizeof ip.b);
        *v = eql_value_str(eql_sv(scratch, eql_ip_format(&ip, scratch)));
        break;
    default: *v = eql_value_null(); break;
    }
    return true;
}

static int
kind_rank(char kind)
{
    switch (kind) {
    case 'n': return 0;
    case 'b': return 1;
    case 'i':
    case 'd': return 2;
    case 'a': return 3;
    case 's': return 4;
    default: return 5;
    }
}

static int
compare_numbers(const key_item *a, const key_item *b)
{
    if (a->kind == 'i' && b->kind == 'i')
        return (a->i > b->i) - (a->i < b->i);
    if (a->kind == 'd' && b->kind == 'd')
        return (a->d > b->d) - (a->d < b->d);
    if (a->kind == 'i')
        return eql_cmp_int_double(a->i, b->d);
    return -eql_cmp_int_double(b->i, a->d);
}

static int
compare_items(const key_item *a, const key_item *b)
{
    int ra = kind_rank(a->kind), rb = kind_rank(b->kind);

    if (ra != rb)
        return ra - rb;
    switch (ra) {
    case 0: return 0;
    case 1: return a->b - b->b;
    case 2: return compare_numbers(a, b);
    default: return eql_sv_cmp(a->s, b->s);
    }
}

int
eql_hit_key_compare(eql_strview a, eql_strview b)
{
    size_t i = 0, j = 0;
    key_item x, y;

    for (;;) {
        bool more_a = next_item(a, &i, &x), more_b = next_item(b, &j, &y);
        int c;

        if (!more_a || !more_b)
            return more_a - more_b;
        c = compare_items(&x, &y);
        if (c != 0)
            return c;
    }
}

/* --- writing --- */

static void
pad(eql_buf *rec, size_t to)
{
    static const char zero[8];
    size_t over = rec->len % to;

    if (over)
        eql_buf_add(rec, zero, to - over);
}

void
eql_hit_open(eql_buf *rec, const eql_hit *head)
{
    rec->len = 0;
    eql_buf_add(rec, head, sizeof *head);
}

/* Integers in the order of their value. */
static uint64_t
ordered_int(int64_t i)
{
    return (uint64_t)i ^ UINT64_C(1) << 63;
}

static uint64_t
ordered_double(double d)
{
    if (d < -0x1p63)
        return 0;
    return d < 0x1p63 ? ordered_int((int64_t)d) : UINT64_MAX;
}

static uint64_t
first_bytes(eql_strview s)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < 8; i++)
        bits = bits << 8 | (i < s.len ? (uint8_t)s.p[i] : 0);
    return bits;
}

static void
set_tie_text(eql_hit *h, eql_strview s)
{
    bool is_int;
    int64_t i;
    double d;

    if (!eql_parse_number(s, &is_int, &i, &d)) {
        h->tie_kind = EQL_TIE_TEXT;
        h->tie = first_bytes(s);
        return;
    }
    h->tie_kind = EQL_TIE_NUMBER;
    h->tie = is_int ? ordered_int(i) : ordered_double(d);
}

void
eql_hit_set_tie(eql_hit *h, const eql_value *v)
{
    h->tie_kind = EQL_TIE_ABSENT;
    h->tie = 0;
    if (!v)
        return;
    switch (v->tag) {
    case EQL_INT:
        h->tie_kind = EQL_TIE_NUMBER;
        h->tie = ordered_int(v->u.i);
        break;
    case EQL_FLOAT:
        h->tie_kind = EQL_TIE_NUMBER;
        h->tie = ordered_double(v->u.d);
        break;
    case EQL_STRING: set_tie_text(h, eql_value_sv(v)); break;
    default: break;
    }
}

size_t
eql_hit_entry_open(eql_buf *rec, uint32_t stage, uint32_t severities)
{
    size_t at = rec->len;
    eql_hit_entry e = {.stage = stage, .severities = severities};

    eql_buf_add(rec, &e, sizeof e);
    return at;
}

static eql_hit_entry *
entry_at(eql_buf *rec, size_t at)
{
    return (eql_hit_entry *)(void *)(rec->p + at);
}

static void
add_tuple(eql_buf *rec, eql_strview tuple, uint32_t mark)
{
    uint32_t len = (uint32_t)tuple.len | mark;

    eql_buf_add(rec, &len, sizeof len);
    eql_buf_add_sv(rec, tuple);
    pad(rec, 4);
}

static void
end_tuple(eql_buf *rec, size_t entry)
{
    eql_hit_entry *e;

    if (rec->failed)
        return;
    e = entry_at(rec, entry);
    e->ntuples++;
    e->tuples = (uint32_t)(rec->len - entry - sizeof *e);
}

void
eql_hit_tuple_add(eql_buf *rec, size_t entry, eql_strview tuple)
{
    add_tuple(rec, tuple, 0);
    end_tuple(rec, entry);
}

void
eql_hit_tuple_add_shown(eql_buf *rec, size_t entry, eql_strview tuple,
                        eql_strview shown)
{
    add_tuple(rec, tuple, EQL_HIT_SHOWN);
    add_tuple(rec, shown, 0);
    end_tuple(rec, entry);
}

void
eql_hit_captured_from(eql_buf *rec, size_t entry, size_t from)
{
    if (!rec->failed)
        entry_at(rec, entry)->captured = (uint32_t)(rec->len - from);
}

void
eql_hit_captured_add(eql_buf *rec, size_t entry, eql_strview bytes)
{
    size_t from = rec->len;

    eql_buf_add_sv(rec, bytes);
    eql_hit_captured_from(rec, entry, from);
}

void
eql_hit_entry_close(eql_buf *rec, size_t entry)
{
    pad(rec, 8);
    if (rec->failed)
        return;
    entry_at(rec, entry)->size = (uint32_t)(rec->len - entry);
    ((eql_hit *)(void *)rec->p)->nentries++;
}

void
eql_hit_entry_drop(eql_buf *rec, size_t entry)
{
    if (!rec->failed)
        rec->len = entry;
}

void
eql_hit_close(eql_buf *rec, const eql_event_ref *ref)
{
    eql_hit *h = (eql_hit *)(void *)rec->p;

    if (rec->failed)
        return;
    h->size = (uint32_t)rec->len;
    h->ref = *ref;
}

/* --- reading --- */

const eql_hit_entry *
eql_hit_first(const eql_hit *h)
{
    return h->size > sizeof *h ? (const eql_hit_entry *)(h + 1) : NULL;
}

const eql_hit_entry *
eql_hit_next(const eql_hit *h, const eql_hit_entry *e)
{
    const char *p = (const char *)e + e->size;

    return p < (const char *)h + h->size
               ? (const eql_hit_entry *)(const void *)p
               : NULL;
}

static const char *
tuples_of(const eql_hit_entry *e)
{
    return (const char *)(e + 1);
}

/* The tuple, or the spelling of one, at p; p NULL behind the last. */
static eql_strview
tuple_at(const eql_hit_entry *e, const char *p)
{
    size_t rest = e->tuples - (size_t)(p - tuples_of(e));
    uint32_t len;

    if (e->tuples > e->size - sizeof *e || rest > e->tuples ||
        rest < sizeof len)
        return eql_sv(NULL, 0);
    memcpy(&len, p, sizeof len);
    len &= ~EQL_HIT_SHOWN;
    return len > rest - sizeof len ? eql_sv(NULL, 0)
                                   : eql_sv(p + sizeof len, len);
}

eql_strview
eql_hit_tuple_first(const eql_hit_entry *e)
{
    return tuple_at(e, tuples_of(e));
}

static bool
has_spelling(eql_strview t)
{
    uint32_t len;

    memcpy(&len, t.p - sizeof len, sizeof len);
    return len & EQL_HIT_SHOWN;
}

static eql_strview
behind(const eql_hit_entry *e, eql_strview t)
{
    return tuple_at(e, t.p + (t.len + 3) / 4 * 4);
}

eql_strview
eql_hit_tuple_shown(const eql_hit_entry *e, eql_strview t)
{
    eql_strview shown;

    if (!has_spelling(t))
        return t;
    shown = behind(e, t);
    return shown.p ? shown : t;
}

eql_strview
eql_hit_tuple_next(const eql_hit_entry *e, eql_strview t)
{
    if (has_spelling(t))
        t = behind(e, t);
    return t.p ? behind(e, t) : t;
}

eql_strview
eql_hit_captured(const eql_hit_entry *e)
{
    if (e->size < sizeof *e || e->captured > e->size - sizeof *e ||
        e->tuples > e->size - sizeof *e - e->captured)
        return eql_sv("", 0);
    return eql_sv(tuples_of(e) + e->tuples, e->captured);
}
