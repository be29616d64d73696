/* fuzz_mapping.c -- any bytes as a mapping of Windows records: refused with a
 * reason, or what it makes of records is the same by the fast and by the
 * strict reader.
 *
 * A text that begins with { is the mapping; else each line is a path into a
 * small one, keys parted by '/', a blank, and the JSON to put there. */
#include "tests/fuzz/fuzz.h"
#include "io/windows/mapping.h"
#include "tests/support/reader_pair.h"

static const char small[] =
    "{\"format\":1,\"features\":{\"on\":true,\"off\":false},"
    "\"empty\":[\"\",\"-\"],"
    "\"layouts\":{\"nxlog\":{\"clock\":\"local\",\"header\":{\"channel\":"
    "\"Channel\",\"code\":\"EventID\",\"host\":\"Hostname\",\"message\":"
    "\"Message\",\"time\":\"EventTime\"},\"rest\":true,\"not_data\":"
    "[\"Message\",\"EventTime\"]},"
    "\"pwsh\":{\"clock\":\"local\",\"header\":{\"channel\":\"LogName\","
    "\"code\":\"EventID\",\"time\":\"TimeCreated\",\"message\":\"Message\"},"
    "\"rest\":true,\"not_data\":[\"TimeCreated\",\"LogName\",\"EventID\"]},"
    "\"winlogbeat6\":{\"clock\":\"utc\",\"header\":{\"channel\":\"log_name\","
    "\"code\":\"event_id\"},\"rest\":false,\"nested\":\"event_data\"},"
    "\"loganalytics\":{\"clock\":\"utc\",\"header\":{\"channel\":\"Channel\","
    "\"code\":\"EventID\"},\"rest\":true}},"
    "\"code_sets\":{\"two\":[\"1\",\"2\"]},\"field_sets\":{},"
    "\"channels\":{\"X\":{\"events\":[],\"fields\":[]}}}";

static const char *const records[] = {
    "{\"EventID\":1,\"SourceModuleType\":\"im\",\"Channel\":\"X\",\"Hostname\":"
    "\"h\",\"EventTime\":\"2020-09-20 10:00:00\",\"A\":\"C:\\\\w\\\\a.exe\","
    "\"B\":\"0x3e7\",\"C\":\"MD5=0a,SHA1=0b\",\"D\":[1,\"x\"],\"E\":null,"
    "\"Message\":\"One:\\r\\nA: b\\r\\nB: c\\r\\n\\r\\nTwo\\tD: e\"}",
    "{\"EventID\":2,\"TimeCreated\":\"2020-09-20T10:00:00Z\",\"LogName\":\"X\","
    "\"A\":\"dom\\\\user\",\"B\":\"-\",\"C\":\"\\u0041=b; c=d\",\"F\":true,"
    "\"Message\":\"Three:\\nA=\\\"b\\\"\\nB=c\"}",
    "{\"event_id\":1,\"beat\":{},\"log_name\":\"X\",\"event_data\":{\"A\":\"10."
    "0.0.1\",\"B\":\"12\",\"C\":\"2020-09-20 10:00:00.1\",\"D\":{}}}",
    "{\"EventID\":\"1\",\"TenantId\":\"t\",\"Channel\":\"X\",\"EventData\":"
    "\"{\\\"A\\\":\\\"b\\\"}\",\"A\":\"HKLM\\\\a\\\\b\",\"G\":1.5}",
};

/* Puts a value at a path as far as there is one. */
static void
put_at(json_t *doc, char *path, json_t *value)
{
    char *save = NULL, *key = strtok_r(path, "/", &save), *next;

    for (; key && (next = strtok_r(NULL, "/", &save)); key = next)
        doc = json_is_array(doc) ? json_array_get(doc, strtoul(key, NULL, 10))
                                 : json_object_get(doc, key);
    if (!key)
        return;
    if (json_is_object(doc))
        json_object_set(doc, key, value);
    else if (json_is_array(doc) && json_array_size(doc) < 100)
        json_array_append(doc, value);
}

/* The text of the small mapping after the lines; NULL: none. */
static char *
patched(char *lines)
{
    json_t *doc = json_loads(small, 0, NULL);
    char *save = NULL, *text;

    fuzz_require(doc != NULL, "the small mapping is JSON");
    for (char *line = strtok_r(lines, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char *blank = strchr(line, ' ');
        json_t *v = blank ? json_loads(blank + 1,
                                       JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
                          : NULL;

        if (blank)
            *blank = '\0';
        if (v)
            put_at(doc, line, v);
        json_decref(v);
    }
    text = json_dumps(doc, JSON_COMPACT);
    json_decref(doc);
    return text;
}

static void
read_records(eql_strview mapping)
{
    reader_pair r;

    reader_pair_init_mapped(&r, EQL_INPUT_AUTO, mapping.len % 2, mapping);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof records / sizeof *records; i++)
            reader_pair_read(&r, eql_sv_cstr(records[i]));
    reader_pair_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *copy = malloc(len + 1), *text;
    eql_buf why = {0};
    eql_mapping *m;

    fuzz_require(copy != NULL, "memory");
    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    text = *copy == '{' ? copy : patched(copy);
    if (text && *text) { /* an empty one stands for that built in */
        eql_strview mapping = eql_sv(text, text == copy ? len : strlen(text));

        m = eql_mapping_new(mapping, &why);
        fuzz_require(m || why.len > 0, "a refusal has a reason");
        if (m)
            read_records(mapping);
        eql_mapping_free(m);
    }
    if (text != copy)
        free(text);
    free(copy);
    eql_buf_free(&why);
    return 0;
}
