#!/bin/sh
# embed.sh -- a file as C source: const unsigned char NAME[]; const size_t
# NAME_len;  Usage: tools/embed.sh IN NAME > OUT.c
#
# An empty file gives one unused zero byte and the length 0, because C has no
# empty arrays.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 IN NAME > OUT.c" >&2
    exit 2
fi
case $2 in
'' | [0-9]* | *[!A-Za-z0-9_]*)
    echo "$0: '$2' is no C name" >&2
    exit 2
    ;;
esac
[ -r "$1" ] || { echo "$0: cannot read '$1'" >&2; exit 5; }

od -An -v -tu1 "$1" | awk -v name="$2" '
BEGIN {
    print "/* Made by tools/embed.sh; do not edit. */"
    print "#include <stddef.h>"
    print ""
    print "extern const unsigned char " name "[];"
    print "extern const size_t " name "_len;"
    print ""
    print "const unsigned char " name "[] = {"
}
{
    n += NF
    gsub(/[ \t]+/, ",")
    sub(/^,/, "")
    sub(/,$/, "")
    print $0 ","
}
END {
    if (n == 0)
        print "0"
    print "};"
    print "const size_t " name "_len = " n + 0 ";"
}'
