#!/usr/bin/env python3
"""make_lanes.py BASE OUT -- corpora that are hard on a fast engine.

From the ECS events of BASE, one per line, written to OUT/NAME.ndjson:
  unique     every value is new in every event, but for what event.* says
  shuffled   the keys of every object in a new order per event
  spaces     white space around every value
  stars      long values that nearly fit *a*a*a*b, new in every event
  colliding  the same structure with ever new keys of the same length
  heavy      events that alone make an alert (--alerts, of --captures), with
             new times

The same bytes come out every time.  OUT/stars/*.eql are the rules that the
lane `stars` is about.
"""
import argparse
import json
import os
import random

STARS = ["*a*a*a*b", "*a*a*a*a*a*a*b", "a*a*a*a*c", "*aa*aa*aa*b*",
         "*a?a*a?a*a?b", "*a*b*a*b*a*c"]


def dumps(event):
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


# --- unique ---

class Unique:
    """Makes values that were never there before."""

    def __init__(self):
        self.n = 0

    def text(self, s):
        tag = "%08x" % (self.n * 2654435761 & 0xffffffff)
        cut = s.rfind("\\") + 1
        if s.count(".") == 3 and s.replace(".", "").isdigit():
            return "10.%d.%d.%d" % (self.n >> 16 & 255, self.n >> 8 & 255,
                                    self.n & 255)
        return s[:cut] + tag + s[cut:] if cut else s + tag

    def value(self, v):
        if isinstance(v, dict):
            return {k: self.value(x) for k, x in v.items()}
        if isinstance(v, list):
            return [self.value(x) for x in v]
        self.n += 1
        if isinstance(v, bool) or v is None:
            return v
        if isinstance(v, str):
            return self.text(v)
        return self.n


def unique(events):
    u = Unique()
    for e in events:
        kept = {k: e[k] for k in ("@timestamp", "event", "ecs") if k in e}
        out = {k: kept[k] if k in kept else u.value(v) for k, v in e.items()}
        if "host" in e and "os" in e["host"]:
            out["host"]["os"] = e["host"]["os"]
        yield dumps(out)


# --- the other lanes ---

def shuffle(v, rng):
    if isinstance(v, list):
        return [shuffle(x, rng) for x in v]
    if not isinstance(v, dict):
        return v
    items = [(k, shuffle(x, rng)) for k, x in v.items()]
    rng.shuffle(items)
    return dict(items)


def shuffled(events):
    rng = random.Random(4)
    for e in events:
        yield dumps(shuffle(e, rng))


def spaces(events):
    for e in events:
        yield json.dumps(e, separators=(" , ", " : "), ensure_ascii=False)


def stars(events):
    rng = random.Random(5)
    for i, e in enumerate(events):
        almost = "".join(rng.choice("aaaaab") for _ in range(400)) + "a%d" % i
        for group, field in (("process", "command_line"), ("file", "path"),
                             ("registry", "path"), ("process", "executable")):
            if group in e:
                e[group][field] = almost
        yield dumps(e)


def colliding(lines):
    for i, line in enumerate(lines):
        yield (line.replace('"winlog":', '"w%05d":' % (i % 20000), 1)
               .replace('"ecs":', '"e%02d":' % (i % 100), 1))


def alerted(alerts, captures):
    """The lines of a file that alone made an alert."""
    wanted = set()
    with open(alerts, encoding="utf-8") as f:
        for line in f:
            stages = json.loads(line)["stages"]
            if len(stages) == 1 and stages[0].get("line"):
                wanted.add(stages[0]["line"])
    with open(captures, encoding="utf-8") as f:
        return [line[:-1] for n, line in enumerate(f, 1) if n in wanted]


def heavy(lines, size):
    made = n = 0
    while lines and made < size:
        line = lines[n % len(lines)]
        ms = n * 3
        stamp = "2026-01-01T%02d:%02d:%02d.%03dZ" % (
            ms // 3600000 % 24, ms // 60000 % 60, ms // 1000 % 60, ms % 1000)
        line = '{"@timestamp":"%s%s' % (stamp, line[39:])
        made += len(line.encode()) + 1
        n += 1
        yield line



def write(path, lines):
    with open(path + ".part", "w", encoding="utf-8", newline="\n") as f:
        for line in lines:
            f.write(line + "\n")
    os.rename(path + ".part", path)


def write_star_rules(folder):
    os.makedirs(folder, exist_ok=True)
    fields = ("process.command_line", "process.executable", "file.path",
              "registry.path")
    for i, field in enumerate(fields):
        with open("%s/stars%d.eql" % (folder, i), "w", encoding="utf-8") as f:
            f.write("any where %s : (%s)\n" % (
                field, ", ".join('"%s"' % s for s in STARS)))


def main():
    a = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("base")
    a.add_argument("out")
    a.add_argument("--captures", required=True)
    a.add_argument("--alerts", required=True)
    o = a.parse_args()
    with open(o.base, encoding="utf-8") as f:
        lines = f.read().split("\n")[:-1]

    def events():
        return (json.loads(line) for line in lines)

    write_star_rules(o.out + "/stars")
    write(o.out + "/unique.ndjson", unique(events()))
    write(o.out + "/shuffled.ndjson", shuffled(events()))
    write(o.out + "/spaces.ndjson", spaces(events()))
    write(o.out + "/stars.ndjson", stars(events()))
    write(o.out + "/colliding.ndjson", colliding(lines))
    write(o.out + "/heavy.ndjson",
          heavy(alerted(o.alerts, o.captures), os.path.getsize(o.base)))


if __name__ == "__main__":
    main()
