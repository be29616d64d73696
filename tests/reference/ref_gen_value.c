/* ref_gen_value.c -- fields and values of random cases, and their texts.
 *
 * Every value here can be written both in an event and in a query.  Values
 * whose canonical text the language leaves open (large or tiny floats)
 * are left out. */
#include "tests/reference/ref_gen_int.h"

#include <string.h>
#include <utf8proc.h>

#define PLAIN -1

static const ref_gen_field fields[] = {
    {"a", "a", KIND_MIXED, false, false, PLAIN, false},
    {"b", "b", KIND_MIXED, false, false, PLAIN, false},
    {"n", "n", KIND_NUM, false, false, PLAIN, false},
    {"m", "m", KIND_NUM, false, false, PLAIN, false},
    {"s", "s", KIND_STR, false, false, PLAIN, false},
    {"t", "t", KIND_STR, false, false, PLAIN, false},
    {"f", "f", KIND_BOOL, false, false, PLAIN, false},
    {"g", "g", KIND_BOOL, false, false, PLAIN, false},
    {"o.k", "o.k", KIND_MIXED, false, false, PLAIN, false},
    {"o.p.q", "o.p.q", KIND_STR, false, false, PLAIN, false},
    {"u.v", "u . v", KIND_NUM, false, false, PLAIN, false},
    {"@tag", "@tag", KIND_STR, false, false, PLAIN, false},
    {"process.name", "process.name", KIND_STR, true, false, PLAIN, false},
    {"process.pid", "process.pid", KIND_NUM, true, false, REF_C_TYPED_NUMBER,
     false},
    {"destination.port", "destination.port", KIND_NUM, true, false,
     REF_C_TYPED_NUMBER, false},
    {"process.interactive", "process.interactive", KIND_BOOL, true, false,
     REF_C_TYPED_BOOL, false},
    {"tls.established", "tls.established", KIND_BOOL, true, false,
     REF_C_TYPED_BOOL, false},
    {"event.created", "event.created", KIND_DATE, true, false, REF_C_TYPED_DATE,
     false},
    {"process.start", "process.start", KIND_DATE, true, false, REF_C_TYPED_DATE,
     false},
    {"o.in", "o.in", KIND_NUM, false, false, REF_C_KEYWORD_SEGMENT, false},
    {"u.sequence", "u.sequence", KIND_STR, false, false, REF_C_KEYWORD_SEGMENT,
     false},
    {"runs", "runs", KIND_NUM, false, false, REF_C_SOFT_KEYWORD, false},
    {"fork", "fork", KIND_STR, false, false, REF_C_SOFT_KEYWORD, false},
    {"x-y", "`x-y`", KIND_STR, false, false, REF_C_BACKTICK, false},
    {"by", "`by`", KIND_NUM, false, false, REF_C_BACKTICK, false},
    {"o.w z", "o.`w z`", KIND_MIXED, false, false, REF_C_BACKTICK, false},
    {"k.v", "`k.v`", KIND_MIXED, false, true, REF_C_BACKTICK_DOT, false},
    {"package.version", "package.version", KIND_VERSION, true, false, PLAIN,
     false},
    {"agent.version", "agent.version", KIND_VERSION, true, false, PLAIN, false},
    {"addr", "addr", KIND_ADDR, false, false, PLAIN, false},
    {"source.ip", "source.ip", KIND_IP, true, false, PLAIN, false},
    {"destination.ip", "destination.ip", KIND_IP, true, false, PLAIN, false},
    {"host.ip", "host.ip", KIND_IP, true, false, PLAIN, false},
    {"related.ip", "related.ip", KIND_IP, true, false, PLAIN, false},
};

#define NFIRST_IP 30 /* index of source.ip */

static const char *const ints[] = {"0",
                                   "1",
                                   "2",
                                   "5",
                                   "10",
                                   "-1",
                                   "443",
                                   "9007199254740993",
                                   "-7",
                                   "3",
                                   "9223372036854775807"};
static const char *const floats[] = {"0.5", "1.0",  "1.5",
                                     "2.0", "-0.5", "9007199254740992.0"};
static const char *const digit_strings[] = {"1",   "2",  "5",   "10",
                                            "1.0", "-1", "1.5", "443"};

