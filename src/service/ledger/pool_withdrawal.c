#include "service/ledger/pool_withdrawal.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "domain/code.h"
#include "service/ledger/renewal_queue.h"
#include "statements.h"
#include "store/store.h"

/* Fills the rest from the keys. */
static enum status
withdrawal_fill(struct call *call, const struct organization_lock *lock,
                struct pool_withdrawal *out)
{
    out->lock = lock;
    out->next = SIZE_MAX;
    out->taken = call_new(call, (out->count + 1) * sizeof *out->taken);
    if (!out->taken)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->left += out->keys[i].left;
    return STATUS_OK;
}

static enum status
withdrawal_read_keys(struct call *call, const struct organization_lock *lock, const char *first,
                     const char *last, struct pool_withdrawal *out)
{
    struct renewal_keys_out *rows;
    size_t count;
    enum status status = pool_withdrawal_keys(
        &call->db, &(struct pool_withdrawal_keys_in){ lock->organization_id, first, last }, &rows,
        &count);

    if (status)
        return status;
    *out = (struct pool_withdrawal){ .count = count };
    status = pool_keys_of(call, rows, count, &out->keys);
    return status ? status : withdrawal_fill(call, lock, out);
}

enum status
pool_withdrawal_read(struct call *call, const struct organization_lock *lock,
                     struct pool_withdrawal *out)
{
    return withdrawal_read_keys(call, lock, "", "~", out);
}

enum status
pool_withdrawal_read_one(struct call *call, const struct organization_lock *lock, const char *key,
                         struct pool_withdrawal *out)
{
    char text[CODE_TEXT_SIZE] = "";
    struct code code;
    struct renewal_queue queue;

    if (key) {
        if (code_parse(&code, key, strlen(key)) == CODE_OK)
            code_format(text, &code);
        return withdrawal_read_keys(call, lock, text, text, out);
    }
    enum status status = renewal_queue_keys(call, lock, 1, &queue);
    if (status)
        return status;
    *out = (struct pool_withdrawal){
        .keys = queue.plan.keys,
        .count = queue.plan.key_count,
    };
    return withdrawal_fill(call, lock, out);
}

static int
withdrawal_compare_key(const void *text, const void *key)
{
    return strcmp(text, ((const struct pool_key *)key)->key);
}

size_t
pool_withdrawal_find(const struct pool_withdrawal *pool, const char *key)
{
    char text[CODE_TEXT_SIZE];
    struct code code;

    if (code_parse(&code, key, strlen(key)) != CODE_OK)
        return SIZE_MAX;
    code_format(text, &code);
    const struct pool_key *found =
        bsearch(text, pool->keys, pool->count, sizeof *pool->keys, withdrawal_compare_key);
    return found ? (size_t)(found - pool->keys) : SIZE_MAX;
}

bool
pool_withdrawal_take(struct pool_withdrawal *pool, size_t key, utc_seconds now,
                     struct taken_license *license)
{
    const struct zone *zone = pool->lock->zone;

    if (key == SIZE_MAX) {
        /* The order is the same at every moment of a transaction: a key gives until it is
         * exhausted. */
        if (pool->next == SIZE_MAX || pool->keys[pool->next].left == 0)
            pool->next = pool_pick(pool->keys, pool->count, pool->lock->pool_order, now, zone);
        key = pool->next;
    }
    if (key == SIZE_MAX || pool->keys[key].left == 0)
        return false;
    pool->keys[key].left--;
    pool->taken[key]++;
    pool->left--;
    license->id = id_random();
    license->key = key;
    license->expires_at = term_end(pool->keys[key].term, license->starts_at, zone);
    return true;
}

enum status
pool_withdrawal_refuse(struct call *call, bool named, int64_t needed, int64_t left)
{
    enum status status =
        named ? call_fail(call, STATUS_CONFLICT, "key_exhausted", "key",
                          "this key has too few licenses left")
              : call_fail(call, STATUS_CONFLICT, "no_licenses_left", "",
                          "the pool has too few licenses left: redeem an activation code first");

    fault_add_number(&call->db.fault, "needed", needed);
    fault_add_number(&call->db.fault, "left", left);
    return status;
}

enum status
pool_withdrawal_choose(struct call *call, const struct pool_withdrawal *pool, const char *key,
                       int64_t needed, size_t *out)
{
    *out = key ? pool_withdrawal_find(pool, key) : SIZE_MAX;
    if (key && *out == SIZE_MAX)
        return call_fail(call, STATUS_NOT_FOUND, "", "key", "this organization has no such key");
    int64_t left = key ? pool->keys[*out].left : pool->left;
    return needed > left ? pool_withdrawal_refuse(call, key, needed, left) : STATUS_OK;
}

enum status
pool_withdrawal_list(struct call *call, const struct pool_withdrawal *pool, struct key_taken **out,
                     size_t *count)
{
    *count = 0;
    *out = call_new(call, (pool->count + 1) * sizeof **out);
    if (!*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->taken[i] == 0)
            continue;
        utc_seconds end = term_end(pool->keys[i].term, call->now, pool->lock->zone);
        (*out)[(*count)++] = (struct key_taken){
            .key = pool->keys[i].key,
            .term = pool->keys[i].term_text,
            .quantity = pool->taken[i],
            .expires_at = end,
            .last_day = term_last_day(end, pool->lock->zone),
        };
    }
    return STATUS_OK;
}

enum status
pool_withdrawal_put(struct call *call, struct pool_withdrawal *pool, const char *cause,
                    const struct taken_license *licenses, size_t count)
{
    if (count > pool->room) {
        pool->rows = call_new(call, count * sizeof *pool->rows);
        pool->room = pool->rows ? count : 0;
        if (!pool->rows)
            return STATUS_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++)
        pool->rows[i] = (struct licenses_insert_in){
            .organization_id = pool->lock->organization_id,
            .id = licenses[i].id,
            .sensor_id = licenses[i].sensor_id,
            .key_id = pool->keys[licenses[i].key].id,
            .starts_at = licenses[i].starts_at,
            .expires_at = licenses[i].expires_at,
            .assigned_at = call->now,
            .assigned_by = call->actor->name,
            .cause = cause,
        };
    return licenses_insert(&call->db, pool->rows, count, NULL);
}

enum status
pool_withdrawal_write(struct call *call, const struct pool_withdrawal *pool)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < pool->count && !status; i++)
        status = pool_key_take(call, pool->lock->organization_id, pool->keys[i].id, pool->taken[i]);
    return status;
}
