# language_doc.sh -- the examples of docs/language.md are true.
#
# A block ```eql is one query that compiles.  A comment right after it may say
#
#   <!-- test OPTIONS          events, one a line, then what must come out:
#   {"event":...}              alerts as the lines of their events (`1,3`, `-`
#   -> 1 2,3                   for a missing event), or rows as JSON, or
#   -->                        "none"; several `->` lines are one list
#   <!-- error CODE OPTIONS -->
. tests/support/e2e.sh

doc=docs/language.md
mkdir "$tmp/doc"
awk -v dir="$tmp/doc/" '
    function name(ext) { return sprintf("%s%03d.%s", dir, n, ext) }
    /^```eql$/ { n++; block = 1; printf "%d\n", FNR > name("line"); next }
    block && /^```$/ { block = 0; after = FNR; close(name("eql")); next }
    block { print > name("eql"); next }
    FNR == after + 1 && /^<!-- error E[0-9]+.* -->$/ {
        print $3 > name("error")
        sub(/^<!-- error E[0-9]+ */, ""); sub(/ *-->$/, "")
        print > name("options")
        next
    }
    FNR == after + 1 && /^<!-- test/ {
        sub(/^<!-- test */, ""); print > name("options")
        printf "" > name("events"); printf "" > name("want"); test = 1
        next
    }
    test && /^-->$/ { test = 0; next }
    test && /^-> none$/ { next }
    test && /^-> \{/ { sub(/^-> /, ""); print > name("want"); next }
    test && /^-> / {
        sub(/^-> /, ""); gsub(/ /, "\n"); print > name("want"); next
    }
    test { print > name("events") }' "$doc"

# results: alerts as the comment writes them
results() {
    awk '{
        if (match($0, /"stages":\[/)) {
            m = split(substr($0, RSTART), part, /\{"stage":/)
            out = ""
            for (i = 2; i <= m; i++) {
                p = part[i]
                if (p ~ /"missing":true/) s = "-"
                else {
                    match(p, /"line":[0-9]+/)
                    s = substr(p, RSTART + 7, RLENGTH - 7)
                }
                out = out (i > 2 ? "," : "") s
            }
            print out
        } else if (match($0, /"row":/)) {
            s = substr($0, RSTART + 6); sub(/\}$/, "", s); print s
        }
    }' "$tmp/out"
}

n=0
for q in "$tmp"/doc/*.eql; do
    n=$((n + 1))
    at=${q%.eql}
    where="$doc:$(cat "$at.line")"
    options=
    [ -f "$at.options" ] && options=$(cat "$at.options")
    if [ -f "$at.error" ]; then
        # shellcheck disable=SC2086
        run check $options "$q"
        expect "$where is refused" 4 "error: $(cat "$at.error")"
        continue
    fi
    # shellcheck disable=SC2086
    run check $options "$q"
    expect "$where compiles" 0
    [ -f "$at.events" ] || continue
    # shellcheck disable=SC2086
    run run --quiet --brief $options -r "$q" "$at.events"
    results >"$at.got"
    if [ "$code" -ne 0 ]; then
        not_ok "$where runs (exit $code)"
    else
        same "$where finds what it says" "$at.want" "$at.got"
    fi
done
[ "$n" -ge 45 ] || not_ok "$doc has only $n examples"

# Whatever there is has a line in the document.
mentions() { # mentions WHAT: names on standard input
    missing=$(sort -u | while read -r word; do
        grep -qF -e "\`$word" -e "($word)" -e "| $word " -e "$word(" -e "($word:" "$doc" ||
            printf '%s ' "$word"
    done)
    if [ -z "$missing" ]; then
        ok "$doc has every $1"
    else
        : >"$tmp/out"; : >"$tmp/err"
        not_ok "$doc has every $1, but for $missing"
    fi
}
grep -rhoE '"[EWN][1-4][0-9][0-9]"' compiler | tr -d '"' | mentions 'code'
sed -n 's/^FLAG(\([a-z_]*\),.*/\1/p' program/dialect.def | mentions 'flag'
sed -n 's/^FUNCTION([A-Z_]*, *"\([^"]*\)".*/\1/p' stdlib/functions.def | mentions 'function'
