# outputs.sh -- an output destroys no input and no other output, is whole or not
# there, and closed descriptors are nobody's file.
. tests/support/e2e.sh

ps='process where process.name : "cmd.exe"'
ev='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'
t=$tmp/t

# A fresh folder of inputs of every kind.
fresh() {
    rm -rf "$t"
    mkdir -p "$t/events/deep" "$t/rules/deep"
    printf '%s\n' "$ev" | tee "$t/events/a.json" "$t/events/deep/b.json" >"$t/e.json"
    printf '%s\n' "$ps" | tee "$t/r.eql" "$t/rules/a.eql" >"$t/rules/deep/b.eql"
    printf 'macro M(x) x == 1\n' >"$t/defs.eql"
    printf '{"a.b":"keyword"}\n' >"$t/schema.json"
    printf '{}\n' >"$t/mapping.json"
    ln -s e.json "$t/link.json"
    ln "$t/e.json" "$t/hard.json"
    ln -s ../e.json "$t/events/linked.json"
    mkdir "$t/elsewhere"
cp "$t/e.json" "$t/elsewhere/far.json"
ln -s ../elsewhere "$t/events/linked"
(cd "$t" && find . -type f -exec cksum {} + | sort) >"$tmp/before"
}

# keeps NAME ARGS...: exit 2, says why, and nothing changed
keeps() {
    name=$1
    shift
    run "$@"
    (cd "$t" && find . -type f -exec cksum {} + | sort) >"$tmp/after"
    if cmp -s "$tmp/before" "$tmp/after"; then
        expect "$name" 2 'is an input|are one file'
    else
        not_ok "$name (a file was changed)"
        fresh
    fi
}

fresh
cp io/windows/winevent.mapping.json "$t/mapping.json"
(cd "$t" && find . -type f -exec cksum {} + | sort) >"$tmp/before"

# Every output of every verb, against every kind of input.
for out in -o --stats; do
    keeps "run $out an event file" run -e "$ps" $out "$t/e.json" "$t/e.json"
    keeps "run $out a file of a folder" run -e "$ps" $out "$t/events/deep/b.json" "$t/events"
    keeps "run $out a link to it" run -e "$ps" $out "$t/link.json" "$t/e.json"
    keeps "run $out another name of it" run -e "$ps" $out "$t/hard.json" "$t/e.json"
    keeps "run $out what a folder links to" run -e "$ps" $out "$t/e.json" "$t/events"
    keeps "run $out a file below a linked folder" run -e "$ps" $out "$t/elsewhere/far.json" "$t/events"
    keeps "run $out a rule" run -r "$t/r.eql" $out "$t/r.eql" "$t/e.json"
    keeps "run $out a rule of a folder" run -r "$t/rules" $out "$t/rules/deep/b.eql" "$t/e.json"
    keeps "run $out the definitions" run -e "$ps" --definitions "$t/defs.eql" $out "$t/defs.eql" "$t/e.json"
    keeps "run $out the schema" run -e "$ps" --schema "$t/schema.json" $out "$t/schema.json" "$t/e.json"
    keeps "run $out the mapping" run -e "$ps" --mapping "$t/mapping.json" $out "$t/mapping.json" "$t/e.json"
done
for out in --json --html; do
    keeps "bench $out an event file" bench -e "$ps" $out "$t/e.json" "$t/e.json"
    keeps "bench $out a file of a folder" bench -e "$ps" $out "$t/events/a.json" "$t/events"
    keeps "bench $out a rule" bench -r "$t/r.eql" $out "$t/r.eql" "$t/e.json"
    keeps "bench $out a rule of a folder" bench -r "$t/rules" $out "$t/rules/a.eql" "$t/e.json"
    keeps "bench $out the definitions" bench -e "$ps" --definitions "$t/defs.eql" $out "$t/defs.eql" "$t/e.json"
