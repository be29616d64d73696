/* sema_span.c -- `with maxspan = N UNIT` (language 1.2 #2).
 *
 * E305 for all that can be wrong with it; a fraction is answered with the
 * same span in a smaller unit. */
#include "compiler/sema_query.h"

static const struct {
    eql_strview unit;
    int64_t ns;
} units[] = {
    {{"ms", 2}, 1000000},
    {{"s", 1}, 1000000000},
    {{"m", 1}, INT64_C(60) * 1000000000},
    {{"h", 1}, INT64_C(3600) * 1000000000},
    {{"d", 1}, INT64_C(86400) * 1000000000},
};

static void
bad(eql_sema_checker *ck, eql_span span, const char *hint, const char *message)
{
    eql_sema_fail(ck, "E305", span, hint, message);
}

/* `1.5m` can be said as `90s`: the largest unit in which it is whole. */
static eql_strview
whole_span(eql_sema_checker *ck, double value, int64_t unit_ns)
{
    double ms = value * (double)(unit_ns / 1000000);

    for (size_t i = EQL_COUNTOF(units); ms >= 1 && ms < 1e15 && i-- > 0;) {
        int64_t unit_ms = units[i].ns / 1000000;
        int64_t whole = (int64_t)ms;

        if ((double)whole == ms && whole % unit_ms == 0)
            return eql_arena_printf(ck->sx.arena, "write %lld%s",
                                    (long long)(whole / unit_ms),
                                    units[i].unit.p);
    }
    return (eql_strview){0};
}

static void
check_value(eql_sema_checker *ck, const eql_span_clause *m, int64_t unit_ns)
{
    const eql_value *v = &m->number;

    if (v->tag != EQL_INT) {
        bad(ck, m->span,
            v->tag == EQL_FLOAT ? whole_span(ck, v->u.d, unit_ns).p : NULL,
            "maxspan takes a whole number: fractions are not supported");
    } else if (v->u.i <= 0) {
        bad(ck, m->span, NULL, "maxspan must be more than zero");
    } else if (v->u.i > INT64_MAX / unit_ns) {
        bad(ck, m->span, "leave it out for no limit", "maxspan is too long");
    } else {
        ck->out->has_maxspan = true;
        ck->out->maxspan_ns = v->u.i * unit_ns;
    }
}

void
eql_sema_maxspan(eql_sema_checker *ck, const eql_span_clause *m)
{
    static const char want[] = "write one of ms, s, m, h, d after the number";

    if (!eql_sv_is(m->name.text, "maxspan")) {
        bad(ck, m->name.span, NULL, "a sequence takes \"with maxspan\" only");
        return;
    }
    for (size_t i = 0; i < EQL_COUNTOF(units); i++) {
        if (eql_sv_eq(m->unit.text, units[i].unit)) {
            check_value(ck, m, units[i].ns);
            return;
        }
    }
    if (m->unit.text.len == 0)
        bad(ck, m->span, want, "maxspan needs a unit of time");
    else
        bad(ck, m->unit.span, want, "unknown unit of time");
}
