# degraded.sh -- every counter that means loss or doubling is made, and the run
# ends with 3.  docs/statistics.md says which those are.
. tests/support/e2e.sh

# events N FORMAT: N events a second apart; FORMAT is what stands behind their
# time, with %d for their number (from 0), thrice at most
events() {
    awk -v n="$1" -v f="$2" 'BEGIN { for (i = 0; i < n; i++) {
        printf "{\"@timestamp\":\"2026-01-01T%02d:%02d:%02dZ\",", i / 3600, i / 60 % 60, i % 60
        printf f "}\n", i, i, i } }' >"$tmp/events"
}
p='"event":{"category":"process","type":"start"}'
: >"$tmp/made"

# makes MEMBER CODE ARGS...: over $tmp/events
makes() {
    member=$1 want=$2
    shift 2
    run run --stats "$tmp/stats" -o "$tmp/alerts" "$@"
    echo "$member" >>"$tmp/made"
    if [ "$code" -ne "$want" ]; then not_ok "$member (exit $code, want $want)"
    elif ! grep -qE "\"$member\":[1-9]" "$tmp/stats"; then
        head -c 2000 "$tmp/stats" >"$tmp/err"
        not_ok "$member is counted"
    elif ! grep -q '"degraded":true' "$tmp/stats"; then not_ok "$member: degraded in --stats"
    else ok "$member"; fi
}

any='any where true'
ab='[any where s == "a"] [any where s == "b"]'
printf '{}\n' >"$tmp/one"
run run -e "$any" --stats "$tmp/stats" "$tmp/one"
code=0; cp "$tmp/stats" "$tmp/out"; expect 'nothing is lost: not degraded' 0 '"degraded":false'

# What is no event.
printf '{"a":\n' >"$tmp/events"; makes syntax 3 -e "$any" "$tmp/events"
printf '[1]\n{}\n' >"$tmp/events"; makes not_object 3 -e "$any" "$tmp/events"
printf '{"a":"bcdefgh"}\n' >"$tmp/events"; makes too_long 3 -e "$any" --max-line-bytes 10 "$tmp/events"
printf '{"a":{"b":{}}}\n' >"$tmp/events"; makes too_deep 3 -e "$any" --max-event-depth 2 "$tmp/events"
printf '{"a":1e999}\n' >"$tmp/events"; makes number 3 -e "$any" "$tmp/events"
printf '{"a\\u0000":1}\n' >"$tmp/events"; makes nul_key 3 -e "$any" "$tmp/events"
printf '{"a":1' >"$tmp/events"; makes truncated 3 -e "$any" "$tmp/events"
printf '{"a":1}\n' >"$tmp/events"; makes not_winevent 3 -e "$any" --input winevent "$tmp/events"
printf '{"eventVersion":"1.08","eventSource":"s3","eventName":"GetObject","awsRegion":"x"}\n' >"$tmp/events"
makes layout 3 -e "$any" "$tmp/events"
printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"code":"1"},"winlog":{"channel":"c","event_data":{"Image":"x"}}}\n' >"$tmp/events"
makes layouts_taken 3 -e "$any" "$tmp/events"
mkdir "$tmp/folder"; printf '{}\n' >"$tmp/folder/events"; ln -s nowhere "$tmp/folder/link"
makes passed_over 3 -e "$any" "$tmp/folder"
printf 'ElfFile\000' >"$tmp/events"; makes foreign 3 -e "$any" "$tmp/events"
printf '{}\n' | gzip | head -c 15 >"$tmp/events"; makes compressed 3 -e "$any" "$tmp/events"
makes files_failed 5 -e "$any" "$tmp/nowhere"

# Times.
printf '{"s":"a"}\n{"s":"b"}\n' >"$tmp/events"; makes untimed_skipped 3 -e "sequence $ab" "$tmp/events"
{
    printf '{"@timestamp":"2026-01-01T01:00:00Z","s":"a"}\n'
    printf '{"@timestamp":"2026-01-01T02:00:00Z","s":"a"}\n'
    printf '{"@timestamp":"2026-01-01T00:00:00Z","s":"b"}\n'
} >"$tmp/events"
makes late 3 --set late_events=reorder=5s -e "sequence $ab" "$tmp/events"
makes late_keys 3 --set late_events=drop -e "sequence $ab" "$tmp/events"
events 2000 '"s":"a","k":%d'
makes late_evicted 3 --set late_events=drop --max-state-bytes 40000 -e "sequence by k $ab" "$tmp/events"

