/* ingest_decide.c - decides about one message of a batch. */
#include <string.h>

#include "base/secret.h"
#include "service/coverage/renewal_lookahead.h"
#include "service/ingest/config_parts.h"
#include "service/ingest/ingest_batch.h"
#include "service/ingest/message_judge.h"
#include "service/ingest/transfer_start.h"
#include "service/measurement/message.h"

static enum status
ingest_append(struct ingest_batch *batch, struct call *call, const struct covered_sensor *sensor,
              const struct saved_message *message)
{
    size_t room = message_bound(message->count);
    uint8_t *bytes = call_new(call, room);
    struct delivery facts = *message->delivery;

    if (!bytes)
        return STATUS_TOO_LARGE;
    facts.clock_offset = message->clock_offset;
    journal_writer_add(batch->ingest->journal, call, sensor->organization->id, sensor->sensor_id,
                       (struct bytes){ bytes, message_encode(bytes, room, &facts, message->samples,
                                                             message->count) });
    return STATUS_OK;
}

/* Reports a sensor whose samples are refused for lack of a license. */
static enum status
ingest_report_refusal(struct ingest_batch *batch, struct call *call,
                      const struct covered_sensor *sensor,
                      const uint32_t refused[GATE_VERDICT_COUNT])
{
    if (!sensor->organization->reports_refusals
        || refused[GATE_REFUSE_UNLICENSED] + refused[GATE_REFUSE_BEFORE_FIRST_LICENSE]
                   + refused[GATE_REFUSE_EXPIRED]
               == 0)
        return STATUS_OK;
    return refusal_watch_report(&batch->ingest->refusal_watch, call, sensor);
}

static enum status
ingest_count_judged(struct ingest_batch *batch, struct call *call,
                    const struct covered_sensor *sensor, const struct delivery *delivery,
                    const struct message_judgment *judgment)
{
    if (delivery->sample_count > 0)
        sensors_ahead_note(&batch->ingest->sensors_ahead, sensor->sensor_id, judgment->newest_ahead,
                           call->now);
    if (judgment->refused_count == 0)
        return STATUS_OK;
    enum status status =
        refusal_counts_add(&batch->refusals, call, sensor, delivery, judgment->refused);
    return status ? status : ingest_report_refusal(batch, call, sensor, judgment->refused);
}

static enum status
ingest_take_report(struct ingest_batch *batch, struct call *call,
                   const struct covered_sensor *sensor, const struct delivery *delivery)
{
    struct sensor_report_put_in report = {
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->sensor_id,
        .kind = delivery->kind == DELIVERY_DEVICE_INFO ? "device_info" : "config",
        .received_at = call->now,
        .payload = { delivery->payload, delivery->payload_size },
        .enclosure = delivery->enclosure,
    };
    bool is_whole = true;
    enum status status = delivery->kind == DELIVERY_CONFIG
                             ? config_parts_take(call, delivery, &report, &is_whole)
                             : STATUS_OK;

    if (!status && is_whole)
        batch->reports[batch->report_count++] = report;
    return status;
}

/* Decides about every sample. The admitted ones go to the journal. A message without them goes
 * there too if the sensor is covered now: it shows that the sensor works. */
static enum status
ingest_take(struct ingest_batch *batch, struct call *call, const struct covered_sensor *sensor,
            struct ingest_item *item)
{
    const struct delivery *delivery = item->delivery;
    struct message_judgment judgment;
    enum status status = message_judge(call, sensor, delivery, &judgment);

    if (!status)
        status = ingest_count_judged(batch, call, sensor, delivery, &judgment);
    item->saved = (uint32_t)judgment.admitted_count;
    item->refused = judgment.refused_count;
    if (status || (judgment.admitted_count == 0 && !judgment.is_covered))
        return status;
    if (sensor->organization->reports_conflicts)
        status = conflict_watch_note(&batch->ingest->conflict_watch, call, sensor,
                                     judgment.admitted, judgment.admitted_count);
    if (status)
        return status;
    struct saved_message message = {
        .sensor_id = sensor->sensor_id,
        .delivery = delivery,
        .samples = judgment.admitted,
        .count = judgment.admitted_count,
        .refused_for_time = judgment.refused[GATE_REFUSE_BAD_TIMESTAMP],
        .clock_offset = judgment.clock_offset,
    };
    status = evaluator_add(batch->ingest->evaluator, call, &message);
    if (!status && delivery->kind == DELIVERY_MEASUREMENTS)
        return ingest_append(batch, call, sensor, &message);
    return status ? status : ingest_take_report(batch, call, sensor, delivery);
}

static bool
ingest_token_is_good(const struct covered_organization *organization,
                     const struct delivery *delivery)
{
    size_t length = strlen(organization->device_token);

    return !organization->device_token_required
           || (strlen(delivery->cloud_token) == length
               && secret_equal(delivery->cloud_token, organization->device_token, length));
}

static enum status
ingest_refuse_token(struct ingest_batch *batch, struct call *call,
                    const struct covered_sensor *sensor, const struct ingest_item *item)
{
    const uint32_t refused[GATE_VERDICT_COUNT] = { [GATE_REFUSE_BAD_TOKEN] = item->refused };

    return item->refused == 0
               ? STATUS_OK
               : refusal_counts_add(&batch->refusals, call, sensor, item->delivery, refused);
}

static void
ingest_find_newest_end(struct ingest_batch *batch, const struct call *call,
                       const struct covered_sensor *sensor)
{
    for (size_t i = 0; i < sensor->interval_count; i++) {
        utc_seconds end = sensor->intervals[i].expires_at;
        if (end <= call->now && end > batch->newest_end)
            batch->newest_end = end;
    }
}

enum status
ingest_decide(struct ingest_batch *batch, struct call *call, struct ingest_item *item)
{
    struct covered_sensor sensor;

    item->saved = 0;
    item->refused = (uint32_t)item->delivery->sample_count;
    item->transfer_start = 0;
    if (!coverage_table_find(batch->ingest->table, item->delivery->serial, &sensor)) {
        item->verdict = INGEST_UNKNOWN_SENSOR;
        return STATUS_OK;
    }
    if (!ingest_token_is_good(sensor.organization, item->delivery)) {
        item->verdict = INGEST_BAD_TOKEN;
        return ingest_refuse_token(batch, call, &sensor, item);
    }
    item->verdict = INGEST_DONE;
    ingest_find_newest_end(batch, call, &sensor);
    enum status status = renewal_lookahead_count_in(call, &sensor, item->delivery->serial);
    if (status)
        return status;
    if (item->is_heard)
        item->transfer_start = transfer_start_of(&sensor, item->delivery, call->now);
    return ingest_take(batch, call, &sensor, item);
}
