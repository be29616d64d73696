/* sema_path.c -- paths: which event, which field, how its values are read.
 *
 * The first name of a path may be a variable of an array function, an alias,
 * or `events[i]` in a pipe; what is left is a path in that element or event
 * (language 1.2 #11, 1.2 #19, 2.5, 8.20, 12.1).  The schema gives its type; a
 * path that it lacks is untyped, and an error only under --strict.  Invariant:
 * two occurrences that mean the same have equal segments, whatever was
 * written. */
#include "compiler/sema.h"
#include "base/map.h"
#include "compiler/multi_field.h"

/* A path on its way. */
typedef struct {
    const eql_sema *sx;
    const eql_expr *e;
    const eql_path *path;
    uint32_t first; /* segment that begins what is left */
    eql_buf name;   /* printed */
    eql_buf dotted; /* as the schema spells it */
    eql_typed_path *out;
    bool key;      /* of a stage: W410 tells of those that are nearly fields */
    uint32_t form; /* segment that names a form of the field; or EQL_NONE */
    eql_schema_type form_type;
} resolver;

/* --- the first name --- */

/* text: "before|after" the name. */
static bool
fail(resolver *r, const char *code, const char *hint, const char *text)
{
    eql_strview root = r->path->segments[0].name;
    const char *bar = strchr(text, '|');

    eql_diags_add(r->sx->diags, code, r->e->span, hint, "%.*s\"%.*s\"%s",
                  (int)(bar - text), text, (int)root.len, root.p, bar + 1);
    return false;
}

static const eql_typed_binding *
find_variable(const resolver *r)
{
    const eql_typed_binding *b = r->sx->binding;

    while (b && (b->bare == r->path->variable ||
                 !eql_sv_eq(b->variable, r->path->segments[0].name)))
        b = b->outer;
    return b;
}

static bool
take_variable(resolver *r, const eql_typed_binding *b)
{
    if (!b)
        return fail(r, "E309",
                    "arraySearch and arrayCount bind a variable in their "
                    "third argument",
                    "unknown variable |");
    r->out->binding = b;
    r->first = 1;
    eql_buf_printf(&r->name, "%s%.*s", b->bare ? "" : "$", (int)b->variable.len,
                   b->variable.p);
    eql_buf_add_sv(&r->dotted, b->dotted);
    return true;
}

/* Bare paths read the first event, events[i] event i; rows have columns. */
static bool
take_pipe_root(resolver *r)
{
    const eql_segment *s = r->path->segments;

    r->out->origin = 1;
    if (r->sx->after_count || s[0].kind != EQL_SEGMENT_NAME ||
        !eql_sv_is(s[0].name, "events") || r->path->n < 2 ||
        s[1].kind != EQL_SEGMENT_INDEX)
        return true;
    if (r->path->n == 2 || s[2].kind == EQL_SEGMENT_INDEX)
        return fail(r, "E310", "write events[0].process.name",
                    "|[...] is an event, not a field of it");
    r->out->origin = s[1].index < EQL_NONE ? s[1].index + 1 : EQL_NONE;
    r->first = 2;
    eql_buf_printf(&r->name, "events[%u]", s[1].index);
    return true;
}

