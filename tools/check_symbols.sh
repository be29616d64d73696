#!/bin/sh
# check_symbols.sh LIB -- no mutable file-scope data; every external name has
# our prefix; no type name means two things.  LIB is libeqlvm.a.  Constant tables of addresses stand in
# .data.rel.ro and are not mutable; the C++ shims' vague linkage is the
# compiler's business.
set -u
lib=$1
bad=0
mutable=$(objdump -t "$lib" | awk '
    /file format/ { o = $1 }
    o ~ /(toml|regex_re2)\.o/ { next }
    / O / && / \.(data|bss|tdata|tbss)[. \t]/ && !/\.data\.rel\.ro/ {
        print "  " o " " $NF }
    /\*COM\*/ { print "  " o " " $NF }' |
    grep -v -e asan -e ubsan -e gcov -e '__func__' -e '\.Lubsan')
if [ -n "$mutable" ]; then
    echo 'mutable file-scope variables:'
    printf '%s\n' "$mutable"
    bad=1
fi
ext=$(nm -A --defined-only "$lib" 2>/dev/null | grep -vE '(toml|regex_re2)\.o:' |
    awk '$(NF-1) ~ /^[TDBRC]$/ {print "  " $1 " " $NF}' |
    grep -v -E ' (eql_|eqlvm_|__asan|__odr_asan)')
cxx=$(nm -A --defined-only "$lib" 2>/dev/null | grep -E '(toml|regex_re2)\.o:' |
    awk '$(NF-1) ~ /^[T]$/ {print "  " $1 " " $NF}' | grep -v -E ' eql_')
if [ -n "$ext$cxx" ]; then
    echo 'external names without the prefix eql_ or eqlvm_:'
    printf '%s\n' "$ext" "$cxx"
    bad=1
fi
# A struct that is opaque is declared once and defined once: only names that a
# typedef gives count.
twice=$(git ls-files '*.c' '*.h' '*.cc' | grep -v -e '^tests/' -e '^benchmarks/' |
    xargs sed -nE 's/^(}|typedef .*[ *]) ?((eql|eqlvm)_[a-z0-9_]+);$/\2/p' |
    sort | uniq -d)
if [ -n "$twice" ]; then
    echo 'types that are declared twice:'
    printf '  %s\n' $twice
    bad=1
fi
[ $bad -eq 0 ] && echo 'symbols: ok'
exit $bad
