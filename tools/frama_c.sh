#!/bin/sh
# frama_c.sh -- Frama-C's Eva proves that the verifier's look at instructions and
# the image's frame read and write inside their arrays, whatever the bytes
# (tools/frama-c/*.c say which), without undefined arithmetic.  Then each proof
# must fail on code with one fault planted.
# Needs Frama-C 25 (Debian: frama-c-base).  Takes a few minutes.
set -u
command -v frama-c >/dev/null || { echo 'frama_c: no frama-c (Debian: frama-c-base)' >&2; exit 2; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
bad=0

# eva FOLDER NAME OPTIONS FILES...: FOLDER comes before the sources
eva() {
    folder=$1 name=$2 options=$3
    shift 3
    # shellcheck disable=SC2086
    frama-c -c11 $options -eva -eva-precision 3 -eva-auto-loop-unroll 128 -eva-no-results \
        -machdep gcc_x86_64 \
        -cpp-extra-args="-iquote$folder -I. -Iinclude -std=gnu11 -include tools/frama-c/builtins.h" \
        "tools/frama-c/$name.c" "$@" >"$tmp/$name.log" 2>&1
    grep -q 'No errors or warnings raised' "$tmp/$name.log" || return 2
    grep -q '  0 alarms generated' "$tmp/$name.log"
}

# holds WHAT ARGS...; fails WHAT ARGS...
holds() {
    what=$1
    shift
    if eva "$@"; then echo "ok - $what"; else
        echo "not ok - $what"
        grep -A3 'alarm\]\|Error' "$tmp/$2.log" | head -40
        bad=1
    fi
}
fails() {
    what=$1
    shift
    eva "$@"
    if [ $? -eq 1 ]; then echo "ok - $what is seen"; else
        echo "not ok - $what is not seen"
        bad=1
    fi
}

# plant FILE SED: a copy of FILE with the fault
plant() {
    mkdir -p "$tmp/$(dirname "$1")"
    sed "$2" "$1" >"$tmp/$1"
    ! cmp -s "$1" "$tmp/$1" || { echo "not ok - no place for the fault in $1"; bad=1; }
}

rest='program/program.c program/verify.c base/utf8.c'
inline='-inline-calls check_index'
# shellcheck disable=SC2086
{
    holds 'instructions' "$tmp" code "$inline" program/verify_code.c $rest
    plant program/verify_code.c 's|written\[reg / 64\] \|=|written[reg / 32] \|=|'
    fails 'a register beyond its bits' "$tmp" code "$inline" "$tmp/program/verify_code.c" $rest
    plant program/verify_code.c 's|return i < n \|\| refuse|return i <= n \|\| refuse|'
    fails 'an index of one too many' "$tmp" code "$inline" "$tmp/program/verify_code.c" $rest
}
holds "an image's frame" "$tmp" image '' program/program.c
plant program/image.c 's| && at < len; at++|; at++|'
fails 'a gap beyond the file' "$tmp" image '' program/program.c
exit $bad
