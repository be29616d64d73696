/* strings.c -- the functions on text (language 7.3), and length.
 *
 * Called by functions.c.  Arguments of a wrong type give null, and so does
 * null, but for what a flag of the dialect says.  Slices are views into the
 * argument; folding happens in scratch memory that is given back before a
 * function returns. */
#include "stdlib/call.h"

/* Arguments 0 .. n-1 as text; false if one is not. */
static bool
texts(const eql_call *c, uint32_t n, eql_strview *out)
{
    for (uint32_t i = 0; i < n; i++) {
        if (c->args[i].tag != EQL_STRING)
            return false;
        out[i] = eql_value_sv(&c->args[i]);
    }
    return true;
}

bool
eql_call_whole(const eql_value *v, int64_t *out)
{
    double d = v->u.d;

    if (v->tag == EQL_INT) {
        *out = v->u.i;
        return true;
    }
    if (v->tag != EQL_FLOAT)
        return false;
    if (d >= 9223372036854775808.0) {
        *out = INT64_MAX;
    } else if (d < -9223372036854775808.0) {
        *out = INT64_MIN;
    } else {
        *out = (int64_t)d;
        return (double)*out == d;
    }
    return true;
}

eql_value
eql_call_starts_with(const eql_call *c)
{
    eql_strview t[2];

    if (!texts(c, 2, t))
        return eql_value_null();
    return eql_value_bool(eql_text_starts(c, t[0], t[1]));
}

eql_value
eql_call_ends_with(const eql_call *c)
{
    eql_strview t[2];

    if (!texts(c, 2, t))
        return eql_value_null();
    return eql_value_bool(eql_text_ends(c, t[0], t[1]));
}

/* Folded copies of n texts. */
static bool
fold_all(const eql_call *c, uint32_t n, const eql_strview *in, eql_strview *out)
{
    for (uint32_t i = 0; i < n; i++)
        if (!eql_text_fold(c, in[i], &out[i]))
            return false;
    return true;
}

eql_value
eql_call_string_contains(const eql_call *c)
{
    const eql_dialect *d = c->env->dialect;
    eql_scratch_mark mark = eql_scratch_here(c->env->scratch);
    eql_value out = eql_value_null();
    eql_strview t[2];
    size_t at;

    if (eql_call_is_null(&c->args[0]) || eql_call_is_null(&c->args[1]))
        return d->search_null == EQL_SEARCH_NULL_FALSE ? eql_value_bool(false)
                                                       : out;
    if (!texts(c, 2, t))
        return out;
    if (d->contains_empty == EQL_CONTAINS_EMPTY_FALSE &&
        (t[0].len == 0 || t[1].len == 0))
        return eql_value_bool(false);
    if (fold_all(c, 2, t, t))
        out = eql_value_bool(eql_text_find(t[0], t[1], 0, &at));
    eql_scratch_release(c->env->scratch, mark);
    return out;
}

eql_value
eql_call_index_of(const eql_call *c)
{
    eql_scratch_mark mark = eql_scratch_here(c->env->scratch);
    eql_value out = eql_value_null();
    eql_strview t[2];
    int64_t start = 0;
    size_t at;

    if (!texts(c, 2, t) || (c->n > 2 && !eql_call_whole(&c->args[2], &start)))
        return out;
    if (start < 0)
        start = 0;
    if (start > eql_text_count(t[0]))
        return out;
    if (fold_all(c, 2, t, t) &&
        eql_text_find(t[0], t[1], eql_text_offset(t[0], start), &at))
        out = eql_value_int(eql_text_count(eql_sv(t[0].p, at)));
    eql_scratch_release(c->env->scratch, mark);
    return out;
}

/* Where Python's s[i] is, for a text of len code points. */
static int64_t
slice_bound(int64_t i, int64_t len)
{
    if (i < 0)
        i = i < -len ? 0 : i + len;
    return i > len ? len : i;
}

