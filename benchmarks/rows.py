"""rows.py -- how each row of the targets is measured."""
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

import instructions

KERNELS = (("avx512", "AVX-512", .65, .5), ("avx2", "AVX2", .85, .7),
           ("scalar", "scalar", 1.7, 1.4))
SUBSETS = (1, 10, 100, 300)
MB = 1e6


class Measure:
    """What the steps share: inputs, programs, the table, finished series."""

    def __init__(self, o, shared, files, lists, table):
        self.o, self.shared = o, shared
        self.files, self.lists, self.table = files, lists, table
        self.series = {}
        self.ratio_lanes = None
        self.p_kernel = ""

    def bench(self, rules, names, mb=None, env=None, extra=()):
        """One run of the bench program; {(corpus, rules): lane}."""
        run = [self.o.build + "/bench", "--json", "--rounds",
               str(self.o.rounds)] + list(extra)
        mb = mb or self.o.mb
        if mb:
            run += ["--mb", str(mb)]
        for name, where in rules:
            run += ["--rules", "%s=%s" % (name, where)]
        for name in names:
            plain = name.split(",")[0]
            run += ["--corpus", "%s=%s%s" % (plain, self.files[plain],
                                             name[len(plain):])]
        done = subprocess.run(run, stdout=subprocess.PIPE, text=True,
                              env=dict(os.environ, **(env or {})))
        if done.returncode:
            print("bench: %s failed" % " ".join(run[:6]), file=sys.stderr)
            return {}
        lanes = [json.loads(line) for line in done.stdout.splitlines()]
        for lane in lanes:
            self.p_kernel = lane["kernel_p"]
        return {(l["corpus"], l["rules"]): l for l in lanes}


def total(lane, first=False):
    """Bytes in to alerts out, seconds per round."""
    passes = lane["cold" if first or lane["fresh"] else "warm"]
    return [a + b for a, b in zip(passes, lane["finish"])]


def per_event(lane):
    return [t / lane["events"] for t in total(lane)]


def ratios(a, b):
    return [x / y for x, y in zip(a, b)]


def to_p(lane):
    return ratios(total(lane), lane["p"])


# --- rows 1 to 4, 10: rule sets over corpora ---

def measure_ratios(m):
    sets = [("%d" % n, "@%s:%d" % (m.lists["allwin"], n)) for n in SUBSETS]
    sets += [(n, "@" + m.lists[n]) for n in ("drwin", "allwin", "all")]
    lanes = {}
    for corpus in ("A", "B"):
        lanes.update(m.bench(sets, [corpus]))
    if len(lanes) < 2 * len(sets):
        return
    gate_ratios(m, lanes)
    for corpus in ("A", "B"):
        note_work(m, corpus, lanes[(corpus, "allwin")])
    for (corpus, name), lane in lanes.items():
        t = statistics.median(total(lane))
        m.series.setdefault(corpus, []).append({
            "rules": name, "nrules": lane["nrules"], "bytes": lane["bytes"],
            "events": lane["events"], "alerts": lane["alerts"],
            "mb_per_s": lane["bytes"] / t / MB,
            "ns_per_event": t / lane["events"] * 1e9,
            "read": statistics.median(lane["scan"]) / lane["events"] * 1e9,
            "p": statistics.median(lane["p"]) / lane["events"] * 1e9,
            "cold": statistics.median(total(lane, True)) / lane["events"] * 1e9,
            "ratio": statistics.median(to_p(lane))})


def note_work(m, corpus, lane):
    """What the ratios hide, of a first pass."""
    for key, what, unit, per in (
            ("events_cached", "events whose like was met before", "%", 100),
            ("values_asked", "values looked up", "an event", 1),
            ("stages_judged", "stages judged", "an event", 1)):
        m.table.note("%s, allwin, %s', first pass" % (what, corpus),
                     per * lane[key] / lane["events"], unit)
    m.table.note("of the values looked up known, allwin, %s', first pass" %
                 corpus, 100 * lane["values_cached"] / lane["values_asked"], "%")


def worse(a, b):
    """Of two lists of rounds, the one with the higher median."""
    return max(a, b, key=statistics.median)


