# apply_mutant.awk -- writes the sources that a mutant changes, with its change.
#
#   awk -v dir=DIR -f tools/apply_mutant.awk tests/mutants/NAME.mutant
#
# A mutant is one line of text, which says what is wrong, and hunks as in a
# unified diff, but found by their text alone, so that neither other changes to
# the file nor its folder matter:
#
#   @@ FILE          the one source of that name (`folder/FILE` where there are two)
#    kept            what a hunk keeps and removes must stand in it just once,
#   -removed         as these lines one after the other
#   +added
#
# Exit 1, with the reason, when it does not apply.
function fail(why) {
    print FILENAME ": " why
    failed = 1
    exit 1
}
function find_source(name,    cmd, path, n) {
    cmd = "find . -name .git -prune -o -path ./build -prune -o -path ./tests -prune" \
        " -o -path '*/" name "' -print"
    while ((cmd | getline path) > 0) {
        source = path
        n++
    }
    close(cmd)
    if (n != 1)
        fail(n + 0 " sources are called " name)
}
function open_source(name,    line) {
    if (name in seen)
        fail("the hunks of " name " do not stand together")
    seen[name]
    find_source(name)
    text = "\n"
    while ((getline line < source) > 0)
        text = text line "\n"
    close(source)
}
function close_source(    out) {
    if (source == "")
        return
    out = source
    sub(/.*\//, dir "/", out)
    printf "%s", substr(text, 2) > out
    close(out)
    source = ""
}
function apply_hunk(    at) {
    if (old == new)
        fail("a hunk without a change")
    at = index(text, old)
    if (!at)
        fail("not in " source ":" old)
    if (index(substr(text, at + 1), old))
        fail("more than once in " source ":" old)
    text = substr(text, 1, at - 1) new substr(text, at + length(old))
}
function end_hunk() {
    if (hunk == "")
        return
    if (hunk != opened) {
        close_source()
        open_source(hunk)
        opened = hunk
    }
    apply_hunk()
}
FNR == 1 {
    if (!/[a-z]/)
        fail("its first line must say what is wrong")
    next
}
/^@@ / {
    end_hunk()
    hunk = $2
    old = new = "\n"
    next
}
hunk == "" && /^$/ { next }
hunk == "" { fail("text before the first hunk: " $0) }
/^-/ { old = old substr($0, 2) "\n"; next }
/^\+/ { new = new substr($0, 2) "\n"; next }
/^( |$)/ { old = old substr($0, 2) "\n"; new = new substr($0, 2) "\n"; next }
{ fail("neither kept, removed nor added: " $0) }
END {
    if (failed)
        exit 1
    if (hunk == "")
        fail("no hunk")
    end_hunk()
    close_source()
}
