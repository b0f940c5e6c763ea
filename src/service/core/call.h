/* call.h - the context of one piece of work: an HTTP request, a batch of packets, a tick, a
 * command. */
#ifndef SERVICE_CORE_CALL_H
#define SERVICE_CORE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/utc.h"
#include "domain/claim.h"
#include "store/db.h"

struct clock_memory;
struct job_step;
struct ledger_cache;
struct journal_index;

enum actor_kind { ACTOR_SYSTEM, ACTOR_USER, ACTOR_TOKEN, ACTOR_OPERATOR, ACTOR_KIND_COUNT };

struct call;

/* Whether this transaction saves measurements, or others may meanwhile: saving_exclusion(). */
enum saving {
    SAVING_IGNORED,
    SAVING_DONE_HERE,      /* the transaction saves measurements; its caller sets this */
    SAVING_TO_BE_EXCLUDED, /* saving_exclusion() sets this: the verb must run again, */
    SAVING_EXCLUDED,       /* and then transact() sets this: no process saves meanwhile */
};

/* Work that must be committed, step by step, before a verb can run: ledger.h. */
struct catch_up {
    enum status (*step)(struct call *call, int64_t organization_id, bool *more); /* NULL: nothing */
    int64_t organization_id;
};

/* The caller, as the audit log names it. The edge checks its permissions. */
struct actor {
    enum actor_kind kind;
    int64_t id;       /* of the user or token; 0 for the system */
    const char *name; /* the e-mail, or "system" */
};

extern const struct actor actor_system;

/* Work that a failed verb commits all the same, such as counting a wrong code. `why` is the fault
 * of the verb; the work may put another one in its place. It may run more than once. */
struct after_failure {
    enum status (*run)(struct call *call, void *with, struct fault *why); /* NULL: nothing */
    void *with; /* lives as long as the call */
};

enum { GUESS_COUNTERS_AT_ONCE = 2 };

/* The name of a counter of wrong tries: service/core/guess_counter.h. */
struct guess_counter {
    int64_t slot;
    uint8_t holder[16];
    size_t free_tries; /* within an hour */
};

struct call {
    struct db db;                        /* its arena holds everything that a service returns */
    const struct actor *actor;           /* never NULL; &actor_system for ticks */
    const struct secret_key *secret;     /* keys the hashes of codes */
    struct journal_index *journal_index; /* of uncompacted measurements; NULL on the command line */
    struct ledger_cache *ledger_cache;   /* NULL: nothing is cached */
    /* The origin of this server's pages, without a slash at its end; "" if unknown, as on the
     * command line. */
    const char *public_url;
    struct job_step *job;       /* service/core/job.h; NULL: this is no step of a job */
    bool mail_is_set;           /* a relay for mails is set */
    enum claim_policy claim;    /* what adding a serial needs */
    utc_seconds now;            /* read once, when the call began */
    struct clock_memory *clock; /* service/core/clock.h; NULL: only the store has a mark */
    utc_seconds clock_stored;   /* set by clock.c: the store's mark, in the transaction */
    bool any_clock;             /* the verb decides nothing about licenses: clock.h */
    bool in_transaction;        /* set by transaction.c */
    bool only_reads;            /* set by transaction.c: the transaction is read-only */
    enum saving saving;
    bool dry_run;                       /* decide and answer, but roll back */
    struct after_failure after_failure; /* transact() runs it after the rollback, on its own */
    char failed_subject[300];           /* for after_failure: throttle.h */
    struct guess_counter failed_guesses[GUESS_COUNTERS_AT_ONCE]; /* the same: guess_counter.h */
    size_t failed_guess_count;
    /* Why a verb could not run yet. transact() does this work and runs the verb again; with
     * `hands_back` its caller does both. */
    struct catch_up catch_up;
    bool hands_back;
    bool has_caught_up; /* once, for this verb */
};

/* fail() with the call's fault. */
#define call_fail(call, ...) fail(&(call)->db.fault, __VA_ARGS__)

/* Fails with STATUS_TOO_LARGE: the arena has reached its limit. */
enum status call_too_large(struct call *call);

/* Zeroed memory of the call's arena. NULL: the arena has reached its limit, and the fault is
 * filled; return STATUS_TOO_LARGE. */
void *call_new(struct call *call, size_t size);

/* A copy of `text`; NULL like call_new(). */
char *call_text(struct call *call, const char *text);

/* The same into *out. STATUS_TOO_LARGE */
enum status call_keep_text(struct call *call, const char *text, const char **out);

/* Long work between statements asks this. STATUS_BUSY: the time of the call's store is over, as
 * store_is_late(). */
enum status call_check_time(struct call *call);

/* A call of the system at this instant, without a store. */
struct call call_of_system(struct arena *arena);

/* The request for one page of a list. */
struct page_request {
    int64_t limit;      /* 1 to 1000 */
    const char *cursor; /* opaque; NULL for the first page */
};

#endif