#define S(text)                                                                \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }
static const ref_str strings[] = {
    S(""),
    S("a"),
    S("b"),
    S("A"),
    S("ab"),
    S("Ab"),
    S("cmd.exe"),
    S("CMD.EXE"),
    S("k"),
    S("\xE2\x84\xAA"),     /* Kelvin sign */
    S("\xC3\xA9"),         /* e acute */
    S("a\xC3\x89z"),       /* E acute */
    S("\xCF\x83\xCF\x82"), /* sigma, final sigma */
    S("\xC3\x9F"),         /* sharp s */
    S("ss"),
    S("\xC4\xB0"), /* dotted capital I */
    S("i"),
    S("\xF0\x9F\x98\x80"),
    S("\xC2\xB5"), /* micro sign */
    S("a*b"),
    S("a?"),
    S("*"),
    S("C:\\new\\x"),
    S("a\nb"),
    S("say \"hi\""),
    S("it's"),
    S("tab\there"),
    S("a\0b"),
    S("a[b"),
    S("\\"),
};
#undef S

static const char *const addresses[] = {
    "10.0.0.1",
    "10.0.0.2",
    "10.1.2.3",
    "192.168.1.5",
    "::1",
    "0:0:0:0:0:0:0:1",
    "fe80::1",
    "FE80:0::1",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "2001:DB8:0:0::01",
    "::FFFF:A00:1",
    "fe80::1%eth0",
};

static const char *const dates[] = {
    "2024-01-01T00:00:00Z",  "2024-01-01T01:00:00+01:00",
    "2024-01-01T00:00:01Z",  "2024-01-01T00:00:01.500Z",
    "2024-01-01T00:00:01.5", "2023-12-31T23:59:59.999999999Z"};

static const char *const versions[] = {"1",
                                       "1.0",
                                       "1.0.0",
                                       "1.0.0-alpha",
                                       "1.0.0-alpha.1",
                                       "1.0.0-alpha-x",
                                       "1.0.0-Alpha",
                                       "1.0.0-2",
                                       "1.0.0-11",
                                       "1.0.0+b",
                                       "1.2.4",
                                       "1.11.3",
                                       "1.5.0",
                                       "2",
                                       "10",
                                       "01.1",
                                       "v1.2",
                                       "",
                                       "1.x",
                                       "1.5"};

static const char *const literal_addresses[] = {
    "10.0.0.1", "10.0.0.2",        "10.1.2.3",    "::1",
    "fe80::1",  "::ffff:10.0.0.1", "2001:db8::1", "0:0::1"};
static const char *const literal_blocks[] = {
    "10.0.0.0/8",    "10.0.0.77/24", "10.0.0.0/31",   "0.0.0.0/0",
    "::/0",          "fe80::/10",    "::1/128",       "10.0.0.1/32",
    "2001:db8::/33", "10.128.0.0/9", "192.168.0.0/16"};

/* Letters that fold to each other, and some that only look as if. */
static const char *const lookalikes[][3] = {
    {"k", "K", "\xE2\x84\xAA"},
    {"s", "S", "\xC5\xBF"},
    {"\xC3\xA9", "\xC3\x89", "e"},
    {"\xCF\x83", "\xCE\xA3", "\xCF\x82"},
    {"\xC3\x9F", "\xE1\xBA\x9E", "ss"},
    {"\xC2\xB5", "\xCE\xBC", "\xCE\x9C"},
    {"i", "I", "\xC4\xB0"},
};

/* --- fields --- */

static void
give_values(ref_gen_state *g, ref_active *a, const ref_gen_field *field)
{
    a->field = field;
    a->n = 1 + ref_gen_pick(g, REF_MAX_DOMAIN);
    for (size_t i = 0; i < a->n; i++)
        a->domain[i] = ref_gen_any_value(g, field->kind);
    if (a->n > 1 && field->kind != KIND_DATE && ref_gen_chance(g, 30))
        a->domain[1] = ref_gen_case_variant(g, a->domain[0]);
}

