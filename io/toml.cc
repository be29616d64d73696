/* toml.cc -- calls toml++ and copies its tree into plain records.
 *
 * The only file that knows toml++, and the only C++ here.  Exceptions are on
 * inside, so that running out of memory unwinds, and none leaves: each entry
 * is noexcept around a catch-all.  toml++ 3.3 bounds nested values but not
 * dotted keys (`a.a.a. ...` makes a tree as deep as it is long, and its
 * destructor recurses), so those are counted before it sees the text. */
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 64
#ifndef TOML_ASSERT /* text must never end the process */
#define TOML_ASSERT(expr) static_cast<void>(0)
#endif

#include "io/toml.h"

#include <algorithm>
#include <new>

#include <toml++/toml.h>

static_assert(TOML_MAX_NESTED_VALUES == EQL_TOML_MAX_DEPTH, "one limit");

namespace
{
/* Deeper than any tree that the limits let through. */
constexpr unsigned deepest = EQL_TOML_MAX_DEPTH * (EQL_TOML_MAX_DOTS + 2) + 64;

eql_toml_place
place(const toml::source_position &p)
{
    return {static_cast<uint32_t>(p.line), static_cast<uint32_t>(p.column)};
}

eql_strview
view(std::string_view s)
{
    return {s.data(), s.size()};
}

bool convert(eql_arena *a, const toml::node &from, eql_toml *to,
             unsigned depth);

/* Room for n children; false when out of memory. */
bool
make_items(eql_arena *a, eql_toml *to, size_t n)
{
    if (n >= UINT32_MAX)
        return false;
    to->n = static_cast<uint32_t>(n);
    to->items = static_cast<eql_toml *>(eql_arena_array(a, n, sizeof *to));
    return to->items != nullptr;
}

bool
convert_table(eql_arena *a, const toml::table &from, eql_toml *to,
              unsigned depth)
{
    uint32_t i = 0;

    to->kind = EQL_TOML_TABLE;
    if (!make_items(a, to, from.size()))
        return false;
    for (auto &&[key, value] : from) {
        eql_toml *item = &to->items[i++];

        item->key = eql_arena_dup(a, view(key.str()));
        item->name = place(key.source().begin);
        if (!item->key.p || !convert(a, value, item, depth + 1))
            return false;
    }
    std::stable_sort(
        to->items, to->items + to->n, [](const eql_toml &x, const eql_toml &y) {
            return x.name.line != y.name.line ? x.name.line < y.name.line
                                              : x.name.column < y.name.column;
        });
    return true;
}

bool
convert_array(eql_arena *a, const toml::array &from, eql_toml *to,
              unsigned depth)
{
    uint32_t i = 0;

    to->kind = EQL_TOML_ARRAY;
    if (!make_items(a, to, from.size()))
        return false;
    for (auto &&value : from)
        if (!convert(a, value, &to->items[i++], depth + 1))
            return false;
    return true;
}

bool
convert(eql_arena *a, const toml::node &from, eql_toml *to, unsigned depth)
{
    to->at = place(from.source().begin);
    if (depth > deepest)
        return false;
    if (auto *t = from.as_table())
        return convert_table(a, *t, to, depth);
    if (auto *v = from.as_array())
        return convert_array(a, *v, to, depth);
    if (auto *s = from.as_string()) {
        to->kind = EQL_TOML_STRING;
        to->s = eql_arena_dup(a, view(s->get()));
        return to->s.p != nullptr;
    }
    if (auto *n = from.as_integer()) {
        to->kind = EQL_TOML_INT;
        to->i = n->get();
    } else if (auto *d = from.as_floating_point()) {
        to->kind = EQL_TOML_FLOAT;
        to->d = d->get();
    } else if (auto *b = from.as_boolean()) {
        to->kind = EQL_TOML_BOOL;
        to->i = b->get();
    } else
        to->kind = EQL_TOML_TIME;
    return true;
}

/* Where a string that opens at text[i] ends (one past its last quote).  An
 * unclosed one ends with the text: toml++ stops there too. */
size_t
skip_string(std::string_view text, size_t i)
{
    const char q = text[i];
    const std::string_view three(q == '"' ? "\"\"\"" : "'''");
    const bool multi = text.substr(i, 3) == three;

    for (i += multi ? 3 : 1; i < text.size(); i++) {
        if (q == '"' && text[i] == '\\') {
            i++;
        } else if (multi && text.substr(i, 3) == three) {
            /* Up to two quotes may stand before the closing three. */
            for (i += 3; i < text.size() && text[i] == q; i++)
                ;
            return i;
        } else if (!multi && (text[i] == q || text[i] == '\n')) {
            return i + 1;
        }
    }
    return text.size();
}

/* Is some dotted key or header longer than the limit?  *at: where. */
bool
too_dotted(std::string_view text, size_t *at)
{
    unsigned dots = 0;

    for (size_t i = 0; i < text.size();) {
        const char c = text[i];

        if (c == '"' || c == '\'') {
            i = skip_string(text, i);
            continue;
        }
        if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
            continue;
        }
        if (c == '.' && ++dots > EQL_TOML_MAX_DOTS) {
            *at = i;
            return true;
        }
        if (c == '\n' || c == '=' || c == ',' || c == '[' || c == ']' ||
            c == '{' || c == '}')
            dots = 0;
        i++;
    }
    return false;
}

/* The line of a byte. */
eql_toml_place
place_of(std::string_view text, size_t at)
{
    auto n =
        std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');

    return {static_cast<uint32_t>(n) + 1, 1};
}

eql_toml_result
bad(eql_toml_error *err, eql_toml_place at, std::string_view message)
{
    err->at = at;
    for (char c : message.substr(0, 400))
        eql_buf_add_char(&err->message, c == '\n' || c == '\r' ? ' ' : c);
    return err->message.failed ? EQL_TOML_NOMEM : EQL_TOML_BAD;
}

eql_toml_result
parse(eql_arena *arena, std::string_view text, eql_toml **out,
      eql_toml_error *err)
{
    size_t at;

    if (text.size() > EQL_TOML_MAX_BYTES)
        return bad(err, {1, 1}, "the file is over 32 MiB");
    if (too_dotted(text, &at))
        return bad(err, place_of(text, at), "a dotted key is nested too deep");
    try {
        const toml::table t = toml::parse(text);

        *out = static_cast<eql_toml *>(eql_arena_alloc(arena, sizeof **out));
        if (!*out || !convert(arena, t, *out, 0))
            return EQL_TOML_NOMEM;
        return EQL_TOML_OK;
    } catch (const toml::parse_error &e) {
        return bad(err, place(e.source().begin), e.description());
    }
}
} // namespace

eql_toml_result
eql_toml_parse(eql_arena *arena, eql_strview text, eql_toml **out,
               eql_toml_error *err)
{
    *out = nullptr;
    try {
        return parse(arena, std::string_view(text.p ? text.p : "", text.len),
                     out, err);
    } catch (...) { /* out of memory, in toml++ or in std */
        return EQL_TOML_NOMEM;
    }
}
