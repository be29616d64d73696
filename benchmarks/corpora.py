"""corpora.py -- makes what the benchmarks read, below build/bench.

All of it comes from the reference material: A' is a made-up fleet replaying
real captures, B' all captures as they are, raw the same before they were
mapped.  Nothing is made twice; the same bytes come out every time.
"""
import gzip
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Rule sets in the order of performance.md: a set of n rules is its first n.
WINDOWS = ["detection-rules/rules/windows"]
ALL_WINDOWS = WINDOWS + ["detection-rules/rules/cross-platform",
                         "protections/behavior/rules/cross-platform",
                         "protections/behavior/rules/windows"]
EVERYTHING = ALL_WINDOWS + ["detection-rules/rules",
                            "detection-rules/rules_building_block",
                            "protections/behavior/rules"]
LANE_BYTES = 40_000_000


def rule_files(corpora, folders):
    """Paths below the folders, each once, folders in order, then by name."""
    seen = {}
    for folder in folders:
        found = []
        for at, _, names in os.walk(os.path.join(corpora, folder)):
            found += [os.path.join(at, n) for n in names if n.endswith(".toml")]
        for path in sorted(found):
            seen.setdefault(path)
    return list(seen)


def write_lists(shared, out):
    """Rule lists; returns {name: path}."""
    lists = {}
    for name, folders in (("drwin", WINDOWS), ("allwin", ALL_WINDOWS),
                          ("all", EVERYTHING)):
        lists[name] = "%s/%s.list" % (out, name)
        with open(lists[name], "w", encoding="utf-8") as f:
            for path in rule_files(shared + "/corpora", folders):
                f.write(path + "\n")
    return lists


def make_fleet(shared, out, size):
    path = "%s/a%s.ndjson" % (out, size.lower())
    if not os.path.exists(path):
        subprocess.run([sys.executable, shared + "/data/tools/make_bench.py",
                        "--src", shared + "/data/ecs", "--seed", "1",
                        "--hosts", "200", "--size", size, "-o", path + ".part"],
                       check=True)
        os.rename(path + ".part", path)
    return path


def join(folder, path):
    """All captures of a folder one after the other, blank lines left out."""
    if not os.path.exists(path):
        with open(path + ".part", "wb") as out:
            for name in sorted(os.listdir(folder)):
                with gzip.open(os.path.join(folder, name)) as f:
                    for line in f:
                        line = line.rstrip(b"\r\n")
                        if line:
                            out.write(line + b"\n")
        os.rename(path + ".part", path)
    return path


def cut(source, path, size):
    """The first whole lines of a file."""
    if not os.path.exists(path):
        with open(source, "rb") as f:
            data = f.read(size)
        with open(path + ".part", "wb") as f:
            f.write(data[:data.rfind(b"\n") + 1])
        os.rename(path + ".part", path)
    return path


def make_lanes(build, out, base, captures, allwin):
    """The adversarial corpora; see make_lanes.py."""
    names = ("unique", "shuffled", "spaces", "stars", "colliding", "heavy")
    paths = {n: "%s/%s.ndjson" % (out, n) for n in names}
    if not all(os.path.exists(p) for p in paths.values()):
        with open(allwin, encoding="utf-8") as f:
            rules = f.read().split("\n")[:-1]
        run = [build + "/eqlvm", "run", "--brief", "-q", "--output", "ndjson",
               "--skip-bad-rules", "-o", out + "/alerts.ndjson"]
        for r in rules:
            run += ["-r", r]
        done = subprocess.run(run + [captures], stderr=subprocess.DEVNULL)
        if done.returncode < 0:
            sys.exit("eqlvm run ended by a signal while lanes were made")
        subprocess.run([sys.executable, HERE + "/make_lanes.py", base, out,
                        "--captures", captures,
                        "--alerts", out + "/alerts.ndjson"], check=True)
    return paths


def make(build, shared, out, quick):
    """Everything; returns {name: path}.  quick: no gigabyte."""
    os.makedirs(out, exist_ok=True)
    c = {"A": make_fleet(shared, out, "300M"),
         "B": join(shared + "/data/ecs", out + "/b.ndjson"),
         "raw": join(shared + "/data/raw", out + "/raw.ndjson")}
    c["A1G"] = c["A"] if quick else make_fleet(shared, out, "1G")
    c["base"] = cut(c["A"], out + "/base.ndjson", LANE_BYTES)
    lists = write_lists(shared, out)
    c.update(make_lanes(build, out, c["base"], c["B"], lists["allwin"]))
    return c, lists
