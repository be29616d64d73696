/* test_reader_borders.c -- what lies across a border of 64 bytes: every kind of
 * escape, character and end, at every offset, in values, keys and records, with
 * every kernel. */
#include "tests/support/eql_test.h"
#include "tests/support/reader_pair.h"
#include "tests/support/reader_texts.h"

#include "base/text.h"
#include "io/fast/fast.h"

/* Offsets of the odd thing in its string: beyond the third border. */
#define OFFSETS 200u
#define LONG_REST 130u

static const char *const odd_things[] = {
    /* good escapes */
    "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041",
    "\\u00e9", "\\u0000", "\\ud83d\\ude00",
    /* surrogates alone */
    "\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\n",
    /* bad ones */
    "\\q", "\\x41", "\\'", "\\0", "\\U0041", "\\ ", "\\\x01", "\\\xc3\xa9",
    "\\u", "\\u1", "\\u12", "\\u123", "\\u12g4", "\\ug234",
    /* runs of backslashes */
    "\\\\\\\\", "\\\\q", "\\\\\\q", "\\\\\\\"", "\\\\\\\\\\u12",
    /* at the end: the quote behind is escaped */
    "\\", "\\\\\\",
    /* characters */
    "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc3", "\xe2\x82",
    "\xf0\x9f\x98", "\xed\xa0\x80", "\xff", "\x01", "\t", "\r", "\x7f"};

/* What stands before and behind. */
static const struct {
    const char *before, *behind;
    eql_input_kind input;
} places[] = {
    {"{\"x\":\"", "y\"}", EQL_INPUT_ECS},
    {"{\"zz\":\"", "\",\"x\":1}", EQL_INPUT_ECS},
    {"{\"x\":2,\"", "\":1,\"a\":3}", EQL_INPUT_ECS},
    {"{\"process\":{\"args\":[\"a\",\"", "\",\"b\"]},\"x\":4}", EQL_INPUT_ECS},
    {"{\"a\":{\"b\":\"", "\"},\"x\":[\"c\"]}", EQL_INPUT_AUTO},
    {"{\"EventID\":1,\"TenantId\":\"t\",\"Image\":\"", "\",\"Hostname\":\"h\"}",
     EQL_INPUT_AUTO},
    {"{\"EventID\":11,\"Hostname\":\"h\",\"Message\":\"File created:\\n",
     "\\nTargetFilename: C:\\\\t\\nImage: C:\\\\i\",\"SourceName\":\"s\"}",
     EQL_INPUT_WINEVENT},
};

static const char *const ends[] = {"", "\n", "\r\n"};

static void
add_letters(eql_buf *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        eql_buf_add_char(b, (char)('a' + i % 26));
}

/* How the line goes on behind the odd thing. */
typedef enum { ENDS, GOES_ON, GOES_ON_LONG } rest;

/* The odd thing is `offset` bytes into its string.  Behind a long rest whole
 * rounds of 64 bytes follow in which there is nothing. */
static void
add_line(eql_buf *b, size_t place, uint32_t offset, const char *odd, rest how)
{
    eql_buf_add_str(b, places[place].before);
    add_letters(b, offset);
    eql_buf_add_str(b, odd);
    if (how == GOES_ON_LONG)
        add_letters(b, LONG_REST);
    if (how != ENDS)
        eql_buf_add_str(b, places[place].behind);
}

/* The bytes are their own allocation, with the padding that a block has. */
static void
read_block(reader_pair *r, const eql_buf *b)
{
    char *p = malloc(b->len + EQL_READER_PADDING);

    assert_non_null(p);
    assert_false(b->failed);
    memcpy(p, b->p, b->len);
    memset(p + b->len, '"', EQL_READER_PADDING);
    reader_pair_block(r, eql_sv(p, b->len));
    free(p);
}

/* --- what the reader says --- */

/* One block with the odd thing at every offset, behind lines from which the
 * steps are learned; and blocks that end with it. */
static void
read_place(reader_pair *r, size_t place, const char *odd)
{
    eql_buf all = {0}, last = {0};

    for (uint32_t i = 0; i < 3; i++) {
        add_line(&all, place, i, "", GOES_ON);
        eql_buf_add_char(&all, '\n');
    }
    for (uint32_t offset = 0; offset <= OFFSETS; offset++) {
        for (rest how = ENDS; how <= GOES_ON_LONG; how++) {
            add_line(&all, place, offset, odd, how);
            eql_buf_add_str(&all, ends[1 + offset % 2]);
        }
        last.len = 0;
        add_line(&last, place, offset, odd, (rest)(offset % 3));
        read_block(r, &last);
    }
    read_block(r, &all);
    eql_buf_free(&all);
    eql_buf_free(&last);
}

static void
test_reader_borders(void **state)
{
    (void)state;
    for (size_t place = 0; place < EQL_COUNTOF(places); place++) {
        reader_pair r;

        reader_pair_init_all(&r, places[place].input, place % 2);
        for (size_t i = 0; i < EQL_COUNTOF(odd_things); i++)
            read_place(&r, place, odd_things[i]);
        reader_pair_free(&r);
    }
}

