/* typed_dump.c -- prints the typed tree, one node a line (typed.h).
 *
 * For `eqlvm dump` and goldens.  Prints all that decides what a node means;
 * changes nothing. */
#include "compiler/typed.h"

#include <stdio.h>

#include "base/text.h"

static void
start_line(eql_buf *out, unsigned indent)
{
    for (unsigned i = 0; i < indent; i++)
        eql_buf_add_str(out, "  ");
}

void
eql_typed_dump_value(const eql_value *v, eql_buf *out)
{
    char text[32];

    switch (v->tag) {
    case EQL_NULL: eql_buf_add_str(out, "null"); break;
    case EQL_BOOL: eql_buf_add_str(out, v->u.b ? "true" : "false"); break;
    case EQL_INT: eql_buf_add(out, text, eql_format_int(v->u.i, text)); break;
    case EQL_FLOAT:
        eql_buf_add(out, text, eql_format_double(v->u.d, text));
        break;
    case EQL_STRING: eql_buf_add_json(out, eql_value_sv(v)); break;
    case EQL_ARRAY:
    case EQL_OBJECT: eql_buf_add_sv(out, eql_value_sv(v)); break;
    }
}

const char *
eql_typed_compare_name(eql_compare_op op)
{
    static const char *const names[] = {"==", "!=", "<", "<=", ">", ">="};

    return names[op];
}

static const char *
type_name(eql_field_type type)
{
    static const char *const names[] = {"any",     "ip",   "number",
                                        "boolean", "date", "version"};

    return names[type];
}

static void
dump_path(const eql_typed_path *p, eql_buf *out)
{
    static const char *const modes[] = {"", " (opaque)", " (composite)",
                                        " (elements)"};

    eql_buf_add_sv(out, p->name);
    if (p->type != EQL_FIELD_ANY)
        eql_buf_printf(out, " (%s)", type_name(p->type));
    eql_buf_add_str(out, modes[p->mode]);
    if (p->origin)
        eql_buf_printf(out, " of event %u", p->origin - 1);
}

static void
dump_part_flags(const eql_part *p, eql_buf *out)
{
    const struct {
        bool set;
        const char *name;
    } flags[] = {
        {p->fold, " fold"},      {p->match, " match"},
        {p->text_only, " text"}, {p->address, " address"},
        {p->prefix, " prefix"},  {p->null_false, " null-false"},
        {p->member, " member"},  {p->date, " date"},
    };

    for (uint32_t i = 0; i < EQL_COUNTOF(flags); i++)
        if (flags[i].set)
            eql_buf_add_str(out, flags[i].name);
}

static void
dump_part(const eql_part *p, unsigned indent, eql_buf *out)
{
    static const char *const names[] = {"set", "patterns", "networks",
                                        "regexes", "element"};

    start_line(out, indent);
    eql_buf_add_str(out, names[p->kind]);
    dump_part_flags(p, out);
    for (uint32_t i = 0; i < p->nvalues; i++) {
        eql_buf_add_char(out, ' ');
        eql_typed_dump_value(&p->values[i], out);
    }
    eql_buf_add_char(out, '\n');
    if (p->element)
        eql_typed_dump_expr(p->element, indent + 1, out);
}

static void
dump_list(const char *name, const eql_typed_list *l, unsigned indent,
          eql_buf *out)
{
    eql_buf_printf(out, "%s\n", name);
    for (uint32_t i = 0; i < l->n; i++)
        eql_typed_dump_expr(l->items[i], indent + 1, out);
}

static void
dump_operand(const char *name, const eql_typed *operand, unsigned indent,
             eql_buf *out)
{
    eql_buf_printf(out, "%s\n", name);
    eql_typed_dump_expr(operand, indent + 1, out);
}

static void
dump_const(const eql_typed *t, eql_buf *out)
{
    eql_buf_add_str(out, t->u.constant.literal ? "literal " : "folded ");
    eql_typed_dump_value(&t->u.constant.value, out);
    eql_buf_add_char(out, '\n');
}

