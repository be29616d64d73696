/* test_rawmap.c -- raw records without parsing: every field of a program that
 * names all that the mapping writes, the times, and what the clock learns, are
 * what the mapping makes of the same text. */
#include "tests/support/mapping_test.h"

#include <dirent.h>
#include <zlib.h>

#include "base/arena.h"
#include "io/json/json.h"
#include "io/json/project.h"
#include "io/windows/rawmap_int.h"
#include "tests/support/rawmap_test.h"

/* --- two ways --- */

typedef struct {
    eql_mapping *m;
    rawmap_program paths;
    eql_project *strict, *fast;
    eql_rawmap *r;
    eql_map *map;
    eql_wall_clock *strict_clock, *fast_clock;
    uint8_t *seen;
    eql_buf scratch;
    uint64_t lines, mapped, deferred;
} ways;

static void
ways_begin(ways *w, const eql_strview *paths, size_t n, uint32_t entries)
{
    uint32_t sources;

    *w = (ways){.m = builtin()};
    rawmap_program_make(&w->paths, paths, n);
    w->strict = eql_project_new(w->paths.program);
    w->fast = eql_project_new(w->paths.program);
    w->r = eql_rawmap_new(w->paths.program, &w->paths.paths, w->m);
    assert_non_null(w->r);
    if (entries)
        assert_true(eql_rawmap_set_memo(w->r, entries, entries * 1000u));
    w->map = rawmap_feed_map(w->r);
    eql_rawmap_sources(w->r, &sources);
    w->seen = calloc(sources, 1);
}

static void
ways_clocks(ways *w, const eql_events_options *o)
{
    int64_t a, b;

    if (w->strict_clock) {
        eql_wall_clock_settle(w->strict_clock);
        eql_wall_clock_settle(w->fast_clock);
        for (int64_t h = 0; h < 24; h++) {
            int64_t ns = h * INT64_C(3600000000000);

            assert_int_equal(
                eql_wall_clock_created(w->strict_clock, true, ns, &a),
                eql_wall_clock_created(w->fast_clock, true, ns, &b));
            assert_int_equal(a, b);
        }
    }
    eql_wall_clock_free(w->strict_clock);
    eql_wall_clock_free(w->fast_clock);
    w->strict_clock = o ? eql_wall_clock_new(o) : NULL;
    w->fast_clock = o ? eql_wall_clock_new(o) : NULL;
}

static void
ways_end(ways *w)
{
    ways_clocks(w, NULL);
    eql_rawmap_free(w->r);
    eql_map_free(w->map);
    eql_project_free(w->strict);
    eql_project_free(w->fast);
    rawmap_program_free(&w->paths);
    eql_mapping_free(w->m);
    eql_buf_free(&w->scratch);
    free(w->seen);
}

/* --- comparing --- */

static eql_strview
field_name(const ways *w, uint32_t field)
{
    return eql_program_str(w->paths.program,
                           w->paths.program->fields[field].name);
}

