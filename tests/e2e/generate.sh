# generate.sh -- man page and completions have every verb and every option.
. tests/support/e2e.sh

for kind in man complete-bash complete-zsh complete-fish; do
    run --generate "$kind"
    expect "--generate $kind" 0 run check
    cp "$tmp/out" "$tmp/$kind"
done
run --generate html
expect 'an unknown kind' 2 'complete-bash'
run --generate
expect 'no kind' 2 'complete-bash'

# Each option of each verb's --help is on the page and in the completions.
verbs=$("$eqlvm" --help | awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
for verb in $verbs; do
    "$eqlvm" "$verb" --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -e '--[a-z-]+' |
        grep -vx -e --help | sort -u >"$tmp/options"
    : >"$tmp/out"
    while IFS= read -r o; do
        name=${o#--}
        roff=$(printf %s "$o" | sed 's/-/\\-/g')
        awk -v v="$verb" '/^\.SS / { on = $2 == v } on' "$tmp/man" | grep -qF -e "$roff\\fR" ||
            echo "man: $verb $o" >>"$tmp/out"
        awk -v v="$verb)" '$1 == v { on = 1 } on { print } /;;$/ && /options=|--help.* ;;/ { on = 0 }' \
            "$tmp/complete-bash" | grep -qF -e "$o" || echo "bash: $verb $o" >>"$tmp/out"
        awk -v v="$verb)" '$1 == v { on = 1 } on { print } / ;;$/ { on = 0 }' \
            "$tmp/complete-zsh" | grep -qF -e "$o" || echo "zsh: $verb $o" >>"$tmp/out"
        grep -F "from $verb'" "$tmp/complete-fish" | grep -qF -e "-l $name " ||
            echo "fish: $verb $o" >>"$tmp/out"
    done <"$tmp/options"
    : >"$tmp/err"
    if [ -s "$tmp/options" ] && [ ! -s "$tmp/out" ]; then
        ok "every option of $verb"
    else
        not_ok "every option of $verb"
    fi
done

# The completions work in the shells themselves.
complete_bash() { # words...: what bash offers for the last of them
    bash -c '. "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        compopt() { :; }
        _eqlvm; printf "%s\n" "${COMPREPLY[@]}"' - "$tmp/complete-bash" "$@"
}
code=0
: >"$tmp/err"
complete_bash eqlvm ch >"$tmp/out"
expect 'bash completes a verb' 0 '^check$'
complete_bash eqlvm run --max-st >"$tmp/out"
expect 'bash completes an option' 0 '^--max-state-bytes$'
complete_bash eqlvm run --input wi >"$tmp/out"
expect 'bash completes a choice' 0 '^winevent$'
if command -v fish >/dev/null; then
    complete_fish() {
        HOME=$tmp fish -c "source $tmp/complete-fish; complete -C 'eqlvm $1'"
    }
    complete_fish 'ch' >"$tmp/out" 2>"$tmp/err"
    expect 'fish completes a verb' 0 '^check'
    complete_fish 'run --max-st' >"$tmp/out" 2>"$tmp/err"
    expect 'fish completes an option' 0 '^--max-state-bytes'
    complete_fish 'run --input wi' >"$tmp/out" 2>"$tmp/err"
    expect 'fish completes a choice' 0 '^winevent'
else
    skip 'fish is not installed'
fi
if command -v zsh >/dev/null; then
    # What completion functions would be told, by functions in their place.
    complete_zsh() {
        zsh -f -c 'source_it=$1; shift
            _describe() { print -l -- $verbs }
            _arguments() { print -l -- "$@" }
            words=("$@"); CURRENT=$#
            . $source_it' - "$tmp/complete-zsh" "$@"
    }
    complete_zsh eqlvm ch >"$tmp/out" 2>"$tmp/err"
    expect 'zsh completes a verb' 0 '^check:'
    complete_zsh eqlvm run --max-st >"$tmp/out" 2>"$tmp/err"
    expect 'zsh completes an option' 0 '^--max-state-bytes\['
    complete_zsh eqlvm run --input wi >"$tmp/out" 2>"$tmp/err"
    expect 'zsh completes a choice' 0 '^--input\[.*winevent'
else
    skip 'zsh is not installed'
fi

# The page is one that man can show.
if command -v man >/dev/null && command -v groff >/dev/null; then
    make -s BUILD="$(basename "${EQL_BUILD:-build/release}")" docs >"$tmp/out" 2>"$tmp/err"
    LC_ALL=C.UTF-8 man --warnings -l "${EQL_BUILD:-build/release}/eqlvm.1" >"$tmp/out" 2>"$tmp/err"
    code=$?
    if [ $code -eq 0 ] && [ ! -s "$tmp/err" ]; then ok 'man shows the page'; else not_ok 'man shows the page'; fi
else
    skip 'man or groff is not installed'
fi
