# full_disk.sh -- where there is no room for more, what was read still gives its
# alerts, what is missing is named once, and the exit code is 5.
. tests/support/e2e.sh

ps='process where process.name : "cmd.exe"'
t=$tmp/t
mkdir "$t"
awk 'BEGIN { for (i = 0; i < 40000; i++)
    printf "{\"@timestamp\":\"2026-01-01T%02d:%02d:%02dZ\",\"event\":{\"category\":\"process\"},\"process\":{\"name\":\"cmd.exe\",\"pid\":%d}}\n",
        (i * 7) % 24, i % 60, (i * 11) % 60, i }' >"$t/many.json"
head -n 1 "$t/many.json" >"$t/one.json"

# told NAME ALERTS: exit 5; one line names the place; at least so many alerts,
# all of them lines before that place, each whole and in the order of time
told() {
    expect "$1" 5 ':[0-9]+: io: nothing is read from here on: ' '^[0-9]+ alerts'
    [ "$(grep -c 'nothing is read' "$tmp/err")" -eq 1 ] || not_ok "$1 (not told once)"
    from=$(sed -n 's/.*:\([0-9]*\): io: nothing is read.*/\1/p' "$tmp/err")
    n=$(grep -c '"alert_id"' "$tmp/out")
    if [ "$n" -ge "$2" ] && [ "$n" -ge $((from - 1)) ]; then
        ok "$1: alerts of what was read"
    else
        not_ok "$1: alerts of what was read ($n, want $((from - 1)))"
    fi
    sed 's/.*"@timestamp":"\([^"]*\)","rule.*/\1/' "$tmp/out" | sort -c && ok "$1: in order" || not_ok "$1: in order"
}
for threads in 1 2; do
    "$eqlvm" run -e "$ps" --threads $threads --max-spool-bytes 1M - <"$t/many.json" >"$tmp/out" 2>"$tmp/err"; code=$?
    told "a spool over its budget, $threads threads" 1000
    # Files may not grow over so many blocks of 512 bytes.
    for blocks in 8 100 3000; do
        { (ulimit -f $blocks; exec "$eqlvm" run -e "$ps" --threads $threads - <"$t/many.json") | cat >"$tmp/out"; } 2>"$tmp/err"
        (ulimit -f $blocks; exec "$eqlvm" run -e "$ps" --threads $threads - <"$t/many.json") >/dev/null 2>&1; code=$?
        told "no room for the spool, $threads threads, $blocks blocks" 0
        { (ulimit -f $blocks; exec "$eqlvm" run -e "$ps" --threads $threads --sort-memory 64K "$t/many.json") | cat >"$tmp/out"; } 2>"$tmp/err"
        (ulimit -f $blocks; exec "$eqlvm" run -e "$ps" --threads $threads --sort-memory 64K "$t/many.json") >/dev/null 2>&1; code=$?
        told "no room for hits, $threads threads, $blocks blocks" 100
    done
done
cp "$t/one.json" "$t/two.json"
run run -e "$ps" "$t/one.json" "$t/none" "$t/two.json"; expect 'a missing file ends nothing' 5 '2 alerts'
"$eqlvm" run -e "$ps" --max-spool-bytes 1M - "$t/one.json" <"$t/many.json" >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'what comes after is named' 5 'one.json and what follows it is not read'

# Hits on disk and those that found no room there are one order: sequences come
# out as from a file that ends where reading did.
awk 'BEGIN { for (i = 0; i < 40000; i++)
    printf "{\"@timestamp\":\"2026-01-01T%02d:%02d:%02dZ\",\"event\":{\"category\":\"process\"},\"process\":{\"name\":\"%s.exe\",\"pid\":%d}}\n",
        (i * 7) % 24, i % 60, (i * 11) % 60, i % 3 ? "cmd" : "sh", i % 701 }' >"$t/pairs.json"
seq='sequence by process.pid with maxspan=2h [process where process.name : "cmd.exe"] [process where process.name : "sh.exe"]'
for blocks in 1000 2000; do
    { (ulimit -f $blocks; exec "$eqlvm" run --brief -e "$seq" --threads 1 --sort-memory 64K "$t/pairs.json") | cat >"$tmp/out"; } 2>"$tmp/err"
    from=$(sed -n 's/.*:\([0-9]*\): io: nothing is read.*/\1/p' "$tmp/err")
    mv "$tmp/out" "$tmp/got"
    mkdir "$t/$blocks"
    head -n $((from - 1)) "$t/pairs.json" >"$t/$blocks/pairs.json"
    run run --brief -e "$seq" --threads 1 "$t/$blocks/pairs.json"
    for f in out got; do sed 's|"[^"]*pairs.json"|"pairs.json"|g' "$tmp/$f" >"$tmp/$f.s"; done
    [ "$(wc -l <"$tmp/out")" -gt 100 ] || not_ok "sequences, $blocks blocks (too few to tell)"
    same "sequences, $blocks blocks" "$tmp/out.s" "$tmp/got.s"
done

# A file that is mounted cannot be renamed over, so it is copied over: all of it,
# or it is said that there was no room.
mkdir "$t/small" "$t/mounted"
mounted() { # mounted SIZE: alerts to a file on a disk of that size
    unshare -m sh -c 'mount -t tmpfs -o size=$1 tmpfs "$2/small" && : >"$2/small/x" &&
        : >"$2/mounted/x" && mount --bind "$2/small/x" "$2/mounted/x" || exit 77
        "$3" run -e "$4" -o "$2/mounted/x" "$2/pairs.json"; code=$?
        wc -l <"$2/small/x"; exit $code' - "$1" "$t" "$eqlvm" "$ps" >"$tmp/out" 2>"$tmp/err"
    code=$?
}
mounted 64M
if [ $code -eq 77 ] || grep -q 'unshare:' "$tmp/err"; then
    skip 'nothing can be mounted here'
else
    expect 'a mounted file' 0 '^26666$'
    mounted 16K
    expect 'a mounted file without room' 5 'cannot write .*mounted/x: No space left'
fi
