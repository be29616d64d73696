#!/bin/sh
# fuzz.sh TARGET SECONDS -- builds tests/fuzz/fuzz_TARGET.c with libFuzzer and
# runs it from the committed corpus.  Needs clang and its runtime (Debian:
# clang-14 libclang-rt-14-dev).  Crashing inputs land in build/fuzz/.
set -eu
target=$1 seconds=$2
clang=${CLANG:-clang-14}
command -v "$clang" >/dev/null || { echo "fuzz: no $clang" >&2; exit 1; }
dir=build/fuzz
mkdir -p "$dir/new-$target"
flags="-O1 -g -DEQL_DEBUG -fPIC -fsanitize=fuzzer-no-link,address,undefined"
make B="$dir/lib" CC="$clang" CXX="${CLANGXX:-clang++-14}" \
    CFLAGS="-std=c11 $flags" CXXFLAGS="-std=c++17 $flags -fno-sanitize=vptr" \
    "$dir/lib/libeqlvm.a" >&2
judge=
[ "$target" != rule_events ] || judge=$(echo tests/reference/ref_*.c)
# shellcheck disable=SC2086
"${CLANGXX:-clang++-14}" -x c -std=c11 -O1 -g -D_GNU_SOURCE -I. -Iinclude \
    -fsanitize=fuzzer,address,undefined \
    -o "$dir/fuzz_$target" "tests/fuzz/fuzz_$target.c" $judge -x none "$dir/lib/libeqlvm.a" \
    -lcmocka -lre2 -ljansson -lutf8proc -lz -lzstd -llzma -lstdc++ -lm
exec "$dir/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2000 \
    -artifact_prefix="$dir/" "$dir/new-$target" "tests/fuzz/corpus/$target"
