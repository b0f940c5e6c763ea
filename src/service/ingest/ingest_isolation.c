#include "service/ingest/ingest_isolation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "service/core/job.h"
#include "service/core/transaction.h"
#include "service/coverage/coverage_table.h"
#include "service/ingest/ingest_batch.h"
#include "statements.h"
#include "store/store.h"

enum { OWNERS_AT_ONCE = 32 };

static struct isolated *
isolation_find(struct ingest_isolation *all, bool is_organization, int64_t organization_id,
               uint64_t serial)
{
    for (size_t i = 0; i < all->count; i++) {
        struct isolated *item = &all->items[i];
        if (item->is_organization == is_organization
            && (is_organization ? item->organization_id == organization_id
                                : item->serial == serial))
            return item;
    }
    return NULL;
}

static void
isolation_drop(struct ingest_isolation *all, struct isolated *item)
{
    if (item)
        *item = all->items[--all->count];
}

static struct isolated *
isolation_make(struct ingest_isolation *all, const struct isolated *made)
{
    struct isolated *place = &all->items[all->count];

    if (all->count == INGEST_ISOLATED_MOST) {
        place = all->items;
        for (size_t i = 1; i < all->count; i++)
            if (all->items[i].retry_at < place->retry_at)
                place = &all->items[i];
    } else {
        all->count++;
    }
    *place = *made;
    return place;
}

static size_t
isolation_count(const struct ingest_isolation *all, int64_t organization_id, bool of_sensors)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++)
        count += all->items[i].organization_id == organization_id
                 && (!of_sensors || !all->items[i].is_organization);
    return count;
}

/* The organizations of some serials; 0: of none. */
static enum status
isolation_read_owners(struct call *call, const struct serial *serials, size_t count,
                      int64_t *organization_ids)
{
    char texts[OWNERS_AT_ONCE][SERIAL_TEXT_SIZE];
    struct ingest_serial_owners_in in;
    struct ingest_serial_owners_out *rows;
    size_t found;

    for (size_t i = 0; i < OWNERS_AT_ONCE; i++) {
        serial_format(texts[i], serials[i < count ? i : count - 1]);
        in.serials[i] = texts[i];
    }
    enum status status = ingest_serial_owners(&call->db, &in, &rows, &found);
    for (size_t i = 0; i < count && !status; i++) {
        organization_ids[i] = 0;
        for (size_t k = 0; k < found; k++)
            if (!strcmp(rows[k].serial, texts[i]))
                organization_ids[i] = rows[k].organization_id;
    }
    return status;
}

/* The organization of each item: from the coverage table, or from the store. */
static enum status
isolation_find_owners(struct ingest *ingest, struct call *call, struct ingest_item *const *items,
                      size_t count, int64_t *organization_ids)
{
    struct serial unknown[OWNERS_AT_ONCE];
    size_t places[OWNERS_AT_ONCE], unknown_count = 0;
    int64_t owners[OWNERS_AT_ONCE];

    for (size_t i = 0; i < count; i++) {
        struct covered_sensor sensor;
        if (coverage_table_find(ingest->table, items[i]->delivery->serial, &sensor)) {
            organization_ids[i] = sensor.organization->id;
        } else {
            places[unknown_count] = i;
            unknown[unknown_count++] = items[i]->delivery->serial;
        }
        if (unknown_count == 0 || (unknown_count < OWNERS_AT_ONCE && i + 1 < count))
            continue;
        enum status status = isolation_read_owners(call, unknown, unknown_count, owners);
        if (status)
            return status;
        for (size_t k = 0; k < unknown_count; k++)
            organization_ids[places[k]] = owners[k];
        unknown_count = 0;
    }
    return STATUS_OK;
}

struct isolation_record {
    struct job_failure failure; /* reason NULL: it is over */
    struct job_pause pause;
    bool was_there;
};

static enum status
isolation_record_body(struct call *call, void *with)
{
    struct isolation_record *record = with;
    const struct job_failure *failure = &record->failure;

    if (failure->reason)
        return job_record_failure(call, failure, &record->pause);
    return job_forget_failure(call, failure->job, failure->organization_id, &record->was_there);
}

/* Adds a failure. If the store cannot record it, the store itself is at fault. */
static void
isolation_raise(struct ingest *ingest, struct call *call, const struct isolated *key,
                const char *reason)
{
    struct ingest_isolation *all = &ingest->isolation;
    struct isolation_record record = {
        .failure = { .job = job_measurements,
                     .organization_id = key->organization_id,
                     .reason = reason },
    };

    if (transact(call, isolation_record_body, &record))
        return;
    struct isolated *item =
        isolation_find(all, key->is_organization, key->organization_id, key->serial);
    if (!item)
        item = isolation_make(all, key);
    item->failures++;
    item->retry_at = call->now + job_pause_seconds(item->failures);
    record.pause.failures = item->failures;
    record.pause.retry_at = item->retry_at;
    job_log_isolated(&record.failure, &record.pause);
}