done
keeps 'compile -o a rule' compile -o "$t/r.eql" "$t/r.eql"
keeps 'compile -o a rule of a folder' compile -o "$t/rules/a.eql" "$t/rules"
keeps 'compile -o the definitions' compile --definitions "$t/defs.eql" -o "$t/defs.eql" "$t/r.eql"
keeps 'compile -o the schema' compile --schema "$t/schema.json" -o "$t/schema.json" "$t/r.eql"

# Two outputs that are one file, there or not.
printf 'old\n' | tee "$t/x" >"$t/y"
ln -s x "$t/to-x"
ln -s none "$t/to-none"
(cd "$t" && find . -type f -exec cksum {} + | sort) >"$tmp/before"
keeps 'run: alerts and statistics in one file' run -e "$ps" -o "$t/x" --stats "$t/x" "$t/e.json"
keeps 'run: one file by two names' run -e "$ps" -o "$t/x" --stats "$t/to-x" "$t/e.json"
keeps 'run: one file that is not there yet' run -e "$ps" -o "$t/none" --stats "$t/./none" "$t/e.json"
keeps 'run: one file that a link will make' run -e "$ps" -o "$t/none" --stats "$t/to-none" "$t/e.json"
keeps 'bench: figures and page in one file' bench -e "$ps" --json "$t/x" --html "$t/x" "$t/e.json"
run run -e "$ps" -o /dev/null --stats /dev/null "$t/e.json"; expect 'a device may be written twice' 0 '1 alert'
fresh

# Standard output as a file that is read, too.
for verb in run fields bench; do
    cat "$t/e.json" >"$t/s.json"
    "$eqlvm" $verb -e "$ps" "$t/s.json" >>"$t/s.json" 2>"$tmp/err"; code=$?
    : >"$tmp/out"; expect "$verb into its own input" 2 'is an input'
    cmp -s "$t/s.json" "$t/e.json" || not_ok "$verb into its own input (changed)"
done
for verb in check test dump; do
    "$eqlvm" $verb "$t/rules" >>"$t/rules/a.eql" 2>"$tmp/err"; code=$?
    : >"$tmp/out"; expect "$verb into its own rules" 2 'is an input'
done
"$eqlvm" run -e "$ps" -o "$t/e.json" - <"$t/e.json" >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'run -o the file on standard input' 2 'is an input'
same 'which stays' "$t/e.json" "$t/events/a.json"

# Outputs of a folder that reads something else are nobody's input.
fresh
cp "$t/e.json" "$t/rules/alerts.json"
run run -r "$t/rules" -o "$t/rules/alerts.json" "$t/e.json"; expect 'alerts beside rules' 0 '2 alerts'
run run -e "$ps" -o "$t/events/new.json" "$t/events"; expect 'a new file in the folder' 0 '4 events' '4 alerts'

# A link's target is replaced; permissions stay.
fresh
printf 'old\n' >"$t/x"; chmod 640 "$t/x"; ln -s x "$t/to-x"
run run -e "$ps" -o "$t/to-x" "$t/e.json"
code=0; cp "$t/x" "$tmp/out"; expect "a link's target is written" 0 'alert_id'
[ -L "$t/to-x" ] && ok 'the link stays' || not_ok 'the link stays'
[ "$(stat -c %a "$t/x")" = 640 ] && ok 'permissions stay' || not_ok 'permissions stay'
(umask 027; run run -e "$ps" -o "$t/made" "$t/e.json")
[ "$(stat -c %a "$t/made")" = 640 ] && ok 'a new file has those of the mask' || not_ok 'a new file has those of the mask'
ln -s deep/../later "$t/to-later"; mkdir "$t/deep"
run run -e "$ps" -o "$t/to-later" "$t/e.json"; expect 'a link to nothing yet' 0 '1 alert'
[ -s "$t/later" ] && [ -L "$t/to-later" ] && ok 'makes its target' || not_ok 'makes its target'
mkfifo "$t/pipe"
cat "$t/pipe" >"$tmp/piped" &
cat=$!
run run -e "$ps" -o "$t/pipe" "$t/e.json"
wait $cat
code=0; cp "$tmp/piped" "$tmp/out"; expect 'a pipe is written as it is' 0 'alert_id'
[ -p "$t/pipe" ] && ok 'and stays one' || not_ok 'and stays one'
"$eqlvm" run -e "$ps" -o /dev/stdout "$t/e.json" >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'standard output by name' 0 'alert_id'

