#!/bin/sh
# check_tables.sh [ROOT] -- the list of tables in program/image.h is true: it has
# every table of a program, names a file of the verifier that speaks of it, and
# the rooms in which code asks for the number of its records (who does not ask
# cannot walk the whole table).
set -u
root=${1:-.}
cd "$root" || exit 1
bad=0
say() { echo "check_tables: $*" >&2; bad=1; }

tables=$(sed -n '/define EQL_PROGRAM_SECTIONS/,/^$/s/.*X(\([a-z]*\), .*/\1/p' program/program.h)
rows=$(sed -n 's/^ \* \([a-z]* *|.*|.*|.*\)/\1/p' program/image.h)
listed=$(echo "$rows" | sed 's/ *|.*//')
[ "$(echo "$tables" | sort)" = "$(echo "$listed" | sort)" ] ||
    say "program/image.h does not list just the tables of program/program.h"
for table in $listed; do
    row=$(echo "$rows" | grep "^$table *|")
    verifier=$(echo "$row" | awk -F'[|]' '{ gsub(/ /, "", $3); print $3 }')
    said=$(echo "$row" | awk -F'[|]' '{ gsub(/^ *| *$/, "", $4); print $4 }')
    grep -q "EQL_SECTION_$table\|p->n$table" "program/verify_$verifier.c" ||
        say "$table: program/verify_$verifier.c does not verify it"
    rooms=$(grep -rlE --include='*.[ch]' "\b(p|program)->n$table\b" api event io program vm |
        grep -v '^program/\(verify\|builder\)' | sed 's|/.*||' | sort -u | xargs)
    [ "${rooms:--}" = "$said" ] || say "$table: walked in '${rooms:--}', listed '$said'"
done
exit $bad
