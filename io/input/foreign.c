/* foreign.c -- other formats, recognised by how they begin.
 *
 * Errs towards JSON: a file is called foreign only by a known signature, or
 * when nothing in its first 64 KB begins like JSON.  Otherwise one bad line
 * at the top would hide all good ones below it. */
#include "io/input/foreign.h"

#define NOISE_BYTES 512u /* fewer say nothing about how common a byte is */

typedef struct {
    const char *magic;
    size_t len;
    const char *text;
} signature;

#define UTF16LE                                                                \
    "UTF-16 text; convert it: iconv -f UTF-16LE -t UTF-8 FILE > events.json"
#define UTF16BE                                                                \
    "UTF-16 text; convert it: iconv -f UTF-16BE -t UTF-8 FILE > events.json"
#define ZEEK "Zeek's log with columns; let it write JSON (LogAscii::use_json=T)"
#define EVTX_DUMP                                                              \
    "what evtx_dump -o json prints, which is no JSON; use -o jsonl"
#define AUDITD "auditd's log; convert it to JSON lines of ECS (Auditbeat)"
#define YAML "YAML; convert it to JSON lines"

static const signature signatures[] = {
    {"ElfFile", 7,
     "a Windows event log (EVTX); export it first to one of the layouts of "
     "docs/winevent-mapping.md (Winlogbeat, NXLog, Get-WinEvent)"},
    {"\x30\x00\x00\x00LfLe", 8,
     "an old Windows event log (EVT); export it first to one of the layouts "
     "of docs/winevent-mapping.md (NXLog, Get-WinEvent)"},
    {"PK\x03\x04", 4, "a ZIP archive; unpack it and name the files inside"},
    {"PK\x05\x06", 4, "an empty ZIP archive"},
    {"Rar!\x1a\x07", 6, "a RAR archive; unpack it and name the files inside"},
    {"\x1f\x9d", 2,
     "compress data; decompress it: zcat FILE | eqlvm run ... -"},
    {"\x02\x21\x4c\x18", 4,
     "lz4 data; decompress it: lz4cat FILE | eqlvm run ... -"},
    {"7z\xbc\xaf\x27\x1c", 6,
     "a 7z archive; unpack it and name the files inside"},
    {"BZh", 3, "bzip2 data; decompress it: bzcat FILE | eqlvm run ... -"},
    {"\x04\x22\x4d\x18", 4,
     "lz4 data; decompress it: lz4cat FILE | eqlvm run "
     "... -"},
    {"PAR1", 4, "a Parquet file; export it as JSON lines"},
    {"ORC\x11", 4, "an ORC file; export it as JSON lines"},
    {"Obj\x01", 4, "an Avro file; export it as JSON lines"},
    {"LPKSHHRH", 8,
     "a journal of systemd; export it: journalctl -o json --file FILE"},
    {"%PDF-", 5, "a PDF document; it holds no events"},
    {"MZ\x90", 3, "a Windows program; it holds no events"},
    {"\xa1\xb2\xc3\xd4", 4, "a packet capture (pcap); it holds no events"},
    {"\x4d\x3c\xb2\xa1", 4, "a packet capture (pcap); it holds no events"},
    {"\xa1\xb2\x3c\x4d", 4, "a packet capture (pcap); it holds no events"},
    {"SQLite format 3", 15, "an SQLite database; export it as JSON lines"},
    {"\xd4\xc3\xb2\xa1", 4, "a packet capture (pcap); it holds no events"},
    {"\x0a\x0d\x0d\x0a", 4, "a packet capture (pcapng); it holds no events"},
    {"\x7f"
     "ELF",
     4, "a program (ELF); it holds no events"},
    {"\xff\xfe", 2,
     "UTF-16 text; convert it: iconv -f UTF-16 -t UTF-8 FILE > events.json"},
    {"\xfe\xff", 2,
     "UTF-16 text; convert it: iconv -f UTF-16 -t UTF-8 FILE > events.json"},
    /* The same without a mark. */
    {"{\0", 2, UTF16LE},
    {"[\0", 2, UTF16LE},
    {"\0{", 2, UTF16BE},
    {"\0[", 2, UTF16BE},
};