# State.
makes evicted 3 --max-state-bytes 40000 -e "sequence by k $ab" "$tmp/events"
makes leads_evicted 3 --max-state-bytes 20000 -e "sequence by k with maxspan=1d ![any where s == \"a\"] [any where s == \"b\"]" "$tmp/events"
makes piped_lost 3 --max-state-bytes 20000 -e "$any | sort k" "$tmp/events"
# Half a budget holds the groups, all of it not the rows besides.
for bytes in 440000 460000 480000 500000 520000 540000 560000 580000 600000; do
    run run --stats "$tmp/stats" -o "$tmp/alerts" --max-state-bytes $bytes -e "$any | count k | sort count" "$tmp/events"
    grep -q '"piped_lost":0,.*"rows_lost":[1-9]' "$tmp/stats" && break
done
makes rows_lost 3 --max-state-bytes $bytes -e "$any | count k | sort count" "$tmp/events"
grep -q '"completed":0.*"event_matches":2000.*"piped":2000,"piped_lost":0' "$tmp/stats" &&
    ok 'rows that are lost are no results that are' || not_ok 'rows that are lost are no results that are'
cat >"$tmp/cool.toml" <<'TOML'
[rule]
name = "cool"
rule_id = "cool"
type = "eql"
language = "eql"
severity = "low"
risk_score = 1
query = '''sequence by k [any where s == "a"]'''
[eqlvm]
cooldown = "1d"
TOML
makes cooldown_evicted 3 --max-state-bytes 30000 -r "$tmp/cool.toml" "$tmp/events"
events 2000 "$p,"'"process":{"entity_id":"p%d","parent":{"entity_id":"p"}}'
makes lineage_evicted 3 --max-state-bytes 20000 -e 'process where descendant of [process where true]' "$tmp/events"

# Bounds of the language.
events 70 '"s":"a","v":%d'
makes pending_evicted 3 -e 'sequence with maxspan=1d [any where s == "a"] as x [any where s == "b" and v == x.v]' "$tmp/events"
big() { awk -v n="$1" -v v="${2-}" 'BEGIN { for (i = 0; i < n; i++) printf "%s%s", i ? "," : "", v == "" ? i : v }'; }
{ printf '{"v":["'; head -c 5000000 /dev/zero | tr '\000' x; printf '"]}\n'; } >"$tmp/events"
makes captured_capped 3 -e "$any | sort v" "$tmp/events"
events 11 '"h":1,"s":"a"'
a='[any where s == "a"]'
makes samples_capped 3 -e "sample by h $a $a $a $a $a $a $a $a $a $a $a $a" "$tmp/events"
{ printf '{"a":['; big 300; printf '],"b":['; big 300; printf ']}\n'; } >"$tmp/events"
makes combinations_capped 3 -e 'any where a == b + 1000' "$tmp/events"
{ printf '{"@timestamp":"2026-01-01T00:00:00Z","s":"a","k":['; big 40; printf '],"l":['; big 40; printf ']}\n'; } >"$tmp/events"
makes key_tuples_capped 3 -e "sequence by k, l $ab" "$tmp/events"
{ printf '{"a":['; big 20000 '{"f0":1}'; printf ']}\n'; } >"$tmp/events"
many=$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "%s$x.f%d == %d", i ? " and " : "", i, i }')
makes fields_capped 3 -e "any where arraySearch(a, \$x, $many)" "$tmp/events"

# All of them?
awk -F'|' '/^\| `/ && ($4 ~ /missing|extra/ || NF == 4) { gsub(/[ `]/, "", $2); print $2 }' docs/statistics.md | sort >"$tmp/want"
sort "$tmp/made" >"$tmp/have"
same 'these are all that docs/statistics.md names' "$tmp/want" "$tmp/have"
