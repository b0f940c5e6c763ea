/* pool_withdrawal.h - the pool of an organization, for verbs that take many licenses at once. */
#ifndef SERVICE_LEDGER_POOL_WITHDRAWAL_H
#define SERVICE_LEDGER_POOL_WITHDRAWAL_H

#include "service/ledger/organization_lock.h"

struct pool_withdrawal {
    const struct organization_lock *lock;
    struct pool_key *keys; /* by their text; `left` goes down as they are taken from */
    const char **terms;
    int64_t *taken;
    size_t count;
    size_t next; /* the key that the pool gives from, SIZE_MAX: not chosen yet */
    int64_t left;
};

/* Inside a transaction that holds `lock`, which outlives the stock. */
enum status pool_withdrawal_read(struct call *call, const struct organization_lock *lock,
                                 struct pool_withdrawal *out);

/* The place of a key, as domain/code.h writes it; SIZE_MAX for none. */
size_t pool_withdrawal_find(const struct pool_withdrawal *stock, const char *key);

/* Takes one license from a key. False: it has none left. */
bool pool_withdrawal_take(struct pool_withdrawal *stock, size_t key);

/* Takes one by the organization's pool order; the key's place, SIZE_MAX when the pool is
 * empty. */
size_t pool_withdrawal_take_next(struct pool_withdrawal *stock, utc_seconds now);

/* Writes what was taken. */
enum status pool_withdrawal_write(struct call *call, const struct pool_withdrawal *stock);

#endif
