/* mapping_values.c -- what the operations of mapping rules share: table
 * look-ups, numbers, times, parts of paths, canonical addresses, ASCII lower
 * case.  Pure. */
#include "io/windows/mapping_int.h"

#include "base/text.h"

/* The value of a lower-cased or exact key in a table; NULL when not there. */
json_t *
eql_mapping_values_look_up(const json_t *table, eql_strview key)
{
    char low[128];
    json_t *v;
    size_t i;

    if (!table || key.len > sizeof low)
        return NULL;
    v = json_object_getn(table, key.p, key.len);
    if (v)
        return v;
    for (i = 0; i < key.len; i++) {
        char c = key.p[i];

        low[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    return json_object_getn(table, low, key.len);
}

json_t *
eql_mapping_values_lower(eql_strview v)
{
    eql_buf b = {0};
    json_t *text = NULL;
    size_t i;

    eql_buf_add_sv(&b, v);
    if (!b.failed) {
        for (i = 0; i < b.len; i++) {
            if (b.p[i] >= 'A' && b.p[i] <= 'Z')
                b.p[i] = (char)(b.p[i] | 32);
        }
        text = json_stringn(eql_buf_sv(&b).p, b.len);
    }
    eql_buf_free(&b);
    return text;
}

bool
eql_mapping_values_hex(eql_strview v, uint64_t *out)
{
    size_t i;

    *out = 0;
    if (v.len == 0)
        return false;
    for (i = 0; i < v.len; i++) {
        char c = (char)(v.p[i] | 32);
        unsigned digit;

        if (v.p[i] >= '0' && v.p[i] <= '9')
            digit = (unsigned)(v.p[i] - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (unsigned)(c - 'a') + 10;
        else
            return false;
        if (*out >> 60)
            return false;
        *out = *out << 4 | digit;
    }
    return true;
}

bool
eql_mapping_values_is_hex(eql_strview v)
{
    return v.len > 2 && v.p[0] == '0' && (v.p[1] | 32) == 'x';
}

bool
eql_mapping_values_int(eql_strview v, int64_t *out)
{
    bool is_int = false;
    uint64_t u;
    double d;

    v = eql_mapping_split_trim(v);
    if (!eql_mapping_values_is_hex(v))
        return eql_parse_number(v, &is_int, out, &d) && is_int;
    if (!eql_mapping_values_hex(eql_sv(v.p + 2, v.len - 2), &u) ||
        u > INT64_MAX)
        return false;
    *out = (int64_t)u;
    return true;
}

bool
eql_mapping_values_time(eql_strview v, int64_t *ns, bool *zoned)
{
    v = eql_mapping_split_trim(v);
    *zoned = v.len > 10 && (memchr(v.p + 10, '+', v.len - 10) ||
                            memchr(v.p + 10, '-', v.len - 10));
    return eql_time_parse(v, ns);
}

bool
eql_mapping_values_path(eql_mapping_op op, eql_strview v, size_t slash,
                        size_t width, eql_strview *part)
{
    size_t start = slash < v.len ? slash + width : 0;
    const char *dot;

    if (op == EQL_MAPPING_OP_EXT) {
        v = eql_sv(v.p + start, v.len - start);
        dot = v.len ? memrchr(v.p, '.', v.len) : NULL;
        start = dot ? (size_t)(dot - v.p) + 1 : v.len;
        *part = eql_sv(v.p + start, v.len - start);
    } else if (slash == v.len) {
        return false;
    } else if (op == EQL_MAPPING_OP_BASENAME) {
        *part = eql_sv(v.p + start, v.len - start);
    } else {
        *part = eql_sv(v.p, slash);
    }
    return part->len > 0;
}

/* Canonical text: Sysmon writes ::1 as 0:0:0:0:0:0:0:1.  A zone is kept. */
bool
eql_mapping_values_ip(eql_strview v, eql_buf *out)
{
    char buf[48];
    const char *zone;
    eql_ip ip;

    v = eql_mapping_split_trim(v);
    if (!eql_ip_parse(v, &ip))
        return false;
    zone = v.len ? memchr(v.p, '%', v.len) : NULL;
    out->len = 0;
    eql_buf_add(out, buf, eql_ip_format(&ip, buf));
    if (zone)
        eql_buf_add(out, zone, (size_t)(v.p + v.len - zone));
    return true;
}