eql_value
eql_call_substring(const eql_call *c)
{
    eql_value end = eql_call_arg(c, 2);
    int64_t from, to, len;
    eql_strview s;
    size_t a, b;

    if (!texts(c, 1, &s) || !eql_call_whole(&c->args[1], &from))
        return eql_value_null();
    to = len = eql_text_count(s);
    if (!eql_call_is_null(&end) && !eql_call_whole(&end, &to))
        return eql_value_null();
    from = slice_bound(from, len);
    to = slice_bound(to, len);
    if (from >= to)
        return eql_value_str(eql_sv("", 0));
    a = eql_text_offset(s, from);
    b = a + eql_text_offset(eql_sv(s.p + a, s.len - a), to - from);
    return eql_value_str(eql_sv(s.p + a, b - a));
}

/* Between t[1] and t[2] in t[0], all folded alike: bytes from, to. */
static bool
find_between(const eql_call *c, const eql_strview *t, bool greedy, size_t *from,
             size_t *to)
{
    if (!eql_text_find(t[0], t[1], 0, from))
        return false;
    *from += t[1].len;
    if (!greedy)
        return eql_text_find(t[0], t[2], *from, to);
    return eql_text_find_last(c, t[0], t[2], to) && *to >= *from;
}

/* The part of s whose folding is bytes from .. to of folded. */
static eql_strview
unfolded(eql_strview s, eql_strview folded, size_t from, size_t to)
{
    int64_t before = eql_text_count(eql_sv(folded.p, from));
    int64_t n = eql_text_count(eql_sv(folded.p + from, to - from));
    size_t a = eql_text_offset(s, before);
    size_t b = a + eql_text_offset(eql_sv(s.p + a, s.len - a), n);

    return eql_sv(s.p + a, b - a);
}

eql_value
eql_call_between(const eql_call *c)
{
    bool empty = c->env->dialect->between_miss == EQL_BETWEEN_MISS_EMPTY;
    eql_scratch_mark mark = eql_scratch_here(c->env->scratch);
    eql_value out = eql_value_null();
    eql_value greedy = c->n > 3 ? c->args[3] : eql_value_bool(false);
    eql_strview t[3], f[3];
    size_t from, to;

    if (!texts(c, 3, t) || greedy.tag != EQL_BOOL)
        return out;
    if (empty && (t[0].len == 0 || t[1].len == 0 || t[2].len == 0))
        return c->args[0];
    if (fold_all(c, 3, t, f)) {
        if (find_between(c, f, greedy.u.b, &from, &to))
            out = eql_value_str(c->fold ? unfolded(t[0], f[0], from, to)
                                        : eql_sv(t[0].p + from, to - from));
        else if (empty)
            out = eql_value_str(eql_sv("", 0));
    }
    eql_scratch_release(c->env->scratch, mark);
    return out;
}

/* Elements of a JSON array or members of a JSON object: one more than there
 * are commas that stand directly in it, none if it holds nothing. */
static int64_t
count_members(eql_strview json)
{
    int64_t commas = 0;
    uint32_t depth = 0;
    bool text = false, any = false;

    for (size_t i = 0; i < json.len; i++) {
        char ch = json.p[i];

        any |= depth > 0 && ch != ']' && ch != '}' && ch != ' ';
        if (text) {
            if (ch == '\\')
                i++;
            text = ch != '"';
        } else if (ch == '"') {
            text = true;
        } else if (ch == '[' || ch == '{') {
            depth++;
        } else if (ch == ']' || ch == '}') {
            depth -= depth > 0;
        } else if (ch == ',') {
            commas += depth == 1;
        }
    }
    return any ? commas + 1 : 0;
}

eql_value
eql_call_length(const eql_call *c)
{
    const eql_value *v = &c->args[0];

    if (v->tag == EQL_STRING)
        return eql_value_int(eql_text_count(eql_value_sv(v)));
    if ((v->tag == EQL_ARRAY || v->tag == EQL_OBJECT) &&
        c->env->dialect->array_length == EQL_ARRAY_LENGTH_COUNT)
        return eql_value_int(count_members(eql_value_sv(v)));
    return eql_value_null();
}
