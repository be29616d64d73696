# types.sh -- what a schema's types make of comparisons, array functions, pipes.
. tests/support/e2e.sh

# --- versions ---
i=0
for v in 1.11.3 1.5.0 1.5.0-rc1 bad 1.4.9.9 1.5 '' 2; do
    i=$((i + 1))
    printf '{"@timestamp":%d000,"id":%d,"event":{"category":"file"},"k":1,"app":{"version":"%s","old":"1.5.0"}}\n' $i $i "$v"
done >"$tmp/events.json"
printf '{"@timestamp":9000,"id":9,"event":{"category":"file"},"k":1,"app":{"version":1.4,"old":["1.9","0"]}}\n' >>"$tmp/events.json"
cat >"$tmp/mapping.json" <<'END'
{"mappings":{"properties":{"app":{"properties":{"version":{"type":"version"},
  "old":{"type":"keyword"}}}}}}
END

# found NAME QUERY IDS: the ids that the query finds, with and without index and
# memory, and from a compiled file
found() {
    printf '%s' "$3" >"$tmp/want"
    printf '%s\n' "$2" >"$tmp/rule.eql"
    for how in "" --no-index "--no-memo -j3"; do
        "$eqlvm" run -q $how --schema "$tmp/mapping.json" -r "$tmp/rule.eql" \
            "$tmp/events.json" 2>"$tmp/err" | grep -oE '"id":[0-9]+' |
            grep -oE '[0-9]+' | tr '\n' ' ' >"$tmp/ids"
        same "$1 $how" "$tmp/want" "$tmp/ids"
    done
    "$eqlvm" compile --schema "$tmp/mapping.json" -o "$tmp/rule.eqlc" \
        "$tmp/rule.eql" >/dev/null 2>&1
    "$eqlvm" run -q -r "$tmp/rule.eqlc" "$tmp/events.json" 2>"$tmp/err" |
        grep -oE '"id":[0-9]+' | grep -oE '[0-9]+' | tr '\n' ' ' >"$tmp/ids"
    same "$1, compiled" "$tmp/want" "$tmp/ids"
}
found "before" 'file where app.version < "1.5.0"' "3 5 6 9 "
found "at most" 'file where "1.5.0" >= app.version' "2 3 5 6 9 "
found "after" 'file where app.version > "1.5.0"' "1 4 7 8 "
found "denied" 'file where not app.version >= "1.5.0"' "3 5 6 9 "
found "equal is the text" 'file where app.version in ("1.5.0", "1.5")' "2 6 "
found "a number is its text" 'file where app.version < 2' "1 2 3 5 6 9 "
found "another field" 'file where app.version < app.old' "3 5 6 9 "
found "in value position" 'file where (app.version < "1.5.0") == (app.version <= "1.5")' "1 2 4 5 6 7 8 9 "
found "in a sequence" 'sequence by k with maxspan=1m
  [file where app.version == "1.5.0"] as first
  [file where app.version > first.app.version]' "2 4 "
found "in order" 'file where app.version != "" | sort app.version' "9 5 6 3 2 1 8 4 "

# --- arrays, by a schema that tells which fields are some ---
cat >"$tmp/schema.json" <<'END'
{"categories":{"process":{"args":["keyword"],"name":"keyword","pid":"long",
  "user":{"name":"keyword"},"odd":"mixed","box":{}}}}
END
set -- --schema "$tmp/schema.json" --dialect endgame
for field in name pid user user.name box; do
    for query in "arraySearch($field, x, true)" "arrayContains($field, 1, \"a\", null)" \
        "arrayCount($field, x, true) == 1"; do
        run check "$@" -e "process where $query"
        expect "endgame: $query" 4 'E302.*(array.*none in the schema|cannot be compared)'
    done
done
for field in args odd unknown; do
    run check "$@" -e "process where arraySearch($field, x, true)"
    expect "endgame: arraySearch($field, ...)" 0
done
run check --schema "$tmp/schema.json" -e 'process where arraySearch(name, $x, true)'
expect "elastic: a value is an array of one" 0
run check --dialect endgame --schema "$tmp/mapping.json" \
    -e 'file where arraySearch(app.old, x, true)'
expect "an index mapping does not tell arrays" 0

# --- pipes ---
for value in 100 '"a"' true null -1 '1 + 2' 'length("x")' '"a" == "b"' 'concat("a")'; do
    for pipe in count unique sort unique_count "sort pid,"; do
        run check --dialect endgame -e "process where true | $pipe $value"
        expect "| $pipe $value" 4 'E310.*the same for all events'
    done
done
run check --dialect endgame -e 'process where true | filter true | sort length(name), events[7].a'
expect "what names an event is no constant" 0

# --- what Sigma's converter writes ---
run check -e 'any where "New-ExchangeCertificate" and " -GenerateRequest"'
expect "a bare string" 4 'E301' 'message : "\*New-ExchangeCertificate\*"'
run check -e 'any where x : "C:\\\*\\IPC$"'
expect "an escaped wildcard" 4 'E102' 'wildcards have no escape'
run check -e 'any where x regex~ "https:\/\/x"'
expect "an escaped slash" 4 'E102' 'needs no backslash'
run check -e 'any where destination.port like~ (80, 443)'
expect "numbers as patterns" 4 'E302' 'compared with .*"in"'
run check -e 'any where source.ip : "-"'
expect "no address" 4 'E302.*no address and no block' '== null'
