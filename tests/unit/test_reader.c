/* test_reader.c -- the fast reader gives what the careful one gives, for every
 * text and with every kernel. */
#include "tests/support/reader_pair.h"

#include <dirent.h>
#include <zlib.h>

#include "io/shape.h"

static const char *const kernels[] = {"scalar", "sse", "avx2", "avx512"};

static bool
use_kernel(eql_kernel k)
{
    if (!eql_kernel_runs_here(k)) {
        print_message("no %s here\n", eql_kernel_name(k));
        return false;
    }
    setenv("EQLVM_KERNEL", kernels[k], 1);
    assert_int_equal(eql_kernel_best(), k);
    return true;
}

/* Bytes with padding around them, each block its own allocation: reads beyond
 * are found by ASan. */
static void
read_block(reader_pair *r, eql_strview bytes)
{
    char *p = malloc(bytes.len + EQL_READER_PADDING);

    assert_non_null(p);
    memcpy(p, bytes.p, bytes.len);
    memset(p + bytes.len, '"', EQL_READER_PADDING);
    reader_pair_block(r, eql_sv(p, bytes.len));
    free(p);
}

static const char *const texts[] = {
    "{}",
    " { } \r",
    "{\"a\":1}",
    "{\"a\":1",
    "{\"a\":1}}",
    "{\"a\":1}x",
    "{\"a\":1} {\"a\":2}",
    "\"a\"",
    "[1]",
    "12",
    "",
    "\xef\xbb\xbf{\"a\":1}",
    "x\\\"{\"a\":1}",
    "{\"a\":\"\\\\\"}",
    "{\"a\":\"\\\"\"}",
    "{\"a\":\"\\\\\\\"}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\\u00e9\\u20ac\\n\\t\\r\\b\\f\\/\\\\\"}",
    "{\"a\":\"\\ud83d\\ude00\"}",
    "{\"a\":\"\\ud83d\"}",
    "{\"a\":\"\\ude00\"}",
    "{\"\\u0061\":1}",
    "{\"a\\u0000\":1}",
    "{\"a\":\"\x01\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}",
    "{\"a\":\"\xc3\"}",
    "{\"a\":\"\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80\"}",
    "{\"a\":\"\xe2\x82",
    "{\"\xc3\xa9\":1}",
    "{\"a\":\xc3\xa9}",
    "{\"a\":nul}",
    "{\"a\":nulls}",
    "{\"a\":null}",
    "{\"a\":True}",
    "{\"a\":true}",
    "{\"a\":false,\"x\":falsey}",
    "{\"a\":01}",
    "{\"a\":-0}",
    "{\"a\":-}",
    "{\"a\":-0.0}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":+1}",
    "{\"a\":1e5}",
    "{\"a\":1E+5,\"x\":1e-5}",
    "{\"a\":1e}",
    "{\"a\":1e999}",
    "{\"a\":0e999,\"x\":1e-999}",
    "{\"a\":9223372036854775807,\"x\":-9223372036854775808}",
    "{\"a\":9223372036854775808,\"x\":-9223372036854775809}",
    "{\"a\":123456789012345678901234567890}",
    "{\"a\":0.1,\"x\":1.0000000000000002}",
    "{\"a\":1 2}",
    "{\"a\":\"1\" \"2\"}",
    "{\"a\":\"1\"\"2\"}",
    "{\"a\":\"1\",\"2\"}",
    "{\"a\":\"1\",2}",
    "{\"a\":1,\"2\"}",
    "{\"a\":1,,\"x\":2}",
    "{,\"a\":1}",
    "{\"a\":1,}",
    "{\"a\":}",
    "{\"a\"}",
    "{\"a\" 1}",
    "{a:1}",
    "{\"a\"x:1}",
    "{\"a\":1:2}",
    "{\"a\":1 \"x\":2}",
    "{\"a\":{}\"x\":2}",
    "{\"a\":{}x,\"x\":2}",
    "{\"a\":{}:2}",
    "{:1}",
    "{\"a\":{1}}",
    "{\"a\":{\"b\"}}",
    "{\"a\":[}",
    "{\"a\":[1}",
    "{\"a\":{\"b\":1]}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1,,2]}",
    "{\"a\":[\"x\" \"y\"]}",
    "{\"a\":[\"x\":1]}",
    "{\"a\":[\"x\",\"y\\\"z\",\"\\\\\"]}",
    "{\"a\":[]}",
    "{\"a\":[ ]}",
    "{\"a\":[ 1 , \"x\" , null , true , 2.5 ]}",
    "{\"a\":[[1],[2,[3]]]}",
    "{\"a\":[[1]2]}",
    "{\"a\":[2[1]]}",
    "{\"a\":[2,[1]]}",
    "{\"a\":[{\"b\":1},{\"b\":[2,3]}]}",
    "{\"a\":[{\"b\":1}{\"b\":2}]}",
    "{\"a\":[{\"b\":1},]}",
    "{\"a\":[1,{\"b\":2},\"x\"]}",
    "{\"a\":[{\"b\":{\"c\":1}}],\"a.b\":{\"c\":2}}",
    "{\"a.b\":{\"c\":2},\"a\":[{\"b\":{\"c\":1}}]}",
    "{\"a\":{\"b\":1},\"a\":{\"c\":2}}",
    "{\"a\":{\"b\":1},\"a\":5}",
    "{\"a\":5,\"a\":{\"b\":1}}",
    "{\"a\":{\"b\":1},\"a\":null}",
    "{\"x\":1,\"x\":2}",
    "{\"x\":{\"y\":1},\"x\":2}",
    "{\"x\":{\"y\":1},\"x\":{\"y\":2}}",
    "{\"x\":2,\"x\":{\"y\":1}}",
    "{\"x\":2,\"x\":null}",
    "{\"x\":null,\"x\":2}",
    "{\"a.b\":1,\"a\":{\"b\":2}}",
    "{\"a\":{\"b\":2},\"a.b\":1}",
    "{\"a\":{\"b\":null},\"a.b\":1}",
    "{\"a.b.c\":1}",
    "{\"a\":{\"b.c\":1}}",
    "{\"a.b\":{\"c\":1}}",
    "{\"a.b.c\":1,\"a\":{\"b\":{\"c\":2}},\"a.b\":{\"c\":3}}",
    "{\"a\":[1,2],\"a.b\":[3,4]}",
    "{\"a..b\":1,\".a\":2,\"a.\":3,\"\":4}",
    "{\"x\":{},\"a\":{\"b\":{}}}",
    "{\"x\" : 1 , \"a\" : { \"b\" : [ 1 , 2 ] } }",
    "{\"process\":{\"name\":\"cmd.exe\",\"args\":[\"cmd\",\"/"
    "c\",\"\\\"x\\\"\"]}}",
    "{\"process.name\":\"cmd.exe\",\"process\":{\"args\":\"one\"}}",
    "{\"process\":{\"args\":[[1],{\"name\":2},null,3]}}",
    "{\"process\":{\"args\":{\"name\":[2,3]}}}",
    "{\"process\":{\"args\":[]}}",
    "{\"process\":{\"args\":[null]}}",
    "{\"process\":[{\"name\":1},{\"name\":2}]}",
    "{\"process\":{\"parent\":{\"name\":\"x\"}}}",
    "{\"process\":{\"parent\":[{\"name\":\"x\"},{\"name\":\"y\"}]}}",
    "{\"event\":{\"code\":\"1\",\"category\":[\"process\"]}}",
    "{\"host\":{\"name\":[\"a\",1,2.5,true,\"\\u0001\"]}}",
    "{\"host\":{\"name\":[\"a\"]}}",
    "{\"@timestamp\":\"2021-01-02T03:04:05.678Z\"}",
    "{\"@timestamp\":\"2021-01-02T03:04:05\\u002e678Z\"}",
    "{\"@timestamp\":1609556645678}",
    "{\"@timestamp\":[null,\"x\",\"2021-01-02T03:04:05Z\"]}",
    "{\"@timestamp\":\"2021-02-30T03:04:05Z\"}",
    "{\"@timestamp\":\"2021-01-02T03:04:60Z\"}",
    "{\"@timestamp\":\"2021-01-02T24:04:00Z\"}",
    "{\"@timestamp\":\"2021-01-02 03:04+01:00\"}",
    "{\"@timestamp\":\"\"}",
    "{\"@timestamp\":{\"x\":1}}",
    "{\"_index\":\"i\",\"_id\":\"1\",\"_source\":{\"x\":1,\"a\":2}}",
    "{\"x\":0,\"_source\":{\"x\":1,\"_source\":{\"x\":2}},\"_id\":\"1\"}",
    "{\"x\":0,\"_source\":{\"x\":1}}",
    "{\"x\":0,\"_source\":[{\"x\":1}],\"_id\":1}",
    "{\"_id\":1,\"_source\":{\"x\":1},\"_source\":{\"x\":2}}",
    "{\"_id\":1,\"_source\":{\"x\":1},\"_source\":3}",
    "{\"_source\":{\"x\":1},\"_source\":{\"x\":2},\"_id\":null}",
    "{\"_id\":1,\"_sourc\\u0065\":{\"x\":1}}",
    "{\"_source\":{\"x\":1},\"\\u005fid\":2}",
    "{\"_id\":1,\"_source\":{\"EventID\":1,\"TenantId\":2},\"x\":3}",
    "{\"_id\":1,\"_source\":{\"x\":1},\"EventID\":1,\"TenantId\":2}",
    "{\"d.b.c.d.e.f.g.h\":1}",
    "{\"d.b.c\":{\"d.e\":{\"f.g.h\":[1,2]}}}",
    "{\"d.b.c.d.e.f.g.h.i\":1}",
    "{\"d.b.c\":{\"d.e\":{\"f.g.h\":{\"i\":2}}}}",
    "{\"EventID\":1,\"TenantId\":2}",
    "{\"EventID\":1,\"Hostname\":2,\"x\":1}",
    "{\"EventID\":1,\"TimeCreated\":\"2021-01-02T03:04:05Z\"}",
    "{\"EventID\":null,\"SourceModuleType\":null}",
    "{\"EventID\":1,\"beat\":1,\"x\":5}",
    "{\"event_id\":1,\"beat\":{\"x\":1}}",
    "{\"Event\":{\"System\":{\"EventID\":1}}}",
    "{\"Event\":{\"System\":1},\"x\":1}",
    "{\"Event.System\":{\"x\":1},\"x\":1}",
    "{\"Event\":[{\"System\":{}}],\"x\":1}",
};

