#!/bin/sh
# check_layers.sh -- proves that includes go one way (docs/architecture.md).
#
# For each room, the rooms that it may include, and single headers of others.  A row
# names only rooms of rows above it, so that there are no circles.
# compiler and vm never see each other, reading and the VM meet in event; only
# api sees all; cli sees the public header only.
set -u
bad=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cat >"$tmp/rooms" <<'ROOMS'
base: eqlvm/eqlvm.h
stdlib: base program/value.h program/dialect.h
program: base stdlib
compiler: base program stdlib grammar.h
event: base program
io/format: base program event
io/input: base program
io/json: base program stdlib event io/format
rulefile: base program io/json
io/fast: base program event io/format io/json io/input
io/windows: base program event io/format io/json io/fast
io: base program stdlib event io/format io/input io/json io/fast io/windows/windows.h
vm/eval: base program stdlib event
vm/index: base program stdlib event vm/eval
vm/run: base program event
vm/order: base program event vm/run
vm/filter: base program stdlib event vm/run vm/eval vm/index vm/order
vm/state: base program event vm/run vm/eval vm/filter
vm/group: base program event vm/run vm/state vm/order
vm/report: base program stdlib event vm/run vm/eval vm/filter vm/order vm/state
vm/seq: base program event vm/run vm/filter vm/state vm/group vm/report
vm: base program event vm/run vm/filter vm/index vm/order vm/seq vm/state
api: base stdlib program compiler rulefile event io io/format io/input io/json io/fast io/windows vm vm/run vm/eval vm/index vm/filter vm/order vm/state vm/group vm/report vm/seq eqlvm/eqlvm.h
cli: eqlvm/eqlvm.h
ROOMS
# libraries: whose headers only these rooms may include
cat >"$tmp/libraries" <<'LIBRARIES'
jansson: io/format io/json io/windows rulefile
zlib: io/input
zstd: io/input
lzma: io/input
toml: rulefile
re2: base
LIBRARIES
includes() { # of the files of a room: "file header", project's or with < the system's
    for f in "$1"/*.[ch] "$1"/*.cc "$1"/*.re "$1"/*.y; do
        [ -f "$f" ] && sed -n 's|^ *# *include *"\([^"]*\)".*|'"$f"' \1|p
            s|^ *# *include *\(<[^>]*\)>.*|'"$f"' \1|p' "$f"
    done
}
while IFS=: read -r room may; do
    includes "$room" | awk -v room="$room" -v may="$may" -v libraries="$tmp/libraries" '
        BEGIN {
            n = split(may, a, " ")
            for (i = 1; i <= n; i++) allowed[a[i]] = 1
            allowed[room] = 1
            while ((getline line < libraries) > 0) {
                split(line, l, ": *")
                owners[l[1]] = " " l[2] " "
            }
        }
        $2 ~ /^</ {
            lib = substr($2, 2)
            sub(/[+\/._].*/, "", lib)
            if (lib in owners && !index(owners[lib], " " room " "))
                print $1 ": only" owners[lib] "may include " $2 ">"
            next
        }
        {
            home = $2
            if (!sub(/\/[^\/]*$/, "", home)) home = $2
            if (!(home in allowed) && !($2 in allowed))
                print $1 ": may not include " $2
        }'
done <"$tmp/rooms" >"$tmp/breaches"
awk -F: '{
    n = split($2, a, " ")
    for (i = 1; i <= n; i++)
        if (a[i] !~ /[.]h$/ && !(a[i] in above))
            print "tools/check_layers.sh: " $1 " names " a[i] ", which is no row above it"
    above[$1] = 1
}' "$tmp/rooms" >>"$tmp/breaches"
find base stdlib program compiler rulefile event io vm api cli -name '*.[ch]' | sed 's|/[^/]*$||' |
    sort -u >"$tmp/folders"
cut -d: -f1 "$tmp/rooms" | sort | comm -13 - "$tmp/folders" |
    sed 's|$|: is no room of tools/check_layers.sh|' >>"$tmp/breaches"
if [ -s "$tmp/breaches" ]; then
    cat "$tmp/breaches"
    bad=1
fi
if git ls-files 2>/dev/null | grep -E '^build/|(^|/)(lexer|grammar)\.[ch]$' |
    grep -v '^compiler/lexer.h$'; then
    echo 'generated files are committed (above)'
    bad=1
fi
[ $bad -eq 0 ] && echo 'layers: ok'
exit $bad
