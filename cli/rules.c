/* rules.c -- loading rules, for every verb that takes them. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

int
cli_select_load(cli_select *s)
{
    size_t len;

    if (!s->definitions_file || s->definitions)
        return CLI_OK;
    s->definitions = cli_read_file(s->definitions_file, &len);
    if (s->definitions && strlen(s->definitions) != len) {
        cli_error("%s: no text: it holds a NUL", s->definitions_file);
        return CLI_IO;
    }
    return s->definitions ? CLI_OK : CLI_IO;
}

void
cli_select_fill(const cli_select *s, eqlvm_compile_options *out)
{
    out->dialect = s->dialect;
    out->set = s->set.items;
    out->strict = s->strict;
    out->schema = s->schema;
    out->definitions = s->definitions;
    out->category_field = s->category_field;
    out->timestamp_field = s->timestamp_field;
    out->tiebreaker_field = s->tiebreaker_field;
    out->process_id_field = s->process_id_field;
    out->process_parent_field = s->process_parent_field;
    out->host_field = s->host_field;
    out->rules = s->rule.items;
    out->tags = s->tag.items;
    out->os = s->os.items;
    out->min_severity = (eqlvm_severity)s->severity;
    out->skip_bad_rules = s->skip_bad_rules;
}

void
cli_select_free(cli_select *s)
{
    cli_list_free(&s->rule);
    cli_list_free(&s->tag);
    cli_list_free(&s->os);
    cli_list_free(&s->set);
    free(s->definitions);
}

eqlvm_compiler *
cli_new_compiler(cli_select *s, int *code)
{
    eqlvm_compile_options o = {0};
    eqlvm_compiler *c;

    *code = cli_select_load(s);
    if (*code != CLI_OK)
        return NULL;
    cli_select_fill(s, &o);
    c = eqlvm_compiler_new(&o);
    *code = CLI_IO;
    if (!c) {
        cli_error("out of memory");
    } else if (eqlvm_compiler_check(c) == EQLVM_ERR_ARG) {
        cli_error("%s", eqlvm_compiler_error(c));
        eqlvm_compiler_free(c);
        c = NULL;
        *code = CLI_USAGE;
    }
    return c;
}

static eqlvm_status
add_stdin(eqlvm_compiler *c, const cli_select *s)
{
    size_t len;
    char *text = cli_read_file("-", &len);
    eqlvm_status status = EQLVM_ERR_IO;

    if (text)
        status = eqlvm_compiler_add_text(c, s->stdin_name, text, len);
    free(text);
    return status;
}

int
cli_add_rules(eqlvm_compiler *c, const cli_select *select,
              const cli_list *paths, const cli_list *queries)
{
    int code = CLI_OK;

    for (size_t i = 0; queries && i < queries->n; i++)
        code = cli_worse(code, cli_written(eqlvm_compiler_add_query(
                                   c, "query", queries->items[i],
                                   strlen(queries->items[i]))));

    for (size_t i = 0; i < paths->n; i++) {
        eqlvm_status s = strcmp(paths->items[i], "-") == 0
                             ? add_stdin(c, select)
                             : eqlvm_compiler_add_path(c, paths->items[i]);

        if (s == EQLVM_OK)
            continue;
        if (*eqlvm_compiler_error(c))
            cli_error("%s", eqlvm_compiler_error(c));
        else if (s == EQLVM_ERR_NOMEM)
            cli_error("%s", eqlvm_status_name(s));
        code = cli_worse(code, s == EQLVM_ERR_IMAGE ? CLI_COMPILE : CLI_IO);
    }
    return code;
}

void
cli_print_diags(const eqlvm_compiler *c, bool warnings, bool colour)
{
    for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind == EQLVM_ERROR || warnings)
            (void)cli_written(
                eqlvm_compiler_render(c, i, colour, cli_write, stderr));
    }
}

eqlvm_program *
cli_finish_rules(eqlvm_compiler *c, const cli_select *select, bool colour,
                 int *code)
{
    eqlvm_program *p = NULL;
    eqlvm_compile_summary sum;
    eqlvm_status s = eqlvm_compiler_finish(c, &p);

    cli_tell_rules(c, select, colour, s == EQLVM_OK);
    eqlvm_compiler_summary(c, &sum);
    if (sum.bad)
        *code = cli_worse(*code, s == EQLVM_OK ? CLI_DEGRADED : CLI_COMPILE);
    if (s == EQLVM_OK)
        return p;
    if (s == EQLVM_ERR_COMPILE) {
        cli_error("%llu rule%s did not compile; --skip-bad-rules goes on "
                  "without",
                  (unsigned long long)sum.bad, sum.bad == 1 ? "" : "s");
        *code = cli_worse(*code, CLI_COMPILE);
    } else {
        cli_error("%s", *eqlvm_compiler_error(c) ? eqlvm_compiler_error(c)
                                                 : eqlvm_status_name(s));
        *code = cli_worse(*code, CLI_IO);
    }
    return NULL;
}

eqlvm_program *
cli_load_rules(cli_select *s, const cli_list *paths, const cli_list *queries,
               int colour, const char *verb, int *code)
{
    eqlvm_compiler *c = cli_new_compiler(s, code);
    eqlvm_program *p = NULL;

    if (!c)
        return NULL;
    *code = cli_add_rules(c, s, paths, queries);
    if (*code == CLI_OK || (s->skip_bad_rules && *code == CLI_COMPILE))
        p = cli_finish_rules(c, s, cli_use_colour(colour, stderr), code);
    if (p && verb && eqlvm_program_nrules(p) == 0) {
        cli_no_rules(c, verb);
        *code = cli_worse(*code, CLI_USAGE);
        eqlvm_program_free(p);
        p = NULL;
    }
    eqlvm_compiler_free(c);
    return p;
}