static void
add_text(eql_buf *b, const char *text)
{
    eql_buf_add_str(b, text);
    eql_buf_add_char(b, '\n');
}

/* 63 .. 65 brackets deep, and as deep as may be. */
static void
add_deep(eql_buf *b, uint32_t depth, const char *open, const char *close)
{
    eql_buf_add_str(b, "{\"a\":");
    for (uint32_t i = 1; i < depth; i++)
        eql_buf_add_str(b, open);
    eql_buf_add_str(b, "1");
    for (uint32_t i = 1; i < depth; i++)
        eql_buf_add_str(b, close);
    eql_buf_add_str(b, "}\n");
}

static void
make_hostile(eql_buf *b)
{
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++)
        add_text(b, texts[i]);
    for (uint32_t depth = 62; depth < 67; depth++) {
        add_deep(b, depth, "[", "]");
        add_deep(b, depth, "{\"b\":", "}");
    }
    add_deep(b, EQL_DEFAULT_EVENT_DEPTH, "[", "]");
    add_deep(b, EQL_DEFAULT_EVENT_DEPTH + 1, "[", "]");
    assert_false(b->failed);
}

/* Each text as a line of one block, as a block of its own, from elsewhere, and
 * pushed along by spaces so that it meets all borders of vectors. */
static void
read_hostile(eql_input_kind input, bool opaque)
{
    eql_buf all = {0}, one = {0};
    reader_pair r;

    reader_pair_init(&r, input, opaque);
    make_hostile(&all);
    for (int round = 0; round < 3; round++)
        read_block(&r, eql_buf_sv(&all));
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        read_block(&r, eql_sv_cstr(texts[i]));
        reader_pair_read(&r, eql_sv_cstr(texts[i]));
        for (uint32_t pad = 0; pad < 70; pad++) {
            one.len = 0;
            for (uint32_t k = 0; k < pad; k++)
                eql_buf_add_char(&one, ' ');
            add_text(&one, texts[i]);
            add_text(&one, "{\"x\":\"after\"}");
            read_block(&r, eql_buf_sv(&one));
        }
    }
    eql_buf_free(&all);
    eql_buf_free(&one);
    reader_pair_free(&r);
}

