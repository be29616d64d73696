/* disasm.c -- prints a program as text.
 *
 *   dialect elastic
 *     timestamp @timestamp category event.category
 *   rule 0 "remote shell" sequence maxspan 30s severity medium
 *     stage 1 "network" by host.id f0
 *   filter f0
 *     0000 BRANCH_FALSE +1 l0
 *   leaf l0
 *     0000 LOAD_FIELD   r0 o0 f5        ; network.direction
 *
 * Operands are printed by their kinds from opcode.def, so a new opcode needs
 * nothing here.  What rules use comes in the order of first use.  Programs are
 * verified before they are printed; no check is made again. */
#include "program/disasm.h"
#include "base/text.h"
#include "program/rule.h"
#include "stdlib/functions.h"

#include <inttypes.h>
#include <stdlib.h>

#define LIST_SHOWN 8u     /* items of a list that are printed */
#define TEXT_SHOWN 120u   /* bytes of a constant that are printed */
#define COMMENT_COLUMN 30 /* where comments begin, after the indentation */

typedef struct {
    const char *name;
    char a, b, c; /* operand kinds, as in opcode.def */
} opcode_info;

static const opcode_info opcodes[EQL_OP_COUNT] = {
#define OP(name, a, b, c, text) {#name, #a[0], #b[0], #c[0]},
#include "program/opcode.def"
#undef OP
};

const char *
eql_opcode_name(unsigned op)
{
    return op < EQL_OP_COUNT ? opcodes[op].name : "?";
}

/* Indexes in the order in which they were first seen. */
typedef struct {
    uint8_t *seen;
    uint32_t *items;
    uint32_t n;
    uint32_t done; /* so many have been looked into */
} worklist;

typedef struct {
    const eql_program *p;
    eql_buf *out;
    worklist filters, leaves, iterators, lineages;
} printer;

static bool
worklist_init(worklist *w, uint32_t n)
{
    w->seen = calloc((size_t)n + 1, 1);
    w->items = calloc((size_t)n + 1, sizeof *w->items);
    return w->seen && w->items;
}

static void
worklist_free(worklist *w)
{
    free(w->seen);
    free(w->items);
}

static void
worklist_add(worklist *w, uint32_t i)
{
    if (i == EQL_NONE || w->seen[i])
        return;
    w->seen[i] = 1;
    w->items[w->n++] = i;
}

/* --- values --- */

/* Control characters as \u{..}, cut with an ellipsis when long. */
static void
put_text(eql_buf *out, eql_strview s)
{
    size_t at = 0, n;

    eql_buf_add_char(out, '"');
    while (at < s.len && at < TEXT_SHOWN) {
        uint32_t cp = eql_utf8_decode(s.p + at, s.len - at, &n);

        if (cp == '"' || cp == '\\')
            eql_buf_printf(out, "\\%c", (char)cp);
        else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            eql_buf_printf(out, "\\u{%02" PRIx32 "}", cp);
        else
            eql_buf_add(out, s.p + at, n);
        at += n;
    }
    eql_buf_add_str(out, at < s.len ? "\"..." : "\"");
}

static void
put_str(printer *pr, eql_str s)
{
    put_text(pr->out, eql_program_str(pr->p, s));
}

static void
put_number(eql_buf *out, const eql_const *k)
{
    char text[32];
    double d;

    if (k->kind == EQL_CONST_INT) {
        eql_buf_add(out, text, eql_format_int((int64_t)k->bits, text));
        return;
    }
    memcpy(&d, &k->bits, sizeof d);
    eql_buf_add(out, text, eql_format_double(d, text));
}

static void
put_scalar(printer *pr, const eql_const *k)
{
    switch (k->kind) {
    case EQL_CONST_NULL: eql_buf_add_str(pr->out, "null"); break;
    case EQL_CONST_BOOL:
        eql_buf_add_str(pr->out, k->bits ? "true" : "false");
        break;
    case EQL_CONST_STRING: put_str(pr, k->str); break;
    default: put_number(pr->out, k); break;
    }
}

