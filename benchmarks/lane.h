/* worker.h -- one rule set over one corpus: the things that a benchmark times.
 *
 * A corpus is a file cut to whole lines and held in memory, for the yardstick
 * and for the engine.  A lane keeps one engine for
 * all rounds, as a long-running process does: its passes are the warm ones.
 * Everything happens in the calling thread. */
#ifndef EQL_BENCHMARKS_LANE_H
#define EQL_BENCHMARKS_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eqlvm/eqlvm.h"

#define LANE_MAX_ROUNDS 64u

typedef struct {
    const char *name;
    char *bytes; /* padded for the yardstick and for the engine */
    size_t len;
    uint64_t events;    /* as the yardstick counts them */
    const char *source; /* the file */
    bool in_memory;     /* the engine reads the bytes, else the file */
    bool fresh; /* measured on a first meeting, by an engine that has read the
                   first corpus before */
    double p[LANE_MAX_ROUNDS]; /* yardstick, seconds per round */
} lane_corpus;

typedef struct {
    const char *name;
    eqlvm_program *program;
    uint32_t nrules;
    uint32_t bad; /* left out: they do not compile */
    double compile_s;
} lane_rules;

/* Seconds of this thread's CPU per round. */
typedef struct {
    double scan[LANE_MAX_ROUNDS];   /* reading alone, values extracted */
    double warm[LANE_MAX_ROUNDS];   /* reading and filtering */
    double cold[LANE_MAX_ROUNDS];   /* the same, first pass of an engine */
    double finish[LANE_MAX_ROUNDS]; /* ordered half and alerts, one pass */
} lane_times;

typedef struct lane lane;

/* Reads at most max_bytes of the file (0: all).  in_memory: the engine
 * reads the bytes, as it always does of a part of a file.  false: told on
 * stderr. */
bool lane_corpus_load(lane_corpus *c, const char *file, size_t max_bytes,
                      bool in_memory);
void lane_corpus_free(lane_corpus *c);
/* A rule file, a folder, or @FILE with one path per line; `limit` paths of it
 * at most (0: all). */
bool lane_rules_load(lane_rules *r, const char *where, unsigned limit);
void lane_rules_free(lane_rules *r);

lane *lane_new(const lane_rules *r, const lane_corpus *c,
               const lane_corpus *before);
void lane_free(lane *l);
/* One round of everything, or of reading alone. */
bool lane_round(lane *l, unsigned round, bool scan_only);
const lane_times *lane_get_times(const lane *l);
/* Of one pass. */
const eqlvm_stats *lane_get_stats(const lane *l);
uint64_t lane_alert_bytes(const lane *l);
double lane_thread_s(void); /* CPU time of this thread */

#endif
