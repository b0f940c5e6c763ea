#include "service/ledger/pool_withdrawal.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
pool_withdrawal_read(struct call *call, const struct organization_lock *lock,
                     struct pool_withdrawal *out)
{
    struct pool_withdrawal_keys_out *rows;
    size_t count;
    enum status status = pool_withdrawal_keys(
        &call->db, &(struct pool_withdrawal_keys_in){ lock->organization_id }, &rows, &count);

    if (status)
        return status;
    *out = (struct pool_withdrawal){
        .lock = lock,
        .count = count,
        .next = SIZE_MAX,
        .keys = call_new(call, (count + 1) * sizeof *out->keys),
        .terms = call_new(call, (count + 1) * sizeof *out->terms),
        .taken = call_new(call, (count + 1) * sizeof *out->taken),
    };
    if (!out->keys || !out->terms || !out->taken)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "the pool has too many keys");
    for (size_t i = 0; i < count; i++) {
        out->keys[i] = (struct pool_key){
            .id = rows[i].id,
            .key = rows[i].key,
            .redemption = rows[i].redemption,
            .left = rows[i].licenses_left,
        };
        out->terms[i] = rows[i].term;
        out->left += rows[i].licenses_left;
        if (!term_parse(&out->keys[i].term, rows[i].term, strlen(rows[i].term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
    }
    return STATUS_OK;
}

size_t
pool_withdrawal_find(const struct pool_withdrawal *stock, const char *key)
{
    size_t low = 0, high = stock->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(stock->keys[middle].key, key);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

bool
pool_withdrawal_take(struct pool_withdrawal *stock, size_t key)
{
    if (stock->keys[key].left == 0)
        return false;
    stock->keys[key].left--;
    stock->taken[key]++;
    stock->left--;
    return true;
}

size_t
pool_withdrawal_take_next(struct pool_withdrawal *stock, utc_seconds now)
{
    /* The order does not change while time stands: a key gives until it is exhausted. */
    if (stock->next == SIZE_MAX || stock->keys[stock->next].left == 0)
        stock->next =
            pool_pick(stock->keys, stock->count, stock->lock->pool_order, now, stock->lock->zone);
    if (stock->next != SIZE_MAX)
        pool_withdrawal_take(stock, stock->next);
    return stock->next;
}

enum status
pool_withdrawal_write(struct call *call, const struct pool_withdrawal *stock)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < stock->count && !status; i++) {
        int64_t changed;
        if (stock->taken[i] == 0)
            continue;
        status = renewal_take(&call->db,
                              &(struct renewal_take_in){ stock->lock->organization_id,
                                                         stock->keys[i].id, stock->taken[i] },
                              &changed);
        if (!status && changed != 1)
            status = call_fail(call, STATUS_BUSY, "", "", "the pool has changed");
    }
    return status;
}
