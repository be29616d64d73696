# options.sh -- options as people type them: clusters of letters, -r and --json
# for every verb, rules from standard input.
. tests/support/e2e.sh

ps='process where process.name : "cmd.exe"'
ev='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'
printf '%s\n' "$ev" >"$tmp/one.json"
printf '%s\n' "$ps" >"$tmp/good.eql"
printf 'process where process.name = "cmd.exe" and\n' >"$tmp/bad.eql"
printf '# ours\n[rule]\nname = "piped"\nlanguage = "eql"\ntype = "eql"\nquery = """%s"""\n' "$ps" >"$tmp/rule.toml"
printf '{"name":"exported","type":"eql","language":"eql","query":"%s"}\n' \
    'process where process.name : \"cmd.exe\"' >"$tmp/export.ndjson"
"$eqlvm" compile -o "$tmp/rules.eqlc" "$tmp/good.eql" 2>"$tmp/err"

# piped FILE ARGS...: eqlvm with the file as its standard input
piped() {
    from=$1
    shift
    "$eqlvm" "$@" >"$tmp/out" 2>"$tmp/err" <"$from"
    code=$?
}
json() { # NAME CODE: and what came out is JSON
    if ! command -v python3 >/dev/null; then
        skip "$1 (no python3)"
    elif python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$tmp/out" 2>"$tmp/err"; then
        expect "$1" "$2"
    else
        not_ok "$1 (no JSON)"
    fi
}

# letters
run run -qe "$ps" "$tmp/one.json"; expect 'a cluster whose last letter has a value' 0 alert_id
[ -s "$tmp/err" ] && not_ok 'the flag before it counts' || ok 'the flag before it counts'
run run "-qe$ps" "$tmp/one.json"; expect 'a cluster with the value behind it' 0 alert_id
run check -vr "$tmp/good.eql"; expect 'check -vr' 0 '1 rule compiled'
run check -vx "$tmp/good.eql"; expect 'an unknown letter of a cluster' 2 "unknown option '-x' in '-vx'" "Try 'eqlvm check"
run run -stats x; expect 'one dash for two' 2 "unknown option '-stats'; did you mean '--stats'"
run check -vh; expect 'help in a cluster' 0 'Usage: eqlvm check'
run run -qr; expect 'a cluster whose value is missing' 2 'rules wants a value'
run run --help=x; expect 'help takes no value' 2 'unknown option'

# threads
run run -e "$ps" -j 2 "$tmp/one.json"; expect 'run -j N' 0 alert_id
run run -e "$ps" -j2 "$tmp/one.json"; expect 'run -jN' 0 alert_id
run run -e "$ps" -j 65 "$tmp/one.json"; expect 'run -j over the limit' 2 'at most 64'

# -r for every verb that takes rules; operands stay, too
run check -r "$tmp/good.eql" "$tmp/bad.eql"; expect 'check -r and an operand' 4 '1 rule compiled, 1 bad'
run test -r rules; expect 'test -r' 0 '0 failed'
run compile -r "$tmp/good.eql" -o "$tmp/r.eqlc"; expect 'compile -r' 0 '1 rule compiled'
run dump -r "$tmp/good.eql"; expect 'dump -r' 0 LOAD_FIELD
run fields -r "$tmp/good.eql"; expect 'fields -r' 0 'process.name'
run bench -r "$tmp/good.eql" --rounds 1 --warm-up 0 --json - "$tmp/one.json"; expect 'bench -r' 0 '"events'
json 'bench --json - is JSON' 0

# --json
run run --json -e "$ps" "$tmp/one.json"; expect 'run --json' 0 '"alert_id"'
json 'run --json is JSON' 0
run run --json --output ndjson -e "$ps" "$tmp/one.json"; expect 'run --json twice' 0 '"alert_id"'
run run --json --output table -e "$ps" "$tmp/one.json"; expect 'run --json and a table' 2 'give one form'
run test --json rules; json 'test --json is JSON' 0
run test --json rules; expect 'test --json counts' 0 '"failed":0,"bad":0' '"passed":true,"rule":"'
cat >"$tmp/failing.toml" <<'T'
[rule]
name = "failing"
language = "eql"
type = "eql"
query = 'process where true'
[[eqlvm.test]]
name = "says \"no\""
events = ['{"event":{"category":"file"}}']
expect = [{ events = [1] }]
T
run test --json "$tmp/failing.toml"; json 'test --json with a failure is JSON' 1
run test --json "$tmp/failing.toml"; expect 'test --json says why' 1 '"passed":false' '"detail":"[^"]' '"failed":1'
run test --json "$tmp/good.eql"; json 'test --json without tests is JSON' 0
run fields --json -r "$tmp/good.eql"; json 'fields --json is JSON' 0
run functions --json; json 'functions --json is JSON' 0
run check --json "$tmp/good.eql"; json 'check --json is JSON' 0

# rules from standard input
piped "$tmp/good.eql" check -; expect 'check - takes a query' 0 '1 rule compiled'
piped "$tmp/rule.toml" check -; expect 'check - takes TOML' 0 '1 rule compiled'
piped "$tmp/export.ndjson" check -; expect 'check - takes an export' 0 '1 rule compiled'
piped "$tmp/rules.eqlc" check -; expect 'check - takes a compiled file' 0 '1 rule compiled'
sed '/^#/d; s/^\[rule\]$/rule.maturity = "x"/; s/^\([nltq]\)/rule.\1/' "$tmp/rule.toml" >"$tmp/keys.toml"
piped "$tmp/keys.toml" check -; expect 'check - takes TOML that begins with a key' 0 '1 rule compiled'
piped "$tmp/bad.eql" check -; expect 'check - shows the place' 4 '^-:1:[0-9]+: error: E201' '\^'
piped "$tmp/bad.eql" check --stdin-name src/a.eql -; expect 'check --stdin-name' 4 '^src/a.eql:1:[0-9]+: error: E201'
piped "$tmp/good.eql" check --stdin-name a.toml -; expect 'the suffix of --stdin-name decides' 4 '^a.toml:1:[0-9]+: error: E601'
piped "$tmp/bad.eql" check --json --stdin-name a.eql -; expect 'check --json -' 4 '"file":"a.eql","line":1'
piped /dev/null check -; expect 'check - of nothing' 4 '^-:1:'
piped "$tmp/rule.toml" run -r - "$tmp/one.json"; expect 'run -r -' 0 '"piped"'
piped "$tmp/rule.toml" compile -o "$tmp/p.eqlc" -; expect 'compile -' 0 '1 rule compiled'
piped "$tmp/good.eql" dump -p tokens -; expect 'dump -' 0 where
piped "$tmp/good.eql" fields -r -; expect 'fields -r -' 0 'process.name'
piped "$tmp/good.eql" run -r - -; expect 'rules and events from one input' 2 'read but once'
piped "$tmp/good.eql" check - -; expect 'standard input twice' 2 'read but once'
piped "$tmp/rule.toml" test -; expect 'test -' 2 'in files'
