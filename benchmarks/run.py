#!/usr/bin/env python3
"""run.py -- measures every figure of the targets (benchmarks/README.md).

  run.py [--build DIR] [--only ROWS] [--mb N] [--rounds N] [--readme] [--tell]

Prints the table and writes build/bench.json.  The reference material is
looked for at $EQL_SHARED and ../shared; without it there is nothing to
measure.  BENCH_QUICK=1: small corpora, three rounds, no gigabyte.
--only 1,4,9 measures these rows alone and keeps what build/bench.json has of
the others; --readme writes the result into benchmarks/README.md and draws the
plots; --tell does that with build/bench.json as it is.
"""
import argparse
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import about  # noqa: E402
import corpora  # noqa: E402
import rows  # noqa: E402
import table  # noqa: E402


def options():
    a = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--build", default="build/release")
    a.add_argument("--only", default="")
    a.add_argument("--mb", type=int, help="of each corpus at most")
    a.add_argument("--rounds", type=int)
    a.add_argument("--readme", action="store_true")
    a.add_argument("--tell", action="store_true")
    o = a.parse_args()
    o.quick = os.environ.get("BENCH_QUICK", "0") not in ("", "0")
    o.rounds = o.rounds or (3 if o.quick else 5)
    o.mb = o.mb or (30 if o.quick else 0)
    o.rows = {int(r) for r in o.only.split(",") if r}
    above = os.path.dirname(o.build) or "."
    o.out = os.path.join(above, "bench")
    o.json = os.path.join(above, "bench.json")
    return o


def find_shared():
    for path in (os.environ.get("EQL_SHARED"), HERE + "/../../shared"):
        if path and os.path.isdir(path + "/data/ecs"):
            return os.path.abspath(path)
    return None


def earlier(o):
    """What the last run left; empty when there was none."""
    if not os.path.exists(o.json):
        return {"rows": [], "notes": [], "series": {}, "about": {}}
    with open(o.json, encoding="utf-8") as f:
        return json.load(f)


def measure(o, shared, t):
    """All steps that were asked for; (series, facts)."""
    files, lists = corpora.make(o.build, shared, o.out, o.quick)
    m = rows.Measure(o, shared, files, lists, t)
    measured = set()
    for needed, step in rows.STEPS:
        if o.rows and not o.rows & set(needed):
            continue
        began = time.time()
        t.step = needed
        measured |= set(needed)
        print("bench: rows %s ..." % ", ".join(map(str, needed)),
              file=sys.stderr, end="", flush=True)
        step(m)
        print(" %.0f s" % (time.time() - began), file=sys.stderr)
    if o.rows:
        old = earlier(o)
        t.keep(old, measured)
        m.series = m.series or old["series"]
    return m.series, about.facts(o, m)


def tell(t, path, seconds):
    print(table.as_text(t))
    for n in t.notes:
        print("%-66s %s %s" % (n["what"], table.show(n["measured"]), n["unit"]))
    print("\n%d gates: %d met, %d not met, %d not measured; %.0f s; %s" % (
        len(t.rows), sum(r["met"] is True for r in t.rows),
        sum(r["met"] is False for r in t.rows),
        sum(r["met"] is None for r in t.rows), seconds, path))


def main():
    o = options()
    t = table.Table()
    start = time.time()
    if o.tell:
        old = earlier(o)
        t.keep(old, set())
        about.write_readme(t, old["about"], old["series"])
        return 0
    shared = find_shared()
    if not shared:
        print("bench: no reference material ($EQL_SHARED): skipped")
        return 0
    series, facts = measure(o, shared, t)
    table.write_json(t, o.json, facts, series)
    tell(t, o.json, time.time() - start)
    if o.readme:
        about.write_readme(t, facts, series)
    return 0


if __name__ == "__main__":
    sys.exit(main())
