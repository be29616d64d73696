/* version.c -- names: of the version, statuses, severities, formats, reasons.
 */
#include "api/api.h"

#include <stdio.h>

#include "io/events.h"
#include "program/rule.h"

#define TEXT(x) #x
#define VERSION(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

const char *
eqlvm_version(void)
{
    return VERSION(EQLVM_VERSION_MAJOR, EQLVM_VERSION_MINOR,
                   EQLVM_VERSION_PATCH);
}

const char *
eqlvm_status_name(eqlvm_status s)
{
    switch (s) {
    case EQLVM_OK: return "ok";
    case EQLVM_ERR_NOMEM: return "out of memory";
    case EQLVM_ERR_ARG: return "bad argument";
    case EQLVM_ERR_COMPILE: return "a rule does not compile";
    case EQLVM_ERR_IMAGE: return "compiled file refused";
    case EQLVM_ERR_IO: return "input or output failed";
    case EQLVM_ERR_LIMIT: return "limit reached";
    case EQLVM_ERR_STOPPED: return "stopped";
    }
    return "unknown status";
}

const char *
eqlvm_severity_name(eqlvm_severity s)
{
    return eql_severity_name((uint32_t)s);
}

bool
eqlvm_severity_parse(const char *s, eqlvm_severity *out)
{
    eql_severity_level level;

    if (!s || !out || !eql_severity_parse(eql_sv_cstr(s), &level))
        return false;
    *out = (eqlvm_severity)level;
    return true;
}

bool
eqlvm_format_parse(const char *s, eqlvm_format *out)
{
    static const char *const names[] = {"ndjson", "table", "csv", "ecs"};

    for (size_t i = 0; s && out && i < EQL_COUNTOF(names); i++)
        if (eql_sv_eq_ascii_ci(eql_sv_cstr(s), eql_sv_cstr(names[i]))) {
            *out = (eqlvm_format)i;
            return true;
        }
    return false;
}

static const char *const reject_names[] = {
#define X(name, key, text) key,
#include "io/format/reject.def"
#undef X
};

_Static_assert(EQL_COUNTOF(reject_names) == EQLVM_NREJECT,
               "the public header counts the reasons");

const char *
eqlvm_reject_name(unsigned reason)
{
    return reason < EQLVM_NREJECT ? reject_names[reason] : NULL;
}

_Static_assert(EQL_LAYOUT_COUNT == EQLVM_NLAYOUT,
               "the public header counts the layouts");

const char *
eqlvm_layout_name(unsigned layout)
{
    return layout < EQLVM_NLAYOUT ? eql_layouts[layout].key : NULL;
}

eqlvm_status
eql_api_write(const eql_buf *b, eqlvm_write_fn fn, void *ctx)
{
    eql_strview s = eql_buf_sv(b);

    if (b->failed)
        return EQLVM_ERR_NOMEM;
    return s.len == 0 || fn(ctx, s.p, s.len) ? EQLVM_OK : EQLVM_ERR_STOPPED;
}

void
eql_api_reason(char *reason, size_t cap, eql_strview text)
{
    if (reason && cap > 0)
        snprintf(reason, cap, "%.*s", (int)(text.len < 4096 ? text.len : 4096),
                 text.p ? text.p : "");
}

eqlvm_status
eql_api_render(const eql_diag *d, bool line, bool colour, eqlvm_write_fn fn,
               void *ctx)
{
    eql_buf text = {0};
    eqlvm_status s;

    (line ? eql_diag_render_line : eql_diag_render)(d, colour, &text);
    s = eql_api_write(&text, fn, ctx);
    eql_buf_free(&text);
    return s;
}
