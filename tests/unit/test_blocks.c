/* test_blocks.c -- an input cut into blocks gives the same lines as the
 * splitter alone, whatever the block, the limit and the way it arrives. */
#include "tests/support/eql_test.h"

#include "io/input/blocks.h"
#include "io/input/lines.h"
#include "io/reader.h"

/* An input that arrives `step` bytes at a time. */
typedef struct {
    eql_strview all;
    size_t at, step;
    eql_pull end;
    bool live; /* a pull would wait after every other step */
} source;

static bool
waits(void *ctx)
{
    const source *s = ctx;

    return s->live && s->at / s->step % 2;
}

static eql_pull
pull(void *ctx, char *dst, size_t cap, size_t *n)
{
    source *s = ctx;

    *n = s->all.len - s->at;
    *n = *n < s->step ? *n : s->step;
    *n = *n < cap ? *n : cap;
    memcpy(dst, s->all.p + s->at, *n);
    s->at += *n;
    return *n ? EQL_PULL_OK : s->end;
}

static void
add_row(eql_buf *out, const eql_line *line)
{
    eql_buf_printf(out, "%llu@%llu ", (unsigned long long)line->line,
                   (unsigned long long)line->offset);
    if (line->kind == EQL_LINE_TEXT)
        eql_buf_add_sv(out, line->text);
    else
        eql_buf_printf(out, "<%d>", (int)line->kind);
    eql_buf_add_str(out,
                    line->cut && line->kind != EQL_LINE_BLANK ? "~\n" : "\n");
}

/* One line of a block, as the splitter would give it. */
static eql_line
judged(eql_line line, size_t max)
{
    size_t i = 0;

    if (line.text.len > 0 && line.text.p[line.text.len - 1] == '\r')
        line.text.len--;
    while (i < line.text.len && strchr(" \t\r", line.text.p[i]))
        i += line.text.p[i] ? 1 : line.text.len + 1;
    line.kind = line.text.len > max  ? EQL_LINE_TOO_LONG
                : i == line.text.len ? EQL_LINE_BLANK
                                     : EQL_LINE_TEXT;
    return line;
}

/* The rows of a block's lines; moves line.line on. */
static void
add_block(eql_buf *out, const eql_block *b, eql_line *line, size_t max)
{
    size_t at = 0;

    if (b->too_long) {
        line->kind = EQL_LINE_TOO_LONG;
        line->offset = b->offset;
        line->cut = b->cut;
        assert_int_equal(b->text.len, 0);
        add_row(out, line);
        line->line++;
        return;
    }
    assert_true(b->text.len > 0);
    assert_int_equal(b->end, b->offset + b->text.len);
    assert_int_equal(b->cut, b->text.p[b->text.len - 1] != '\n');
    while (at < b->text.len) {
        const char *p = b->text.p + at;
        const char *nl = memchr(p, '\n', b->text.len - at);
        eql_line one;

        line->text = eql_sv(p, nl ? (size_t)(nl - p) : b->text.len - at);
        line->offset = b->offset + at;
        line->cut = !nl;
        one = judged(*line, max);
        add_row(out, &one);
        at += line->text.len + (nl != NULL);
        line->line++;
    }
}

static void
add_blocks(eql_buf *out, eql_blocks *s, eql_line *line, size_t max,
           uint64_t len)
{
    eql_block b = {0};
    uint64_t end = line->offset;

    while (eql_blocks_next(s, &b)) {
        assert_int_equal(b.offset, end);
        assert_true(b.end > end);
        end = b.end;
        add_block(out, &b, line, max);
    }
    assert_int_equal(end, len);
    assert_false(eql_blocks_next(s, &b));
    eql_block_free(&b);
}

/* All lines: by the splitter alone for bytes 0, else by blocks from where it
 * leaves them. */
