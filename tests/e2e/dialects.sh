# dialects.sh -- what the same text means in each dialect, run as a user does.
. tests/support/e2e.sh

# Five rules of Endpoint have a comment with another one's beginning in it.
cat >"$tmp/comment.eql" <<'END'
process where event.type == "start" /* CS cpython * and more /* not this */
  and process.pid == 4
END
for dialect in endpoint endgame; do
    run check --dialect $dialect "$tmp/comment.eql"
    expect "comments do not nest in $dialect" 0
done
run check --strict --schema none --dialect endpoint "$tmp/comment.eql"
expect "nor under --strict" 0
run check "$tmp/comment.eql"
expect "in elastic they do" 4 'E101' 'dialect elastic comments nest'

# In endgame an object is a value, and as a condition it is true.
cat >"$tmp/objects.json" <<'END'
{"event_type":"process","id":1,"v":{"a":1}}
{"event_type":"process","id":2,"v":[0]}
{"event_type":"process","id":3,"v":{}}
{"event_type":"process","id":4,"v":[]}
{"event_type":"process","id":5,"v":true}
{"event_type":"process","id":6,"v":false}
{"event_type":"process","id":7,"l":[{"a":1},7],"v":null}
END

# found NAME QUERY IDS [DIALECT]: the ids that the query finds
found() {
    "$eqlvm" run --dialect "${4:-endgame}" --category-field event_type -q \
        -e "$2" "$tmp/objects.json" 2>"$tmp/err" |
        grep -oE '"id":[0-9]+' | grep -oE '[0-9]+' | tr '\n' ' ' >"$tmp/ids"
    printf '%s' "$3" >"$tmp/want"
    same "$1" "$tmp/want" "$tmp/ids"
}
found "an object or a list is true" "process where v" "1 2 5 "
found "and its denial is false" "process where not v" "6 "
found "it equals nothing" "process where v == true" "5 "
found "as an element too" "process where arraySearch(l, x, x)" "7 "
found "in pipes too" "process where true | filter v and v" "1 2 5 "
found "in elastic it is no value" "process where v" "5 " elastic
