/* ref_flags.c -- see ref_flags.h. */
#include "tests/reference/ref_flags.h"

#include <string.h>

static const struct {
    const char *name, *values[2];
    size_t at;
    bool endpoint, endgame; /* is it the second value there? */
} table[] = {
#define FLAG(name, a, b, member, endpoint, endgame)                            \
    {                                                                          \
        name, {a, b}, offsetof(ref_flags, member), endpoint, endgame           \
    }
    FLAG("null_logic", "collapse", "kleene", kleene, false, true),
    FLAG("multi_value", "any", "opaque", opaque, false, true),
    FLAG("string_case", "sensitive", "insensitive", insensitive, false, true),
    FLAG("case_fold", "unicode", "ascii", ascii_fold, false, false),
    FLAG("eq_wildcard", "off", "on", eq_wildcard, false, true),
    FLAG("qmark_wildcard", "on", "off", qmark_plain, false, true),
    FLAG("coerce", "on", "off", no_coerce, false, true),
    FLAG("array_length", "each", "count", count_length, false, true),
    FLAG("int_division", "trunc", "floor", floor, false, true),
    FLAG("between_miss", "empty", "null", miss_null, false, true),
    FLAG("contains_empty", "false", "true", contains_empty, false, true),
    FLAG("search_null", "null", "false", search_false, false, true),
    FLAG("regex_flavor", "lucene", "prefix", prefix_regex, false, true),
    FLAG("regex_ci_ranges", "fold", "lucene", ranges_exact, false, false),
    FLAG("until_order", "after", "before", until_before, false, true),
    FLAG("null_keys", "drop", "join", null_join, false, true),
    FLAG("key_case", "sensitive", "fold", key_fold, false, true),
    FLAG("missing_edges", "joint", "independent", independent, false, false),
    FLAG("missing_eof", "emit", "withhold", withhold, false, false),
    FLAG("alias_pending", "scan", "latest", alias_latest, false, false),
    FLAG("sample_mode", "batch", "stream", sample_stream, true, true),
    FLAG("join_reuse", "on", "off", join_once, false, false),
    FLAG("late_events", "sort", "arrival", arrival, false, true),
#undef FLAG
};

static void
put(ref_flags *f, size_t i, bool second)
{
    memcpy((char *)f + table[i].at, &second, sizeof second);
}

static bool
set_one(ref_flags *f, const char *text)
{
    const char *sign = strchr(text, '=');
    size_t n = sign ? (size_t)(sign - text) : 0;

    for (size_t i = 0; sign && i < REF_COUNTOF(table); i++)
        if (strncmp(table[i].name, text, n) == 0 && table[i].name[n] == '\0')
            for (int second = 0; second < 2; second++)
                if (strcmp(table[i].values[second], sign + 1) == 0) {
                    put(f, i, second);
                    return true;
                }
    return false;
}

bool
ref_flags_read(ref_flags *f, const char *dialect, const char *const *set)
{
    bool endpoint = dialect && strcmp(dialect, "endpoint") == 0;
    bool endgame = dialect && strcmp(dialect, "endgame") == 0;

    *f = (ref_flags){.flat_comments = endgame || endpoint,
                     .endgame = endgame,
                     .category = endgame ? "event_type" : "event.category",
                     .timestamp = endgame ? "timestamp" : "@timestamp"};
    if (dialect && !endpoint && !endgame && strcmp(dialect, "elastic") != 0)
        return false;
    for (size_t i = 0; i < REF_COUNTOF(table); i++)
        put(f, i,
            (endpoint && table[i].endpoint) || (endgame && table[i].endgame));
    for (; set && *set; set++)
        if (!set_one(f, *set))
            return false;
    return true;
}

bool
ref_flags_name(size_t i, bool second, const char **name, const char **value)
{
    if (i >= REF_COUNTOF(table))
        return false;
    *name = table[i].name;
    *value = table[i].values[second];
    return true;
}
