#include "service/core/throttle_distinct.h"

#include <assert.h>
#include <string.h>

#include "base/varint.h"
#include "statements.h"
#include "store/store.h"

/* Reads pairs of a thing and its instant; drops those of more than an hour ago. */
static void
things_read(struct throttle_things *subject, struct bytes bytes, utc_seconds now)
{
    const uint8_t *at = bytes.at, *end = at + bytes.size;
    uint64_t thing, instant;

    while (subject->count < THROTTLE_MOST_THINGS && varint_read(&thing, &at, end)
           && varint_read(&instant, &at, end)) {
        utc_seconds asked_at = (utc_seconds)instant;
        if (asked_at <= now - THROTTLE_WINDOW_SECONDS || asked_at > now + CLOCK_SLACK_SECONDS)
            continue;
        subject->things[subject->count] = thing;
        subject->asked_at[subject->count++] = asked_at;
    }
}

static enum status
things_lock(struct call *call, struct throttle_things *subject)
{
    struct throttle_lock_in lock = { subject->subject, .none = { "", 0 } };
    struct throttle_lock_out row;
    enum status status = throttle_lock(&call->db, &lock, &row);

    subject->count = 0;
    subject->waits = subject->wait_until = subject->forget_at = 0;
    subject->changed = false;
    if (status || row.forget_at <= call->now
        || row.forget_at > call->now + THROTTLE_KEPT_MOST_SECONDS)
        return status;
    subject->waits = row.waits;
    subject->wait_until = row.wait_until;
    subject->forget_at = row.forget_at;
    things_read(subject, row.recent, call->now);
    return STATUS_OK;
}

enum status
throttle_counter_lock(struct call *call, struct throttle_counter *counter)
{
    enum status status = STATUS_OK;

    assert(counter->most <= THROTTLE_MOST_THINGS);
    for (size_t i = 0; i < counter->count && !status; i++)
        status = things_lock(call, &counter->subjects[i]);
    return status;
}

utc_seconds
throttle_counter_until(const struct throttle_counter *counter, utc_seconds now)
{
    utc_seconds until = 0;

    for (size_t i = 0; i < counter->count; i++)
        if (counter->subjects[i].wait_until > now && counter->subjects[i].wait_until > until)
            until = counter->subjects[i].wait_until;
    return until;
}

static bool
things_know(const struct throttle_things *subject, uint64_t thing)
{
    for (size_t i = 0; i < subject->count; i++)
        if (subject->things[i] == thing)
            return true;
    return false;
}

static size_t
things_left(const struct throttle_things *subject, size_t most)
{
    return subject->waits > 0 || subject->count + 1 >= most ? 0 : most - 1 - subject->count;
}

static void
things_add(struct throttle_things *subject, uint64_t thing, utc_seconds now)
{
    if (subject->count == THROTTLE_MOST_THINGS) {
        subject->count--;
        memmove(subject->things, subject->things + 1, subject->count * sizeof subject->things[0]);
        memmove(subject->asked_at, subject->asked_at + 1,
                subject->count * sizeof subject->asked_at[0]);
    }
    subject->things[subject->count] = thing;
    subject->asked_at[subject->count++] = now;
    utc_seconds calm_from = subject->wait_until > now ? subject->wait_until : now;
    subject->forget_at = calm_from + THROTTLE_WINDOW_SECONDS;
    subject->changed = true;
}

enum throttle_answer
throttle_counter_ask(struct throttle_counter *counter, uint64_t thing, utc_seconds now)
{
    bool is_new = false, too_many = false;

    for (size_t i = 0; i < counter->count; i++) {
        const struct throttle_things *subject = &counter->subjects[i];
        bool known = things_know(subject, thing);
        is_new |= !known;
        too_many |= !known && things_left(subject, counter->most) == 0;
    }
    if (!is_new)
        return THROTTLE_KNOWN;
    for (size_t i = 0; i < counter->count; i++) {
        struct throttle_things *subject = &counter->subjects[i];
        if (things_know(subject, thing))
            continue;
        if (things_left(subject, counter->most) == 0)
            subject->wait_until = now + throttle_wait_seconds(subject->waits++);
        things_add(subject, thing, now);
    }
    return too_many ? THROTTLE_TOO_MANY : THROTTLE_NEW;
}

size_t
throttle_counter_left(const struct throttle_counter *counter)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < counter->count; i++) {
        size_t left = things_left(&counter->subjects[i], counter->most);
        least = left < least ? left : least;
    }
    return least;
}

static enum status
things_keep(struct call *call, const struct throttle_things *subject)
{
    uint8_t bytes[2 * THROTTLE_MOST_THINGS * VARINT_MOST_BYTES];
    size_t size = 0;

    for (size_t i = 0; i < subject->count; i++) {
        size += varint_write(bytes + size, subject->things[i]);
        size += varint_write(bytes + size, (uint64_t)subject->asked_at[i]);
    }
    struct throttle_set_in set = {
        .subject = subject->subject,
        .recent = { bytes, size },
        .waits = subject->waits,
        .wait_until = subject->wait_until,
        .forget_at = subject->forget_at,
    };
    return throttle_set(&call->db, &set, NULL);
}

enum status
throttle_counter_keep(struct call *call, const struct throttle_counter *counter)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < counter->count && !status; i++)
        if (counter->subjects[i].changed)
            status = things_keep(call, &counter->subjects[i]);
    return status;
}
