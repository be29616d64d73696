/* test_golden_back.c -- goldens of the compiler's back end.
 *
 * tests/golden/<pass>/NAME.in holds a rule, NAME.out what the pass makes of
 * it; tests/support/golden.h says how they compare.  Passes: typed, plan, bytecode, and errors (E3xx, E4xx, Wxxx: the
 * diagnostics as a user sees them).
 *
 * A rule is its query.  Lines that start with "#!" are conditions of the rule
 * file, kept in their place:
 *   #! exception STAGE NAME: CONDITION
 *   #! severity STAGE LEVEL: CONDITION
 *   #! set DIALECT | strict | implied | FLAG=VALUE
 *   #! set category=PATH | timestamp=PATH | tiebreaker=PATH    of the rule
 *   #! define DEFINITIONS
 *   #! schema none
 *   #! field CATEGORY PATH TYPE    of a schema made of such lines
 * In bytecode/ a line "---" separates spellings, which must all give the same
 * code. */
#include "tests/support/eql_test.h"

#include <dirent.h>

#include "base/diag.h"
#include "compiler/compile.h"
#include "program/disasm.h"
#include "tests/support/golden.h"

#define MAX_FILES 256
#define MAX_CONDITIONS 40

/* One rule of an .in file and what its lines say. */
typedef struct {
    eql_compile_settings settings;
    eql_schema *schema; /* NULL: no field lines */
    char *query; /* "#!" lines blanked, so that lines keep their numbers */
    eql_rule_condition exceptions[MAX_CONDITIONS];
    eql_rule_condition severities[MAX_CONDITIONS];
    eql_rule_source source;
} golden_rule;

static char *
read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text;
    size_t n;

    if (!f)
        return NULL;
    text = calloc(1, 1 << 20);
    assert_non_null(text);
    n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* "#! exception 1 name: condition"; line is NUL-terminated. */
static void
add_condition(golden_rule *g, const char *line, uint32_t number)
{
    char kind[16], name[64];
    unsigned stage;
    int at = 0;
    eql_rule_condition c = {0};

    if (sscanf(line, "#! %15s %u %63[^:]: %n", kind, &stage, name, &at) < 3)
        fail_msg("bad line: %s", line);
    c.stage = stage;
    c.when = (eql_source){.file = eql_sv_cstr("rule.toml"),
                          .text = eql_sv_cstr(line + at),
                          .first_line = number,
                          .indent = (uint32_t)at};
    if (strcmp(kind, "severity") == 0) {
        assert_true(eql_severity_parse(eql_sv_cstr(name), &c.level));
        g->severities[g->source.nseverities++] = c;
    } else {
        c.name = eql_sv(strstr(line, name), strlen(name));
        g->exceptions[g->source.nexceptions++] = c;
    }
}

/* Text behind `name=`; false: s is another assignment. */
static bool
value_of(const char *s, const char *name, eql_strview *out)
{
    size_t n = strlen(name);

    if (strncmp(s, name, n) != 0 || s[n] != '=')
        return false;
    *out = eql_sv_cstr(s + n + 1);
    return true;
}

/* "#! set ..." */
static void
add_setting(golden_rule *g, const char *what)
{
    eql_compile_settings *o = &g->settings;
    eql_dialect_name name;
    char why[200];

    if (eql_dialect_parse(eql_sv_cstr(what), &name))
        o->dialect = eql_dialect_preset(name);
    else if (strcmp(what, "strict") == 0)
        o->strict = true;
    else if (strcmp(what, "implied") == 0)
        o->implied_any = true;
    else if (!value_of(what, "category", &g->source.category_field) &&
             !value_of(what, "timestamp", &g->source.timestamp_field) &&
             !value_of(what, "tiebreaker", &g->source.tiebreaker_field) &&
             !eql_dialect_set(&o->dialect, eql_sv_cstr(what), why, sizeof why))
        fail_msg("bad setting %s: %s", what, why);
}

static void
add_field(golden_rule *g, const char *line)
{
    char category[64], path[64], type[32];

    if (sscanf(line, "#! field %63s %63s %31s", category, path, type) != 3)
        fail_msg("bad line: %s", line);
    if (!g->schema)
        g->schema = eql_schema_new();
    assert_non_null(g->schema);
    assert_true(eql_schema_add(g->schema, eql_sv_cstr(category),
                               eql_sv_cstr(path), eql_sv_cstr(type)));
    g->settings.schema = g->schema;
}

