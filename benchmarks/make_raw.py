#!/usr/bin/env python3
"""Raw Windows records for the benchmark: all captures of $EQL_SHARED/data/raw,
in order of their names, again and again until the file is large enough.

Usage: make_raw.py OUT [MEGABYTES]     (default 100)

The same input gives the same bytes.  Each round shifts all times by minutes
and gives records new numbers, so that what is unique in reality is unique here,
too."""
import glob
import gzip
import os
import re
import sys

TIME = re.compile(rb'(\d{4}-\d\d-\d\d[T ]\d\d:)(\d\d)(:\d\d)')
RECORD = re.compile(rb'("(?:RecordNumber|record_number)":"?)(\d+)')


def lines():
    folder = os.path.join(os.environ.get("EQL_SHARED", "../shared"), "data/raw")
    names = sorted(glob.glob(os.path.join(folder, "*.gz")))
    if not names:
        sys.exit("no captures in " + folder)
    for name in names:
        with gzip.open(name, "rb") as f:
            for line in f:
                line = line.strip()
                if line.startswith(b"\xef\xbb\xbf"):
                    line = line[3:]
                if line:
                    yield line


def shifted(line, turn):
    if turn == 0:
        return line
    line = TIME.sub(lambda m: b"%s%02d%s" % (
        m.group(1), (int(m.group(2)) + 7 * turn) % 60, m.group(3)), line)
    return RECORD.sub(lambda m: m.group(1) +
                      b"%d" % (int(m.group(2)) + 1000003 * turn), line)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    limit = int(sys.argv[2] if len(sys.argv) == 3 else 100) * 1000000
    source = list(lines())
    size = turn = 0
    with open(sys.argv[1], "wb") as out:
        while size < limit:
            for line in source:
                if size >= limit:
                    break
                line = shifted(line, turn)
                out.write(line + b"\n")
                size += len(line) + 1
            turn += 1


if __name__ == "__main__":
    main()
