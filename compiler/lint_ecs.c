/* lint_ecs.c -- values and fields that ECS has not.
 *
 * ECS says which values event.kind, event.category, event.type and
 * event.outcome may have, and which types are to be expected in a category:
 * events of a source that follows it have no others.  What a rule names beside
 * one that ECS has, in one list, does no harm and is let be. */
#include "compiler/sema.h"

#include "base/diag.h"

#define MOST_WORDS 24u

static const struct {
    const char *field, *values;
} allowed[] = {
    {"event.kind", "alert asset enrichment event metric state pipeline_error "
                   "signal"},
    /* dns is no category of ECS, but Elastic Defend's events have it. */
    {"event.category",
     "api authentication configuration database driver email file host iam "
     "intrusion_detection library malware network package process registry "
     "session threat vulnerability web dns"},
    {"event.type",
     "access admin allowed change connection creation deletion denied device "
     "end error group indicator info installation protocol start user"},
    {"event.outcome", "failure success unknown"},
};

/* Types that ECS expects in a category. */
static const struct {
    const char *category, *types;
} expected[] = {
    {"api", "access admin allowed change creation deletion denied end info "
            "start user"},
    {"authentication", "start end info"},
    {"configuration", "access change creation deletion info"},
    {"database", "access change info error"},
    {"driver", "change end info start"},
    {"email", "info"},
    {"file", "access change creation deletion info"},
    {"host", "access change end info start"},
    {"iam", "admin change creation deletion group info user"},
    {"intrusion_detection", "allowed denied info"},
    {"library", "start"},
    {"malware", "info"},
    {"network", "access allowed connection denied end info protocol start"},
    {"package", "access change deletion info installation start"},
    {"process", "access change end info start"},
    {"registry", "access change creation deletion"},
    {"session", "start end info"},
    {"threat", "indicator"},
    {"vulnerability", "info"},
    {"web", "access error info"},
};

/* Words for a value, and what ECS may call it; the first that is possible. */
static const struct {
    const char *word, *value;
} other_words[] = {
    {"allow", "allowed"},
    {"block", "denied"},
    {"blocked", "denied"},
    {"create", "creation"},
    {"created", "creation"},
    {"create", "start"},
    {"created", "start"},
    {"creation", "start"},
    {"delete", "deletion"},
    {"deleted", "deletion"},
    {"deletion", "end"},
    {"deny", "denied"},
    {"error", "failure"},
    {"execution", "start"},
    {"exit", "end"},
    {"fail", "failure"},
    {"failed", "failure"},
    {"install", "installation"},
    {"login", "start"},
    {"logoff", "end"},
    {"logon", "start"},
    {"logout", "end"},
    {"modification", "change"},
    {"modified", "change"},
    {"modify", "change"},
    {"ok", "success"},
    {"open", "access"},
    {"read", "access"},
    {"remove", "deletion"},
    {"removed", "deletion"},
    {"rename", "change"},
    {"start", "creation"},
    {"started", "start"},
    {"stop", "end"},
    {"stopped", "end"},
    {"succeeded", "success"},
    {"successful", "success"},
    {"terminate", "end"},
    {"terminated", "end"},
    {"termination", "end"},
    {"update", "change"},
    {"updated", "change"},
    {"write", "change"},
    {"written", "change"},
};

/* The words of a list, split at blanks. */
static uint32_t
split(const char *list, eql_strview out[MOST_WORDS])
{
    uint32_t n = 0;

    while (*list && n < MOST_WORDS) {
        size_t len = strcspn(list, " ");

        out[n++] = eql_sv(list, len);
        list += len + (list[len] == ' ');
    }
    return n;
}

static bool
has_word(const char *list, eql_strview s, bool fold)
{
    eql_strview words[MOST_WORDS];
    uint32_t n = split(list, words);

    for (uint32_t i = 0; i < n; i++)
        if (fold ? eql_sv_eq_ascii_ci(words[i], s) : eql_sv_eq(words[i], s))
            return true;
    return false;
}

/* --- W426 --- */

