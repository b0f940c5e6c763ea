/*
 * pool_withdrawal.h - takes licenses from an organization's pool.
 *
 * The keys are read once, licenses are taken from them in memory, and each key that gave some is
 * written once. Everything happens in a transaction that holds the organization's lock.
 */
#ifndef SERVICE_LEDGER_POOL_WITHDRAWAL_H
#define SERVICE_LEDGER_POOL_WITHDRAWAL_H

#include "service/ledger/organization_lock.h"

struct licenses_insert_in;

struct pool_withdrawal {
    const struct organization_lock *lock;
    struct pool_key *keys; /* by text; `left` falls with each license taken */
    int64_t *taken;
    size_t count;
    size_t next;                     /* the key that pool_order picked, SIZE_MAX: none yet */
    int64_t left;                    /* licenses of all `keys` */
    struct licenses_insert_in *rows; /* memory of pool_withdrawal_put() */
    size_t room;
};

/* Reads all keys, for any number of licenses. `lock` outlives the withdrawal. */
enum status pool_withdrawal_read(struct call *call, const struct organization_lock *lock,
                                 struct pool_withdrawal *out);

/* Reads what one license needs: `key` alone or, when it is NULL, the first key of each term. */
enum status pool_withdrawal_read_one(struct call *call, const struct organization_lock *lock,
                                     const char *key, struct pool_withdrawal *out);

/* The place of a key, in any form that domain/code.h reads; SIZE_MAX: the organization does not
 * have it. */
size_t pool_withdrawal_find(const struct pool_withdrawal *pool, const char *key);

/* A license taken from the pool. */
struct taken_license {
    int64_t id, sensor_id;
    size_t key; /* its place in the withdrawal */
    utc_seconds starts_at, expires_at;
};

/* Takes a license from the key at `key`, or from the one that pool_order picks when `key` is
 * SIZE_MAX. The caller has set license->starts_at and license->sensor_id; the rest is set here.
 * False: none is left. */
bool pool_withdrawal_take(struct pool_withdrawal *pool, size_t key, utc_seconds now,
                          struct taken_license *license);

/* Finds the key that `needed` licenses come from: *out is its place, SIZE_MAX when `key` is NULL,
 * which leaves the choice to pool_order.
 *   STATUS_NOT_FOUND  the organization has no such key (field "key")
 *   failures as pool_withdrawal_refuse() */
enum status pool_withdrawal_choose(struct call *call, const struct pool_withdrawal *pool,
                                   const char *key, int64_t needed, size_t *out);

/* The fault of a withdrawal that needs more than is `left`, in the pool or, when `named`, of a key:
 * STATUS_CONFLICT no_licenses_left or key_exhausted (field "key"), with "needed" and "left". */
enum status pool_withdrawal_refuse(struct call *call, bool named, int64_t needed, int64_t left);

/* The licenses that were taken from one key, all starting now. */
struct key_taken {
    const char *key, *term; /* NULL: no license was taken */
    int64_t quantity;
    utc_seconds expires_at;
    day_number last_day;
};

/* Lists the keys that gave licenses, by their text. *out is in the arena. */
enum status pool_withdrawal_list(struct call *call, const struct pool_withdrawal *pool,
                                 struct key_taken **out, size_t *count);

/* Writes licenses that were taken, in order. `cause` is a word of the license table. */
enum status pool_withdrawal_put(struct call *call, struct pool_withdrawal *pool, const char *cause,
                                const struct taken_license *licenses, size_t count);

/* Writes how many licenses were taken from each key. Called once, at the end. */
enum status pool_withdrawal_write(struct call *call, const struct pool_withdrawal *pool);

#endif
