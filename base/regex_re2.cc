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
#include <mutex>
#include <new>

struct eql_re2 {
    eql_re2(const re2::StringPiece &text, const re2::RE2::Options &options)
        : re(text, options)
    {
    }
    re2::RE2 re;
    mutable std::atomic<bool> failed{false};
};

/* For an expression, and for each byte of it: more than all of making one was
 * seen to take but where repeats multiply, and that is after parsing. */
#define PARSE_BYTES (128u << 10)
#define PARSE_BYTES_EACH 512u

/* Memory kept aside while RE2 parses, and given back when there is no other:
 * RE2 is not safe to leave by an exception in the middle of that, some
 * allocations that fail make it free twice.  The handler is the process's, so
 * one thread at a time has it, and what other threads lack goes to the handler
 * that was there. */
class spare_memory {
  public:
    explicit spare_memory(size_t size) : lock(turn)
    {
        spare = malloc(size);
        outer = std::set_new_handler(give_back);
    }
    ~spare_memory()
    {
        std::set_new_handler(outer);
        free(spare);
        spare = nullptr;
    }
    bool is_had() const { return spare != nullptr; }

  private:
    std::lock_guard<std::mutex> lock;

    static std::mutex turn;
    static std::atomic<std::new_handler> outer;
    static thread_local void *spare;

    /* operator new tries again when this returns. */
    static void give_back()
    {
        if (spare) {
            free(spare);
            spare = nullptr;
        } else if (std::new_handler next = outer) {
            next();
        } else {
            throw std::bad_alloc();
        }
    }
};

std::mutex spare_memory::turn;
std::atomic<std::new_handler> spare_memory::outer;
thread_local void *spare_memory::spare;

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
    if (!can_unwind())
        return nullptr;
    try {
        spare_memory spare(PARSE_BYTES + len * PARSE_BYTES_EACH);
        re2::RE2::Options options;
        eql_re2 *r;

        if (!spare.is_had())
            return nullptr;
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
