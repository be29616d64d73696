#!/bin/sh
# bench_cli.sh -- `eqlvm bench`: what it prints, writes and refuses.
. tests/support/e2e.sh

i=0
while [ $i -lt 200 ]; do
    printf '{"@timestamp":%d,"event":{"category":"process"},"process":{"name":"p%d.exe","pid":%d}}\n' \
        $((i * 1000)) $((i % 5)) $i
    i=$((i + 1))
done >"$tmp/events.ndjson"
mkdir "$tmp/rules"
cat >"$tmp/rules/dear.toml" <<'EOF'
[rule]
name = 'Dear <b>&"rule"'
query = 'process where process.name : "p1*" or length(process.name) > 100'
[eqlvm]
budget_ns = 1
EOF
cat >"$tmp/rules/cheap.toml" <<'EOF'
[rule]
name = 'Cheap'
query = 'file where file.name : "x"'
[eqlvm]
budget_ns = 1000000000
EOF

cat >"$tmp/rules/sequence.eql" <<'EOF'
sequence by process.pid [process where process.name : "p1.exe"] [file where true]
EOF

bench="bench -r $tmp/rules --rounds 2 --warm-up 0"
run $bench "$tmp/events.ndjson"
expect 'a table' 0 '200 events' '3 rules' 'reader; 2 rounds' 'events/s' \
    'times the time of reading alone' '40 hits, 40 alerts' 'ns/event' 'state bytes' 'Cheap'
run $bench --json "$tmp/b.json" --html "$tmp/b.html" "$tmp/events.ndjson"
expect 'figures and a page' 0 '200 events'
for want in '"events":200,' '"rounds":2,' '"floor_ratio":{"median":' \
    '"by_rules":[{"rules":1,' '"name":"Dear <b>&\"rule\""' '"budget_ns":1,' \
    '"hits":40,"alerts":40,"state_bytes":0}' \
    '"hits":40,"alerts":0,"state_bytes":1360}'; do
    cp "$tmp/b.json" "$tmp/out"
    if grep -qF -- "$want" "$tmp/b.json"; then
        ok "JSON has $want"
    else
        not_ok "JSON lacks $want"
    fi
done
for want in '<svg' '<th>state bytes</th>' '<td>1360</td>' 'Dear &lt;b&gt;&amp;&quot;rule&quot;' '</html>'; do
    cp "$tmp/b.html" "$tmp/out"
    if grep -qF -- "$want" "$tmp/b.html"; then
        ok "HTML has $want"
    else
        not_ok "HTML lacks $want"
    fi
done
if grep -qE '(src|href)=|https?:' "$tmp/b.html"; then
    not_ok 'HTML takes something from elsewhere'
else
    ok 'HTML takes nothing from elsewhere'
fi
run $bench --check "$tmp/events.ndjson"
expect 'a budget is exceeded' 1 'rule "Dear <b>' 'its budget is 1 ns'
run bench -r "$tmp/rules/cheap.toml" --rounds 1 --check "$tmp/events.ndjson"
expect 'a budget is kept' 0 'Cheap'
run bench -e 'any where true' --rounds 1 --check "$tmp/events.ndjson"
expect 'no budget' 0 'no rule has a budget'
run $bench --no-index --no-memo -j 2 "$tmp/events.ndjson"
expect 'everything is looked at' 0 '40 hits, 40 alerts' '2 threads'
run $bench
expect 'no events' 2 'no events: give files'
run $bench -
expect 'standard input' 2 'read but once'
run bench -r "$tmp/rules" --rounds 0 "$tmp/events.ndjson"
expect 'no round' 2 'rounds is 1 to'
run bench "$tmp/events.ndjson"
expect 'no rules' 2 'no rules: give -r'
run $bench "$tmp/none.ndjson"
expect 'no such file' 5 'none.ndjson'
: >"$tmp/empty.ndjson"
run $bench "$tmp/empty.ndjson"
expect 'an empty file' 2 'nothing to measure'
