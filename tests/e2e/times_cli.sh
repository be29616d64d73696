# times_cli.sh -- times that are numbers, dates that are odd, --since and --until.
. tests/support/e2e.sh

seq='sequence with maxspan=5s [process where process.name == "a"] [process where process.name == "b"]'
# pair FILE FIRST SECOND: an `a` and a `b` at these times
pair() {
    printf '{"@timestamp":%s,"event":{"category":"process"},"process":{"name":"a"}}\n' "$2" >"$1"
    printf '{"@timestamp":%s,"event":{"category":"process"},"process":{"name":"b"}}\n' "$3" >>"$1"
}
# stat NAME MEMBER VALUE: in the statistics of the last run
stat() {
    if grep -qE "\"$2\": ?$3[,}]" "$tmp/stats"; then ok "$1"; else
        grep -oE "\"$2\": ?[0-9]+" "$tmp/stats" >"$tmp/err"
        not_ok "$1"
    fi
}

# Forty minutes are not five seconds, in whatever unit.
units='seconds 1600000000 1600002400
fractions 1600000000.25 1600002400.5
digits "1600000000" "1600002400"
milliseconds 1600000000000 1600002400000
microseconds 1600000000000000 1600002400000000
nanoseconds 1600000000000000000 1600002400000000000
FILETIME 132444736000000000 132444760000000000'
echo "$units" | while read -r unit first second; do
    pair "$tmp/far" "$first" "$second"
    run run -e "$seq" "$tmp/far"
    expect "$unit: 40 minutes are no match of 5 s" 0 '^0 alerts'
    pair "$tmp/near" "$first" "$first"
    run run -e "$seq" "$tmp/near"
    expect "$unit: the same time is one, dated 2020" 0 '^1 alert' '"span_ms":0,.*"@timestamp":"2020-09-13T12:26:40'
    kind=$unit
    case $unit in fractions | digits) kind=seconds ;; esac
    expect "$unit: the choice is told with the file's name" 0 "times in .*near.* numbers.* $kind"
done
pair "$tmp/far" 1600000000 1600002400
run run -e "$seq" --set timestamp_unit=ms "$tmp/far"
expect 'a unit that is named wins' 0 '^1 alert' '"@timestamp":"1970-01-19'
if grep -q 'are numbers' "$tmp/err"; then not_ok 'and is not told'; else ok 'and is not told'; fi
run run -e "$seq" --set timestamp_unit=ms "$tmp/far"
expect 'what it makes of them is odd' 0 '2 events are dated before 1990 or beyond tomorrow, the first in .*far:1 \(1970-01-19T'
run run -q -e "$seq" "$tmp/far"
[ -s "$tmp/err" ] && not_ok 'quiet' || ok 'quiet'

# One pipe, standard input; every thread alike; raw records.
"$eqlvm" run -e "$seq" - <"$tmp/far" >"$tmp/out" 2>"$tmp/err"; code=$?
expect 'standard input' 0 '^0 alerts' 'times in - are numbers'

# A rule's own time field, and the range.
sed 's/@timestamp/t/; s/^{/{"@timestamp":"2026-01-01T00:00:00Z",/' "$tmp/far" >"$tmp/own"
run run --set timestamp_unit=auto -e "$seq" "$tmp/own"; expect 'the text counts' 0 '^1 alert'
cat >"$tmp/own.toml" <<'TOML'
[rule]
name = "own"
rule_id = "own"
type = "eql"
language = "eql"
severity = "low"
risk_score = 1
timestamp_field = "t"
query = '''sequence with maxspan=5s [process where process.name == "a"] [process where process.name == "b"]'''
TOML
run run -r "$tmp/own.toml" "$tmp/own"; expect "a rule's own time field" 0 '^0 alerts' "2 time\(s\) in a rule's own timestamp_field are numbers"
run run -e 'process where true' --since 2020-09-13T13:00:00Z "$tmp/far"; expect '--since reads them alike' 0 '^1 alert'
run run -e 'process where true' --until 2020-09-13T13:00:00Z "$tmp/far"; expect '--until too' 0 '^1 alert'

# Three files are named, more are counted.
for i in 1 2 3 4; do cp "$tmp/far" "$tmp/n$i"; done
run run -e "$seq" "$tmp/n1" "$tmp/n2" "$tmp/n3"
expect 'three files are named' 0 'times in .*n1, .*n2, .*n3 are numbers'
run run -e "$seq" "$tmp/n1" "$tmp/n2" "$tmp/n3" "$tmp/n4"
expect 'the fourth is counted' 0 'n3 and 1 more file\(s\) are numbers'

