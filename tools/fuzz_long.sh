#!/bin/sh
# fuzz_long.sh SECONDS JOBS TARGET... -- each target for so long, JOBS of them at
# a time, for the night.  One line for each: runs, runs a second, what was
# reached (libFuzzer's counters of edges and features), findings.  Exit 1 when
# there is a finding, 2 when a target does not build or run.
set -u
seconds=$1 jobs=$2
shift 2
dir=build/fuzz
mkdir -p "$dir"

# One after the other: they share a library.
for target in "$@"; do
    sh tools/fuzz.sh libfuzzer "$target" 0 || exit 2
done

# one TARGET
cat >"$dir/one.sh" <<'ONE'
target=$1 seconds=$2 dir=build/fuzz
log=$dir/log-$target
sh tools/fuzz.sh libfuzzer "$target" "$seconds" >"$log" 2>&1
rc=$?
number() { grep -a "^stat::$1:" "$log" | tail -1 | grep -oE '[0-9]+$'; }
runs=$(number number_of_executed_units) speed=$(number average_exec_per_sec)
reached=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)
findings=0
[ "$rc" -eq 0 ] || findings=1
printf '%-12s %9s runs %6s runs/s  %s  %d findings%s\n' "$target" "${runs:-?}" \
    "${speed:-?}" "${reached:-nothing reached}" "$findings" \
    "$([ "$rc" -eq 0 ] || echo "  (exit $rc: $log)")"
[ "$rc" -eq 0 ] || : >"$dir/found-$target"
ONE
rm -f "$dir"/found-*
printf '%s\n' "$@" | xargs -P "$jobs" -I '{}' sh "$dir/one.sh" '{}' "$seconds"
set -- "$dir"/found-*
[ ! -e "$1" ]
