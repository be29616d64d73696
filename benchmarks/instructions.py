#!/usr/bin/env python3
"""instructions.py -- instructions per input byte, counted by callgrind.

  instructions.py --build DIR --check     fail on a rise of over 3 %
  instructions.py --build DIR --update    write benchmarks/instructions.txt
  instructions.py --build DIR --rules PATH|@LIST --corpus FILE

What counts is one more pass over the same input: the difference between
reading it twice and three times, so that neither start-up nor the first
meeting of each value is in it.  It is the whole program, reading, filtering,
ordered half and alerts, with the kernel that valgrind's processor has (AVX2).
The count does not depend on the machine's load, but hash seeds move it: by up
to 3 % over the small corpus, so the median of TIMES runs counts.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
COMMITTED = os.path.join(HERE, "instructions.txt")
RISE = 1.03
TIMES = 5


def collect(command):
    """Instructions of one run."""
    out = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        + command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    m = re.search(r"Collected : (\d+)", out.stderr)
    if not m:
        sys.exit("callgrind failed:\n" + out.stderr[-2000:])
    return int(m.group(1))


def one_thread(build):
    """--threads 1, where the program knows it."""
    text = subprocess.run([build + "/eqlvm", "run", "--help"],
                          capture_output=True, text=True)
    known = "--threads" in text.stdout + text.stderr
    return ["--threads", "1"] if known else []


def per_byte(build, rules, corpus):
    """Instructions per byte of one more pass."""
    image = build + "/bench-instructions.eqlc"
    paths = [rules]
    if rules.startswith("@"):
        with open(rules[1:], encoding="utf-8") as f:
            paths = f.read().split("\n")[:-1]
    made = subprocess.run([build + "/eqlvm", "compile", "-o", image] + paths,
                          capture_output=True, text=True)
    if made.returncode:
        sys.exit("compile failed:\n" + (made.stdout + made.stderr)[-2000:])
    run = ([build + "/eqlvm", "run", "-r", image, "--brief", "-q"]
           + one_thread(build))
    with tempfile.TemporaryDirectory() as folder:
        # One file under several names would be read once.
        copies = [shutil.copyfile(corpus, os.path.join(folder, str(i)))
                  for i in range(3)]
        passes = [collect(run + copies[:3]) - collect(run + copies[:2])
                  for _ in range(TIMES)]
    os.unlink(image)
    return statistics.median(passes) / os.path.getsize(corpus)


def own_corpora(build):
    """What ships with the project: (name, rules, corpus)."""
    folder = os.path.join(os.path.dirname(build) or ".", "bench")
    subprocess.run([sys.executable, HERE + "/make_small.py", folder],
                   check=True)
    root = os.path.dirname(HERE)
    return [("demo", root + "/rules/windows",
             root + "/demo/winrm-intrusion.json"),
            ("small", folder + "/small", folder + "/small.ndjson")]


def committed():
    figures = {}
    with open(COMMITTED, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, value = line.split()
                figures[name] = float(value)
    return figures


def check(build):
    before, bad = committed(), False
    for name, rules, corpus in own_corpora(build):
        now = per_byte(build, rules, corpus)
        rise = now / before[name]
        bad |= rise > RISE
        print("%-6s %8.2f instructions per byte, committed %8.2f: %+.1f %%%s"
              % (name, now, before[name], (rise - 1) * 100,
                 "  TOO MANY" if rise > RISE else ""), flush=True)
    if bad:
        print("more than 3 %% above %s; if it is meant: "
              "benchmarks/instructions.py --build %s --update"
              % (os.path.relpath(COMMITTED), build))
    return 1 if bad else 0


def update(build):
    lines = ["# instructions per byte (benchmarks/instructions.py)\n"]
    for name, rules, corpus in own_corpora(build):
        lines.append("%s %.2f\n" % (name, per_byte(build, rules, corpus)))
        print(lines[-1], end="", flush=True)
    with open(COMMITTED, "w", encoding="utf-8") as f:
        f.writelines(lines)
    return 0


def main():
    a = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--build", default="build/release")
    a.add_argument("--check", action="store_true")
    a.add_argument("--update", action="store_true")
    a.add_argument("--rules")
    a.add_argument("--corpus")
    o = a.parse_args()
    if o.check:
        return check(o.build)
    if o.update:
        return update(o.build)
    if not (o.rules and o.corpus):
        a.error("--check, --update, or --rules and --corpus")
    print("%.3f" % per_byte(o.build, o.rules, o.corpus))
    return 0


if __name__ == "__main__":
    sys.exit(main())