static void
put_raw(json_t *doc, eql_strview path, const eql_raw *raw)
{
    json_t *v =
        json_loadb(raw->p, raw->len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    eql_strview part;

    if (!v)
        fail_msg("%.*s: %.*s", (int)path.len, path.p, (int)raw->len, raw->p);
    for (;;) {
        const char *dot = memchr(path.p, '.', path.len);
        json_t *next;

        part = eql_sv(path.p, dot ? (size_t)(dot - path.p) : path.len);
        if (!dot)
            break;
        path = eql_sv(dot + 1, path.len - part.len - 1);
        next = json_object_getn(doc, part.p, part.len);
        if (!next) {
            next = json_object();
            json_object_setn_new(doc, part.p, part.len, next);
        }
        doc = next;
    }
    assert_int_equal(json_object_setn_new(doc, part.p, part.len, v), 0);
}

/* What the raws say, as an event; paths that are deferred are marked. */
static json_t *
event_of(ways *w, const eql_lazy *lazy, uint8_t *deferred)
{
    json_t *doc = json_object();

    for (uint32_t i = 0; i < lazy->nraws; i++) {
        const eql_raw *raw = &lazy->raws[i];

        deferred[raw->path] |= raw->p ? 2 : 1;
        w->deferred += !raw->p;
        if (raw->p)
            put_raw(doc, field_name(w, w->paths.paths.items[raw->path].first),
                    raw);
    }
    return doc;
}

static bool
same_value(const eql_value *a, const eql_value *b)
{
    if (a->tag != b->tag)
        return false;
    if (a->tag == EQL_STRING)
        return a->len == b->len &&
               (a->len == 0 || memcmp(a->u.s, b->u.s, a->len) == 0);
    if (a->tag == EQL_BOOL)
        return a->u.b == b->u.b;
    return a->tag == EQL_NULL || a->u.i == b->u.i;
}

static bool
same_slot(const eql_slot *a, const eql_slot *b)
{
    bool same = a->n == b->n;

    for (uint32_t i = 0; i < a->n && same; i++)
        same = same_value(&a->v[i], &b->v[i]);
    return same;
}

static void
compare(ways *w, const char *text, const eql_mapped *m, const eql_event *ev,
        const eql_lazy *lazy)
{
    uint8_t *deferred = calloc(w->paths.paths.n + 1, 1);
    json_t *doc = event_of(w, lazy, deferred);
    const eql_slot *theirs = eql_project_run(w->strict, m->ecs);
    const eql_slot *ours = eql_project_run(w->fast, doc);

    for (uint32_t f = 0; f < w->paths.program->nfields; f++) {
        if (deferred[w->paths.paths.of[f]] == 1)
            continue;
        if (deferred[w->paths.paths.of[f]] == 3 ||
            !same_slot(&theirs[f], &ours[f]))
            fail_msg("%.*s: %.300s", (int)field_name(w, f).len,
                     field_name(w, f).p, text);
    }
    assert_int_equal(ev->time_kind, m->time_kind);
    assert_int_equal(ev->has_utc, m->has_utc);
    assert_int_equal(ev->has_wall, m->has_wall);
    assert_int_equal(ev->time_ns, m->time_ns);
    assert_int_equal(ev->wall_ns, m->wall_ns);
    json_decref(doc);
    free(deferred);
}

/* Both ways for one text; what nobody maps is left out. */
static void
try_text(ways *w, const char *text)
{
    rawmap_feed feed = {w->r, w->map, w->seen};
    eql_event ev = {0};
    eql_lazy lazy = {0};
    eql_json_findings v;
    eql_mapped m;
    uint32_t sources;
    json_t *root = eql_json_read(eql_sv_cstr(text), 100, &w->scratch, &v);

    if (!root || v.repaired || !eql_mapping_recognises(root)) {
        json_decref(root);
        return;
    }
    w->lines++;
    eql_rawmap_sources(w->r, &sources);
    memset(w->seen, 0, sources);
    eql_rawmap_begin(w->r);
    assert_true(eql_mapping_apply(w->m, root, w->strict_clock, true, &m));
    if (rawmap_feed_object(&feed, feed_space(text), "") &&
        eql_rawmap_read(w->r, w->fast_clock, &lazy, &ev)) {
        w->mapped++;
        compare(w, text, &m, &ev, &lazy);
    } else {
        json_decref(m.ecs);
        assert_true(eql_mapping_apply(w->m, root, w->fast_clock, true, &m));
    }
    json_decref(m.ecs);
    json_decref(root);
}

/* --- captures --- */

typedef void (*line_fn)(void *ctx, const char *line);

static void
each_line(const char *path, uint32_t step, line_fn fn, void *ctx)
{
    gzFile f = gzopen(path, "rb");
    size_t cap = 1 << 20;
    char *line = malloc(cap);
    uint32_t n = 0;

    assert_true(f && line);
    while (gzgets(f, line, (int)cap)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line && n++ % step == 0)
            fn(ctx, memcmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line);
    }
    gzclose(f);
    free(line);
}

