/* run_problems.c -- problems with the input, on stderr: the first of each kind
 * in each file, so that neither a file full of them nor a folder full of such
 * files hides what else there is. */
#include "cli/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static run_problem_kind *
kind_of(run_problems *r, const char *reason)
{
    for (size_t i = 0; i < r->nkinds; i++)
        if (strcmp(r->kinds[i].reason, reason) == 0)
            return &r->kinds[i];
    /* Of more kinds than there are, all are the last one. */
    if (r->nkinds == RUN_PROBLEM_KINDS)
        return &r->kinds[r->nkinds - 1];
    r->kinds[r->nkinds] = (run_problem_kind){.reason = reason};
    return &r->kinds[r->nkinds++];
}

static void
enter_file(run_problems *r, const char *path)
{
    if (r->path && strcmp(r->path, path) == 0)
        return;
    free(r->path);
    r->path = strdup(path);
    for (size_t i = 0; i < r->nkinds; i++)
        r->kinds[i].in_file = 0;
}

bool
run_problems_shows(run_problems *r, const eqlvm_problem *p)
{
    run_problem_kind *k;

    enter_file(r, p->path);
    k = kind_of(r, p->reason);
    r->all++;
    if (k->in_file >= RUN_SHOWN_IN_FILE || k->shown >= RUN_SHOWN_OF_KIND)
        return false;
    k->in_file++;
    k->shown++;
    r->shown++;
    return true;
}

void
run_problems_end(run_problems *r)
{
    if (r->all > r->shown)
        cli_error("%" PRIu64 " problems, of which %" PRIu64
                  " are shown: at most %u of a kind in a file, and %u in all",
                  r->all, r->shown, RUN_SHOWN_IN_FILE, RUN_SHOWN_OF_KIND);
    free(r->path);
    r->path = NULL;
}