static void
test_reader_hostile(void **state)
{
    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!use_kernel((eql_kernel)k))
            continue;
        read_hostile(EQL_INPUT_AUTO, false);
        read_hostile(EQL_INPUT_ECS, true);
        read_hostile(EQL_INPUT_WINEVENT, false);
    }
}

/* --- mutations --------------------------------------------------------------
 */

typedef struct {
    uint64_t x;
} random_bits;

static uint32_t
next_random(random_bits *r, uint32_t below)
{
    r->x ^= r->x << 13;
    r->x ^= r->x >> 7;
    r->x ^= r->x << 17;
    return (uint32_t)((r->x >> 32) % below);
}

static const char *const pieces[] = {"\"",        "\\",       "{",
                                     "}",         "[",        "]",
                                     ":",         ",",        " ",
                                     "\n",        "\r",       "\\u",
                                     "\\\"",      "null",     "1",
                                     "-",         "e9",       ".",
                                     "\x80",      "\xc3\xa9", "\x01",
                                     "\"a\":",    "\"a.b\":", ",\"x\":1",
                                     "{\"b\":2}", "[1,2]",    "\"_source\":{",
                                     "\\n",       "0"};

static void
mutate(random_bits *rnd, eql_buf *b, eql_strview line)
{
    uint32_t n = 1 + next_random(rnd, 3);

    b->len = 0;
    eql_buf_add_sv(b, line);
    while (n-- > 0 && b->len > 0) {
        uint32_t at = next_random(rnd, (uint32_t)b->len), len;
        const char *piece = pieces[next_random(rnd, EQL_COUNTOF(pieces))];

        switch (next_random(rnd, 4)) {
        case 0: b->p[at] = (char)next_random(rnd, 256); break;
        case 1:
            len = 1 + next_random(rnd, 8);
            len = len < b->len - at ? len : (uint32_t)b->len - at;
            memmove(b->p + at, b->p + at + len, b->len - at - len);
            b->len -= len;
            break;
        default:
            len = (uint32_t)strlen(piece);
            assert_true(eql_buf_reserve(b, len));
            memmove(b->p + at + len, b->p + at, b->len - at);
            memcpy(b->p + at, piece, len);
            b->len += len;
            break;
        }
    }
    eql_buf_add_char(b, '\n');
}

