/* test_lines.c -- splitting inputs into texts, and that the way an input
 * arrives in blocks changes nothing. */
#include "tests/support/eql_test.h"

#include "base/buf.h"
#include "io/input/lines.h"

/* An input that arrives in blocks of 1 .. step bytes. */
typedef struct {
    eql_strview all;
    size_t at, step;
    bool vary;
    uint32_t random;
} blocks;

static eql_pull
pull(void *ctx, char *dst, size_t cap, size_t *n)
{
    blocks *b = ctx;
    size_t k = b->step;

    if (b->vary) {
        b->random = b->random * 1664525u + 1013904223u;
        k = 1 + (b->random >> 16) % b->step;
    }
    *n = b->all.len - b->at;
    if (*n > k)
        *n = k;
    if (*n > cap)
        *n = cap;
    memcpy(dst, b->all.p + b->at, *n);
    b->at += *n;
    return *n ? EQL_PULL_OK : EQL_PULL_END;
}

/* All that comes out, one row each:
 *   LINE:COLUMN@OFFSET text   with a trailing ~ when cut; _ blank; ! broken;
 *   # too long */
static void
split(blocks b, size_t max, eql_buf *out)
{
    eql_lines *l = eql_lines_new(pull, &b, max);
    eql_line line;

    assert_non_null(l);
    out->len = 0;
    for (;;) {
        eql_lines_next(l, &line);
        if (line.kind == EQL_LINE_END)
            break;
        eql_buf_printf(out, "%llu:%llu@%llu ", (unsigned long long)line.line,
                       (unsigned long long)line.column,
                       (unsigned long long)line.offset);
        if (line.kind == EQL_LINE_TEXT) {
            /* The offset leads to the text's bytes. */
            assert_memory_equal(b.all.p + line.offset, line.text.p,
                                line.text.len);
            eql_buf_add_sv(out, line.text);
        } else {
            eql_buf_add_char(out, line.kind == EQL_LINE_BLANK      ? '_'
                                  : line.kind == EQL_LINE_TOO_LONG ? '#'
                                                                   : '!');
        }
        eql_buf_add_str(out, line.cut ? "~\n" : "\n");
    }
    assert_int_equal(eql_lines_end(l), EQL_PULL_END);
    assert_int_equal(eql_lines_bytes(l), b.all.len);
    eql_lines_next(l, &line);
    assert_int_equal(line.kind, EQL_LINE_END);
    eql_lines_free(l);
}

typedef struct {
    const char *label, *input, *rows;
    size_t max;
} lines_case;

#define RESPONSE                                                               \
    "{\"took\":1,\"hits\":{\"total\":{\"hits\":[0]},\"hits\":["                \
    "{\"_id\":\"1\"},{\"_id\":\"2\"}]},\"aggs\":{\"hits\":[{}]}}"

