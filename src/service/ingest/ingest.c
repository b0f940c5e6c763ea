#include "service/ingest/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "domain/gate.h"
#include "service/alarm/evaluator.h"
#include "service/core/clock.h"
#include "service/core/transaction.h"
#include "service/coverage/coverage_refresh.h"
#include "service/coverage/coverage_table.h"
#include "service/coverage/renewal_lookahead.h"
#include "service/ingest/ingest_isolation.h"
#include "service/ingest/ingest_order.h"
#include "service/ingest/message_judge.h"
#include "service/ingest/refusal_watch.h"
#include "service/ingest/transfer_start.h"
#include "service/ledger/renewing.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/journal_writer.h"
#include "service/measurement/message.h"
#include "statements.h"
#include "store/store.h"

struct ingest {
    struct coverage_table *table;
    struct evaluator *evaluator;
    struct refusal_watch refusals;
    struct journal_writer *journal;
    struct ingest_isolation isolation;
    unsigned losses; /* of the store, when the rest was last read anew */
};

/* One batch and the rows that it writes. The arrays have room for every item. */
struct batch {
    struct ingest *ingest;
    struct ingest_item **items;
    size_t count;
    struct serial *serials;
    utc_seconds newest_end;            /* of the coverages that had ended by now */
    struct covered_organization **due; /* with renewals that are due */
    bool renewed;                      /* the table has renewals that are not committed */
    struct refusal_add_in *refusals;
    size_t refusal_count;
    struct sensor_report_put_in *reports;
    size_t report_count;
};

struct ingest *
ingest_open(void)
{
    struct ingest *ingest = memory_new(1, sizeof *ingest);
    ingest->isolation.table = ingest->table = coverage_table_open();
    ingest->evaluator = evaluator_open();
    ingest->journal = journal_writer_open();
    return ingest;
}

void
ingest_close(struct ingest *ingest)
{
    if (!ingest)
        return;
    coverage_table_close(ingest->table);
    evaluator_close(ingest->evaluator);
    journal_writer_close(ingest->journal);
    free(ingest);
}

struct ingest_isolation *
ingest_isolation_of(struct ingest *ingest)
{
    return &ingest->isolation;
}

bool
ingest_alerts_changed(struct ingest *ingest)
{
    return evaluator_take_changed(ingest->evaluator);
}

void
ingest_forget_unknown(struct ingest *ingest)
{
    coverage_table_forget_unknown(ingest->table);
}

static void
ingest_refuse(struct batch *batch, const struct call *call, const struct covered_sensor *sensor,
              enum gate_verdict verdict, size_t count)
{
    if (count == 0)
        return;
    batch->refusals[batch->refusal_count++] = (struct refusal_add_in){
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->sensor_id,
        .reason = gate_verdict_words[verdict],
        .count = (int64_t)count,
        .at = call->now,
    };
}

enum status
ingest_count_refused(struct call *call, int64_t organization_id, int64_t sensor_id,
                     enum gate_verdict verdict, int64_t count)
{
    struct refusal_add_in in = { organization_id, sensor_id, gate_verdict_words[verdict], count,
                                 call->now };

    return refusal_add(&call->db, &in, 1, NULL);
}

