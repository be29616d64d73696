#!/bin/sh
# check_mutants.sh [PROGRAM CASES [SEED]] -- every mutant of tests/mutants must
# apply to the sources and, with PROGRAM, which is tests/reference, be caught by
# the randomised comparison within CASES cases; unchanged, nothing may differ.
#
# A mutant is built into build/mutants: its changed sources are compiled by
# $MUTANT_CC (with flags) and linked with $MUTANT_LINK, the objects and libraries
# that PROGRAM is made of.  Mutants are tried side by side, one a processor.
set -u
out=build/mutants
source_of() { echo "tests/mutants/$1.mutant"; }
# The changed sources, in a folder of their own.
apply() {
    rm -rf "${out:?}/$1" && mkdir -p "$out/$1" &&
        awk -v dir="$out/$1" -f tools/apply_mutant.awk "$(source_of "$1")" 2>&1
}
# Words are split on purpose: each variable is a list.
build() {
    for c in "$out/$1"/*.c; do
        $MUTANT_CC -c -o "${c%.c}.o" "$c" 2>&1 || return 1
    done
    ${MUTANT_CC%% -*} -o "$out/$1/reference" "$out/$1"/*.o $MUTANT_LINK 2>&1
}
# One line: whether a mutant is caught; the unchanged program is called "none".
try() {
    if [ "$1" = none ]; then
        if "$program" "$cases" "$seed" >"$out/none.log" 2>&1; then
            echo "ok - none: no difference in $cases cases"
        else
            echo "not ok - none: a difference without a mutant: $out/none.log"
        fi
        return
    fi
    if ! why=$(apply "$1"); then
        echo "not ok - $1: does not apply: $why"
    elif ! why=$(build "$1"); then
        echo "not ok - $1: does not build: $why"
    elif timeout 600 "$out/$1/reference" "$cases" "$seed" 0 1 >"$out/$1/log" 2>&1; then
        echo "not ok - $1: missed in $cases cases: $(head -1 "$(source_of "$1")")"
    elif ! grep -q 'made small' "$out/$1/log"; then
        echo "not ok - $1: no case is shown: $(tail -1 "$out/$1/log")"
    else
        echo "ok - $1: caught by $(grep -o '^case [0-9]*' "$out/$1/log")"
        rm -rf "${out:?}/$1"
    fi
}
if [ -n "${EQL_TRY_MUTANT:-}" ]; then
    program=$1 cases=$2 seed=$3
    try "$EQL_TRY_MUTANT"
    exit 0
fi
names=$(ls tests/mutants | sed -n 's/\.mutant$//p')
mkdir -p "$out"
if [ $# -lt 2 ]; then
    bad=0
    for m in $names; do
        why=$(apply "$m") || { printf '%s\n' "$why"; bad=1; }
    done
    rm -rf "$out"
    [ $bad -eq 0 ] && echo 'mutants: ok'
    exit $bad
fi
lines=$(printf '%s\n' none $names | xargs -P "$(nproc)" -I{} \
    env EQL_TRY_MUTANT={} sh "$0" "$1" "$2" "${3:-20260101}")
printf '%s\n' "$lines"
failed=$(printf '%s\n' "$lines" | grep -c '^not ok')
echo "$(printf '%s\n' "$lines" | grep -c '^ok') passed, $failed failed"
[ "$failed" -eq 0 ]
