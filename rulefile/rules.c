/* rules.c -- finds rule files, reads them, hands their rules on.
 *
 * A folder is walked once, in byte order of names.  Its TOML files are parsed
 * first, since they say which .ndjson files are events of a test and no rule
 * exports; then everything is delivered in the order of the walk. */
#include "rulefile/rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "rulefile/rules_file.h"

#define MAX_FILE_BYTES ((size_t)256 << 20)
#define MAX_QUERY_FILE_BYTES ((size_t)16 << 20)
#define MAX_FOLDERS 64 /* nested */

typedef enum { KIND_EQL, KIND_TOML, KIND_NDJSON, KIND_IMAGE, KIND_NONE } kind;

/* One file found, and for TOML what it holds. */
typedef struct {
    eql_strview path; /* NUL-terminated */
    kind kind;
    eql_rule_file_result result;
    eql_rule_source rule;
} entry;

typedef struct {
    eql_arena *arena;
    eql_arena *scratch; /* of one file */
    eql_diags *diags;
    const eql_rules_calls *calls;
    eql_rules_counters *counters;
    eql_strview path; /* that the user gave */
    eql_buf *why;
    eql_vec entries;
    eql_vec passed;           /* eql_strview: files that no reader takes */
    eql_map *events;          /* files named by tests: device and inode */
    eql_map *folders;         /* searched so far: device and inode */
    bool named;               /* the path is a file: it must hold a rule */
    const eql_strview *given; /* the text of the only one; NULL: it is read */
} walk;

static kind
kind_of(eql_strview path)
{
    static const char *const suffixes[] = {".eql", ".toml", ".ndjson", ".eqlc"};

    for (unsigned i = 0; i < EQL_COUNTOF(suffixes); i++)
        if (eql_rule_has_suffix(path, suffixes[i]))
            return (kind)i;
    return KIND_NONE;
}

/* What a text without a name is.  A query begins with a word or a comment of
 * its own kind, a TOML file with a table, a comment or a key. */
static kind
kind_of_text(eql_strview text)
{
    static const char image[] = {'E', 'Q', 'L', 'C'};
    size_t i = 0, word;

    if (text.len >= sizeof image && !memcmp(text.p, image, sizeof image))
        return KIND_IMAGE;
    if (text.len >= 3 && !memcmp(text.p, "\xEF\xBB\xBF", 3))
        i = 3;
    while (i < text.len && strchr(" \t\r\n", text.p[i]) && text.p[i])
        i++;
    if (i == text.len)
        return KIND_EQL;
    if (text.p[i] == '{')
        return KIND_NDJSON;
    if (text.p[i] == '[' || text.p[i] == '#')
        return KIND_TOML;
    for (word = i; i < text.len && (text.p[i] > ' ' && text.p[i] != '=');)
        i++;
    if (i == word)
        return KIND_EQL;
    while (i < text.len && (text.p[i] == ' ' || text.p[i] == '\t'))
        i++;
    return i < text.len && text.p[i] == '=' &&
                   !(i + 1 < text.len && text.p[i + 1] == '=')
               ? KIND_TOML
               : KIND_EQL;
}

static eql_rules_result
io_error(walk *w, const char *path, const char *what)
{
    w->why->len = 0;
    eql_buf_printf(w->why, "%s: %s", path, what);
    return EQL_RULES_IO;
}

/* --- reading files --- */

