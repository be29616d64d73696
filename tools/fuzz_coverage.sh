#!/bin/sh
# fuzz_coverage.sh BUILD TARGET... -- lines of each room that the inputs of all
# targets reach together: the committed ones, and those that `make fuzz` and
# `make fuzz-long` have found in this tree.  BUILD is a tree with gcov's data.
set -u
build=$1
shift
find "$build/obj" -name '*.gcda' -delete
for target in "$@"; do
    new=build/fuzz/new-$target
    [ -d "$new" ] || new=
    printf '%-12s ' "$target"
    # shellcheck disable=SC2046,SC2086
    "$build/tests/fuzz_$target" $(sh tools/fuzz_seeds.sh "$target") $new 2>/dev/null ||
        echo 'failed'
done
sh tools/coverage.sh "$build"
