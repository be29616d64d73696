# rule_files.sh -- what is said about rule files: keys that are nearly right,
# errors of a file and of its query together, ids, folders without rules; and
# about rules that are skipped or warned of where they are used.
. tests/support/e2e.sh

lines() { # lines NAME FILE PATTERN N: how many lines of FILE fit
    n=$(grep -cE -e "$3" "$2")
    if [ "$n" -eq "$4" ]; then ok "$1"; else not_ok "$1 ($n lines, want $4)"; fi
}

d=$tmp/d
mkdir "$d"
event='{"event":{"category":"process"},"@timestamp":"2026-01-01T00:00:00Z"}'
printf '%s\n' "$event" >"$tmp/events.ndjson"

# --- keys ---
cat >"$d/near.toml" <<'T'
[rule]
name = "x"
serverity = "high"
query = 'process where true'
unheard_of = 1
[eqlvmm]
cooldown = "1m"
T
run check "$d/near.toml"
expect 'a key that is nearly one is told' 0 'near.toml:3:1: warning: W608: .*"serverity"' \
    'did you mean "severity"' 'near.toml:6:2: warning: W608: .*"eqlvmm"' '2 warnings'
cat >"$d/querry.toml" <<'T'
[rule]
name = "x"
querry = 'process where true'
T
run check "$d/querry.toml"
expect 'and so is one that was needed' 4 'E603: rule.query is missing' \
    'W608: .*"querry"' 'did you mean "query"'
cat >"$d/ours.toml" <<'T'
[rule]
name = "x"
query = 'process where true'
[eqlvm]
cooldwon = "1m"
T
run check "$d/ours.toml"
expect 'an unknown key of [eqlvm] is an error' 4 'E604: .*"cooldwon"' 'did you mean "cooldown"'
cat >"$d/rules.toml" <<'T'
[rules]
name = "x"
query = 'process where true'
T
run check "$d/rules.toml"
expect 'a table that is nearly [rule]' 4 'E603' 'W608: .*"rules"' 'did you mean "rule"'
printf '%s\n' '{"query":"process where true","language":"eql","name":"x","serverity":"high"}' \
    >"$d/near.ndjson"
run check "$d/near.ndjson"
expect 'a key of an export' 0 'near.ndjson:1:1: warning: W608: .*"serverity"'

# --- in one go ---
cat >"$d/both.toml" <<'T'
[rule]
name = "x"
severity = "hihg"
query = 'process where lenght(a) > 1'
[eqlvm]
cooldwon = "1m"
[[eqlvm.exception]]
name = "a"
stage = 1
[[eqlvm.exception]]
name = "b"
stage = 1
when = 'upper(x) == "a"'
T
run check "$d/both.toml"
expect 'errors of the file and of its query come together' 4 'E605' 'E604' \
    'E603: eqlvm.exception.when' 'both.toml:4:24: error: E302: .*lenght' 'both.toml:13:9: error: E302: .*upper' \
    '^0 rules compiled, 1 bad'
lines 'and nothing is made up' "$tmp/err" ': error: ' 5
run test "$d/both.toml"
expect 'test tells the same' 4 'E604' 'E302: .*lenght' '1 did not compile'
printf '%s\n' '{"query":"process where lenght(a) > 1","language":"eql","name":"x","severity":"hihg"}' \
    >"$d/both.ndjson"
run check "$d/both.ndjson"
expect 'also of a line of an export' 4 'E605' 'E302' '1 bad'
cat >"$d/broken.toml" <<'T'
[rule]
name = high
query = '''
process where
  lenght(a) > 1
'''
T
run check "$d/broken.toml"
expect 'also where the file is no TOML' 4 'broken.toml:2:[0-9]*: error: E601' \
    'broken.toml:5:3: error: E302: .*lenght' '1 bad'
printf 'name = high\nlanguage = "kuery"\nquery = "a.b : c"\n' >"$d/kuery.toml"
run check "$d/kuery.toml"
lines 'but not a query in another language' "$tmp/err" ': error: ' 1
printf 'name = high\nquery = "process where f(a)"\n' >"$d/line.toml"
run check "$d/line.toml"
expect 'a query in a line' 4 'E601' 'line.toml:2:24: error: E302'
for q in '"a \" b"' "'''" '"""x' "'a" x ''; do
    printf 'name = high\nquery = %s\n' "$q" >"$d/odd.toml"
    run check "$d/odd.toml"
    lines "nothing of: query = $q" "$tmp/err" ': error: ' 1
done
run dump -p ast "$d/both.toml"
expect 'a broken file is not dumped' 4 'E604'

