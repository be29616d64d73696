/* writer.c -- eqlvm_writer: alerts in one form, and what the forms share. */
#include "api/writer.h"

#include <stdlib.h>

#include "base/text.h"

eqlvm_writer *
eqlvm_writer_new(const eqlvm_program *p, const eqlvm_writer_options *o,
                 eqlvm_write_fn fn, void *ctx)
{
    eqlvm_writer *w;

    if (!p || !fn)
        return NULL;
    w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->program = p->p;
    if (o)
        w->o = *o;
    w->fn = fn;
    w->ctx = ctx;
    w->fields = eql_fields_new();
    w->common = eql_common_new();
    w->arena = eql_arena_new(0);
    w->rules = calloc((size_t)w->program->nrules + 1, sizeof *w->rules);
    if (w->fields && w->common && w->arena && w->rules)
        return w;
    eqlvm_writer_free(w);
    return NULL;
}

void
eqlvm_writer_free(eqlvm_writer *w)
{
    if (!w)
        return;
    eql_fields_free(w->fields);
    eql_common_free(w->common);
    eql_arena_free(w->arena);
    eql_buf_free(&w->rule_texts);
    eql_buf_free(&w->out);
    free(w->rules);
    free(w);
}

eqlvm_status
eqlvm_writer_alert(eqlvm_writer *w, const eqlvm_alert *a)
{
    if (!w || !a || a->rule >= w->program->nrules)
        return EQLVM_ERR_ARG;
    w->out.len = 0;
    eql_arena_reset(w->arena);
    switch (w->o.format) {
    case EQLVM_FORMAT_NDJSON: eql_writer_ndjson(w, a); break;
    case EQLVM_FORMAT_TABLE: eql_writer_table(w, a); break;
    case EQLVM_FORMAT_CSV: eql_writer_csv(w, a); break;
    case EQLVM_FORMAT_ECS: eql_writer_ecs(w, a); break;
    }
    if (eql_fields_failed(w->fields) || eql_arena_failed(w->arena))
        return EQLVM_ERR_NOMEM;
    w->started =
        w->started || a->nstages > 0 || w->o.format != EQLVM_FORMAT_TABLE;
    w->rows_of = a->nstages == 0 ? a->rule + 1 : 0;
    return eql_api_write(&w->out, w->fn, w->ctx);
}

/* --- JSON --- */

void
eql_writer_name(eql_buf *b, const char *name, bool first)
{
    eql_buf_add_str(b, first ? "\"" : ",\"");
    eql_buf_add_str(b, name);
    eql_buf_add_str(b, "\":");
}

void
eql_writer_text(eql_buf *b, eqlvm_text t)
{
    if (t.len > 0)
        eql_buf_add_json(b, eql_api_sv(t));
    else
        eql_buf_add_str(b, "null");
}

void
eql_writer_int(eql_buf *b, int64_t i)
{
    char text[32];

    eql_buf_add(b, text, eql_format_int(i, text));
}

void
eql_writer_time(eql_buf *b, bool has_time, int64_t ns)
{
    char text[40];

    if (!has_time) {
        eql_buf_add_str(b, "null");
        return;
    }
    eql_buf_add_char(b, '"');
    eql_buf_add(b, text, eql_time_format(ns, text));
    eql_buf_add_char(b, '"');
}

void
eql_writer_strings(const eqlvm_writer *w, eql_buf *b, eql_range run)
{
    const eql_program *p = w->program;

    eql_buf_add_char(b, '[');
    for (uint32_t i = 0; i < run.n; i++) {
        if (i > 0)
            eql_buf_add_char(b, ',');
        eql_buf_add_json(b, eql_program_str(p, p->strings[run.first + i]));
    }
    eql_buf_add_char(b, ']');
}

void
eql_writer_ms(eql_buf *b, int64_t ns)
{
    uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    uint64_t rest = n % 1000000;
    char fraction[7] = ".";
    size_t len = sizeof fraction;

    if (ns < 0)
        eql_buf_add_char(b, '-');
    eql_writer_int(b, (int64_t)(n / 1000000));
    if (rest == 0)
        return;
    for (size_t i = sizeof fraction; i-- > 1; rest /= 10)
        fraction[i] = (char)('0' + rest % 10);
    while (fraction[len - 1] == '0')
        len--;
    eql_buf_add(b, fraction, len);
}