void
ref_gen_activate(ref_gen_state *g)
{
    size_t want = 2 + ref_gen_pick(g, REF_MAX_ACTIVE - 1);
    bool ips = ref_gen_chance(g, 35);

    while (g->active.n < want) {
        ref_active *a = &g->active.items[g->active.n++];
        size_t at = ref_gen_pick(g, NFIRST_IP);

        if (ips && (g->active.n <= 2 || ref_gen_chance(g, 20)))
            at = NFIRST_IP - 1 +
                 ref_gen_pick(g, REF_COUNTOF(fields) - NFIRST_IP + 1);
        for (size_t i = 0; i + 1 < g->active.n; i++)
            if (g->active.items[i].field == &fields[at])
                a = NULL;
        if (a)
            give_values(g, a, &fields[at]);
        else
            g->active.n--; /* taken already */
    }
}

/* Members of the elements of lists: of objects, and the element itself. */
void
ref_gen_elements(ref_gen_state *g)
{
    static const ref_gen_field members[] = {
        {"n", "n", KIND_STR, false, false, PLAIN, true},
        {"v", "v", KIND_NUM, false, false, PLAIN, true},
        {"d.e", "d.e", KIND_STR, false, false, PLAIN, true},
        {"", "", KIND_MIXED, false, false, PLAIN, true},
    };
    static const char *const paths[] = {"arr", "box.arr", "`x-arr`"};

    g->list = REF_GEN_PICK(g, paths);
    for (size_t i = 0; i < REF_COUNTOF(members); i++)
        give_values(g, &g->elements.items[g->elements.n++], &members[i]);
}

ref_active *
ref_gen_pick_active(ref_gen_state *g)
{
    return &g->active.items[ref_gen_pick(g, g->active.n)];
}

ref_active *
ref_gen_pick_kind(ref_gen_state *g, ref_kind kind)
{
    size_t from = ref_gen_pick(g, g->active.n);

    for (size_t i = 0; i < g->active.n; i++) {
        ref_active *a = &g->active.items[(from + i) % g->active.n];

        if (a->field->kind == kind)
            return a;
    }
    return NULL;
}

const char *
ref_gen_name(ref_gen_state *g, const ref_active *a)
{
    const ref_gen_field *f = a->field;

    if (f->construct != PLAIN)
        ref_gen_mark(g, (ref_construct)f->construct);
    if (ref_gen_chance(g, 4)) {
        ref_gen_mark(g, REF_C_INDEX);
        return ref_printf(g->pool, "%s[%zu]", f->query, ref_gen_pick(g, 3));
    }
    if (f->derived || !ref_gen_chance(g, 6))
        return f->query;
    ref_gen_mark(g, REF_C_OPTIONAL_FIELD);
    return ref_printf(g->pool, "?%s", f->query);
}

/* --- values --- */

static const char *
pick_text(ref_gen_state *g, const char *const *list, size_t n)
{
    return list[ref_gen_pick(g, n)];
}
#define PICK(g, list) pick_text(g, list, REF_COUNTOF(list))

static ref_gen_value
number_value(ref_gen_state *g)
{
    if (ref_gen_chance(g, 65))
        return (ref_gen_value){GEN_INT, ref_cstr(PICK(g, ints))};
    return (ref_gen_value){GEN_FLOAT, ref_cstr(PICK(g, floats))};
}

static ref_gen_value
string_value(ref_gen_state *g)
{
    if (ref_gen_chance(g, 10))
        return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, digit_strings))};
    return (ref_gen_value){GEN_STR,
                           strings[ref_gen_pick(g, REF_COUNTOF(strings))]};
}

static ref_gen_value
bool_value(ref_gen_state *g)
{
    return (ref_gen_value){ref_gen_chance(g, 85) ? GEN_BOOL : GEN_STR,
                           ref_cstr(ref_gen_chance(g, 50) ? "true" : "false")};
}

static ref_gen_value
address_value(ref_gen_state *g)
{
    static const char *const no_addresses[] = {"nope", "", "10.0.0",
                                               "10.0.0.0/8"};

    if (ref_gen_chance(g, 6))
        return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, no_addresses))};
    return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, addresses))};
}

