/* rule_language.c -- what a text is that is no EQL, and how to say it here.
 *
 * Rules come from other systems.  Where one was given as it is, a message
 * about its third token helps nobody: these look at the whole text for words
 * that EQL does not have, and name the language.  Only asked after an error, or
 * of files that no reader takes, so a wrong guess costs no rule. */
#include "program/rule_language.h"

/* Of a long text the beginning says enough. */
#define LOOKED_AT ((size_t)64 << 10)

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
same(const char *p, const char *sign, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(p[i]) != sign[i])
            return false;
    return true;
}

/* Byte behind the first `sign`, in lower case, that stands in s from `at` on;
 * 0: none.  A letter at its ends is that of a word; a blank is any white
 * space. */
static size_t
find(eql_strview s, size_t at, const char *sign)
{
    size_t n = strlen(sign);

    for (size_t i = at; i + n <= s.len; i++)
        if (same(s.p + i, sign, n) &&
            (i == 0 || !eql_is_word(sign[0]) || !eql_is_word(s.p[i - 1])) &&
            (i + n == s.len || !eql_is_word(sign[n - 1]) ||
             !eql_is_word(s.p[i + n])))
            return i + n;
    return 0;
}

static bool
has(eql_strview s, const char *sign)
{
    return find(s, 0, sign) != 0;
}

static eql_strview
without_space(eql_strview s)
{
    size_t i = 0;

    while (i < s.len && is_space(s.p[i]))
        i++;
    return eql_sv(s.p + i, s.len - i);
}

/* Behind white space, does s begin with the word? */
static bool
begins(eql_strview s, const char *word)
{
    size_t n = strlen(word);

    s = without_space(s);
    return s.len > n && same(s.p, word, n) && !eql_is_word(s.p[n]);
}

/* Does a line begin with the word, but for the dash of a list? */
static bool
has_line(eql_strview s, const char *word)
{
    for (size_t i = find(s, 0, word); i; i = find(s, i, word)) {
        size_t start = i - strlen(word);

        if (start == 0 || s.p[start - 1] == '\n')
            return true;
    }
    return false;
}

/* A pipe and one of these words, which no pipe of EQL has as its name. */
static bool
has_pipe(eql_strview s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] != '|')
            continue;
        for (size_t k = 0; k < n; k++)
            if (begins(eql_sv(s.p + i + 1, s.len - i - 1), words[k]))
                return true;
    }
    return false;
}

static bool
is_sigma(eql_strview s)
{
    return has_line(s, "detection:") &&
           (has_line(s, "logsource:") || has(s, "condition:"));
}

static bool
is_yara(eql_strview s)
{
    return (has_line(s, "rule") || has_line(s, "private rule") ||
            has_line(s, "import")) &&
           has(s, "condition:") && memchr(s.p, '{', s.len);
}

static bool
is_esql(eql_strview s)
{
    return (begins(s, "from") || begins(s, "row")) &&
           memchr(s.p, '|', s.len) != NULL;
}

static bool
is_kusto(eql_strview s)
{
    static const char *const pipes[] = {"where", "project", "summarize",
                                        "extend", "mv-expand"};

    return has_pipe(s, pipes, EQL_COUNTOF(pipes)) && !has(s, "index=") &&
           !has(s, "sourcetype=");
}

static bool
is_spl(eql_strview s)
{
    static const char *const pipes[] = {
        "stats", "eval",       "table", "search",      "tstats", "rename",
        "rex",   "eventstats", "where", "transaction", "fields", "lookup",
    };

    return has(s, "index=") || has(s, "sourcetype=") || has(s, "eventcode=") ||
           has_pipe(s, pipes, EQL_COUNTOF(pipes));
}

static bool
is_sql(eql_strview s)
{
    return begins(s, "select") && has(s, "from");
}

static bool
is_json(eql_strview s)
{
    eql_strview rest = without_space(s);

    return rest.len && rest.p[0] == '{' && has(rest, "\":");
}

