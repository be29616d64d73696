/* typed.c -- makes and prints the nodes of the typed tree (typed.h).
 *
 * Makers pass NULL through: a node over a failed operand is NULL, so a pass
 * reports an error once and its callers need no second test.  What a node
 * means is decided by sema; nothing is checked or simplified here. */
#include "compiler/typed.h"

#include "base/text.h"

static eql_typed *
new_node(eql_arena *a, eql_typed_kind kind, eql_span span)
{
    eql_typed *t = eql_arena_alloc(a, sizeof *t);

    if (!t)
        return NULL;
    t->kind = kind;
    t->span = span;
    t->boolean = true;
    return t;
}

eql_typed *
eql_typed_const(eql_arena *a, eql_span span, eql_value v, bool literal)
{
    eql_typed *t = new_node(a, EQL_TYPED_CONST, span);

    if (!t)
        return NULL;
    t->boolean = v.tag == EQL_BOOL || v.tag == EQL_NULL;
    t->u.constant.value = v;
    t->u.constant.literal = literal;
    return t;
}

static eql_typed *
unary(eql_arena *a, eql_typed_kind kind, eql_span span, eql_typed *operand)
{
    eql_typed *t = operand ? new_node(a, kind, span) : NULL;

    if (t)
        t->u.operand = operand;
    return t;
}

eql_typed *
eql_typed_not(eql_arena *a, eql_span span, eql_typed *operand)
{
    return unary(a, EQL_TYPED_NOT, span, operand);
}

eql_typed *
eql_typed_is_null(eql_arena *a, eql_span span, eql_typed *operand)
{
    return unary(a, EQL_TYPED_IS_NULL, span, operand);
}

eql_typed *
eql_typed_address(eql_arena *a, eql_typed *operand)
{
    eql_typed *t;

    if (!operand)
        return NULL;
    t = unary(a, EQL_TYPED_ADDRESS, operand->span, operand);
    if (t)
        t->boolean = false;
    return t;
}

eql_typed *
eql_typed_compare(eql_arena *a, eql_span span, eql_compare_op op,
                  eql_typed *left, eql_typed *right)
{
    eql_typed *t;

    if (!left || !right)
        return NULL;
    t = new_node(a, EQL_TYPED_COMPARE, span);
    if (!t)
        return NULL;
    t->u.compare.op = op;
    t->u.compare.left = left;
    t->u.compare.right = right;
    return t;
}

eql_typed *
eql_typed_list_node(eql_arena *a, eql_typed_kind kind, eql_span span,
                    eql_typed **items, uint32_t n)
{
    eql_typed *t = new_node(a, kind, span);

    if (!t)
        return NULL;
    t->u.list.items = items;
    t->u.list.n = n;
    return t;
}

eql_typed *
eql_typed_test(eql_arena *a, eql_span span, eql_typed *operand,
               const eql_part *parts, uint32_t nparts)
{
    eql_typed *t = operand ? new_node(a, EQL_TYPED_TEST, span) : NULL;
    eql_part *copy = eql_arena_array(a, nparts, sizeof *copy);

    if (!t || !copy)
        return NULL;
    if (nparts)
        memcpy(copy, parts, nparts * sizeof *copy);
    t->u.test.operand = operand;
    t->u.test.parts = copy;
    t->u.test.nparts = nparts;
    return t;
}

/* --- printing --- */

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
    }
}

const char *
eql_typed_compare_name(eql_compare_op op)
{
    static const char *const names[] = {"==", "!=", "<", "<=", ">", ">="};

    return names[op];
}

static void
dump_path(const eql_typed_path *p, eql_buf *out)
{
    eql_buf_add_sv(out, p->name);
    if (p->type == EQL_FIELD_IP)
        eql_buf_add_str(out, " (ip)");
}

static void
dump_part(const eql_part *p, unsigned indent, eql_buf *out)
{
    static const char *const names[] = {"set", "patterns", "networks",
                                        "element"};

    start_line(out, indent);
    eql_buf_add_str(out, names[p->kind]);
    if (p->fold)
        eql_buf_add_str(out, " fold");
    if (p->match)
        eql_buf_add_str(out, " match");
    if (p->text_only)
        eql_buf_add_str(out, " text");
    if (p->address)
        eql_buf_add_str(out, " address");
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

void
eql_typed_dump_expr(const eql_typed *t, unsigned indent, eql_buf *out)
{
    start_line(out, indent);
    switch (t->kind) {
    case EQL_TYPED_CONST: dump_const(t, out); break;
    case EQL_TYPED_FIELD:
        eql_buf_add_str(out, "field ");
        dump_path(&t->u.path, out);
        eql_buf_add_char(out, '\n');
        break;
    case EQL_TYPED_AND: dump_list("and", &t->u.list, indent, out); break;
    case EQL_TYPED_OR: dump_list("or", &t->u.list, indent, out); break;
    case EQL_TYPED_NOT: dump_operand("not", t->u.operand, indent, out); break;
    case EQL_TYPED_IS_NULL:
        dump_operand("is null", t->u.operand, indent, out);
        break;
    case EQL_TYPED_ADDRESS:
        dump_operand("address", t->u.operand, indent, out);
        break;
    case EQL_TYPED_COMPARE:
        dump_operand(eql_typed_compare_name(t->u.compare.op), t->u.compare.left,
                     indent, out);
        eql_typed_dump_expr(t->u.compare.right, indent + 1, out);
        break;
    case EQL_TYPED_TEST:
        dump_operand("test", t->u.test.operand, indent, out);
        for (uint32_t i = 0; i < t->u.test.nparts; i++)
            dump_part(&t->u.test.parts[i], indent + 1, out);
        break;
    case EQL_TYPED_KIND_COUNT: break;
    }
}

void
eql_typed_dump_key(const eql_typed_key *k, eql_buf *out)
{
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
    eql_buf_add_char(out, '\n');
    dump_keys(s->keys, s->nkeys, out);
    eql_typed_dump_expr(s->condition, 1, out);
}

void
eql_typed_dump(const eql_typed_query *q, eql_buf *out)
{
    eql_buf_add_str(out, q->kind == EQL_RULE_EVENT ? "event" : "sequence");
    if (q->has_maxspan)
        eql_buf_printf(out, " maxspan %lldns", (long long)q->maxspan_ns);
    eql_buf_add_char(out, '\n');
    dump_keys(q->keys, q->nkeys, out);
    for (uint32_t i = 0; i < q->nstages; i++)
        dump_stage(&q->stages[i], "stage", out);
    if (q->until)
        dump_stage(q->until, "until", out);
}
