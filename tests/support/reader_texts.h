/* reader_texts.h -- texts that are hard to read, and mutations of them. */
#ifndef EQL_TESTS_SUPPORT_READER_TEXTS_H
#define EQL_TESTS_SUPPORT_READER_TEXTS_H

#include "base/buf.h"
#include "io/events.h"
#include "tests/support/eql_test.h"

static const char *const reader_texts[] = {
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
    /* wrappers, and layouts that are told */
    "{\"Records\":[{\"a\":1}]}",
    "{\"records\":[{\"x\":\"1\"},{\"a\":1}],\"a\":1}",
    " {\"x\":1,\"events\":[ {}]}",
    "{\"events\":[{\"a\":1}]",
    "{\"events\":[{\"a\":1}]}}",
    "{\"events\":[]}",
    "{\"events\":[1]}",
    "{\"\\u0065vents\":[{}]}",
    "{\"@timestamp\":\"2026-01-01\",\"events\":[{\"a\":1}]}",
    "{\"event.category\":\"x\",\"events\":[{\"a\":1}]}",
    "{\"events\":[{\"a\":1}],\"event\":{\"category\":\"x\"}}",
    "{\"hits\":{\"hits\":[]}}",
    "{\"took\":1,\"hits\":{\"hits\":[{\"_id\":\"1\",\"_source\":{\"x\":1}}]}}",
    "{\"response\":{\"hits\":{\"hits\":[{\"x\":1}]}}}",
    "{\"responses\":[{\"hits\":{\"hits\":[{\"x\":1}]}}]}",
    "{\"EventID\":1,\"TimeCreated\":\"x\",\"Records\":[{\"x\":1}]}",
    "{\"_id\":\"1\",\"Records\":[{}],\"_source\":{\"x\":1}}",
    "{\"Records\":[{}],\"_index\":\"i\",\"_source\":{\"x\":1}}",
    "{\"_source\":{\"x\":1},\"Records\":[{}],\"_index\":\"i\"}",
    "{\"_index\":\"i\",\"_source\":{\"Records\":[{\"x\":1}]}}",
    "{\"Event\":{\"System\":{\"EventID\":1}},\"x\":1}",
    "{\"Event.System\":1}",
    "{\"EventID\":1,\"Channel\":\"c\",\"x\":1}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":{\"category\":null}}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":{\"category\":[]}}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":{\"category\":[null,"
    "\"process\"]}}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":{\"category\":[\"process\"]}}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":{\"category\":7}}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":{\"category\":{\"a\":\"x\"}}}",
    "{\"EventID\":1,\"Channel\":\"c\",\"event\":[{\"category\":\"x\"}]}",
    "{\"event.category\":\"process\",\"event\":{\"category\":null},\"uid\":"
    "\"x\",\"ts\":1}",
    "{\"uid\":\"C\",\"ts\":1.5,\"id.orig_h\":\"1.2.3.4\",\"x\":\"z\"}",
    "{\"uid\":\"C\",\"id\":{\"orig_h\":\"1\"},\"x\":\"z\"}",
    "{\"uid\":1,\"uid\":2,\"ts\":1}",
    "{\"_id\":\"1\",\"_source\":{\"uid\":\"C\",\"ts\":1,\"x\":1}}",
    "{\"uid\":\"C\",\"_id\":\"1\",\"_source\":{\"ts\":1,\"x\":1}}",
    "{\"winlog\":{\"event_data\":{\"Image\":\"x\"}},\"x\":2}",
    "{\"winlog.event_data\":{\"Image\":\"x\"},\"event\":{\"category\":"
    "\"process\"}}",
    "{\"winlog\":{\"event_data\":[{\"Image\":\"x\"}]}}",
    "{\"value\":[{\"x\":1}]}",
    "{\"value\":[]}",
    "{\"data\":[[{\"x\":1}]],\"data.win.system\":2}",
    "{\"error\":{\"root_cause\":[{\"x\":1}]}}",
};

static inline void
reader_add_text(eql_buf *b, const char *text)
{
    eql_buf_add_str(b, text);
    eql_buf_add_char(b, '\n');
}

/* 63 .. 65 brackets deep, and as deep as may be. */
static inline void
reader_add_deep(eql_buf *b, uint32_t depth, const char *open, const char *close)
{
    eql_buf_add_str(b, "{\"a\":");
    for (uint32_t i = 1; i < depth; i++)
        eql_buf_add_str(b, open);
    eql_buf_add_str(b, "1");
    for (uint32_t i = 1; i < depth; i++)
        eql_buf_add_str(b, close);
    eql_buf_add_str(b, "}\n");
}

static inline void
reader_make_hostile(eql_buf *b)
{
    for (size_t i = 0; i < EQL_COUNTOF(reader_texts); i++)
        reader_add_text(b, reader_texts[i]);
    for (uint32_t depth = 62; depth < 67; depth++) {
        reader_add_deep(b, depth, "[", "]");
        reader_add_deep(b, depth, "{\"b\":", "}");
    }
    reader_add_deep(b, EQL_DEFAULT_EVENT_DEPTH, "[", "]");
    reader_add_deep(b, EQL_DEFAULT_EVENT_DEPTH + 1, "[", "]");
    assert_false(b->failed);
}

typedef struct {
    uint64_t x;
} reader_random;

static inline uint32_t
reader_next_random(reader_random *r, uint32_t below)
{
    r->x ^= r->x << 13;
    r->x ^= r->x >> 7;
    r->x ^= r->x << 17;
    return (uint32_t)((r->x >> 32) % below);
}

static const char *const reader_pieces[] = {
    "\"",        "\\",       "{",
    "}",         "[",        "]",
    ":",         ",",        " ",
    "\n",        "\r",       "\\u",
    "\\\"",      "null",     "1",
    "-",         "e9",       ".",
    "\x80",      "\xc3\xa9", "\x01",
    "\"a\":",    "\"a.b\":", ",\"x\":1",
    "{\"b\":2}", "[1,2]",    "\"_source\":{",
    "\\n",       "0"};

static inline void
reader_mutate(reader_random *rnd, eql_buf *b, eql_strview line)
{
    uint32_t n = 1 + reader_next_random(rnd, 3);

    b->len = 0;
    eql_buf_add_sv(b, line);
    while (n-- > 0 && b->len > 0) {
        uint32_t at = reader_next_random(rnd, (uint32_t)b->len), len;
        const char *piece =
            reader_pieces[reader_next_random(rnd, EQL_COUNTOF(reader_pieces))];

        switch (reader_next_random(rnd, 4)) {
        case 0: b->p[at] = (char)reader_next_random(rnd, 256); break;
        case 1:
            len = 1 + reader_next_random(rnd, 8);
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
static const char *const reader_seeds[] = {
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

/* Something to mutate. */
static inline const char *
reader_any_text(reader_random *rnd)
{
    if (reader_next_random(rnd, 4) > 0)
        return reader_seeds[reader_next_random(rnd, EQL_COUNTOF(reader_seeds))];
    return reader_texts[reader_next_random(rnd, EQL_COUNTOF(reader_texts))];
}

#endif
