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
make B=$dir/lib BUILD=asan CC="$clang" CXX="${clang}++" \
    CFLAGS="-fsanitize=fuzzer-no-link -DNDEBUG -Wno-unused-command-line-argument" \
    "$dir/lib/libeqlvm.a" >&2
"${clang}" -std=c11 -O1 -g -D_GNU_SOURCE -I. -Iinclude \
    -fsanitize=fuzzer,address,undefined \
    -o "$dir/fuzz_$target" "tests/fuzz/fuzz_$target.c" "$dir/lib/libeqlvm.a" \
    -ljansson -lutf8proc -lz -lzstd -llzma -lstdc++ -lm
exec "$dir/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2000 \
    -artifact_prefix="$dir/" "$dir/new-$target" "tests/fuzz/corpus/$target"
