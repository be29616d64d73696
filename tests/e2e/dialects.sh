# dialects.sh -- what the same text means in each dialect, run as a user does.
. tests/support/e2e.sh

# Five rules of Endpoint have a comment with another one's beginning in it.
cat >"$tmp/comment.eql" <<'END'
process where event.type == "start" /* CS cpython * and more /* not this */
  and process.pid == 4
END
for dialect in endpoint endgame; do
    run check --dialect $dialect "$tmp/comment.eql"
    expect "comments do not nest in $dialect" 0
done
run check --strict --schema none --dialect endpoint "$tmp/comment.eql"
expect "nor under --strict" 0
run check "$tmp/comment.eql"
expect "in elastic they do" 4 'E101' 'dialect elastic comments nest'
