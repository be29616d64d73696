# image.sh -- running a compiled image gives the same bytes as running from
# text, in every output form.
. tests/support/e2e.sh

run compile -o "$tmp/r.eqlc" rules
expect 'compile' 0 '1 rule compiled'
for form in ndjson table csv ecs; do
    "$eqlvm" run -r rules --output $form demo/winrm-intrusion.json >"$tmp/text" 2>/dev/null
    "$eqlvm" run -r "$tmp/r.eqlc" --output $form demo/winrm-intrusion.json >"$tmp/image" 2>/dev/null
    if [ -s "$tmp/text" ]; then same "$form from image and from text" "$tmp/text" "$tmp/image"
    else not_ok "$form has alerts"; fi
done
run compile -o "$tmp/again.eqlc" "$tmp/r.eqlc"
same 'an image compiled again is the same image' "$tmp/r.eqlc" "$tmp/again.eqlc"
head -c 300 "$tmp/r.eqlc" >"$tmp/short.eqlc"
run run -r "$tmp/short.eqlc" demo/winrm-intrusion.json
expect 'a truncated image is refused with a reason' 4 'short.eqlc'
cp "$tmp/r.eqlc" "$tmp/old.eqlc"
printf '\004' | dd of="$tmp/old.eqlc" bs=1 seek=4 conv=notrunc 2>/dev/null
run run -r "$tmp/old.eqlc" demo/winrm-intrusion.json
expect 'an image of an older version says what to do' 4 'old.eqlc' 'compile the rules again'
if [ -d "$shared/data/ecs" ]; then
    for f in lateral_movement__empire_psremoting_stager lateral_movement__covenant_psremoting_grunt; do
        "$eqlvm" run -r rules "$shared/data/ecs/$f.ndjson.gz" >"$tmp/text" 2>/dev/null
        "$eqlvm" run -r "$tmp/r.eqlc" "$shared/data/ecs/$f.ndjson.gz" >"$tmp/image" 2>/dev/null
        if [ -s "$tmp/text" ]; then same "$f" "$tmp/text" "$tmp/image"; else not_ok "$f has alerts"; fi
    done
else
    skip 'captures: reference data is not here'
fi
