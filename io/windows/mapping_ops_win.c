/* mapping_ops_win.c -- the operations that know a format of Windows or Sysmon:
 * hashes, registry, DNS answers, audit keywords, name-value texts.
 *
 * As in mapping_ops.c, a value of the wrong shape makes an operation return
 * false and do nothing. */
#include "io/windows/mapping_int.h"

#include "base/text.h"

/* --- hashes --- */

static bool
hash_name(eql_strview v)
{
    size_t i;

    for (i = 0; i < v.len; i++) {
        char c = (char)(v.p[i] | 32);

        if (!(c >= 'a' && c <= 'z') && !(v.p[i] >= '0' && v.p[i] <= '9'))
            return false;
    }
    return v.len > 0 && v.len <= 32;
}

static bool
all_zero(eql_strview v)
{
    while (v.len && v.p[v.len - 1] == '0')
        v.len--;
    return v.len == 0;
}

/* One "ALG=hex" of a list. */
static void
add_hash(eql_mapping_state *s, const eql_mapping_rule *r, json_t *hashes,
         eql_strview item)
{
    eql_strview name, hex = item;
    json_t *key, *value;

    eql_mapping_split_next(&hex, '=', &name);
    name = eql_mapping_split_trim(name);
    hex = hex.p ? eql_mapping_split_trim(hex) : eql_sv("", 0);
    if (!hash_name(name) || all_zero(hex))
        return;
    value = eql_mapping_values_lower(hex);
    if (eql_sv_eq_ascii_ci(name, eql_sv_cstr("imphash"))) {
        eql_mapping_ops_put_to(s, r, 1, value);
        return;
    }
    key = eql_mapping_values_lower(name);
    if (!key || !value ||
        json_object_set(hashes, json_string_value(key), value) != 0)
        s->failed = true;
    json_decref(key);
    json_decref(value);
}

bool
eql_mapping_ops_win_hashes(eql_mapping_state *s, const eql_mapping_rule *r,
                           eql_strview v)
{
    json_t *hashes = json_object();
    eql_strview item;
    uint32_t n = 0;

    if (!hashes) {
        s->failed = true;
        return false;
    }
    while (n++ < EQL_MAPPING_MAX_ITEMS &&
           eql_mapping_split_next(&v, ',', &item))
        add_hash(s, r, hashes, item);
    if (json_object_size(hashes))
        eql_mapping_ops_put_to(s, r, 0, json_incref(hashes));
    json_decref(hashes);
    return true;
}

/* --- audit keywords --- */

/* Keywords: bit 53 is audit success, bit 52 audit failure.  NXLog prints them
 * as a signed number, others as hex, Winlogbeat as a list of names. */
static bool
keyword_bits(const json_t *v, uint64_t *bits)
{
    const double two64 = 18446744073709551616.0;
    eql_strview t;
    bool is_int;
    int64_t i;
    double d;

    if (json_is_integer(v)) {
        *bits = (uint64_t)json_integer_value(v);
        return true;
    }
    if (json_is_real(v)) {
        d = json_real_value(v);
        *bits = d >= 0 && d < two64 ? (uint64_t)d : 0;
        return d >= 0 && d < two64;
    }
    if (!json_is_string(v))
        return false;
    t = eql_mapping_split_trim(eql_mapping_values_view(v));
    if (eql_mapping_values_is_hex(t))
        return eql_mapping_values_hex(eql_sv(t.p + 2, t.len - 2), bits);
    if (!eql_parse_number(t, &is_int, &i, &d))
        return false;
    *bits = is_int ? (uint64_t)i : d >= 0 && d < two64 ? (uint64_t)d : 0;
    return true;
}

static bool
names_keyword(const json_t *list, const char *name)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);

        if (json_is_string(v) && eql_sv_is(eql_mapping_values_view(v), name))
            return true;
    }
    return false;
}

bool
eql_mapping_ops_win_outcome(eql_mapping_state *s, const eql_mapping_rule *r,
                            const json_t *v)
{
    uint64_t bits = 0;
    bool success, failure;

    if (json_is_array(v)) {
        success = names_keyword(v, "Audit Success");
        failure = names_keyword(v, "Audit Failure");
    } else {
        if (!keyword_bits(v, &bits))
            return false;
        success = bits >> 53 & 1;
        failure = bits >> 52 & 1;
    }
    if (success || failure)
        eql_mapping_ops_put_text(s, r, 0,
                                 eql_sv_cstr(success ? "success" : "failure"));
    return success || failure;
}