static const lines_case cases[] = {
    {"nothing", "", "", 99},
    {"one line", "{\"a\":1}\n", "1:1@0 {\"a\":1}\n", 99},
    {"no newline at the end", "{}\n{\"a\":1}", "1:1@0 {}\n2:1@3 {\"a\":1}~\n",
     99},
    {"blank lines", "\n{}\n \t\n\n{}\n\n",
     "1:1@0 _\n2:1@1 {}\n3:1@4 _\n4:1@7 _\n5:1@8 {}\n6:1@11 _\n", 99},
    {"blank to the end", "{}\n  ", "1:1@0 {}\n2:1@3 _\n", 99},
    {"carriage returns", "{}\r\n{}\r\n\r\n{}\r",
     "1:1@0 {}\n2:1@4 {}\n3:1@8 _\n4:1@10 {}~\n", 99},
    {"a mark first", "\xef\xbb\xbf{}\n{}\n", "1:1@3 {}\n2:1@6 {}\n", 99},
    {"a mark and white space", "\xef\xbb\xbf \r\n{}\n", "1:3@5 _\n2:1@6 {}\n",
     99},
    {"a cut mark is text", "\xef\xbb{}\n", "1:1@0 \xef\xbb{}\n", 99},
    {"white space before a line", "  {}\n  {}\n", "1:3@2 {}\n2:1@5   {}\n", 99},
    {"text is text", "hello\nworld\n", "1:1@0 hello\n2:1@6 world\n", 99},
    {"damage at first", "{\"a\":\n{\"a\":1}\n",
     "1:1@0 {\"a\":\n2:1@6 {\"a\":1}\n", 99},
    {"a lone brace first", "{\n{\"a\":1}\n", "1:1@0 {\n2:1@2 {\"a\":1}\n", 99},
    {"two values on a line", "{} {}\n{}\n", "1:1@0 {} {}\n2:1@6 {}\n", 99},
    {"a line with an open string", "{\"a\":\"x\n{}\n",
     "1:1@0 {\"a\":\"x\n2:1@8 {}\n", 99},
    {"a bracket on a later line", "{}\n[{}]\n[{\n{}\n",
     "1:1@0 {}\n2:1@3 [{}]\n3:1@8 [{\n4:1@11 {}\n", 99},
    /* limits */
    {"a line at the limit", "12345678\n", "1:1@0 12345678\n", 8},
    {"a line at the limit, CRLF", "12345678\r\n", "1:1@0 12345678\n", 8},
    {"a line over the limit", "123456789\n1\n", "1:1@0 #\n2:1@10 1\n", 8},
    {"a line far over the limit",
     "123456789012345678901234567890123456789\n1\n", "1:1@0 #\n2:1@40 1\n", 8},
    {"the last line over the limit", "1\n123456789", "1:1@0 1\n2:1@2 #~\n", 8},
    {"white space over the limit", "1\n           \n1\n",
     "1:1@0 1\n2:1@2 #\n3:1@14 1\n", 8},
    {"the first object over the limit", "{\"a\":1234}\n{}\n",
     "1:1@0 #\n2:1@11 {}\n", 8},
    {"an element at the limit", "[{\"a\":12},{}]",
     "1:2@1 {\"a\":12}\n1:11@10 {}\n", 8},
    {"an element over the limit", "[{\"a\":123},{}]", "1:2@1 #\n1:12@11 {}\n",
     8},
    /* arrays */
    {"an empty array", "[]\n", "", 99},
    {"an array on a line", "[{\"a\":1},{\"b\":[{}]}]",
     "1:2@1 {\"a\":1}\n1:10@9 {\"b\":[{}]}\n", 99},
    {"an array, a line each", "[\n{\"a\":1},\n{\"b\":2}\n]\n",
     "2:1@2 {\"a\":1}\n3:1@11 {\"b\":2}\n", 99},
    {"an array, printed", "[\n  {\n    \"a\": \"}],\\\"\"\n  },\n  {}\n]\n",
     "2:3@4 {\n    \"a\": \"}],\\\"\"\n  }\n5:3@30 {}\n", 99},
    {"elements that are no objects", "[1, \"a,]\" ,null,[2,3],-1.5]",
     "1:2@1 1\n1:5@4 \"a,]\"\n1:12@11 null\n1:17@16 [2,3]\n1:23@22 -1.5\n", 99},
    {"arrays one after the other", "[{}]\n\n[{}]{}\n[{}]\n",
     "1:2@1 {}\n2:1@5 _\n3:2@7 {}\n3:5@10 {}\n4:1@13 [{}]\n", 99},
    {"text after an array", "[{}] x\n{}\n", "1:2@1 {}\n1:6@5 x\n2:1@7 {}\n",
     99},
    {"an array that does not end", "[{},\n", "1:2@1 {}\n2:1@5 !~\n", 99},
    {"an element that does not end",
     "[{},{\"a\":", "1:2@1 {}\n1:5@4 {\"a\":~\n", 99},
    {"commas too many", "[,{},,{},]",
     "1:2@1 !\n1:3@2 {}\n1:6@5 !\n1:7@6 {}\n1:10@9 !\n", 99},
    {"commas too few", "[{} {}]", "1:2@1 {}\n1:5@4 !\n1:5@4 {}\n", 99},
    {"a brace too many", "[{}},{}]", "1:2@1 {}\n1:4@3 !\n1:6@5 {}\n", 99},
    {"a bare word", "[tru{},{}]", "1:2@1 tru\n1:5@4 !\n1:5@4 {}\n1:8@7 {}\n",
     99},
    /* damage inside an array costs one element */
    {"an open string", "[\n{\"a\":\"x},\n{\"b\":2},\n{\"c\":3}\n]\n",
     "2:10@11 !\n3:1@12 {\"b\":2}\n4:1@21 {\"c\":3}\n", 99},
    {"a missing brace", "[\n{\"a\":{\"b\":1},\n{\"c\":2},\n{\"d\":3}\n]\n",
     "3:1@16 !\n3:1@16 {\"c\":2}\n4:1@25 {\"d\":3}\n", 99},
    {"a missing bracket", "[\n{\"a\":[1},\n{\"c\":2}\n]\n",
     "2:8@9 !\n3:1@12 {\"c\":2}\n", 99},
    {"a missing brace at the end", "[\n{\"a\":{\"b\":1}\n]\n{}\n",
     "3:1@15 !\n4:1@17 {}\n", 99},
    {"damage in a printed array",
     "[\n {\n  \"a\": \"x,\n  \"b\": {\n  }\n },\n {\n  \"c\": 1\n }\n]\n",
     "3:11@15 !\n7:2@34 {\n  \"c\": 1\n }\n", 99},
    {"commas first", "[{\"a\":\"x}\n,{\"b\":2}\n,{\"c\":3}\n]\n",
     "1:10@9 !\n2:2@11 {\"b\":2}\n3:2@20 {\"c\":3}\n", 99},
    {"damage on the only line", "[{\"a\":[1},{\"b\":2}]", "1:9@8 !\n", 99},
    /* search responses */
    {"a response", RESPONSE,
     "1:48@47 {\"_id\":\"1\"}\n1:60@59 {\"_id\":\"2\"}\n", 99},
    {"responses one after the other", RESPONSE "\n" RESPONSE "\n{}\n",
     "1:48@47 {\"_id\":\"1\"}\n1:60@59 {\"_id\":\"2\"}\n"
     "2:48@142 {\"_id\":\"1\"}\n2:60@154 {\"_id\":\"2\"}\n3:1@190 {}\n",
     99},
    {"a response with its head over the limit", RESPONSE,
     "1:48@47 {\"_id\":\"1\"}\n1:60@59 {\"_id\":\"2\"}\n", 11},
    {"a response, printed",
     "{\n \"hits\" : {\n  \"hits\" : [\n   {\n    \"a\" : 1\n   }\n  ]\n "
     "}\n}\n",
     "4:4@30 {\n    \"a\" : 1\n   }\n", 99},
    {"a response without hits", "{\"hits\":{\"hits\":[]}}\n", "", 99},
    {"a response that does not end", "{\"hits\":{\"hits\":[{}]}",
     "1:18@17 {}\n1:22@21 !~\n", 99},
    {"hits elsewhere", "{\"x\":{\"hits\":{\"hits\":[{}]}}}\n",
     "1:1@0 {\"x\":{\"hits\":{\"hits\":[{}]}}}\n", 99},
    {"hits as a value", "{\"a\":\"hits\",\"b\":{\"hits\":[1]}}\n",
     "1:1@0 {\"a\":\"hits\",\"b\":{\"hits\":[1]}}\n", 99},
    {"hits one bracket deeper", "{\"hits\":[{\"hits\":[1]}]}\n",
     "1:1@0 {\"hits\":[{\"hits\":[1]}]}\n", 99},
    /* wrappers */
    {"a wrapper", "{\"Records\":[{\"a\":1}, {}],\"x\":[{}]}\n{}\n",
     "1:13@12 {\"a\":1}\n1:22@21 {}\n2:1@35 {}\n", 99},
    {"wrappers, one a line", "{\"records\":[{}]}\n{\"events\":[{}]}\n{}\n",
     "1:13@12 {}\n2:12@28 {}\n3:1@33 {}\n", 99},
    {"a wrapper over several lines",
     "{\n \"n\": 1,\n \"Events\": [\n  {\n  }\n ]\n}\n{\n}\n",
     "4:3@26 {\n  }\n8:1@37 {\n}\n", 99},
    {"no wrapper over several lines", "{\"Records\":[\n1,{}\n]}\n",
     "1:1@0 {\"Records\":[\n2:1@13 1,{}\n3:1@18 ]}\n", 99},
    {"a wrapper over the limit", "{\"Records\":[{\"a\":1},{\"b\":2}]}",
     "1:13@12 {\"a\":1}\n1:21@20 {\"b\":2}\n", 8},
    {"an asynchronous search",
     "{\"id\":\"x\",\"response\":" RESPONSE ",\"y\":1}",
     "1:69@68 {\"_id\":\"1\"}\n1:81@80 {\"_id\":\"2\"}\n", 99},
    {"several searches", "{\"responses\":[" RESPONSE ", " RESPONSE "]}\n{}\n",
     "1:62@61 {\"_id\":\"1\"}\n1:74@73 {\"_id\":\"2\"}\n"
     "1:158@157 {\"_id\":\"1\"}\n1:170@169 {\"_id\":\"2\"}\n2:1@207 {}\n",
     99},
    {"wrappers in an array",
     "[{\"Records\":[{\"a\":1}]},{\"b\":2},{\"events\":[{}]}]",
     "1:14@13 {\"a\":1}\n1:24@23 {\"b\":2}\n1:43@42 {}\n", 99},
    {"an empty list", "{\"Records\":[]}\n", "1:1@0 {\"Records\":[]}\n", 99},
    {"a list of no objects", "{\"Records\":[1]}\n", "1:1@0 {\"Records\":[1]}\n",
     99},
    {"an event with a list", "{\"@timestamp\":1,\"events\":[{}]}\n",
     "1:1@0 {\"@timestamp\":1,\"events\":[{}]}\n", 99},
    {"an event with a dotted name", "{\"host.name\":1,\"events\":[{}]}\n",
     "1:1@0 {\"host.name\":1,\"events\":[{}]}\n", 99},
    {"a name that only begins so", "{\"hosts\":1,\"events\":[{}]}\n",
     "1:22@21 {}\n", 99},
    {"a longer name", "{\"eventss\":[{}]}\n", "1:1@0 {\"eventss\":[{}]}\n", 99},
    {"the name one bracket deeper", "{\"a\":{\"events\":[{}]}}\n",
     "1:1@0 {\"a\":{\"events\":[{}]}}\n", 99},
    {"the name as a value", "{\"a\":\"events\",\"b\":[{}]}\n",
     "1:1@0 {\"a\":\"events\",\"b\":[{}]}\n", 99},
    {"a wrapper that does not end", "{\"Records\":[{}]",
     "1:13@12 {}\n1:16@15 !~\n", 99},
    {"a wrapper without its brace",
     "{\"Records\":[{}]\n{\"Records\":[{\"a\":1}]}\n",
     "1:13@12 {}\n2:1@16 !\n2:13@28 {\"a\":1}\n", 99},
    {"a wrapper and a comma without a name", "{\"Records\":[{}],\n{\"a\":1}\n",
     "1:13@12 {}\n2:2@18 !\n2:2@18 \"a\":1}\n", 99},
    {"an open string in a wrapper",
     "{\"Records\":[\n{\"a\":\"x},\n{\"b\":2}\n]}\n{}\n",
     "2:10@22 !\n3:1@23 {\"b\":2}\n5:1@34 {}\n", 99},
    /* printed objects */
    {"printed objects", "{\n \"a\": 1\n}\n{\n \"b\": {}\n}\n{}\n",
     "1:1@0 {\n \"a\": 1\n}\n4:1@12 {\n \"b\": {}\n}\n7:1@25 {}\n", 99},
    {"a printed object that does not end", "{\n \"a\": 1\n",
     "1:1@0 {\n \"a\": 1\n~\n", 99},
    {"a printed object over the limit", "{\n \"a\": 123456789\n}\n{\n}\n",
     "1:1@0 #\n4:1@20 {\n}\n", 8},
    {"damage in a printed object", "{\n \"a\": \"x\n}\n{\n \"b\": 1\n}\n",
     "2:9@10 !\n4:1@13 {\n \"b\": 1\n}\n", 99},
};

