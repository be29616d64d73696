#!/bin/sh
# fuzz_coverage.sh BUILD TARGET... -- lines of each room that the inputs of all
# targets reach together: the committed ones, and those that `make fuzz` and
# `make fuzz-long` have found in this tree.  BUILD is a tree with gcov's data.
set -u
build=$1
shift
find "$build/obj" -name '*.gcda' -delete
for target in "$@"; do
    set -- "tests/fuzz/corpus/$target"
    [ ! -d "build/fuzz/new-$target" ] || set -- "$@" "build/fuzz/new-$target"
    printf '%-12s ' "$target"
    "$build/tests/fuzz_$target" "$@" 2>/dev/null || echo 'failed'
done
sh tools/coverage.sh "$build"