static void
add_line(golden_rule *g, const char *line, uint32_t number)
{
    if (strncmp(line, "#! set ", 7) == 0)
        add_setting(g, line + 7);
    else if (strcmp(line, "#! schema none") == 0)
        g->settings.schema = NULL;
    else if (strncmp(line, "#! field ", 9) == 0)
        add_field(g, line);
    else if (strncmp(line, "#! define ", 10) == 0)
        g->settings.definitions = eql_sv_cstr(line + 10);
    else
        add_condition(g, line, number);
}

/* text is changed: "#!" lines are cut out of it and kept alive by it. */
static void
make_rule(golden_rule *g, char *text)
{
    uint32_t number = 1;

    *g = (golden_rule){.settings = eql_compile_settings_default()};
    g->query = strdup(text);
    assert_non_null(g->query);
    for (char *line = text; line; number++) {
        char *end = strchr(line, '\n');

        if (strncmp(line, "#!", 2) == 0) {
            size_t len = end ? (size_t)(end - line) : strlen(line);

            if (end)
                *end = '\0';
            memset(g->query + (line - text), ' ', len);
            add_line(g, line, number);
        }
        line = end ? end + 1 : NULL;
    }
    g->source.name = eql_sv_cstr("golden");
    g->source.risk_score = EQL_NONE;
    g->source.severities = g->severities;
    g->source.exceptions = g->exceptions;
    g->source.query = (eql_source){.file = eql_sv_cstr("rule.eql"),
                                   .text = eql_sv_cstr(g->query),
                                   .first_line = 1};
}

static void
render(const eql_diags *diags, eql_buf *out)
{
    for (uint32_t i = 0; i < eql_diags_count(diags); i++)
        eql_diag_render(eql_diags_at(diags, i), false, out);
}

/* Diagnostics, then the program if there is one. */
static eql_compile_result
compile(char *text, eql_buf *shown, eql_buf *code)
{
    eql_compiler *c;
    eql_diags *diags = eql_diags_new();
    eql_compile_result res;
    eql_program *p;
    golden_rule g;

    make_rule(&g, text);
    c = eql_compiler_new(&g.settings);
    assert_non_null(c);
    assert_non_null(diags);
    res = eql_compiler_add(c, &g.source, diags);
    render(diags, shown);
    p = eql_compiler_finish(c, shown);
    if (!p)
        fail_msg("refused: %.*s", (int)shown->len, shown->p);
    assert_int_equal(p->nrules, res == EQL_COMPILED);
    eql_disasm(p, code);
    eql_program_free(p);
    eql_diags_free(diags);
    eql_compiler_free(c);
    eql_schema_free(g.schema);
    free(g.query);
    return res;
}

static void
dump(char *text, eql_dump_pass pass, eql_buf *out)
{
    eql_compiler *c;
    eql_diags *diags = eql_diags_new();
    golden_rule g;

    make_rule(&g, text);
    c = eql_compiler_new(&g.settings);
    assert_non_null(c);
    if (eql_compiler_dump(c, &g.source, pass, diags, out) != EQL_COMPILED)
        render(diags, out);
    eql_diags_free(diags);
    eql_compiler_free(c);
    eql_schema_free(g.schema);
    free(g.query);
}

/* --- one .in text to its .out --- */

typedef void (*golden_pass)(const char *name, char *text, eql_buf *out);

static void
pass_typed(const char *name, char *text, eql_buf *out)
{
    (void)name;
    dump(text, EQL_DUMP_TYPED, out);
}

static void
pass_plan(const char *name, char *text, eql_buf *out)
{
    (void)name;
    dump(text, EQL_DUMP_PLAN, out);
}

static void
pass_errors(const char *name, char *text, eql_buf *out)
{
    eql_buf code = {0};

    compile(text, out, &code);
    eql_buf_free(&code);
    eql_buf_add_char(out, '\0');
    /* The file's name starts with the code that it is about. */
    if (strchr("EWN", name[0])) {
        char want[8];

        snprintf(want, sizeof want, "%.4s:", name);
        if (!strstr(out->p, want))
            fail_msg("errors/%s: no %s in\n%s", name, want, out->p);
    }
    out->len--;
}

static void
pass_bytecode(const char *name, char *text, eql_buf *out)
{
    for (char *next; text; text = next) {
        eql_buf code = {0}, shown = {0};

        next = strstr(text, "\n---\n");
        if (next) {
            *next = '\0';
            next += 5;
        }
        if (compile(text, &shown, &code) != EQL_COMPILED)
            fail_msg("bytecode/%s: %.*s", name, (int)shown.len, shown.p);
        if (out->len == 0)
            eql_buf_add_sv(out, eql_buf_sv(&code));
        else if (!eql_sv_eq(eql_buf_sv(out), eql_buf_sv(&code)))
            fail_msg("bytecode/%s: other code for %s\n%.*s", name, text,
                     (int)code.len, code.p);
        eql_buf_free(&code);
        eql_buf_free(&shown);
    }
}

