#!/bin/sh
# layouts.sh -- events in layouts that are not ECS are named, objects around
# events are opened; the same on any number of threads.
. "$(dirname "$0")/../support/e2e.sh"

q='process where process.name == "cmd.exe"'
ev='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'

# told KEY EVENT: refused and named, exit 3; with --input ecs only noticed
told() {
    printf '%s\n%s\n' "$ev" "$2" >"$tmp/in.json"
    run run --brief --stats "$tmp/stats" -e "$q" "$tmp/in.json"
    expect "$1 is told" 3 'in.json:2:1: layout: ' '1 event\(s\) of another layout' '^1 alert'
    grep -q "\"$1\":1[,}]" "$tmp/stats" && ok "$1 is counted" || not_ok "$1 is counted"
    run run --brief --input ecs -e "$q" "$tmp/in.json"
    expect "$1 is taken where it is asked to" 0 '1 event\(s\) of another layout' '^2 events'
}
told windows_flat '{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\cmd.exe"}'
told evtx '{"Event":{"System":{"EventID":1},"EventData":{"Image":"cmd.exe"}}}'
told evtx '{"Event_attributes":{},"Event":{"System":{"Provider_attributes":{},"EventID":1}}}'
told evtx_system '{"System":{"EventID":{"Value":1}},"EventData":{}}'
told hayabusa '{"Timestamp":"t","RuleTitle":"x","Level":"high","EventID":1,"Channel":"c"}'
told chainsaw '{"group":"Sigma","kind":"individual","document":{"kind":"evtx","data":{}}}'
told zeek '{"ts":1591367999.3,"uid":"C5","id.orig_h":"192.0.2.1"}'
told cloudtrail '{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"GetObject"}'
told suricata '{"timestamp":"t","flow_id":1,"event_type":"alert"}'
told osquery '{"name":"n","hostIdentifier":"h","unixTime":1}'
told auditd '{"ID":"1.2:3","SYSCALL":{"syscall":59}}'
told wrapper '{"n":1,"value":[{"a":1}]}'
told bulk '{"index":{"_index":"logs"}}'

printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"1"},"winlog":{"channel":"c","event_data":{"Image":"cmd.exe"}}}\n' >"$tmp/wlb.json"
run run --brief -e 'any where winlog.event_data.Image : "cmd.exe"' "$tmp/wlb.json"
expect 'Winlogbeat without categories is taken, and told' 3 '^1 alert' 'without event.category'
run run --brief --input ecs -e 'any where true' "$tmp/wlb.json"
expect '... and only noticed where it is said to be ECS' 0 'without event.category'

# wrappers: a file of one, one a line, among other lines, in one another
hit="{\"_id\":\"1\",\"_source\":$ev}"
resp="{\"took\":1,\"hits\":{\"total\":{},\"hits\":[$hit,$hit]},\"aggs\":{}}"
wrapped() {
    run run --brief -e "$q" "$tmp/in.json"
    expect "$1" 0 "^$2 alert" 'around events opened'
}
for name in Records records events Events; do
    printf '{"n":1,"%s":[%s,%s]}\n' $name "$ev" "$ev" >"$tmp/in.json"
    wrapped "an object with $name" 2
