# preflight.sh -- 0 alerts that mean nothing, and rules that could not fire.
. tests/support/e2e.sh

ps='process where process.name : "powershell.exe"'
line='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'
printf '%s\n' "$line" >"$tmp/one.json"

# not NAME PATTERN: nothing of the last output says so
not() {
    if cat "$tmp/out" "$tmp/err" | grep -qE -e "$2"; then
        not_ok "$1"
    else
        ok "$1"
    fi
}

# silence that means nothing
printf '{"@timestamp":"2026-01-01T00:00:00Z","category":"process","process":{"name":"cmd.exe"}}\n' >"$tmp/f.json"
run run -e "$ps" "$tmp/f.json"; expect 'no category' 3 '^0 alerts' 'no event had a category \(field event.category\).*--category-field.*events have category'
run run -q -e "$ps" "$tmp/f.json"; expect 'no category, quiet' 3
[ -s "$tmp/err" ] && not_ok 'quiet says nothing' || ok 'quiet says nothing'
run run -e 'any where process.name == "a"' "$tmp/f.json"; expect 'no category, none asked for' 0 '^0 alerts'
run run --category-field category -e "$ps" "$tmp/f.json"; expect 'the field that has it' 0 '^0 alerts'

printf '{"timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}\n' >"$tmp/f.json"
run run -e "$ps" "$tmp/f.json"; expect 'no time' 3 'no event had a usable time \(@timestamp\).*--timestamp-field.*events have timestamp'
run run --timestamp-field timestamp -e "$ps" "$tmp/f.json"; expect 'the field that has the time' 0 '^0 alerts'

printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"Image":"cmd.exe"}\n' >"$tmp/f.json"
run run -e "$ps" "$tmp/f.json"; expect 'no field' 3 'no event had any field that the rules name'
run run -e 'process where true' "$tmp/f.json"; expect 'alerts are alerts' 0 '^1 alert'
run run -e 'process where process.name == null' "$tmp/f.json"; expect 'also for what is missing' 0 '^1 alert'

: >"$tmp/empty.json"
run run -e "$ps" "$tmp/empty.json"; expect 'no events' 0 'there were no events: nothing was searched'
run run --since 2030-01-01T00:00:00Z -e "$ps" "$tmp/one.json"; expect 'all out of range' 0 'all events were outside of --since'
run run -e "$ps" "$tmp/one.json"; expect 'a silence that can be believed' 0 '^0 alerts'
not 'of which nothing more is said' 'eqlvm:'

# rules that could not fire
run run -e 'process where process.nmae == "x" or process.nmae == "y"' "$tmp/one.json"
expect 'a misspelt field of a rule' 3 '1 of 1 rules could not fire' \
    'no event had the field process.nmae, which 1 rule needs; events have process.name' 'rule "query" needs process.nmae'
printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe","commandline":"x"}}\n' >"$tmp/f.json"
run run -e 'process where process.command_line == "x" and process.name != "y"' "$tmp/f.json"
expect 'a misspelt field of events' 0 'field process.command_line, .*; events have process.commandline'
run run -e 'process where process.name == "cmd.exe" or process.command_line == "x"' "$tmp/f.json"
not 'a field that is not needed' 'command_line'
run run -e 'sequence by ?user.id [process where true] [process where process.name == "b"]' "$tmp/one.json"
not 'an optional key' 'user.id'
run run -e 'sequence [process where true] [process where process.name == "b"]' "$tmp/one.json"
expect 'a stage that nothing hit' 0 'rule "query", stage 2: nothing ever hit it; the other stages were hit 1 time'
run run -e 'sequence [process where true] [network where true]' "$tmp/one.json"
expect 'a dead stage' 0 'no event had the category "network", which 1 rule needs' 'rule "query", stage 2 needs category network'
not 'is told once' 'nothing ever hit'
run run -e "process where true" -e 'network where true' "$tmp/one.json"
expect 'beside alerts, too' 0 '^1 alert' '1 of 2 rules could not fire'

# in full, for CI
i=0
while [ $i -lt 12 ]; do
    printf '[rule]\nname = "r%02d"\nlanguage = "eql"\ntype = "eql"\nquery = "process where process.f%d == 1"\n' $i $i >"$tmp/r$i.toml"
    i=$((i + 1))
