#!/bin/sh
# check_layers.sh -- proves that includes go one way (docs/architecture.md).
#
# For each layer, the layers it may include.  compiler and vm never see each
# other; io and vm meet only in vm/event.h and vm/hit.h; only api sees all;
# cli sees the public header only; jansson, zlib and the like are io's,
# and RE2 has one file.
set -u
bad=0
allowed() { # layer -> regular expression of allowed project includes
    case $1 in
    base) echo '^(base/|eqlvm/eqlvm.h)' ;;
    stdlib) echo '^(base/|stdlib/|program/(value|dialect).h)' ;;
    program) echo '^(base/|program/|stdlib/)' ;;
    compiler) echo '^(base/|program/|stdlib/|compiler/|grammar.h)' ;;
    vm) echo '^(base/|program/|stdlib/|vm/)' ;;
    io) echo '^(base/|program/|stdlib/|io/|vm/event.h|vm/hit.h)' ;;
    api) echo '^(base/|program/|stdlib/|compiler/|vm/|io/|api/|eqlvm/eqlvm.h)' ;;
    cli) echo '^(cli/|eqlvm/eqlvm.h)' ;;
    esac
}
for layer in base stdlib program compiler vm io api cli; do
    ok=$(allowed $layer)
    for f in "$layer"/*.[ch] "$layer"/*.cc "$layer"/*.re "$layer"/*.y; do
        [ -f "$f" ] || continue
        sed -n 's/^[ ]*#[ ]*include "\([^"]*\)".*/\1/p' "$f" |
            grep -Ev "$ok" | sed "s|^|$f: may not include |"
        [ "$layer" = io ] || sed -n \
            's/^[ ]*#[ ]*include <\(\(jansson\|zlib\|zstd\|lzma\|toml\)[^>]*\)>.*/\1/p' "$f" |
            sed "s|^|$f: only io may include |"
        [ "$f" = base/regex_re2.cc ] || sed -n \
            's/^[ ]*#[ ]*include <\(re2[^>]*\)>.*/\1/p' "$f" |
            sed "s|^|$f: only base/regex_re2.cc may include |"
    done
done >"${TMPDIR:-/tmp}/eql_layers.$$"
if [ -s "${TMPDIR:-/tmp}/eql_layers.$$" ]; then
    cat "${TMPDIR:-/tmp}/eql_layers.$$"
    bad=1
fi
rm -f "${TMPDIR:-/tmp}/eql_layers.$$"
if git ls-files 2>/dev/null | grep -E '^build/|(^|/)(lexer|grammar)\.[ch]$' |
    grep -v '^compiler/lexer.h$'; then
    echo 'generated files are committed (above)'
    bad=1
fi
[ $bad -eq 0 ] && echo 'layers: ok'
exit $bad
