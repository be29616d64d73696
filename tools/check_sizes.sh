#!/bin/sh
# check_sizes.sh -- no function over 80 lines but an interpreter's switch, no
# file over 800, no path of one machine; banners of sections are /* --- x --- */.
set -u
files=$(git ls-files '*.c' '*.h' '*.cc' '*.re' '*.y' | grep -v '^tests/golden/')
out=$(
    for f in $files; do
        [ -f "$f" ] || continue
        awk -v f="$f" '
            FNR > 800 && !told { print f ": over 800 lines"; told = 1 }
            # With our format, a function body is a "{" alone in column 1.
            # The rules of a lexer are a table, not code.
            /\/\*!re2c/ { table = FNR }
            /^ *\*\/$/ && table { start += FNR - table; table = 0 }
            /^\{$/ { start = FNR; sw = 0 }
            /interpreter switch/ { sw = 1 }
            /^\}$/ && start {
                if (FNR - start - 1 > 80 && !sw)
                    print f ":" start ": function of " FNR - start - 1 " lines"
                start = 0
            }' "$f"
    done
    git grep -nE -e '^/\* --- .*-{4,}' -e '^ \* -{4,}' -- '*.c' '*.h' 2>/dev/null |
        sed 's|$|   <- a banner is /* --- x --- */|'
    git grep -nE '(^|[^A-Za-z0-9_.])/(work|root|home)/' -- . ':!*.json' \
        ':!*.ndjson' ':!*.toml' ':!tools/check_sizes.sh' ':!tests/golden' 2>/dev/null |
        sed 's/$/   <- path of one machine/'
)
if [ -n "$out" ]; then
    printf '%s\n' "$out"
    exit 1
fi
echo 'sizes: ok'
