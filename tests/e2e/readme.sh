# readme.sh -- the commands of README.md run, and show what it says they show.
#
# Each fenced block marked `sh` is run line by line, in one shell and from the
# first to the last as a reader would, but for the two quickstart lines (CI runs
# those) and lines with a comment "not run".
. tests/support/e2e.sh

awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' README.md |
    sed "s|build/release|${EQL_BUILD:-build/release}|" |
    grep -v -e '^\./quickstart' -e '# not run' -e '^$' -e '^#' >"$tmp/commands"
n=0
while IFS= read -r command <&3; do
    n=$((n + 1))
    eval "$command" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
    expect "README: $command" 0
done 3<"$tmp/commands"
[ "$n" -ge 5 ] || not_ok "README has only $n commands"

# The output shown in the first screen is real.
awk '/^```text$/ { on = 1; next } /^```$/ { on = 0 } on' README.md | sed 's/[ ]*$//' >"$tmp/shown"
eqlvm run -r rules --output table demo/winrm-intrusion.json 2>/dev/null | sed 's/[ ]*$//' >"$tmp/real"
same 'README shows the demo as it is' "$tmp/shown" "$tmp/real"
