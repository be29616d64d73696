/* index_int.h -- what the parts of the index share.
 *
 *   index_leaf.c   what a leaf asks of which path, and its selectivity
 *   index_text.c   literals: keys of whole texts, pieces of patterns
 *   index_regex.c  pieces of regular expressions
 *   index_cut.c    necessary leaves and cheapest cuts of filter code
 *   index_marks.c  which conditions are marks; plans
 *   index_build.c  entries, groups and their tables
 *   index_likely.c where in a text a gram may begin
 *   index_ask.c    from a value to its answer
 *
 * Everything folds text under Unicode case folding, whatever the operator
 * compares by: texts that are equal in any way are equal then, too.  So tables
 * find all leaves that may hold, and the interpreter picks those that do. */
#ifndef EQL_VM_INDEX_INDEX_INT_H
#define EQL_VM_INDEX_INDEX_INT_H

#include "base/hash.h"
#include "vm/eval/facts.h"
#include "vm/index/index.h"

/* --- leaves --- */

/* Cost of a leaf that no access set may hold. */
#define EQL_INDEX_NEVER UINT32_MAX
/* Of a text or a pattern by itself, of each mention in other leaves, and of one
 * that nothing rare is known of. */
#define EQL_INDEX_COST_TEXT 8u
#define EQL_INDEX_COST_MENTION 4u
#define EQL_INDEX_COST_COMMON 1600u
/* Of any other: in units of no matter, about how often a value makes it hold;
 * so much at most. */
#define EQL_INDEX_LEAST_SELECTIVE 100000000u

/* What the index knows of a leaf. */
typedef struct {
    uint32_t path;     /* the only one it reads; EQL_NONE: none, several, or
                          it is not decided by the event alone.  With
                          `present`: that field's */
    uint32_t present;  /* of several: a field without which it does not hold,
                          which is all that is asked; EQL_NONE */
    bool on_missing;   /* may hold when the path is missing */
    bool texts;        /* LOAD_FIELD [TO_NUMBER | TO_BOOL] LIKE | IN | EQ_K |
                          REGEX RETURN: found by its literals */
    uint8_t convert;   /* texts: TO_NUMBER or TO_BOOL; LOAD_FIELD: as it is */
    uint8_t op;        /* texts: LIKE, IN, EQ_K or REGEX */
    uint32_t field;    /* texts: whose values are compared */
    uint32_t constant; /* texts: with this */
    uint32_t cost;
} eql_index_leaf;

/* How often the rules name texts and parts of texts: what many rules name is
 * common in events, too. */
typedef struct {
    uint16_t *grams;    /* EQL_INDEX_GRAMS, by hash */
    uint16_t *mentions; /* per constant: lists and leaves that name it */
} eql_index_counts;

#define EQL_INDEX_GRAMS 65536u

bool eql_index_counts_init(eql_index_counts *c, const eql_program *p);
void eql_index_counts_free(eql_index_counts *c);

/* One per program leaf, those that no stage's filter names all zero but for
 * path EQL_NONE.  NULL: out of memory.  The caller frees it. */
eql_index_leaf *eql_index_leaves(const eql_prepared *pr, const eql_paths *paths,
                                 const eql_index_counts *counts);
/* Does the regular expression of the leaf match whole texts? */
bool eql_index_is_whole(const eql_program *p, const eql_index_leaf *l);
/* A path of which there are few values, true of most events. */
bool eql_index_is_few_valued(const eql_program *p, const eql_field_path *path);

/* --- literals --- */

/* Those of a leaf found by texts. */
uint32_t eql_index_nliterals(const eql_program *p, const eql_index_leaf *l);
const eql_const *eql_index_literal(const eql_program *p,
                                   const eql_index_leaf *l, uint32_t i);

/* Keys of whole values; kinds of value do not meet. */
uint64_t eql_index_text_key(uint64_t seed, eql_strview folded);
uint64_t eql_index_number_key(uint64_t seed, const eql_value *number);
uint64_t eql_index_bool_key(uint64_t seed, bool b);

/* Stand before and after a text in which pieces are looked for; bytes that no
 * UTF-8 text has. */
#define EQL_INDEX_START '\xFF'
#define EQL_INDEX_END '\xFE'
#define EQL_INDEX_PIECE 64u /* bytes, at most */

/* A piece of a pattern that every text it matches has: ASCII, folded, with
 * START or END where it must stand there.  The gram is what is looked for
 * first. */
