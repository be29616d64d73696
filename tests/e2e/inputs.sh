#!/bin/sh
# inputs.sh -- files, folders and streams that hold no events, or not all that
# they seem to: each is named and counted.
. "$(dirname "$0")/../support/e2e.sh"

q='process where process.name == "cmd.exe"'
ev='{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":"process"},"process":{"name":"cmd.exe"}}'
go() { run run --brief --stats "$tmp/stats" -e "$q" "$@"; }
counted() { # NAME KEY N
    grep -q "\"$2\":$3[,}]" "$tmp/stats" && ok "$1" || not_ok "$1 ($2)"
}

# folders
d=$tmp/d
mkdir -p "$d/real" "$d/z" "$tmp/elsewhere"
printf '%s\n' "$ev" >"$d/real/a.json"
printf '%s\n%s\n' "$ev" "$ev" >"$tmp/elsewhere/b.json"
ln -s "$tmp/elsewhere" "$d/link"
go "$d"; expect 'a link to a folder is followed' 0 '^3 alerts'
ln -s .. "$d/real/up"; ln -s "$d" "$d/z/self"
go "$d"; expect 'links in a circle end' 0 '^3 alerts' 'real/up: loop: ' 'z/self: loop: '
ln -s nowhere "$d/dangling"; ln -s round "$d/round"
go "$d"; expect 'links to nowhere are told' 3 'd/dangling: dangling: ' 'd/round: dangling: ' '^3 alerts'
counted '... and counted' passed_over 2
rm "$d/dangling" "$d/round"
mkfifo "$d/fifo"
go "$d"; expect 'a pipe in a folder is told' 3 'd/fifo: special: ' '^3 alerts'
rm "$d/fifo"
ln "$d/real/a.json" "$d/real/hard.json"; ln -s a.json "$d/real/soft.json"
go "$d" "$d/real/a.json"; expect 'one file is read once' 0 '^3 alerts' 'hard.json: twice: ' 'soft.json: twice: ' 'real/a.json: twice: '
counted '... and the others are counted' read_before 5
rm "$d/real/hard.json" "$d/real/soft.json"
printf '%s\n' "$ev" >"$d/real/.hidden"
go "$d"; expect 'hidden names are passed over' 0 '^3 alerts'; counted '... and counted' hidden 1
mkdir "$tmp/empty"
go "$tmp/empty"; expect 'a folder without files' 3 'empty: nothing: a folder without a file'
deep=$tmp/deep; mkdir "$deep"; (cd "$deep"; for i in $(seq 63); do mkdir d; cd d; done; printf '%s\n' "$ev" >a.json; mkdir d; cd d; printf '%s\n' "$ev" >b.json; mkdir d; printf '%s\n' "$ev" >d/c.json)
go "$deep"; expect 'folders, 64 deep but not 65' 3 'd/d: deep: ' '^2 alerts'
if [ "$(id -u)" -eq 0 ]; then
    user='setpriv --reuid=65534 --regid=65534 --clear-groups'
    $user true 2>/dev/null && $user test -r "$eqlvm" || user=
else
    user=env
fi
if [ -n "$user" ]; then
    mkdir "$d/closed"; printf '%s\n' "$ev" >"$d/closed/x.json"; chmod 0 "$d/closed"; chmod 755 "$tmp" "$d" "$d/real" "$d/z" "$tmp/elsewhere"; chmod 644 "$d/real/a.json" "$tmp/elsewhere/b.json"
    $user "$eqlvm" run --brief -e "$q" "$d" >"$tmp/out" 2>"$tmp/err"; code=$?
    expect 'an unreadable folder is one problem' 5 'd/closed: io: Permission' '^3 alerts'
    chmod 755 "$d/closed"; rm -r "$d/closed"
else
    skip 'an unreadable folder is one problem (no other user)'
fi

# problems are shown per file and kind
m=$tmp/m; mkdir "$m"
for i in $(seq 500); do echo '{'; done >"$m/a.json"
{ echo x; printf '[1]\n[1]\n'; } >"$m/b.json"
go "$m"; expect 'the second bad file is named' 3 'm/b.json:1:1: syntax' 'm/b.json:2:1: not_object' '503 problems, of which 8 are shown'
[ "$(grep -c 'a.json:[0-9]' "$tmp/err")" -eq 5 ] && ok 'five of a kind in a file' || not_ok 'five of a kind in a file'
mkdir "$tmp/bad"; for i in $(seq 101); do echo x >"$tmp/bad/$i.json"; done
go "$tmp/bad"; [ "$(grep -c ': syntax: ' "$tmp/err")" -eq 100 ] && ok 'a hundred of a kind' || not_ok 'a hundred of a kind'
expect '... of 101' 3 '101 problems, of which 100 are shown'

