/* run_text.h -- all that there is to see of a run, as text: what is compared
 * where runs must not differ. */
#ifndef EQL_TESTS_SUPPORT_RUN_TEXT_H
#define EQL_TESTS_SUPPORT_RUN_TEXT_H

#include "tests/support/api_test.h"

#ifndef RUN_TEXT_LINE
#define RUN_TEXT_LINE 800u
#endif

static inline bool
run_text_alert(void *ctx, const eqlvm_alert *a)
{
    eql_buf *out = ctx;

    eql_buf_printf(out, "%u %.*s %lld %lld\n", a->rule, (int)a->alert_id.len,
                   a->alert_id.p, (long long)a->time_ns, (long long)a->span_ns);
    for (uint32_t i = 0; i < a->nkeys; i++)
        eql_buf_printf(out, " %.*s", (int)a->keys[i].json.len,
                       a->keys[i].json.p);
    for (uint32_t i = 0; i < a->nstages; i++) {
        const eqlvm_alert_stage *s = &a->stages[i];

        eql_buf_printf(out, "  %u %.*s:%llu %.*s\n", s->stage, (int)s->file.len,
                       s->file.p, (unsigned long long)s->line,
                       (int)s->event.len, s->event.p);
    }
    if (a->nstages == 0)
        eql_buf_printf(out, "  %.*s\n", (int)a->row.len, a->row.p);
    return true;
}

static inline void
run_text_problem(void *ctx, const eqlvm_problem *p)
{
    eql_buf_printf(ctx, "%s:%llu:%llu %s %s\n", p->path,
                   (unsigned long long)p->line, (unsigned long long)p->byte,
                   p->reason, p->text);
}

static inline void
run_text_stats(const eqlvm_engine *e, eql_buf *out)
{
    eql_buf all = {0};
    const char *from, *to;

    assert_int_equal(eqlvm_engine_stats_json(e, api_collect, &all), EQLVM_OK);
    eql_buf_add_char(&all, '\0');
    from = strstr(all.p, ",\"seconds\"");
    to = strstr(all.p, ",\"rules\"");
    assert_true(from && to);
    eql_buf_add(out, all.p, (size_t)(from - all.p));
    eql_buf_add_str(out, to);
    eql_buf_free(&all);
}

static inline void
run_text_fields(const eqlvm_engine *e, const eqlvm_program *p, eql_buf *out)
{
    eqlvm_fields *f = eqlvm_fields_new(p);

    assert_non_null(f);
    for (size_t i = 0; i < eqlvm_fields_count(f); i++)
        eql_buf_printf(out, "%llu ",
                       (unsigned long long)eqlvm_engine_field_events(e, f, i));
    eqlvm_fields_free(f);
}

/* All that there is to see of a run over a file or folder.  Lines of more than
 * RUN_TEXT_LINE bytes are too long. */
static inline void
run_text(const eqlvm_program *p, const eqlvm_engine_options *options,
         const char *path, eql_buf *out)
{
    eqlvm_engine_options o = *options;
    eqlvm_engine *e;

    out->len = 0;
    o.problem = run_text_problem;
    o.ctx = out;
    o.max_line_bytes = RUN_TEXT_LINE;
    e = eqlvm_engine_new(p, &o, run_text_alert, out, NULL, 0);
    assert_non_null(e);
    eql_buf_printf(out, "read %d\n", (int)eqlvm_engine_read(e, path));
    eql_buf_printf(out, "finish %d %s\n", (int)eqlvm_engine_finish(e),
                   eqlvm_engine_error(e));
    run_text_stats(e, out);
    if (o.count_fields)
        run_text_fields(e, p, out);
    eqlvm_engine_free(e);
}

#endif