static void
dump_test(const eql_typed *t, unsigned indent, eql_buf *out)
{
    dump_operand("test", t->u.test.operand, indent, out);
    for (uint32_t i = 0; i < t->u.test.nparts; i++)
        dump_part(&t->u.test.parts[i], indent + 1, out);
}

static void
dump_call(const eql_typed *t, unsigned indent, eql_buf *out)
{
    const eql_function_info *f = eql_function_get(t->u.call.function);

    eql_buf_printf(out, "call %.*s%s\n", (int)f->name.len, f->name.p,
                   t->u.call.fold ? " fold" : "");
    for (uint32_t i = 0; i < t->u.call.args.n; i++)
        eql_typed_dump_expr(t->u.call.args.items[i], indent + 1, out);
}

static void
dump_search(const eql_typed *t, unsigned indent, eql_buf *out)
{
    const eql_typed_binding *b = t->u.search.binding;

    eql_buf_printf(out, "%s %s%.*s of ", t->u.search.count ? "count" : "any",
                   b->bare ? "" : "$", (int)b->variable.len, b->variable.p);
    dump_path(&b->array, out);
    eql_buf_add_char(out, '\n');
    eql_typed_dump_expr(t->u.search.body, indent + 1, out);
}

static void
dump_has(const eql_typed *t, unsigned indent, eql_buf *out)
{
    eql_buf_add_str(out, t->u.has.fold ? "has fold " : "has ");
    dump_path(&t->u.has.array, out);
    eql_buf_add_char(out, '\n');
    for (uint32_t i = 0; i < t->u.has.values.n; i++)
        eql_typed_dump_expr(t->u.has.values.items[i], indent + 1, out);
}

static void
dump_two(const char *name, const eql_typed *left, const eql_typed *right,
         unsigned indent, eql_buf *out)
{
    dump_operand(name, left, indent, out);
    eql_typed_dump_expr(right, indent + 1, out);
}

static void
dump_arith(const eql_typed *t, unsigned indent, eql_buf *out)
{
    static const char *const names[] = {"+", "-", "*", "/", "%"};

    dump_two(names[t->u.arith.op], t->u.arith.left, t->u.arith.right, indent,
             out);
}

static void
dump_leaf_field(const eql_typed *t, eql_buf *out)
{
    eql_buf_add_str(out, "field ");
    dump_path(&t->u.path, out);
    eql_buf_add_char(out, '\n');
}

static void
dump_lineage(const eql_typed *t, unsigned indent, eql_buf *out)
{
    eql_buf_printf(out, "lineage %u\n", t->u.lineage.index);
    eql_typed_dump_expr(t->u.lineage.id, indent + 1, out);
}

static void
dump_compare(const eql_typed *t, unsigned indent, eql_buf *out)
{
    const char *name = eql_typed_compare_name(t->u.compare.op);

    if (t->u.compare.version)
        name =
            t->u.compare.op == EQL_CMP_LT ? "< of versions" : "<= of versions";
    dump_two(name, t->u.compare.left, t->u.compare.right, indent, out);
}

void
eql_typed_dump_expr(const eql_typed *t, unsigned indent, eql_buf *out)
{
    start_line(out, indent);
    switch (t->kind) {
    case EQL_TYPED_CONST: dump_const(t, out); break;
    case EQL_TYPED_FIELD: dump_leaf_field(t, out); break;
    case EQL_TYPED_AND: dump_list("and", &t->u.list, indent, out); break;
    case EQL_TYPED_OR: dump_list("or", &t->u.list, indent, out); break;
    case EQL_TYPED_NOT: dump_operand("not", t->u.operand, indent, out); break;
    case EQL_TYPED_IS_NULL:
        dump_operand("is null", t->u.operand, indent, out);
        break;
    case EQL_TYPED_TRUTH:
        dump_operand("truth", t->u.operand, indent, out);
        break;
    case EQL_TYPED_NEGATE:
        dump_operand("negate", t->u.operand, indent, out);
        break;
    case EQL_TYPED_CONVERT:
        dump_operand(type_name(t->u.convert.type), t->u.convert.operand, indent,
                     out);
        break;
    case EQL_TYPED_COMPARE: dump_compare(t, indent, out); break;
    case EQL_TYPED_TEST: dump_test(t, indent, out); break;
    case EQL_TYPED_ARITH: dump_arith(t, indent, out); break;
    case EQL_TYPED_CALL: dump_call(t, indent, out); break;
    case EQL_TYPED_SEARCH: dump_search(t, indent, out); break;
    case EQL_TYPED_HAS: dump_has(t, indent, out); break;
    case EQL_TYPED_LINEAGE: dump_lineage(t, indent, out); break;
    case EQL_TYPED_KIND_COUNT: break;
    }
}

