/* audit_log.h - reading the audit log, and checking that nobody has changed it. */
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

/* A page costs what its entries cost, more when a filter skips many. STATUS_MALFORMED: the
 * cursor. */
enum status audit_list(struct call *call, int64_t organization_id, const struct audit_query *query,
                       struct audit_page *out);

enum audit_flaw {
    AUDIT_WHOLE,
    AUDIT_MISSING,  /* an entry with this number is not there */
    AUDIT_CHANGED,  /* its hash does not follow from it and the one before */
    AUDIT_APPENDED, /* it stands behind the end of the chain */
    AUDIT_NO_CHAIN, /* an organization without any entry */
    AUDIT_FLAW_COUNT
};
/* A sentence's end, such as "is missing". */
const char *audit_flaw_words(enum audit_flaw flaw);

struct audit_verdict {
    int64_t organization_id; /* AUDIT_OPERATOR_CHAIN: the operator's */
    const char *name;        /* of the organization; "" if it has none */
    int64_t entries;         /* that were read */
    enum audit_flaw flaw;
    int64_t sequence; /* of the first entry that does not fit; 0 if all do */
};

struct audit_verification {
    struct audit_verdict *chains; /* every one that there is or should be, the operator's first */
    size_t count;
    int64_t entries;
    int64_t flawed; /* chains */
};

/* Walks every chain in the store, each in one state of it. `progress` (may be NULL) is told now
 * and then how many entries of how many were read. What is found wrong does not fail the call. */
typedef void audit_progress(void *with, int64_t read, int64_t all);
enum status audit_verify(struct call *call, audit_progress *progress, void *with,
                         struct audit_verification *out);

#endif
