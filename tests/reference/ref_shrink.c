/* ref_shrink.c -- makes a failing case small.
 *
 * An edit is a number: all possible edits of a case are walked in a fixed
 * order, and the one whose number is up is made, on a copy.  An edit that
 * keeps the failure is kept; when none does, the case is as small as single
 * removals can make it. */
#include <string.h>

#include "tests/reference/ref_gen.h"

typedef struct {
    ref_pool *pool;
    size_t left; /* edits to pass over before the one to make */
    bool done;
} edit;

/* Is it this one's turn? */
static bool
turn(edit *e)
{
    if (e->done)
        return false;
    e->done = e->left == 0;
    e->left--;
    return e->done;
}

/* --- copies --- */

static void *
copy(ref_pool *pool, const void *p, size_t bytes)
{
    void *to = ref_alloc(pool, bytes);

    if (bytes)
        memcpy(to, p, bytes);
    return to;
}

static ref_term *
copy_term(ref_pool *pool, const ref_term *t)
{
    ref_term *to = copy(pool, t, sizeof *t);

    to->kids = copy(pool, t->kids, t->nkids * sizeof *t->kids);
    to->items = copy(pool, t->items, t->nitems * sizeof *t->items);
    for (size_t i = 0; i < t->nkids; i++)
        to->kids[i] = copy_term(pool, t->kids[i]);
    return to;
}

static void
copy_stage(ref_pool *pool, ref_gen_stage *s)
{
    s->by = copy(pool, s->by, s->nby * sizeof *s->by);
    s->cond = copy_term(pool, s->cond);
}

static ref_gen_case *
copy_case(ref_pool *pool, const ref_gen_case *c)
{
    ref_gen_case *to = copy(pool, c, sizeof *c);

    to->by = copy(pool, c->by, c->nby * sizeof *c->by);
    to->set = copy(pool, c->set, c->nset * sizeof *c->set);
    to->pipes = copy(pool, c->pipes, c->npipes * sizeof *c->pipes);
    to->definitions =
        copy(pool, c->definitions, c->ndefinitions * sizeof *c->definitions);
    to->stages = copy(pool, c->stages, c->nstages * sizeof *c->stages);
    for (size_t i = 0; i < c->nstages; i++)
        copy_stage(pool, &to->stages[i]);
    if (c->until) {
        to->until = copy(pool, c->until, sizeof *c->until);
        copy_stage(pool, to->until);
    }
    to->exceptions =
        copy(pool, c->exceptions, c->nexceptions * sizeof *c->exceptions);
    for (size_t i = 0; i < c->nexceptions; i++)
        to->exceptions[i].cond = copy_term(pool, c->exceptions[i].cond);
    to->events = copy(pool, c->events, c->nevents * sizeof *c->events);
    for (size_t i = 0; i < c->nevents; i++)
        to->events[i].pairs = copy(pool, c->events[i].pairs,
                                   c->events[i].n * sizeof *c->events[i].pairs);
    return to;
}

/* --- edits --- */

/* Takes item i out of *n items. */
static void
take_out(void *items, size_t *n, size_t i, size_t size)
{
    char *p = items;

    memmove(p + i * size, p + (i + 1) * size, (*n - i - 1) * size);
    --*n;
}

static void
edit_term(edit *e, ref_term **slot)
{
    ref_term *t = *slot;

    if (e->done)
        return;
    if (t->kind == REF_TERM_TEXT && strcmp(t->head, "true") == 0)
        return;
    if (turn(e)) {
        *t = (ref_term){.kind = REF_TERM_TEXT, .head = "true"};
        return;
    }
    if (t->parens && turn(e)) {
        t->parens = false;
        return;
    }
    for (size_t i = 0; i < t->nkids; i++)
        if (turn(e)) {
            *slot = t->kids[i];
            return;
        }
    if (t->kind == REF_TERM_AND || t->kind == REF_TERM_OR)
        for (size_t i = 0; t->nkids > 2 && i < t->nkids; i++)
            if (turn(e)) {
                take_out(t->kids, &t->nkids, i, sizeof *t->kids);
                return;
            }
    for (size_t i = 0; t->nitems > 1 && i < t->nitems; i++)
        if (turn(e)) {
            take_out(t->items, &t->nitems, i, sizeof *t->items);
            return;
        }
    for (size_t i = 0; i < t->nkids; i++)
        edit_term(e, &t->kids[i]);
}

