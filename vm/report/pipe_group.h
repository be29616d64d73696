/* pipe_group.h -- what `unique`, `count` and `unique_count` know of each key:
 * how often it came, on which hosts, and what came first.
 *
 * One table for all pipes of all rules; a group belongs to one pipe. */
#ifndef EQL_VM_REPORT_PIPE_GROUP_H
#define EQL_VM_REPORT_PIPE_GROUP_H

#include "vm/state/keytab.h"
#include "vm/report/pipe_item.h"

/* A host of a group; `node.key` is the group's id and the value. */
typedef struct eql_pipe_host {
    eql_keytab_node node;
    struct eql_pipe_host *next;
    char data[];
} eql_pipe_host;

typedef struct eql_pipe_group {
    eql_keytab_node node; /* rule: number of the pipe */
    struct eql_pipe_group *next;
    uint64_t id, count;
    eql_pipe_host *hosts;
    uint32_t nhosts;
    eql_strview shown;      /* the key as it was spelled first */
    eql_pipe_stored *first; /* unique_count; else NULL */
    char data[];
} eql_pipe_group;

/* Of one pipe, in the order they were first seen. */
typedef struct {
    eql_pipe_group *first, *last;
    uint32_t n;
} eql_pipe_group_list;

typedef struct {
    eql_keytab groups, hosts;
    eql_budget *budget;
    uint64_t next_id;
    eql_buf scratch;
} eql_pipe_groups;

bool eql_pipe_groups_init(eql_pipe_groups *g, eql_budget *budget);
void eql_pipe_groups_free(eql_pipe_groups *g); /* no group is left */
/* NULL: none of this key. */
eql_pipe_group *eql_pipe_group_find(const eql_pipe_groups *g, uint32_t pipe,
                                    eql_strview key);
/* There is none of this key; it becomes the last of the list when OK. */
eql_pipe_room eql_pipe_group_add(eql_pipe_groups *g, eql_pipe_group_list *list,
                                 uint32_t pipe, eql_strview key,
                                 eql_strview shown);
/* A host that was seen with the group. */
eql_pipe_room eql_pipe_group_host(eql_pipe_groups *g, eql_pipe_group *x,
                                  eql_strview host);
/* Its hosts, ascending, one after the other.  false: out of memory. */
bool eql_pipe_group_hosts(const eql_pipe_group *x, eql_buf *out);
void eql_pipe_group_list_free(eql_pipe_groups *g, eql_pipe_group_list *list);

#endif