typedef struct {
    char text[EQL_INDEX_PIECE];
    uint8_t len;
    uint8_t at;   /* of the gram in the piece */
    uint8_t gram; /* its bytes: 4, or 2 in a shorter piece; 0: there is none */
    uint32_t common; /* about how often rules name the gram */
} eql_index_piece;

bool eql_index_is_wildcard(eql_strview pattern);
static inline char
eql_index_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Makes *best the piece of a folded run of bytes that has the rarest gram, if
 * that is rarer than what best has.  All-zero: nothing yet. */
void eql_index_choose_piece(const eql_index_counts *c, eql_strview run,
                            eql_index_piece *best);
/* The piece of a pattern with the rarest gram. */
eql_index_piece eql_index_piece_of(const eql_index_counts *c,
                                   eql_strview pattern);

/* About how often a piece is met, in units of eql_index_leaf.cost; 0: nothing
 * of it can be looked for. */
uint32_t eql_index_piece_cost(const eql_index_piece *piece);

/* Texts that are looked for to find one regular expression, and members of a
 * class that are taken apart, at most. */
#define EQL_INDEX_ALTERNATIVES 80u
#define EQL_INDEX_CLASS 16u

typedef struct {
    uint32_t n; /* 0: there are none */
    eql_index_piece items[EQL_INDEX_ALTERNATIVES];
} eql_index_pieces;

/* Every text that the regular expression matches has one of them.  whole: it
 * matches whole texts, not what they begin with. */
eql_index_pieces eql_index_regex_pieces(const eql_index_counts *c,
                                        eql_strview regex, bool whole);

/* --- filters --- */

/* Code longer than this is not looked into: its stage is always a candidate.
 * Steps bound the search for the cheapest cuts in the same way. */
#define EQL_INDEX_CODE 8192u
#define EQL_INDEX_CUT_STEPS 1000000u            /* of one filter */
#define EQL_INDEX_ALL_STEPS ((uint64_t)1 << 27) /* of all together */

typedef struct {
    const eql_program *p;
    uint64_t left; /* steps, of all filters together */
    /* Scratch, for EQL_INDEX_CODE instructions each. */
    uint32_t *flow; /* per edge */
    uint32_t *first_in, *in;
    uint32_t *from, *queue;
    bool *reached;
} eql_index_cutter;

bool eql_index_cutter_init(eql_index_cutter *c, const eql_program *p);
void eql_index_cutter_free(eql_index_cutter *c);
/* Is ACCEPT out of reach when this leaf is false?  false also when the code is
 * too long. */
bool eql_index_is_necessary(eql_index_cutter *c, eql_range code, uint32_t leaf);
/* Marks the leaves of a cheapest cut in chosen[], which is per program leaf;
 * cost is, too.  false when there is none, or finding it takes too long. */
bool eql_index_cut(eql_index_cutter *c, eql_range code, const uint32_t *cost,
                   bool *chosen);

/* --- the index --- */

/* A hash table from keys to runs of `posts`. */
typedef struct {
    uint64_t key;
    uint32_t first, n; /* n == 0: no such key */
} eql_index_cell;

typedef struct {
    eql_index_cell *cells;
    uint32_t mask; /* cells - 1, a power of two less one */
} eql_index_table;

/* Halves of the bytes of grams, a bit for each bucket of grams. */
typedef struct {
    uint8_t low[4][16], high[4][16];
} eql_index_plane;

typedef struct {
    bool two; /* planes, of buckets */
    eql_index_plane planes[2];
} eql_index_nibbles;

/* Grams that they are made of at most: of more, too many places are likely. */
#define EQL_INDEX_NIBBLES 256u
/* Bytes behind a text that may be read. */
#define EQL_INDEX_SLACK 35u

/* Puts the grams, of four bytes or two, in order. */
void eql_index_nibbles_make(eql_index_nibbles *n, uint64_t *grams,
                            uint32_t ngrams);
/* Has this processor what the next function needs? */
bool eql_index_can_tell_likely(void);
/* A bit for each of the len places from p on where a gram may begin, the first
 * of a word in its lowest bit.  Reads EQL_INDEX_SLACK bytes behind them; bits
 * of places beyond len mean nothing. */
void eql_index_likely(const eql_index_nibbles *n, const char *p, size_t len,
                      uint32_t *bits);

