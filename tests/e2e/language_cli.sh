#!/bin/sh
# language_cli.sh -- the options that choose the language, and the verbs that
# tell about it.
. tests/support/e2e.sh

ev() { printf '%s\n' "$@" >"$tmp/events.ndjson"; }
rows() { # rows NAME LINES...: the lines of the alerts, in order
    name=$1
    shift
    sed -n 's/.*"line":\([0-9]*\).*/\1/p' "$tmp/out" | tr '\n' ' ' >"$tmp/lines"
    printf '%s ' "$@" >"$tmp/want"
    [ $# -eq 0 ] && : >"$tmp/want"
    same "$name" "$tmp/want" "$tmp/lines"
}

# --- dialects ---
ev '{"event_type":"process","timestamp":116444736000000000,"name":"CMD.exe"}' \
   '{"event_type":"process","timestamp":116444736010000000}'
run run --quiet --dialect endgame -e 'process where name == "cmd.exe"' "$tmp/events.ndjson"
rows 'endgame compares without case' 1
run run --quiet --dialect endgame --set string_case=sensitive \
    -e 'process where name == "cmd.exe"' "$tmp/events.ndjson"
rows 'one flag is set' 
run run --quiet --dialect endgame -e 'process where name != "x"' "$tmp/events.ndjson"
rows 'endgame has null logic' 1
run run --quiet --category-field event_type --timestamp-field timestamp \
    --set timestamp_unit=filetime -e 'process where name != "x"' "$tmp/events.ndjson"
rows 'elastic counts a missing field as different' 1 2
run check --dialect endgam -e 'any where true'
expect 'an unknown dialect is usage' 2 'unknown dialect .endgam.'
run check --set null_logc=kleene -e 'any where true'
expect 'an unknown flag is usage' 2 'did you mean "null_logic"'
run check --set null_logic=maybe -e 'any where true'
expect 'an unknown value is usage' 2 'collapse' 'kleene'
run check --strict -e 'process where a == 1 | count a'
expect 'strict refuses what Elasticsearch refuses' 4 'E314'
run check -e 'process where a == 1 | count a'
expect 'and without it all dialects are taken' 0 '1 rule compiled'

run check -e 'process where a == 1 | count a'
expect 'without a word' 0 ' 0 warnings'
run check --dialect elastic -e 'process where a == 1 | count a'
expect 'unless a dialect is chosen' 0 'W407'

# --- schemas ---
printf 'pid\tlong\n' >"$tmp/types.tsv"
ev '{"event":{"category":"process"},"pid":"443"}'
run run --quiet --schema "$tmp/types.tsv" -e 'process where pid >= 1024' "$tmp/events.ndjson"
rows 'a number by the schema' 
run run --quiet --schema none -e 'process where pid >= 1024' "$tmp/events.ndjson"
rows 'a text without one' 1
run check --schema "$tmp/types.tsv" --strict -e 'process where pidd == 1'
expect 'strict with a schema knows its fields' 4 'did you mean "pid"'
cat >"$tmp/mapping.json" <<'END'
{"logs-1":{"mappings":{"properties":{"process":{"properties":{
  "name":{"type":"keyword"},"uptime":{"type":"long_range"}}}}}}}
END
run check --schema "$tmp/mapping.json" --strict -e 'any where process.nam == "x"'
expect 'strict knows the fields of an index mapping' 4 'did you mean "process.name"'
run check --schema "$tmp/nothing" -e 'any where true'
expect 'a schema that is not there is usage' 2 'nothing'
run check -e 'process where process.pid == "abc"'
expect 'a literal that is no number' 4 'E302' 'process.pid'

# --- definitions ---
printf 'macro SHELL(p) p : ("sh", "bash")\nconst ROOT == 0\n' >"$tmp/defs.eql"
ev '{"event":{"category":"process"},"name":"BASH","uid":0}'
run run --quiet --definitions "$tmp/defs.eql" \
    -e 'process where SHELL(name) and uid == ROOT' "$tmp/events.ndjson"
rows 'macros from a file' 1
run check --definitions "$tmp/none.eql" -e 'any where true'
expect 'a file of definitions that is not there' 5 'none.eql'

# --- what check says ---
run check --json -e 'process where lenght(a) == 1'
expect 'check --json' 4 '"code":"E302"' '"line":1,"column":15,"offset":14,"length":6' 'did you mean'
run check -e 'process where process.name == "cmd.exe"'
expect 'a warning' 0 'W409'
run check -e 'process where process.name == "cmd.exe" // eqlvm: allow W409'
expect 'is kept quiet by the rule' 0 '0 warnings'
run check -e 'sequence [a where b ==] [c where d ==]'
expect 'several errors in one run' 4 ':1:23: error' ':1:38: error'

# --- functions and fields ---
run functions
expect 'functions' 0 'between\(string, left, right' 'cidrMatch'
run functions --json indexof
expect 'one function as JSON' 0 '"name":"indexOf"' '"max_args":3'
run functions betwen
expect 'no such function' 2 'did you mean .between.'
ev '{"event":{"category":"process"},"a":{"b":1}}' '{"event":{"category":"process"}}'
run fields -e 'process where a.b == 1 and _arraysearch(c, $v, $v.d == a.e)' "$tmp/events.ndjson"
expect 'fields' 0 '1 +1 +a\.b$' '1 +0 +a\.e$' '1 +0 +c\[\]\.d$' '3 of 5 fields'
run fields --missing --json -e 'process where a.b == 1 and x == 2' "$tmp/events.ndjson"
expect 'fields that no event had' 0 '"path":"x"'

# --- ids, missing stages, rows ---
ev '{"event":{"category":"a"},"@timestamp":1000,"id":"x1"}' \
   '{"event":{"category":"b"},"@timestamp":2000,"id":"x2"}' \
   '{"event":{"category":"c"},"@timestamp":3000,"id":"x3"}'
run run --quiet --brief --id-field id \
    -e 'sequence with maxspan=1m [a where true] as first ![d where true] [b where id != first.id] [c where true]' \
    "$tmp/events.ndjson"
expect 'a missing stage and an alias' 0 '"as":"first"' '"stage":2,"as":null,"missing":true' '"event_id":"x3"'
run run --quiet --brief --output csv -e 'any where true | count event.category' "$tmp/events.ndjson"
expect 'rows as CSV' 0 ',a,1,0\.3333333333333333,,'
run run --quiet --brief -e 'any where true | tail 1' "$tmp/events.ndjson"
rows 'tail' 3