void
eql_typed_dump_key(const eql_typed_key *k, eql_buf *out)
{
    if (k->expr) {
        eql_buf_add_str(out, "expression\n");
        eql_typed_dump_expr(k->expr, 2, out);
        if (!out->failed)
            out->len--; /* the caller ends the line */
        return;
    }
    if (k->optional)
        eql_buf_add_char(out, '?');
    dump_path(&k->path, out);
}

static void
dump_keys(const eql_typed_key *keys, uint32_t n, eql_buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        eql_buf_add_str(out, "  by ");
        eql_typed_dump_key(&keys[i], out);
        eql_buf_add_char(out, '\n');
    }
}

static void
dump_stage(const eql_typed_stage *s, const char *label, eql_buf *out)
{
    eql_buf_printf(out, "%s ", label);
    if (s->any)
        eql_buf_add_str(out, "any");
    else
        eql_buf_add_json(out, s->category);
    if (s->missing)
        eql_buf_add_str(out, " missing");
    if (s->fork)
        eql_buf_add_str(out, " fork");
    if (s->runs > 1)
        eql_buf_printf(out, " runs %u", s->runs);
    if (s->alias.len)
        eql_buf_printf(out, " as %.*s", (int)s->alias.len, s->alias.p);
    eql_buf_add_char(out, '\n');
    dump_keys(s->keys, s->nkeys, out);
    eql_typed_dump_expr(s->condition, 1, out);
}

static void
dump_lineages(const eql_typed_query *q, eql_buf *out)
{
    static const char *const relations[] = {"descendant", "child", "event"};

    for (uint32_t i = 0; i < q->nlineages; i++) {
        char label[48];

        snprintf(label, sizeof label, "lineage %u %s of", i,
                 relations[q->lineages[i].relation]);
        dump_stage(&q->lineages[i].stage, label, out);
    }
}

static void
dump_pipe(const eql_typed_pipe *p, eql_buf *out)
{
    const eql_pipe_kind_info *kind = eql_pipe_kind_get(p->kind);

    eql_buf_printf(out, "pipe %s", kind->name.p);
    if (kind->operand == EQL_PIPE_TAKES_NUMBER)
        eql_buf_printf(out, " %llu", (unsigned long long)p->n);
    eql_buf_add_char(out, '\n');
    if (p->condition)
        eql_typed_dump_expr(p->condition, 1, out);
    for (uint32_t i = 0; i < p->exprs.n; i++)
        eql_typed_dump_expr(p->exprs.items[i], 1, out);
}

void
eql_typed_dump(const eql_typed_query *q, eql_buf *out)
{
    static const char *const kinds[] = {"event", "sequence", "sample", "join"};

    eql_buf_add_str(out, kinds[q->kind]);
    if (q->has_maxspan)
        eql_buf_printf(out, " maxspan %lldns", (long long)q->maxspan_ns);
    eql_buf_add_char(out, '\n');
    dump_keys(q->keys, q->nkeys, out);
    dump_lineages(q, out);
    for (uint32_t i = 0; i < q->nstages; i++)
        dump_stage(&q->stages[i], "stage", out);
    if (q->until)
        dump_stage(q->until, "until", out);
    for (uint32_t i = 0; i < q->npipes; i++)
        dump_pipe(&q->pipes[i], out);
}
