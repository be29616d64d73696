/* ref_gen_regex.c -- random regular expressions, made from a value so that
 * they often match it.
 *
 * Only what both flavours of language 6.2 write alike or what is asked for: no
 * anchors but at the ends, no operator that the language leaves out. */
#include "tests/reference/ref_gen_int.h"

#include <string.h>
#include <utf8proc.h>

static const char *
plain(ref_gen_state *g, uint32_t cp)
{
    char buf[8] = {0};

    utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)buf);
    if (cp < 128 &&
        !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
                "Z0123456789 \n\t/:'_",
                (int)cp))
        return ref_printf(g->pool, "\\%s", buf);
    return ref_printf(g->pool, "%s", buf);
}

static bool
is_alnum(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') ||
           (cp >= 'A' && cp <= 'Z');
}

/* A set that has the character, most of the time. */
static const char *
set_for(ref_gen_state *g, uint32_t cp)
{
    const char *what = plain(g, cp);

    ref_gen_mark(g, REF_C_REGEX_SET);
    switch (ref_gen_pick(g, 7)) {
    case 0: return ref_printf(g->pool, "[%sxy]", what);
    case 1: /* of the other case too: what folds tells */
        return (cp < 'a') != ref_gen_chance(g, 50) ? "[A-Z]" : "[a-z]";
    case 2: return ref_gen_chance(g, 50) ? "[A-Za-z]" : "[a-m]";
    case 3: return ref_printf(g->pool, "[^%s]", what);
    case 4: return "[^0-9]";
    case 5: return ref_printf(g->pool, "[0-9%s]", what);
    default: return "[\\w\\s.]";
    }
}

static const char *
class_for(ref_gen_state *g, uint32_t cp)
{
    static const char *const any[] = {"\\d", "\\D", "\\s", "\\S", "\\w", "\\W"};

    ref_gen_mark(g, REF_C_REGEX_CLASS);
    if (ref_gen_chance(g, 40))
        return REF_GEN_PICK(g, any);
    return cp >= '0' && cp <= '9' ? "\\d" : is_alnum(cp) ? "\\w" : "\\W";
}

static const char *
repeated(ref_gen_state *g, const char *atom)
{
    static const char *const counts[] = {"*",   "+",     "?",    "{1}",
                                         "{2}", "{0,2}", "{1,}", "{1,3}"};
    const char *lazy =
        g->flags.prefix_regex && ref_gen_chance(g, 10) ? "?" : "";

    ref_gen_mark(g, REF_C_REGEX_REPEAT);
    return ref_printf(g->pool, "%s%s%s", atom, REF_GEN_PICK(g, counts), lazy);
}

/* One piece for one character. */
static const char *
piece(ref_gen_state *g, uint32_t cp)
{
    size_t roll = ref_gen_pick(g, 100);

    if (roll < 50)
        return plain(g, cp);
    if (roll < 56)
        return ".";
    if (roll < 68)
        return set_for(g, cp);
    if (roll < 76)
        return class_for(g, cp);
    if (roll < 84)
        return repeated(g, plain(g, cp));
    if (roll < 90)
        return repeated(g, ref_gen_chance(g, 50) ? "." : set_for(g, cp));
    ref_gen_mark(g, REF_C_REGEX_CHOICE);
    if (roll < 94)
        return ref_printf(g->pool, "(%s|b%s)", plain(g, cp),
                          roll & 1 ? "" : "c");
    if (roll < 98)
        return repeated(g, ref_printf(g->pool, "(%s|x|)", plain(g, cp)));
    return ref_printf(g->pool, "(a|(%s|.)*)", plain(g, cp));
}

static void
put_pieces(ref_gen_state *g, ref_text *out, ref_str s)
{
    bool quiet = ref_gen_chance(g, 30);

    for (size_t at = 0; at < s.n;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
                             (utf8proc_ssize_t)(s.n - at), &cp);

        if (n <= 0)
            return;
        ref_put(out, quiet && ref_gen_chance(g, 85) ? plain(g, (uint32_t)cp)
                                                    : piece(g, (uint32_t)cp));
        at += (size_t)n;
    }
}

const char *
ref_gen_regex(ref_gen_state *g, ref_gen_value v, bool prefix)
{
    ref_text out = {.pool = g->pool};

    if (memchr(v.text.p, '\0', v.text.n))
        v.text = ref_cstr("a.b");
    if (ref_gen_chance(g, 25))
        v.text = ref_gen_case_variant(g, (ref_gen_value){GEN_STR, v.text}).text;
    if (prefix && ref_gen_chance(g, 12))
        ref_put(&out, "^");
    if (ref_gen_chance(g, 10))
        ref_put(&out, ".*");
    put_pieces(g, &out, v.text);
    if (ref_gen_chance(g, 15))
        ref_put(&out, ".*");
    if (out.n && ref_gen_chance(g, 6)) {
        ref_gen_mark(g, REF_C_REGEX_CHOICE);
        ref_put(&out, "|zz");
    } else if (prefix && ref_gen_chance(g, 12)) {
        ref_put(&out, "$");
    }
    return ref_gen_literal(
        g, (ref_gen_value){GEN_STR, {ref_text_cstr(&out), out.n}});
}

ref_term *
ref_gen_regex_leaf(ref_gen_state *g)
{
    static const struct {
        const char *text;
        ref_construct construct;
    } ops[] = {{"regex", REF_C_REGEX}, {"regex~", REF_C_REGEX_CI}};
    size_t op = ref_gen_pick(g, 2);
    bool negated = ref_gen_chance(g, 15);
    ref_active *a = ref_gen_pick_active(g);
    const char *name =
        ref_gen_chance(g, 85) ? ref_gen_name(g, a) : ref_gen_string(g, 1);
    ref_term *t;

    ref_gen_mark(g, negated ? REF_C_REGEX_NOT : ops[op].construct);
    t = ref_gen_list_term(
        g, name,
        ref_printf(g->pool, "%s%s", negated ? "not " : "", ops[op].text));
    for (size_t n = ref_gen_chance(g, 70) ? 1 : 2; n > 0; n--)
        ref_gen_add_item(
            g, t, ref_gen_regex(g, a->domain[ref_gen_pick(g, a->n)], false));
    if (t->nitems > 1)
        ref_gen_mark(g, REF_C_REGEX_LIST);
    return t;
}