ref_gen_value
ref_gen_any_value(ref_gen_state *g, ref_kind kind)
{
    switch (kind) {
    case KIND_NUM:
        if (ref_gen_chance(g, 15))
            return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, digit_strings))};
        return number_value(g);
    case KIND_STR: return string_value(g);
    case KIND_BOOL: return bool_value(g);
    case KIND_ADDR:
    case KIND_IP: return address_value(g);
    case KIND_DATE: return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, dates))};
    case KIND_VERSION:
        if (ref_gen_chance(g, 8))
            return number_value(g);
        return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, versions))};
    case KIND_MIXED: break;
    }
    switch (ref_gen_pick(g, 4)) {
    case 0: return bool_value(g);
    case 1: return string_value(g);
    default: return ref_gen_any_value(g, KIND_NUM);
    }
}

/* Appends the character at *p in another spelling; false: it has none. */
static bool
put_lookalike(ref_gen_state *g, ref_text *out, const char **p)
{
    for (size_t i = 0; i < REF_COUNTOF(lookalikes); i++) {
        for (size_t k = 0; k < 3; k++) {
            size_t len = strlen(lookalikes[i][k]);

            if (strncmp(*p, lookalikes[i][k], len) != 0)
                continue;
            ref_put(out, lookalikes[i][ref_gen_pick(g, 3)]);
            *p += len;
            return true;
        }
    }
    return false;
}

ref_gen_value
ref_gen_case_variant(ref_gen_state *g, ref_gen_value v)
{
    ref_text out = {.pool = g->pool};
    const char *p = v.text.p, *end = p + v.text.n;

    if (v.tag != GEN_STR || ref_str_eq(v.text, ref_cstr("true")) ||
        ref_str_eq(v.text, ref_cstr("false")) ||
        memchr(v.text.p, '\0', v.text.n))
        return v;
    while (p < end) {
        unsigned char c = (unsigned char)*p;

        if (put_lookalike(g, &out, &p))
            continue;
        if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) &&
            ref_gen_chance(g, 60))
            c ^= 0x20;
        ref_put_str(&out, (ref_str){(char *)&c, 1});
        p++;
    }
    ref_gen_mark(g, REF_C_CASE_VARIANT);
    return (ref_gen_value){GEN_STR, {ref_text_cstr(&out), out.n}};
}

/* Bytes of the first n characters of s. */
static size_t
prefix(ref_str s, size_t n)
{
    size_t at = 0;

    while (n-- && at < s.n) {
        at++;
        while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
            at++;
    }
    return at;
}

ref_gen_value
ref_gen_pattern(ref_gen_state *g, ref_gen_value v)
{
    static const char *const odd[] = {"*", "**", "?", "?*", "*?", ""};
    ref_text out = {.pool = g->pool};
    size_t cut = prefix(v.text, ref_gen_pick(g, v.text.n + 1));
    ref_str head = {v.text.p, cut};
    ref_str tail = {v.text.p + cut, v.text.n - cut};
    size_t next = prefix(tail, 1);

    switch (ref_gen_pick(g, 7)) {
    case 0: return (ref_gen_value){GEN_STR, ref_cstr(PICK(g, odd))};
    case 1: return (ref_gen_value){GEN_STR, v.text};
    case 2: /* x*: a prefix */
        ref_put_str(&out, head);
        ref_put(&out, "*");
        break;
    case 3: /* *x: a suffix */
        ref_put(&out, "*");
        ref_put_str(&out, tail);
        break;
    case 4: /* one character in the middle */
        ref_put_str(&out, head);
        ref_put(&out, "?");
        ref_put_str(&out, (ref_str){tail.p + next, tail.n - next});
        break;
    case 5: /* a run in the middle */
        ref_put_str(&out, head);
        ref_put(&out, "*");
        ref_put_str(&out, (ref_str){tail.p + next, tail.n - next});
        break;
    default: /* a piece */
        ref_put(&out, "*");
        ref_put_str(&out, (ref_str){tail.p, next});
        ref_put(&out, "*");
        break;
    }
    return (ref_gen_value){GEN_STR, {ref_text_cstr(&out), out.n}};
}

const char *
ref_gen_ip_literal(ref_gen_state *g, bool block)
{
    const char *s =
        block ? PICK(g, literal_blocks) : PICK(g, literal_addresses);

    return ref_gen_literal(g, (ref_gen_value){GEN_STR, ref_cstr(s)});
}
