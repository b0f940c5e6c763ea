#include "service/license/licensing_give.h"

#include "domain/coverage.h"
#include "service/audit/audit.h"
#include "service/license/license_queue.h"
#include "statements.h"
#include "store/store.h"

enum {
    IN_LIST = 16,     /* length of the array in licenses_standing */
    STEP_ROWS = 1000, /* licenses that are written together */
};

/* Rows come sensor by sensor, first to start first. */
static enum status
recipients_read_some(struct call *call, const struct license_gift *gift, size_t first, size_t count)
{
    struct recipient *recipients = gift->recipients + first;
    struct licenses_standing_in in = { .organization_id = gift->lock.organization_id,
                                       .now = call->now };
    struct licenses_standing_out *rows;
    size_t row_count, at = 0;

    for (size_t i = 0; i < IN_LIST; i++)
        in.sensor_ids[i] = recipients[i < count ? i : 0].sensor_id;
    enum status status = licenses_standing(&call->db, &in, &rows, &row_count);
    if (status)
        return status;
    for (size_t i = 0; i < row_count; i++) {
        while (recipients[at].sensor_id != rows[i].sensor_id)
            at = (at + 1) % count;
        struct recipient *recipient = &recipients[at];
        recipient->standing++;
        if (recipient->from == call->now && rows[i].starts_at > call->now)
            recipient->waits_uncovered = true;
        else
            recipient->from = rows[i].expires_at;
    }
    return STATUS_OK;
}

enum status
recipients_read(struct call *call, const struct license_gift *gift)
{
    for (size_t i = 0; i < gift->count; i++) {
        gift->recipients[i].standing = 0;
        gift->recipients[i].from = call->now;
        gift->recipients[i].waits_uncovered = false;
    }
    for (size_t first = 0; first < gift->count; first += IN_LIST) {
        size_t left = gift->count - first;
        enum status status =
            recipients_read_some(call, gift, first, left < IN_LIST ? left : IN_LIST);
        if (status)
            return status;
    }
    return STATUS_OK;
}

enum status
recipients_check_queues(struct call *call, const struct license_gift *gift)
{
    for (size_t i = 0; i < gift->count; i++)
        if (gift->recipients[i].standing + gift->each > QUEUE_MOST + 1)
            return call_fail(call, STATUS_CONFLICT, "queue_full", "",
                             "at most %d licenses can wait in the queue of %s", QUEUE_MOST,
                             gift->recipients[i].serial);
    return STATUS_OK;
}

/* What one step writes. */
struct give_step {
    struct call *call;
    struct license_gift *gift;
    struct taken_license *licenses;
    struct audit_fact *facts;
    size_t license_count;
    struct sensors_set_end_in *ends;
    size_t end_count;
};

/* Moves the licenses that wait although nothing covers now behind the new one. *last_start: the
 * start of the last of them. */
static enum status
give_move_queue(const struct give_step *step, struct recipient *recipient, utc_seconds *last_start)
{
    struct call *call = step->call;
    struct license_queue queue = { .sensor_id = recipient->sensor_id };
    enum status status = license_queue_read(call, step->gift->lock.organization_id, &queue);

    if (status)
        return status;
    status = license_queue_reschedule(call, &step->gift->lock, &queue, recipient->from);
    if (status)
        return status;
    recipient->waits_uncovered = false;
    recipient->from = queue.items[queue.count - 1].expires_at;
    *last_start = queue.items[queue.count - 1].starts_at;
    return STATUS_OK;
}

static enum status
give_note_fact(struct call *call, const struct license *license, struct audit_fact *fact)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_id(writer, "license", license->id);
    json_put_text(writer, "key", license->key);
    json_put_time(writer, "starts_at", license->starts_at);
    json_put_time(writer, "expires_at", license->expires_at);
    *fact = (struct audit_fact){ "license.assign", "sensor", license->serial, NULL, NULL };
    return audit_json_close(&json, call, &fact->after);
}

static enum status
give_one(struct give_step *step, struct recipient *recipient, struct license *out)
{
    struct call *call = step->call;
    struct license_gift *gift = step->gift;
    struct taken_license *taken = &step->licenses[step->license_count];

    *taken = (struct taken_license){
        .sensor_id = recipient->sensor_id,
        .starts_at = recipient->from,
    };
    if (!pool_withdrawal_take(&gift->pool, gift->key, call->now, taken))
        return call_fail(call, STATUS_BUSY, "", "", "the pool has changed");
    recipient->from = taken->expires_at;
    *out = (struct license){
        .id = taken->id,
        .serial = recipient->serial,
        .key = gift->pool.keys[taken->key].key,
        .term = gift->pool.keys[taken->key].term_text,
        .state = license_state(taken->starts_at, taken->expires_at, 0, call->now),
        .starts_at = taken->starts_at,
        .expires_at = taken->expires_at,
        .last_day = term_last_day(taken->expires_at, gift->lock.zone),
        .assigned_at = call->now,
        .assigned_by = call->actor->name,
    };
    return give_note_fact(call, out, &step->facts[step->license_count++]);
}

static enum status
give_recipient(struct give_step *step, struct recipient *recipient, struct license *out)
{
    utc_seconds last_start = 0;

    for (size_t i = 0; i < step->gift->each; i++) {
        enum status status = give_one(step, recipient, &out[i]);
        last_start = out[i].starts_at;
        if (!status && recipient->waits_uncovered)
            status = give_move_queue(step, recipient, &last_start);
        if (status)
            return status;
    }
    step->ends[step->end_count++] = (struct sensors_set_end_in){
        .organization_id = step->gift->lock.organization_id,
        .id = recipient->sensor_id,
        .coverage_ends_at = recipient->from,
        .last_starts_at = last_start,
        .version = step->gift->lock.version,
    };
    return STATUS_OK;
}

static enum status
give_write(struct give_step *step)
{
    struct call *call = step->call;
    size_t count = step->license_count;
    enum status status =
        pool_withdrawal_put(call, &step->gift->pool, "by_hand", step->licenses, count);

    if (status)
        return status;
    status = sensors_set_end(&call->db, step->ends, step->end_count, NULL);
    if (status)
        return status;
    step->license_count = step->end_count = 0;
    return audit_append_many(call, step->gift->lock.organization_id, call->actor, step->facts,
                             count);
}

enum status
licenses_give(struct call *call, struct license_gift *gift, struct license **out)
{
    size_t total = gift->count * gift->each, room = total < STEP_ROWS ? total : STEP_ROWS;
    struct give_step step = {
        .call = call,
        .gift = gift,
        .licenses = call_new(call, (room + 1) * sizeof *step.licenses),
        .facts = call_new(call, (room + 1) * sizeof *step.facts),
        .ends = call_new(call, (room + 1) * sizeof *step.ends),
    };

    *out = call_new(call, (total + 1) * sizeof **out);
    if (!step.licenses || !step.facts || !step.ends || !*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < gift->count; i++) {
        enum status status = give_recipient(&step, &gift->recipients[i], *out + i * gift->each);
        if (!status && (step.license_count + gift->each > room || i == gift->count - 1))
            status = give_write(&step);
        if (status)
            return status;
    }
    return pool_withdrawal_write(call, &gift->pool);
}