/* --- what the look says --- */

/* Is \uXXXX at p, and no surrogate? */
static bool
is_code(const char *p, size_t len)
{
    unsigned code = 0;

    if (len < 6)
        return false;
    for (size_t i = 2; i < 6; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = p[i] ? strchr(digits, p[i] | 32) : NULL;

        if (!at || (p[i] < '0' && p[i] != *at))
            return false;
        code = code << 4 | (unsigned)(at - digits);
    }
    return code < 0xd800 || code > 0xdfff;
}

/* The model: is the line clean?  A carriage return at its end is no fault. */
static bool
is_clean(eql_strview line)
{
    bool clean = true;
    size_t n;

    if (line.len > 0 && line.p[line.len - 1] == '\r')
        line.len--;
    for (size_t i = 0; i < line.len; i += n) {
        const char *p = line.p + i;
        size_t left = line.len - i;

        n = 1;
        if (*p == '\\') {
            n = 2;
            clean &= left > 1 && p[1] && strchr("\"\\/bfnrtu", p[1]) &&
                     (p[1] != 'u' || is_code(p, left));
        } else if ((unsigned char)*p >= 0x80) {
            clean &= eql_utf8_decode(p, left, &n) != 0xfffd || n != 1;
        } else {
            clean &= (unsigned char)*p >= 0x20;
        }
    }
    return clean;
}

static void
look_at(eql_scan *s, eql_kernel k, eql_buf *b, const char *end)
{
    size_t len = b->len + (*end == '\r');
    eql_scan_line line;

    eql_buf_add_str(b, end);
    assert_true(eql_buf_reserve(b, EQL_SCAN_PADDING));
    memset(b->p + b->len, 'n', EQL_SCAN_PADDING);
    eql_scan_block(s, eql_buf_sv(b));
    assert_true(eql_scan_next(s, &line));
    assert_int_equal(line.text.len, len);
    if (line.clean != is_clean(line.text))
        fail_msg("%s: not %s: %.*s", eql_kernel_name(k),
                 line.clean ? "clean" : "odd", (int)len, b->p);
}

static void
look(eql_kernel k)
{
    eql_scan *s = eql_scan_new(k);
    eql_buf b = {0};

    assert_non_null(s);
    for (size_t i = 0; i < EQL_COUNTOF(odd_things) * EQL_COUNTOF(ends); i++) {
        for (uint32_t n = 0; n < 3 * (OFFSETS + 1); n++) {
            static const uint32_t rests[] = {0, 5, LONG_REST};

            b.len = 0;
            add_letters(&b, n / 3);
            eql_buf_add_str(&b, odd_things[i / EQL_COUNTOF(ends)]);
            add_letters(&b, rests[n % 3]);
            look_at(s, k, &b, ends[i % EQL_COUNTOF(ends)]);
        }
    }
    eql_buf_free(&b);
    eql_scan_free(s);
}

static void
test_reader_borders_look(void **state)
{
    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (eql_kernel_runs_here((eql_kernel)k))
            look((eql_kernel)k);
        else
            print_message("no %s here\n", eql_kernel_name((eql_kernel)k));
    }
}

/* --- slots that come late --- */

static eql_read_status
no_slots(void *ctx, const eql_slot **slots)
{
    *slots = NULL;
    return *(const eql_read_status *)ctx;
}

/* What the strict reader says of a slot is what is told, and of no text but
 * the last. */
static void
test_reader_late(void **state)
{
    static const eql_read_status all[] = {EQL_READ_REJECTED, EQL_READ_NOMEM};
    /* Objects are asked of the strict reader. */
    static const char *const texts[] = {"{\"event\":{\"a\":1}}", "{}"};
    static const void *const no_formats[EQL_NFORMATS];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(all); i++) {
        eql_read_status why = all[i];
        eql_reader_counters n = {0};
        eql_event ev = {0};
        test_paths t;
        eql_fast *f;
        uint32_t field;
        bool mapped;

        test_paths_init(&t);
        field = test_paths_add(&t, "event");
        t.fields[field].mode = EQL_MODE_OPAQUE;
        f = eql_fast_new(&t.program, &(eql_fast_setup){.max_depth = 9,
                                                       .mappings = no_formats,
                                                       .asked = EQL_NONE,
                                                       .slots = no_slots,
                                                       .ctx = &why,
                                                       .counters = &n});
        assert_non_null(f);
        assert_true(
            eql_fast_read(f, eql_sv_cstr(texts[0]), NULL, &ev, &mapped));
        assert_int_equal(eql_fast_late(f), EQL_READ_EVENT);
        assert_int_equal(eql_event_slot(&ev, field)->n, 0);
        assert_int_equal(eql_fast_late(f), why);
        assert_true(
            eql_fast_read(f, eql_sv_cstr(texts[1]), NULL, &ev, &mapped));
        assert_int_equal(eql_event_slot(&ev, field)->n, 0);
        assert_int_equal(eql_fast_late(f), EQL_READ_EVENT);
        eql_fast_free(f);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_late),
        cmocka_unit_test(test_reader_borders_look),
        cmocka_unit_test(test_reader_borders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
