# image_tables.sh -- the list of an image's tables (program/image.h) is held to
# the code: a loop over a table that the list does not know of is seen.
. tests/support/e2e.sh

copy() {
    rm -rf "$tmp/tree"
    mkdir -p "$tmp/tree"
    cp -r api event io program vm "$tmp/tree"
}
check() {
    copy
    printf '%s\n' "$2" >>"$tmp/tree/$3"
    if sh tools/check_tables.sh "$tmp/tree" >"$tmp/out" 2>"$tmp/err"; then code=0; else code=1; fi
    if [ "$code" = "$4" ] && { [ "$4" = 0 ] || grep -q "$5" "$tmp/err"; }; then ok "$1"
    else not_ok "$1"; fi
}

check 'the list is true' '' vm/eval/interp.c 0
check 'a loop over segs[] is not listed' \
    'int f(const eql_program *p) { return p->nsegs; }' vm/eval/interp.c 1 "segs: walked in 'vm'"
check 'nor is one over lists[] in io' \
    'int f(const eql_program *p) { return p->nlists; }' io/json/json.c 1 "lists: walked in 'io vm'"
check 'a row without a table' ' * rooms | x | data | -' program/image.h 1 'does not list'
check 'a table without a row' \
    '#define EQL_PROGRAM_SECTIONS(X) X(more, char)' program/program.h 1 'does not list'
