# fuzz_replay.sh -- the committed fuzz inputs through their targets.
. tests/support/e2e.sh

for target in rule image events reader rule_events; do
    if "${EQL_BUILD:-build/release}/tests/fuzz_$target" "tests/fuzz/corpus/$target" >"$tmp/out" 2>"$tmp/err" &&
        grep -q '^[1-9][0-9]* inputs replayed' "$tmp/out"; then
        ok "fuzz corpus: $target"
    else
        not_ok "fuzz corpus: $target"
    fi
done
