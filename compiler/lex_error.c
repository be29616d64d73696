/* lex_error.c -- says what is wrong with characters that make no token.
 *
 * E101 for what never ends, E103 for characters that begin nothing; the
 * commonest habits from other languages get a hint. */
#include "compiler/front.h"

#include "base/text.h"

static void
report_open(eql_parser *ps, eql_token tok)
{
    switch ((eql_lex_error)tok.kind) {
    case EQL_LEX_OPEN_TRIPLE:
        eql_diags_add(ps->diags, "E101", tok.span, "it ends at the next \"\"\"",
                      "string is not closed");
        break;
    case EQL_LEX_OPEN_COMMENT:
        eql_diags_add(ps->diags, "E101", tok.span,
                      ps->lexer.comments == EQL_COMMENTS_NEST
                          ? "in dialect elastic comments nest: every /* needs "
                            "its own */"
                          : "it ends at the next */",
                      "comment is not closed");
        break;
    case EQL_LEX_OPEN_QUOTED:
        eql_diags_add(ps->diags, "E101", tok.span,
                      "write a backtick inside a name twice",
                      "name in backticks is not closed on its line");
        break;
    default:
        eql_diags_add(ps->diags, "E101", tok.span,
                      "write a quote inside a string as \\\", a line end "
                      "as \\n, a backslash as \\\\; or use \"\"\"...\"\"\"",
                      "string is not closed on its line");
        break;
    }
}

/* Advice for characters that word processors and other languages bring. */
static const char *
advice(eql_strview s)
{
    static const struct {
        const char *text, *hint;
    } known[] = {
        {"&&", "write \"and\""},
        {"&", "write \"and\""},
        {"||", "write \"or\""},
        {"<>", "write \"!=\""},
        {"!", "write \"not\" before a condition, \"!=\" between values, "
              "\"![\" without a space for a missing event"},
        {"~", "\"~\" stands directly after in, like, regex or a function "
              "name"},
        {"$", "\"$\" begins a variable of an array function: $x"},
        {"#", "a comment begins with //"},
        {";", "a query has no end mark"},
        {"{", "a list is written in parentheses, a stage in brackets"},
        {"}", "a list is written in parentheses, a stage in brackets"},
        {"\\", "a backslash stands in strings only"},
        {"\xC2\xA0", "this is a no-break space; write an ordinary one"},
        {"\xE2\x80\x93", "this is a dash; write \"-\""},
        {"\xE2\x80\x94", "this is a dash; write \"-\""},
        {"\xE2\x88\x92", "this is a minus sign of typesetting; write \"-\""},
        {"\xE2\x80\x98", "write a straight quote: \""},
        {"\xE2\x80\x99", "write a straight quote: \""},
        {"\xE2\x80\x9C", "write a straight quote: \""},
        {"\xE2\x80\x9D", "write a straight quote: \""},
        {"\xC2\xAB", "write a straight quote: \""},
        {"\xC2\xBB", "write a straight quote: \""},
    };

    for (size_t i = 0; i < EQL_COUNTOF(known); i++)
        if (eql_sv_is(s, known[i].text))
            return known[i].hint;
    return (unsigned char)s.p[0] >= 0x80
               ? "only ASCII stands outside strings, backtick names and "
                 "comments"
               : NULL;
}

static void
report_stray(eql_parser *ps, eql_token tok)
{
    eql_strview s = eql_ast_text(ps, tok.span);
    const char *hint = advice(s);
    size_t n;
    uint32_t cp = eql_utf8_decode(s.p, s.len, &n);

    if (eql_sv_is(s, "~") && tok.span.offset && s.p[-1] == '=')
        hint = "without case are \":\", which takes wildcards, in~ (...) and "
               "regex~";
    if (cp > 0x20 && cp < 0x7F)
        eql_diags_add(ps->diags, "E103", tok.span, hint,
                      "\"%.*s\" is not part of EQL", (int)s.len, s.p);
    else
        eql_diags_add(ps->diags, "E103", tok.span, hint,
                      "character U+%04X outside a string", cp);
}

void
eql_lex_report(eql_parser *ps, eql_token tok)
{
    if (!ps->broken && eql_foreign_report(ps, tok))
        return;
    if (tok.kind == EQL_LEX_STRAY)
        report_stray(ps, tok);
    else if (tok.kind == EQL_LEX_EMPTY_QUOTED)
        eql_diags_add(ps->diags, "E201", tok.span, NULL,
                      "a name in backticks cannot be empty");
    else
        report_open(ps, tok);
}
