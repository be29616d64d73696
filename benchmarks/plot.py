#!/usr/bin/env python3
"""plot.py [BENCH.json] -- draws the plots of README.md as SVG.

throughput.svg: MB/s over the number of rules, per corpus, with simdjson's
parser as a line; ratio.svg: time to the parser's, per corpus and rule set.
"""
import json
import math
import os
import sys

W, H = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 50
COLOURS = {"A": "#1f5fa8", "B": "#b5541c"}
SETS = ("1", "10", "100", "300", "drwin", "allwin", "all")


def escape(s):
    return str(s).replace("&", "&amp;").replace("<", "&lt;")


def text(x, y, s, anchor="middle", colour="#333", size=12):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" '
            'font-size="%d">%s</text>' % (x, y, anchor, colour, size,
                                          escape(s)))


def line(x1, y1, x2, y2, colour="#ddd", extra=""):
    return ('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" %s/>'
            % (x1, y1, x2, y2, colour, extra))


def frame(title, body):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
            'font-family="sans-serif">\n<rect width="%d" height="%d" '
            'fill="#fff"/>\n%s\n%s\n</svg>\n'
            % (W, H, W, H, text(W / 2, 22, title, size=15), "\n".join(body)))


def steps(top):
    """Round numbers for an axis that ends at or above `top`."""
    step = 10 ** math.floor(math.log10(top))
    while top / step < 4:
        step /= 2
    return [i * step for i in range(math.ceil(top / step) + 1)]


def y_axis(top, unit):
    marks = steps(top)
    out = []

    def y(v):
        return H - BOTTOM - v / marks[-1] * (H - TOP - BOTTOM)

    for v in marks:
        out.append(line(LEFT, y(v), W - RIGHT, y(v)))
        out.append(text(LEFT - 6, y(v) + 4, "%g" % v, "end"))
    out.append(text(LEFT - 6, TOP - 8, unit, "end"))
    return y, out


def throughput(series):
    points = [p for s in series.values() for p in s]
    parse = {c: sum(p["bytes"] / p["events"] / p["p"] * 1e3 for p in s) / len(s)
             for c, s in series.items()}
    y, out = y_axis(max([p["mb_per_s"] for p in points]
                        + list(parse.values())), "MB/s")
    most = max(p["nrules"] for p in points)

    def x(n):
        return LEFT + math.log(max(n, 1)) / math.log(most) * (W - LEFT - RIGHT)

    for n in (1, 10, 100, 1000):
        if n <= most:
            out.append(text(x(n), H - BOTTOM + 18, n))
    out.append(text(W / 2, H - 12, "rules"))
    for c, s in sorted(series.items()):
        s = sorted(s, key=lambda p: p["nrules"])
        colour = COLOURS.get(c, "#555")
        out.append('<polyline fill="none" stroke="%s" stroke-width="2" '
                   'points="%s"/>' % (colour, " ".join(
                       "%.1f,%.1f" % (x(p["nrules"]), y(p["mb_per_s"]))
                       for p in s)))
        out += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (
            x(p["nrules"]), y(p["mb_per_s"]), colour) for p in s]
        out.append(line(LEFT, y(parse[c]), W - RIGHT, y(parse[c]), colour,
                        'stroke-dasharray="5 4"'))
        out.append(text(W - RIGHT - 4, y(parse[c]) - 5,
                        "simdjson, parse only, %s'" % c, "end", colour, 11))
        out.append(text(x(s[0]["nrules"]) + 8, y(s[0]["mb_per_s"]) - 8,
                        "corpus %s'" % c, "start", colour))
    return frame("Events in, alerts out: one thread, by number of rules", out)


def ratio(series):
    y, out = y_axis(max(1.2, max(p["ratio"] for s in series.values()
                                 for p in s)), "x P")
    corpora = sorted(series)
    group = (W - LEFT - RIGHT) / len(SETS)
    bar = group * .7 / len(corpora)
    for i, name in enumerate(SETS):
        at = LEFT + i * group + group * .15
        for k, c in enumerate(corpora):
            for p in series[c]:
                if p["rules"] != name:
                    continue
                top = y(p["ratio"])
                out.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" '
                           'fill="%s"/>' % (at + k * bar, top, bar * .95,
                                            H - BOTTOM - top,
                                            COLOURS.get(c, "#555")))
                out.append(text(at + k * bar + bar / 2, top - 4,
                                "%.2f" % p["ratio"], size=9))
        out.append(text(LEFT + (i + .5) * group, H - BOTTOM + 18, name))
    out.append(line(LEFT, y(1), W - RIGHT, y(1), "#333",
                    'stroke-dasharray="5 4"'))
    for k, c in enumerate(corpora):
        out.append(text(LEFT + 40 + k * 90, TOP - 6, "corpus %s'" % c, "start",
                        COLOURS.get(c, "#555")))
    out.append(text(W / 2, H - 12, "rule set"))
    return frame("Time from events to alerts, in times of parsing alone", out)


def write_all(series, folder):
    for name, draw in (("throughput", throughput), ("ratio", ratio)):
        with open("%s/%s.svg" % (folder, name), "w", encoding="utf-8") as f:
            f.write(draw(series))


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "build/bench.json"
    with open(path, encoding="utf-8") as f:
        write_all(json.load(f)["series"],
                  os.path.dirname(os.path.abspath(__file__)))


if __name__ == "__main__":
    main()