static eql_rules_result
read_all(walk *w, const char *path, int fd, eql_buf *out)
{
    for (;;) {
        ssize_t n;

        if (!eql_buf_reserve(out, (size_t)64 << 10))
            return EQL_RULES_NOMEM;
        n = read(fd, out->p + out->len, out->cap - out->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return io_error(w, path, strerror(errno));
        if (n == 0)
            return EQL_RULES_OK;
        out->len += (size_t)n;
        if (out->len > MAX_FILE_BYTES)
            return io_error(w, path, "a rule file of over 256 MiB");
    }
}

static eql_rules_result
read_file(walk *w, const char *path, eql_buf *out)
{
    int fd;
    eql_rules_result r;

    if (w->given) {
        if (w->given->len > MAX_FILE_BYTES)
            return io_error(w, path, "a rule file of over 256 MiB");
        eql_buf_add_sv(out, *w->given);
        return out->failed ? EQL_RULES_NOMEM : EQL_RULES_OK;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return io_error(w, path, strerror(errno));
    r = read_all(w, path, fd, out);
    close(fd);
    return r;
}

/* The record that the file's reader needs; its text is `bytes`. */
static eql_rules_result
load_bytes(walk *w, eql_strview path, eql_buf *bytes, eql_rule_file *f)
{
    eql_rules_result r = read_file(w, path.p, bytes);
    eql_source whole = {.file = path, .first_line = 1};

    *f = (eql_rule_file){.arena = w->arena,
                         .scratch = w->scratch,
                         .diags = w->diags,
                         .counters = w->counters,
                         .file = path,
                         .text = eql_buf_sv(bytes)};
    whole.text = f->text;
    eql_diags_set_source(w->diags, &whole);
    w->counters->files += r == EQL_RULES_OK;
    return r;
}

/* The same with the text in the arena. */
static eql_rules_result
load_text(walk *w, eql_strview path, eql_rule_file *f)
{
    eql_source whole = {.file = path, .first_line = 1};
    eql_buf bytes = {0};
    eql_rules_result r = load_bytes(w, path, &bytes, f);

    if (r == EQL_RULES_OK) {
        f->text = eql_arena_dup(w->arena, f->text);
        if (!f->text.p)
            r = EQL_RULES_NOMEM;
    }
    eql_buf_free(&bytes);
    whole.text = f->text;
    eql_diags_set_source(w->diags, &whole);
    return r;
}

/* --- what tests call their events --- */

/* Identity of a file, whatever it is called. */
static bool
file_key(const char *path, uint64_t key[2])
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    key[0] = (uint64_t)st.st_dev;
    key[1] = (uint64_t)st.st_ino;
    return true;
}

static bool
note_events(walk *w, const entry *e)
{
    size_t dir = e->path.len;

    while (dir > 0 && e->path.p[dir - 1] != '/')
        dir--;
    for (uint32_t i = 0; i < e->rule.ntests; i++) {
        eql_strview name = e->rule.tests[i].events_file, path;
        uint64_t key[2];

        if (name.len == 0 || memchr(name.p, '\0', name.len))
            continue;
        path = eql_arena_printf(w->arena, "%.*s%.*s",
                                name.p[0] == '/' ? 0 : (int)dir, e->path.p,
                                (int)name.len, name.p);
        if (!path.p)
            return false;
        if (file_key(path.p, key) &&
            !eql_map_put(w->events, key, sizeof key, 1))
            return false;
    }
    return true;
}

static bool
is_events_of_a_test(const walk *w, const entry *e)
{
    uint64_t key[2];

    return eql_map_count(w->events) > 0 && file_key(e->path.p, key) &&
           eql_map_get(w->events, key, sizeof key) != EQL_NONE;
}

/* --- one file --- */

static eql_rules_result
deliver_eql(walk *w, const entry *e)
{
    eql_rule_file f;
    eql_rules_result result = load_text(w, e->path, &f);
    eql_rule_source r = {.file = e->path,
                         .name = eql_rule_base_name(e->path),
                         .risk_score = EQL_NONE};
    size_t bom;

    if (result != EQL_RULES_OK)
        return result;
    if (f.text.len > MAX_QUERY_FILE_BYTES) {
        eql_rule_complain(&f, "E606", 0, 0, NULL, "a query of over 16 MiB");
        w->counters->unreadable++;
        return EQL_RULES_OK;
    }
    bom = f.text.len >= 3 && !memcmp(f.text.p, "\xEF\xBB\xBF", 3) ? 3 : 0;
    r.query = (eql_source){.file = e->path,
                           .text = eql_sv(f.text.p + bom, f.text.len - bom),
                           .first_line = 1};
    return eql_rule_deliver(w->calls, w->counters, false, &r);
}

static eql_rules_result
deliver_image(walk *w, const entry *e)
{
    eql_buf bytes = {0};
    eql_rules_result result = read_file(w, e->path.p, &bytes);

    if (result == EQL_RULES_OK) {
        w->counters->files++;
        w->counters->rules++;
        if (!w->calls->image(w->calls->ctx, e->path.p, &bytes))
            result = EQL_RULES_STOPPED;
    }
    eql_buf_free(&bytes);
    return result;
}

static eql_rules_result
deliver_toml(walk *w, const entry *e)
{
    switch (e->result) {
    case EQL_RULE_FILE_RULE:
        return eql_rule_deliver(w->calls, w->counters, false, &e->rule);
    case EQL_RULE_FILE_OTHER: w->counters->other_language++; break;
    case EQL_RULE_FILE_BAD:
        return eql_rule_deliver(w->calls, w->counters, true, &e->rule);
    case EQL_RULE_FILE_NONE: break;
    case EQL_RULE_FILE_NOMEM: return EQL_RULES_NOMEM;
    }
    return EQL_RULES_OK;
}

static eql_rules_result
deliver_ndjson(walk *w, const entry *e)
{
    eql_rule_file f;
    eql_rules_result result;

    if (is_events_of_a_test(w, e))
        return EQL_RULES_OK;
    result = load_text(w, e->path, &f);
    return result == EQL_RULES_OK ? eql_rules_json(&f, w->calls) : result;
}

static eql_rules_result
deliver(walk *w, const entry *e)
{
    switch (e->kind) {
    case KIND_EQL: return deliver_eql(w, e);
    case KIND_TOML: return deliver_toml(w, e);
    case KIND_NDJSON: return deliver_ndjson(w, e);
    case KIND_IMAGE: return deliver_image(w, e);
    case KIND_NONE: break;
    }
    return EQL_RULES_OK;
}

static eql_rules_result
read_toml(walk *w, entry *e, eql_rule_file *f)
{
    e->result = eql_rules_toml(f, &e->rule);
    if (e->result == EQL_RULE_FILE_NONE && w->named)
        eql_rule_complain(f, "E603", 0, 1, NULL,
                          "the file has no [rule] table");
    else if (e->result == EQL_RULE_FILE_NONE)
        eql_rule_complain(f, "W607", 0, 1, NULL,
                          "skipped: the file has no [rule] table");
    if (f->bad)
        e->result = EQL_RULE_FILE_BAD;
    if (e->result == EQL_RULE_FILE_NOMEM ||
        (e->result == EQL_RULE_FILE_RULE && !note_events(w, e)))
        return EQL_RULES_NOMEM;
    return EQL_RULES_OK;
}

/* Reads a TOML file, before anything is delivered.  What the rule keeps of it
 * is in the arena, so neither its text nor its tree stays. */
static eql_rules_result
prepare(walk *w, entry *e)
{
    eql_source none = {.file = e->path};
    eql_buf bytes = {0};
    eql_rule_file f;
    eql_rules_result result = load_bytes(w, e->path, &bytes, &f);

    if (result == EQL_RULES_OK)
        result = read_toml(w, e, &f);
    eql_diags_set_source(w->diags, &none);
    eql_buf_free(&bytes);
    eql_arena_reset(w->scratch);
    return result;
}

/* --- folders --- */

static eql_rules_result find(walk *w, eql_strview path, unsigned depth);

static int
by_name(const void *a, const void *b)
{
    return eql_sv_cmp(*(const eql_strview *)a, *(const eql_strview *)b);
}

/* Names in the folder but the hidden ones, joined to its path. */
static eql_rules_result
list_folder(walk *w, eql_strview path, eql_text_list *out)
{
    bool slash = path.len > 0 && path.p[path.len - 1] == '/';
    DIR *d = opendir(path.p);
    const struct dirent *x;
    eql_rules_result r = EQL_RULES_OK;

    if (!d)
        return io_error(w, path.p, strerror(errno));
    for (errno = 0; r == EQL_RULES_OK && (x = readdir(d)); errno = 0) {
        eql_strview full;

        if (x->d_name[0] == '.')
            continue;
        full = eql_arena_printf(w->arena, "%s%s%s", path.p, slash ? "" : "/",
                                x->d_name);
        if (!full.p || !eql_text_list_add(w->arena, out, full))
            r = EQL_RULES_NOMEM;
    }
    if (r == EQL_RULES_OK && errno != 0)
        r = io_error(w, path.p, strerror(errno));
    closedir(d);
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, by_name);
    return r;
}