static void
drop_stage(ref_gen_case *c, size_t i)
{
    size_t kept = 0;

    take_out(c->stages, &c->nstages, i, sizeof *c->stages);
    for (size_t k = 0; k < c->nexceptions; k++) {
        ref_gen_exception ex = c->exceptions[k];

        if (ex.stage == i + 1)
            continue;
        if (ex.stage > i + 1)
            ex.stage--;
        c->exceptions[kept++] = ex;
    }
    c->nexceptions = kept;
}

/* The same own key of every stage. */
static void
drop_own_key(ref_gen_case *c, size_t i)
{
    for (size_t s = 0; s < c->nstages; s++)
        take_out(c->stages[s].by, &c->stages[s].nby, i, sizeof *c->by);
    if (c->until)
        take_out(c->until->by, &c->until->nby, i, sizeof *c->by);
}

static void
edit_texts(edit *e, const char **texts, size_t *n)
{
    for (size_t i = 0; !e->done && i < *n; i++)
        if (turn(e))
            take_out(texts, n, i, sizeof *texts);
}

static void
edit_setup(edit *e, ref_gen_case *c)
{
    edit_texts(e, c->set, &c->nset);
    edit_texts(e, c->pipes, &c->npipes);
    edit_texts(e, c->definitions, &c->ndefinitions);
    if (c->dialect && turn(e))
        c->dialect = NULL;
    if (c->through_image && turn(e))
        c->through_image = false;
    if (c->no_schema && turn(e))
        c->no_schema = false;
    if (c->versions && turn(e))
        c->versions = false;
}

static void
edit_suffixes(edit *e, ref_gen_stage *s)
{
    if (s->missing && turn(e))
        s->missing = false;
    if (s->fork && turn(e))
        s->fork = false;
    if (s->alias && turn(e))
        s->alias = NULL;
    if (s->runs && turn(e))
        s->runs--;
}

static void
edit_frame(edit *e, ref_gen_case *c)
{
    if (c->maxspan && turn(e))
        c->maxspan = NULL;
    if (c->maxspan_first && turn(e))
        c->maxspan_first = false;
    if (c->until && turn(e))
        c->until = NULL;
    if (c->tiebreaker && turn(e))
        c->tiebreaker = NULL;
    if (strcmp(c->gap, " ") != 0 && turn(e))
        c->gap = " ";
    for (size_t i = 0; !e->done && i < c->nexceptions; i++)
        if (turn(e))
            take_out(c->exceptions, &c->nexceptions, i, sizeof *c->exceptions);
    for (size_t i = 0; !e->done && i < c->nby; i++)
        if (turn(e))
            take_out(c->by, &c->nby, i, sizeof *c->by);
    for (size_t i = 0; !e->done && i < c->stages[0].nby; i++)
        if (turn(e))
            drop_own_key(c, i);
    for (size_t i = 0; !e->done && c->nstages > 1 && i < c->nstages; i++)
        if (turn(e))
            drop_stage(c, i);
    for (size_t i = 0; !e->done && i < c->nstages; i++)
        edit_suffixes(e, &c->stages[i]);
    if (c->kind == REF_Q_SEQUENCE && c->nstages == 1 && !c->until &&
        !c->maxspan && !c->nby && !c->stages[0].nby && turn(e))
        c->kind = REF_Q_EVENT;
}

static void
edit_case(edit *e, ref_gen_case *c)
{
    for (size_t i = 0; !e->done && c->nevents > 1 && i < c->nevents; i++)
        if (turn(e))
            take_out(c->events, &c->nevents, i, sizeof *c->events);
    edit_setup(e, c);
    edit_frame(e, c);
    for (size_t i = 0; !e->done && i < c->nstages; i++) {
        edit_term(e, &c->stages[i].cond);
        if (strcmp(c->stages[i].category, "any") != 0 && turn(e))
            c->stages[i].category = "any";
    }
    if (!e->done && c->until)
        edit_term(e, &c->until->cond);
    for (size_t i = 0; !e->done && i < c->nexceptions; i++)
        edit_term(e, &c->exceptions[i].cond);
    for (size_t i = 0; !e->done && i < c->nevents; i++)
        for (size_t k = 0; !e->done && k < c->events[i].n; k++)
            if (turn(e))
                take_out(c->events[i].pairs, &c->events[i].n, k,
                         sizeof *c->events[i].pairs);
}

const ref_gen_case *
ref_shrink(ref_pool *pool, const ref_gen_case *c, ref_still still, void *ctx)
{
    size_t number = 0;

    for (;;) {
        ref_gen_case *smaller = copy_case(pool, c);
        edit e = {.pool = pool, .left = number};

        edit_case(&e, smaller);
        if (!e.done)
            return c;
        if (still(ctx, smaller))
            c = smaller; /* what follows has moved up to this number */
        else
            number++;
    }
}
