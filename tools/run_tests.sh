#!/bin/sh
# run_tests.sh -- runs test programs and scripts, and counts what they say.
#
# A C test is a cmocka program; a script (*.sh) prints one line per case:
# "ok - NAME", "not ok - NAME" or "skip - NAME".  A program that dies or
# counts nothing is one failure.  The last line is the sum of all.
set -u
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT INT TERM

count() { # count PATTERN: lines of the log that fit
    grep -c -- "$1" "$log"
}

for t in "$@"; do
    name=$(basename "$t")
    start=$(date +%s)
    case $t in
    *.sh) sh "$t" >"$log" 2>&1; rc=$?
        p=$(count '^ok - ') f=$(count '^not ok - ') s=$(count '^skip - ') ;;
    *) "$t" >"$log" 2>&1; rc=$?
        p=$(count '^\[       OK \]') f=$(count '^\[  FAILED  \] [a-z_0-9]*$')
        s=$(count '^\[  SKIPPED \] [a-z_0-9]*$')
        # each failed or skipped case is listed twice: when met and at the end
        f=$(((f + 1) / 2)) s=$(((s + 1) / 2)) ;;
    esac
    if [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ "$rc" -eq 0 ] && [ $((p + f + s)) -eq 0 ]; then f=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    took=$(($(date +%s) - start))
    if [ "$f" -gt 0 ]; then
        cat "$log"
        printf 'FAIL  %s: %d passed, %d failed (exit %d, %d s)\n' \
            "$name" "$p" "$f" "$rc" "$took"
    else
        printf 'ok    %-32s %4d passed' "$name" "$p"
        [ "$s" -gt 0 ] && printf ', %d skipped' "$s"
        [ "$took" -gt 4 ] && printf ' (%d s)' "$took"
        printf '\n'
        [ "$s" -gt 0 ] && grep -i -e '^skip' "$log" | sed 's/^/        /'
    fi
done
printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -gt 0 ] && printf ', %d skipped' "$skipped"
printf '\n'
[ "$failed" -eq 0 ]