static void
put_list(printer *pr, const eql_const *k)
{
    const uint32_t *items = pr->p->lists + k->list.first;
    uint32_t shown = k->list.n < LIST_SHOWN ? k->list.n : LIST_SHOWN;

    if (k->flags & EQL_CONST_FOLD)
        eql_buf_add_str(pr->out, "~");
    if (k->flags & EQL_CONST_TEXT_ONLY)
        eql_buf_add_str(pr->out, "text ");
    if (k->flags & EQL_CONST_MATCH)
        eql_buf_add_str(pr->out, ":");
    if (k->flags & EQL_CONST_PREFIX)
        eql_buf_add_str(pr->out, "prefix ");
    if (k->flags & EQL_CONST_NULL_FALSE)
        eql_buf_add_str(pr->out, "or false ");
    if (k->flags & EQL_CONST_MEMBER)
        eql_buf_add_str(pr->out, "member ");
    eql_buf_add_str(pr->out, "(");
    for (uint32_t i = 0; i < shown; i++) {
        if (i > 0)
            eql_buf_add_str(pr->out, ", ");
        put_scalar(pr, &pr->p->consts[items[i]]);
    }
    if (shown < k->list.n)
        eql_buf_printf(pr->out, ", %u more", k->list.n - shown);
    eql_buf_add_str(pr->out, ")");
}

static void
put_const(printer *pr, uint32_t i)
{
    const eql_const *k = &pr->p->consts[i];

    if (k->kind <= EQL_CONST_STRING)
        put_scalar(pr, k);
    else
        put_list(pr, k);
}

/* The largest unit that gives a whole number. */
static void
put_duration(eql_buf *out, int64_t ns)
{
    static const struct {
        int64_t ns;
        const char *name;
    } units[] = {{INT64_C(86400000000000), "d"},
                 {INT64_C(3600000000000), "h"},
                 {INT64_C(60000000000), "m"},
                 {INT64_C(1000000000), "s"},
                 {INT64_C(1000000), "ms"},
                 {INT64_C(1000), "us"},
                 {1, "ns"}};
    size_t i = 0;

    while (ns == 0 ? i < 3 : ns % units[i].ns != 0)
        i++;
    eql_buf_printf(out, "%" PRId64 "%s", ns / units[i].ns, units[i].name);
}

/* --- names --- */

static void
put_name(printer *pr, uint32_t field)
{
    eql_buf_add_sv(pr->out, eql_program_str(pr->p, pr->p->fields[field].name));
}

/* A field with what makes it another than the next of that name. */
static void
put_field(printer *pr, uint32_t field)
{
    static const char *const modes[EQL_MODE_COUNT] = {
        "", " opaque", " composite", " elements"};
    const eql_field *f = &pr->p->fields[field];

    put_name(pr, field);
    if (f->origin > 0)
        eql_buf_printf(pr->out, " of event %u", f->origin);
    eql_buf_add_str(pr->out, modes[f->mode]);
}

static void
put_relation(printer *pr, uint32_t lineage)
{
    static const char *const names[EQL_LINEAGE_RELATION_COUNT] = {
        "descendant", "child", "event"};

    eql_buf_printf(pr->out, "%s of", names[pr->p->lineages[lineage].relation]);
}

/* --- code --- */

static void
put_function(printer *pr, uint32_t value)
{
    eql_buf_add_char(pr->out, ' ');
    eql_buf_add_sv(
        pr->out,
        eql_function_get((eql_function)(value & ~EQL_CALL_FOLD))->name);
    if (value & EQL_CALL_FOLD)
        eql_buf_add_char(pr->out, '~');
}

static void
put_operand(printer *pr, char kind, uint32_t value)
{
    static const char prefixes[][2] = {
        {'D', 'r'}, {'R', 'r'}, {'O', 'o'}, {'F', 'f'}, {'E', 'f'},
        {'K', 'k'}, {'P', 'k'}, {'S', 'k'}, {'N', 'k'}, {'G', 'k'},
        {'L', 'l'}, {'J', '+'}, {'I', 'i'}, {'Y', 'y'}, {'A', 'x'}};

    if (kind == 'U')
        put_function(pr, value);
    if (kind == 'V')
        eql_buf_printf(pr->out, " x%u%s", value & ~EQL_CALL_FOLD,
                       value & EQL_CALL_FOLD ? "~" : "");
    for (size_t i = 0; i < EQL_COUNTOF(prefixes); i++) {
        if (prefixes[i][0] == kind)
            eql_buf_printf(pr->out, " %c%u", prefixes[i][1], value);
    }
}