def gate_ratios(m, lanes):
    gate, a = m.table.gate, lanes[("A", "allwin")]
    n = {k: lanes[("A", k)]["nrules"] for k in ("drwin", "allwin", "all")}
    for corpus in ("A", "B"):
        gate(1, "allwin (%d rules) / P, corpus %s'" % (n["allwin"], corpus),
             1.0, .75, to_p(lanes[(corpus, "allwin")]))
    for row, name, limit, stretch in ((2, "drwin", .8, .65),
                                      (3, "all", 1.15, .85)):
        both = [to_p(lanes[(c, name)]) for c in ("A", "B")]
        gate(row, "%s (%d rules) / P, the worse of A' %.3g and B' %.3g" % (
            name, n[name], statistics.median(both[0]),
            statistics.median(both[1])), limit, stretch, worse(*both))
    gate(4, "growth t(allwin) / t(1 rule), A'", 2.0, 1.6,
         ratios(total(a), total(lanes[("A", "1")])))
    gate(4, "growth t(all) / t(allwin), A'", 1.15, 1.05,
         ratios(total(lanes[("A", "all")]), total(a)))
    gate(10, "cold: first pass / warm pass, allwin, A'", 1.3, 1.1,
         ratios(total(a, True), total(a)))


# --- row 5: extraction alone ---

def measure_extraction(m):
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        flags = f.read()
    for kernel, name, limit, stretch in KERNELS:
        what = "extraction alone / P, drwin's fields, %s" % name
        if kernel == "avx512" and "avx512_vbmi2" not in flags:
            m.table.gate(5, what, limit, stretch, None,
                         note="this processor has none")
            continue
        lanes = m.bench([("drwin", "@" + m.lists["drwin"])], ["A"],
                        mb=m.o.mb or 100, env={"EQLVM_KERNEL": kernel},
                        extra=["--scan-only"])
        m.table.gate(5, what, limit, stretch,
                     [v for lane in lanes.values()
                      for v in ratios(lane["scan"], lane["p"])])


# --- row 11 and the raw lane: hard corpora ---

def measure_adversarial(m):
    lanes = m.bench([("allwin", "@" + m.lists["allwin"])],
                    ["base", "shuffled", "spaces", "heavy", "colliding",
                     "unique,fresh"], mb=m.o.mb)
    if not lanes:
        return
    warm = per_event(lanes[("base", "allwin")])
    for name, what, limit, stretch in (
            ("unique", "every value unique", 2.5, 2.0),
            ("shuffled", "key order shuffled per event", 1.6, 1.3),
            ("spaces", "spaces inside the line", 2.0, 1.5),
            ("heavy", "match-heavy", 2.0, 1.5)):
        lane = lanes[(name, "allwin")]
        if name == "heavy":
            what += " (%.2f alerts per event)" % (
                lane["alerts"] / lane["events"])
        m.table.gate(11, what + " / warm, per event, allwin", limit, stretch,
                     ratios(per_event(lane), warm))
    note_ratio(m, "colliding structures, ever new keys / warm, per event",
               per_event(lanes[("colliding", "allwin")]), warm)
    with open(m.lists["allwin"], encoding="utf-8") as f:
        listed = f.read()
    stars = m.o.out + "/stars.list"
    with open(stars, "w", encoding="utf-8") as f:
        f.write(listed + m.o.out + "/stars\n")
    lanes = m.bench([("stars", "@" + stars)], ["base", "stars,fresh"])
    if lanes:
        note_ratio(m, "400-byte values against *a*a*a*b patterns / warm, per "
                   "event", per_event(lanes[("stars", "stars")]),
                   per_event(lanes[("base", "stars")]))


def note_ratio(m, what, a, b):
    r = ratios(a, b)
    m.table.note(what, statistics.median(r),
                 spread=[min(r), max(r)])


def measure_raw(m):
    lanes = m.bench([("allwin", "@" + m.lists["allwin"])], ["B", "raw"])
    if lanes:
        m.table.gate(0, "raw Windows lines, mapped on the fly / the same as "
                     "ECS, per event, allwin", 2.0, None,
                     ratios(per_event(lanes[("raw", "allwin")]),
                            per_event(lanes[("B", "allwin")])))


# --- rows 9, 15: whole processes ---

