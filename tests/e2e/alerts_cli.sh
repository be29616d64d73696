# alerts_cli.sh -- rows of count in every form of output; Elastic's alert
# documents with the source's own fields.
. tests/support/e2e.sh

cat >"$tmp/events" <<'J'
{"@timestamp":"2026-01-01T00:00:00Z","host":{"name":"h1"},"event":{"category":"process","kind":"event"},"process":{"name":"cmd.exe","pid":1},"tags":["a","b"]}
{"@timestamp":"2026-01-01T00:00:01Z","host.name":"h1","event":{"category":"process"},"process":{"name":"cmd.exe","pid":2},"tags":["b","c"]}
{"@timestamp":"2026-01-01T00:00:02Z","host":{"name":"h2"},"event":{"category":"process"},"process":{"name":"a.exe"}}
J
count='process where true | count process.name'
row1='{"key":"a.exe","count":1,"percent":0.3333333333333333,"hosts":["h2"],"total_hosts":1}'
row2='{"key":"cmd.exe","count":2,"percent":0.6666666666666666,"hosts":["h1"],"total_hosts":1}'
printf '%s\n%s\n' "$row1" "$row2" >"$tmp/rows"
for form in ndjson ecs; do
    run run -q --output $form -e "$count" "$tmp/events"
    sed 's/.*,"row":\(.*\)}$/\1/' "$tmp/out" >"$tmp/have"
    same "rows in $form" "$tmp/rows" "$tmp/have"
done
expect 'rows in ecs name their rule' 0 '^\{"event.kind":"metric",.*"kibana.alert.rule.name":"query"'
run run -q --output csv -e "$count" "$tmp/events"
expect 'rows in csv' 0 'row.key,row.count,row.percent,row.hosts,row.total_hosts' ',a.exe,1,0.3333333333333333,h2,1' ',cmd.exe,2,0.6666666666666666,h1,1'
run run -q --output table -e "$count" "$tmp/events"
expect 'rows in a table' 0 '^count +none +query$' '^ +COUNT  PERCENT  KEY +HOSTS$' '^ +1    33\.3%  a\.exe +1: h2$' '^ +2    66\.7%  cmd\.exe +1: h1$'
if grep -q '[{}]' "$tmp/out"; then not_ok 'a table has no JSON'; else ok 'a table has no JSON'; fi

run run -q --output ecs -e 'process where process.pid == 1' "$tmp/events"
expect "an event's own fields" 0 '"event.kind":"signal"' '"kibana.alert.original_event":\{"category":"process","kind":"event"\}' '\}\],.*"host":\{"name":"h1"\},"event":\{"category":"process"\},"process":\{"name":"cmd.exe","pid":1\},"tags":\["a","b"\]\}$'
run run -q --output ecs -e 'sequence by host.name [process where true] [process where true]' "$tmp/events"
expect 'what the events of a sequence have in common' 0 '\}\],"host":\{"name":"h1"\},"event":\{"category":"process"\},"process":\{"name":"cmd.exe"\},"tags":\["b"\]\}$'
run run -q --brief --output ecs -e 'sequence by host.name [process where true] [process where true]' "$tmp/events"
expect 'brief: the keys' 0 '\}\],"host.name":"h1"\}$'
run run --output ndjson -e "$count" "$tmp/events"
expect 'the report counts rows' 0 '^0 alerts, 2 rows of count$'
