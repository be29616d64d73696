# oom.sh -- commands survive any allocation that is refused (tests/oom/oom.c).
#
# A share of the allocations, the same each time; EQL_OOM_RUNS=0 tries them all
# (make test-oom).  Only the last commands have regular expressions: RE2 is not safe
# where all memory is refused from some point on, and lives on memory that is freed
# for it then (base/regex_re2.cc), so that for them the heap is full, not gone.
. tests/support/e2e.sh

build=${EQL_BUILD:-build/release}
case $build in
*asan | *tsan)
    skip "the sanitizers have allocators of their own"
    exit 0
    ;;
esac
runs=${EQL_OOM_RUNS:-40}
after=+
refuse=$build/tests/refuse.so

# survives NAME ARGS...
survives() {
    name=$1
    shift
    first=1 step=1
    if [ "$runs" -gt 0 ]; then
        EQL_REFUSE_COUNT=$tmp/count LD_PRELOAD=$refuse "$eqlvm" "$@" >/dev/null 2>&1 </dev/null
        step=$(($(cat "$tmp/count") / runs + 1))
        first=$((step / 2 + 1))
    fi
    "$build/tests/oom" "$refuse" $after $first $step "$eqlvm" "$@" >"$tmp/out" 2>"$tmp/err"
    code=$?
    expect "$name: $(tail -n 1 "$tmp/out")" 0
}

cat >"$tmp/rules.toml" <<'E'
[rule]
name = "Sequence"
rule_id = "s"
severity = "high"
type = "eql"
language = "eql"
query = '''
sequence by host.id with maxspan=10s
  [process where process.name : ("cmd.exe", "a*b", "*c*d*") or stringContains(process.args, "x")] as e0
  [process where process.parent.name == e0.process.name]
  ![network where destination.port == 443]
until [process where process.name == "stop.exe"]
| sort process.pid | head 50
'''
[[eqlvm.exception]]
name = "here"
stage = 1
when = 'cidrMatch(source.ip, "10.0.0.0/8")'
[[eqlvm.severity]]
level = "low"
stage = 1
when = 'process.name : "cmd.exe"'
[[eqlvm.test]]
name = "one"
events = [
'{"@timestamp":"2020-01-01T00:00:00Z","host":{"id":"h"},"event":{"category":"process"},"process":{"name":"cmd.exe","pid":1}}',
'{"@timestamp":"2020-01-01T00:00:01Z","host":{"id":"h"},"event":{"category":"process"},"process":{"name":"x","parent":{"name":"cmd.exe"},"pid":1}}']
expect = [{ events = [1, 2] }]
E
cat >"$tmp/kibana.ndjson" <<'E'
{"name":"Exported","rule_id":"x","type":"eql","language":"eql","severity":"low","query":"process where process.name like \"c*\" and length(process.args) > 0 | count process.name"}
{"name":"Sample","rule_id":"y","type":"eql","severity":"low","query":"sample by host.id [process where process.pid == 3] [process where process.pid == 4]"}
E
printf 'macro IS_CMD(x) x : "cmd.exe"\n' >"$tmp/definitions.eql"
printf '{"mappings":{"properties":{"process":{"properties":{"pid":{"type":"long"},"name":{"type":"keyword"}}}}}}\n' \
    >"$tmp/schema.json"
awk 'BEGIN { for (i = 0; i < 600; i++)
    printf "{\"@timestamp\":%d,\"host\":{\"id\":\"h%d\"},\"event\":{\"category\":[\"process\"]},\"process\":{\"name\":\"%s\",\"parent\":{\"name\":\"cmd.exe\"},\"pid\":%d,\"args\":[\"a\",\"x%d\"]}}\n",
        1577836800000 + i * 500, i % 7, i % 3 ? "cmd.exe" : "x\\u0041\\\"" i, i % 11, i }' >"$tmp/events.json"
gzip -k "$tmp/events.json"
"$eqlvm" compile -o "$tmp/rules.eqlc" "$tmp/rules.toml" "$tmp/kibana.ndjson" 2>/dev/null

survives check check "$tmp/rules.toml" "$tmp/kibana.ndjson"
survives 'check with a schema' check --schema "$tmp/schema.json" --definitions "$tmp/definitions.eql" \
    "$tmp/rules.toml"
survives 'check of a bad rule' check -e 'process where cidrMach(source.ip, "10.0.0.0/8") and a = 1'
survives compile compile -o "$tmp/again.eqlc" "$tmp/rules.toml"
survives 'compile from an image' compile -o "$tmp/again.eqlc" "$tmp/rules.eqlc" rules
survives dump dump "$tmp/rules.toml"
survives 'test' test "$tmp/rules.toml"
survives 'run, one thread' run --threads 1 -r "$tmp/rules.eqlc" "$tmp/events.json"
survives 'run, three threads' run --threads 3 -r "$tmp/rules.toml" -r "$tmp/kibana.ndjson" "$tmp/events.json"
survives 'run, compressed' run -r "$tmp/rules.eqlc" --output table "$tmp/events.json.gz"
survives 'run, spilling' run -r "$tmp/rules.eqlc" --sort-memory 4K --max-state-bytes 64K --output csv \
    "$tmp/events.json"
survives 'run, as ECS documents' run -r "$tmp/rules.eqlc" --output ecs "$tmp/events.json"
survives 'run, Windows records' run -r rules demo/winrm-intrusion.json
survives 'fields' fields -r "$tmp/rules.eqlc" --missing "$tmp/events.json"

after==
cat >"$tmp/regex.toml" <<'E'
[rule]
name = "Regular expressions"
rule_id = "r"
severity = "high"
type = "eql"
language = "eql"
query = '''
process where process.name regex~ ("cm[a-d]\\.(exe|com|bat)", "(foo|bar)+x{2,40}[^a-z]*") and
  process.parent.name regex "(cmd|command|cm[^x])\\.exe" or match(process.args, "(abc|abd|ae){3}|[a-z]{2}.*")
'''
E
survives 'check of regular expressions' check "$tmp/regex.toml"
survives 'run of regular expressions' run --threads 3 -r "$tmp/regex.toml" "$tmp/events.json"