/* --- registry --- */

bool
eql_mapping_ops_win_registry(eql_mapping_state *s, const eql_mapping_rule *r,
                             eql_strview v)
{
    eql_strview rest = v, first;
    const char *last = v.len ? memrchr(v.p, '\\', v.len) : NULL;
    json_t *hive;

    eql_mapping_ops_put_text(s, r, 0, v);
    eql_mapping_split_next(&rest, '\\', &first);
    hive = eql_mapping_values_look_up(r->map, first);
    if (hive) {
        eql_mapping_ops_put_to(s, r, 1, json_incref(hive));
        if (rest.p)
            eql_mapping_ops_put_text(s, r, 2, rest);
    }
    last = last ? last + 1 : v.p;
    eql_mapping_ops_put_text(s, r, 3,
                             eql_sv(last, (size_t)(v.p + v.len - last)));
    return true;
}

/* "0x" and eight hex digits at p. */
static bool
hex32(const char *p, uint64_t *out)
{
    return eql_mapping_values_is_hex(eql_sv(p, 10)) &&
           eql_mapping_values_hex(eql_sv(p + 2, 8), out);
}

/* "DWORD (0x0000000a)" and "QWORD (0x00000001-0x00000002)" as decimals. */
static bool
word_value(eql_strview v, uint64_t *value, bool *quad)
{
    uint64_t high = 0, low = 0;

    *quad = v.len == 29;
    if ((v.len != 18 && v.len != 29) || v.p[v.len - 1] != ')')
        return false;
    if (!eql_sv_eq_ascii_ci(eql_sv(v.p, 7),
                            eql_sv_cstr(*quad ? "QWORD (" : "DWORD (")))
        return false;
    if (*quad && (v.p[17] != '-' || !hex32(v.p + 7, &high)))
        return false;
    if (!hex32(v.p + v.len - 11, &low))
        return false;
    *value = high << 32 | low;
    return true;
}

