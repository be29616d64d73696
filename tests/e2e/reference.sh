# reference.sh -- the engine against the slow reference evaluator on random
# cases; the seed is printed, so that a failure can be had again.
. tests/support/e2e.sh

cases=100000
case ${EQL_BUILD:-} in *asan | *tsan | *debug) cases=20000 ;; esac
if "${EQL_BUILD:-build/release}/tests/reference" $cases 0 >"$tmp/out" 2>"$tmp/err"; then
    ok "$cases random cases, $(head -1 "$tmp/out")"
else
    not_ok "random cases, $(head -1 "$tmp/out")"
fi
