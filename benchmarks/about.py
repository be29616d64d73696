"""about.py -- where and when figures were taken; writes them to README.md."""
import datetime
import os
import platform
import re
import subprocess

import plot
import table

HERE = os.path.dirname(os.path.abspath(__file__))


def first_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    return done.stdout.splitlines()[0].strip() if done.stdout else ""


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        text = f.read()
    name = re.search(r"^model name\s*: (.*)$", text, re.M)
    flags = re.search(r"^flags\s*: (.*)$", text, re.M)
    flags = flags.group(1).split() if flags else []
    best = [x for x in ("avx512_vbmi2", "avx2", "sse4_2") if x in flags]
    return "%s, %d threads, %s" % (name.group(1) if name else "unknown",
                                   os.cpu_count() or 0,
                                   best[0] if best else "no SIMD")


def facts(o, m):
    return {"date": datetime.date.today().isoformat(),
            "commit": first_line(["git", "-C", HERE, "describe", "--always",
                                  "--dirty"]),
            "processor": processor(),
            "system": "%s %s" % (platform.system(), platform.release()),
            "compiler": first_line(["gcc", "--version"]),
            "yardstick": "simdjson parse_many, kernel %s" % (
                m.p_kernel or "unknown"),
            "rounds": o.rounds, "quick": o.quick,
            "load_average": "%.2f" % os.getloadavg()[0]}


def series_as_markdown(series):
    out = ["| corpus | rules | n | ns/event | MB/s | of which reading | cold |"
           " P ns/event | / P | alerts |", "|" + "---|" * 10]
    for corpus in sorted(series):
        for s in series[corpus]:
            out.append("| %s' | %s | %d | %.0f | %.0f | %.0f | %.0f | %.0f | "
                       "%.2f | %d |" % (
                           corpus, s["rules"], s["nrules"], s["ns_per_event"],
                           s["mb_per_s"], s["read"], s["cold"], s["p"],
                           s["ratio"], s["alerts"]))
    return "\n".join(out) + "\n"


def write_readme(t, facts_, series):
    """Replaces what stands between the markers, and the plots."""
    path = HERE + "/README.md"
    told = "".join("* %s: %s\n" % (k.replace("_", " "), v)
                   for k, v in facts_.items())
    parts = [told, table.as_markdown(t)]
    if series:
        parts.append(series_as_markdown(series))
    if t.notes:
        parts.append(table.notes_as_markdown(t))
    if series:
        parts.append("![MB/s by number of rules](throughput.svg)\n\n"
                     "![Time in times of parsing alone](ratio.svg)\n")
    text = "\n".join(parts)
    with open(path, encoding="utf-8") as f:
        page = f.read()
    begin, end = "<!-- figures -->\n", "<!-- end of figures -->\n"
    head, rest = page.split(begin)
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + begin + "\n" + text + "\n" + end + rest.split(end)[1])
    if series:
        plot.write_all(series, HERE)
