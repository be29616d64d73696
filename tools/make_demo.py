#!/usr/bin/env python3
"""make_demo.py -- writes demo/winrm-intrusion.json, the capture of the demo.

All of it is invented: hosts, people, addresses and times.  The form is that
of Sysmon records shipped by NXLog (flat JSON, local time without a zone beside
Sysmon's UtcTime), because that is the hardest form the mapping reads; the
noise is what a quiet quarter of an hour on five Windows hosts looks like.

The story, on 3 March 2026, all times UTC:
  14:02:11  the administrator's workstation ADM-WS01 opens a session to FIN-SRV02
            and runs whoami.exe: routine, but the rule cannot know: medium
  14:05:40  BUILD-SRV connects to itself over IPv6 loopback and starts a build
            step through wsmprovhost.exe: no alert
  14:08:03  someone holds a stolen credential on HR-WS17 (10.40.3.117) and enters
            FIN-SRV02: cmd.exe, then powershell.exe; one connection, one alert
  14:08:31  the same from HR-WS17 to DC01: powershell.exe
  14:11:00  a connection to WEB-SRV03 whose first process starts 44 s later: too
            late for the 30 s window, no alert

Run it to make the capture again; the same bytes come out every time.
"""
import json
import os
import random
from datetime import datetime, timedelta

START = datetime(2026, 3, 3, 14, 0, 0)
LOCAL = timedelta(hours=1)  # the hosts' clocks show CET
SYSTEM = "C:\\Windows\\System32\\"
HOSTS = {
    "ADM-WS01.corp.example": "10.40.1.10",
    "HR-WS17.corp.example": "10.40.3.117",
    "FIN-SRV02.corp.example": "10.40.10.22",
    "DC01.corp.example": "10.40.10.5",
    "BUILD-SRV.corp.example": "10.40.20.8",
    "WEB-SRV03.corp.example": "10.40.30.3",
}
TASKS = {
    1: "Process Create (rule: ProcessCreate)",
    3: "Network connection detected (rule: NetworkConnect)",
    5: "Process terminated (rule: ProcessTerminate)",
    7: "Image loaded (rule: ImageLoad)",
    11: "File created (rule: FileCreate)",
    13: "Registry value set (rule: RegistryEvent)",
    22: "Dns query (rule: DnsQuery)",
}
rng = random.Random(5985)
records = []  # (arrival, record)
number = {h: 180000 + 7919 * i for i, h in enumerate(HOSTS)}
pids = {h: 3000 + 512 * i for i, h in enumerate(HOSTS)}


def guid():
    return "{%08x-%04x-%04x-%04x-%012x}" % (
        rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(16),
        rng.getrandbits(16), rng.getrandbits(48))


