#!/usr/bin/env python3
"""make_small.py DIR -- a small corpus of our own for counting instructions.

Writes DIR/small.ndjson, 4,000 ECS events of five invented Windows hosts, and
DIR/small/*.eql, 120 rules in the manner of public ones: lists of names and
wildcards over processes, files, registry and network, some sequences.  The
same bytes come out every time, and no outside material is needed.
"""
import json
import os
import random
import sys

NAMES = ["svchost.exe", "explorer.exe", "chrome.exe", "powershell.exe",
         "cmd.exe", "rundll32.exe", "MsMpEng.exe", "conhost.exe", "wmiprvse.exe",
         "teams.exe", "outlook.exe", "taskhostw.exe", "lsass.exe", "reg.exe"]
DIRS = ["C:\\Windows\\System32\\", "C:\\Program Files\\Vendor\\App\\",
        "C:\\Users\\ann\\AppData\\Local\\Temp\\", "C:\\ProgramData\\Agent\\"]
KEYS = ["HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\",
        "HKLM\\System\\CurrentControlSet\\Services\\",
        "HKU\\S-1-5-21-1\\Software\\Classes\\CLSID\\"]


def process(rng, host):
    """The process fields that most events carry."""
    name = rng.choice(NAMES)
    path = rng.choice(DIRS) + name
    args = [path, "/" + rng.choice("abcdefgh"), "%d" % rng.randrange(400)]
    return {
        "entity_id": "{%s-%06d}" % (host, rng.randrange(900)),
        "pid": rng.randrange(4, 30000), "name": name, "executable": path,
        "command_line": " ".join(args), "args": args,
        "args_count": len(args), "code_signature": {
            "trusted": rng.random() < .8, "subject_name": "Vendor Inc."},
        "parent": {"name": rng.choice(NAMES),
                   "executable": rng.choice(DIRS) + "parent.exe"},
    }


def event(rng, i):
    host = "host-%d" % (i % 5)
    kind = rng.choices(["process", "file", "registry", "network", "library"],
                       [4, 5, 6, 3, 6])[0]
    ms = 1767225600000 + i * 37
    stamp = "2026-01-01T00:%02d:%02d.%03dZ" % (
        ms // 60000 % 60, ms // 1000 % 60, ms % 1000)
    e = {"@timestamp": stamp,
         "event": {"kind": "event", "category": [kind], "module": "endpoint",
                   "type": [{"process": "start", "network": "start",
                             "library": "start"}.get(kind, "change")],
                   "action": kind, "sequence": i},
         "ecs": {"version": "8.11.0"},
         "host": {"id": host, "name": host + ".example.org",
                  "os": {"type": "windows", "platform": "windows"}},
         "user": {"id": "S-1-5-18", "name": "SYSTEM", "domain": "NT AUTHORITY"},
         "process": process(rng, host)}
    if kind in ("file", "library"):
        name = "%s%d.dll" % (rng.choice("abcdef"), rng.randrange(300))
        path = rng.choice(DIRS) + name
        if kind == "file":
            e["file"] = {"name": name, "path": path, "extension": "dll",
                         "size": rng.randrange(1 << 20)}
        else:
            e["dll"] = {"name": name, "path": path,
                        "code_signature": {"trusted": True}}
    elif kind == "registry":
        key = rng.choice(KEYS) + "Item%d" % rng.randrange(200)
        e["registry"] = {"path": key, "value": "ImagePath",
                         "data": {"type": "REG_SZ",
                                  "strings": [rng.choice(DIRS) + "x.exe"]}}
    elif kind == "network":
        e["source"] = {"ip": "10.1.2.%d" % rng.randrange(256),
                       "port": rng.randrange(1024, 65536)}
        e["destination"] = {"ip": "203.0.113.%d" % rng.randrange(256),
                            "port": rng.choice([80, 443, 445, 5985])}
    return e


def rule(rng, i):
    names = ", ".join('"%s"' % n for n in rng.sample(NAMES, 3))
    wild = ", ".join('"*%s%d*"' % (rng.choice("abcdef"), rng.randrange(999))
                     for _ in range(6))
    folder = rng.choice(["?:\\\\Users\\\\*", "?:\\\\ProgramData\\\\*",
                         "C:\\\\Windows\\\\Temp\\\\*"])
    start = 'process where event.type == "start" and host.os.type == "windows"'
    if i % 4 == 0:
        return ('%s and process.name : (%s) and process.args : (%s)'
                % (start, names, wild))
    if i % 4 == 1:
        return ('any where event.category : ("file", "library") and '
                '(file.path : ("%s", %s) or dll.name : (%s)) and not '
                'process.executable : "C:\\\\Program Files\\\\*"'
                % (folder, wild, wild))
    if i % 4 == 2:
        return ('registry where registry.path : (%s) and '
                'registry.data.strings : ("%s", %s)' % (wild, folder, wild))
    return ('sequence by process.entity_id with maxspan=1m\n'
            '  [%s and process.name : (%s) and process.command_line : (%s)]\n'
            '  [network where destination.port == 5985 and '
            'source.port >= 49152]' % (start, names, wild))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder + "/small", exist_ok=True)
    rng = random.Random(4)
    with open(folder + "/small.ndjson", "w", encoding="utf-8") as f:
        for i in range(4000):
            f.write(json.dumps(event(rng, i), separators=(",", ":")) + "\n")
    for i in range(120):
        with open("%s/small/rule%03d.eql" % (folder, i), "w",
                  encoding="utf-8") as f:
            f.write(rule(rng, i) + "\n")


if __name__ == "__main__":
    main()
