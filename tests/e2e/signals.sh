# signals.sh -- a run that is told to end does so at once, says what it knows,
# and leaves nothing half written; also while its input is silent.
. tests/support/e2e.sh

ps='process where process.name : "cmd.exe"'
ev='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'
t=$tmp/t
mkdir "$t"
mkfifo "$t/quiet"
awk -v e="$ev" 'BEGIN { for (i = 0; i < 30000; i++) print e }' >"$t/many.json"

# Is there something that matches?  Waits for it, five seconds at most.
await() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
}
# The process sleeps, waiting for input: nothing more happens by itself.
sleeps() { awk '{ exit !($3 == "S") }' "/proc/$pid/stat"; }
gone() { ! kill -0 "$pid" || grep -q '^State:.Z' "/proc/$pid/status"; }
# end SIG: the exit code of $pid after the signal, 137 when it goes on
end() {
    await sleeps
    kill -"$1" "$pid"
    await gone
    gone 2>/dev/null || kill -KILL "$pid"
    wait "$pid" 2>/dev/null; code=$?
}
half_written() { [ -n "$(find "$t" -name '.eqlvm*')" ]; }

# quiet SIG NAME ARGS...: a run over $input, whose writer gives $gives and then
# says nothing more
quiet() {
    sig=$1 name=$2
    shift 2
    printf 'old\n' >"$t/x"
    if [ "$input" = - ]; then
        "$eqlvm" run -e "$ps" -o "$t/x" "$@" - <"$t/quiet" >"$tmp/out" 2>"$tmp/err" &
    else
        "$eqlvm" run -e "$ps" -o "$t/x" "$@" "$t/quiet" >"$tmp/out" 2>"$tmp/err" &
    fi
    pid=$!
    exec 4>"$t/quiet"
    cat "$gives" >&4
    await half_written
    sleep 0.2
    old=$(cat "$t/x")
    end "$sig"
    exec 4>&-
    expect "$name" 3 'interrupted; what was read so far is reported' "$says"
    [ "$old" = old ] || not_ok "$name (the old file was gone before the end)"
    ! half_written || not_ok "$name (a file is left behind)"
}
printf '%s\n' "$ev" >"$t/one"
printf '%s\n{"event":{"cat' "$ev" >"$t/part"
printf '%s\n%s' "$ev" "$ev" >"$t/whole"
gzip -c "$t/many.json" | head -c 1000 >"$t/gz"
printf '\037' >"$t/magic"
printf '[%s,\n{"event":' "$ev" >"$t/array"
: >"$t/nothing"
# A hang-up that was ignored before us stays so: nohup, some builders.
hup=HUP
case $(awk '/^SigIgn/ { print $2 }' /proc/self/status) in
*[13579bdf]) hup= && skip 'SIGHUP is ignored here' ;;
esac
for sig in INT TERM $hup; do
    input=- gives=$t/one says='1 alert'; quiet $sig "$sig on a quiet pipe"
    input=path; quiet $sig "$sig on a quiet named pipe"
done
input=- gives=$t/nothing says='0 events'; quiet TERM 'no byte yet'
input=- gives=$t/magic; quiet TERM 'too little to tell what it is'
input=- gives=$t/gz says='event'; quiet TERM 'in the middle of compressed data'
input=- gives=$t/one says='1 alert'; quiet TERM 'several threads' --threads 4
input=- gives=$t/many.json says='alerts'; quiet TERM 'several threads at work' --threads 2
input=- gives=$t/whole says='2 alerts'; quiet TERM 'a whole event without its line end counts'
for gives in "$t/part" "$t/array"; do
    input=- says='1 alert'; quiet TERM "a piece of an event: $(basename "$gives")"
    grep -q truncated "$tmp/err" && not_ok 'which is no damage' || ok 'which is no damage'
done

# A named pipe that nobody has opened for writing.
"$eqlvm" run -e "$ps" "$t/quiet" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 0.3
end TERM; expect 'a named pipe without a writer' 3 'interrupted'
# ... and one that is opened late, or closed without a word.
"$eqlvm" run -e "$ps" "$t/quiet" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 0.3
cat "$t/one" >"$t/quiet"
wait $pid; code=$?; expect 'a writer that comes late' 0 '1 alert'
"$eqlvm" run -e "$ps" "$t/quiet" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 0.3
: >"$t/quiet"
wait $pid; code=$?
case $code in 137) not_ok 'a writer that says nothing' ;; *) expect 'a writer that says nothing' "$code" '0 events' ;; esac

# While alerts are written: the report does not claim what was not.
mkfifo "$t/slow"
"$eqlvm" run -e "$ps" "$t/many.json" >"$t/slow" 2>"$tmp/err" &
pid=$!
exec 5<"$t/slow"
await sleeps
kill -TERM $pid
sleep 0.3
cat <&5 >"$tmp/alerts" &
wait $pid; code=$?
exec 5<&-
wait
n=$(wc -l <"$tmp/alerts")
: >"$tmp/out"
expect 'a signal while alerts are written' 3 "interrupted; $n alerts? w(as|ere) written, the rest was not"
[ "$n" -lt 30000 ] && ok 'ends writing' || not_ok 'ends writing'

# The second signal kills.
"$eqlvm" run -e "$ps" -o "$t/x" "$t/many.json" --stats "$t/slow" >"$tmp/out" 2>"$tmp/err" &
pid=$!
await sleeps
kill -TERM $pid; sleep 0.2; kill -0 $pid 2>/dev/null && end TERM
[ "$code" -eq 143 ] && ok 'a second signal kills' || not_ok "a second signal kills (exit $code)"
half_written && not_ok 'and leaves nothing behind' || ok 'and leaves nothing behind'

# Verbs without a report end as the signal would have it.
for verb in bench fields; do
    "$eqlvm" $verb -e "$ps" "$t/quiet" >"$tmp/out" 2>"$tmp/err" &
    pid=$!
    sleep 0.3
    end TERM
    [ "$code" -eq 143 ] && ok "$verb is ended" || not_ok "$verb is ended (exit $code)"
done