static void
split(source s, size_t max, size_t bytes, eql_buf *out)
{
    eql_lines *l = eql_lines_new(pull, &s, max);
    eql_line line;

    assert_non_null(l);
    out->len = 0;
    if (bytes)
        eql_lines_leave(l);
    for (;;) {
        eql_lines_next(l, &line);
        if (line.kind == EQL_LINE_END || line.kind == EQL_LINE_PLAIN)
            break;
        add_row(out, &line);
    }
    if (line.kind == EQL_LINE_PLAIN) {
        eql_strview rest = eql_lines_rest(l);
        eql_blocks *b = eql_blocks_new(pull, &s, bytes, max, rest, line.offset);

        assert_non_null(b);
        assert_int_equal(eql_blocks_end(b), EQL_PULL_OK);
        eql_blocks_watch(b, waits);
        add_blocks(out, b, &line, max, s.all.len);
        assert_int_equal(eql_blocks_end(b), s.end);
        eql_blocks_free(b);
    }
    eql_lines_free(l);
}

static const size_t sizes[] = {1, 2, 3, 7, 16, 64, 4096, EQL_BLOCK_BYTES};

static void
check_input(eql_strview all, size_t max)
{
    eql_buf wanted = {0}, got = {0};

    split((source){all, 0, 1 << 20, EQL_PULL_END, false}, max, 0, &wanted);
    for (size_t i = 0; i < EQL_COUNTOF(sizes); i++) {
        for (size_t step = 1; step < 5000; step = step * 9 + (step & 1)) {
            split((source){all, 0, step, EQL_PULL_END, step % 4 == 2}, max,
                  sizes[i], &got);
            if (got.len != wanted.len ||
                memcmp(got.p ? got.p : "", wanted.p ? wanted.p : "", got.len))
                fail_msg("blocks of %zu, steps of %zu, max %zu:\n%.*s\ngave\n"
                         "%.*s\nnot\n%.*s",
                         sizes[i], step, max, (int)all.len, all.p, (int)got.len,
                         got.p, (int)wanted.len, wanted.p);
        }
    }
    eql_buf_free(&wanted);
    eql_buf_free(&got);
}

static const char *const inputs[] = {
    "",
    "\n",
    "{}",
    "{}\n",
    "{}\r\n{}\r\n",
    "{\"a\":1}\n\n \r\n{\"a\":2}",
    "  {\"a\":1}\n{\"a\":2}\n",
    "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}\n",
    "\n\n  \n{\"a\":1}\nx\n\r\n",
    "{\"a\":1}\n0123456789abcdef\n{\"b\":2}\n",
    "0123456789abcdef0123456789abcdef\n{}\n0123456789abcdef0123456789",
    "{\"a\":\"0123456789abcdef0123456789\"}\n{}\n",
    "0123456789\r\n01234567890\n0123456789\r",
    "[{\"a\":1},\n{\"b\":2}]\n{\"c\":3}\n",
    "[{\"a\":1}] x\n{\"c\":3}\ny",
    "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\nx\ny\n",
    "{\"hits\":{\"hits\":[{\"a\":1}]}}\n",
};

static void
test_blocks_are_lines(void **state)
{
    static const size_t limits[] = {1, 9, 10, 11, 16, 1 << 20};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(inputs); i++)
        for (size_t k = 0; k < EQL_COUNTOF(limits); k++)
            check_input(eql_sv_cstr(inputs[i]), limits[k]);
}

/* Inputs put together from pieces. */
static void
test_blocks_random(void **state)
{
    static const char *const pieces[] = {
        "{\"a\":1}", "\n", "\n", "\r\n", " ",  "[",  "]",
        "{",         "}",  ",",  "abc",  "\r", "\t", "0123456789abcdefghij"};
    uint32_t random = 7;
    eql_buf in = {0};

    (void)state;
    for (int i = 0; i < 300; i++) {
        in.len = 0;
        for (int n = i % 40; n > 0; n--) {
            random = random * 1664525u + 1013904223u;
            eql_buf_add_str(&in, pieces[(random >> 16) % EQL_COUNTOF(pieces)]);
        }
        check_input(eql_buf_sv(&in), 4 + (size_t)i % 29);
    }
    eql_buf_free(&in);
}