/* Lines to mutate: ordinary events, and the hostile ones. */
static const char *const seeds[] = {
    "{\"@timestamp\":\"2021-01-02T03:04:05.678Z\",\"event\":{\"code\":\"1\","
    "\"category\":[\"process\"],\"kind\":\"event\"},\"process\":{\"pid\":42,"
    "\"name\":\"cmd.exe\",\"executable\":\"C:\\\\Windows\\\\cmd.exe\","
    "\"args\":[\"cmd\",\"/c\",\"dir\"],\"parent\":{\"name\":\"x.exe\"}},"
    "\"host\":{\"name\":\"h1\"},\"a\":{\"b\":1,\"c\":null}}",
    "{\"@timestamp\": \"2021-01-02T03:04:05.678Z\", \"x\": [1, \"y\"], "
    "\"winlog\": {\"event_id\": 3, \"event_data\": {\"TargetFilename\": "
    "\"C:\\\\x\\\"y\"}}, \"a.b\": {\"c\": true}}",
    "{\"_index\":\"w\",\"_id\":\"7\",\"_source\":{\"x\":1,\"a\":[{\"b\":1},"
    "{\"b\":2}],\"process.name\":\"z\"}}",
};

static void
read_mutations(uint64_t seed, uint32_t rounds, bool opaque)
{
    random_bits rnd = {seed};
    eql_buf block = {0}, line = {0};
    reader_pair r;

    reader_pair_init(&r, EQL_INPUT_AUTO, opaque);
    for (uint32_t i = 0; i < rounds; i++) {
        block.len = 0;
        for (uint32_t k = 0; k < 50; k++) {
            const char *text =
                next_random(&rnd, 4) > 0
                    ? seeds[next_random(&rnd, EQL_COUNTOF(seeds))]
                    : texts[next_random(&rnd, EQL_COUNTOF(texts))];

            if (next_random(&rnd, 4) == 0)
                add_text(&block, text); /* so that shapes are known */
            mutate(&rnd, &line, eql_sv_cstr(text));
            eql_buf_add_sv(&block, eql_buf_sv(&line));
        }
        read_block(&r, eql_buf_sv(&block));
    }
    assert_in_range(r.plain, 1, r.read - 1);
    eql_buf_free(&block);
    eql_buf_free(&line);
    reader_pair_free(&r);
}

static void
test_reader_mutations(void **state)
{
    const char *n = getenv("EQL_READER_ROUNDS");
    uint32_t rounds = n ? (uint32_t)strtoul(n, NULL, 10) : 400;

    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!use_kernel((eql_kernel)k))
            continue;
        read_mutations(0x9e3779b97f4a7c15u + (uint64_t)k, rounds, false);
        read_mutations(0xd6e8feb86659fd93u + (uint64_t)k, rounds / 4, true);
    }
}

