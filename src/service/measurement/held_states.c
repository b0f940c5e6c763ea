#include "service/measurement/held_states.h"

#include "domain/channel.h"
#include "domain/contact.h"
#include "service/measurement/block.h"
#include "statements.h"
#include "store/store.h"

/* *binary: a bit for each channel that sends states. */
static enum status
held_states_read_limit(struct call *call, const struct held_states_query *query, utc_seconds *until,
                       unsigned *binary)
{
    const struct uncompacted *uncompacted = query->uncompacted;
    struct compacted_status *status_of = call_new(call, sizeof *status_of);

    if (!status_of)
        return STATUS_TOO_LARGE;
    enum status status =
        journal_compacted_status(call, query->organization_id, query->sensor_id, status_of);
    if (status)
        return status;
    struct latest *latest = &status_of->latest;
    utc_seconds contact = status_of->row.last_seen_at, next = status_of->row.next_transmission_at;
    if (uncompacted->newest_received_at >= contact) {
        contact = uncompacted->newest_received_at;
        next = uncompacted->newest.next_transmission_at;
    }
    latest_add(latest, uncompacted->samples.at, uncompacted->samples.count, UTC_NEVER);
    int64_t announced = contact_announced(next, contact_newest_at(latest->at, latest->count));
    *until = contact + (announced > 0 ? announced : CONTACT_LEAST_USUAL);
    *until = *until < call->now ? *until : call->now;
    *binary = 0;
    for (size_t i = 0; i < latest->count; i++)
        if (channel_type(latest->at[i].type)->kind == CHANNEL_BINARY)
            *binary |= 1U << latest->at[i].channel;
    return STATUS_OK;
}

static enum status
held_states_read_coverage(struct call *call, const struct held_states_query *query,
                          struct hold_limits *limits)
{
    struct readings_coverage_out *rows;
    size_t count;
    enum status status = readings_coverage(
        &call->db, &(struct readings_coverage_in){ query->organization_id, query->sensor_id },
        &rows, &count);

    if (status)
        return status;
    struct interval *intervals = call_new(call, (count + 1) * sizeof *intervals);
    if (!intervals)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        intervals[i] = (struct interval){ rows[i].starts_at, rows[i].expires_at };
    limits->coverage = intervals;
    limits->coverage_count = count;
    return STATUS_OK;
}

/* No sample measured before `at` is newer than the known one of any of these channels. */
static bool
held_states_are_found(const struct latest *before, unsigned channels, utc_seconds at)
{
    for (size_t i = 0; i < before->count; i++)
        if (before->at[i].at >= at)
            channels &= ~(1U << before->at[i].channel);
    return channels == 0;
}

/* Reads blocks, newest first, until the older ones add nothing. */
static enum status
held_states_read_before(struct call *call, const struct held_states_query *query, unsigned channels,
                        struct latest *before)
{
    const struct samples *uncompacted = &query->uncompacted->samples;
    const day_number day = query->from / UTC_DAY;
    struct block_place place = { query->organization_id, query->sensor_id, day + 1 };

    latest_add(before, uncompacted->at, uncompacted->count, query->from - 1);
    while (!held_states_are_found(before, channels, place.day * UTC_DAY)) {
        struct samples samples = { 0 };
        bool found;
        enum status status = block_read_before(call, &place, &samples, &found);
        if (!status && found && place.day >= day - HELD_STATES_DAYS)
            latest_add(before, samples.at, samples.count, query->from - 1);
        samples_clear(&samples);
        if (status || !found || place.day < day - HELD_STATES_DAYS)
            return status;
    }
    return STATUS_OK;
}

enum status
held_states_read(struct call *call, const struct held_states_query *query, struct held_states *out)
{
    unsigned binary;

    *out = (struct held_states){ .before.count = 0 };
    enum status status = held_states_read_limit(call, query, &out->limits.until, &binary);
    if (!status)
        status = held_states_read_coverage(call, query, &out->limits);
    if (status || query->from <= 0)
        return status;
    return held_states_read_before(call, query, binary, &out->before);
}
