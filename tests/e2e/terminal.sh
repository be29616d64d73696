# terminal.sh -- nothing that comes from events, rules or file names reaches a
# terminal as it is; CSV and HTML are safe where they are opened.
. tests/support/e2e.sh

esc=$(printf '\033') csi=$(printf '\302\233') bidi=$(printf '\342\200\256') del=$(printf '\177')
bad="x${esc}[31m${csi}1m${bidi}${del}y"
t=$tmp/t$bad
mkdir "$t"

# Control characters but tab and line end; C1 as UTF-8 and alone; overrides of
# direction.
raw='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c'
# clean NAME CODES ARGS...
clean() {
    name=$1 codes=$2
    shift 2
    run "$@"
    case " $codes " in
    *" $code "*) ;;
    *) not_ok "$name (exit $code)"; return ;;
    esac
    if cat "$tmp/out" "$tmp/err" | tr -d '\r' | grep -qP "$raw"; then
        not_ok "$name"
    elif [ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]; then
        not_ok "$name (said nothing)"
    else
        ok "$name"
    fi
}

q='process where process.name : "cmd.exe"'
cat >"$t/rule.toml" <<END
[rule]
name = "x\\u001b[31m\\u009b1m\\u202e\\u007fy"
rule_id = "x\\u001b[31m\\u009b1m\\u202e"
type = "eql"
language = "eql"
"unknown\\u001b\\u009b" = 1
query = '''
process where process.name : "cmd.exe" and \`odd${csi}${bidi}\` != "a${csi}${bidi}"
'''
[eqlvm]
budget_ns = 1
[[eqlvm.test]]
name = "t\\u001b\\u009b\\u202e"
events = ['{"process":{"name":"cmd.exe"}}', 'x${csi}']
expect = [{ events = [1] }]
END
printf 'process where a${bidi} == "%s" and\n' "$bad" >"$t/bad.eql"
printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe","command_line":"a%sb\\u001b"},"odd%s":"q"}\n{"a":%s\n' \
    "$csi$bidi$del" "$csi$bidi" "$bad" >"$t/e.json"

for form in table csv; do
    clean "run --output $form" 3 run -e "$q" --output $form "$t/e.json"
done
clean 'problems and notices of run' 3 run -r "$t/rule.toml" -o /dev/null "$t/e.json"
clean 'run over no such file' 5 run -e "$q" "$t/none"
clean 'run with no such rule' 5 run -r "$t/none.eql" "$t/e.json"
clean 'run -o no such folder' 5 run -e "$q" -o "$t/no/x" "$t/e.json"
clean 'run -o an input' 2 run -e "$q" -o "$t/e.json" "$t/e.json"
clean 'run without bad rules' '2 3 4' run --skip-bad-rules -r "$t" -o /dev/null "$t/e.json"
clean 'check' 4 check "$t"
clean 'check -v' '0 4' check -v "$t/rule.toml"
clean 'check --json' 4 check --json "$t"
clean 'test' '1 3 4' test "$t/rule.toml"
clean 'test -v' '1 3 4' test -v "$t/rule.toml"
clean 'test --json' '1 3 4' test --json "$t/rule.toml"
clean 'compile' 0 compile -o "$t/c.eqlc" "$t/rule.toml"
for pass in bytecode tokens ast typed plan; do
    clean "dump $pass" 0 dump --pass $pass "$t/rule.toml"
done
clean 'dump an image' 0 dump "$t/c.eqlc"
clean 'fields' 3 fields -r "$t/rule.toml" "$t/e.json"
clean 'fields --json' 3 fields --json -r "$t/rule.toml" "$t/e.json"
clean 'bench' '0 3' bench --rounds 1 -r "$t/rule.toml" "$t/e.json"
clean 'bench --check' '0 1 3' bench --rounds 1 --check -r "$t/rule.toml" "$t/e.json"
clean 'bench --json' '0 3' bench --rounds 1 --json - -r "$t/rule.toml" "$t/e.json"
clean 'bench --html' '0 3' bench --rounds 1 --html - -r "$t/rule.toml" "$t/e.json"
clean 'an unknown option' 2 run "--x$bad"
clean 'an unknown verb' 2 "x$bad"
clean 'an unknown function' 2 functions "x$bad"

# JSON on a terminal is the same JSON, escaped; elsewhere it is as it was.
run run -q --output ndjson -e "$q" "$t/e.json"
grep -q "$csi" "$tmp/out" && ok 'JSON for a file is as it was' || not_ok 'JSON for a file is as it was'
if command -v script >/dev/null; then
    cp "$t/e.json" "$tmp/e.json"
    for form in ndjson ecs; do
        script -qec "'$eqlvm' run -q --output $form -e '$q' '$tmp/e.json' 2>/dev/null" /dev/null </dev/null | tr -d '\r' >"$tmp/out"
        : >"$tmp/err"
        if grep -q '\\u009b' "$tmp/out" && ! grep -qP "$raw" "$tmp/out"; then ok "$form on a terminal"; else not_ok "$form on a terminal"; fi
    done
else
    skip 'JSON on a terminal: no script(1)'
fi

# Cells that a spreadsheet would take for formulas.
for cell in '=1+1' '+1' '-1' '@x' '\t=1' '\r=1' '\uff1d1'; do
    printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe","command_line":"%s"}}\n' \
        "$(printf '%s' "$cell" | sed 's/\\/\\\\/g; s/\\\\/\\/')" >"$tmp/f.json"
    run run -q --output csv -e "$q" "$tmp/f.json"
    expect "CSV: $cell is text" 0 ",\"'"
    run run -q --output csv --csv-raw -e "$q" "$tmp/f.json"
    grep -q ",\"*'" "$tmp/out" && not_ok "CSV: $cell as it is" || expect "CSV: $cell as it is" 0 'cmd.exe'
done
printf '{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe","command_line":"a=1"}}\n' >"$tmp/f.json"
run run -q --output csv -e "$q" "$tmp/f.json"; expect 'CSV: no formula, no apostrophe' 0 ',a=1,'

# A page of hostile names.
cat >"$tmp/html.toml" <<'END'
[rule]
name = "<script>alert(1)</script>\" onmouseover='x' &amp;"
rule_id = "<img src=x>"
type = "eql"
language = "eql"
query = 'process where process.name : "cmd.exe"'
END
run bench --rounds 1 --html - -r "$tmp/html.toml" "$tmp/f.json"
expect 'names in HTML are escaped' 0 '&lt;script&gt;alert\(1\)&lt;/script&gt;&quot; onmouseover=&#39;x&#39; &amp;amp;'
grep -qE '<script|<img|onmouseover=.x' "$tmp/out" && not_ok 'no name is a tag' || ok 'no name is a tag'
