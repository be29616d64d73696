/* fault.h -- planted faults, for a test build only.
 *
 * A randomised test compares the VM with a slow reference evaluator; it is
 * worth something only if it notices when the VM is wrong.  Built with
 * -DEQL_FAULTS, the VM can be told to be wrong in one chosen way, and the test
 * must find it.  In every other build EQL_FAULT() is the constant false and
 * no code is left behind.
 *
 *   if (v->tag == EQL_NULL && EQL_FAULT(not_null_false)) ...
 *
 * A fault is planted by adding its row here and one test of EQL_FAULT(). */
#ifndef EQL_VM_FAULT_H
#define EQL_VM_FAULT_H

#include <stdbool.h>

/* X(name, text).  Of the index and its caches, which are off under the faults
 * below: those change what a leaf says of equal values. */
#define EQL_SHORT_CUT_FAULT_LIST(X)                                            \
    X(index_exact, "the index looks for texts as they are spelled")            \
    X(index_one_value, "the index asks about the first of several values")     \
    X(index_one_leaf, "a stage is found by the first leaf of its cut")         \
    X(index_one_category, "marks are of an event's first category")            \
    X(memo_any_path, "a text is remembered for all paths")                     \
    X(memo_any_leaf, "what is remembered of a leaf is taken for another's")    \
    X(verdict_one_path, "a verdict is known by the first path of a stage")

/* Filters first, then sequences. */
#define EQL_FAULT_LIST(X)                                                      \
    X(not_null_false, "`not` of a leaf that is null is false")                 \
    X(ne_missing_false, "`!=` on a missing field is false")                    \
    X(multi_value_all, "every value must satisfy a leaf, not any")             \
    X(qmark_any_run, "wildcard `?` matches any run")                           \
    X(in_fold_exact, "`in~` compares case-sensitively")                        \
    X(like_fold_exact, "`:` compares case-sensitively")                        \
    X(cidr_prefix_short, "a block is one bit too wide")                        \
    X(coerce_off, "no coercion between literal and event value")               \
    X(ip_as_text, "addresses compare as text")                                 \
    X(version_as_text, "versions compare as text")                             \
    X(int_as_double, "integers are rounded to double before comparing")        \
    X(le_as_lt, "`<=` and `>=` leave out equality")                            \
    X(qmark_always, "`?` is a wildcard in every dialect")                      \
    X(case_ignored, "string_case=insensitive compares exactly")                \
    X(kleene_collapse, "`not` of null is true, as in a filter")                \
    X(arith_wrap, "integers wrap around when they overflow")                   \
    X(div_other_way, "int_division is the other one")                          \
    X(substring_inclusive, "substring() takes the character at its end")       \
    X(index_of_base, "indexOf() counts from 1")                                \
    X(regex_search, "a regular expression may match a part")                   \
    X(regex_range_case, "`regex~` does not fold ranges")                       \
    X(array_first_only, "array functions look at the first element")           \
    X(array_body_once, "the body of an array function is evaluated once")      \
    X(array_missing_true, "arraySearch() of a missing array is true")          \
    X(count_of_any, "arrayCount() counts to 1")                                \
    X(array_has_fold, "arrayContains() compares case-insensitively")           \
    X(any_category_lost, "`any where` wants an event with a category")         \
    X(maxspan_lt, "maxspan leaves out its bound")                              \
    X(until_first, "`until` ends partials before the stages see the event")    \
    X(until_ignored, "`until` ends nothing")                                   \
    X(until_any_key, "`until` ends the partials of every key")                 \
    X(first_stage_first, "stages see an event first to last")                  \
    X(keep_oldest_partial, "a new partial does not replace an older one")      \
    X(partial_kept, "a partial stays in its stage after it went on")           \
    X(null_key_joins, "an event with a null key joins others")                 \
    X(key_fold, "join keys compare case-insensitively")                        \
    X(key_case_ignored, "key_case=fold joins exact spellings")                 \
    X(null_keys_drop, "null_keys=join leaves events without a key out")        \
    X(key_first_value, "a multi-valued key joins by its first value only")     \
    X(arrival_for_time, "events come in arrival order, not by time")           \
    X(tiebreak_reversed, "equal times: the later arrival comes first")         \
    X(exception_after, "exceptions apply to matches, not to events")           \
    X(key_expr_first, "a key expression gives its first value only")           \
    X(lineage_self, "a process descends from itself")                          \
    X(child_deep, "`child of` takes grandchildren, too")                       \
    X(sample_ordered, "a sample wants its events in their order")              \
    X(join_last_wins, "a later event takes an earlier one's place in a join")  \
    X(tiebreaker_ignored, "equal times: tiebreakers do not count")             \
    X(missing_inclusive, "a missing event at the time of a neighbour counts")  \
    X(missing_ignored, "missing events between others do not count")           \
    X(lead_ignored, "missing events before the first do not count")            \
    X(trail_early, "missing events after the last do not count")               \
    X(fork_moves, "a fork stage takes the partial away")                       \
    X(alias_latest, "a slot that waits on an alias holds one partial")         \
    X(alias_unbound, "an alias is null")                                       \
    X(residual_ignored, "what only the ordered half can decide holds")

typedef enum {
    EQL_FAULT_none,
#define X(name, text) EQL_FAULT_##name,
    EQL_SHORT_CUT_FAULT_LIST(X) EQL_FAULT_LIST(X)
#undef X
        EQL_FAULT_COUNT
} eql_fault;

#ifdef EQL_FAULTS

/* Chooses the fault of this process; NULL or "" for none.  false, and no
 * fault, when there is none of that name.  Not to be called while other
 * threads run the VM. */
bool eql_fault_select(const char *name);
eql_fault eql_fault_selected(void);
/* For listing: 1 .. EQL_FAULT_COUNT - 1; "" outside. */
const char *eql_fault_name(unsigned fault);
const char *eql_fault_text(unsigned fault);
/* Is the one selected of the index or its caches? */
bool eql_fault_of_short_cut(void);

#define EQL_FAULT(name) (eql_fault_selected() == EQL_FAULT_##name)

#else

/* False, but still an error when the name is not in the list. */
#define EQL_FAULT(name) (sizeof(char[EQL_FAULT_##name + 1]) == 0)

#endif

#endif