done
mkdir "$tmp/many" && mv "$tmp"/r[0-9]*.toml "$tmp/many"
run run -r "$tmp/many" -e "$ps" --stats "$tmp/stats" "$tmp/one.json"
expect 'lines are capped' 0 '12 of 13 rules could not fire' 'and 7 more fields; --stats FILE lists all' 'and 2 more such stages'
[ "$(grep -c '^eqlvm:   no event had' "$tmp/err")" -eq 5 ] && ok 'five of a kind' || not_ok 'five of a kind'
cp "$tmp/stats" "$tmp/out"
expect 'statistics have all' 0 '"rules_run":13' '"blind":\[\]' '"field":"process.f11","rules":1,"near":null' \
    '"name":"r11","stage":1,"any":false,"needs":\[\{"field":"process.f11"\}\]'
run run -q -e "$ps" -e 'sequence [network where true] [process where true]' --stats "$tmp/stats" "$tmp/f.json"
cp "$tmp/stats" "$tmp/out"
expect 'categories and stages, too' 0 '"categories_never":\[\{"category":"network","rules":1,"near":null\}\]' \
    '"stages_never":\[\{"id":null,"name":"query","stage":1,"hits_of_others":1\}\]'
run run -q -e 'file where file.path == "x"' --stats "$tmp/stats" "$tmp/f.json"
cp "$tmp/stats" "$tmp/out"; expect 'why a silence means nothing' 3 '"blind":\["fields"\]'

sed -i 's/^name = "r11"/&\nseverity = "critical"/' "$tmp/many/r11.toml"
run run -r "$tmp/many" "$tmp/one.json"; expect 'the severest come first' 3
[ "$(grep -c 'rule "r11"' "$tmp/err")" -eq 1 ] && grep -m1 'eqlvm:   rule' "$tmp/err" | grep -q '"r11"' &&
    ok 'of rules' || not_ok 'of rules'

# how many rules ran
cp "$tmp/many/r1.toml" "$tmp/kql.toml" && sed -i 's/^language.*/language = "kuery"/; s/^type.*/type = "query"/' "$tmp/kql.toml"
mkdir "$tmp/mixed" && cp "$tmp/kql.toml" "$tmp/many/r1.toml" "$tmp/many/r2.toml" "$tmp/mixed"
printf 'process where (\n' >"$tmp/mixed/bad.eql"
run run -r "$tmp/mixed" --skip-bad-rules --stats "$tmp/stats" "$tmp/one.json"
expect 'rules that ran and were skipped' 3 '^  2 rules ran, 2 skipped \(1 bad, 1 in another language\)'
run run -r "$tmp/mixed" --rule r01 "$tmp/one.json"; expect 'rules that were not selected' 3 '^  1 rule ran, 3 skipped \(2 not selected, 1 in another language\)'
cp "$tmp/stats" "$tmp/out"; expect 'the same as JSON' 3 '"rules_run":2,"rules_skipped":\{"bad":1,"deselected":0,"other_language":1\}'
run run -e "$ps" "$tmp/one.json"; expect 'one rule' 0 '^  1 rule ran$'
run run -r rules demo/winrm-intrusion.json; expect 'the shipped rule' 0 'alert'
not 'of which there is nothing to say' 'eqlvm:'

# wrapped, piped, compressed, Windows records
printf '{"_index":"i","_id":"1","_source":{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"a","commandline":"x"}}}\n' >"$tmp/export.json"
run run -e 'process where process.command_line == "x" and process.name == "b"' "$tmp/export.json"; expect 'an export' 0 'events have process.commandline'
printf '{"hits":{"hits":[{"_id":"1","_source":\n{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"a","commandline":"x"}}}]}}\n' >"$tmp/export.json"
run run -e 'process where process.command_line == "x" and process.name == "b"' "$tmp/export.json"; expect 'a search response' 0 'events have process.commandline'
gzip -c "$tmp/f.json" | "$eqlvm" run -e 'process where process.command_line == "x" and process.name == "b"' - >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'compressed and piped' 0 'events have process.commandline'
cat >"$tmp/security.json" <<'J'
{"EventTime":"2026-01-01 00:00:00","Hostname":"h","EventID":4688,"SourceModuleType":"im_msvistalog","Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing","NewProcessName":"C:\\Windows\\System32\\cmd.exe","ProcessId":"0x1","CommandLine":"cmd"}
J
run run -e 'registry where registry.path : "*Run*"' -e 'process where process.pe.original_file_name : "x" and process.name : "x"' -e 'library where dll.name : "x"' "$tmp/security.json"
expect 'rules for Sysmon over a Security log' 0 '1 Windows records' '3 of 3 rules could not fire' 'category "registry"' 'category "library"' 'field process.pe.original_file_name'
