# reference.sh -- the engine against the slow reference evaluator on random
# cases.  The seed is fixed here, so that a failure is about what changed; other
# seeds are `make test-reference SEED=...` (0: the clock's), which prints it.
. tests/support/e2e.sh

cases=100000
case ${EQL_BUILD:-} in *asan | *tsan | *debug) cases=20000 ;; esac
if "${EQL_BUILD:-build/release}/tests/reference" $cases 20261124 >"$tmp/out" 2>"$tmp/err"; then
    ok "$cases random cases, $(head -1 "$tmp/out")"
else
    not_ok "random cases, $(head -1 "$tmp/out")"
fi