static eql_rules_result
find_in_folder(walk *w, eql_strview path, unsigned depth)
{
    eql_text_list names = {0};
    eql_rules_result r;

    if (depth >= MAX_FOLDERS)
        return io_error(w, path.p, "folders are nested too deep");
    r = list_folder(w, path, &names);
    for (uint32_t i = 0; r == EQL_RULES_OK && i < names.n; i++)
        r = find(w, names.items[i], depth + 1);
    return r;
}

/* A file that was given by name. */
static eql_rules_result
no_rule_file(walk *w, eql_strview path)
{
    const char *looks = eql_rules_looks_like(path.p);
    eql_rules_result r =
        io_error(w, path.p,
                 "no rule file: it must end in .eql, .toml, .ndjson or .eqlc");

    if (looks)
        eql_buf_printf(w->why, "; %s", looks);
    return r;
}

/* In a folder; what cannot have held a rule, by its name, is no error. */
static eql_rules_result
pass_over(walk *w, eql_strview path, const char *why)
{
    const eql_source whole = {.file = path, .whole = true};

    if (kind_of(path) != KIND_NONE)
        return io_error(w, path.p, why);
    eql_diags_set_source(w->diags, &whole);
    eql_diags_add(w->diags, "W611", (eql_span){0, 0}, NULL, "passed over: %s",
                  why);
    return EQL_RULES_OK;
}

