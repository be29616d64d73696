#!/bin/sh
# fuzz.sh ENGINE TARGET SECONDS -- builds tests/fuzz/fuzz_TARGET.c for a fuzzer
# and runs it from the committed corpus, with a dictionary made of the tables.
#
# ENGINE is libfuzzer (clang-19 or clang-14 and its runtime; Debian:
# clang-19 libclang-rt-19-dev, or clang-14 libclang-rt-14-dev) or afl (afl++).
# With SECONDS 0 it only builds.  Inputs that reached something new are kept in
# build/fuzz/new-TARGET, those that crash in build/fuzz/crash-TARGET-*.
#
# MAX_LEN bounds inputs in bytes, in place of the bound below: libFuzzer alone
# would take the longest input of the corpus.  Longer ones make runs slow; those
# of the corpus have to fit, for they are cut.
set -eu
engine=$1 target=$2 seconds=$3
dir=build/fuzz
new=$dir/new-$target
corpus=tests/fuzz/corpus/$target
mkdir -p "$new"
max_len=4096
case $target in
reader | shown) max_len=1024 ;;
image) max_len=16384 ;;
esac
max_len=${MAX_LEN:-$max_len}
seeds=$(sh tools/fuzz_seeds.sh "$target")
sh tools/fuzz_dict.sh "$target" >"$dir/$target.dict"
dict=$dir/$target.dict
[ -s "$dict" ] || dict= # fuzzers take no empty one

ccache=
! command -v ccache >/dev/null || ccache='ccache '

# build NAME CC CXX; other flags make all anew
build() {
    if [ "build/$1/libeqlvm.a" -ot Makefile ]; then
        rm -rf "build/$1/obj" "build/$1/tests" "build/$1/libeqlvm.a"
    fi
    make BUILD="$1" CC="$2" CXX="$3" WERROR= \
        CXXFLAGS="${CXXFLAGS:-} -Wno-deprecated-declarations" \
        "build/$1/tests/fuzz_$target" >"$dir/build-$target.log" 2>&1 || {
        tail -20 "$dir/build-$target.log" >&2
        echo "fuzz: $target does not build" >&2
        exit 2
    }
}

libfuzzer() {
    version=
    for v in ${CLANG_VERSION:-19 14}; do
        if command -v "clang++-$v" >/dev/null; then version=$v; break; fi
    done
    [ -n "$version" ] || { echo 'fuzz: neither clang-19 nor clang-14 is here' >&2; exit 2; }
    build fuzz "${ccache}clang-$version" "${ccache}clang++-$version"
    [ "$seconds" -gt 0 ] || exit 0
    export FUZZ_HISTORY="$dir/history-$target"
    # shellcheck disable=SC2086
    exec "build/fuzz/tests/fuzz_$target" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2000 -max_len="$max_len" \
        ${dict:+"-dict=$dict"} -use_value_profile="${VALUE_PROFILE:-0}" -print_final_stats=1 \
        -artifact_prefix="$dir/crash-$target-" "$new" $seeds
}

afl() {
    command -v afl-fuzz >/dev/null || { echo 'fuzz: no afl-fuzz (Debian: afl++)' >&2; exit 2; }
    export AFL_QUIET=1
    build afl afl-clang-fast afl-clang-fast++
    [ "$seconds" -gt 0 ] || exit 0
    export AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        AFL_NO_AFFINITY=1 AFL_BENCH_UNTIL_CRASH=1
    export ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0
    export UBSAN_OPTIONS=abort_on_error=1:halt_on_error=1:symbolize=0
    if [ "$target" = image ]; then
        make BUILD=release build/release/tests/afl_image.so >"$dir/build-afl_image.log" 2>&1 ||
            { echo "fuzz: no mutator, see $dir/build-afl_image.log" >&2; exit 2; }
        export AFL_CUSTOM_MUTATOR_LIBRARY="$PWD/build/release/tests/afl_image.so"
    fi
    rm -rf "$dir/afl-$target"
    afl-fuzz -V "$seconds" -G "$max_len" -m none -t 10000 \
        ${dict:+-x "$dict"} -i "$corpus" -o "$dir/afl-$target" \
        -- "build/afl/tests/fuzz_$target"
    # libFuzzer goes on from what AFL++ has found.
    cp -n "$dir/afl-$target/default/queue/"id* "$new" 2>/dev/null || true
    set -- "$dir/afl-$target/default/crashes/"id*
    [ ! -e "$1" ] || { echo "fuzz: findings: $*" >&2; exit 1; }
}

case $engine in
libfuzzer) libfuzzer ;;
afl) afl ;;
*) echo "fuzz: no engine '$engine': libfuzzer or afl" >&2; exit 2 ;;
esac