/* A leaf that the index asks the interpreter about. */
typedef struct {
    uint32_t leaf;
    uint32_t path;    /* that it reads */
    uint32_t present; /* holds as soon as this field has a value; EQL_NONE */
    uint32_t like;    /* it tells whether the field's value is one of these
                         patterns, a constant; EQL_NONE */
    uint32_t field;
    uint32_t mark;    /* that it is; EQL_NONE */
    eql_range stages; /* of stages[]: those that it gives access to */
} eql_index_entry;

/* Where a piece is met. */
typedef struct {
    uint32_t entry;
    uint32_t text; /* of pool[] */
    uint8_t len, at;
} eql_index_spot;

/* Entries of a path that compare the same values with literals. */
typedef struct {
    uint32_t field;
    uint8_t convert;
    bool pairs;            /* some grams have two bytes */
    bool patterns;         /* some entries match the texts of numbers */
    uint8_t shift;         /* of hashes of grams into `bloom` */
    eql_range entries;     /* all of them; of posts[] */
    eql_range loose;       /* may hold for any text; of posts[] */
    eql_index_table whole; /* keys of values -> entries in posts[] */
    eql_index_table grams; /* -> spots[] */
    uint64_t *bloom;       /* grams that there may be, by hash: a bit each */
    eql_index_nibbles *nibbles; /* of the grams; NULL: they are too many */
    uint32_t longest;           /* text in `whole`, bytes, folded */
} eql_index_group;

/* A category of a field and its mark. */
typedef struct {
    uint32_t field;
    uint32_t mark;
    eql_strview name;
} eql_index_category;

typedef struct {
    eql_range groups;     /* of groups[] */
    eql_range others;     /* of posts[]: entries to be run for any value */
    eql_range categories; /* of categories[] */
} eql_index_path;

struct eql_index {
    const eql_prepared *pr;
    const eql_program *p;
    const eql_paths *fields; /* of which it borrows `of` */
    uint64_t seed;
    eql_arena *arena;      /* all that follows, but for vectors */
    eql_index_path *paths; /* one per path */
    eql_index_group *groups;
    eql_index_entry *entries;
    eql_index_category *categories;
    uint32_t *stages;     /* of entries */
    uint32_t *mark_paths; /* ascending */
    uint32_t nmark_paths, nmarks, nentries, ncategories, naccess_paths;
    eql_vec posts; /* uint32_t: entries */
    eql_vec spots; /* eql_index_spot */
    eql_buf pool;
    /* Per stage. */
    eql_marks *needs;
    uint32_t *category_marks; /* EQL_NONE: it asks for none */
    eql_range *stage_paths;   /* of access_paths[], each once */
    uint32_t *access_paths;
    /* Bits, one per stage, nwords each. */
    uint32_t nwords;
    uint64_t *lacking;   /* per mark: stages that need it */
    uint64_t *unindexed; /* stages without access set */
    uint64_t *never;     /* no event satisfies them */
    eql_index_facts facts;
};

/* A leaf that the filter of a stage needs, or through which events come to
 * it. */
typedef struct {
    uint32_t leaf, stage;
} eql_index_link;

/* While an index is made. */
typedef struct {
    eql_index *ix;
    eql_index_counts counts;
    eql_index_cutter cutter;
    eql_index_leaf *leaves;
    uint32_t *mark_of; /* per leaf; EQL_NONE */
    eql_vec needed;    /* eql_index_link; by stage */
    eql_vec access;    /* eql_index_link; by stage */
} eql_index_maker;

/* In this order; false when out of memory. */
bool eql_index_choose_marks(eql_index_maker *m);
bool eql_index_find_access(eql_index_maker *m);
bool eql_index_build(eql_index_maker *m);

static inline void
eql_marks_set(eql_marks *m, uint32_t i)
{
    m->w[i / 64] |= (uint64_t)1 << i % 64;
}

static inline bool
eql_marks_has(const eql_marks *m, uint32_t i)
{
    return m->w[i / 64] >> i % 64 & 1;
}

/* A gram of four bytes or two with its length. */
static inline uint64_t
eql_index_gram(const char *p, uint32_t n)
{
    uint32_t four;
    uint16_t two;

    if (n == 4) {
        memcpy(&four, p, sizeof four);
        return four | (uint64_t)4 << 32;
    }
    memcpy(&two, p, sizeof two);
    return two | (uint64_t)2 << 32;
}

/* Hash of a gram for the Bloom filter and its table. */
static inline uint32_t
eql_index_gram_hash(uint64_t gram)
{
    return (uint32_t)(gram * 0x9E3779B97F4A7C15u >> 32);
}

#endif
