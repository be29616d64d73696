/* when.c -- --since and --until: a range of time as people type it. */
#include "cli/run.h"

#include <time.h>

static bool
parse_end(const char *option, const char *value, int64_t now_ns, int64_t *ns)
{
    if (eqlvm_time_parse_from(value, now_ns, ns))
        return true;
    cli_error("--%s wants a day (2026-01-31), a time (2026-01-31T12:00:00Z; "
              "without a zone it is UTC), how long ago (90s, 15m, 2h, 3d, 1w), "
              "now, today or yesterday, not '%s'",
              option, value);
    return false;
}

bool
run_parse_range(const char *since, const char *until, eqlvm_engine_options *eo)
{
    struct timespec t;
    int64_t now_ns;

    clock_gettime(CLOCK_REALTIME, &t);
    now_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
    eo->has_since = since != NULL;
    eo->has_until = until != NULL;
    if ((since && !parse_end("since", since, now_ns, &eo->since_ns)) ||
        (until && !parse_end("until", until, now_ns, &eo->until_ns)))
        return false;
    if (since && until && eo->since_ns >= eo->until_ns) {
        cli_error("no event is at or after --since %s and before --until %s",
                  since, until);
        return false;
    }
    return true;
}
