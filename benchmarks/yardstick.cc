// yardstick.cc -- simdjson behind a C function (yardstick.h).
#include "benchmarks/yardstick.h"

#include <simdjson.h>

#include <string>

static_assert(YARDSTICK_PADDING >= simdjson::SIMDJSON_PADDING, "padding");

namespace
{

// Longest document that parse_many is told to expect.
constexpr size_t kBatch = 4 << 20;

} // namespace

uint64_t
yardstick_parse(const char *p, size_t len, uint64_t *errors)
{
    static simdjson::dom::parser parser;
    simdjson::dom::document_stream stream;
    uint64_t n = 0;

    *errors = 0;
#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false; // its time counts whole
#endif
    if (parser.parse_many(p, len, kBatch).get(stream)) {
        *errors = 1;
        return 0;
    }
    for (auto doc : stream) {
        if (doc.error())
            ++*errors;
        else
            ++n;
    }
    return n;
}

const char *
yardstick_kernel(void)
{
    static const std::string name = simdjson::get_active_implementation()->name();

    return name.c_str();
}
