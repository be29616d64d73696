/* run_report.c -- what `eqlvm run` says at its end, from the counts. */
#include "cli/run.h"

#include <inttypes.h>

static uint64_t
sum_rejected(const eqlvm_stats *s)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        n += s->rejected[i];
    return n;
}

void
run_report_input(const eqlvm_stats *s, double t)
{
    fprintf(stderr,
            "%" PRIu64 " event%s in %" PRIu64 " file%s, %.1f MB, %.2f s "
            "(%.0f events/s)\n",
            s->accepted, s->accepted == 1 ? "" : "s", s->files,
            s->files == 1 ? "" : "s", (double)s->bytes / 1e6, t,
            t > 0 ? (double)s->accepted / t : 0.0);
    if (s->mapped)
        fprintf(stderr, "  %" PRIu64 " Windows records mapped to ECS\n",
                s->mapped);
    if (s->wrappers)
        fprintf(stderr,
                "  %" PRIu64 " object%s around events opened (Records, events, "
                "hits, ...)\n",
                s->wrappers, s->wrappers == 1 ? "" : "s");
    if (sum_rejected(s)) {
        const char *sep = "";

        fprintf(stderr, "  %" PRIu64 " rejected (", sum_rejected(s));
        for (unsigned i = 0; i < EQLVM_NREJECT; i++)
            if (s->rejected[i]) {
                fprintf(stderr, "%s%s %" PRIu64, sep, eqlvm_reject_name(i),
                        s->rejected[i]);
                sep = ", ";
            }
        fputs(")\n", stderr);
    }
    if (s->repaired)
        fprintf(stderr, "  %" PRIu64 " repaired (invalid UTF-8)\n",
                s->repaired);
    if (s->untimed)
        fprintf(stderr, "  %" PRIu64 " without a usable time\n", s->untimed);
    if (s->out_of_range)
        fprintf(stderr, "  %" PRIu64 " outside --since and --until\n",
                s->out_of_range);
}

void
run_report_engine(const eqlvm_stats *s)
{
    fprintf(stderr, "  %" PRIu64 " hit%s", s->hits, s->hits == 1 ? "" : "s");
    if (s->withheld)
        fprintf(stderr, ", %" PRIu64 " withheld by exceptions", s->withheld);
    fputc('\n', stderr);
    if (s->started)
        fprintf(
            stderr,
            "  %" PRIu64 " sequences started: %" PRIu64 " completed, %" PRIu64
            " replaced, %" PRIu64 " expired, %" PRIu64 " ended, %" PRIu64
            " evicted, %" PRIu64 " open\n",
            s->started + s->forked, s->completed + s->discarded, s->replaced,
            s->expired, s->ended, s->evicted + s->pending_evicted, s->open);
    if (s->discarded)
        fprintf(stderr,
                "  %" PRIu64 " of the completed were discarded: an event that "
                "was to be missing was there\n",
                s->discarded);
    if (s->piped)
        fprintf(stderr,
                "  %" PRIu64 " results taken out or summed up by pipes\n",
                s->piped);
    fprintf(stderr, "%" PRIu64 " alert%s", s->alerts,
            s->alerts == 1 ? "" : "s");
    if (s->alerts) {
        const char *sep = " (";

        for (int i = 4; i >= 0; i--)
            if (s->by_severity[i]) {
                fprintf(stderr, "%s%" PRIu64 " %s", sep, s->by_severity[i],
                        eqlvm_severity_name((eqlvm_severity)i));
                sep = ", ";
            }
        fputc(')', stderr);
    }
    if (s->rows)
        fprintf(stderr, ", %" PRIu64 " row%s of count", s->rows,
                s->rows == 1 ? "" : "s");
    if (s->suppressed)
        fprintf(stderr, ", %" PRIu64 " more suppressed by cooldown",
                s->suppressed);
    fputc('\n', stderr);
}