/* --- limits ------------------------------------------------------------ */

/* n shapes, three lines each. */
static void
read_shapes(uint32_t n, uint64_t flushes)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const eql_reader_counters *counters;
    eql_buf all = {0};
    reader_pair r;

    reader_pair_init(&r, EQL_INPUT_ECS, false);
    add_text(&all, "{\"x\":\"so that there is room before the next\"}");
    for (uint32_t i = 0; i < 3 * n; i++)
        eql_buf_printf(&all, "{\"k%c%c\":1,\"x\":%u}\n", letters[i / 3 / 62],
                       letters[i / 3 % 62], i);
    read_block(&r, eql_buf_sv(&all));
    counters = eql_reader_get_counters(r.fast);
    assert_int_equal(counters->shapes, n);
    assert_int_equal(counters->shape_hits, n);
    assert_int_equal(counters->flushes, flushes);
    eql_buf_free(&all);
    reader_pair_free(&r);
}

static void
test_reader_shape_limit(void **state)
{
    (void)state;
    unsetenv("EQLVM_KERNEL");
    read_shapes(EQL_SHAPES_MAX, 0);
    read_shapes(EQL_SHAPES_MAX + 1, 1);
}

/* Long lines between short ones: about the length that may be read fast, about
 * a round of the scan, and about the longest. */
static void
test_reader_long_lines(void **state)
{
    static const size_t lens[] = {32700,
                                  32768,
                                  32800,
                                  74800,
                                  75000,
                                  1048500,
                                  EQL_SCAN_MAX_LINE - 9,
                                  EQL_SCAN_MAX_LINE - 8,
                                  EQL_SCAN_MAX_LINE - 7,
                                  1200000};
    eql_buf all = {0};
    reader_pair r;

    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!use_kernel((eql_kernel)k))
            continue;
        reader_pair_init(&r, EQL_INPUT_ECS, false);
        all.len = 0;
        for (size_t i = 0; i < EQL_COUNTOF(lens); i++) {
            eql_buf_add_str(&all, "{\"x\":\"");
            assert_true(eql_buf_reserve(&all, lens[i]));
            memset(all.p + all.len, 'y', lens[i]);
            all.len += lens[i];
            add_text(&all, "\"}");
            add_text(&all, "{\"x\":1}");
        }
        read_block(&r, eql_buf_sv(&all));
        reader_pair_free(&r);
    }
    eql_buf_free(&all);
}

/* --- captures ---------------------------------------------------------- */

static void
read_file(reader_pair *r, const char *path)
{
    gzFile f = gzopen(path, "rb");
    eql_buf all = {0};
    char buf[65536];
    int n;

    assert_non_null(f);
    while ((n = gzread(f, buf, sizeof buf)) > 0)
        eql_buf_add(&all, buf, (size_t)n);
    gzclose(f);
    read_block(r, eql_buf_sv(&all));
    eql_buf_free(&all);
}

static void
read_folder(reader_pair *r, const char *dir)
{
    char path[8192];
    struct dirent *e;
    DIR *d = opendir(dir);

    assert_non_null(d);
    while ((e = readdir(d))) {
        if (!strstr(e->d_name, ".gz"))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        read_file(r, path);
    }
    closedir(d);
}

static void
test_reader_captures(void **state)
{
    const char *dir = eql_test_shared();
    char path[8192];

    (void)state;
    if (!dir) {
        print_message("no captures\n");
        return;
    }
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        const eql_reader_counters *n;
        reader_pair r;

        if (!use_kernel((eql_kernel)k))
            continue;
        reader_pair_init(&r, EQL_INPUT_AUTO, false);
        snprintf(path, sizeof path, "%s/data/ecs", dir);
        read_folder(&r, path);
        n = eql_reader_get_counters(r.fast);
        print_message("%s: %llu of %llu fast, %llu refilled\n", kernels[k],
                      (unsigned long long)n->fast, (unsigned long long)r.read,
                      (unsigned long long)n->refills);
        assert_true(n->fast > r.read * 9 / 10);
        snprintf(path, sizeof path, "%s/data/raw", dir);
        read_folder(&r, path);
        reader_pair_free(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_hostile),
        cmocka_unit_test(test_reader_mutations),
        cmocka_unit_test(test_reader_shape_limit),
        cmocka_unit_test(test_reader_long_lines),
        cmocka_unit_test(test_reader_captures),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
