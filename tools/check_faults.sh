#!/bin/sh
# check_faults.sh PROGRAM CASES [SEED] -- every planted fault (vm/fault.h) must
# be caught by the randomised comparison within CASES cases; without a fault
# nothing may differ.  PROGRAM is tests/reference of a BUILD=faults tree.
set -u
program=$1 cases=$2 seed=${3:-20260101}
passed=0 failed=0
if "$program" "$cases" "$seed" >/dev/null 2>&1; then
    passed=$((passed + 1))
else
    echo "not ok - without a fault the engine differs (seed $seed)"
    failed=$((failed + 1))
fi
for fault in $(sed -n 's/^    X(\([a-z_]*\),.*/\1/p' vm/fault.h); do
    out=$(EQL_FAULT=$fault "$program" "$cases" "$seed" 2>&1)
    if [ $? -ne 0 ] && printf '%s\n' "$out" | grep -q 'made small'; then
        case_no=$(printf '%s\n' "$out" | sed -n 's/^case \([0-9]*\) .*/\1/p' | head -1)
        echo "caught  $fault (case $case_no)"
        passed=$((passed + 1))
    else
        echo "MISSED  $fault in $cases cases"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