static void
test_lines_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        blocks b = {.all = eql_sv_cstr(cases[i].input), .step = SIZE_MAX};
        eql_buf out = {0};

        split(b, cases[i].max, &out);
        if (!eql_sv_is(eql_buf_sv(&out), cases[i].rows))
            fail_msg("%s:\n%.*s\nnot:\n%s", cases[i].label, (int)out.len,
                     out.p ? out.p : "", cases[i].rows);
        eql_buf_free(&out);
    }
}

static void
same_in_blocks(eql_strview all, size_t max, const char *label)
{
    blocks b = {.all = all, .step = SIZE_MAX};
    eql_buf whole = {0}, out = {0};

    split(b, max, &whole);
    for (size_t step = 1; step < 40; step++) {
        b.step = step;
        for (b.random = 0; b.random < 4; b.random++) {
            b.vary = b.random > 0;
            split(b, max, &out);
            if (!eql_sv_eq(eql_buf_sv(&whole), eql_buf_sv(&out)))
                fail_msg("%s, blocks of %zu:\n%.*s", label, step, (int)out.len,
                         out.p);
        }
    }
    eql_buf_free(&whole);
    eql_buf_free(&out);
}

static void
test_lines_any_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        same_in_blocks(eql_sv_cstr(cases[i].input), cases[i].max,
                       cases[i].label);
}