def emit(host, seconds, code, **data):
    """One Sysmon record, `seconds` after START; it arrives a little later."""
    when = START + timedelta(seconds=seconds)
    number[host] += 1
    record = {
        "EventTime": (when + LOCAL).strftime("%Y-%m-%d %H:%M:%S"),
        "Hostname": host,
        "Keywords": -9223372036854775808,
        "EventType": "INFO",
        "SeverityValue": 2,
        "Severity": "INFO",
        "EventID": code,
        "SourceName": "Microsoft-Windows-Sysmon",
        "ProviderGuid": "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}",
        "Version": 5,
        "Task": code,
        "OpcodeValue": 0,
        "RecordNumber": number[host],
        "ExecutionProcessID": 2816,
        "ThreadID": 3404,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Domain": "NT AUTHORITY",
        "AccountName": "SYSTEM",
        "UserID": "S-1-5-18",
        "AccountType": "User",
        "Category": TASKS[code],
        "Opcode": "Info",
        "RuleName": "-",
        "UtcTime": when.strftime("%Y-%m-%d %H:%M:%S.") + "%03d" % (when.microsecond // 1000),
    }
    record.update(data)
    late = rng.uniform(0.2, 2.4)
    arrival = when + timedelta(seconds=late)
    record["EventReceivedTime"] = (arrival + LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    record["SourceModuleName"] = "sysmon"
    record["SourceModuleType"] = "im_msvistalog"
    record["@timestamp"] = arrival.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (arrival.microsecond // 1000)
    records.append((arrival, record))


def start(host, seconds, image, command, parent, user, ppid=None, integrity="Medium"):
    pids[host] += rng.randrange(4, 60, 4)
    pid = pids[host]
    emit(host, seconds, 1,
         ProcessGuid=guid(), ProcessId=str(pid), Image=image,
         FileVersion="10.0.20348.1 (WinBuild.160101.0800)", Company="Microsoft Corporation",
         Product="Microsoft Windows Operating System", Description="-",
         OriginalFileName=image.rsplit("\\", 1)[1], CommandLine=command,
         CurrentDirectory="C:\\Windows\\system32\\", User=user, LogonGuid=guid(),
         LogonId="0x%x" % rng.getrandbits(24), TerminalSessionId="0", IntegrityLevel=integrity,
         Hashes="SHA256=%064X" % rng.getrandbits(256),
         ParentProcessGuid=guid(), ParentProcessId=str(ppid or 808), ParentImage=parent,
         ParentCommandLine=parent)
    return pid


def connect(host, seconds, source, sport, target, dport, image, user, incoming, ipv6=False):
    emit(host, seconds, 3,
         ProcessGuid=guid(), ProcessId="4" if image == "System" else str(pids[host]),
         Image=image, User=user, Protocol="tcp", Initiated="false" if incoming else "true",
         SourceIsIpv6="true" if ipv6 else "false", SourceIp=source, SourceHostname="-",
         SourcePort=str(sport), SourcePortName="-",
         DestinationIsIpv6="true" if ipv6 else "false", DestinationIp=target,
         DestinationHostname="-", DestinationPort=str(dport), DestinationPortName="-")


def session(host, seconds, source, user, commands, ipv6=False, delay=0.31):
    """An incoming remoting session: connection, host process, its children."""
    own = "0:0:0:0:0:0:0:1" if ipv6 else HOSTS[host]
    connect(host, seconds, source, rng.randrange(49700, 61000), own, 5985, "System",
            "NT AUTHORITY\\SYSTEM", True, ipv6)
    wsm = start(host, seconds + delay, SYSTEM + "wsmprovhost.exe",
                SYSTEM + "wsmprovhost.exe -Embedding", SYSTEM + "svchost.exe", user,
                integrity="High")
    for after, image, command in commands:
        start(host, seconds + delay + after, image, command, SYSTEM + "wsmprovhost.exe", user,
              wsm, "High")
        if not image.endswith("conhost.exe"):
            start(host, seconds + delay + after + 0.04, SYSTEM + "conhost.exe",
                  "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1",
                  SYSTEM + "wsmprovhost.exe", user, wsm, "High")


def noise(host, seconds):
    """One ordinary event, of the kinds that fill a Sysmon log."""
    kind = rng.random()
    svchost = SYSTEM + "svchost.exe"
    system = "NT AUTHORITY\\SYSTEM"
    if kind < 0.30:
        dll = rng.choice(["ntdll.dll", "kernel32.dll", "advapi32.dll", "rpcrt4.dll", "bcrypt.dll",
                          "crypt32.dll", "ws2_32.dll", "sechost.dll"])
        image = rng.choice([svchost, SYSTEM + "taskhostw.exe", SYSTEM + "backgroundTaskHost.exe"])
        emit(host, seconds, 7, ProcessGuid=guid(), ProcessId=str(rng.randrange(600, 9000, 4)), Image=image,
             ImageLoaded=SYSTEM + dll, FileVersion="10.0.20348.1", Description="-",
             Product="Microsoft Windows Operating System", Company="Microsoft Corporation",
             OriginalFileName=dll, Hashes="SHA256=%064X" % rng.getrandbits(256), Signed="true",
             Signature="Microsoft Windows", SignatureStatus="Valid", User=system)
    elif kind < 0.52:
        emit(host, seconds, 13, EventType="SetValue", ProcessGuid=guid(), ProcessId="1204", Image=svchost,
             TargetObject="HKLM\\System\\CurrentControlSet\\Services\\%s\\Parameters\\Stamp"
             % rng.choice(["W32Time", "Tcpip", "Dhcp", "bam"]),
             Details="DWORD (0x%08x)" % rng.getrandbits(31), User=system)
    elif kind < 0.68:
        name = rng.choice(["update.corp.example", "proxy.corp.example", "time.corp.example",
                           "wpad.corp.example", "crl.example.net"])
        emit(host, seconds, 22, ProcessGuid=guid(), ProcessId="1548", QueryName=name, QueryStatus="0",
             QueryResults="::ffff:10.40.10.%d;" % rng.randrange(2, 250), Image=svchost, User=system)
    elif kind < 0.84:
        connect(host, seconds, HOSTS[host], rng.randrange(49700, 61000), "10.40.10.%d" % rng.randrange(2, 60),
                rng.choice([443, 443, 445, 53, 389, 88]), svchost, "NT AUTHORITY\\NETWORK SERVICE", False)
    elif kind < 0.92:
        emit(host, seconds, 11, ProcessGuid=guid(), ProcessId="2044", Image=svchost,
             TargetFilename="C:\\Windows\\Temp\\%08X.tmp" % rng.getrandbits(32),
             CreationUtcTime=(START + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.000"), User=system)
    elif kind < 0.97:
        start(host, seconds, SYSTEM + rng.choice(["taskhostw.exe", "backgroundTaskHost.exe", "SearchProtocolHost.exe"]),
              "taskhostw.exe", svchost, system, integrity="System")
    else:
        emit(host, seconds, 5, ProcessGuid=guid(), ProcessId=str(rng.randrange(600, 9000, 4)), Image=svchost,
             User=system)


def main():
    hosts = list(HOSTS)
    for _ in range(330):
        noise(rng.choice(hosts), rng.uniform(0, 900))
    admin, stolen = "CORP\\adm.weber", "CORP\\svc-hrsync"
    session("FIN-SRV02.corp.example", 131.2, HOSTS["ADM-WS01.corp.example"], admin,
            [(0.9, SYSTEM + "whoami.exe", "\"C:\\Windows\\system32\\whoami.exe\" /groups")])
    session("BUILD-SRV.corp.example", 340.0, "0:0:0:0:0:0:0:1", "CORP\\svc-build",
            [(0.5, SYSTEM + "cmd.exe", "cmd.exe /c build.cmd nightly")], ipv6=True)
    session("FIN-SRV02.corp.example", 483.4, HOSTS["HR-WS17.corp.example"], stolen,
            [(0.7, SYSTEM + "cmd.exe", "cmd.exe /c net group \"Domain Admins\" /domain"),
             (9.2, SYSTEM + "WindowsPowerShell\\v1.0\\powershell.exe",
              "powershell.exe -NoProfile -WindowStyle Hidden -File C:\\Users\\Public\\collect.ps1")])
    session("DC01.corp.example", 511.8, HOSTS["HR-WS17.corp.example"], stolen,
            [(0.6, SYSTEM + "WindowsPowerShell\\v1.0\\powershell.exe",
              "powershell.exe -NoProfile -Command \"Get-ADUser -Filter * | Export-Csv C:\\Users\\Public\\u.csv\"")])
    session("WEB-SRV03.corp.example", 660.0, HOSTS["ADM-WS01.corp.example"], admin,
            [(44.0, SYSTEM + "ipconfig.exe", "\"C:\\Windows\\system32\\ipconfig.exe\" /all")])
    records.sort(key=lambda r: r[0])
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "..", "demo", "winrm-intrusion.json")
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        for _, record in records:
            f.write(json.dumps(record, separators=(",", ":")) + "\n")
    print(len(records), "records")


main()