/* A link to a folder may lead round in a circle: each is searched once. */
static eql_rules_result
find_in_new_folder(walk *w, eql_strview path, const struct stat *st,
                   unsigned depth)
{
    const uint64_t id[] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino};

    if (eql_map_get(w->folders, id, sizeof id) != EQL_NONE)
        return pass_over(w, path, "the folder was searched before");
    if (!eql_map_put(w->folders, id, sizeof id, 0))
        return EQL_RULES_NOMEM;
    return find_in_folder(w, path, depth);
}

/* depth 0: the path that the user gave. */
static eql_rules_result
find(walk *w, eql_strview path, unsigned depth)
{
    entry e = {.path = path, .kind = kind_of(path)};
    struct stat st;

    if (stat(path.p, &st) != 0)
        return depth > 0 ? pass_over(w, path, strerror(errno))
                         : io_error(w, path.p, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return find_in_new_folder(w, path, &st, depth);
    if (depth == 0) {
        w->named = true;
        if (e.kind == KIND_NONE)
            return no_rule_file(w, path);
    }
    if (depth > 0 && !S_ISREG(st.st_mode)) /* opening it might never end */
        return pass_over(w, path, "a pipe, socket or device is no rule file");
    if (e.kind == KIND_NONE)
        return eql_vec_push(&w->passed, &path, sizeof path) != EQL_NONE
                   ? EQL_RULES_OK
                   : EQL_RULES_NOMEM;
    return eql_vec_push(&w->entries, &e, sizeof e) == EQL_NONE ? EQL_RULES_NOMEM
                                                               : EQL_RULES_OK;
}

/* Did the walk come to a rule, in whatever language? */
static bool
has_rules(const walk *w, eql_rules_counters before)
{
    return w->counters->rules > before.rules ||
           w->counters->unreadable > before.unreadable ||
           w->counters->other_language > before.other_language;
}

static eql_rules_result
read_entries(walk *w)
{
    const eql_rules_counters before = *w->counters;
    eql_rules_result r = EQL_RULES_OK;

    for (uint32_t i = 0; i < w->entries.n && r == EQL_RULES_OK; i++) {
        entry *e = eql_vec_at(&w->entries, i);

        if (e->kind == KIND_TOML)
            r = prepare(w, e);
    }
    for (uint32_t i = 0; i < w->entries.n && r == EQL_RULES_OK; i++)
        r = deliver(w, eql_vec_at(&w->entries, i));
    if (r == EQL_RULES_OK && !w->named && !has_rules(w, before) &&
        !eql_rules_tell_passed(w->path, &w->passed, w->diags))
        r = EQL_RULES_NOMEM;
    return r;
}

/* The entries are found by `find` below the name, or given. */
static eql_rules_result
read_rules(walk *w, const char *path)
{
    eql_strview name = eql_arena_dup(w->arena, eql_sv_cstr(path));
    entry e = {.path = name};
    eql_rules_result r = EQL_RULES_NOMEM;
    bool ready;

    w->path = name;
    w->scratch = eql_arena_new(0);
    w->events = eql_map_new();
    w->folders = eql_map_new();
    ready = w->scratch && w->events && w->folders && name.p;
    if (ready && !w->given)
        r = find(w, name, 0);
    if (ready && w->given) {
        e.kind = kind_of(name);
        if (e.kind == KIND_NONE)
            e.kind = kind_of_text(*w->given);
        w->named = true;
        if (eql_vec_push(&w->entries, &e, sizeof e) != EQL_NONE)
            r = EQL_RULES_OK;
    }
    if (r == EQL_RULES_OK)
        r = read_entries(w);
    eql_vec_free(&w->entries);
    eql_vec_free(&w->passed);
    eql_map_free(w->events);
    eql_map_free(w->folders);
    eql_arena_free(w->scratch);
    if (r == EQL_RULES_OK &&
        (eql_arena_failed(w->arena) || eql_diags_failed(w->diags)))
        r = EQL_RULES_NOMEM;
    return r;
}

eql_rules_result
eql_rules_read(const char *path, eql_arena *arena, eql_diags *diags,
               const eql_rules_calls *calls, eql_rules_counters *counters,
               eql_buf *why)
{
    walk w = {.arena = arena,
              .diags = diags,
              .calls = calls,
              .counters = counters,
              .why = why};

    return read_rules(&w, path);
}

eql_rules_result
eql_rules_read_text(const char *name, eql_strview text, eql_arena *arena,
                    eql_diags *diags, const eql_rules_calls *calls,
                    eql_rules_counters *counters, eql_buf *why)
{
    walk w = {.arena = arena,
              .diags = diags,
              .calls = calls,
              .counters = counters,
              .why = why,
              .given = &text};

    return read_rules(&w, name);
}