/* Wrappers in one another: n are opened, the one in the last of them is not. */
static void
test_lines_nesting(void **state)
{
    static const char open[] = "{\"events\":[";

    (void)state;
    for (size_t n = 1; n <= EQL_LINES_ARRAYS + 1; n++) {
        size_t opened = n < EQL_LINES_ARRAYS ? n : EQL_LINES_ARRAYS;
        eql_buf in = {0};
        blocks b = {.step = SIZE_MAX};
        eql_lines *l;
        eql_line line;

        for (size_t i = 0; i < n; i++)
            eql_buf_add_str(&in, open);
        eql_buf_add_str(&in, "{}");
        for (size_t i = 0; i < n; i++)
            eql_buf_add_str(&in, "]}");
        b.all = eql_buf_sv(&in);
        l = eql_lines_new(pull, &b, 1000);
        assert_non_null(l);
        eql_lines_next(l, &line);
        assert_int_equal(line.kind, EQL_LINE_TEXT);
        assert_int_equal(line.offset, opened * strlen(open));
        assert_int_equal(line.deep, opened == EQL_LINES_ARRAYS);
        assert_int_equal(eql_lines_is_wrapper(line.text), n > opened);
        eql_lines_next(l, &line);
        assert_int_equal(line.kind, EQL_LINE_END);
        assert_int_equal(eql_lines_wrappers(l), opened);
        eql_lines_free(l);
        eql_buf_free(&in);
    }
}

