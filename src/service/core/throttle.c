#include "service/core/throttle.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "service/core/clock.h"
#include "statements.h"
#include "store/store.h"

enum { FORGOTTEN_A_TIME = 50 };

_Static_assert(sizeof((struct call *)0)->failed_subject == THROTTLE_SUBJECT_SIZE, "");

void
throttle_subject(char out[THROTTLE_SUBJECT_SIZE], const char *what, const char *whom)
{
    snprintf(out, THROTTLE_SUBJECT_SIZE, "%s:%s", what, whom);
}

enum status
throttle_wait(struct call *call, utc_seconds wait_until, const char *code, const char *reason)
{
    if (wait_until <= call->now
        || wait_until > call->now + THROTTLE_LONGEST_WAIT_SECONDS + CLOCK_SLACK_SECONDS)
        return STATUS_OK;
    enum status status = call_fail(call, STATUS_SLOW_DOWN, code, "", "%s", reason);
    call->db.fault.until = wait_until;
    return status;
}

enum status
throttle_check(struct call *call, const char *subject, const char *code, const char *reason)
{
    struct throttle_by_subject_in in = { subject, call->now };
    struct throttle_by_subject_out row;
    bool found;
    enum status status = throttle_by_subject(&call->db, &in, &row, &found);

    return status || !found ? status : throttle_wait(call, row.wait_until, code, reason);
}

enum status
throttle_forget(struct call *call, const char *subject)
{
    return throttle_delete(&call->db, &(struct throttle_delete_in){ subject }, NULL);
}

int64_t
throttle_wait_seconds(int64_t waits)
{
    int64_t seconds = THROTTLE_FIRST_WAIT_SECONDS;

    for (int64_t i = 0; i < waits && seconds < THROTTLE_LONGEST_WAIT_SECONDS; i++)
        seconds *= 2;
    return seconds < THROTTLE_LONGEST_WAIT_SECONDS ? seconds : THROTTLE_LONGEST_WAIT_SECONDS;
}

void
throttle_add(struct throttle_record *record, utc_seconds now, size_t free_tries)
{
    assert(free_tries > 0 && free_tries <= THROTTLE_MOST_FREE_TRIES);
    if (record->forget_at <= now || record->forget_at > now + THROTTLE_KEPT_MOST_SECONDS)
        *record = (struct throttle_record){ 0 };
    if (record->recent_count >= free_tries) {
        size_t kept = free_tries - 1;
        memmove(record->recent, record->recent + record->recent_count - kept,
                kept * sizeof record->recent[0]);
        record->recent_count = kept;
    }
    record->recent[record->recent_count++] = now;

    bool too_many = record->recent_count == free_tries
                    && record->recent[0] > now - THROTTLE_WINDOW_SECONDS;
    if (record->waits > 0 || too_many)
        record->wait_until = now + throttle_wait_seconds(record->waits++);
    utc_seconds calm_from = record->wait_until > now ? record->wait_until : now;
    record->forget_at = calm_from + THROTTLE_WINDOW_SECONDS;
}

static size_t
read_recent(struct bytes bytes, utc_seconds *out, size_t most)
{
    const uint8_t *at = bytes.at, *end = at + bytes.size;
    uint64_t instant;
    size_t count = 0;

    while (count < most && varint_read(&instant, &at, end))
        out[count++] = (utc_seconds)instant;
    return count;
}

static size_t
write_recent(uint8_t *out, const utc_seconds *recent, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += varint_write(out + size, (uint64_t)recent[i]);
    return size;
}

enum status
throttle_drop_old(struct call *call)
{
    struct throttle_delete_forgotten_in old = { call->now, FORGOTTEN_A_TIME };

    return clock_may_delete(call) ? throttle_delete_forgotten(&call->db, &old, NULL) : STATUS_OK;
}

void
throttle_read_recent(struct throttle_record *record, const uint8_t *bytes, size_t size)
{
    record->recent_count =
        read_recent((struct bytes){ bytes, size }, record->recent, THROTTLE_MOST_FREE_TRIES);
}

size_t
throttle_write_recent(uint8_t *out, const struct throttle_record *record)
{
    return write_recent(out, record->recent, record->recent_count);
}

static enum status
throttle_keep(struct call *call, const struct throttle_set_in *row)
{
    enum status status = throttle_set(&call->db, row, NULL);

    return status ? status : throttle_drop_old(call);
}

enum status
throttle_count(struct call *call, const char *subject)
{
    struct throttle_lock_in lock = { subject, .none = { "", 0 } };
    struct throttle_lock_out row;
    uint8_t bytes[THROTTLE_RECENT_BYTES];
    enum status status = throttle_lock(&call->db, &lock, &row);

    if (status)
        return status;
    struct throttle_record record = { .waits = row.waits,
                                      .wait_until = row.wait_until,
                                      .forget_at = row.forget_at };
    throttle_read_recent(&record, row.recent.at, row.recent.size);
    throttle_add(&record, call->now, THROTTLE_FREE_TRIES);
    size_t size = throttle_write_recent(bytes, &record);

    struct throttle_set_in set = {
        .subject = subject,
        .recent = { bytes, size },
        .waits = record.waits,
        .wait_until = record.wait_until,
        .forget_at = record.forget_at,
    };
    return throttle_keep(call, &set);
}

/* Drops instants that are a day old, or that a wrong clock has dated ahead. */
static size_t
drop_uncounted(utc_seconds *recent, size_t count, utc_seconds now)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (recent[i] > now - UTC_DAY && recent[i] <= now + CLOCK_SLACK_SECONDS)
            recent[kept++] = recent[i];
    return kept;
}

enum status
throttle_quota_take(struct call *call, const struct throttle_quota *quota)
{
    struct throttle_lock_in lock = { quota->subject, .none = { "", 0 } };
    struct throttle_lock_out row;
    utc_seconds recent[THROTTLE_MOST_QUOTA];
    uint8_t bytes[THROTTLE_MOST_QUOTA * VARINT_MOST_BYTES];
    enum status status = throttle_lock(&call->db, &lock, &row);

    assert(quota->most <= THROTTLE_MOST_QUOTA);
    if (status)
        return status;
    size_t count = read_recent(row.recent, recent, THROTTLE_MOST_QUOTA);
    count = drop_uncounted(recent, count, call->now);
    if (count >= quota->most) {
        status = call_fail(call, STATUS_SLOW_DOWN, quota->code, "", "%s", quota->reason);
        call->db.fault.until = recent[count - quota->most] + UTC_DAY;
        return status;
    }
    recent[count++] = call->now;
    struct throttle_set_in set = {
        .subject = quota->subject,
        .recent = { bytes, write_recent(bytes, recent, count) },
        .forget_at = call->now + UTC_DAY,
    };
    return throttle_keep(call, &set);
}

static enum status
count_failure(struct call *call, void *with, struct fault *why)
{
    (void)with, (void)why;
    return throttle_count(call, call->failed_subject);
}

enum status
throttle_count_failure(struct call *call, const char *subject, enum status failed)
{
    assert(call->in_transaction);
    snprintf(call->failed_subject, sizeof call->failed_subject, "%s", subject);
    call->after_failure = (struct after_failure){ count_failure, NULL };
    return failed;
}
