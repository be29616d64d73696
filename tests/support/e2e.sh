# e2e.sh -- sourced by tests/e2e/*.sh: where things are, and how to report.
#
# Each check prints one line for tools/run_tests.sh: "ok - NAME",
# "not ok - NAME" (with what was seen), or "skip - NAME".
set -u
LC_ALL=C
export LC_ALL
eqlvm=${EQL_BUILD:-build/release}/eqlvm
shared=${EQL_SHARED:-../shared}
rule=rules/windows/lateral_movement_incoming_powershell_remoting.toml
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

ok() { printf 'ok - %s\n' "$1"; }
not_ok() {
    printf 'not ok - %s\n' "$1"
    for f in "$tmp/out" "$tmp/err"; do
        [ -s "$f" ] && head -c 3000 "$f" | sed "s|^|    $(basename "$f"): |"
    done
}
skip() { printf 'skip - %s\n' "$1"; }

# run ARGS...: eqlvm with output in $tmp/out and $tmp/err, exit code in $code
run() {
    "$eqlvm" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}

# expect NAME CODE [PATTERN...]: the exit code, and that each pattern (grep -E)
# is somewhere in the output or the messages
expect() {
    name=$1 want=$2
    shift 2
    if [ "$code" -ne "$want" ]; then
        not_ok "$name (exit $code, want $want)"
        return
    fi
    for pattern in "$@"; do
        if ! cat "$tmp/out" "$tmp/err" | grep -qE -e "$pattern"; then
            not_ok "$name (nothing says: $pattern)"
            return
        fi
    done
    ok "$name"
}

# same NAME FILE FILE
same() {
    if cmp -s "$2" "$3"; then
        ok "$1"
    else
        diff "$2" "$3" >"$tmp/out" 2>&1
        : >"$tmp/err"
        not_ok "$1"
    fi
}