/* One byte changed, put in or taken out anywhere: ends, and the same in all
 * blocks. */
static void
test_lines_damage(void **state)
{
    static const char bytes[] = "\"\\{}[],:\n 1";
    char copy[256];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        size_t n = strlen(cases[i].input);

        for (size_t at = 0; at < n; at++) {
            blocks b = {.step = 3};
            eql_buf whole = {0}, out = {0};

            memcpy(copy, cases[i].input, n);
            copy[at] = bytes[(at + i) % (sizeof bytes - 1)];
            b.all = eql_sv(copy, n);
            split(b, cases[i].max, &out);
            b.step = SIZE_MAX;
            split(b, cases[i].max, &whole);
            if (!eql_sv_eq(eql_buf_sv(&whole), eql_buf_sv(&out)))
                fail_msg("%s, damaged at %zu:\n%.*s\nand\n%.*s", cases[i].label,
                         at, (int)whole.len, whole.p, (int)out.len, out.p);
            eql_buf_free(&whole);
            eql_buf_free(&out);
        }
    }
}

/* 40 MB of one line through a limit of 1 MB: what is pulled at once tells how
 * much the splitter holds. */
typedef struct {
    uint64_t left;
    size_t largest;
    char byte;
} flood;

static eql_pull
pull_flood(void *ctx, char *dst, size_t cap, size_t *n)
{
    flood *f = ctx;

    if (cap > f->largest)
        f->largest = cap;
    *n = f->left < cap ? (size_t)f->left : cap;
    memset(dst, f->byte, *n);
    f->left -= *n;
    return *n ? EQL_PULL_OK : EQL_PULL_END;
}