/* What ECS says of the values of a field in a category. */
typedef struct {
    const char *values;   /* NULL: nothing */
    const char *category; /* whose types they are; NULL: of any */
} known_values;

static known_values
values_of(const eql_sema *sx, const eql_typed *operand)
{
    known_values k = {0};

    if (operand->kind != EQL_TYPED_FIELD ||
        sx->settings->schema != eql_schema_ecs() || sx->pipe ||
        sx->settings->dialect.name == EQL_DIALECT_ENDGAME)
        return k;
    for (uint32_t i = 0; i < EQL_COUNTOF(allowed); i++)
        if (eql_sv_is(operand->u.path.name, allowed[i].field))
            k.values = allowed[i].values;
    if (!eql_sv_is(operand->u.path.name, "event.type") || sx->excluding)
        return k;
    for (uint32_t i = 0; i < EQL_COUNTOF(expected); i++)
        if (eql_sv_is(sx->category, expected[i].category)) {
            k.values = expected[i].types;
            k.category = expected[i].category;
        }
    return k;
}

/* The value that was meant, or all that there are. */
static const char *
value_advice(const eql_sema *sx, const char *values, eql_strview written)
{
    eql_strview words[MOST_WORDS];
    uint32_t n = split(values, words), near = eql_closest(written, words, n);
    eql_strview meant = {0};

    if (near != EQL_NONE)
        meant = words[near];
    for (uint32_t i = 0; !meant.len && i < EQL_COUNTOF(other_words); i++)
        if (eql_sv_eq_ascii_ci(written, eql_sv_cstr(other_words[i].word)) &&
            has_word(values, eql_sv_cstr(other_words[i].value), false))
            meant = eql_sv_cstr(other_words[i].value);
    if (meant.len)
        return eql_arena_printf(sx->arena, "did you mean \"%.*s\"?",
                                (int)meant.len, meant.p)
            .p;
    return eql_arena_printf(sx->arena, "ECS has: %s", values).p;
}

void
eql_lint_value(const eql_sema *sx, const eql_typed *operand,
               const eql_typed *const *literals, uint32_t n, bool fold)
{
    known_values k = values_of(sx, operand);
    const eql_typed *first = NULL;
    eql_strview written;

    for (uint32_t i = 0; k.values && i < n; i++) {
        const eql_value *v = &literals[i]->u.constant.value;

        if (!eql_typed_is_literal(literals[i]) || v->tag != EQL_STRING ||
            eql_sema_has_wildcard(v) ||
            has_word(k.values, eql_value_sv(v), fold))
            return;
        first = first ? first : literals[i];
    }
    if (!first)
        return;
    written = eql_value_sv(&first->u.constant.value);
    eql_diags_add(
        sx->diags, "W426", first->span, value_advice(sx, k.values, written),
        "ECS has no %.*s \"%.*s\"%s%s", (int)operand->u.path.name.len,
        operand->u.path.name.p, (int)(written.len < 60 ? written.len : 60),
        written.p, k.category ? " in category " : "",
        k.category ? k.category : "");
}

/* --- W410: keys --- */

/* Fields that events of a category do not have, by the first name. */
static const struct {
    const char *category, *roots;
} lacks[] = {
    {"authentication", "dll dns file registry"},
    {"driver", "destination dns email http registry source tls url"},
    {"file", "destination dll dns registry tls"},
    {"library", "destination dns email http registry source tls url"},
    {"network", "dll registry"},
    {"process", "destination dll dns email http registry tls url"},
    {"registry", "destination dll dns email file http source tls url"},
};

bool
eql_lint_category_has(eql_strview category, eql_strview path)
{
    const char *dot = path.len ? memchr(path.p, '.', path.len) : NULL;
    eql_strview root = eql_sv(path.p, dot ? (size_t)(dot - path.p) : path.len);

    for (uint32_t i = 0; i < EQL_COUNTOF(lacks); i++)
        if (eql_sv_is(category, lacks[i].category))
            return !has_word(lacks[i].roots, root, false);
    return true;
}
