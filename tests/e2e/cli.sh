# cli.sh -- exit codes, messages and limits of the whole program.
. tests/support/e2e.sh

ps='process where process.name : "cmd.exe"'
ev='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'
printf '%s\n' "$ev" >"$tmp/one.json"

run --version;              expect 'version' 0 '^eqlvm [0-9]+\.[0-9]+\.[0-9]+$'
run --help;                 expect 'help lists the verbs' 0 'Verbs:' '  run ' '  check '
run;                        expect 'no verb is usage' 2 'Usage:'
run rnu;                    expect 'unknown verb suggests' 2 "did you mean 'run'"
for verb in run check compile dump test; do
    run $verb --help;       expect "$verb --help teaches" 0 'Usage: eqlvm' 'Examples:' 'Exit codes:'
    run $verb --no-such;    expect "$verb refuses an unknown option" 2 'unknown option' "--help"
done
run run --rulez x;          expect 'misspelt option suggests' 2 "did you mean '--rules?'"
run run -e "$ps";           expect 'no events is usage' 2 'no events'
run run "$tmp/one.json";    expect 'no rules is usage' 2 'no rules'
run run -e "$ps" --sort-memory 5x f; expect 'bad size' 2 'wants a size'
run run -e "$ps" --order up f;       expect 'bad choice' 2 'one of auto\|time\|arrival'
run run -e "$ps" --since noon f;     expect 'bad time' 2 'since'

run run -e "$ps" --threads 64 "$tmp/one.json"; expect 'most threads' 0 '1 alert'
run run -e "$ps" --threads 65 "$tmp/one.json"; expect 'too many threads' 2 'at most 64'

run run -e "$ps" "$tmp/one.json"; expect 'one alert' 0 '"alert_id":"[0-9a-f]{32}"' '1 alert'
run run -e "$ps" --fail-on-alert "$tmp/one.json"; expect 'fail on alert' 1
run run -e "$ps" --quiet "$tmp/one.json"; expect 'quiet' 0 'alert_id'
[ -s "$tmp/err" ] && not_ok 'quiet says nothing' || ok 'quiet says nothing'
run run -e "$ps" "$tmp/nowhere.json"; expect 'missing file' 5 'nowhere.json.*No such file'
run run -e "$ps" "$tmp/nowhere.json" "$tmp/one.json"; expect 'missing file, the other is read' 5 'alert_id'
run run -r "$tmp/nowhere.eql" "$tmp/one.json"; expect 'missing rule' 5 'No such file'
: >"$tmp/empty.json"
run run -e "$ps" "$tmp/empty.json"; expect 'empty file' 0 '^0 alerts' '0 events'
printf '\n\n  \n' >"$tmp/blank.json"
run run -e "$ps" "$tmp/blank.json"; expect 'blank lines' 0 '^0 alerts'

printf '%s\n{"a":\n%s\n' "$ev" "$ev" >"$tmp/bad.json"
run run -e "$ps" "$tmp/bad.json"; expect 'a bad line is rejected, the rest is read' 3 'bad.json:2:[0-9]+: syntax' '1 rejected' '2 alerts'
run run -e "$ps" -o "$tmp/alerts" --stats "$tmp/stats.json" "$tmp/bad.json"
code=0; cp "$tmp/stats.json" "$tmp/out"; expect 'statistics file' 0 '"read": ?3' '"accepted": ?2' '"syntax": ?1'
head -c 100000 /dev/urandom | tr -d '{}[]\n' >"$tmp/garbage" ; printf '\000\001' | cat - "$tmp/garbage" >"$tmp/garbage.bin"
run run -e "$ps" "$tmp/garbage.bin"; expect 'binary garbage' 3 'rejected'
printf 'ElfFile\000rest' >"$tmp/log.evtx"
run run -e "$ps" "$tmp/log.evtx"; expect 'EVTX is named' 3 'EVTX' 'rejected'
printf '<Event><System/></Event>\n' >"$tmp/log.xml"
run run -e "$ps" "$tmp/log.xml"; expect 'XML is named' 3 'XML'

# limits at n and n+1
deep() { awk -v n="$1" 'BEGIN { for (i = 1; i < n; i++) printf "{\"a\":"; printf "{}"; for (i = 1; i < n; i++) printf "}"; print "" }'; }
deep 200 >"$tmp/d.json"; run run -e 'any where true' "$tmp/d.json"; expect 'nesting at the limit' 0 '1 event '
deep 201 >"$tmp/d.json"; run run -e "$ps" "$tmp/d.json"; expect 'nesting over the limit' 3 'too_deep'
n=$(printf '%s' "$ev" | wc -c)
run run -e "$ps" --max-line-bytes "$n" "$tmp/one.json"; expect 'line at the limit' 0 '1 alert'
run run -e "$ps" --max-line-bytes $((n - 1)) "$tmp/one.json"; expect 'line over the limit' 3 'too_long'
{ printf '{"x":"'; head -c 100000000 /dev/zero | tr '\000' a; printf '"}\n%s\n' "$ev"; } >"$tmp/long.json"
run run -e "$ps" "$tmp/long.json"; expect '100 MB line is rejected, the next is read' 3 'too_long' '1 alert'
rm -f "$tmp/long.json"

