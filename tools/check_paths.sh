#!/bin/sh
# check_paths.sh -- every `path/of/ours` that CONTRIBUTING.md and
# docs/architecture.md name is there, but for those that a recipe makes.
set -u
top=$(git ls-files | sed -n 's|/.*||p' | sort -u | tr '\n' '|')
bad=0
for doc in CONTRIBUTING.md docs/architecture.md; do
    for path in $(grep -oE '`[A-Za-z_]+/[A-Za-z0-9_./*-]+`' $doc | tr -d '`' | sort -u); do
        case "|$top" in *"|${path%%/*}|"*) ;; *) continue ;; esac
        case $path in
        io/toy/ | cli/version.c | */not_null.in | */skip.in | */W430_minus_zero.in) continue ;;
        esac
        # shellcheck disable=SC2086 # a pattern of the document is one here
        if ! ls -d $path >/dev/null 2>&1; then
            echo "$doc: there is no $path"
            bad=1
        fi
    done
done
[ "$bad" -eq 0 ] && echo 'paths: ok'
exit "$bad"