/* How texts begin, after white space. */
static const signature texts[] = {
    {"#separator ", 11, ZEEK},
    {"#fields\t", 8, ZEEK},
    {"Record 1\n{", 10, EVTX_DUMP},
    {"Record 1\r\n{", 11, EVTX_DUMP},
    {"type=SYSCALL ", 13, AUDITD},
    {"CEF:0|", 6, "CEF lines; convert them to JSON lines first"},
    {"LEEF:", 5, "LEEF lines; convert them to JSON lines first"},
    {"%YAML", 5, YAML},
    {"---\n", 4, YAML},
    {"---\r\n", 5, YAML},
};

/* A POSIX tar archive says so in its first header. */
#define TAR_MARK_AT 257u

static bool
is_tar(eql_strview s)
{
    return s.len >= TAR_MARK_AT + 5 &&
           memcmp(s.p + TAR_MARK_AT, "ustar", 5) == 0;
}

static const char *
by_signature(eql_strview s, const signature *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const signature *g = &list[i];

        if (s.len >= g->len && memcmp(s.p, g->magic, g->len) == 0)
            return g->text;
    }
    return NULL;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* From the first byte that says something. */
static eql_strview
trimmed(eql_strview s)
{
    if (s.len >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
        s = eql_sv(s.p + 3, s.len - 3);
    while (s.len && is_space(s.p[0]))
        s = eql_sv(s.p + 1, s.len - 1);
    return s;
}

static bool
begins_json(eql_strview s)
{
    s = trimmed(s);
    return s.len && (s.p[0] == '{' || s.p[0] == '[');
}

/* The first line without its end, and what follows it. */
static eql_strview
split_line(eql_strview s, eql_strview *rest)
{
    const char *nl = s.len ? memchr(s.p, '\n', s.len) : NULL;
    size_t n = nl ? (size_t)(nl - s.p) : s.len;

    *rest = nl ? eql_sv(nl + 1, s.len - n - 1) : eql_sv(s.p + n, 0);
    return eql_sv(s.p, n);
}

static bool
some_line_begins_json(eql_strview s)
{
    while (s.len) {
        eql_strview rest;

        if (begins_json(split_line(s, &rest)))
            return true;
        s = rest;
    }
    return false;
}

static bool
holds(eql_strview s, const char *bytes)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] && strchr(bytes, s.p[i]))
            return true;
    return false;
}

static bool
is_binary(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c < 0x20 && !is_space((char)c) && c != '\f' && c != 0x1b)
            return true;
    }
    return false;
}

/* Bytes that no text has, in such numbers that a line which begins like JSON
 * is chance.  Zeros are not counted: a crash may leave a run of them before
 * good lines. */
static bool
is_noise(eql_strview s)
{
    size_t n = 0;

    if (s.len < NOISE_BYTES)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        n += c && c < 0x20 && !is_space((char)c);
    }
    return n > s.len / 50;
}

static bool
is_markup(eql_strview s)
{
    return s.len > 1 && s.p[0] == '<' &&
           ((s.p[1] >= 'a' && s.p[1] <= 'z') ||
            (s.p[1] >= 'A' && s.p[1] <= 'Z') || s.p[1] == '?' || s.p[1] == '!');
}

size_t
eql_foreign_wants(eql_strview head)
{
    eql_strview s = trimmed(head);

    if (s.len == 0)
        return head.len < EQL_FOREIGN_HEAD ? head.len + 1 : head.len;
    return begins_json(s) ? head.len : EQL_FOREIGN_HEAD;
}

const char *
eql_foreign(eql_strview head)
{
    const char *text = by_signature(head, signatures, EQL_COUNTOF(signatures));
    eql_strview s = trimmed(head), rest, first;

    if (text || s.len == 0 || begins_json(s))
        return text;
    text = by_signature(s, texts, EQL_COUNTOF(texts));
    if (text)
        return text;
    if (is_tar(head))
        return "a tar archive; unpack it and name the files inside";
    if (is_markup(s))
        return "XML or HTML; export it as JSON lines first (Windows events: "
               "one "
               "of the layouts of docs/winevent-mapping.md)";
    if (!is_noise(s) && some_line_begins_json(s))
        return NULL;
    if (is_binary(s))
        return "binary data; events have to be JSON (plain, gzip, zstd or xz)";
    first = split_line(s, &rest);
    if (holds(first, ",;\t") && first.p[0] != '"')
        return "text with columns (CSV?); convert it to JSON lines first, one "
               "object a line";
    return NULL;
}