/* `event0`, `event1`, ...: what Endpoint's rules call their stages. */
static bool
looks_like_alias(eql_strview s)
{
    if (s.len < 6 || memcmp(s.p, "event", 5) != 0)
        return false;
    for (size_t i = 5; i < s.len; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static bool
take_alias(resolver *r, uint32_t origin)
{
    eql_strview root = r->path->segments[0].name;

    if (r->sx->pure)
        return fail(r, "E309", NULL, "alias | cannot be named here");
    if (r->path->n == 1 || r->path->segments[1].kind == EQL_SEGMENT_INDEX)
        return fail(r, "E309", "name a field of it",
                    "alias | is an event, not a field of it");
    r->out->origin = origin;
    if (r->sx->names_alias)
        *r->sx->names_alias = true;
    r->first = 1;
    eql_buf_add_sv(&r->name, root);
    return true;
}

/* The path without its first name, as a schema spells it. */
static eql_strview
rest_of(const resolver *r, eql_buf *out)
{
    for (uint32_t i = 1; i < r->path->n; i++) {
        if (r->path->segments[i].kind == EQL_SEGMENT_INDEX)
            continue;
        if (out->len)
            eql_buf_add_char(out, '.');
        eql_buf_add_sv(out, r->path->segments[i].name);
    }
    return eql_buf_sv(out);
}

/* A field of ECS behind a name that is none, where stages have aliases, or the
 * name is as short as one: that was to be an alias.  Names like `Target` and
 * those of products go before fields of ECS, too. */
static void
warn_alias(const resolver *r)
{
    const eql_sema *sx = r->sx;
    eql_strview root = r->path->segments[0].name, known[8];
    uint32_t n = sx->query ? eql_sema_aliases(sx->query, known, 8) : 0;
    uint32_t near = eql_closest(root, known, n);
    const char *hint = "write \"as NAME\" behind the stage";
    eql_buf rest = {0};

    if (sx->query && sx->query->kind == EQL_QUERY_SEQUENCE && !sx->pipe &&
        !sx->pure && r->path->n > 2 && !r->path->optional &&
        (n || root.len < 3) && (root.p[0] >= 'a' || near != EQL_NONE) &&
        eql_schema_find(sx->settings->schema, sx->category,
                        rest_of(r, &rest)) != EQL_SCHEMA_UNKNOWN) {
        if (n)
            hint = eql_arena_printf(sx->arena, "did you mean \"%.*s\"?",
                                    (int)known[near == EQL_NONE ? 0 : near].len,
                                    known[near == EQL_NONE ? 0 : near].p)
                       .p;
        eql_diags_add(sx->diags, "W425", r->e->span, hint,
                      "no stage is named \"%.*s\": this is a field, which the "
                      "schema does not have",
                      (int)root.len, root.p);
    }
    eql_buf_free(&rest);
}

/* No alias that may be named here: a field, unless it must be meant as one. */
static bool
take_field_root(resolver *r)
{
    const eql_sema *sx = r->sx;
    eql_strview root = r->path->segments[0].name;
    bool field = eql_schema_find(sx->settings->schema, sx->category, root);

    if (r->path->n == 1 || r->path->segments[0].kind != EQL_SEGMENT_NAME)
        return true;
    if (sx->query && eql_sema_has_alias(sx->query, root)) {
        if (!field)
            return fail(r, "E309", "an alias can be named in later stages",
                        "alias | cannot be named here");
        eql_diags_add(sx->diags, "W414", r->e->span, NULL,
                      "\"%.*s\" is a field here and an alias in later stages",
                      (int)root.len, root.p);
        return true;
    }
    if (!field && looks_like_alias(root))
        return fail(r, "E309", "write \"as NAME\" behind the stage",
                    "unknown alias |");
    if (!field)
        warn_alias(r);
    return true;
}

static bool
take_root(resolver *r)
{
    const eql_sema *sx = r->sx;
    const eql_typed_binding *b = find_variable(r);

    if (b || r->path->variable)
        return take_variable(r, b);
    if (sx->pipe)
        return take_pipe_root(r);
    if (r->path->segments[0].kind == EQL_SEGMENT_NAME)
        for (uint32_t i = 0; i < sx->naliases; i++)
            if (eql_sv_eq(sx->aliases[i].name, r->path->segments[0].name))
                return take_alias(r, sx->aliases[i].origin);
    return take_field_root(r);
}

/* --- what is left --- */

/* A segment prints bare unless it could then be read as something else. */
static void
print_segment(eql_buf *name, eql_strview s)
{
    bool quote = s.len == 0;

    for (size_t i = 0; i < s.len && !quote; i++)
        quote = s.p[i] == '.' || s.p[i] == '`' || s.p[i] == '[';
    if (!quote) {
        eql_buf_add_sv(name, s);
        return;
    }
    eql_buf_add_char(name, '`');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '`')
            eql_buf_add_char(name, '`');
        eql_buf_add_char(name, s.p[i]);
    }
    eql_buf_add_char(name, '`');
}

