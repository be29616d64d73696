// simdjson.cc -- see simdjson.h.
#include "tests/support/simdjson.h"

#if __has_include(<simdjson.h>)

#include <simdjson.h>

#include <string_view>

namespace dom = simdjson::dom;

struct test_simdjson {
    dom::parser parser;
    dom::element root;
};

namespace
{

struct taker {
    test_simdjson_fn take;
    void *ctx;
};

test_simdjson_status
status_of(simdjson::error_code error)
{
    switch (error) {
    case simdjson::NUMBER_ERROR: return TEST_SIMDJSON_NUMBER;
    case simdjson::UTF8_ERROR:
    case simdjson::STRING_ERROR: return TEST_SIMDJSON_TEXT;
    default: return TEST_SIMDJSON_BROKEN;
    }
}

void
give_scalar(const taker &t, dom::element e)
{
    test_simdjson_value v = {};
    std::string_view s;

    switch (e.type()) {
    case dom::element_type::BOOL:
        v.kind = 'b';
        v.i = bool(e);
        break;
    case dom::element_type::INT64:
        v.kind = 'i';
        v.i = int64_t(e);
        break;
    case dom::element_type::UINT64: // beyond int64: a double, as with us
        v.kind = 'd';
        v.d = double(uint64_t(e));
        break;
    case dom::element_type::DOUBLE:
        v.kind = 'd';
        v.d = double(e);
        break;
    case dom::element_type::STRING:
        s = std::string_view(e);
        v.kind = 's';
        v.s = s.data();
        v.len = s.size();
        break;
    default: return;
    }
    t.take(t.ctx, &v);
}

bool
last_of(dom::object o, std::string_view key, dom::element *out)
{
    bool found = false;

    for (auto field : o)
        if (field.key == key) {
            *out = field.value;
            found = true;
        }
    return found;
}

void
walk(const taker &t, dom::element e, std::string_view path)
{
    if (e.is_array()) {
        for (dom::element x : dom::array(e))
            walk(t, x, path);
        return;
    }
    if (path.empty()) {
        give_scalar(t, e);
        return;
    }
    if (!e.is_object())
        return;
    for (size_t n = path.find('.');; n = path.find('.', n + 1)) {
        dom::element inner;

        if (last_of(dom::object(e), path.substr(0, n), &inner))
            walk(t, inner,
                 n == path.npos ? std::string_view() : path.substr(n + 1));
        if (n == path.npos)
            break;
    }
}

} // namespace

test_simdjson *
test_simdjson_new(void)
{
    return new test_simdjson;
}

void
test_simdjson_free(test_simdjson *t)
{
    delete t;
}

test_simdjson_status
test_simdjson_parse(test_simdjson *t, const char *p, size_t len)
{
    simdjson::error_code error = t->parser.parse(p, len).get(t->root);

    if (error)
        return status_of(error);
    return t->root.is_object() ? TEST_SIMDJSON_OBJECT : TEST_SIMDJSON_OTHER;
}

void
test_simdjson_values(const test_simdjson *t, const char *path,
                     test_simdjson_fn take, void *ctx)
{
    walk({take, ctx}, t->root, path);
}

#else

test_simdjson *
test_simdjson_new(void)
{
    return nullptr;
}

void
test_simdjson_free(test_simdjson *)
{
}

test_simdjson_status
test_simdjson_parse(test_simdjson *, const char *, size_t)
{
    return TEST_SIMDJSON_BROKEN;
}

void
test_simdjson_values(const test_simdjson *, const char *, test_simdjson_fn,
                     void *)
{
}

#endif