/* --- what an analyst asks first --- */

static eql_strview
first_of(eqlvm_writer *w, const char *const *paths)
{
    eql_strview s = eql_sv("", 0);

    for (; *paths && s.len == 0; paths++)
        s = eql_fields_get(w->fields, *paths);
    return s;
}

/* "a.b.c.d:port", "[v6]:port"; a name where there is no address. */
static eql_strview
endpoint(eqlvm_writer *w, const char *const *paths, const char *port_path)
{
    eql_strview host = first_of(w, paths);
    eql_strview port = eql_fields_get(w->fields, port_path);
    bool v6 = host.len > 0 && memchr(host.p, ':', host.len);

    if (port.len == 0 || host.len == 0)
        return host.len > 0 ? host : port;
    return eql_arena_printf(w->arena, "%s%.*s%s:%.*s", v6 ? "[" : "",
                            (int)host.len, host.p, v6 ? "]" : "", (int)port.len,
                            port.p);
}

static eql_strview
user(eqlvm_writer *w)
{
    eql_strview name = eql_fields_get(w->fields, "user.name");
    eql_strview domain = eql_fields_get(w->fields, "user.domain");

    if (name.len == 0)
        return eql_fields_get(w->fields, "user.id");
    if (domain.len == 0)
        return name;
    return eql_arena_printf(w->arena, "%.*s\\%.*s", (int)domain.len, domain.p,
                            (int)name.len, name.p);
}

/* The last part of a Windows or Unix path. */
static eql_strview
base_name(eql_strview path)
{
    size_t i = path.len;

    while (i > 0 && path.p[i - 1] != '/' && path.p[i - 1] != '\\')
        i--;
    return eql_sv(path.p + i, path.len - i);
}

static eql_strview
process(eqlvm_writer *w, const char *name_path, const char *executable_path)
{
    eql_strview s = eql_fields_get(w->fields, name_path);

    return s.len > 0 ? s
                     : base_name(eql_fields_get(w->fields, executable_path));
}

eql_writer_facts
eql_writer_look(eqlvm_writer *w, const eqlvm_alert_stage *s)
{
    static const char *const host[] = {"host.name", "host.hostname", "host.id",
                                       NULL};
    static const char *const source[] = {"source.ip", "source.address",
                                         "source.domain", NULL};
    static const char *const destination[] = {
        "destination.ip", "destination.address", "destination.domain", NULL};
    static const char *const object[] = {"file.path", "registry.path",
                                         "dll.path", "dns.question.name", NULL};
    eql_writer_facts f;

    eql_fields_read(w->fields, eql_api_sv(s->event));
    f.host = first_of(w, host);
    f.user = user(w);
    f.process = process(w, "process.name", "process.executable");
    f.pid = eql_fields_get(w->fields, "process.pid");
    f.parent = process(w, "process.parent.name", "process.parent.executable");
    f.command = eql_fields_get(w->fields, "process.command_line");
    if (f.command.len == 0)
        f.command = eql_fields_join(w->fields, "process.args");
    f.source = endpoint(w, source, "source.port");
    f.destination = endpoint(w, destination, "destination.port");
    f.object = first_of(w, object);
    return f;
}

eql_writer_columns
eql_writer_row(eqlvm_writer *w, const eqlvm_alert *a, const char *sep)
{
    eql_writer_columns c;

    eql_fields_read(w->fields,
                    a->row.len ? eql_api_sv(a->row) : eql_sv("{}", 2));
    c.key = eql_fields_list(w->fields, "key", sep);
    c.count = eql_fields_list(w->fields, "count", sep);
    c.percent = eql_fields_list(w->fields, "percent", sep);
    c.hosts = eql_fields_list(w->fields, "hosts", sep);
    c.total_hosts = eql_fields_list(w->fields, "total_hosts", sep);
    return c;
}

eql_strview
eql_writer_key(eqlvm_writer *w, const eqlvm_alert_key *k)
{
    eql_strview object;

    if (k->json.len < 2 || k->json.p[0] != '"')
        return eql_api_sv(k->json);
    /* As the only field of an object, so that one reader undoes escapes. */
    object =
        eql_arena_printf(w->arena, "{\"k\":%.*s}", (int)k->json.len, k->json.p);
    eql_fields_read(w->fields, object);
    return eql_arena_dup(w->arena, eql_fields_get(w->fields, "k"));
}