static void
add_segment(resolver *r, const eql_segment *s, eql_segment *out)
{
    *out = *s;
    if (s->kind == EQL_SEGMENT_INDEX) {
        eql_buf_printf(&r->name, "[%u]", s->index);
        return;
    }
    /* Without a dot in it, `x` in backticks is the segment x (language 2.5). */
    out->kind = s->name.len && memchr(s->name.p, '.', s->name.len)
                    ? EQL_SEGMENT_QUOTED
                    : EQL_SEGMENT_NAME;
    if (r->name.len)
        eql_buf_add_char(&r->name, '.');
    if (r->dotted.len)
        eql_buf_add_char(&r->dotted, '.');
    print_segment(&r->name, s->name);
    eql_buf_add_sv(&r->dotted, s->name);
}

/* Of the event that a path reads; empty: any. */
static eql_strview
category_of(const eql_sema *sx, uint32_t origin)
{
    uint32_t position = 0;

    if (origin == 0)
        return sx->category;
    for (uint32_t i = 0; sx->out && i < sx->out->nstages; i++) {
        const eql_typed_stage *s = &sx->out->stages[i];

        position += s->runs ? s->runs : 1;
        if (origin <= position)
            return s->any ? eql_sv("", 0) : s->category;
    }
    return eql_sv("", 0);
}

/* The last name, unless it is all that is left, or stands in backticks. */
static uint32_t
last_name(const resolver *r)
{
    uint32_t i = r->path->n;

    while (i > r->first && r->path->segments[i - 1].kind == EQL_SEGMENT_INDEX)
        i--;
    if (i <= r->first + 1 || r->path->segments[i - 1].kind != EQL_SEGMENT_NAME)
        return EQL_NONE;
    return i - 1;
}

/* Is the last name one of the forms that a mapping gives a field?  In events
 * there is the field alone. */
static void
find_form(resolver *r)
{
    const eql_segment *segs = r->path->segments;
    uint32_t last = last_name(r);
    eql_buf path = {0};
    eql_multi_field form;

    r->form = EQL_NONE;
    if (last == EQL_NONE || r->sx->after_count)
        return;
    eql_buf_add_sv(&path, eql_buf_sv(&r->dotted));
    for (uint32_t i = r->first; i <= last; i++) {
        if (segs[i].kind == EQL_SEGMENT_INDEX)
            continue;
        if (path.len)
            eql_buf_add_char(&path, '.');
        eql_buf_add_sv(&path, segs[i].name);
    }
    if (path.failed)
        eql_arena_set_failed(r->sx->arena);
    else if (eql_multi_field_find(r->sx->settings->schema,
                                  category_of(r->sx, r->out->origin),
                                  eql_buf_sv(&path), segs[last].name, &form)) {
        r->form = last;
        r->form_type = form.type;
        r->out->caseless = form.caseless;
    }
    eql_buf_free(&path);
}

static bool
add_segments(resolver *r)
{
    eql_typed_path *out = r->out;
    uint32_t n = r->path->n - r->first;
    eql_segment *segs = eql_arena_array(r->sx->arena, n, sizeof *segs);

    if (!segs)
        return false;
    find_form(r);
    out->segments = segs;
    for (uint32_t i = r->first; i < r->path->n; i++)
        if (i != r->form)
            add_segment(r, &r->path->segments[i], &segs[out->nsegments++]);
    if (out->nsegments == 0 && out->binding) /* `$x` of x.caseless */
        out->caseless = out->binding->array.caseless;
    return true;
}

/* --- the schema --- */