static enum status
ingest_append(struct batch *batch, struct call *call, const struct covered_sensor *sensor,
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

static enum status
ingest_count_refusals(struct batch *batch, struct call *call, const struct covered_sensor *sensor,
                      const struct message_judgment *judgment)
{
    const uint32_t *refused = judgment->refused;

    for (size_t verdict = 0; verdict < GATE_VERDICT_COUNT; verdict++)
        ingest_refuse(batch, call, sensor, (enum gate_verdict)verdict, refused[verdict]);
    if (!sensor->organization->reports_refusals
        || refused[GATE_REFUSE_UNLICENSED] + refused[GATE_REFUSE_EXPIRED] == 0)
        return STATUS_OK;
    return refusal_watch_report(&batch->ingest->refusals, call, sensor);
}

static void
ingest_take_report(struct batch *batch, const struct call *call,
                   const struct covered_sensor *sensor, const struct delivery *delivery)
{
    batch->reports[batch->report_count++] = (struct sensor_report_put_in){
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->sensor_id,
        .kind = delivery->kind == DELIVERY_DEVICE_INFO ? "device_info" : "config",
        .received_at = call->now,
        .payload = { delivery->payload, delivery->payload_size },
        .enclosure = delivery->enclosure,
    };
}

/* Decides about every sample. The admitted ones go to the journal. A message without them goes
 * there too if the sensor is covered now: it shows that the sensor works. */
static enum status
ingest_take(struct batch *batch, struct call *call, const struct covered_sensor *sensor,
            struct ingest_item *item)
{
    const struct delivery *delivery = item->delivery;
    struct message_judgment judgment;
    enum status status = message_judge(call, sensor, delivery, &judgment);

    if (!status)
        status = ingest_count_refusals(batch, call, sensor, &judgment);
    item->saved = (uint32_t)judgment.admitted_count;
    item->refused = message_refused(&judgment);
    if (status || (judgment.admitted_count == 0 && !judgment.is_covered))
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
    if (!status)
        ingest_take_report(batch, call, sensor, delivery);
    return status;
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

static void
ingest_find_newest_end(struct batch *batch, const struct call *call,
                       const struct covered_sensor *sensor)
{
    for (size_t i = 0; i < sensor->interval_count; i++) {
        utc_seconds end = sensor->intervals[i].expires_at;
        if (end <= call->now && end > batch->newest_end)
            batch->newest_end = end;
    }
}

static enum status
ingest_decide(struct batch *batch, struct call *call, struct ingest_item *item)
{
    struct covered_sensor sensor;

    item->saved = 0;
    item->refused = (uint32_t)item->delivery->sample_count;
    item->transfer_start = 0;
    item->transfer_start_is_new = false;
    if (!coverage_table_find(batch->ingest->table, item->delivery->serial, &sensor)) {
        item->verdict = INGEST_UNKNOWN_SENSOR;
        return STATUS_OK;
    }
    if (!ingest_token_is_good(sensor.organization, item->delivery)) {
        item->verdict = INGEST_BAD_TOKEN;
        ingest_refuse(batch, call, &sensor, GATE_REFUSE_BAD_TOKEN, item->delivery->sample_count);
        return STATUS_OK;
    }
    item->verdict = INGEST_DONE;
    ingest_find_newest_end(batch, call, &sensor);
    enum status status = renewal_lookahead_count_in(call, &sensor, item->delivery->serial);
    if (status)
        return status;
    status = ingest_take(batch, call, &sensor, item);
    return status || !item->is_heard ? status : transfer_start_announce(call, &sensor, item);
}

static enum status
ingest_write(struct batch *batch, struct call *call)
{
    enum status status = clock_pass(call, batch->newest_end);

    if (!status)
        status = journal_writer_write(batch->ingest->journal, call);
    if (store_is_shared(call->db.store))
        ingest_sort_refusals(batch->refusals, batch->refusal_count);
    if (!status && batch->refusal_count > 0)
        status = refusal_add(&call->db, batch->refusals, batch->refusal_count, NULL);
    if (status || batch->report_count == 0)
        return status;
    return sensor_report_put(&call->db, batch->reports, batch->report_count, NULL);
}

static int
ingest_by_id(const void *a, const void *b)
{
    int64_t x = (*(struct covered_organization *const *)a)->id;
    int64_t y = (*(struct covered_organization *const *)b)->id;

    return (x > y) - (x < y);
}

/* Finds the organizations of the batch with renewals that are due, each once. They are sorted by
 * id, so that no two processes wait for each other's locks. */
static size_t
ingest_find_due(struct batch *batch, const struct call *call)
{
    struct covered_sensor sensor;
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++) {
        if (!coverage_table_find(batch->ingest->table, batch->serials[i], &sensor)
            || sensor.organization->due_at > call->now
            || renewal_lookahead_holds(sensor.organization, call->now))
            continue;
        sensor.organization->due_at = UTC_NEVER; /* until it is read again */
        batch->due[count++] = sensor.organization;
    }
    if (count > 1)
        qsort(batch->due, count, sizeof(struct covered_organization *), ingest_by_id);
    return count;
}

/* Due renewals count before any message is decided (rule 6). The lookahead treats the ticker's as
 * done; where it cannot, this applies a step of them. *again: some were applied. */
static enum status
ingest_renew_due(struct batch *batch, struct call *call, bool *again)
{
    size_t count = ingest_find_due(batch, call);
    enum status status = renewal_lookahead_make(call, batch->due, count);

    *again = false;
    for (size_t i = 0; i < count && !status; i++) {
        struct organization_lock lock;
        bool more;
        if (renewal_lookahead_holds(batch->due[i], call->now))
            continue;
        *again = batch->renewed = batch->due[i]->unsettled = true;
        status = organization_lock(call, batch->due[i]->id, &lock);
        if (!status)
            status = renewing_step(call, &lock, &more);
    }
    return status;
}

/* After the transaction, and before it is tried again. */
static void
ingest_end_try(struct batch *batch, bool committed)
{
    if (batch->renewed)
        coverage_table_settle(batch->ingest->table, committed);
    batch->renewed = false;
    evaluator_end(batch->ingest->evaluator, committed);
    refusal_watch_end(&batch->ingest->refusals, committed);
}

/* The store went back to an older state: the caches may hold a state that never was. */
static enum status
ingest_begin_anew(struct ingest *ingest, struct call *call)
{
    enum status status = call->journal_index ? journal_index_rebuild(call) : STATUS_OK;

    if (status)
        return status;
    coverage_table_close(ingest->table);
    evaluator_close(ingest->evaluator);
    ingest->isolation.table = ingest->table = coverage_table_open();
    ingest->evaluator = evaluator_open();
    ingest->refusals = (struct refusal_watch){ 0 };
    ingest->losses = store_losses(call->db.store);
    return STATUS_OK;
}

static enum status
ingest_commit_body(struct call *call, void *with)
{
    struct batch *batch = with;
    bool again = true;

    ingest_end_try(batch, false);
    if (batch->ingest->losses != store_losses(call->db.store)) {
        enum status status = ingest_begin_anew(batch->ingest, call);
        if (status)
            return status;
    }
    struct coverage_table *table = batch->ingest->table;
    batch->refusal_count = batch->report_count = 0;
    batch->newest_end = 0;
    enum status status = journal_writer_begin(batch->ingest->journal, call, batch->count);
    while (!status && again) {
        status = coverage_refresh(call, table, batch->serials, batch->count);
        if (!status)
            status = ingest_renew_due(batch, call, &again);
    }
    if (!status)
        status =
            evaluator_begin(batch->ingest->evaluator, call, table, batch->serials, batch->count);
    for (size_t i = 0; i < batch->count && !status; i++)
        status = ingest_decide(batch, call, batch->items[i]);
    if (!status)
        status = ingest_write(batch, call);
    return status ? status : evaluator_write(batch->ingest->evaluator, call);
}

enum status
ingest_commit(struct ingest *ingest, struct call *call, struct ingest_item **items, size_t count)
{
    struct arena *arena = call->db.arena;
    struct batch batch = {
        .ingest = ingest,
        .items = items,
        .count = count,
        .serials = arena_new(arena, (count + 1) * sizeof *batch.serials),
        .due = arena_new(arena, (count + 1) * sizeof(struct covered_organization *)),
        /* An item is refused for at most each reason once. */
        .refusals = arena_new(arena, (count + 1) * GATE_VERDICT_COUNT * sizeof *batch.refusals),
        .reports = arena_new(arena, (count + 1) * sizeof *batch.reports),
    };

    if (!batch.serials || !batch.due || !batch.refusals || !batch.reports)
        return call_too_large(call);
    enum status status = store_is_shared(call->db.store) ? ingest_sort_items(call, items, count)
                                                         : STATUS_OK;
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        batch.serials[i] = items[i]->delivery->serial;
    call->saving = SAVING_DONE_HERE;
    for (int tries = 0; tries == 0 || (tries == 1 && status == STATUS_CONFLICT); tries++) {
        if (tries > 0)
            journal_writer_draw(ingest->journal);
        status = transact(call, ingest_commit_body, &batch);
        ingest_end_try(&batch, !status);
    }
    for (size_t i = 0; i < count && status; i++)
        items[i]->verdict = INGEST_PENDING;
    for (size_t i = 0; i < count && !status; i++)
        if (items[i]->transfer_start)
            coverage_table_set_transfer_start(ingest->table, batch.serials[i],
                                              items[i]->transfer_start);
    journal_writer_end(ingest->journal, call, status);
    return status;
}
