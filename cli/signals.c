/* signals.c -- what becomes of the program when it is told to end.
 *
 * A run that is stopped reports what it knows; everything else has nothing to
 * report and ends as the signal would have it, without leaving half an output
 * behind.  A closed pipe and a full disk are errors of write(), handled where
 * we write. */
#include <errno.h>
#include <signal.h>

#include "cli/output.h"

/* A signal handler has no other way to them. */
static eqlvm_engine *volatile watched;
static volatile sig_atomic_t interrupted;

static void
on_signal(int sig)
{
    int error = errno;

    if (watched && !interrupted) {
        interrupted = 1;
        eqlvm_engine_stop(watched);
    } else {
        cli_output_abandon();
        signal(sig, SIG_DFL);
        raise(sig); /* delivered when this handler returns */
    }
    errno = error;
}

void
cli_catch_signals(void)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        if (caught[i] != SIGHUP || sigaction(SIGHUP, NULL, &old) != 0 ||
            old.sa_handler != SIG_IGN) /* nohup(1) */
            sigaction(caught[i], &a, NULL);
}

void
cli_watch(eqlvm_engine *e)
{
    watched = e;
}

bool
cli_interrupted(void)
{
    return interrupted;
}
