/* api.h -- what the files of api/ share: the public objects' insides.
 *
 * api/ is the only library code that sees every layer.  It translates: options
 * and statuses to those of the layers, diagnostics and alerts to views. */
#ifndef EQL_API_API_H
#define EQL_API_API_H

#include "eqlvm/eqlvm.h"

#include "base/buf.h"
#include "base/diag.h"
#include "program/program.h"

struct eqlvm_program {
    eql_program *p;             /* verified */
    eqlvm_compile_summary made; /* all zero: loaded */
};

static inline eqlvm_text
eql_api_text(eql_strview s)
{
    return (eqlvm_text){s.p ? s.p : "", s.len};
}

static inline eql_strview
eql_api_sv(eqlvm_text t)
{
    return eql_sv(t.p ? t.p : "", t.len);
}

/* Hands a buffer to a writer: EQLVM_OK, _NOMEM when it failed, _STOPPED. */
eqlvm_status eql_api_write(const eql_buf *b, eqlvm_write_fn fn, void *ctx);
/* Copies up to cap bytes with a NUL; nothing when reason is NULL. */
void eql_api_reason(char *reason, size_t cap, eql_strview text);
/* Rendered as a terminal shows it; line: only the first line of that. */
eqlvm_status eql_api_render(const eql_diag *d, bool line, bool colour,
                            eqlvm_write_fn fn, void *ctx);

#endif
