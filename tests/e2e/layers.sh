# layers.sh -- tools/check_layers.sh sees a breach of each kind.
. tests/support/e2e.sh

copy() {
    rm -rf "$tmp/tree"
    mkdir "$tmp/tree"
    cp -r api base cli compiler event io program rulefile stdlib tools vm "$tmp/tree"
}
# see NAME CODE [TEXT]: what the check says of the copy.
see() {
    code=0
    (cd "$tmp/tree" && sh tools/check_layers.sh) >"$tmp/out" 2>"$tmp/err" || code=$?
    if [ $code -eq "$2" ] && grep -qF -e "${3:-ok}" "$tmp/out"; then
        ok "$1"
    else
        not_ok "$1 (exit $code): $(cat "$tmp/out" "$tmp/err")"
    fi
}
# check NAME LINE FILE CODE [TEXT]: with LINE added to FILE of a copy of the code.
check() {
    copy
    mkdir -p "$(dirname "$tmp/tree/$3")"
    [ -z "$2" ] || printf '%s\n' "$2" >>"$tmp/tree/$3"
    see "$1" "$4" "${5:-}"
}

check 'the rooms are in order' '' vm/engine.c 0
check 'the interpreter sees the index' '#include "vm/index/candidates.h"' vm/eval/interp.c 1 \
    'vm/eval/interp.c: may not include vm/index/candidates.h'
check 'the pure half sees the ordered one' '#include "vm/seq/seq.h"' vm/filter/keys.c 1 'may not include vm/seq/seq.h'
check 'reading JSON sees Windows' '#include "io/windows/mapping.h"' io/json/json.c 1 \
    'io/json/json.c: may not include io/windows/mapping.h'
check 'events see more of Windows than that it is there' '#include "io/windows/mapping.h"' io/reader.c 1 \
    'io/reader.c: may not include io/windows/mapping.h'
check 'the compiler sees the VM' '#include "vm/engine.h"' compiler/plan.c 1 'may not include vm/engine.h'
check 'a library outside its rooms' '#include <zlib.h>' io/json/json.c 1 'only io/input may include <zlib.h>'
check 'a folder that is no room' '/* nothing */' io/more/more.c 1 'io/more: is no room'
copy
sed -i 's|^event: .*|& vm/run|' "$tmp/tree/tools/check_layers.sh"
see 'a circle of rooms' 1 'event names vm/run, which is no row above it'