/* The reason names the sensor, unless the organization is isolated. */
static void
isolation_fail(struct ingest *ingest, struct call *call, const struct isolated *key)
{
    struct fault why = call->db.fault;
    char reason[sizeof why.reason + 32], serial[SERIAL_TEXT_SIZE];

    serial_format(serial, serial_from_number(key->serial));
    snprintf(reason, sizeof reason, "sensor %s: %s", serial, why.reason);
    isolation_raise(ingest, call, key, key->is_organization ? why.reason : reason);
    call->db.fault = why;
}

void
ingest_isolation_add(struct ingest *ingest, struct call *call, struct ingest_item *item)
{
    struct ingest_isolation *all = &ingest->isolation;
    struct isolated key = { .serial = serial_number(item->delivery->serial) };
    bool is_new = !isolation_find(all, false, 0, key.serial);
    struct fault why = call->db.fault;
    enum status status = isolation_find_owners(ingest, call, &item, 1, &key.organization_id);

    call->db.fault = why;
    if (!status && key.organization_id) {
        isolation_fail(ingest, call, &key);
        key.is_organization = true;
        if (is_new && isolation_count(all, key.organization_id, true) >= INGEST_ISOLATING_SENSORS)
            isolation_fail(ingest, call, &key);
    }
    arena_clear(call->db.arena);
}

/* A message of the sensor was saved. */
static void
isolation_end(struct ingest *ingest, struct call *call, const struct isolated *key)
{
    struct ingest_isolation *all = &ingest->isolation;
    struct isolation_record record = {
        .failure = { .job = job_measurements, .organization_id = key->organization_id },
    };

    isolation_drop(all, isolation_find(all, true, key->organization_id, 0));
    isolation_drop(all, isolation_find(all, false, 0, key->serial));
    if (isolation_count(all, key->organization_id, false) == 0
        && !transact(call, isolation_record_body, &record) && record.was_there)
        job_log_recovered(job_measurements, key->organization_id);
}

/* Tries a message of a sensor or organization whose pause is over. */
static enum status
isolation_try(struct ingest *ingest, struct call *call, struct ingest_item **item,
              const struct isolated *key)
{
    enum status status = ingest_commit(ingest, call, item, 1);

    if (!status) {
        isolation_end(ingest, call, key);
    } else if (status != STATUS_BUSY) {
        log_often(LOG_ERROR, "ingest.failed", call->db.fault.reason, "%s", call->db.fault.reason);
        isolation_fail(ingest, call, key);
    }
    arena_clear(call->db.arena);
    return status == STATUS_BUSY ? status : STATUS_OK;
}

/* A pause that a wrong clock has begun far ahead is over. */
static bool
isolation_lasts(const struct isolated *item, utc_seconds now)
{
    return item && item->retry_at > now && item->retry_at <= now + JOB_LONGEST_PAUSE_SECONDS;
}

/* An item may be isolated twice: with its organization, and alone. *is_free: it is not. */
static enum status
isolation_judge(struct ingest *ingest, struct call *call, struct ingest_item **item,
                int64_t organization_id, bool *is_free)
{
    struct ingest_isolation *all = &ingest->isolation;
    struct isolated key = { false, organization_id, serial_number((*item)->delivery->serial), 0,
                            0 };
    const struct isolated *organization = isolation_find(all, true, organization_id, 0);
    const struct isolated *sensor = isolation_find(all, false, 0, key.serial);

    *is_free = !organization && !sensor;
    if (*is_free || isolation_lasts(organization, call->now) || isolation_lasts(sensor, call->now))
        return STATUS_OK;
    key.is_organization = organization;
    return isolation_try(ingest, call, item, &key);
}

enum status
ingest_isolation_part(struct ingest *ingest, struct call *call, struct ingest_item **items,
                      size_t count, size_t *free_count)
{
    size_t held_count = 0;

    *free_count = count;
    if (ingest->isolation.count == 0)
        return STATUS_OK;
    int64_t *owners = memory_new(count + 1, sizeof *owners);
    struct ingest_item **held = memory_new(count + 1, sizeof(struct ingest_item *));
    enum status status = isolation_find_owners(ingest, call, items, count, owners);
    arena_clear(call->db.arena);
    *free_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_free = true;
        struct ingest_item *item = items[i];
        if (!status)
            status = isolation_judge(ingest, call, &item, owners[i], &is_free);
        if (is_free)
            items[(*free_count)++] = item;
        else
            held[held_count++] = item;
    }
    memcpy(items + *free_count, held, held_count * sizeof(struct ingest_item *));
    free(owners);
    free(held);
    return status;
}
