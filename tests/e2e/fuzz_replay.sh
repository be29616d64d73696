# fuzz_replay.sh -- the committed fuzz inputs through their targets.
. tests/support/e2e.sh

for target in rule image events reader rule_events toml kibana mapping schema definitions \
    exceptions threads spill shown; do
    if "${EQL_BUILD:-build/release}/tests/fuzz_$target" "tests/fuzz/corpus/$target" >"$tmp/out" 2>"$tmp/err" &&
        grep -q '^[1-9][0-9]* inputs replayed' "$tmp/out"; then
        ok "fuzz corpus: $target"
    else
        not_ok "fuzz corpus: $target"
    fi
done

# An image of another version is refused at its head: nothing would be fuzzed.
for image in tests/fuzz/corpus/image/*.eqlc; do
    run dump "$image"
    expect "$image is of this version (else: make golden-update)" 0 '^rule 0'
done
