#!/bin/sh
# analyze.sh GEN -- gcc's -fanalyzer over every .c of ours, clang-tidy over those of
# api, base, cli and compiler, where it says little that is not so; GEN is the
# folder of generated headers.
#
# What they may say is in tools/analyze.except, one "FILE WARNING reason" a line.
# Anything else fails, and so does an exception that nothing needs any more.
# Needs clang-tidy-14; takes some minutes on two cores.
set -u
gen=$1
tidy=${CLANG_TIDY:-clang-tidy-14}
command -v "$tidy" >/dev/null || { echo "analyze: no $tidy (Debian: clang-tidy-14)" >&2; exit 2; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
flags="-std=c11 -D_GNU_SOURCE -I. -Iinclude -I$gen"
# Of bugprone-*, those that find bugs and not style; of clang-analyzer-*, not what
# clang 14 has wrong (va_list) and what gcc says better (stores that are dead).
checks='-*,clang-analyzer-*,bugprone-*'
for no in clang-analyzer-valist.Uninitialized clang-analyzer-deadcode.DeadStores \
    clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling \
    bugprone-easily-swappable-parameters bugprone-narrowing-conversions \
    bugprone-macro-parentheses bugprone-implicit-widening-of-multiplication-result \
    bugprone-misplaced-widening-cast bugprone-branch-clone bugprone-sizeof-expression \
    bugprone-not-null-terminated-result bugprone-suspicious-string-compare \
    bugprone-integer-division bugprone-assignment-in-if-condition; do
    checks="$checks,-$no"
done

ls api/*.c base/*.c cli/*.c compiler/*.c >"$tmp/tidied"
find event io program rulefile stdlib vm -name '*.c' | sort | cat "$tmp/tidied" - >"$tmp/files"
jobs=$(nproc)
# Each file has a log of its own: lines of two at a time would mix.
xargs -P "$jobs" -I{} sh -c 'gcc $1 -O1 -fanalyzer -c -o /dev/null "$2" \
    >"$3/$(echo "$2" | tr / _).gcc" 2>&1 || echo "$2:0:0: warning: not compiled [failed]" \
    >>"$3/$(echo "$2" | tr / _).gcc"' _ "$flags" {} "$tmp" <"$tmp/files"
xargs -P "$jobs" -I{} sh -c '"$4" --quiet --checks="$5" "$2" -- $1 \
    >"$3/$(echo "$2" | tr / _).tidy" 2>/dev/null' _ "$flags" {} "$tmp" "$tidy" "$checks" <"$tmp/tidied"

cat "$tmp"/*.gcc "$tmp"/*.tidy | grep ' warning: \| error: ' | sed "s|^$PWD/||" >"$tmp/said"
sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: .*\[-*W*\([^],]*\).*\]$/\1 \2/p' "$tmp/said" | sort -u >"$tmp/found"
sed -n 's/^\([^ #]* [^ ]*\) .*/\1/p' tools/analyze.except | sort -u >"$tmp/allowed"
comm -23 "$tmp/found" "$tmp/allowed" >"$tmp/new"
comm -13 "$tmp/found" "$tmp/allowed" >"$tmp/gone"
while read -r file warning; do
    grep "^$file:.*$warning" "$tmp/said" | sort -u
done <"$tmp/new"
sed 's/^/analyze: no longer needed in tools\/analyze.except: /' "$tmp/gone"
[ ! -s "$tmp/new" ] && [ ! -s "$tmp/gone" ] || exit 1
echo "analyze: ok ($(wc -l <"$tmp/files") files, $(wc -l <"$tmp/allowed") exceptions)"
