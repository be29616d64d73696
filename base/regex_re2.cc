/* regex_re2.cc -- calls RE2, in time linear in the text.
 *
 * The only file that knows RE2.  Exceptions are on inside, so that running out
 * of memory unwinds, and none leaves: each entry is noexcept around a
 * catch-all.  An RE2 object may be used by several threads at once. */
#include "base/regex_re2.h"

#include <execinfo.h>
#include <re2/re2.h>

#include <atomic>
#include <cstdlib>
#include <new>

struct eql_re2 {
    eql_re2(const re2::StringPiece &text, const re2::RE2::Options &options)
        : re(text, options)
    {
    }
    re2::RE2 re;
    mutable std::atomic<bool> failed{false};
};

/* What an ordinary expression takes while it is parsed. */
#define PARSE_BYTES (64u << 10)

/* Is there memory to parse one?  RE2 is not safe to leave by an exception in
 * the middle of that: some allocations that fail make it free twice. */
static bool
has_memory()
{
    void *p = malloc(PARSE_BYTES);

    free(p);
    return p != nullptr;
}

/* RE2 makes things once for all, inside of pthread_once(), which glibc leaves
 * by an unwinder that it loads when it is first needed, and aborts without: it
 * is loaded here, where that may fail. */
static bool
can_unwind()
{
    void *frame;

    return backtrace(&frame, 1) > 0;
}

extern "C" eql_re2 *
eql_re2_new(const char *p, size_t len, size_t memory, bool *refused)
{
    *refused = false;
    if (!has_memory() || !can_unwind())
        return nullptr;
    try {
        re2::RE2::Options options;
        eql_re2 *r;

        options.set_log_errors(false);
        options.set_dot_nl(true);
        options.set_never_capture(true);
        options.set_max_mem(static_cast<int64_t>(memory));
        r = new eql_re2(re2::StringPiece(p, len), options);
        if (r->re.ok())
            return r;
        *refused = true;
        delete r;
    } catch (...) {
    }
    return nullptr;
}

extern "C" void
eql_re2_free(eql_re2 *r)
{
    delete r;
}

extern "C" uint32_t
eql_re2_size(const eql_re2 *r)
{
    try {
        int n = r->re.ProgramSize();

        return n > 0 ? static_cast<uint32_t>(n) : 1;
    } catch (...) {
        return 1;
    }
}

extern "C" bool
eql_re2_match(const eql_re2 *r, const char *p, size_t len, bool whole)
{
    try {
        return r->re.Match(re2::StringPiece(p, len), 0, len,
                           whole ? re2::RE2::ANCHOR_BOTH
                                 : re2::RE2::ANCHOR_START,
                           nullptr, 0);
    } catch (...) {
        r->failed.store(true, std::memory_order_relaxed);
        return false;
    }
}

extern "C" bool
eql_re2_failed(const eql_re2 *r)
{
    return r->failed.load(std::memory_order_relaxed);
}
