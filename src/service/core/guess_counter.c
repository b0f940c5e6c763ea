#include "service/core/guess_counter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "service/core/clock.h"
#include "service/core/throttle.h"
#include "statements.h"
#include "store/store.h"

enum { FORGOTTEN_A_TIME = 50, NAME_SIZE = 512 };

void
guess_counter_name(struct call *call, const char *what, const char *account, const char *place,
                   struct guess_counter *out)
{
    uint8_t hash[HASH_BYTES];
    char name[NAME_SIZE];

    *out = (struct guess_counter){ .free_tries = THROTTLE_FREE_TRIES };
    snprintf(name, sizeof name, "guess counter\n%s\n%s\n%s", what, account, place);
    hash_bytes(hash, name, strlen(name), call->secret);
    out->slot = (hash[0] << 8 | hash[1]) % GUESS_COUNTERS_MOST;
    memcpy(out->holder, hash + 2, sizeof out->holder);
}

static enum status
guess_read(struct call *call, const struct guess_counter *counter,
           struct guess_counter_by_slot_out *out, bool *found)
{
    struct guess_counter_by_slot_in in = {
        .slot = counter->slot,
        .holder = { counter->holder, sizeof counter->holder },
        .now = call->now,
    };

    return guess_counter_by_slot(&call->db, &in, out, found);
}

enum status
guess_check(struct call *call, const struct guess_counter *counter, const char *code,
            const char *reason)
{
    struct guess_counter_by_slot_out row;
    bool found;
    enum status status = guess_read(call, counter, &row, &found);

    return status || !found ? status : throttle_wait(call, row.wait_until, code, reason);
}

enum status
guess_is_pausing(struct call *call, const struct guess_counter *counter, bool *out)
{
    struct guess_counter_by_slot_out row;
    bool found;
    enum status status = guess_read(call, counter, &row, &found);

    *out = !status && found && row.waits > 0;
    return status;
}

enum status
guess_forget(struct call *call, const struct guess_counter *counter)
{
    struct guess_counter_delete_in in = { counter->slot,
                                          { counter->holder, sizeof counter->holder } };

    return guess_counter_delete(&call->db, &in, NULL);
}

static enum status
guess_count_one(struct call *call, const struct guess_counter *counter)
{
    struct guess_counter_lock_in lock = { counter->slot, .none = { "", 0 } };
    struct guess_counter_lock_out row;
    struct throttle_record record = { 0 };
    uint8_t bytes[THROTTLE_RECENT_BYTES];
    enum status status = guess_counter_lock(&call->db, &lock, &row);

    if (status)
        return status;
    if (row.holder.size == sizeof counter->holder
        && !memcmp(row.holder.at, counter->holder, sizeof counter->holder)) {
        record.waits = row.waits;
        record.wait_until = row.wait_until;
        record.forget_at = row.forget_at;
        throttle_read_recent(&record, row.recent.at, row.recent.size);
    }
    throttle_add(&record, call->now, counter->free_tries);
    struct guess_counter_set_in set = {
        .slot = counter->slot,
        .holder = { counter->holder, sizeof counter->holder },
        .recent = { bytes, throttle_write_recent(bytes, &record) },
        .waits = record.waits,
        .wait_until = record.wait_until,
        .forget_at = record.forget_at,
    };
    return guess_counter_set(&call->db, &set, NULL);
}

enum status
guess_count(struct call *call, const struct guess_counter *counters, size_t count)
{
    struct guess_counters_delete_forgotten_in old = { call->now, FORGOTTEN_A_TIME };
    enum status status = STATUS_OK;

    assert(count > 0 && count <= GUESS_COUNTERS_AT_ONCE);
    size_t first = count > 1 && counters[1].slot < counters[0].slot;
    for (size_t i = 0; i < count && !status; i++)
        status = guess_count_one(call, &counters[i ^ first]);
    return status || !clock_may_delete(call)
               ? status
               : guess_counters_delete_forgotten(&call->db, &old, NULL);
}

static enum status
guess_count_after(struct call *call, void *with, struct fault *why)
{
    (void)with, (void)why;
    return guess_count(call, call->failed_guesses, call->failed_guess_count);
}

enum status
guess_count_failure(struct call *call, const struct guess_counter *counters, size_t count,
                    enum status failed)
{
    assert(call->in_transaction && count <= GUESS_COUNTERS_AT_ONCE);
    memcpy(call->failed_guesses, counters, count * sizeof *counters);
    call->failed_guess_count = count;
    call->after_failure = (struct after_failure){ guess_count_after, NULL };
    return failed;
}
