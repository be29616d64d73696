# multi_fields.sh -- rules that name a second form of a field, as mappings and
# Sigma's converter have them: .caseless, .text, .keyword.
. tests/support/e2e.sh

cat >"$tmp/events.json" <<'END'
{"id":1,"event":{"category":"process"},"@timestamp":1000,"process":{"executable":"C:\\Windows\\CMD.exe","parent":{"executable":"c:\\windows\\cmd.EXE"},"args":["A","b"],"command_line":"Run X"},"winlog":{"event_data":{"Foo":"Bar"}},"log":{"text":"hi","caseless":"Yo"},"app":{"version":"7"}}
{"id":2,"event":{"category":"process"},"@timestamp":2000,"process":{"executable":"C:\\other.exe"}}
END

# found NAME QUERY IDS [OPTION...]: the ids that the query finds
found() {
    name=$1 query=$2 ids=$3
    shift 3
    "$eqlvm" run "$@" -q -e "$query" "$tmp/events.json" 2>"$tmp/err" |
        grep -oE '"id":[0-9]+' | grep -oE '[0-9]+' | tr '\n' ' ' >"$tmp/ids"
    printf '%s' "$ids" >"$tmp/want"
    same "$name" "$tmp/want" "$tmp/ids"
}

cmd='"c:\\windows\\cmd.exe"'
for schema in ecs none; do
    for query in "process.executable.caseless == $cmd" \
        "process.executable.caseless in ($cmd)" \
        "$cmd in (process.executable.caseless)" \
        'process.executable.caseless : "*\\cmd.exe"' \
        'process.executable.caseless like ("*\\x", "*\\cmd.exe")' \
        'process.executable.caseless regex ".*cmd.exe"' \
        'match(process.executable.caseless, ".*cmd.exe")' \
        'endsWith(process.executable.caseless, "cmd.exe")' \
        'process.executable.caseless == process.parent.executable' \
        'process.executable in (process.parent.executable.caseless)' \
        'arrayContains(process.args.caseless, "a")' \
        'arraySearch(process.args.caseless, $x, $x == "a")' \
        'process.args.keyword[1] == "b"' \
        'winlog.event_data.Foo.keyword == "Bar"' \
        'winlog.event_data.Foo.caseless == "bar"' \
        'process.command_line.text : "run x"' \
        'log.text == "hi"' \
        'log.`caseless` == "Yo"'; do
        found "$schema: $query" "process where $query" "1 " --schema $schema
    done
    found "$schema: denied" "process where process.executable.caseless != $cmd" \
        "2 " --schema $schema
done

cat >"$tmp/mapping.json" <<'END'
{"mappings":{"properties":{"winlog":{"properties":{"event_data":{"properties":{
  "Foo":{"type":"keyword","fields":{"lc":{"type":"keyword","normalizer":"lowercase"},
                                    "raw":{"type":"keyword"}}}}}}},
  "log":{"properties":{"text":{"type":"keyword"},"caseless":{"type":"keyword"}}},
  "app":{"properties":{"version":{"type":"keyword","fields":{"num":{"type":"long"}}}}}}}}
END
set -- --schema "$tmp/mapping.json"
found "a normalizer ignores case" \
    'process where winlog.event_data.Foo.lc == "bar"' "1 " "$@"
found "a form without one does not" \
    'process where winlog.event_data.Foo.raw == "bar"' "" "$@"
found "a form has a type of its own" 'process where app.version.num < 10' "1 " "$@"
found "a field of that name is that field" \
    'process where log.caseless == "Yo"' "1 " "$@"
run check -e 'process where app.version.num == "x"' "$@"
expect "and is checked by it" 4 'E302.*a number'

run fields -e 'process where process.executable.caseless == "x"'
expect "fields names the field" 0 'process\.executable$'
grep -q caseless "$tmp/out" && not_ok "and not its form" || ok "and not its form"
run check -e 'sequence by process.name.caseless with maxspan=1m
  [process where true] [file where true]'
expect "a key is joined as it is spelled" 0 'W409.*keys compare'

# On captures such rules fire as with the field itself.
data=$shared/data/ecs
if [ ! -d "$data" ]; then
    skip "captures (no $data)"
    exit 0
fi
alerts() { "$eqlvm" run -q --brief -e "$1" "$data" 2>/dev/null | sed 's/"rule":.*//'; }
alerts 'process where process.executable : "*\\powershell.exe" and process.parent.executable like~ ("*\\svchost.exe", "*\\cmd.exe", "*\\explorer.exe")' >"$tmp/plain"
alerts 'process where process.executable.caseless : "*\\powershell.exe" and process.parent.executable.caseless like ("*\\svchost.exe", "*\\cmd.exe", "*\\explorer.exe")' >"$tmp/forms"
[ -s "$tmp/plain" ] && ok "captures have such events" || not_ok "captures have such events"
same "captures: caseless finds what : finds" "$tmp/plain" "$tmp/forms"