/* How it ends is told, and what came before it is given. */
static void
test_blocks_end(void **state)
{
    static const eql_pull ends[] = {EQL_PULL_END, EQL_PULL_IO, EQL_PULL_DAMAGED,
                                    EQL_PULL_STOPPED, EQL_PULL_NOMEM};
    eql_buf got = {0};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(ends); i++) {
        source s = {eql_sv_cstr("{\"a\":1}\n{\"a\""), 0, 4, ends[i], false};
        eql_blocks *b = eql_blocks_new(pull, &s, 0, 100, eql_sv("", 0), 0);
        eql_line line = {.line = 1};

        got.len = 0;
        add_blocks(&got, b, &line, 100, s.all.len);
        assert_int_equal(eql_blocks_end(b), ends[i]);
        assert_string_equal((eql_buf_add_char(&got, '\0'), got.p),
                            "1@0 {\"a\":1}\n2@8 {\"a\"~\n");
        eql_blocks_free(b);
    }
    eql_buf_free(&got);
}

/* What has come of a live source is given before it is waited for. */
static void
test_blocks_live(void **state)
{
    source s = {eql_sv_cstr("{}\n{}\n{\"a\":1}\n"), 0, 5, EQL_PULL_END, true};
    eql_blocks *b = eql_blocks_new(pull, &s, 0, 100, eql_sv("", 0), 0);
    eql_block block = {0};

    (void)state;
    eql_blocks_watch(b, waits);
    assert_false(eql_blocks_waits(b));
    assert_true(eql_blocks_next(b, &block));
    assert_true(eql_sv_is(block.text, "{}\n"));
    assert_true(eql_blocks_waits(b));
    assert_true(eql_blocks_next(b, &block));
    assert_true(eql_sv_is(block.text, "{}\n{\"a\":1}\n"));
    assert_false(eql_blocks_next(b, &block));
    eql_block_free(&block);
    eql_blocks_free(b);
}

/* A long line's memory is not held for ever; what may be read behind a block
 * is there. */
static void
test_blocks_memory_used(void **state)
{
    eql_buf in = {0};
    eql_block b = {0};
    eql_blocks *s;
    source src;

    (void)state;
    for (int i = 0; i < 100000; i++)
        eql_buf_add_char(&in, 'x');
    for (int i = 0; i < 100000; i++)
        eql_buf_add_str(&in, "\nshort");
    src = (source){eql_buf_sv(&in), 0, 1 << 20, EQL_PULL_END, false};
    s = eql_blocks_new(pull, &src, 64, 1 << 20, eql_sv("", 0), 0);
    assert_true(eql_blocks_next(s, &b));
    assert_true(b.text.len >= 100001);
    assert_true(b.cap >= b.text.len + EQL_READER_PADDING);
    assert_true(eql_blocks_next(s, &b));
    assert_true(b.text.len > 0 && b.text.len <= 64);
    assert_true(b.cap < 1000);
    for (size_t i = 0; i < EQL_READER_PADDING; i++)
        assert_int_equal(b.text.p[b.text.len + i], 0);
    eql_block_free(&b);
    eql_blocks_free(s);
    eql_buf_free(&in);
}

/* Bytes of the caller's are given as they stand. */
static void
test_blocks_in_memory(void **state)
{
    static const char all[] = "{\"a\":1}\n{\"a\":\"0123456789\"}\n\nx";
    eql_buf wanted = {0}, got = {0};
    eql_strview text = eql_sv(all, sizeof all - 1);

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(sizes); i++) {
        eql_blocks *s = eql_blocks_memory(text, sizes[i], 12);
        eql_line line = {.line = 1};
        eql_block b = {0};

        got.len = 0;
        while (eql_blocks_next(s, &b)) {
            assert_ptr_equal(b.text.p, all + b.offset);
            add_block(&got, &b, &line, 12);
        }
        assert_int_equal(eql_blocks_end(s), EQL_PULL_END);
        assert_null(b.own);
        eql_blocks_free(s);
        if (i == 0)
            eql_buf_add_sv(&wanted, eql_buf_sv(&got));
        assert_int_equal(got.len, wanted.len);
        assert_memory_equal(got.p, wanted.p, got.len);
    }
    eql_buf_add_char(&got, '\0');
    assert_string_equal(got.p, "1@0 {\"a\":1}\n2@8 <2>\n3@27 <1>\n4@28 x~\n");
    eql_buf_free(&wanted);
    eql_buf_free(&got);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_lines),
        cmocka_unit_test(test_blocks_random),
        cmocka_unit_test(test_blocks_end),
        cmocka_unit_test(test_blocks_live),
        cmocka_unit_test(test_blocks_memory_used),
        cmocka_unit_test(test_blocks_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
