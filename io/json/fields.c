/* fields.c -- see fields.h. */
#include "io/json/fields.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "io/json/json.h"

#define MOST_VALUES 1000u /* joined */

struct eql_fields {
    eql_arena *arena; /* texts handed out */
    json_t *event;
    eql_buf scratch;
    bool failed; /* memory ran out since this was last asked */
};

eql_fields *
eql_fields_new(void)
{
    eql_fields *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->arena = eql_arena_new(0);
    if (f->arena)
        return f;
    free(f);
    return NULL;
}

void
eql_fields_free(eql_fields *f)
{
    if (!f)
        return;
    json_decref(f->event);
    eql_arena_free(f->arena);
    eql_buf_free(&f->scratch);
    free(f);
}

void
eql_fields_read(eql_fields *f, eql_strview json)
{
    eql_json_findings v = {.reason = EQL_REJECT_COUNT};

    json_decref(f->event);
    eql_arena_reset(f->arena);
    f->event = eql_json_read(json, EQL_JSON_MAX_DEPTH, &f->scratch, &v);
    if (f->event || v.reason != EQL_REJECT_COUNT)
        return;
    eql_buf_free(&f->scratch);
    f->failed = true;
}

bool
eql_fields_failed(eql_fields *f)
{
    bool failed = f->failed;

    f->failed = false;
    return failed;
}

/* First thing found under the path: each prefix of it may be one key. */
static const json_t *
lookup(const json_t *v, const char *path)
{
    const char *end = path;

    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++) {
            const json_t *found = lookup(json_array_get(v, i), path);

            if (found)
                return found;
        }
        return NULL;
    }
    while (json_is_object(v) && *end) {
        const json_t *child, *found;

        end += strcspn(end, ".");
        child = json_object_getn(v, path, (size_t)(end - path));
        if (*end == '\0')
            return json_is_null(child) ? NULL : child;
        end++;
        found = child ? lookup(child, end) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

static void
add_scalar(eql_buf *out, const json_t *v)
{
    char number[32];

    if (json_is_string(v))
        eql_buf_add(out, json_string_value(v), json_string_length(v));
    else if (json_is_integer(v))
        eql_buf_add(out, number, eql_format_int(json_integer_value(v), number));
    else if (json_is_real(v))
        eql_buf_add(out, number, eql_format_double(json_real_value(v), number));
    else if (json_is_boolean(v))
        eql_buf_add_str(out, json_is_true(v) ? "true" : "false");
}

static eql_strview
keep(eql_fields *f, eql_buf *text)
{
    eql_strview s = eql_arena_dup(f->arena, eql_buf_sv(text));

    if (s.p && !text->failed)
        return s;
    eql_buf_free(text);
    f->failed = true;
    return eql_sv("", 0);
}

static eql_strview
get(eql_fields *f, const char *path, unsigned most)
{
    const json_t *v = lookup(f->event, path);
    size_t n = json_is_array(v) ? json_array_size(v) : 1;

    f->scratch.len = 0;
    for (size_t i = 0, taken = 0; v && i < n && taken < most; i++) {
        const json_t *x = json_is_array(v) ? json_array_get(v, i) : v;

        if (json_is_null(x) || json_is_array(x) || json_is_object(x))
            continue;
        if (taken++ > 0)
            eql_buf_add_char(&f->scratch, ' ');
        add_scalar(&f->scratch, x);
    }
    return keep(f, &f->scratch);
}

eql_strview
eql_fields_get(eql_fields *f, const char *path)
{
    return get(f, path, 1);
}

eql_strview
eql_fields_join(eql_fields *f, const char *path)
{
    return get(f, path, MOST_VALUES);
}

static void
add_value(eql_buf *out, const json_t *v)
{
    if (json_is_string(v))
        add_scalar(out, v);
    else
        eql_json_print(v, out);
}

eql_strview
eql_fields_list(eql_fields *f, const char *path, const char *sep)
{
    const json_t *v = lookup(f->event, path);

    f->scratch.len = 0;
    if (v && !json_is_array(v))
        add_value(&f->scratch, v);
    for (size_t i = 0; i < json_array_size(v); i++) {
        eql_buf_add_str(&f->scratch, i ? sep : "");
        add_value(&f->scratch, json_array_get(v, i));
    }
    return keep(f, &f->scratch);
}
