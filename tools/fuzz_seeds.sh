#!/bin/sh
# fuzz_seeds.sh TARGET -- folders of inputs that a fuzz target begins with, one a
# line: its own, and what there is of its kind elsewhere.
echo "tests/fuzz/corpus/$1"
case $1 in
rule) printf 'tests/golden/%s\n' ast bytecode errors lex plan typed; echo tests/fuzz/image ;;
toml) echo rules/windows ;;
esac
