/*
 * audit_seal.h - seals over the audit log.
 *
 * The chain of an organization has no secret: a person who can write to the database can rewrite
 * all its entries and compute the hashes anew. A seal is a hash, keyed with the store's secret,
 * over the head of one chain and over the seal before it. Seals are numbered in the whole store,
 * and a keyed record tells how many there are. So a rewritten chain, entries that were removed at
 * its end and seals that were removed are found, as far as the last seal.
 * docs/decisions/0013-audit-seals.md
 */
#ifndef SERVICE_AUDIT_AUDIT_SEAL_H
#define SERVICE_AUDIT_AUDIT_SEAL_H

#include "service/core/call.h"

enum {
    AUDIT_SEAL_SECONDS = 3600, /* between two rounds of seals */
    AUDIT_SEAL_STEP = 200,     /* chains in one transaction */
    AUDIT_HEAD_SIZE = 96,      /* "120-" and 64 hexadecimal digits, and NUL */
};

/* One row of audit_seal. */
struct audit_seal {
    int64_t number;
    utc_seconds at;
    int64_t organization_id;
    int64_t sequence;
    uint8_t hash[HASH_BYTES]; /* of that entry */
};
/* `before`: the seal before it, zeros for the first one that holds. */
void audit_seal_hash(uint8_t out[HASH_BYTES], const uint8_t before[HASH_BYTES],
                     const struct audit_seal *seal, const struct secret_key *secret);

/* The record of the newest seal. */
struct audit_seal_top {
    int64_t number; /* of the newest seal; 0: there is none yet */
    int64_t first;  /* the seals from this number on hold; number + 1: none of them */
    utc_seconds round_at;
    uint8_t seal[HASH_BYTES]; /* the newest one, or zeros */
    uint8_t mac[HASH_BYTES];  /* zeros: the record was never written */
};
void audit_seal_top_mac(uint8_t out[HASH_BYTES], const struct audit_seal_top *top,
                        const struct secret_key *secret);
/* *found false: there is no record, or it was never written.
 *   STATUS_BROKEN  a hash in it has a wrong size */
enum status audit_seal_top_read(struct call *call, struct audit_seal_top *out, bool *found);

/* At the start of a server: begins to seal a store that has no seals. If it has entries, which an
 * older version wrote, it writes a checkpoint. Works whatever the clock shows. Failures of
 * transact(). */
enum status audit_seal_begin(struct call *call);

/* Writes an entry "audit.checkpoint" with the reason to the operator's log: the seals before it
 * hold no longer, and all chains are sealed anew, with call->secret. After a change of the secret,
 * and after a change to entries. Inside a transaction. Seals AUDIT_SEAL_STEP chains; the job seals
 * the rest. */
enum status audit_checkpoint(struct call *call, const char *reason);

/* Seals every chain with new entries, in transactions of its own, whatever the clock shows. */
enum status audit_seal_all(struct call *call);

/* The scheduled job "audit seals": schedule.h. */
enum status audit_seal_job_run(struct call *call, bool *more);
enum status audit_seal_job_next_at(struct call *call, utc_seconds *at);

/* Writes what can be kept elsewhere: the number of the newest seal and the seal. `out` is "" if
 * there is no seal. */
enum status audit_head(struct call *call, char out[AUDIT_HEAD_SIZE]);
/* False: not written by audit_head(). */
bool audit_head_parse(const char *text, int64_t *number, uint8_t seal[HASH_BYTES]);

#endif
