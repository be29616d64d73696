/* test_ip.c -- addresses and blocks: what parses, what contains what. */
#include "tests/support/eql_test.h"

#include "base/text.h"

static void
test_addresses_parse_to_canonical_text(void **state)
{
    static const struct {
        const char *in, *want; /* want NULL: refused */
    } cases[] = {
        {"10.1.2.3", "10.1.2.3"},
        {"255.255.255.255", "255.255.255.255"},
        {"0.0.0.0", "0.0.0.0"},
        {"::ffff:10.1.2.3", "10.1.2.3"},
        {"::FFFF:0a01:0203", "10.1.2.3"},
        {"::1", "::1"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"::", "::"},
        {"fe80::1%eth0", "fe80::1"},
        {"FE80::1%2", "fe80::1"},
        {"2001:db8::", "2001:db8::"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"1::8", "1::8"},
        {"1:0:0:4:0:0:0:8", "1:0:0:4::8"},
        {"1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
        {"2001:0:0:1:0:0:1:1", "2001::1:0:0:1:1"},
        {"::1.2.3.4", "::102:304"},
        {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"", NULL},
        {"10.1.2", NULL},
        {"10.1.2.3.4", NULL},
        {"10.1.2.256", NULL},
        {"10.1.2.03", NULL},
        {"10.1.2.3 ", NULL},
        {" 10.1.2.3", NULL},
        {"10.1.2.3%eth0", NULL},
        {"10..2.3", NULL},
        {"-1.2.3.4", NULL},
        {":", NULL},
        {":::", NULL},
        {"1::2::3", NULL},
        {"1:2:3:4:5:6:7", NULL},
        {"1:2:3:4:5:6:7:8:9", NULL},
        {"::1:2:3:4:5:6:7:8", NULL},
        {"1:2:3:4:5:6:7:1.2.3.4", NULL},
        {"12345::", NULL},
        {"g::", NULL},
        {"1:", NULL},
        {":1", NULL},
        {"fe80::1%", NULL},
        {"[::1]", NULL},
        {"::1.2.3", NULL},
        {"::1.2.3.4:5", NULL},
        {"localhost", NULL},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_ip ip;
        char buf[48];
        bool ok = eql_ip_parse(eql_sv_cstr(cases[i].in), &ip);
        size_t n = ok ? eql_ip_format(&ip, buf) : 0;

        if (ok != (cases[i].want != NULL) ||
            (ok && !eql_sv_is(eql_sv(buf, n), cases[i].want)))
            fail_msg("\"%s\": got %.*s", cases[i].in, (int)n, buf);
    }
}

static void
test_blocks_contain(void **state)
{
    static const struct {
        const char *block, *ip;
        bool want;
    } cases[] = {
        {"10.0.0.0/8", "10.1.2.3", true},
        {"10.9.9.9/8", "10.1.2.3", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.3", "10.1.2.4", false},
        {"10.1.2.3/32", "::ffff:10.1.2.3", true},
        {"0.0.0.0/0", "255.1.2.3", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "::1", true},
        {"::/0", "10.1.2.3", false},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"::ffff:0:0/96", "10.1.2.3", true},
        {"::ffff:0:0/95", "10.1.2.3", false},
        {"fe80::/10", "febf::1%eth0", true},
        {"fe80::/10", "fec0::1", false},
        {"::1", "0:0:0:0:0:0:0:1", true},
        {"127.0.0.0/8", "::1", false},
        {"192.168.1.128/25", "192.168.1.127", false},
        {"192.168.1.128/25", "192.168.1.128", true},
        {"2001:db8::/127", "2001:db8::1", true},
        {"2001:db8::/127", "2001:db8::2", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_cidr c;
        eql_ip ip;

        assert_true(eql_cidr_parse(eql_sv_cstr(cases[i].block), &c));
        assert_true(eql_ip_parse(eql_sv_cstr(cases[i].ip), &ip));
        if (eql_cidr_contains(&c, &ip) != cases[i].want)
            fail_msg("%s in %s", cases[i].ip, cases[i].block);
    }
}

static void
test_bad_blocks_are_refused(void **state)
{
    static const char *const cases[] = {
        "",         "/8",          "10.0.0.0/", "10.0.0.0/33",  "::/129",
        "10.0.0/8", "10.0.0.0/-1", "::/ 8",     "10.0.0.0/8/8", "x/8",
        "::1/0128", "1.2.3.4/08",  "::/1000",
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_cidr c;

        if (eql_cidr_parse(eql_sv_cstr(cases[i]), &c))
            fail_msg("\"%s\" was taken as a block", cases[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_parse_to_canonical_text),
        cmocka_unit_test(test_blocks_contain),
        cmocka_unit_test(test_bad_blocks_are_refused),
    };

    return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}