# nothing
: >"$tmp/0.json"; printf '\n \n\n' >"$tmp/blank.json"; gzip -c "$tmp/0.json" >"$tmp/0.json.gz"; echo '[]' >"$tmp/list.json"
go "$tmp/0.json"; expect 'an empty file is told' 0 '0.json: empty: nothing is in it'; counted '... and counted' empty 1
go "$tmp/blank.json"; expect 'blank lines are told' 0 'blank.json: empty: only blank lines'
go "$tmp/0.json.gz"; expect 'gzip of nothing is told' 0 '0.json.gz: empty: nothing is in it'
go "$tmp/list.json"; expect 'an empty list is told' 0 'list.json: empty: no event is in it'
go -; expect 'nothing on standard input is told' 0 '^-: empty: '
"$eqlvm" run -e "$q" - <"$tmp" >"$tmp/out" 2>"$tmp/err"; code=$?; expect 'a folder as standard input' 5 'folder|directory'

# compressed data
printf '%s\n%s\n' "$ev" "$ev" >"$tmp/e.json"
for z in gzip xz zstd; do
    command -v $z >/dev/null || { skip "damaged $z data"; continue; }
    $z -c "$tmp/e.json" >"$tmp/e.z"
    cat "$tmp/e.z" "$tmp/e.z" >"$tmp/t.z"; go "$tmp/t.z"; expect "$z: members one after the other" 0 '^4 alerts'
    { cat "$tmp/e.z"; printf 'garbage'; } >"$tmp/t.z"; go "$tmp/t.z"; expect "$z: bytes behind the end" 3 't.z:3: compressed: ' '^2 alerts'
    n=$(wc -c <"$tmp/e.z"); head -c $((n - 5)) "$tmp/e.z" >"$tmp/t.z"; go "$tmp/t.z"; expect "$z: cut short" 3 'compressed: '
done

# odd text
printf '%s\n{"a":' "$ev" >"$tmp/t.json"; go "$tmp/t.json"; expect 'a cut last line' 3 't.json:2:[0-9]+: truncated' '^1 alert'
{ head -c 5000 /dev/zero; printf '\n%s\n' "$ev"; } >"$tmp/t.json"; go "$tmp/t.json"; expect 'zeros before a line' 3 't.json:1:1: syntax' '^1 alert'
head -c 5000 /dev/zero >"$tmp/t.json"; go "$tmp/t.json"; expect 'nothing but zeros' 3 't.json: foreign: '
truncate -s 300M "$tmp/sparse.json"; go "$tmp/sparse.json"; expect 'a sparse file' 3 'sparse.json: foreign: '; rm "$tmp/sparse.json"
{ printf '%s\n' "$ev"; head -c 3000 /dev/zero | tr '\0' x; printf '\n%s\n' "$ev"; } >"$tmp/t.json"
go --max-line-bytes 2000 "$tmp/t.json"; expect 'a line that is too long' 3 't.json:2: too_long' '^2 alerts'

# other formats, by content
format() { # BYTES PATTERN
    printf -- "$1" >"$tmp/x"
    go "$tmp/x"; expect "told: $2" 3 "x: foreign: .*$2"
}
format 'ElfFile\000' EVTX
format 'PK\003\004' ZIP
format 'PK\005\006' ZIP
format '7z\274\257\047\034' 7z
format 'Rar!\032\007' RAR
format 'BZh9' bzip2
format '\004\042\115\030' lz4
format '\002\041\114\030' lz4
format '\037\235' compress
format 'PAR1' Parquet
format 'ORC\021' ORC
format 'Obj\001' Avro
format 'SQLite format 3' SQLite
format '\324\303\262\241' pcap
format '\241\262\303\324' pcap
format '\115\074\262\241' pcap
format '\012\015\015\012' pcapng
format '\177ELF' ELF
format 'MZ\220\000' 'Windows program'
format '%%PDF-1.7' PDF
format 'LPKSHHRH' journal
format '\377\376{\000' UTF-16
format '{\000"\000a\000' UTF-16
format '\000{\000"\000a' UTF-16
format '<?xml version="1.0"?>\n' XML
format '<Events>\n' XML
format '<!DOCTYPE html>\n' HTML
format 'a,b\n1,2\n' CSV
format '#separator \\x09\n#fields\tts\n' Zeek
format 'type=SYSCALL msg=audit(1.2:3): a=1\n' auditd
format 'CEF:0|a|b|c\n' CEF
format 'LEEF:2.0|a|b|c\n' LEEF
format 'Record 1\n{\n  "Event": {}\n}\n' evtx_dump
format '---\na: 1\n' YAML
mkdir "$tmp/arch"; printf '%s\n' "$ev" >"$tmp/arch/a.json"
tar -cf "$tmp/a.tar" -C "$tmp" arch; go "$tmp/a.tar"; expect 'told: tar' 3 'foreign: .*tar'
gzip -c "$tmp/a.tar" >"$tmp/a.tgz"; go "$tmp/a.tgz"; expect 'told: tar in gzip' 3 'foreign: .*tar'