/* Paths that the engine itself reads. */
static bool
is_role(const eql_sema *sx, eql_strview dotted)
{
    const eql_compile_settings *o = sx->settings;
    bool endgame = o->dialect.name == EQL_DIALECT_ENDGAME;

    return eql_sv_is(dotted, endgame ? "timestamp" : "@timestamp") ||
           eql_sv_is(dotted, endgame ? "event_type" : "event.category") ||
           eql_sv_eq(dotted, o->timestamp) || eql_sv_eq(dotted, o->category) ||
           eql_sv_eq(dotted, o->tiebreaker);
}

static bool
is_column(eql_strview name)
{
    static const char *const columns[] = {"key", "count", "percent", "hosts",
                                          "total_hosts"};

    for (uint32_t i = 0; i < EQL_COUNTOF(columns); i++)
        if (eql_sv_is(name, columns[i]))
            return true;
    return false;
}

/* Must the schema know this path? */
static bool
must_be_known(const resolver *r, eql_strview category)
{
    const eql_compile_settings *o = r->sx->settings;
    eql_strview dotted = eql_buf_sv(&r->dotted);

    if (!o->strict || !o->schema || r->path->optional || is_role(r->sx, dotted))
        return false;
    /* unique_count gives events its columns, but no key. */
    if (r->sx->pipe && is_column(dotted) && !eql_sv_is(dotted, "key"))
        return false;
    if (r->out->binding && r->out->binding->array.known == EQL_SCHEMA_UNKNOWN)
        return false; /* told of the array already */
    return category.len == 0 || !eql_schema_has_categories(o->schema) ||
           eql_schema_knows_category(o->schema, category);
}

/* Columns of a row are no fields of the schema. */
static bool
check_column(resolver *r)
{
    if (!r->sx->settings->strict || is_column(eql_buf_sv(&r->dotted)))
        return true;
    eql_diags_add(r->sx->diags, "E315", r->e->span,
                  "a row has key, count, percent, hosts and total_hosts",
                  "unknown column \"%.*s\"", (int)r->dotted.len, r->dotted.p);
    return false;
}

/* Most fields that ECS lacks are as good as any; one that is nearly a field of
 * it is a slip. */
static void
warn_near_field(const resolver *r)
{
    const eql_sema *sx = r->sx;
    eql_strview dotted = eql_buf_sv(&r->dotted);
    eql_map *far = sx->settings->far_paths;
    eql_buf meant = {0};

    if (r->key || r->path->optional || is_role(sx, dotted) ||
        (far && eql_map_get(far, dotted.p, dotted.len) != EQL_NONE))
        return;
    if (eql_schema_meant_path(sx->settings->schema, dotted, &meant))
        eql_diags_add(sx->diags, "W417", r->e->span,
                      eql_arena_printf(sx->arena, "did you mean \"%.*s\"?",
                                       (int)meant.len, meant.p)
                          .p,
                      "\"%.*s\" is no field of ECS", (int)dotted.len, dotted.p);
    else if (far)
        (void)eql_map_put(far, dotted.p, dotted.len, 0); /* no harm without */
    eql_buf_free(&meant);
}

static bool
look_up(resolver *r)
{
    const eql_sema *sx = r->sx;
    const eql_schema *schema = sx->settings->schema;
    eql_strview dotted = eql_buf_sv(&r->dotted), close;
    eql_strview category = category_of(sx, r->out->origin);
    eql_strview hint = {0};

    if (sx->after_count)
        return check_column(r);
    r->out->known =
        r->form_type ? r->form_type : eql_schema_find(schema, category, dotted);
    r->out->type = eql_schema_field_type(r->out->known);
    if (r->out->known != EQL_SCHEMA_UNKNOWN)
        return true;
    if (!must_be_known(r, category)) {
        warn_near_field(r);
        return true;
    }
    close = eql_schema_closest(schema, dotted);
    if (close.len)
        hint = eql_arena_printf(sx->arena, "did you mean \"%.*s\"?",
                                (int)close.len, close.p);
    eql_diags_add(sx->diags, "E315", r->e->span, hint.p,
                  "unknown field \"%.*s\"", (int)dotted.len, dotted.p);
    return false;
}