# rules
printf 'process where process.name = "cmd.exe" and\n' >"$tmp/bad.eql"
run check "$tmp/bad.eql"; expect 'check shows place, caret and code' 4 'bad.eql:[0-9]+:[0-9]+: error: E201' '\^'
run run -r "$tmp/bad.eql" "$tmp/one.json"; expect 'run stops at a bad rule' 4 'skip-bad-rules'
cp "$rule" "$tmp/good.toml"; mkdir "$tmp/rules"; cp "$tmp/bad.eql" "$tmp/good.toml" "$tmp/rules"
run run --skip-bad-rules -r "$tmp/rules" "$tmp/one.json"; expect 'run goes on without it' 3 '0 alerts'
run check -e 'process where a AND b'; expect 'hint for upper case' 4 'hint:'
run check -e 'process where lenght(process.name) > 3'; expect 'did you mean' 4 'did you mean "length"'
awk 'BEGIN { printf "process where "; for (i = 0; i < 10000; i++) printf "("; printf "true"; for (i = 0; i < 10000; i++) printf ")" }' >"$tmp/deep.eql"
run check "$tmp/deep.eql"; expect '10,000 parentheses' 4 'E311'
run check rules; expect 'the shipped rules compile' 0 '1 rule compiled, 0 bad, 0 warnings'
run dump -e "$ps"; expect 'dump shows bytecode' 0 'LOAD_FIELD' 'process.name'
run dump --pass ast -e "$ps"; expect 'dump shows the tree' 0 'process.name'
run dump --pass plan -e "$ps"; expect 'dump shows the plan' 0 'process'
run dump --pass tokens -e "$ps"; expect 'dump shows tokens' 0 'where'
run compile -o "$tmp/dump.eqlc" rules
run dump --pass ast "$tmp/dump.eqlc"; expect 'a compiled file has no tree' 2 'bytecode only'

# standard input, closed pipe, interrupt
"$eqlvm" run -e "$ps" - <"$tmp/one.json" >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'standard input' 0 '"file":"-"'
awk -v e="$ev" 'BEGIN { for (i = 0; i < 20000; i++) print e }' >"$tmp/many.json"
{ "$eqlvm" run -e "$ps" "$tmp/many.json" 2>"$tmp/err"; echo $? >"$tmp/code"; } | head -n 1 >"$tmp/out"
code=$(cat "$tmp/code"); expect 'a closed pipe ends it quietly' 0 'alert_id'
[ -s "$tmp/err" ] && not_ok 'a closed pipe says nothing' || ok 'a closed pipe says nothing'
mkfifo "$tmp/fifo"
"$eqlvm" run -e "$ps" "$tmp/fifo" >"$tmp/out" 2>"$tmp/err" &
pid=$!
{ printf '%s\n' "$ev"; sleep 1; kill -INT $pid; sleep 1; } >"$tmp/fifo"
wait $pid; code=$?
expect 'Ctrl-C ends in order, with counts' 3 'interrupted' '1 alert'

# alerts to a full disk are an error, not silence
if [ -w /dev/full ]; then
    "$eqlvm" run -e "$ps" "$tmp/many.json" >/dev/full 2>"$tmp/err"; code=$?
    : >"$tmp/out"; expect 'a full disk is an I/O error' 5 'No space'
fi

# terminal escapes in events never reach the table raw
printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe","command_line":"a\\u001b[31mb"}}\n' >"$tmp/esc.json"
run run --output table -e "$ps" "$tmp/esc.json"; expect 'table' 0 'cmd.exe'
if grep -q "$(printf '\033')" "$tmp/out"; then not_ok 'no raw escapes in the table'; else ok 'no raw escapes in the table'; fi
run run --output csv -e "$ps" "$tmp/one.json"; expect 'csv' 0 'cmd.exe'
run run --output ecs -e "$ps" "$tmp/one.json"; expect 'ecs' 0 'kibana'
printf '{"Event":{"System":{"EventID":1},"EventData":{"Image":"cmd.exe"}}}\n' >"$tmp/evtx.json"
run run -e "$ps" "$tmp/evtx.json"; expect 'a record of an unmapped layout is refused' 3 'layout: a Windows record' 'rejected'
mkdir "$tmp/none"
for verb in check test; do
    run $verb "$tmp/none"; expect "$verb of nothing is not success" 2 'no rule to'
done
run check --skip-bad-rules "$tmp/rules"; expect 'check --skip-bad-rules' 3 '1 bad'
ln -s . "$tmp/rules/self"
run check --skip-bad-rules "$tmp/rules"; expect 'a link to a folder is not followed round' 3 '^1 rule compiled, 1 bad'
run run -e "$ps" -o "$tmp/one.json" "$tmp/one.json"; expect 'alerts do not overwrite their input' 2 'is an input'
[ -s "$tmp/one.json" ] && ok 'the input is whole' || not_ok 'the input is whole'
if [ -w /dev/full ]; then
    "$eqlvm" check rules >/dev/full 2>"$tmp/err"; code=$?
    : >"$tmp/out"; expect 'check says when it cannot write' 5 'No space'
fi
# A file rewritten in place between reading and alerting is not evidence.
mkfifo "$tmp/late"
printf '%s\n' "$ev" >"$tmp/changes.json"
"$eqlvm" run -e "$ps" "$tmp/changes.json" "$tmp/late" >"$tmp/out" 2>"$tmp/err" &
pid=$!
{ sleep 1; printf '%s\n' "$ev" | sed 's/cmd.exe/CMD.EXE/' >"$tmp/changes.json"; } >"$tmp/late"
wait $pid; code=$?
expect 'a file rewritten in place is told' 5 'contents have changed'
