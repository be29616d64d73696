/* rawmap_test.h -- a plain scanner that finds the sources of rawmap in a valid
 * JSON text, and programs that name given paths. */
#ifndef EQL_TESTS_SUPPORT_RAWMAP_TEST_H
#define EQL_TESTS_SUPPORT_RAWMAP_TEST_H

#include "tests/support/build_test.h"

#include "base/map.h"
#include "io/windows/rawmap.h"

/* --- programs --- */

typedef struct {
    eql_program *program;
    eql_paths paths;
} rawmap_program;

static inline void
rawmap_program_make(rawmap_program *t, const eql_strview *paths, size_t n)
{
    eql_builder *b = test_builder();

    for (size_t i = 0; i < n; i++)
        eql_builder_path(b, paths[i], EQL_MODE_FLAT);
    t->program = test_built(b);
    assert_true(eql_paths_init(&t->paths, t->program));
}

static inline void
rawmap_program_free(rawmap_program *t)
{
    eql_paths_free(&t->paths);
    eql_program_free(t->program);
}

/* --- scanning --- */

/* Sources by their keys, NUL-joined. */
static inline eql_map *
rawmap_feed_map(const eql_rawmap *r)
{
    eql_map *map = eql_map_new();
    uint32_t n;
    const eql_rawmap_source *s = eql_rawmap_sources(r, &n);

    for (uint32_t i = 0; i < n; i++) {
        eql_buf key = {0};

        for (uint32_t k = 0; k < s[i].n; k++) {
            eql_buf_add_str(&key, k ? "/" : "");
            eql_buf_add_str(&key, s[i].keys[k]);
        }
        assert_true(eql_map_put(map, key.p, key.len, i));
        eql_buf_free(&key);
    }
    return map;
}

static inline const char *
feed_string_end(const char *p)
{
    for (p++; *p != '"'; p++)
        p += *p == '\\';
    return p + 1;
}

static inline const char *
feed_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static inline const char *
feed_value_end(const char *p)
{
    int depth = 0;

    do {
        if (*p == '"') {
            p = feed_string_end(p);
            continue;
        }
        depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
        if (depth > 0 || strchr("{}[]", *p))
            p++;
        else
            p += strcspn(p, ",]} \t\r\n");
    } while (depth > 0);
    return p;
}

typedef struct {
    eql_rawmap *r;
    const eql_map *map;
    uint8_t *seen; /* per source */
} rawmap_feed;

/* NUL behind the text.  false: a source twice, or a key that is escaped. */
static inline bool
rawmap_feed_object(rawmap_feed *f, const char *p, const char *up)
{
    char path[512];

    for (p = feed_space(p + 1); *p != '}'; p = feed_space(p)) {
        const char *key = p + 1, *end = feed_string_end(p), *v;
        int len = (int)(end - 1 - key);
        uint32_t at;

        if (memchr(key, '\\', (size_t)len) || (size_t)len + strlen(up) > 500)
            return false;
        v = feed_space(feed_space(end) + 1);
        p = feed_value_end(v);
        len = snprintf(path, sizeof path, "%s%.*s", up, len, key);
        at = eql_map_get(f->map, path, (size_t)len);
        if (at != EQL_NONE) {
            if (f->seen[at]++)
                return false;
            eql_rawmap_found(f->r, at, v, (uint32_t)(p - v));
        }
        strcat(path, "/");
        if (*v == '{' && !*up && !rawmap_feed_object(f, v, path))
            return false;
        p = feed_space(p);
        p += *p == ',';
    }
    return true;
}

#endif
