# rule_mutations.sh -- the shipped rule's tests hold it in place: dropping any
# clause, or moving any bound, makes at least one named test fail.
. tests/support/e2e.sh

run test rules
expect 'the rule passes its own tests' 0 '0 failed'

# mutate NAME SED-SCRIPT: the changed rule must still compile and fail a test
mutate() {
    sed -e "$2" "$rule" >"$tmp/mutant.toml"
    if cmp -s "$rule" "$tmp/mutant.toml"; then
        not_ok "$1: the mutation changed nothing"
        return
    fi
    run test "$tmp/mutant.toml"
    expect "$1: $(grep '^FAIL' "$tmp/out" | head -1 | sed 's/.*: //')" 1 '^FAIL .*: .+'
}

mutate 'stage 1 loses its system'     's/\[network where host.os.type == "windows" and/[network where/'
mutate 'stage 1 loses the direction'  '/network.direction : /d'
mutate 'direction loses incoming'     's/("incoming", "ingress")/("ingress")/'
mutate 'direction loses ingress'      's/("incoming", "ingress")/("incoming")/'
mutate 'direction minds case'         's/network.direction : ("incoming", "ingress")/network.direction in ("incoming", "ingress")/'
mutate 'stage 1 loses the port'       '/destination.port in (5985, 5986) and/d'
mutate 'port 5985 is lost'            's/in (5985, 5986)/in (5986)/'
mutate 'port 5986 is lost'            's/in (5985, 5986)/in (5985)/'
mutate 'port 5985 moves'              's/in (5985, 5986)/in (5984, 5986)/'
mutate 'port 5986 moves'              's/in (5985, 5986)/in (5985, 5987)/'
mutate 'port 445 comes in'            's/in (5985, 5986)/in (5985, 5986, 445)/'
mutate 'stage 1 loses source.ip'      's/in (5985, 5986) and/in (5985, 5986)]/; /source.ip not in/d'
mutate 'IPv4 loopback is lost'        's/("127.0.0.1", "::1")/("::1")/'
mutate 'IPv6 loopback is lost'        's/("127.0.0.1", "::1")/("127.0.0.1")/'
mutate 'a missing address is refused' 's/source.ip not in (/source.ip != null and source.ip not in (/'
mutate 'stage 1 takes any category'   's/\[network where/[any where/'
mutate 'stage 2 loses its system'     's/\[process where host.os.type == "windows" and/[process where/'
mutate 'stage 2 loses the type'       's/event.type == "start" and process.parent/process.parent/'
mutate 'stage 2 loses the parent'     's/and process.parent.name : "wsmprovhost.exe" and/and/'
mutate 'the parent minds case'        's/process.parent.name : "wsmprovhost.exe"/process.parent.name == "wsmprovhost.exe"/'
mutate 'stage 2 loses conhost'        's/"wsmprovhost.exe" and/"wsmprovhost.exe"]/; /not process.executable/d'
mutate 'conhost on C: only'           's/"?:\\\\Windows/"C:\\\\Windows/'
mutate 'conhost anywhere'             's/"?:\\\\Windows\\\\System32\\\\conhost.exe"/"*conhost.exe"/'
mutate 'conhost minds case'           's/not process.executable : /not process.executable like /'
mutate 'stage 2 takes any category'   's/\[process where/[any where/'
mutate 'the key is lost'              's/sequence by host.id with/sequence with/'
mutate 'the key is another'           's/sequence by host.id/sequence by host.os.type/'
mutate 'maxspan is 1 ms shorter'      's/maxspan = 30s/maxspan = 29999ms/'
mutate 'maxspan is 1 ms longer'       's/maxspan = 30s/maxspan = 30001ms/'
mutate 'maxspan is lost'              's/ with maxspan = 30s//'
mutate 'the stages change places'     's/^  \[network/  [ZZZ/; s/^  \[process/  [network/; s/^  \[ZZZ/  [process/'
mutate 'severity: cmd.exe is lost'        's/"cmd.exe", "powershell.exe"/"powershell.exe"/'
mutate 'severity: powershell.exe is lost' 's/"powershell.exe", "pwsh.exe"/"pwsh.exe"/'
mutate 'severity: pwsh.exe is lost'       's/, "pwsh.exe"//'
mutate 'severity: mimikatz is lost'       's/"mimikatz\*.exe", //'
mutate 'severity: everything is high'     's/^  "cmd.exe"/  "*", "cmd.exe"/'
mutate 'severity is of stage 1'           's/^stage = 2$/stage = 1/'
mutate 'severity is low'                  's/^level = "high"/level = "low"/'
mutate 'the rule is low'                  's/^severity = "medium"/severity = "low"/'

# The commented exception works, and is applied before matching.
sed -n '1,/^# \[\[eqlvm.exception/{/^# \[\[eqlvm.exception/!p;}' "$rule" >"$tmp/except.toml"
sed -n 's/^# \(\[\[eqlvm.exception\]\]\)/\1/p; s/^# \(name = "conf.*\)/\1/p; s/^# \(stage = 1\)/\1/p; s/^# \(when = .cidr.*\)/\1/p' "$rule" >>"$tmp/except.toml"
net() { printf '{"@timestamp":"2026-01-01T00:00:%sZ","event":{"category":"network"},"host":{"id":"h","os":{"type":"windows"}},"network":{"direction":"ingress"},"source":{"ip":"%s"},"destination":{"port":5985}}\n' "$1" "$2"; }
proc() { printf '{"@timestamp":"2026-01-01T00:00:%sZ","event":{"category":"process","type":"start"},"host":{"id":"h","os":{"type":"windows"}},"process":{"name":"cmd.exe","parent":{"name":"wsmprovhost.exe"}}}\n' "$1"; }
{ net 00 198.51.100.7; net 05 10.20.0.15; proc 06; } >"$tmp/ev.json"
run run -r "$tmp/except.toml" "$tmp/ev.json"
expect 'an excepted host does not hide the attacker' 0 '"ip":"198.51.100.7"' '1 alert' '1 withheld'
if grep -q '10\.20\.0\.15' "$tmp/out"; then not_ok 'the excepted host is not in the alert'; else ok 'the excepted host is not in the alert'; fi
run run -r "$rule" "$tmp/ev.json"
expect 'without the exception the later host is reported' 0 '"ip":"10.20.0.15"' '1 alert'