# What was there stays when there is nothing whole to put in its place.
printf 'old\n' >"$t/x"
printf 'process where\n' >"$t/bad.eql"
run compile -o "$t/x" "$t/bad.eql"; expect 'a rule does not compile' 4
[ "$(cat "$t/x")" = old ] && ok 'the file stays' || not_ok 'the file stays'
(ulimit -f 0; exec "$eqlvm" run -e "$ps" -o "$t/x" "$t/e.json") >/dev/null 2>&1; code=$?
: >"$tmp/err"; expect 'a file that may not grow' 5
[ "$(cat "$t/x")" = old ] && ok 'the file stays as well' || not_ok 'the file stays as well'
for out in '-o' '--stats'; do
    run run -e "$ps" $out "$t/no/such" "$t/e.json"; expect "run $out in no folder" 5 'cannot write .*no/such'
    run run -e "$ps" $out /dev/full "$t/e.json"; expect "run $out to a full disk" 5 'cannot write /dev/full: No space'
done
for out in '--json' '--html'; do
    run bench -e "$ps" --rounds 1 $out /dev/full "$t/e.json"; expect "bench $out to a full disk" 5 'cannot write /dev/full: No space'
done
run compile -o /dev/full "$t/r.eql"; expect 'compile -o to a full disk' 5 'cannot write /dev/full: No space'
if [ "$(id -u)" -ne 0 ]; then
    chmod 400 "$t/x"
    run run -e "$ps" -o "$t/x" "$t/e.json"; expect 'a file that is not ours to write' 5 'Permission denied'
fi
[ -z "$(find "$t" -name '.eqlvm*')" ] && ok 'nothing is left behind' || not_ok 'nothing is left behind'

# Closed descriptors: a message must not end up in a file of ours.
fresh
cat "$t/e.json" "$t/e.json" >"$t/bad.json"; echo '{' >>"$t/bad.json"
"$eqlvm" run -e "$ps" -o "$t/alerts" "$t/bad.json" 2>&- >"$tmp/out" </dev/null; code=$?
: >"$tmp/err"; expect 'standard error closed' 3
code=0; cp "$t/alerts" "$tmp/out"; grep -v alert_id "$t/alerts" >"$tmp/err"
[ -s "$tmp/err" ] && not_ok 'no message among the alerts' || expect 'no message among the alerts' 0 'alert_id'
"$eqlvm" run -e "$ps" -o "$t/alerts2" "$t/bad.json" <&- >&- 2>&-; code=$?
: >"$tmp/out"; expect 'all three closed' 3
same 'alerts are the same' "$t/alerts" "$t/alerts2"
"$eqlvm" run -e "$ps" "$t/e.json" >&- 2>"$tmp/err"; code=$?
expect 'alerts to a closed standard output' 5 'cannot write standard output'
awk -v e="$ev" 'BEGIN { for (i = 0; i < 3000; i++) print e }' >"$t/many.json"
"$eqlvm" run -e "$ps" --sort-memory 4K "$t/many.json" >&- 2>"$tmp/err"; code=$?
expect 'the same with a spill file' 5 'cannot write standard output'
"$eqlvm" run -e "$ps" - <&- >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'events from a closed standard input' 5 'Bad file descriptor'
for verb in 'check' 'dump' 'test'; do
    "$eqlvm" $verb rules >&- 2>"$tmp/err"; code=$?
    expect "$verb to a closed standard output" 5 'cannot write standard output'
done
"$eqlvm" functions >&- 2>"$tmp/err"; code=$?; expect 'functions to a closed standard output' 5 'cannot write'
"$eqlvm" fields -e "$ps" >&- 2>"$tmp/err"; code=$?; expect 'fields to a closed standard output' 5 'cannot write'
"$eqlvm" --help >&- 2>"$tmp/err"; code=$?; expect 'help to a closed standard output' 5 'cannot write'