# --- ids ---
mkdir "$tmp/ids"
for f in a b; do
    printf '[rule]\nrule_id = "same"\nname = "%s"\nquery = "process where true"\n' $f \
        >"$tmp/ids/$f.toml"
done
printf '%s\n' '{"query":"process where true","language":"eql","name":"x","rule_id":"own"}' \
    '{"query":"process where true","language":"eql","name":"y","rule_id":"own"}' >"$tmp/ids/c.ndjson"
run check "$tmp/ids"
expect 'two rules of one id' 0 'b.toml:2:12: warning: W609: .*same: .*a.toml:2' \
    'c.ndjson:2:1: warning: W609: .*own: .*c.ndjson:1' '4 rules compiled, 0 bad, 2 warnings'
run check --rule 'a' --rule 'b' --tag none "$tmp/ids"
lines 'rules that are not selected have no id to share' "$tmp/err" W609 0
run check "$tmp/ids/a.toml" "$tmp/ids/a.toml"
expect 'one rule given twice' 0 'W609' 'given twice'
run compile -o "$tmp/a.eqlc" "$tmp/ids/a.toml"
run check "$tmp/a.eqlc" "$tmp/ids/b.toml"
expect 'compiled and not' 0 'b.toml:2:12: warning: W609: .*same: .*a.eqlc'
run check "$tmp/ids/b.toml" "$tmp/a.eqlc"
expect 'the other way round' 0 'a.eqlc: warning: W609: .*same: .*b.toml:2' 'a.eqlc'

# --- folders without rules ---
mkdir "$tmp/none" "$tmp/none/sub" "$tmp/empty"
sigma() { printf 'title: x\nlogsource:\n  product: windows\ndetection:\n  s:\n    a: b\n  condition: s\n'; }
for i in 1 2 3 4; do sigma >"$tmp/none/s$i.yml"; done
sigma >"$tmp/none/sub/s5.yaml"
printf 'process.name : cmd.exe and user.name : root\n' >"$tmp/none/query.kql"
printf 'rule a { condition: true }\n' >"$tmp/none/a.yar"
printf 'process where true\n' >"$tmp/none/renamed.txt"
printf 'a: 1\n' >"$tmp/none/other.yml"
printf '# Rules\nNote: this AND that.\n' >"$tmp/none/README.md"
printf 'a\0b' >"$tmp/none/binary"
run check "$tmp/none"
expect 'a folder without rules says what is in it' 2 'none: warning: W610: the folder holds no rule' \
    '5 of Sigma \(s1.yml, s2.yml, s3.yml, \.\.\.\)' '1 of KQL \(query.kql\)' '1 of YARA \(a.yar\)' \
    '1 of EQL under another suffix \(renamed.txt\)' '1 of YAML \(other.yml\)' \
    '1 of no text \(binary\)' '1 of other kinds \(README.md\)' 'hint: .*sigma convert' \
    'no rule to check: none was found'
run run -r "$tmp/none" "$tmp/events.ndjson"
expect 'run says it in a line' 2 'W610: .*5 of Sigma' 'no rule to run: none was found'
run check "$tmp/empty"
expect 'an empty one' 2 'empty: warning: W610: the folder holds no rule$' 'end in .eql'
run check "$tmp/empty" "$tmp/ids/a.toml"
expect 'beside one with rules' 0 'empty: warning: W610' '1 rule compiled'
run check "$tmp/ids" 
lines 'a folder with a rule does not say so' "$tmp/err" W610 0
rm "$tmp"/none/s[12].yml
run check "$tmp/none"
expect 'three files are named' 2 '3 of Sigma \(s3.yml, s4.yml, s5.yaml\)'
run check "$tmp/none/s3.yml"
expect 'a file of another kind by name' 5 'must end in .eql, .toml, .ndjson or .eqlc; this is a Sigma rule'
run check --json "$tmp/empty"
expect 'as JSON it is about no line' 2 '"code":"W610".*"line":0'
cat >"$tmp/esql.toml" <<'T'
[rule]
name = "x"
language = "esql"
query = 'from x'
T
run run -r "$tmp/esql.toml" "$tmp/events.ndjson"
expect 'rules in another language are counted where there are no others' 2 \
    'no rule to run: 0 not selected, 1 in another language'

