#include "service/ingest/ingest.h"

#include <stdlib.h>

#include "base/memory.h"
#include "service/core/clock.h"
#include "service/core/transaction.h"
#include "service/coverage/coverage_refresh.h"
#include "service/coverage/renewal_lookahead.h"
#include "service/ingest/ingest_batch.h"
#include "service/ingest/ingest_isolation.h"
#include "service/ingest/ingest_order.h"
#include "service/ledger/renewing.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

struct ingest *
ingest_open(void)
{
    struct ingest *ingest = memory_new(1, sizeof *ingest);
    ingest->table = coverage_table_open();
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

bool
ingest_take_work(struct ingest *ingest)
{
    bool has_marked = conflict_watch_take_marked(&ingest->conflict_watch);

    return evaluator_take_changed(ingest->evaluator) || has_marked;
}

void
ingest_forget_unknown(struct ingest *ingest)
{
    coverage_table_forget_unknown(ingest->table);
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
ingest_write(struct ingest_batch *batch, struct call *call)
{
    enum status status = clock_pass(call, batch->newest_end);

    if (!status)
        status = journal_writer_write(batch->ingest->journal, call);
    if (!status)
        status = refusal_counts_write(&batch->refusals, call);
    if (!status)
        status = conflict_watch_write(&batch->ingest->conflict_watch, call);
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
ingest_find_due(struct ingest_batch *batch, const struct call *call)
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
ingest_renew_due(struct ingest_batch *batch, struct call *call, bool *again)
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
ingest_end_try(struct ingest_batch *batch, bool committed)
{
    if (batch->renewed)
        coverage_table_settle(batch->ingest->table, committed);
    batch->renewed = false;
    evaluator_end(batch->ingest->evaluator, committed);
    refusal_watch_end(&batch->ingest->refusal_watch, committed);
    conflict_watch_end(&batch->ingest->conflict_watch, committed);
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
    ingest->table = coverage_table_open();
    ingest->evaluator = evaluator_open();
    ingest->refusal_watch = (struct refusal_watch){ 0 };
    ingest->losses = store_losses(call->db.store);
    return STATUS_OK;
}

static enum status
ingest_commit_body(struct call *call, void *with)
{
    struct ingest_batch *batch = with;
    bool again = true;

    ingest_end_try(batch, false);
    if (batch->ingest->losses != store_losses(call->db.store)) {
        enum status status = ingest_begin_anew(batch->ingest, call);
        if (status)
            return status;
    }
    struct coverage_table *table = batch->ingest->table;
    batch->refusals = (struct refusal_counts){ 0 };
    batch->report_count = 0;
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
    struct ingest_batch batch = {
        .ingest = ingest,
        .items = items,
        .count = count,
        .serials = arena_new(arena, (count + 1) * sizeof *batch.serials),
        .due = arena_new(arena, (count + 1) * sizeof(struct covered_organization *)),
        .reports = arena_new(arena, (count + 1) * sizeof *batch.reports),
    };

    if (!batch.serials || !batch.due || !batch.reports)
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
    journal_writer_end(ingest->journal, call, status);
    return status;
}