/* --- walking a folder --- */

/* False: the file has something else. */
static bool
run_one(const char *folder, const char *name, golden_pass pass)
{
    char path[512];
    eql_buf out = {0};
    char *text;
    bool same;

    snprintf(path, sizeof path, "tests/golden/%s/%s.in", folder, name);
    text = read_file(path);
    assert_non_null(text);
    pass(name, text, &out);
    snprintf(path, sizeof path, "tests/golden/%s/%s.out", folder, name);
    same = eql_golden_same(path, &out);
    free(text);
    eql_buf_free(&out);
    return same;
}

/* The lexer's and parser's codes are test_golden_front's. */
static bool
is_ours(const char *folder, const char *file)
{
    size_t n = strlen(file);

    if (n < 4 || strcmp(file + n - 3, ".in") != 0)
        return false;
    return strcmp(folder, "errors") != 0 || file[0] != 'E' || file[1] >= '3';
}

static void
run_folder(const char *folder, golden_pass pass)
{
    char path[512];
    struct dirent *entry;
    size_t n = 0, differ = 0;
    DIR *dir;

    snprintf(path, sizeof path, "tests/golden/%s", folder);
    dir = opendir(path);
    if (!dir)
        fail_msg("%s is missing", path);
    while ((entry = readdir(dir))) {
        char name[256];

        if (!is_ours(folder, entry->d_name))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)strlen(entry->d_name) - 3,
                 entry->d_name);
        if (!eql_golden_wanted(folder, name))
            continue;
        differ += !run_one(folder, name, pass);
        n++;
    }
    closedir(dir);
    eql_golden_end(folder, n, differ);
}

static void
test_golden_typed(void **state)
{
    (void)state;
    run_folder("typed", pass_typed);
}

static void
test_golden_plan(void **state)
{
    (void)state;
    run_folder("plan", pass_plan);
}

static void
test_golden_bytecode(void **state)
{
    (void)state;
    run_folder("bytecode", pass_bytecode);
}

static void
test_golden_errors(void **state)
{
    (void)state;
    run_folder("errors", pass_errors);
}

/* --- every code has a golden --- */

static bool
has_golden(const char *code)
{
    DIR *dir = opendir("tests/golden/errors");
    struct dirent *entry;
    bool found = false;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        size_t n = strlen(entry->d_name);

        found = found || (strncmp(entry->d_name, code, 4) == 0 && n > 3 &&
                          strcmp(entry->d_name + n - 3, ".in") == 0);
    }
    closedir(dir);
    return found;
}

/* Is p the start of a quoted code, as in "E302"? */
static bool
is_code(const char *p)
{
    return p[0] == '"' && (p[1] == 'E' || p[1] == 'W' || p[1] == 'N') &&
           p[2] >= (p[1] == 'N' ? '4' : '1') && p[2] <= '9' && p[3] >= '0' &&
           p[3] <= '9' && p[4] >= '0' && p[4] <= '9' && p[5] == '"';
}

static uint32_t
check_codes_of(const char *file)
{
    char path[512], code[5];
    uint32_t n = 0;
    char *text;

    snprintf(path, sizeof path, "compiler/%s", file);
    text = read_file(path);
    assert_non_null(text);
    for (const char *p = strchr(text, '"'); p; p = strchr(p + 1, '"')) {
        if (!is_code(p))
            continue;
        snprintf(code, sizeof code, "%.4s", p + 1);
        if (!has_golden(code))
            fail_msg("%s: %s has no golden in tests/golden/errors", path, code);
        n++;
    }
    free(text);
    return n;
}

static void
test_every_code_has_a_golden(void **state)
{
    DIR *dir = opendir("compiler");
    struct dirent *entry;
    uint32_t n = 0;

    (void)state;
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            n += check_codes_of(entry->d_name);
    closedir(dir);
    assert_true(n > 20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_typed),
        cmocka_unit_test(test_golden_plan),
        cmocka_unit_test(test_golden_bytecode),
        cmocka_unit_test(test_golden_errors),
        cmocka_unit_test(test_every_code_has_a_golden),
    };

    return cmocka_run_group_tests_name("golden_back", tests, NULL, NULL);
}
