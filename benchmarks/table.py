"""table.py -- the gates of the targets, what was measured, and how it is told."""
import json
import statistics

HEADER = ("row", "what", "gate", "stretch", "measured", "spread", "met")


class Table:
    """One entry per gate; figures that have no gate are `notes`."""

    def __init__(self):
        self.rows = []
        self.notes = []
        self.step = []  # rows of the targets being measured

    def gate(self, row, what, gate, stretch, values, higher=False, unit="",
             note=""):
        """values: one per round; empty or None: not measured, and note says
        why.  The measured figure is their median."""
        values = [v for v in values or [] if v is not None]
        measured = statistics.median(values) if values else None
        met = None
        if measured is not None:
            met = measured >= gate if higher else measured <= gate
        self.rows.append({
            "row": row, "what": what, "gate": gate, "stretch": stretch,
            "measured": rounded(measured),
            "spread": [rounded(min(values)), rounded(max(values))]
            if values else None,
            "met": met, "better": "higher" if higher else "lower",
            "unit": unit, "rounds": len(values), "note": note})

    def note(self, what, value, unit="", **more):
        """A figure without a gate."""
        self.notes.append(dict(more, what=what, measured=rounded(value),
                               unit=unit, rows=list(self.step)))

    def keep(self, old, measured):
        """What an earlier run found of rows that this one has not measured."""
        self.rows += [r for r in old["rows"] if r["row"] not in measured]
        self.notes += [n for n in old["notes"]
                       if not measured & set(n.get("rows", ()))]

    def sorted_rows(self):
        return sorted(self.rows, key=lambda r: r["row"])


def rounded(x):
    return None if x is None else float("%.4g" % x)


def show(x):
    return "-" if x is None else "%g" % x


def cells(r):
    sign = ">=" if r["better"] == "higher" else "<="
    spread = r["spread"]
    met = {True: "yes", False: "NO", None: "-"}[r["met"]]
    return (str(r["row"]), r["what"],
            "%s %s%s" % (sign, show(r["gate"]),
                         " " + r["unit"] if r["unit"] else ""),
            show(r["stretch"]), show(r["measured"]),
            "%s - %s" % (show(spread[0]), show(spread[1])) if spread else "-",
            met + (" (%s)" % r["note"] if r["note"] else ""))


def as_text(table):
    """For a terminal."""
    lines = [HEADER] + [cells(r) for r in table.sorted_rows()]
    widths = [max(len(line[i]) for line in lines) for i in range(6)]
    out = []
    for line in lines:
        out.append("  ".join(line[i].ljust(widths[i]) for i in range(6))
                   + "  " + line[6])
    return "\n".join(out) + "\n"


def as_markdown(table):
    """For benchmarks/README.md."""
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    lines += ["| " + " | ".join(cells(r)) + " |" for r in table.sorted_rows()]
    return "\n".join(lines) + "\n"


def notes_as_markdown(table):
    lines = ["| figure | measured |", "|---|---|"]
    lines += ["| %s | %s%s |" % (n["what"], show(n["measured"]),
                                 " " + n["unit"] if n["unit"] else "")
              for n in table.notes]
    return "\n".join(lines) + "\n"


def write_json(table, path, about, series):
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"rows": table.sorted_rows(), "notes": table.notes,
                   "about": about, "series": series}, f, indent=1)
        f.write("\n")