typedef void (*file_fn)(void *ctx, const char *path);

/* The demo, and, when it is there, the reference material. */
static void
each_capture(file_fn fn, void *ctx)
{
    const char *shared = getenv("EQL_SHARED");
    char dir[512], path[1024];
    struct dirent *e;
    DIR *d;

    fn(ctx, "demo/winrm-intrusion.json");
    snprintf(dir, sizeof dir, "%s/data/raw", shared ? shared : "");
    d = shared ? opendir(dir) : NULL;
    while (d && (e = readdir(d))) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        fn(ctx, path);
    }
    if (d)
        closedir(d);
}

/* --- all paths --- */

typedef struct {
    const eql_mapping *m;
    eql_map *known;
    eql_vec paths; /* eql_strview */
    eql_arena *arena;
} collector;

static void
collect_path(collector *c, const char *path)
{
    eql_strview kept;

    if (eql_map_get(c->known, path, strlen(path)) != EQL_NONE)
        return;
    kept = eql_arena_dup(c->arena, eql_sv_cstr(path));
    assert_true(eql_map_put(c->known, kept.p, kept.len, c->paths.n));
    assert_true(eql_vec_push(&c->paths, &kept, sizeof kept) != EQL_NONE);
}

/* Objects themselves and what stands in them; names that cannot be spelled as
 * parts of paths are left out. */
static void
collect_members(collector *c, json_t *v, const char *up)
{
    char path[512];
    const char *key;
    json_t *member;
    size_t i;

    json_array_foreach(v, i, member) if (json_is_object(member))
        collect_members(c, member, up);
    json_object_foreach(v, key, member)
    {
        if (!*key || strpbrk(key, ".[]`\"\\/&'<>") || strlen(key) > 60)
            continue;
        snprintf(path, sizeof path, "%s%s%s", up, *up ? "." : "", key);
        collect_path(c, path);
        collect_members(c, member, path);
    }
}

static void
collect_line(void *ctx, const char *line)
{
    collector *c = ctx;
    json_t *r = json_loads(line, JSON_ALLOW_NUL, NULL);
    eql_mapped m;

    if (r && eql_mapping_recognises(r)) {
        assert_true(eql_mapping_apply(c->m, r, NULL, false, &m));
        collect_members(c, m.ecs, "");
        json_decref(m.ecs);
    }
    json_decref(r);
}

static void
collect_file(void *ctx, const char *path)
{
    each_line(path, 3, collect_line, ctx);
}

static collector collected;

static int
setup(void **state)
{
    static const char *const extra[] = {
        "@timestamp.x",          "event.category.x",
        "process.hash.sha256.x", "winlog.event_data.TargetImage.y",
        "nothing.of.this",       "dns.answers.data",
        "process.args.x",        "winlog.event_data.a.b",
    };
    eql_mapping *m = builtin();

    *state = NULL;
    collected =
        (collector){.m = m, .known = eql_map_new(), .arena = eql_arena_new(0)};
    for (size_t i = 0; i < EQL_COUNTOF(extra); i++)
        collect_path(&collected, extra[i]);
    each_capture(collect_file, &collected);
    eql_mapping_free(m);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    eql_map_free(collected.known);
    eql_vec_free(&collected.paths);
    eql_arena_free(collected.arena);
    return 0;
}

/* --- tests --- */

typedef struct {
    ways w;
    uint32_t step;
    eql_events_options options;
    uint64_t random;
} captures;

static void
try_line(void *ctx, const char *line)
{
    try_text(&((captures *)ctx)->w, line);
}

static void
try_file(void *ctx, const char *path)
{
    captures *c = ctx;

    ways_clocks(&c->w, &c->options);
    each_line(path, c->step, try_line, c);
}

