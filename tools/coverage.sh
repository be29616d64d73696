#!/bin/sh
# coverage.sh -- line and branch coverage of hand-written code, from the objects
# of a BUILD=cov build whose tests have run.
#
#   coverage.sh build/cov
set -u
build=${1:-build/cov}
command -v gcov >/dev/null || { echo 'coverage.sh: gcov is not here' >&2; exit 1; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
for layer in base stdlib program compiler rulefile event io vm api cli; do
    find "$build/obj/$layer" -name '*.gcda' 2>/dev/null | while read -r data; do
        gcov -b -n -o "$(dirname "$data")" "$data" 2>/dev/null
    done | awk -v layer="$layer" '
        /^File/ { ours = index($0, "\x27" layer "/") > 0 }
        ours && /^Lines executed:/ {
            split($0, a, /[:% ]+/); lines += $NF; hit += $NF * a[3] / 100 }
        ours && /^Branches executed:/ { branches += $NF }
        ours && /^Taken at least once:/ {
            split($0, a, /[:% ]+/); taken += $NF * a[5] / 100; ours = 0 }
        END {
            if (lines > 0)
                printf "%-10s %6d lines %5.1f %%   %6d branches %5.1f %%\n",
                    layer, lines, 100 * hit / lines, branches,
                    branches ? 100 * taken / branches : 0
        }'
done