/* What an index stands for; most instructions need no comment. */
static void
put_comment(printer *pr, char kind, uint32_t value)
{
    eql_buf_add_str(pr->out, " ; ");
    switch (kind) {
    case 'F':
    case 'E': put_field(pr, value); break;
    case 'I': put_name(pr, pr->p->iterators[value].field); break;
    case 'Y': put_relation(pr, value); break;
    default: put_const(pr, value); break;
    }
}

static bool
has_comment(char kind)
{
    return strchr("FEIYKPSNG", kind) != NULL;
}

static void
put_insn(printer *pr, uint32_t pc, const eql_insn *in)
{
    const opcode_info *op = &opcodes[in->op];
    size_t start;

    eql_buf_printf(pr->out, "  %04u ", pc);
    start = pr->out->len;
    if (op->a == '_' && op->b == '_' && op->c == '_')
        eql_buf_add_str(pr->out, op->name);
    else
        eql_buf_printf(pr->out, "%-12s", op->name);
    put_operand(pr, op->a, in->a);
    put_operand(pr, op->b, in->b);
    put_operand(pr, op->c, in->c);
    if (has_comment(op->c)) {
        while (pr->out->len < start + COMMENT_COLUMN && !pr->out->failed)
            eql_buf_add_char(pr->out, ' ');
        put_comment(pr, op->c, in->c);
    }
    eql_buf_add_char(pr->out, '\n');
}

static void
put_code(printer *pr, eql_range code)
{
    for (uint32_t i = 0; i < code.n; i++)
        put_insn(pr, i, &pr->p->insns[code.first + i]);
}

/* --- what is used --- */

static void
use_code(printer *pr, eql_range code)
{
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &pr->p->insns[code.first + i];

        switch (opcodes[in->op].c) {
        case 'L': worklist_add(&pr->leaves, in->c); break;
        case 'I': worklist_add(&pr->iterators, in->c); break;
        case 'Y': worklist_add(&pr->lineages, in->c); break;
        default: break;
        }
    }
}

/* The next one that was not looked into yet; EQL_NONE: there is none. */
static uint32_t
worklist_next(worklist *w)
{
    return w->done < w->n ? w->items[w->done++] : EQL_NONE;
}

/* Until nothing new is named. */
static void
use_the_rest(printer *pr)
{
    const eql_program *p = pr->p;
    uint32_t i;

    for (;;) {
        if ((i = worklist_next(&pr->filters)) != EQL_NONE) {
            use_code(pr, p->filters[i].code);
        } else if ((i = worklist_next(&pr->leaves)) != EQL_NONE) {
            use_code(pr, p->leaves[i].code);
        } else if ((i = worklist_next(&pr->iterators)) != EQL_NONE) {
            worklist_add(&pr->filters, p->iterators[i].filter);
        } else if ((i = worklist_next(&pr->lineages)) != EQL_NONE) {
            worklist_add(&pr->filters, p->stages[p->lineages[i].stage].filter);
            worklist_add(&pr->filters,
                         p->stages[p->lineages[i].stage].residual);
        } else {
            return;
        }
    }
}

static void put_stage_line(printer *pr, const eql_stage *s);

static void
put_used(printer *pr)
{
    const eql_program *p = pr->p;

    for (uint32_t i = 0; i < pr->lineages.n; i++) {
        uint32_t y = pr->lineages.items[i];

        eql_buf_printf(pr->out, "lineage y%u ", y);
        put_relation(pr, y);
        put_stage_line(pr, &p->stages[p->lineages[y].stage]);
    }
    for (uint32_t i = 0; i < pr->iterators.n; i++) {
        const eql_iterator *it = &p->iterators[pr->iterators.items[i]];

        eql_buf_printf(pr->out, "iterator i%u over ", pr->iterators.items[i]);
        put_field(pr, it->field);
        eql_buf_printf(pr->out, " f%u\n", it->filter);
    }
    for (uint32_t i = 0; i < pr->filters.n; i++) {
        eql_buf_printf(pr->out, "filter f%u\n", pr->filters.items[i]);
        put_code(pr, p->filters[pr->filters.items[i]].code);
    }
    for (uint32_t i = 0; i < pr->leaves.n; i++) {
        eql_buf_printf(pr->out, "leaf l%u\n", pr->leaves.items[i]);
        put_code(pr, p->leaves[pr->leaves.items[i]].code);
    }
}