static void
test_captures_are_the_same(void **state)
{
    static const struct {
        const char *label;
        uint32_t entries, step;
        bool fixed;
    } rows[] = {{"all lines", 0, 1, false},
                {"a tiny memo", 4, 7, false},
                {"a small memo, a known offset", 64, 5, true}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(rows); i++) {
        captures c = {.step = rows[i].step};

        c.options.has_utc_offset = rows[i].fixed;
        c.options.utc_offset_ns = INT64_C(7200000000000);
        ways_begin(&c.w, collected.paths.items, collected.paths.n,
                   rows[i].entries);
        each_capture(try_file, &c);
        print_message("%s: %u paths, %llu lines, %llu mapped\n", rows[i].label,
                      collected.paths.n, (unsigned long long)c.w.lines,
                      (unsigned long long)c.w.mapped);
        assert_true(c.w.mapped * 50 >= c.w.lines * 49);
        ways_end(&c.w);
    }
}

/* Few paths: then most rules are left out. */
static void
test_few_paths_are_the_same(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 12; i++) {
        captures c = {.step = 41};
        eql_strview *paths = collected.paths.items;
        uint32_t n = collected.paths.n;

        ways_begin(&c.w, paths + (size_t)n * i / 12, n / 12, 0);
        each_capture(try_file, &c);
        ways_end(&c.w);
    }
}

/* --- mutations --- */

static uint32_t
rnd(captures *c, uint32_t n)
{
    c->random = c->random * UINT64_C(6364136223846793005) +
                UINT64_C(1442695040888963407);
    return (uint32_t)(c->random >> 33) % n;
}

static const char *
random_key(captures *c, json_t *o)
{
    void *it = json_object_iter(o);
    size_t n = json_object_size(o);

    for (uint32_t i = n ? rnd(c, (uint32_t)n) : 0; i > 0 && it; i--)
        it = json_object_iter_next(o, it);
    return it ? json_object_iter_key(it) : "";
}

static const char *
random_name(captures *c)
{
    static const char *const names[] = {
        "UtcTime",     "Image",          "SourceImage",        "User",
        "Message",     "EventData",      "event_data",         "EventID",
        "TenantId",    "beat",           "SourceModuleType",   "Channel",
        "ProcessId",   "UserID",         "ExecutionProcessID", "Hostname",
        "TimeCreated", "PipeName",       "ImageLoaded",        "CommandLine",
        "IpAddress",   "TargetFilename", "EventTime",          "@timestamp",
    };

    return names[rnd(c, EQL_COUNTOF(names))];
}

static json_t *
random_text(captures *c)
{
    static const char *const texts[] = {
        "-",
        "",
        "0x1a4",
        "0x",
        "007",
        "12",
        "-5",
        "C:\\a\\b.exe",
        "\\",
        "\\\\",
        "a\\",
        "\\a",
        "C:\\x\"y\\z.",
        "A\\B",
        "A\\B\\C",
        "a@b",
        "t:\nImage: C:\\q\r\nUser: A\\B\nUtcTime: 2020-01-01 00:00:00.1\r\n",
        "t\n\\nImage: x\nProcessId:7\nHashes: MD5=00,SHA1=Ab\n",
        " UserId = A\\b \r\n\tHost Name=\tx\xc2\xa0\nHostId==\nRunspaceId=1",
        "2020-01-01T10:00:00+02:00",
        "2020-01-01 10:00:00",
        "MD5=AB,IMPHASH=CD",
        "{00000000-0000-0000-0000-000000000000}",
        "HKLM\\a\\b",
        "DWORD (0x0000000a)",
        "type:  5 x;::ffff:1.2.3.4;",
        "Microsoft-Windows-Sysmon/Operational",
        "security",
        "Windows PowerShell",
    };

    return json_string(texts[rnd(c, EQL_COUNTOF(texts))]);
}