/* --- together --- */

static eql_field_mode
mode(const eql_sema *sx)
{
    if (sx->settings->dialect.multi_value == EQL_MULTI_VALUE_OPAQUE)
        return EQL_MODE_OPAQUE;
    return sx->composite ? EQL_MODE_COMPOSITE : EQL_MODE_FLAT;
}

static bool
resolve(resolver r, eql_field_mode m)
{
    const eql_sema *sx = r.sx;
    eql_typed_path *out = r.out;
    bool ok;

    r.path = &r.e->u.field;
    *out = (eql_typed_path){.mode = m};
    ok = take_root(&r) && add_segments(&r) && look_up(&r);
    out->name = eql_arena_dup(sx->arena, eql_buf_sv(&r.name));
    if (r.name.failed || r.dotted.failed)
        eql_arena_set_failed(sx->arena);
    eql_buf_free(&r.name);
    eql_buf_free(&r.dotted);
    return ok && !eql_arena_failed(sx->arena);
}

bool
eql_sema_path(const eql_sema *sx, const eql_expr *e, eql_typed_path *out)
{
    return resolve((resolver){.sx = sx, .e = e, .out = out, .key = true},
                   mode(sx));
}

bool
eql_sema_array_path(const eql_sema *sx, const eql_expr *e, eql_typed_path *out)
{
    return resolve((resolver){.sx = sx, .e = e, .out = out}, EQL_MODE_ELEMENTS);
}

/* How many events a result of the query has. */
static uint32_t
result_events(const eql_sema *sx)
{
    uint32_t n = 0;

    for (uint32_t i = 0; sx->out && i < sx->out->nstages; i++)
        n += sx->out->stages[i].runs ? sx->out->stages[i].runs : 1;
    return n;
}

bool
eql_sema_past_result(const eql_sema *sx, const eql_typed_path *p)
{
    return sx->pipe && p->origin > result_events(sx);
}

static eql_typed *
field(const eql_sema *sx, const eql_expr *e, eql_field_mode m)
{
    eql_typed *t = eql_typed_new(sx->arena, EQL_TYPED_FIELD, e->span);
    eql_field_type type;

    if (!t || !resolve((resolver){.sx = sx, .e = e, .out = &t->u.path}, m))
        return NULL;
    t->boolean = false;
    eql_lint_name(sx, &e->u.field, e->span);
    if (eql_sema_past_result(sx, &t->u.path))
        return eql_typed_const(sx->arena, e->span, eql_value_null(), false);
    type = t->u.path.type;
    if (type != EQL_FIELD_NUMBER && type != EQL_FIELD_BOOLEAN)
        return t;
    return eql_typed_convert(sx->arena, type, t);
}

eql_typed *
eql_sema_field(const eql_sema *sx, const eql_expr *e)
{
    return field(sx, e, mode(sx));
}

eql_typed *
eql_sema_opaque_field(const eql_sema *sx, const eql_expr *e)
{
    return field(sx, e, EQL_MODE_OPAQUE);
}

eql_typed *
eql_sema_dotted_field(const eql_sema *sx, eql_span span, eql_strview dotted)
{
    eql_typed *t = eql_typed_new(sx->arena, EQL_TYPED_FIELD, span);
    uint32_t n = 1;
    eql_segment *segs;
    size_t at = 0;

    for (size_t i = 0; i < dotted.len; i++)
        n += dotted.p[i] == '.';
    segs = eql_arena_array(sx->arena, n, sizeof *segs);
    if (!t || !segs)
        return NULL;
    t->boolean = false;
    for (uint32_t i = 0; i < n; i++) {
        size_t end = at;

        while (end < dotted.len && dotted.p[end] != '.')
            end++;
        segs[i].kind = EQL_SEGMENT_NAME;
        segs[i].name = eql_sv(dotted.p + at, end - at);
        at = end + 1;
    }
    t->u.path.name = dotted;
    t->u.path.segments = segs;
    t->u.path.nsegments = n;
    return t;
}