# --- skipped rules and warnings: a line each, ten of them ---
bad() { # bad N: a folder of a good rule and N bad ones
    rm -rf "$tmp/bad"
    mkdir "$tmp/bad"
    printf 'process where true\n' >"$tmp/bad/z.eql"
    for i in $(seq 1 "$1"); do
        printf 'process where contains(process.name, "x") or isnull(a) or f(b)\n' >"$tmp/bad/$i.eql"
    done
}
bad 10
run run --skip-bad-rules -r "$tmp/bad" "$tmp/events.ndjson"
expect 'a skipped rule has a line' 3 '^skipped: .*/1.eql:1:15: error: E302: .* \(and 2 more\)$'
lines 'ten are shown' "$tmp/err" '^skipped: ' 10
lines 'and nothing more is said of them' "$tmp/err" 'hint|more rule' 0
bad 11
run run --skip-bad-rules -r "$tmp/bad" "$tmp/events.ndjson"
lines 'of eleven ten are shown' "$tmp/err" '^skipped: ' 10
expect 'and the others counted' 3 '^and 1 more rule; eqlvm check tells all$'
run run -q --skip-bad-rules -r "$tmp/bad" "$tmp/events.ndjson"
expect 'quiet' 3
lines 'says nothing of them' "$tmp/err" 'skipped|E302' 0
run run -v --skip-bad-rules -r "$tmp/bad" "$tmp/events.ndjson"
lines 'verbose says all' "$tmp/err" ': error: E302: ' 33
run check --skip-bad-rules "$tmp/bad"
lines 'and so does check' "$tmp/err" ': error: E302: ' 33
run compile --skip-bad-rules -o "$tmp/a.eqlc" "$tmp/bad"
lines 'compile shows ten' "$tmp/err" '^skipped: ' 10
bad 7
run run -r "$tmp/bad" "$tmp/events.ndjson"
expect 'errors that end the run are shown whole' 4 'hint: ' '^and 1 more error; eqlvm check tells all$'
lines 'twenty of them' "$tmp/err" ': error: E302: ' 20
i=0
: >"$tmp/many.ndjson"
while [ $i -lt 3 ]; do
    i=$((i + 1))
    printf '%s\n' '{"query":"process where f(a) or g(b)","language":"eql","name":"x"}' >>"$tmp/many.ndjson"
done
run run --skip-bad-rules -r "$tmp/many.ndjson" -e 'any where true' "$tmp/events.ndjson"
lines 'each rule of an export has a line' "$tmp/err" '^skipped: .*many.ndjson:[123]:.*\(and 1 more\)$' 3

warn() { # warn N: rules with N warnings
    rm -rf "$tmp/warn"
    mkdir "$tmp/warn"
    for i in $(seq 1 "$1"); do
        printf 'process where process.name == "a.exe"\n' >"$tmp/warn/$i.eql"
    done
}
warn 10
run run -r "$tmp/warn" "$tmp/events.ndjson"
lines 'run shows ten warnings, a line each' "$tmp/err" '^[^ ]*.eql:1:31: warning: W409: ' 10
lines 'without hints' "$tmp/err" 'hint|more warning' 0
warn 11
run run -r "$tmp/warn" "$tmp/events.ndjson"
lines 'of eleven ten' "$tmp/err" ': warning: W409: ' 10
lines 'and counts the rest' "$tmp/err" '^and 1 more warning; eqlvm check tells all$' 1
run run -q -r "$tmp/warn" "$tmp/events.ndjson"
lines 'quiet shows none' "$tmp/err" 'W409' 0

# A pipe that is called like a rule is told; nobody waits for its writer.
mkdir "$tmp/pipes"
mkfifo "$tmp/pipes/p.eql"
timeout 10 "$eqlvm" check "$tmp/pipes" >"$tmp/out" 2>"$tmp/err"
code=$?
expect 'a pipe in a folder of rules' 5 'p\.eql: a pipe, socket or device is no rule file'

# Links to folders are followed, once; what else is no file is told.
mkdir "$tmp/linked" "$tmp/elsewhere"
printf 'process where true\n' >"$tmp/elsewhere/far.eql"
printf 'network where true\n' >"$tmp/linked/near.eql"
ln -s ../elsewhere "$tmp/linked/link"
ln -s .. "$tmp/elsewhere/up"
ln -s nowhere "$tmp/linked/gone"
mkfifo "$tmp/linked/pipe"
timeout 10 "$eqlvm" check --no-warnings "$tmp/linked" >"$tmp/out" 2>"$tmp/err"
code=$?
expect 'a linked folder of rules' 5 'pipes/p\.eql: a pipe'
rm -r "$tmp/pipes" "$tmp/elsewhere/up"
ln -s ../linked "$tmp/elsewhere/round"
run check "$tmp/linked"
expect 'a linked folder of rules, round in a circle' 0 '^2 rules compiled' \
    'linked/link/round: warning: W611: passed over: the folder was searched before' \
    'linked/gone: warning: W611: passed over: No such file' \
    'linked/pipe: warning: W611: passed over: a pipe, socket or device'
ln -s nowhere "$tmp/linked/gone.eql"
run check "$tmp/linked"
expect 'a rule that is a link to nowhere' 5 'gone\.eql: No such file'
