#!/bin/sh
# check.sh -- `make check T=NAME`: builds what the tests of that name need, and
# runs them.  check.sh MAKE BUILD [NAME]
set -u
make=$1 b=build/$2 t=${3-}
cases=${EQL_SHARED:-../shared}/conformance/cases

if [ -z "$t" ]; then
    cat <<'END'
make check T=NAME builds and runs the tests of that name:
  T=seq             unit tests: tests/unit/test_seq*.c
  T=options         whole commands: tests/e2e/options.sh
  T=bytecode/alias  a golden: tests/golden/bytecode/alias.in (T=alias: in any folder)
  T=bytecode        a folder of goldens
  T=es.sample       the conformance cases whose ids begin so
END
    exit 2
fi
t=${t#test_}

# All names that T may have, one a line.
names() {
    for f in tests/unit/test_*.c; do f=${f#*/test_} && echo "${f%.c}"; done
    for f in tests/e2e/*.sh; do basename "$f" .sh; done
    for f in tests/golden/*/*.in; do
        f=${f#tests/golden/} f=${f%.in}
        printf '%s\n' "$f" "${f#*/}" "${f%/*}"
    done
    # The first two words of the ids of cases.
    sed -n 's/.*"id": *"\([^."]*\.[^."]*\).*/\1/p' "$cases"/*.ndjson 2>/dev/null
}

units=$(ls tests/unit/test_"$t"*.c 2>/dev/null | sed "s|.*/|$b/tests/|; s|\.c\$||")
e2e=$(ls tests/e2e/"$t".sh 2>/dev/null)
goldens=$(ls -d tests/golden/"$t"/*.in tests/golden/"$t".in tests/golden/*/"$t".in 2>/dev/null)
conformance=
case $t in
*.*) conformance=$(grep -lF "\"id\": \"$t" "$cases"/*.ndjson 2>/dev/null) ;;
esac

if [ -z "$units$e2e$goldens$conformance" ]; then
    near=$(names | sort -u | awk -v t="$t" '
        # One that holds the other, or at most two letters added, left out or changed.
        function distance(a, b,    i, j, d, c) {
            for (i = 0; i <= length(a); i++) d[i, 0] = i
            for (j = 0; j <= length(b); j++) d[0, j] = j
            for (i = 1; i <= length(a); i++)
                for (j = 1; j <= length(b); j++) {
                    c = d[i-1, j-1] + (substr(a, i, 1) != substr(b, j, 1))
                    if (d[i-1, j] + 1 < c) c = d[i-1, j] + 1
                    if (d[i, j-1] + 1 < c) c = d[i, j-1] + 1
                    d[i, j] = c
                }
            return d[length(a), length(b)]
        }
        index($0, t) || index(t, $0) || distance($0, t) <= 2 { print "  " $0 }' | head -20)
    echo "no test is called $t${near:+; near names:}"
    [ -n "$near" ] && echo "$near"
    exit 2
fi

# The parts of the compiler have one test program each.
for g in $goldens; do
    case $g in
    */lex/* | */ast/* | */errors/E[12]*) units="$units $b/tests/test_golden_front" ;;
    *) units="$units $b/tests/test_golden_back" ;;
    esac
done
units=$(printf '%s\n' $units | sort -u)
needs=$units
case $t in
conformance) needs="$needs $b/conformance" ;;
fuzz_replay) needs="$needs $(ls tests/fuzz/fuzz_*.c | sed "s|.*/|$b/tests/|; s|\.c\$||")" ;;
generate | install) [ -n "$e2e" ] && needs="$needs all" ;;
oom) needs="$needs $b/tests/oom $b/tests/refuse.so" ;;
reference) needs="$needs $b/tests/reference" ;;
esac
[ -n "$e2e" ] && needs="$needs $b/eqlvm"
[ -n "$conformance" ] && needs="$needs $b/conformance"
"$make" --no-print-directory BUILD="$2" $needs || exit 1

[ -n "$goldens" ] && export EQL_GOLDEN="$t"
rc=0
if [ -n "$units$e2e" ]; then
    EQL_BUILD=$b sh tools/run_tests.sh $units $e2e || rc=1
fi
if [ -n "$conformance" ]; then
    "$b/conformance" "${cases%/cases}" "$t" || rc=1
fi
exit $rc
