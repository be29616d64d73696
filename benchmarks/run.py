#!/usr/bin/env python3
"""run.py -- measures every figure of the targets (benchmarks/README.md).

  run.py [--build DIR] [--only ROWS] [--mb N] [--rounds N] [--readme]

Prints the table and writes build/bench.json.  The reference material is
looked for at $EQL_SHARED and ../shared; without it there is nothing to
measure.  BENCH_QUICK=1: small corpora, three rounds, no gigabyte.
--only 1,4,9 measures these rows alone; --readme writes the result into
benchmarks/README.md and draws the plots.
"""
import argparse
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
    o = a.parse_args()
    o.quick = os.environ.get("BENCH_QUICK", "0") not in ("", "0")
    o.rounds = o.rounds or (3 if o.quick else 5)
    o.mb = o.mb or (30 if o.quick else 0)
    o.rows = {int(r) for r in o.only.split(",") if r}
    o.out = os.path.join(os.path.dirname(o.build) or ".", "bench")
    return o


def find_shared():
    for path in (os.environ.get("EQL_SHARED"), HERE + "/../../shared"):
        if path and os.path.isdir(path + "/data/ecs"):
            return os.path.abspath(path)
    return None


def main():
    o = options()
    shared = find_shared()
    if not shared:
        print("bench: no reference material ($EQL_SHARED): skipped")
        return 0
    start = time.time()
    files, lists = corpora.make(o.build, shared, o.out, o.quick)
    t = table.Table()
    m = rows.Measure(o, shared, files, lists, t)
    for needed, measure in rows.STEPS:
        if not o.rows or o.rows & set(needed):
            began = time.time()
            print("bench: rows %s ..." % ", ".join(map(str, needed)),
                  file=sys.stderr, end="", flush=True)
            measure(m)
            print(" %.0f s" % (time.time() - began), file=sys.stderr)
    if o.rows:
        t.rows = [r for r in t.rows if r["row"] in o.rows]
    facts = about.facts(o, m)
    path = os.path.join(os.path.dirname(o.build) or ".", "bench.json")
    table.write_json(t, path, facts, m.series)
    print(table.as_text(t))
    for n in t.notes:
        print("%-66s %s %s" % (n["what"], table.show(n["measured"]), n["unit"]))
    print("\n%d gates: %d met, %d not met, %d not measured; %.0f s; %s" % (
        len(t.rows), sum(r["met"] is True for r in t.rows),
        sum(r["met"] is False for r in t.rows),
        sum(r["met"] is None for r in t.rows), time.time() - start, path))
    if o.readme:
        about.write_readme(t, facts, m.series)
    return 0


if __name__ == "__main__":
    sys.exit(main())
