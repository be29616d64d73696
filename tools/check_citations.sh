#!/bin/sh
# check_citations.sh -- proves that what is cited is there.
#
# `language 8.8` is section 8.8 of docs/language.md, `language 1.2 #5` row 5 of a
# table in it; numbers that follow, as in `language 4.2, 4.3 and 5.7`, are
# sections, too.  Nothing is cited in another form.  Links between documents
# lead to files and headings that exist.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# What may be cited, as `4.2` and `1.2#5`.
awk '/^```/ { code = !code }
     !code && /^##+ [0-9]/ { s = $2; sub(/\.$/, "", s); print s }
     !code && /^\| [0-9]+ \|/ { print s "#" $2 }' docs/language.md >"$tmp/there"

# A file is one text here, since a citation may go on in the next line.
git ls-files -- '*.c' '*.h' '*.cc' '*.def' '*.y' '*.re' '*.sh' '*.toml' '*.md' Makefile \
    ':!rules' ':!tests/golden' ':!tools/check_citations.sh' >"$tmp/files"
awk -v there="$tmp/there" -v numbers=tools/language_numbers.txt '
    # In: ` language 4.2, 4.3 and 1.2 #5`, text before the number cut off.
    function check(cited,    n, i, one) {
        gsub(/,| and | to /, ";", cited)
        gsub(/ /, "", cited)
        n = split(cited, one, ";")
        for (i = 1; i <= n; i++)
            if (!(one[i] in is_there))
                print file ": language " one[i] " is not in docs/language.md"
    }
    function refuse(cited,    number) {
        number = cited
        sub(/^[^0-9]*/, "", number)
        print file ": \"" cited "\" should be cited as language " \
            (number in now ? now[number] : "N, or a document")
    }
    function check_text(    cited) {
        while (match(text, form)) {
            cited = substr(text, RSTART + 1, RLENGTH - 1)
            text = substr(text, RSTART + RLENGTH)
            if (cited ~ /^[Ll]anguage/)
                check(substr(cited, 10))
            else
                refuse(cited)
        }
    }
    BEGIN {
        item = "[0-9]+(\\.[0-9]+)?( #[0-9]+)?"
        form = "[^a-z_]([Ll]anguage " item "((,| and| to) " item ")*|" \
            "([Ss]pec|[Ss]pecification|[Ss]ections?|[Dd]esign) [0-9]+(\\.[0-9]+)?)"
        while ((getline line <there) > 0)
            is_there[line]
        while ((getline line <numbers) > 0)
            if (split(line, pair, " ") == 2)
                now[pair[1]] = pair[2]
    }
    FNR == 1 { check_text(); text = ""; file = FILENAME }
    { sub(/^[ \t]*(\/?\*|#|\/\/)?[ \t]*/, ""); text = text " " $0 }
    END { check_text() }' $(cat "$tmp/files") >"$tmp/out"

# Documents twice: their headings first, as anchors, then their links.
documents=$(git ls-files '*.md' ':!tests')
awk '
    FNR == 1 { pass += FILENAME == ARGV[1]; code = 0; known[FILENAME] }
    /^```/ { code = !code }
    code { next }
    pass == 1 && /^#+ / {
        anchor = tolower($0)
        sub(/^#+ /, "", anchor)
        gsub(/[^a-z0-9 _-]/, "", anchor)
        gsub(/ /, "-", anchor)
        known[FILENAME "#" anchor]
    }
    pass == 2 {
        folder = FILENAME
        sub(/[^\/]*$/, "", folder)
        while (match($0, /\]\([^):]*\)/)) {
            link = substr($0, RSTART + 2, RLENGTH - 3)
            $0 = substr($0, RSTART + RLENGTH)
            to = link ~ /^#/ ? FILENAME link : folder link
            while (sub(/[^\/]+\/\.\.\//, "", to)) continue
            if (to ~ /\.md(#|$)/ && !(to in known))
                print FILENAME ": " link " leads nowhere"
        }
    }' $documents $documents >>"$tmp/out"

if [ -s "$tmp/out" ]; then
    cat "$tmp/out"
    exit 1
fi
echo 'citations: ok'
