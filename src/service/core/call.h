/*
 * call.h - what every piece of work carries: one HTTP request, one packet
 * batch, one tick or one command line.
 */
#ifndef SERVICE_CORE_CALL_H
#define SERVICE_CORE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/utc.h"
#include "store/db.h"

struct clock_memory;
struct ledger_cache;
struct journal_index;

enum actor_kind { ACTOR_SYSTEM, ACTOR_USER, ACTOR_TOKEN, ACTOR_OPERATOR, ACTOR_KIND_COUNT };

struct call;

/* What has to be committed, step by step, before a verb can run: ledger.h. */
struct catch_up {
    enum status (*step)(struct call *call, int64_t organization_id, bool *more); /* NULL: nothing */
    int64_t organization_id;
};

/* Who is asking. The audit log keeps it; what it may do is checked by the edge. */
struct actor {
    enum actor_kind kind;
    int64_t id;       /* of the user or token; 0 for the system */
    const char *name; /* shown in the audit log: the e-mail, or "system" */
};

extern const struct actor actor_system;

struct call {
    struct db db;                    /* its arena holds whatever a service returns */
    const struct actor *actor;       /* never NULL; &actor_system for ticks */
    const struct secret_key *secret; /* keys the hashes of codes */
    struct journal_index
        *journal_index; /* index of the uncompacted measurements; NULL on the command line */
    struct ledger_cache
        *ledger_cache; /* service/core/ledger_cache.h; NULL: nothing is remembered */
    /* The origin at which people reach this server, without a slash at its end; "" when it is
     * not known, as on the command line. */
    const char *public_url;
    bool mail_is_set;           /* there is a relay that takes mails */
    utc_seconds now;            /* read once, when the call began */
    struct clock_memory *clock; /* service/core/clock.h; NULL: only the store remembers */
    utc_seconds clock_stored;   /* set by clock.c: the store's mark, in the transaction */
    bool in_transaction;        /* set by transaction.c: a begin is open */
    bool only_reads;            /* set by transaction.c: that transaction writes nothing */
    bool saves;                 /* the transaction saves measurements: saving_exclusion() */
    /* Set by saving_exclusion(): the verb runs again while nobody saves measurements. */
    bool wants_exclusion, excludes_saving;
    bool dry_run; /* decide and answer, but roll back */
    /* What a verb that fails leaves behind all the same (a wrong code is counted):
     * run by transact() in a transaction of its own, after the roll-back. */
    enum status (*after_failure)(struct call *call);
    char failed_subject[300]; /* for after_failure: throttle.h */
    /* Why a verb could not run yet. transact() does it, and runs the verb again; with `hands_back`
     * its caller does. */
    struct catch_up catch_up;
    bool hands_back;
    bool has_caught_up; /* once, for this verb */
};

/* fail() with the call's fault. */
#define call_fail(call, ...) fail(&(call)->db.fault, __VA_ARGS__)

/* STATUS_TOO_LARGE: the limit of the call's arena is reached. */
enum status call_too_large(struct call *call);

/* Zeroed memory of the call's arena. NULL: its limit is reached, and the fault says so; return
 * STATUS_TOO_LARGE. */
void *call_new(struct call *call, size_t size);

/* A copy of `text`; NULL as call_new(). */
char *call_text(struct call *call, const char *text);

/* One page of a list, asked for and given. */
struct page_request {
    int64_t limit;      /* 1 to 1000 */
    const char *cursor; /* opaque; NULL for the first page */
};

#endif
