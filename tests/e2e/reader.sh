#!/bin/sh
# reader.sh -- a bad escape whose two bytes lie on both sides of a border of 64
# is rejected by every kernel, on one thread and on several, in events and in
# Windows records.
. tests/support/e2e.sh

letters() { printf "%0$1d" 0 | tr 0 k; }
rest=$(letters 150)

# line BEFORE OFFSET ESCAPE BEHIND: the escape's backslash is at this byte
line() {
    printf '%s%s%s%s%s\n' "$1" "$(letters $(($2 - ${#1})))" "$3" "$rest" "$4"
}

# Ten lines, of which two are good.
lines() {
    for escape in '\q' '\u12' '\x41' '\u00zz'; do
        line "$1" 127 "$escape" "$2"
        line "$1" 191 "$escape" "$2"
    done
    line "$1" 127 '\n' "$2"
    line "$1" 191 '\u0041' "$2"
}

lines '{"process":{"name":"' '"},"x":1}' >"$tmp/few"
lines '{"EventID":1,"Hostname":"h","SourceName":"Microsoft-Windows-Sysmon","Image":"C:\\' '"}' \
    >>"$tmp/few"
# More than two blocks, so that threads share them.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    cat "$tmp/few" "$tmp/few" "$tmp/few" "$tmp/few" "$tmp/few" "$tmp/few" "$tmp/few" "$tmp/few"
done >"$tmp/some"
cat "$tmp/some" "$tmp/some" >"$tmp/many.json"

for kernel in scalar sse avx2 avx512; do
    for threads in 1 3; do
        EQLVM_KERNEL=$kernel "$eqlvm" run --threads "$threads" --stats "$tmp/stats" \
            -e 'any where process.name : "*k*" or winlog.event_data.Image : "*k*"' \
            "$tmp/many.json" >"$tmp/out" 2>"$tmp/err" </dev/null
        code=$?
        expect "$kernel, $threads threads: bad escapes are rejected" 3 'syntax'
        n=$(grep -oE '"syntax": ?[0-9]+' "$tmp/stats" | grep -oE '[0-9]+$')
        alerts=$(wc -l <"$tmp/out")
        bad=$(grep -cE '\\[qx]|\\u12k|zz' "$tmp/out")
        if [ "$n" = 3072 ] && [ "$alerts" = 768 ] && [ "$bad" = 0 ]; then
            ok "$kernel, $threads threads: all of them, and nothing else"
        else
            : >"$tmp/out"
            not_ok "$kernel, $threads threads: $n rejected, $alerts alerts, $bad of bad lines"
        fi
    done
done
