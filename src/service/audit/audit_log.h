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

enum { AUDIT_SEAL_WORDS_SIZE = 160 };

enum audit_flaw {
    AUDIT_WHOLE,
    AUDIT_MISSING,   /* the entry with this number is missing */
    AUDIT_CHANGED,   /* its hash does not match its content and the previous hash */
    AUDIT_APPENDED,  /* it follows the end of the chain */
    AUDIT_NO_CHAIN,  /* the organization has no entries */
    AUDIT_REWRITTEN, /* it, or an entry up to its next seal, was changed with all hashes after it */
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

enum audit_seal_flaw {
    AUDIT_SEALS_HOLD,
    AUDIT_SEALS_NONE,     /* the record of the seals is missing: no start of a server removes it */
    AUDIT_SEALS_BROKEN,   /* the seal with this number is missing or was changed */
    AUDIT_SEALS_END,      /* seals after this number are missing, or the record was changed */
    AUDIT_SEALS_MARK,     /* a chain says that more or less of it is sealed than its seals do */
    AUDIT_SEALS_HEAD,     /* the seal of the given head is missing or was changed */
    AUDIT_SEALS_OLD_HEAD, /* the given head is older than the first seal that holds, this one */
    AUDIT_SEAL_FLAW_COUNT
};

struct audit_seals_verdict {
    enum audit_seal_flaw flaw;
    int64_t number;      /* see above; 0: none */
    int64_t first, last; /* the seals that hold; last < first: there is none */
    utc_seconds since;   /* the time of the first one; 0: there is none */
    int64_t unsealed;    /* entries that no seal covered */
};
/* A whole sentence without a full stop. */
void audit_seal_flaw_write(char out[AUDIT_SEAL_WORDS_SIZE],
                           const struct audit_seals_verdict *seals);

struct audit_verification {
    struct audit_seals_verdict seals;
    struct audit_verdict *chains; /* all that exist or should exist, the operator's first */
    size_t count;
    int64_t entries;
    int64_t flawed; /* chains */
};

/* Calls `progress` (may be NULL) with the numbers of read and of all entries. */
typedef void audit_progress(void *with, int64_t read, int64_t all);
struct audit_verify_request {
    const char *head; /* audit_head(), kept elsewhere; NULL: none */
    audit_progress *progress;
    void *with;
};

/* Checks the seals and every chain in the store, each in its own read transaction. A flaw does not
 * fail the call. Writes nothing.
 *   STATUS_INVALID  field "head": it is no head */
enum status audit_verify(struct call *call, const struct audit_verify_request *request,
                         struct audit_verification *out);

/* For audit_verify(): checks the seals, and compares the head (NULL: none). */
enum status audit_seals_check(struct call *call, const char *head, struct audit_seals_verdict *out);

#endif