/* `AND`, `OR`, `NOT` in capitals between terms, or a field that exists. */
static bool
is_lucene(eql_strview s)
{
    return has(s, "_exists_:") || memmem(s.p, s.len, " AND ", 5) ||
           memmem(s.p, s.len, " OR ", 4) || memmem(s.p, s.len, "NOT ", 4);
}

/* A field, a colon and text that has no quotes; blanks stand on both sides of
 * the colon or on none, for `key: value` is YAML, or prose. */
static bool
is_kql(eql_strview s)
{
    for (size_t i = 1; i + 1 < s.len; i++) {
        bool blank = s.p[i - 1] == ' ';
        char next = i + 1 + blank < s.len ? s.p[i + 1 + blank] : '\0';

        if (s.p[i] == ':' && (s.p[i + 1] == ' ') == blank &&
            (blank || eql_is_word(s.p[i - 1])) &&
            (next == '*' ||
             (eql_is_word(next) && !(next >= '0' && next <= '9'))))
            return true;
    }
    return false;
}

static const struct {
    bool (*is)(eql_strview s);
    eql_foreign_rule rule;
} languages[] = {
    {is_sigma,
     {"Sigma",
      "this is a Sigma rule; pySigma makes EQL of it: sigma convert -t eql "
      "-p ecs_windows RULE.yml"}},
    {is_yara,
     {"YARA",
      "this is a YARA rule, about the contents of files; EQL is about events"}},
    {is_sql,
     {"SQL",
      "this looks like SQL; SELECT ... FROM x WHERE a = 'b' is: any where "
      "a == \"b\""}},
    {is_esql,
     {"ES|QL", "this looks like ES|QL; FROM x | WHERE a == \"b\" is: any where "
               "a == \"b\""}},
    {is_kusto,
     {"Microsoft's KQL",
      "this looks like Microsoft's KQL; X | where A =~ \"b\" is: any where "
      "a : \"b\", with the names that ECS has"}},
    {is_spl,
     {"Splunk's SPL",
      "this looks like Splunk's SPL; index=x A=\"b*\" | stats count by c is: "
      "any where a : \"b*\" | count c, with the names that ECS has"}},
    {is_json,
     {"JSON", "this is JSON; a rule export of Kibana ends in .ndjson, one rule "
              "a line"}},
    {is_lucene,
     {"Lucene", "this looks like a Lucene query; a:b AND NOT c:d is: any where "
                "a : \"b\" and not c : \"d\"; _exists_:a is a != null"}},
    {is_kql,
     {"KQL", "this looks like KQL; a : b and c : * is: any where a : \"b\" and "
             "c != null"}},
};

const eql_foreign_rule *
eql_rule_is_foreign(eql_strview text)
{
    if (text.len > LOOKED_AT)
        text.len = LOOKED_AT;
    for (size_t i = 0; text.len && i < EQL_COUNTOF(languages); i++)
        if (languages[i].is(text))
            return &languages[i].rule;
    return NULL;
}

const char *
eql_rule_pipe_advice(eql_strview name)
{
    static const struct {
        const char *words, *advice;
    } pipes[] = {
        {" stats summarize eventstats tstats ",
         "to count by a field: | count FIELD"},
        {" where search filter_by having ", "to take some: | filter CONDITION"},
        {" dedup distinct uniq ", "the first for each value: | unique FIELD"},
        {" limit take top first rare ", "the first ones: | head 10"},
        {" last bottom ", "the last ones: | tail 10"},
        {" order sortby order_by ", "in ascending order: | sort FIELD"},
        {" table fields project keep rename eval extend drop lookup rex ",
         "an alert has whole events: there is no pipe that chooses or makes "
         "fields"},
    };
    char word[24];

    if (name.len + 3 > sizeof word)
        return NULL;
    word[0] = word[name.len + 1] = ' ';
    for (size_t i = 0; i < name.len; i++)
        word[i + 1] = lower(name.p[i]);
    word[name.len + 2] = '\0';
    for (size_t i = 0; i < EQL_COUNTOF(pipes); i++)
        if (strstr(pipes[i].words, word))
            return pipes[i].advice;
    return NULL;
}
