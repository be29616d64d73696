/* image_exercise.h -- all that is done with a program, done with one that came
 * from an image: for images that nobody compiled.
 *
 * The program is run with and without index and memo over events that its rules
 * look at, twice over, its alerts are written in every format, it is printed,
 * saved and taken into another program.  Alerts must be the same with and
 * without; what is saved is what was loaded, byte for byte; what was taken over
 * is accepted again.  Each of these returns NULL, or what was broken. */
#ifndef EQL_TESTS_SUPPORT_IMAGE_EXERCISE_H
#define EQL_TESTS_SUPPORT_IMAGE_EXERCISE_H

#include "eqlvm/eqlvm.h"
#include "program/disasm.h"
#include "program/image.h"
#include "program/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What the rules of tests/fuzz/image look at. */
static const char *const image_events[] = {
#define EVENT(n, rest)                                                         \
    "{\"@timestamp\":\"2024-01-01T00:00:0" #n "Z\",\"event\":{\"category\":"   \
    "\"process\",\"type\":\"start\",\"kind\":\"process\",\"created\":"         \
    "\"2024-01-01T00:00:0" #n "Z\",\"sequence\":" #n "},\"n\":" #n             \
    ",\"host\":\"h\",\"source\":{\"ip\":\"10.0.0.1\"},\"process\":{"           \
    "\"name\":\"a\",\"entity_id\":\"p" #n "\"," rest "}"
    EVENT(1, "\"parent\":{\"entity_id\":\"p0\"}},\"u\":\"a\""),
    EVENT(2, "\"parent\":{\"entity_id\":\"p1\"}},\"u\":\"A\",\"ip\":"
             "\"10.1.1.1\""),
    EVENT(3, "\"parent\":{\"entity_id\":\"p2\"}},\"u\":[\"ab\",\"b\"]"),
    EVENT(4, "\"parent\":{\"entity_id\":\"p3\"}},\"g\":[4,null,{\"q\":1}]"),
    EVENT(5, "\"x\":1},\"u\":\"AB\",\"f\":[{\"n\":\"bb\",\"s\":[\"a\","
             "\"ac\"]},{\"s\":\"a\"},7,[1]]"),
    EVENT(6, "\"x\":{}},\"f\":{\"n\":[\"b\"],\"s\":[\"a\",\"A\",2]},"
             "\"u\":\"abc\""),
    EVENT(9, "\"x\":[]},\"u\":\"z\""),
    EVENT(7, "\"x\":2.5},\"u\":\"b\""),
#undef EVENT
};

#define IMAGE_ROUNDS 2u
#define IMAGE_FORMATS 4u

typedef struct {
    const eqlvm_program *program;
    eqlvm_writer *writers[IMAGE_FORMATS];
    uint64_t alerts, written;
} image_reader;

static inline bool
image_count_bytes(void *ctx, const char *p, size_t len)
{
    (void)p;
    *(uint64_t *)ctx += len;
    return true;
}

static inline bool
image_take_alert(void *ctx, const eqlvm_alert *a)
{
    image_reader *r = ctx;

    r->alerts++;
    for (unsigned i = 0; i < IMAGE_FORMATS; i++)
        if (r->writers[i])
            (void)eqlvm_writer_alert(r->writers[i], a);
    return true;
}

/* The events as a file in memory, all of them so often; its name.  NULL: none
 * could be made. */
static inline const char *
image_events_file(void)
{
    static char path[64];
    int fd = path[0] ? -1 : memfd_create("events", 0);
    bool ok = fd >= 0;

    for (unsigned k = 0; k < IMAGE_ROUNDS && fd >= 0; k++)
        for (size_t i = 0; i < EQL_COUNTOF(image_events); i++)
            ok = ok && dprintf(fd, "%s\n", image_events[i]) > 0;
    if (ok)
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path[0] ? path : NULL;
}

/* Runs the program over its events to the end.  formats: alerts are written. */
static inline const char *
image_run(const eqlvm_program *p, const eqlvm_engine_options *o, bool formats,
          uint64_t *alerts)
{
    image_reader r = {.program = p};
    eqlvm_engine *e = eqlvm_engine_new(p, o, image_take_alert, &r, NULL, 0);
    const char *path = image_events_file();
    eqlvm_status s;

    if (!e || !path)
        return "an engine and events are made";
    for (unsigned i = 0; formats && i < IMAGE_FORMATS; i++)
        r.writers[i] = eqlvm_writer_new(
            p, &(eqlvm_writer_options){.format = (eqlvm_format)i},
            image_count_bytes, &r.written);
    s = eqlvm_engine_read(e, path);
    if (s == EQLVM_OK)
        s = eqlvm_engine_finish(e);
    for (unsigned i = 0; i < IMAGE_FORMATS; i++)
        eqlvm_writer_free(r.writers[i]);
    eqlvm_engine_free(e);
    *alerts = r.alerts;
    return s == EQLVM_OK ? NULL : "the run ends";
}

/* Is a program of its rules accepted? */
static inline const char *
image_import(const eql_program *p)
{
    eql_program *q = eql_program_first_rules(p, p->nrules);
    eql_verify_result r = {EQL_VERIFY_OK, "", 0};

    if (q)
        r = eql_verify(q);
    eql_program_free(q);
    if (!q)
        return "its rules are taken over";
    return r.code == EQL_VERIFY_OK ? NULL : "what was taken over is accepted";
}

static inline const char *
image_save_and_print(const char *image, size_t len)
{
    eql_buf why = {0}, out = {0};
    eql_program *p = eql_image_load(image, len, &why);
    const char *broken = NULL;

    if (!p) {
        broken = "what is accepted once is accepted again";
    } else {
        if (!eql_image_save(p, &out) || out.len != len ||
            memcmp(out.p, image, len) != 0)
            broken = "what is saved is what was loaded";
        out.len = 0;
        eql_disasm(p, &out);
        if (!broken && out.failed)
            broken = "it can be printed";
        if (!broken)
            broken = image_import(p);
    }
    eql_program_free(p);
    eql_buf_free(&why);
    eql_buf_free(&out);
    return broken;
}

/* *accepted: by the verifier; then everything is done with it. */
static inline const char *
image_exercise(const char *image, size_t len, bool *accepted)
{
    static const eqlvm_engine_options fast = {.input = EQLVM_INPUT_ECS,
                                              .threads = 1};
    static const eqlvm_engine_options slow = {.input = EQLVM_INPUT_ECS,
                                              .threads = 1,
                                              .no_index = true,
                                              .no_memo = true};
    char reason[256] = "";
    eqlvm_program *p = NULL;
    uint64_t fast_alerts = 0, slow_alerts = 0;
    eqlvm_fields *fields;
    const char *broken;

    *accepted =
        eqlvm_program_load(image, len, &p, reason, sizeof reason) == EQLVM_OK;
    if (!*accepted)
        return reason[0] != 0 ? NULL : "a refusal has a reason";
    broken = image_run(p, &fast, true, &fast_alerts);
    if (!broken)
        broken = image_run(p, &slow, false, &slow_alerts);
    if (!broken && fast_alerts != slow_alerts)
        broken = "alerts are the same with and without the index";
    if (!broken)
        broken = image_save_and_print(image, len);
    fields = eqlvm_fields_new(p);
    if (!broken && !fields)
        broken = "its fields are listed";
    eqlvm_fields_free(fields);
    eqlvm_program_free(p);
    return broken;
}

#endif
