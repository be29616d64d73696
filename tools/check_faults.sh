#!/bin/sh
# check_faults.sh PROGRAM CASES [SEED] -- every planted fault (vm/fault.h) must
# be caught by the randomised comparison within CASES cases; without a fault
# nothing may differ.  PROGRAM is tests/reference of a BUILD=faults tree.
set -u
program=$1 cases=$2 seed=${3:-20260101}
passed=0 failed=0
# One line per fault, as many at a time as there are processors.
try() {
    out=$(EQL_FAULT=$1 "$program" "$cases" "$seed" 2>&1)
    if [ $? -ne 0 ] && printf '%s\n' "$out" | grep -q 'made small'; then
        case_no=$(printf '%s\n' "$out" | sed -n 's/^case \([0-9]*\) .*/\1/p' | head -1)
        echo "caught  $1 (case $case_no)"
    else
        echo "MISSED  $1 in $cases cases"
    fi
}
if [ -n "${EQL_TRY_FAULT:-}" ]; then
    try "$EQL_TRY_FAULT"
    exit 0
fi
if "$program" "$cases" "$seed" >/dev/null 2>&1; then
    passed=$((passed + 1))
else
    echo "not ok - without a fault the engine differs (seed $seed)"
    failed=$((failed + 1))
fi
lines=$(sed -n 's/^    X(\([a-z_]*\),.*/\1/p' vm/fault.h |
    xargs -P "$(nproc)" -I{} env EQL_TRY_FAULT={} sh "$0" "$program" "$cases" "$seed")
printf '%s\n' "$lines"
passed=$((passed + $(printf '%s\n' "$lines" | grep -c '^caught')))
failed=$((failed + $(printf '%s\n' "$lines" | grep -c '^MISSED')))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