/* --- rules --- */

static void
put_keys(printer *pr, const eql_stage *s)
{
    for (uint32_t i = 0; i < s->keys.n; i++) {
        const eql_key *k = &pr->p->keys[s->keys.first + i];

        eql_buf_add_str(pr->out, i == 0 ? " by " : ", ");
        if (k->flags & EQL_KEY_OPTIONAL)
            eql_buf_add_char(pr->out, '?');
        if (k->field != EQL_NONE) {
            put_name(pr, k->field);
            continue;
        }
        eql_buf_printf(pr->out, "l%u ", k->leaf);
        put_str(pr, k->name);
        worklist_add(&pr->leaves, k->leaf);
    }
}

static void
use_filter(printer *pr, uint32_t f)
{
    eql_buf_printf(pr->out, " f%u\n", f);
    worklist_add(&pr->filters, f);
}

/* From its category on. */
static void
put_stage_line(printer *pr, const eql_stage *s)
{
    eql_buf_add_char(pr->out, ' ');
    if (s->has_category)
        put_str(pr, s->category);
    else
        eql_buf_add_str(pr->out, "any");
    if (s->category_field != EQL_FIELD_CATEGORY) {
        eql_buf_add_str(pr->out, " in ");
        put_name(pr, s->category_field);
    }
    put_keys(pr, s);
    if (s->alias.len > 0) {
        eql_buf_add_str(pr->out, " as ");
        put_str(pr, s->alias);
    }
    if (s->runs != 1)
        eql_buf_printf(pr->out, " runs %u", s->runs);
    if (s->flags & EQL_STAGE_FORK)
        eql_buf_add_str(pr->out, " fork");
    if (s->flags & EQL_STAGE_BY_ALIAS)
        eql_buf_add_str(pr->out, " by-alias");
    eql_buf_printf(pr->out, " f%u", s->filter);
    worklist_add(&pr->filters, s->filter);
    if (s->residual != EQL_NONE) {
        eql_buf_add_str(pr->out, " residual");
        use_filter(pr, s->residual);
    } else {
        eql_buf_add_char(pr->out, '\n');
    }
}

static void
put_stage(printer *pr, uint32_t stage)
{
    const eql_stage *s = &pr->p->stages[stage];

    if (s->number == 0)
        eql_buf_add_str(pr->out, "  until");
    else
        eql_buf_printf(pr->out, "  %s %u",
                       s->flags & EQL_STAGE_MISSING ? "missing" : "stage",
                       s->number);
    put_stage_line(pr, s);
    for (uint32_t i = 0; i < s->exceptions.n; i++) {
        const eql_exception *x = &pr->p->exceptions[s->exceptions.first + i];

        eql_buf_add_str(pr->out, "    exception ");
        put_str(pr, x->name);
        use_filter(pr, x->filter);
    }
    for (uint32_t i = 0; i < s->severities.n; i++) {
        const eql_severity *x = &pr->p->severities[s->severities.first + i];

        eql_buf_printf(pr->out, "    severity %s (%u)",
                       eql_severity_name(x->level), x->order);
        use_filter(pr, x->filter);
    }
}

static void
put_pipe(printer *pr, const eql_pipe_op *x)
{
    const eql_pipe_kind_info *kind = eql_pipe_kind_get(x->kind);

    eql_buf_printf(pr->out, "  | %s", kind->name.p);
    if (kind->operand == EQL_PIPE_TAKES_NUMBER)
        eql_buf_printf(pr->out, " %" PRIu64, x->n);
    for (uint32_t i = 0; i < x->exprs.n; i++) {
        uint32_t leaf = pr->p->exprs[x->exprs.first + i];

        eql_buf_printf(pr->out, "%s l%u", i > 0 ? "," : "", leaf);
        worklist_add(&pr->leaves, leaf);
    }
    if (x->filter != EQL_NONE)
        use_filter(pr, x->filter);
    else
        eql_buf_add_char(pr->out, '\n');
}

static void
put_clock(printer *pr, const eql_clock *c)
{
    eql_buf_add_str(pr->out, " time ");
    put_name(pr, c->timestamp);
    if (c->tiebreaker != EQL_NONE) {
        eql_buf_add_str(pr->out, " tiebreaker ");
        put_name(pr, c->tiebreaker);
    }
}