static void
mutate(captures *c, json_t *r)
{
    json_t *inner = json_object_get(r, "event_data");
    json_t *o = json_is_object(inner) && rnd(c, 2) ? inner : r;
    const char *key = random_key(c, o);
    char copy[256];

    snprintf(copy, sizeof copy, "%s", key);
    switch (rnd(c, 7)) {
    case 0: json_object_del(o, copy); break;
    case 1: json_object_set_new(o, copy, hostile_value(rnd(c, 12))); break;
    case 2: json_object_set_new(o, copy, random_text(c)); break;
    case 3: json_object_set_new(o, random_name(c), random_text(c)); break;
    case 4: json_object_set(o, random_name(c), json_object_get(o, copy)); break;
    case 5: json_object_del(o, random_name(c)); break;
    default: json_object_set_new(o, random_name(c), hostile_value(rnd(c, 12)));
    }
}

/* One plain character within a string spelled as \u00XX. */
static char *
respell(captures *c, char *text)
{
    size_t n = strlen(text), at = rnd(c, (uint32_t)n), i;
    bool in = false;
    char *out = malloc(n + 6);

    for (i = 0; i < n && (i < at || !in || !strchr("aeEI:= nCU", text[i]));
         i++) {
        if (text[i] == '"')
            in = !in;
        else if (text[i] == '\\')
            i++;
    }
    if (i >= n) {
        free(out);
        return text;
    }
    snprintf(out, n + 6, "%.*s\\u%04x%s", (int)i, text,
             (unsigned)(unsigned char)text[i], text + i + 1);
    free(text);
    return out;
}

static void
try_mutations(void *ctx, const char *line)
{
    captures *c = ctx;
    char *text;

    for (int i = 0; i < 6; i++) {
        json_t *r = json_loads(line, JSON_ALLOW_NUL, NULL);
        size_t flags = JSON_COMPACT;

        for (uint32_t k = rnd(c, 4); r && k > 0; k--)
            mutate(c, r);
        flags |= rnd(c, 2) ? JSON_ENSURE_ASCII : 0;
        flags |= rnd(c, 2) ? JSON_ESCAPE_SLASH : 0;
        text = r ? json_dumps(r, flags) : NULL;
        if (text && rnd(c, 2))
            text = respell(c, text);
        if (text)
            try_text(&c->w, text);
        free(text);
        json_decref(r);
    }
}

static void
mutate_file(void *ctx, const char *path)
{
    captures *c = ctx;

    ways_clocks(&c->w, &c->options);
    each_line(path, c->step, try_mutations, c);
}

static void
test_mutations_are_the_same(void **state)
{
    captures c = {.step = 11, .random = 4};

    (void)state;
    ways_begin(&c.w, collected.paths.items, collected.paths.n, 256);
    each_capture(mutate_file, &c);
    print_message("mutations: %llu lines, %llu mapped\n",
                  (unsigned long long)c.w.lines,
                  (unsigned long long)c.w.mapped);
    assert_true(c.w.mapped * 2 >= c.w.lines);
    ways_end(&c.w);
}

/* Every kernel finds the same escapes, in texts of all lengths. */
static void
test_breaks(void **state)
{
    static const char alphabet[] = "\\\\\\nuaaaaaaaaaa";
    uint64_t random = 7;

    (void)state;
    for (uint32_t round = 0; round < 20000; round++) {
        size_t n = round % 150, at = 0, want;
        char *text = malloc(n + 1);

        for (size_t i = 0; i < n; i++) {
            random = random * UINT64_C(6364136223846793005) + 1;
            text[i] = alphabet[(random >> 33) % (sizeof alphabet - 1)];
        }
        for (; at < n; at = want + 1) {
            want = eql_rawmap_text_breaks(EQL_KERNEL_SCALAR)(text, at, n);
            for (eql_kernel k = EQL_KERNEL_SSE; k < EQL_KERNEL_COUNT; k++)
                assert_int_equal(eql_rawmap_text_breaks(k)(text, at, n), want);
        }
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures_are_the_same),
        cmocka_unit_test(test_few_paths_are_the_same),
        cmocka_unit_test(test_mutations_are_the_same),
        cmocka_unit_test(test_breaks),
    };

    return cmocka_run_group_tests_name("rawmap", tests, setup, teardown);
}