done
printf '{"id":"x","response":%s}\n' "$resp" >"$tmp/in.json"; wrapped 'an asynchronous search' 2
printf '{"took":1,"responses":[%s,{"hits":{"hits":[]}},%s]}\n' "$resp" "$resp" >"$tmp/in.json"; wrapped 'several searches' 4
printf '[{"Records":[%s]},%s,{"events":[%s]}]\n' "$ev" "$ev" "$ev" >"$tmp/in.json"; wrapped 'wrappers in an array' 3
printf '{\n  "Records": [\n    %s\n  ]\n}\n' "$ev" >"$tmp/in.json"; wrapped 'a wrapper over several lines' 1
{ printf '{"Records":[%s]}\n' "$ev"; printf '%s\n{"events":[%s,%s]}\n%s\n' "$ev" "$ev" "$ev" "$resp"; } >"$tmp/in.json"
wrapped 'wrappers among lines' 6
printf '{"Records":[{"eventVersion":"1","eventSource":"s","eventName":"n"},%s]}\n' "$ev" >"$tmp/in.json"
run run --brief -e "$q" "$tmp/in.json"; expect 'CloudTrail is opened and named' 3 'layout: a record of AWS CloudTrail' '^1 alert' 'opened'
printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"},"events":[{"a":1}]}\n' >"$tmp/in.json"
run run --brief -e "$q" "$tmp/in.json"; expect 'an event may have a list of its own' 0 '^1 event ' '^1 alert'
printf '{"Records":[%s]\n{"Records":[%s]}\n' "$ev" "$ev" >"$tmp/in.json"
run run --brief -e "$q" "$tmp/in.json"; expect 'a wrapper without its brace swallows nothing' 3 'does not end' '^2 alerts'
printf '%s\n{"Records":[%s,{"a":]}\n%s\n' "$ev" "$ev" "$ev" >"$tmp/in.json"
run run --brief -e "$q" "$tmp/in.json"; expect 'damage inside a wrapper on a line is told' 3 ':2:[0-9]+: syntax' '^3 alerts'

# the depth of arrays in one another: 8 are opened, not 9
deep() { awk -v n=$1 -v ev="$ev" 'BEGIN { for (i = 0; i < n; i++) printf "{\"events\":["; printf "%s", ev; for (i = 0; i < n; i++) printf "]}"; print "" }'; }
for first in '' "$ev"; do
    { [ -z "$first" ] || printf '%s\n' "$first"; deep 8; } >"$tmp/in.json"
    run run --brief -e "$q" "$tmp/in.json"; expect "wrappers, 8 deep (${#first})" 0 '^[12] alert'
    { [ -z "$first" ] || printf '%s\n' "$first"; deep 9; } >"$tmp/in.json"
    run run --brief -e "$q" "$tmp/in.json"; expect "wrappers, 9 deep (${#first})" 3 'too_deep'
done

# alerts, problems and counts are those of one thread
awk -v ev="$ev" 'BEGIN { for (i = 0; i < 9000; i++) { print ev; if (i % 7 == 0) printf "{\"Records\":[%s,{\"ts\":1,\"uid\":\"C\"}, %s]}\n", ev, ev; if (i % 11 == 0) print "{\"ts\":1,\"uid\":\"C\"}"; if (i % 13 == 0) print "{\"winlog\":{\"event_data\":{\"Image\":\"x\"}}}" } }' >"$tmp/many.json"
for n in 1 8; do
    "$eqlvm" run --threads $n --stats "$tmp/stats.$n" -e "$q" "$tmp/many.json" >"$tmp/alerts.$n" 2>"$tmp/err.$n"
    sed 's/,"seconds.*//' "$tmp/stats.$n" | sed 's/"\(state_bytes_peak\|spilled_bytes\)":[0-9]*,//g' >"$tmp/counts.$n"
    grep -v '^[0-9]* events' "$tmp/err.$n" >"$tmp/said.$n"
done
same 'wrappers: alerts on 8 threads' "$tmp/alerts.1" "$tmp/alerts.8"
same 'wrappers: counts on 8 threads' "$tmp/counts.1" "$tmp/counts.8"
same 'wrappers: what is said on 8 threads' "$tmp/said.1" "$tmp/said.8"
gzip -c "$tmp/many.json" >"$tmp/many.json.gz"
"$eqlvm" run --threads 8 -e "$q" "$tmp/many.json.gz" 2>/dev/null >"$tmp/alerts.gz"
sed 's/many.json.gz/many.json/g' "$tmp/alerts.gz" >"$tmp/alerts.z"
same 'wrappers: alerts of compressed input' "$tmp/alerts.1" "$tmp/alerts.z"