static void
test_lines_bounded(void **state)
{
    static const char bytes[] = "x{[ \"";

    (void)state;
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        flood f = {.left = 40000000, .byte = bytes[i]};
        eql_lines *l = eql_lines_new(pull_flood, &f, 1 << 20);
        eql_line line;
        uint64_t texts = 0;

        do {
            eql_lines_next(l, &line);
            assert_true(line.text.len <= 1 << 20);
            texts += line.kind == EQL_LINE_TEXT;
        } while (line.kind != EQL_LINE_END);
        assert_int_equal(texts, 0);
        assert_int_equal(eql_lines_bytes(l), 40000000);
        assert_true(f.largest < 4u << 20);
        eql_lines_free(l);
    }
}

/* Lines longer than a block, and blocks that end anywhere in them. */
static void
test_lines_long(void **state)
{
    eql_buf all = {0};
    blocks b = {.step = 100000, .vary = true};
    eql_lines *l;
    eql_line line;
    uint64_t sum = 0;

    (void)state;
    for (size_t i = 1; i <= 60; i++) {
        size_t n = i * i * 300;

        assert_true(eql_buf_reserve(&all, n + 1));
        memset(all.p + all.len, 'a' + (int)(i % 26), n);
        all.len += n;
        eql_buf_add_char(&all, '\n');
    }
    b.all = eql_buf_sv(&all);
    l = eql_lines_new(pull, &b, 64u << 20);
    for (size_t i = 1; i <= 60; i++) {
        eql_lines_next(l, &line);
        assert_int_equal(line.kind, EQL_LINE_TEXT);
        assert_int_equal(line.text.len, i * i * 300);
        assert_int_equal(line.line, i);
        assert_int_equal(line.offset, sum);
        assert_int_equal(line.text.p[0], 'a' + (int)(i % 26));
        assert_int_equal(line.text.p[line.text.len - 1], 'a' + (int)(i % 26));
        sum += line.text.len + 1;
    }
    eql_lines_next(l, &line);
    assert_int_equal(line.kind, EQL_LINE_END);
    eql_lines_free(l);
    eql_buf_free(&all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_split),
        cmocka_unit_test(test_lines_any_blocks),
        cmocka_unit_test(test_lines_nesting),
        cmocka_unit_test(test_lines_damage),
        cmocka_unit_test(test_lines_bounded),
        cmocka_unit_test(test_lines_long),
    };

    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