# A mixture within a file.
{ cat "$tmp/far"; pair "$tmp/x" 1600000000000 1600002400000; head -n 1 "$tmp/x"; } >"$tmp/mixed"
run run -e "$seq" --stats "$tmp/stats" "$tmp/mixed"
expect 'a mixture is told' 0 'mixed:? .*seconds \(2\).*milliseconds \(1\)'
stat 'numbers are counted' numeric_times 3
stat 'a mixture is counted' mixed_units 1
stat 'no date is odd' odd_dates 0
for i in 1 2 3 4; do cp "$tmp/mixed" "$tmp/n$i"; done
run run -e "$seq" "$tmp/n1" "$tmp/n2" "$tmp/n3" "$tmp/n4"
expect 'of mixtures, too' 0 'n3: units of time are mixed' '^eqlvm: 1 more file\(s\) with units of time that are mixed'
run run -e "$seq" --stats "$tmp/stats" "$tmp/far" "$tmp/x"
stat 'two files are no mixture' mixed_units 0

# Odd dates, at both ends.
odd() { # NAME TIME COUNT
    pair "$tmp/odd" '"2020-01-01T00:00:00Z"' "$2"
    run run -e "$seq" --stats "$tmp/stats" "$tmp/odd"
    stat "$1" odd_dates "$3"
}
odd 'the end of 1989' '"1989-12-31T23:59:59.999Z"' 1
expect 'with the place' 0 '1 event is dated before 1990 .*odd:2 \(1989-12-31T23:59:59.999Z\)'
odd 'the start of 1990' '"1990-01-01T00:00:00Z"' 0
odd 'in two days' "\"$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)\"" 1
odd 'in an hour' "\"$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)\"" 0
odd 'no time at all' null 0
printf '{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceModuleType":"im_msvistalog","UtcTime":"1985-01-01 00:00:00.000","EventTime":"1985-01-01 00:00:00","Hostname":"h"}\n' >"$tmp/odd"
run run -e 'any where true' --stats "$tmp/stats" "$tmp/odd"
stat 'a Windows record' odd_dates 1

# The first place, whatever the threads and blocks.
i=0
while [ $i -lt 9000 ]; do
    [ $i -eq 7000 ] && t=1234 || t=1600000000
    printf '{"@timestamp":%s,"event":{"category":"process"},"process":{"name":"c","command_line":"%s"}}\n' $t xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    i=$((i + 1))
done >"$tmp/many"
for threads in 1 3; do
    run run --threads $threads -e "$seq" --stats "$tmp/stats" "$tmp/many"
    expect "$threads threads: the first odd date" 0 'many:7001 '
    stat "$threads threads: numbers" numeric_times 9000
    stat "$threads threads: the mixture" mixed_units 1
done

# --since and --until as people type them.
at() { # FILE TIME...: an event at each time, as date -d takes it
    file=$1
    shift
    for t in "$@"; do
        printf '{"@timestamp":"%s","event":{"category":"process"}}\n' "$(date -u -d "$t" +%Y-%m-%dT%H:%M:%SZ)"
    done >"$file"
}
counts() { # NAME ALERTS ARGS...
    name=$1 alerts=$2
    shift 2
    run run -e 'process where true' "$@" "$tmp/ago"
    expect "$name" 0 "^$alerts alert"
}
at "$tmp/ago" '-8 days' '-50 hours' '-3 hours' '-30 minutes' '-2 minutes'
counts '2h' 2 --since 2h
counts '2h ago' 2 --since '2h ago'
counts '15m' 1 --since 15m
counts '300s' 1 --since 300s
counts '3d' 4 --since 3d
counts '1w' 4 --since 1w
counts '1w to 2h' 2 --since 1w --until 2h
counts 'now' 5 --until now
at "$tmp/ago" 'today 00:00:00' 'yesterday 00:00:00' '2020-09-01 00:00:00' '2020-08-31 23:59:59'
counts 'today' 1 --since today
counts 'yesterday' 2 --since yesterday
counts 'yesterday to today' 1 --since yesterday --until today
counts 'a day' 3 --since 2020-09-01
counts 'the day before' 1 --until 2020-09-01
counts 'a time without seconds' 3 --since '2020-09-01 00:00'
counts 'a time with a zone' 4 --since 2020-09-01T01:00+02:00
for t in noon 2hours -2h 2020-13-01 1600000000 ''; do
    run run -e "$seq" --since "$t" "$tmp/ago"
    expect "--since '$t' is none" 2 '--since wants a day .*2h.*yesterday'
    run run -e "$seq" --until "$t" "$tmp/ago"
    expect "--until '$t' is none" 2 '--until wants a day .*2h.*yesterday'
done
run run -e "$seq" --since today --until yesterday "$tmp/ago"
expect 'an empty range is told' 2 'no event is at or after --since today'
run run --help; expect 'help names the forms' 0 'yesterday'