static void
put_rule_head(printer *pr, uint32_t rule)
{
    static const char *const kinds[EQL_RULE_KIND_COUNT] = {"event", "sequence",
                                                           "sample", "join"};
    const eql_rule *r = &pr->p->rules[rule];

    eql_buf_printf(pr->out, "rule %u ", rule);
    put_str(pr, r->name);
    eql_buf_printf(pr->out, " %s", kinds[r->kind]);
    if (r->has_maxspan) {
        eql_buf_add_str(pr->out, " maxspan ");
        put_duration(pr->out, r->maxspan_ns);
    }
    if (r->clock != 0)
        put_clock(pr, &pr->p->clocks[r->clock]);
    if (r->severity != EQL_SEVERITY_NONE)
        eql_buf_printf(pr->out, " severity %s", eql_severity_name(r->severity));
    if (r->risk_score != EQL_NONE)
        eql_buf_printf(pr->out, " risk %u", r->risk_score);
    if (r->cooldown_ns > 0) {
        eql_buf_add_str(pr->out, " cooldown ");
        put_duration(pr->out, r->cooldown_ns);
    }
    if (r->budget_ns > 0)
        eql_buf_printf(pr->out, " budget %" PRId64 "ns", r->budget_ns);
    eql_buf_add_char(pr->out, '\n');
}

static void
put_rule(printer *pr, uint32_t rule)
{
    const eql_rule *r = &pr->p->rules[rule];

    put_rule_head(pr, rule);
    for (uint32_t i = 0; i < r->stages.n; i++)
        put_stage(pr, r->stages.first + i);
    if (r->until != EQL_NONE)
        put_stage(pr, r->until);
    for (uint32_t i = 0; i < r->pipes.n; i++)
        put_pipe(pr, &pr->p->pipes[r->pipes.first + i]);
}

/* Prints rules first .. first + n - 1 and what they use. */
static void
disasm(const eql_program *p, uint32_t first, uint32_t n, eql_buf *out)
{
    printer pr = {.p = p, .out = out};
    bool ok = worklist_init(&pr.filters, p->nfilters);

    ok = worklist_init(&pr.leaves, p->nleaves) && ok;
    ok = worklist_init(&pr.iterators, p->niterators) && ok;
    ok = worklist_init(&pr.lineages, p->nlineages) && ok;
    if (ok) {
        for (uint32_t i = 0; i < n; i++)
            put_rule(&pr, first + i);
        use_the_rest(&pr);
        put_used(&pr);
    } else {
        out->failed = true;
    }
    worklist_free(&pr.filters);
    worklist_free(&pr.leaves);
    worklist_free(&pr.iterators);
    worklist_free(&pr.lineages);
}

/* --- the dialect --- */

static void
put_dialect(const eql_program *p, eql_buf *out)
{
    const eql_dialect *d = eql_program_dialect(p);
    const struct {
        const char *role;
        uint32_t field;
    } roles[] = {
        {"timestamp", EQL_FIELD_TIMESTAMP}, {"category", EQL_FIELD_CATEGORY},
        {"tiebreaker", d->tiebreaker},      {"host", d->host_key},
        {"process", d->process_id},         {"parent", d->process_parent},
        {"type", d->process_type},          {"opcode", d->process_opcode},
        {"ancestry", d->process_ancestry},  {"name", d->process_name}};
    printer pr = {.p = p, .out = out};

    eql_buf_printf(out, "dialect %s", eql_dialect_text(d->name));
    eql_dialect_changes(d, out);
    eql_buf_add_str(out, "\n ");
    for (size_t i = 0; i < EQL_COUNTOF(roles); i++) {
        if (roles[i].field == EQL_NONE)
            continue;
        eql_buf_printf(out, " %s ", roles[i].role);
        put_name(&pr, roles[i].field);
    }
    eql_buf_add_char(out, '\n');
}

void
eql_disasm(const eql_program *p, eql_buf *out)
{
    put_dialect(p, out);
    disasm(p, 0, p->nrules, out);
}

void
eql_disasm_rule(const eql_program *p, uint32_t rule, eql_buf *out)
{
    if (rule < p->nrules)
        disasm(p, rule, 1, out);
}
