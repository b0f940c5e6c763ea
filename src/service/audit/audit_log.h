/* audit_log.h - reads the audit log, and checks that it was not changed. */
#ifndef SERVICE_AUDIT_AUDIT_LOG_H
#define SERVICE_AUDIT_AUDIT_LOG_H

#include "service/audit/audit.h"

struct audit_query {
    struct page_request page;
    const char *user;   /* the actor's id (base/id.h) or name; NULL: any */
    const char *object; /* the object's id or kind; NULL: any */
    const char *action; /* NULL: any */
    utc_seconds from;   /* inclusive */
    utc_seconds to;     /* exclusive; 0: no end */
};

struct audit_page {
    struct audit_entry *items; /* newest first; `before` and `after` are JSON */
    size_t count;
    const char *next;
};

/* Costs more when the filter skips many entries. STATUS_MALFORMED: the cursor. */
enum status audit_list(struct call *call, int64_t organization_id, const struct audit_query *query,
                       struct audit_page *out);

struct audit_log_page_out;
struct audit_entry audit_entry_of(int64_t organization_id, const struct audit_log_page_out *row);

enum audit_flaw {
    AUDIT_WHOLE,
    AUDIT_MISSING,  /* the entry with this number is missing */
    AUDIT_CHANGED,  /* its hash does not match its content and the previous hash */
    AUDIT_APPENDED, /* it follows the end of the chain */
    AUDIT_NO_CHAIN, /* the organization has no entries */
    AUDIT_FLAW_COUNT
};
/* The predicate of a sentence, such as "is missing". */
const char *audit_flaw_words(enum audit_flaw flaw);

struct audit_verdict {
    int64_t organization_id; /* or AUDIT_OPERATOR_CHAIN */
    const char *name;        /* of the organization; "" if none */
    int64_t entries;         /* read */
    enum audit_flaw flaw;
    int64_t sequence; /* of the first flawed entry; 0: none */
};

struct audit_verification {
    struct audit_verdict *chains; /* all that exist or should exist, the operator's first */
    size_t count;
    int64_t entries;
    int64_t flawed; /* chains */
};

/* Checks every chain in the store, each in its own read transaction. Calls `progress` (may be NULL)
 * with the numbers of read and of all entries. A flaw does not fail the call. */
typedef void audit_progress(void *with, int64_t read, int64_t all);
enum status audit_verify(struct call *call, audit_progress *progress, void *with,
                         struct audit_verification *out);

#endif
