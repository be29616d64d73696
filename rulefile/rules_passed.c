/* rules_passed.c -- what lies in a folder of rules and is no rule file.
 *
 * A folder that holds no rule was most likely meant to hold some: what was
 * passed over is then told by content, with counts, so that nobody takes
 * "0 rules" for "0 alerts".  Only the beginning of each file is read. */
#include "rulefile/rules_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "program/rule_language.h"

/* Bytes of a file that are looked at. */
#define LOOKED_AT ((size_t)16 << 10)
/* More kinds than there are, and files of each that are named. */
#define MAX_KINDS 16u
#define SHOWN_NAMES 3u

static const eql_foreign_rule is_eql = {
    "EQL under another suffix",
    "queries in EQL stand in files that end in .eql"};
static const eql_foreign_rule is_yaml = {"YAML", NULL};
static const eql_foreign_rule is_binary = {"no text", NULL};
static const eql_foreign_rule is_other = {"other kinds", NULL};

/* Ends of files whose text is prose or a program, whatever words it has. */
static bool
is_document(eql_strview path)
{
    static const char *const ends[] = {".md", ".rst", ".adoc", ".html", ".htm",
                                       ".py", ".sh",  ".ps1",  ".csv",  ".xml",
                                       ".c",  ".js",  ".ipynb"};

    for (size_t i = 0; i < EQL_COUNTOF(ends); i++)
        if (eql_rule_has_suffix(path, ends[i]))
            return true;
    return false;
}

/* A query of EQL begins with its kind or a category, and `where` follows. */
static bool
looks_like_eql(eql_strview s)
{
    static const char *const words[] = {"sequence", "sample",  "any",
                                        "process",  "file",    "network",
                                        "registry", "library", "dns"};
    size_t at = 0;

    while (at < s.len && strchr(" \t\r\n", s.p[at]) && s.p[at])
        at++;
    s = eql_sv(s.p + at, s.len - at);
    for (size_t i = 0; i < EQL_COUNTOF(words); i++) {
        size_t n = strlen(words[i]);

        if (s.len > n && memcmp(s.p, words[i], n) == 0 &&
            !eql_is_word(s.p[n]) && s.p[n] != '.')
            return memmem(s.p, s.len, " where ", 7) != NULL;
    }
    return false;
}

/* What the file is; NULL: it cannot be read. */
static const eql_foreign_rule *
look_at(eql_strview path)
{
    char bytes[LOOKED_AT];
    int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    const eql_foreign_rule *found = NULL;
    eql_strview s;

    if (fd >= 0)
        close(fd);
    if (n < 0)
        return NULL;
    s = eql_sv(bytes, (size_t)n);
    if (memchr(bytes, '\0', s.len))
        return &is_binary;
    if (looks_like_eql(s))
        return &is_eql;
    if (!is_document(path))
        found = eql_rule_is_foreign(s);
    if (found)
        return found;
    return eql_rule_has_suffix(path, ".yml") ||
                   eql_rule_has_suffix(path, ".yaml")
               ? &is_yaml
               : &is_other;
}

const char *
eql_rules_looks_like(const char *path)
{
    const eql_foreign_rule *f = look_at(eql_sv_cstr(path));

    return f ? f->advice : NULL;
}

/* --- a folder --- */

typedef struct {
    const eql_foreign_rule *what;
    uint64_t n;
    eql_buf names; /* of the first few */
} bucket;

typedef struct {
    bucket buckets[MAX_KINDS];
    uint32_t n;
} tally;

/* Counts the file where it belongs. */
static void
count(tally *t, const eql_foreign_rule *what, eql_strview path)
{
    bucket *b;
    uint32_t i = 0;
    size_t start = path.len;

    while (i < t->n && t->buckets[i].what != what)
        i++;
    if (i == t->n && t->n < MAX_KINDS)
        t->buckets[t->n++].what = what;
    b = &t->buckets[i < MAX_KINDS ? i : MAX_KINDS - 1];
    while (start > 0 && path.p[start - 1] != '/')
        start--;
    if (b->n < SHOWN_NAMES) {
        eql_buf_add_str(&b->names, b->n ? ", " : "");
        eql_buf_add(&b->names, path.p + start, path.len - start);
    } else if (b->n == SHOWN_NAMES) {
        eql_buf_add_str(&b->names, ", ...");
    }
    b->n++;
}

/* The kind with most files of which there is something to say. */
static const char *
advice(const tally *t)
{
    const char *best = "rule files end in .eql, .toml, .ndjson or .eqlc";
    uint64_t most = 0;

    for (uint32_t i = 0; i < t->n; i++)
        if (t->buckets[i].what->advice && t->buckets[i].n > most) {
            best = t->buckets[i].what->advice;
            most = t->buckets[i].n;
        }
    return best;
}

/* Kinds of which there is something to say, or the others. */
static void
add_counts(const tally *t, bool known, eql_buf *out)
{
    for (uint32_t i = 0; i < t->n; i++) {
        const bucket *b = &t->buckets[i];

        if ((b->what->advice != NULL) == known)
            eql_buf_printf(
                out, "%s%llu of %s (%.*s)",
                out->len ? ", " : "; passed over: ", (unsigned long long)b->n,
                b->what->name, (int)b->names.len, eql_buf_sv(&b->names).p);
    }
}

bool
eql_rules_tell_passed(eql_strview folder, const eql_vec *paths,
                      eql_diags *diags)
{
    eql_source whole = {.file = folder, .whole = true};
    tally t = {0};
    eql_buf text = {0};
    bool ok = true;

    for (uint32_t i = 0; i < paths->n; i++) {
        eql_strview path = *(const eql_strview *)eql_vec_at(paths, i);
        const eql_foreign_rule *what = look_at(path);

        count(&t, what ? what : &is_other, path);
    }
    add_counts(&t, true, &text);
    add_counts(&t, false, &text);
    for (uint32_t i = 0; i < t.n; i++)
        ok = ok && !t.buckets[i].names.failed;
    ok = ok && !text.failed;
    eql_diags_set_source(diags, &whole);
    if (ok)
        eql_diags_add(diags, "W610", (eql_span){0, 0}, advice(&t),
                      "the folder holds no rule%.*s", (int)text.len,
                      eql_buf_sv(&text).p);
    for (uint32_t i = 0; i < t.n; i++)
        eql_buf_free(&t.buckets[i].names);
    eql_buf_free(&text);
    return ok;
}