def run_eqlvm(m, events, rules, out, extra=()):
    """One run; (wall s, CPU s, peak MB).  Image or list of rule files."""
    if rules.startswith("@"):
        with open(rules[1:], encoding="utf-8") as f:
            paths = f.read().split("\n")[:-1]
    else:
        paths = [rules]
    run = [m.o.build + "/eqlvm", "run", "-q", "--brief", "--output", "ndjson",
           "-o", out] + list(extra)
    for path in paths:
        run += ["-r", path]
    start = time.monotonic()
    p = subprocess.Popen(run + events, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = status  # reaped here
    if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) > 4:
        sys.exit("bench: eqlvm run failed: %d" % status)
    return (time.monotonic() - start, used.ru_utime + used.ru_stime,
            used.ru_maxrss * 1024 / MB)


def image(m, name):
    path = "%s/%s.eqlc" % (m.o.out, name)
    with open(m.lists[name], encoding="utf-8") as f:
        paths = f.read().split("\n")[:-1]
    subprocess.run([m.o.build + "/eqlvm", "compile", "-o", path] + paths,
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return path


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def measure_threads(m):
    what = "two threads / one, whole process, allwin: "
    if not instructions.one_thread(m.o.build):
        m.table.gate(9, what + "wall", 1.7, 1.85, None, higher=True,
                     note="no --threads")
        return
    rules, events = image(m, "allwin"), [m.files["A1G"]]
    out = m.o.out + "/threads%d.ndjson"
    wall, cpu, one = [], [], []
    same = True
    for _ in range(m.o.rounds):
        r = [run_eqlvm(m, events, rules, out % n, ["--threads", str(n)])
             for n in (1, 2)]
        wall.append(r[0][0] / r[1][0])
        cpu.append(r[0][1] / r[1][1] * 2)
        one.append(r[0])
        same &= digest(out % 1) == digest(out % 2)
    note = "" if same else "OUTPUT DIFFERS"
    m.table.gate(9, what + "wall; output byte-identical: %s" % (
        "yes" if same else "NO"), 1.7, 1.85, wall, higher=True, note=note)
    m.table.note("two threads / one by CPU time (2 x one's CPU / two's CPU)",
                 statistics.median(cpu), spread=[min(cpu), max(cpu)])
    size = os.path.getsize(events[0])
    with open(events[0], "rb") as f:
        n = sum(block.count(b"\n") for block in iter(
            lambda: f.read(1 << 20), b""))
    cpu = statistics.median(r[1] for r in one)
    m.table.note("one thread, whole process, reading the file, allwin",
                 n / cpu, "events per CPU second")
    m.table.note("one thread, whole process, reading the file, allwin",
                 size / cpu / MB, "MB per CPU second")


def three_of(m, path):
    """The file and two copies: one under several names would be read once."""
    return [path] + [shutil.copyfile(path, "%s/copy%d.ndjson" % (m.o.out, i))
                     for i in (2, 3)]


def measure_memory(m):
    """Peak memory without what state took, over inputs of two lengths."""
    peaks = {}
    stats = m.o.out + "/stats.json"
    out = m.o.out + "/memory.ndjson"
    small = [m.files["A"]]
    large = small if m.o.quick else three_of(m, m.files["A1G"])
    for name, rules, events in (
            ("allwin, 300 MB", "@" + m.lists["allwin"], small),
            ("allwin, 3 GB", "@" + m.lists["allwin"], large),
            ("all, 3 GB", "@" + m.lists["all"], large),
            ("all as .eqlc, 300 MB", image(m, "all"), small)):
        if m.o.quick and "3 GB" in name:
            continue
        _, _, rss = run_eqlvm(m, events, rules, out, ["--stats", stats])
        with open(stats, encoding="utf-8") as f:
            state = json.load(f)["state_bytes_peak"] / MB
        peaks[name] = rss - state
        m.table.note("peak memory, %s, of which state %.1f MB" % (name, state),
                     rss, "MB")
    gated = [v for k, v in peaks.items() if k.startswith("allwin")]
    m.table.gate(15, "peak memory without state, allwin from text, 300 MB and "
                 "3 GB of events, the worse", 48, 24, [max(gated)], unit="MB")


# --- rows 12 to 14, 16, 17: programs of their own ---

def lines_of(program, *args):
    if not os.path.exists(program):
        return None
    done = subprocess.run([program] + list(args), stdout=subprocess.PIPE,
                          text=True)
    if done.returncode:
        print("bench: %s failed" % program, file=sys.stderr)
        return None
    return [json.loads(line) for line in done.stdout.splitlines() if line]


STATE_GATES = {  # (row, keys, what of state_bench): gate, stretch
    (12, 1000000, "live partial, resident"): (40, 32),
    (12, 10000000, "live partial, resident"): (40, 32),
    (13, 1000000, "mixed operation"): (45, 30),
    (13, 10000000, "mixed operation"): (65, 45),
    (13, 1000000, "expiry, amortised"): (2, None)}
MAP = "malloc chaining map, mixed operation"


def measure_state(m):
    program = m.o.build + "/state_bench"
    runs = [lines_of(program, "1000000") for _ in range(m.o.rounds)]
    if not m.o.quick:
        runs += [lines_of(program, "10000000") for _ in range(2)]
    found = {}
    for line in (line for r in runs for line in r or ()):
        key = (line["row"], line["keys"], line["what"])
        found.setdefault(key, []).append(line)
    values = {k: [x["measured"] for x in v] for k, v in found.items()}
    for key, (gate, stretch) in STATE_GATES.items():
        row, n, what = key
        unit = found[key][0]["unit"] if key in found else ""
        m.table.gate(row, "%s, %d M keys" % (what, n // 1000000), gate, stretch,
                     values.get(key), unit=unit,
                     note="" if key in found else "not run")
    n = 1000000
    if (13, n, MAP) in values:
        m.table.gate(13, "a map of malloc'd chains / mixed operation, 1 M keys",
                     8, None, ratios(values[(13, n, MAP)],
                                     values[(13, n, "mixed operation")]),
                     higher=True)
    gate_hot_key(m, values)
    for (row, n, what), v in sorted(values.items()):
        if (row, n, what) not in STATE_GATES:
            m.table.note("%s, %d keys" % (what, n), statistics.median(v),
                         found[(row, n, what)][0]["unit"])


def gate_hot_key(m, values):
    """state_bench ends in an error when the key has more than one partial."""
    first = values.get((14, 0, "hot key, first tenth"))
    if not first:
        m.table.gate(14, "one hot key", 1, None, None, note="not run")
        return
    m.table.gate(14, "one hot key, 1,000 sequences a second for the whole "
                 "maxspan: partials per key and stage", 1, None,
                 [1.0] * len(first))
    m.table.gate(14, "one hot key: cost of the last tenth / the first", 1.5,
                 None, ratios(values[(14, 0, "hot key, last tenth")], first))


def measure_start(m):
    runs = [lines_of(m.o.build + "/start_bench", m.shared)
            for _ in range(2 if m.o.quick else 5)]
    runs = [{(l["row"], l["what"], l["set"]): l["measured"] for l in r}
            for r in runs if r]
    gates = {(16, "compile", "allwin"): (100, 40),
             (16, "compile", "all"): (150, 60),
             (17, "load to verified program", "allwin"): (3, 1),
             (17, "first event, whole process, wall", "allwin"): (40, None)}
    for key in runs[0] if runs else ():
        row, what, name = key
        values = [r[key] for r in runs]
        if key in gates:
            m.table.gate(row, "%s, %s" % (what, name), *gates[key], values,
                         unit="ms")
        else:
            m.table.note("%s, %s" % (what, name), statistics.median(values),
                         "MB" if row == 15 else "ms")


# --- row 18: instructions ---

def measure_instructions(m):
    if subprocess.run(["sh", "-c", "command -v valgrind"],
                      stdout=subprocess.DEVNULL).returncode:
        m.table.gate(18, "instructions per byte", 6.0, 4.5, None,
                     note="no valgrind")
        return
    part = m.o.out + "/instructions.ndjson"
    with open(m.files["base"], "rb") as f:
        data = f.read((3 if m.o.quick else 10) * 1000000)
    with open(part, "wb") as f:
        f.write(data[:data.rfind(b"\n") + 1])
    m.table.gate(18, "instructions per byte of a warm pass, allwin, AVX2", 6.0,
                 4.5, [instructions.per_byte(m.o.build,
                                             "@" + m.lists["allwin"], part)])


STEPS = (((1, 2, 3, 4, 10), measure_ratios),
         ((5,), measure_extraction),
         ((9,), measure_threads),
         ((11,), measure_adversarial),
         ((0,), measure_raw),
         ((12, 13, 14), measure_state),
         ((15,), measure_memory),
         ((16, 17), measure_start),
         ((18,), measure_instructions))