static json_t *
unsigned_text(uint64_t u)
{
    char buf[20];
    size_t at = sizeof buf;

    do {
        buf[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    return json_stringn(buf + at, sizeof buf - at);
}

bool
eql_mapping_ops_win_regdata(eql_mapping_state *s, const eql_mapping_rule *r,
                            json_t *text)
{
    eql_strview v = eql_mapping_values_view(text);
    const char *type = "REG_SZ";
    json_t *list = json_array(), *item;
    uint64_t word;
    bool quad;

    if (word_value(v, &word, &quad)) {
        type = quad ? "SZ_QWORD" : "SZ_DWORD";
        item = unsigned_text(word);
    } else {
        if (eql_sv_is(v, "Binary Data"))
            type = "REG_BINARY";
        item = json_incref(text);
    }
    if (json_array_append_new(list, item) != 0) {
        json_decref(list);
        list = NULL;
    }
    eql_mapping_ops_put_to(s, r, 0, list);
    eql_mapping_ops_put_text(s, r, 1, eql_sv_cstr(type));
    return true;
}

/* --- DNS --- */

static void
add_answer(eql_mapping_state *s, json_t *list, json_t *type, json_t *data)
{
    json_t *o = json_object();

    if (!o || json_object_set(o, "type", type) != 0 ||
        (data && json_object_set(o, "data", data) != 0) ||
        json_array_append(list, o) != 0)
        s->failed = true;
    json_decref(o);
}

/* "type:  5 name": a record of type 5; data only when it is one word. */
static void
add_record(eql_mapping_state *s, const eql_mapping_rule *r, json_t *list,
           eql_strview v)
{
    json_t *words = eql_mapping_split_words(v);
    json_t *type = json_array_get(words, 0), *known;

    if (!words)
        s->failed = true;
    if (type) {
        known =
            eql_mapping_values_look_up(r->map, eql_mapping_values_view(type));
        add_answer(s, list, known ? known : type,
                   json_array_size(words) == 2 ? json_array_get(words, 1)
                                               : NULL);
    }
    json_decref(words);
}

static void
add_address(eql_mapping_state *s, json_t *ips, eql_strview v)
{
    eql_buf text = {0};

    if (eql_mapping_values_ip(v, &text) &&
        json_array_append_new(ips,
                              json_stringn(eql_buf_sv(&text).p, text.len)) != 0)
        s->failed = true;
    eql_buf_free(&text);
}

/* Answers of other types first, then one A or AAAA for each address. */
static void
read_answers(eql_mapping_state *s, const eql_mapping_rule *r, eql_strview v,
             json_t *answers, json_t *ips)
{
    eql_strview part;
    uint32_t n = 0;
    size_t i;

    while (n++ < EQL_MAPPING_MAX_ITEMS &&
           eql_mapping_split_next(&v, ';', &part)) {
        part = eql_mapping_split_trim(part);
        if (part.len >= 5 && memcmp(part.p, "type:", 5) == 0)
            add_record(s, r, answers, eql_sv(part.p + 5, part.len - 5));
        else
            add_address(s, ips, part);
    }
    for (i = 0; i < json_array_size(ips); i++) {
        json_t *ip = json_array_get(ips, i);
        bool v6 = memchr(json_string_value(ip), ':', json_string_length(ip));
        json_t *type = json_string(v6 ? "AAAA" : "A");

        add_answer(s, answers, type, ip);
        json_decref(type);
    }
}

bool
eql_mapping_ops_win_dns(eql_mapping_state *s, const eql_mapping_rule *r,
                        eql_strview v)
{
    json_t *answers = json_array(), *ips = json_array();

    if (answers && ips)
        read_answers(s, r, v, answers, ips);
    else
        s->failed = true;
    if (json_array_size(answers))
        eql_mapping_ops_put_to(s, r, 0, json_incref(answers));
    if (json_array_size(ips))
        eql_mapping_ops_put_to(s, r, 1, json_incref(ips));
    json_decref(answers);
    json_decref(ips);
    return true;
}

/* --- names and values out of text --- */

/* Sysmon's rendered message, line by line after its title: "Name: value". */
bool
eql_mapping_ops_win_lines(eql_mapping_state *s, eql_strview v)
{
    eql_strview line, name;
    uint32_t n = 0;

    eql_mapping_split_next(&v, '\n', &line);
    while (n++ < EQL_MAPPING_MAX_ITEMS &&
           eql_mapping_split_next(&v, '\n', &line)) {
        if (line.len && line.p[line.len - 1] == '\r')
            line.len--;
        name = eql_sv(line.p, eql_mapping_split_name(line));
        if (name.len == 0)
            continue;
        line = eql_sv(line.p + name.len + 1, line.len - name.len - 1);
        if (line.len && line.p[0] == ' ')
            line = eql_sv(line.p + 1, line.len - 1);
        eql_record_add(s, name, json_stringn(line.p, line.len));
    }
    return true;
}

/* A name without its white space, in out; 0 when it is over-long or empty. */
static size_t
squeeze(eql_strview v, char out[4 * EQL_MAPPING_PAIR_NAME])
{
    size_t i = 0, n = 0, chars = 0, len;

    while (i < v.len) {
        len = eql_mapping_split_space(eql_sv(v.p + i, v.len - i));
        if (len) {
            i += len;
            continue;
        }
        if (++chars >= EQL_MAPPING_PAIR_NAME)
            return 0;
        eql_utf8_decode(v.p + i, v.len - i, &len);
        memcpy(out + n, v.p + i, len);
        n += len;
        i += len;
    }
    return n;
}

/* PowerShell's "Host Name = value" lines; white space in names is dropped. */
bool
eql_mapping_ops_win_pairs(eql_mapping_state *s, const eql_mapping_rule *r,
                          eql_strview v)
{
    char name[4 * EQL_MAPPING_PAIR_NAME];
    eql_strview line, left;
    uint32_t n = 0;
    const char *sep;
    size_t len;

    while (n++ < EQL_MAPPING_MAX_ITEMS &&
           eql_mapping_split_next(&v, '\n', &line)) {
        sep = line.len
                  ? memmem(line.p, line.len, r->separator.p, r->separator.len)
                  : NULL;
        if (!sep)
            continue;
        left = eql_sv(line.p, (size_t)(sep - line.p));
        line = eql_sv(sep + r->separator.len,
                      line.len - left.len - r->separator.len);
        line = eql_mapping_split_trim(line);
        len = squeeze(left, name);
        if (len)
            eql_record_add(s, eql_sv(name, len),
                           json_stringn(line.p, line.len));
    }
    return true;
}
