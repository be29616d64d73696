#!/bin/sh
# conformance.sh -- the peers' own tests, where the reference material is.
. tests/support/e2e.sh

conformance=${EQL_BUILD:-build/release}/conformance
name='every conformance case passes or is decided otherwise'
if [ ! -d "$shared/conformance" ]; then
    skip "$name"
    exit 0
fi
"$conformance" "$shared/conformance" >"$tmp/out" 2>"$tmp/err"
code=$?
passed=$(sed -n '$s/ passed.*//p' "$tmp/out")
[ "${passed:-0}" -ge 2000 ] || code=1
deviations=$(sed -n 's/ deviations.*//p' "$tmp/out")
[ "${deviations:-99}" -le 60 ] || code=1
expect "$name" 0 ' 0 failed'
