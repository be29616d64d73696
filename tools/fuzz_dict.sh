#!/bin/sh
# fuzz_dict.sh TARGET -- a fuzzer's dictionary for the target, made of the
# tables of the sources: what the program knows by name, a fuzzer does, too.
set -eu
LC_ALL=C
export LC_ALL

# Texts on standard input, one a line, as dictionary entries.
entries() { sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$/"/'; }
# The texts between quotes of these files, where they are short.
quoted() { grep -ohE '"[^"\\]{1,40}"' "$@" | tr -d '"'; }
# The first column of rows ROW(... "text" ...) of a table.
rows() { sed -nE "s/^$1\\([^\"]*\"([^\"]+)\".*/\\1/p" "$2"; }

eql() {
    rows FUNCTION stdlib/functions.def | sed 's/$/(/'
    rows FUNCTION stdlib/functions.def | sed 's/$/~(/'
    # words and signs of the lexer, and of the grammar behind it
    sed -nE 's/^ *"([^"]+)" +\{ (word|tilde_word|take).*/\1/p' compiler/lexer.re
    rows PIPE program/pipe.def
    quoted compiler/sema_query.h compiler/parser.c compiler/sema_span.c |
        grep -E '^[a-z_]+$' || true
    printf '%s\n' 'any where true' 'process where ' 'sequence by ' 'with maxspan=1m' \
        'with runs=3' ' until ' 'sample by ' 'join by ' '![' '| head 1' '| tail 2' '| sort a' \
        '| unique a' '| unique_count a' '| count' '| count a' '| filter ' ' fork' ' as e0' 'e0.' \
        'child of [' 'descendant of [' 'event of [' ' : ("a*", "b?")' ' like~ ' ' regex~ ' \
        ' in~ (' ' not in (' '"""' '?a.b' '`a.b`' '$v' '[0]' '-9223372036854775808' '1e308' \
        '0x1p3' '"\u{1f600}"' '"\n"' "'" '/*' '*/' '//'
    fields
}

fields() {
    sed -nE 's/^ECS_FIELD\("([^"]+)".*/\1/p' compiler/ecs.def |
        grep -E '^(@|event\.(cat|typ|code|kind|out|dur)|process\.(name|pid|args|exe|entity|parent\.(name|ent|pid)|command|start|hash\.md5)|file\.(path|size|name)|host\.(id|name|os\.type|ip)|source\.(ip|port)|destination\.(ip|port|geo\.loc)|user\.(id|name)|registry|dns\.q|network\.dir)'
    printf '%s\n' 'a.b' 'x'
}

json() {
    printf '%s\n' '{"' '"}' '":' '":"' '":{"' '":[' '","' '"},"' '],"' 'null' 'true' 'false' '[]' \
        '{}' '[{' '}]' '\u0041' '\u0000' '\ud83d\ude00' '\ud83d' '\ude00' '\\' '\"' '\/' '\n' '\q' \
        '\u12' '1e999' '-0' '0.1' '9223372036854775808' '-9223372036854775809' '1E+5' \
        '"_source":{' '"_index":"i"' '"_id":"1"' '"hits":{"hits":[' '2021-01-02T03:04:05.678Z' \
        '1609556645678' '1609556645'
    fields | sed 's/.*/"&":/'
}

# What maps Windows records knows of them.
records() {
    grep -ohE '"[$A-Za-z@_][A-Za-z0-9_. /-]{2,60}"' io/windows/winevent.mapping.json io/windows/record.c |
        sort | uniq -c | sort -rn | awk 'NR <= 400 { $1 = ""; print substr($0, 2) ":" }'
    printf '%s\n' '\r\n' '\t' ': ' '2020-09-20 10:00:00' '10/20/2020 1:02:03 PM' '%%1234' '0x3e7'
}

toml() {
    quoted rulefile/rules_eqlvm.c rulefile/rules_toml.c rulefile/rules_common.c rulefile/rules_json.c |
        grep -E '^[a-z_]{2,}$' | sort -u | sed 's/$/ = /'
    printf '%s\n' '[rule]' '[eqlvm]' '[metadata]' '[[eqlvm.exception]]' '[[eqlvm.test]]' \
        '[[eqlvm.severity]]' '[eqlvm.cooldown]' '[[rule.threat]]' '"""' "'''" 'language = "eql"' \
        'type = "eql"' 'query = "' 'stage = 1' 'when = "' 'events = [' 'expect = ' '1979-05-27' \
        '0xff' 'inf' 'nan' '{ a = 1 }' '\u00e9' '"10m"'
}

mapping() {
    rows X io/windows/mapping_op.def
    rows X io/windows/mapping_layout.def
    rows X io/windows/mapping_role.def | sed 's/^/$/'
    grep -ohE '"[a-z_]+":' io/windows/winevent.mapping.json | sort -u
    printf '%s\n' '"op":"' '"from":"' '"to":"' '"to":["' '"from":["' '"map":{' '"codes":["' '"@'
}

schema() {
    quoted compiler/schema.c rulefile/schema_file.c | grep -E '^[a-z_]{2,}$' | sort -u
    printf '%s\n' '{"mappings":{"properties":{' '{"properties":{' '":{"type":"' '{"categories":{' \
        '["keyword"]' '":"keyword"' '"fields":{"text":{"type":"text"}}' '#'
}

# Instructions without operands, as they stand in an image.
image() {
    grep -E '^(OP|FILTER)\(' program/opcode.def |
        awk '{ printf "\"\\x%02x\\x00\\x00\\x00\"\n", n++ }'
}

if [ "$1" = image ]; then
    image
    exit
fi
case $1 in
rule | rule_events | definitions) eql ;;
reader | events | threads) json; records ;;
shown) json; records ;;
toml | exceptions) toml; eql ;;
kibana) json; toml | sed 's/ = $//; s/^/"/; s/$/":/'; eql ;;
mapping) json; mapping; records ;;
schema) json; schema ;;
spill) ;;
*) echo "fuzz_dict.sh: no target '$1'" >&2; exit 2 ;;
esac | awk 'length($0) > 0 && length($0) < 100 && !seen[$0]++' | entries
