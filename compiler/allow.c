/* allow.c -- `// eqlvm: allow W406, W409` in a rule's text.
 *
 * Such a comment, wherever it stands, drops these warnings about the text.
 * Errors cannot be dropped; what the comment gets wrong is W413, for a warning
 * that is dropped by mistake is worse than one too many. */
#include "compiler/front.h"

#include "base/text.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static eql_strview
next_word(eql_strview s, size_t *i)
{
    size_t start;

    while (*i < s.len && is_blank(s.p[*i]))
        ++*i;
    start = *i;
    while (*i < s.len && !is_blank(s.p[*i]))
        ++*i;
    return eql_sv(s.p + start, *i - start);
}

static void
refuse(eql_parser *ps, uint32_t at, eql_strview word, const char *why)
{
    eql_diags_add(ps->diags, "W413", (eql_span){at, (uint32_t)word.len},
                  "write: // eqlvm: allow W406, W409", "\"%.*s\" %s",
                  (int)(word.len < 40 ? word.len : 40), word.p, why);
}

void
eql_allow_comment(void *context, eql_span span)
{
    eql_parser *ps = context;
    eql_strview s = eql_ast_text(ps, span);
    size_t i = 2; /* behind the slashes */
    eql_strview word = next_word(s, &i);

    if (!eql_sv_is(word, "eqlvm:"))
        return;
    word = next_word(s, &i);
    if (!eql_sv_is(word, "allow")) {
        refuse(ps, span.offset + (uint32_t)(i - word.len), word,
               "is no instruction");
        return;
    }
    for (word = next_word(s, &i); word.len; word = next_word(s, &i)) {
        uint32_t at = span.offset + (uint32_t)(i - word.len);

        if (word.p[0] == 'E')
            refuse(ps, at, word, "cannot be allowed: it is an error");
        else if (!eql_diags_allow(ps->diags, word))
            refuse(ps, at, word, "is no warning of eqlvm");
    }
}
