#include "service/ingest/conflict_watch.h"

#include <stdlib.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/measurement/compaction.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

#define SERIAL "282C02424EED"

#define WEBHOOK(secret)                                                                            \
    "INSERT INTO webhook (organization_id, id, url, secret, created_at, created_by)"               \
    " SELECT id, 5, 'https://example.com', " secret ", 1, 'test' FROM organization;"               \
    "INSERT INTO webhook_event (organization_id, event, webhook_id)"                               \
    " SELECT id, 'sensor.conflicts', 5 FROM organization"

static struct journal_index *journal_index;
static struct ingest *ingest;

/* With a webhook for the event, if so wished. */
static void
begin(struct fixture *fixture, bool is_wanted)
{
    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, fixture->call.now - 9 * UTC_DAY,
                       fixture->call.now + 9 * UTC_DAY);
    if (is_wanted && strcmp(fixture->driver_name, "sqlite") == 0)
        fixture_script(fixture, WEBHOOK("x'00'"));
    else if (is_wanted)
        fixture_script(fixture, WEBHOOK("'\\x00'"));
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

/* Samples of the last minutes. */
static void
send(struct fixture *fixture, size_t count, int64_t raw)
{
    struct sample *samples = calloc(count, sizeof *samples);
    struct delivery delivery = { .samples = samples, .sample_count = count };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    for (size_t i = 0; i < count; i++)
        samples[i] = (struct sample){
            .channel = 1, .type = 1, .at = FIXTURE_NOW - (utc_seconds)(count - i), .raw = raw
        };
    check(serial_parse(&delivery.serial, SERIAL, strlen(SERIAL)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, count);
    arena_clear(&fixture->arena);
    free(samples);
}

static enum status
job_body(struct call *call, void *with)
{
    return conflict_watch_job_run(call, with);
}

/* The events, after the job has run until it is done. */
static int64_t
events(struct fixture *fixture)
{
    bool more = true;
    utc_seconds next;

    while (more)
        check_int(transact(&fixture->call, job_body, &more), STATUS_OK);
    check_int(conflict_watch_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, UTC_NEVER);
    arena_clear(&fixture->arena);
    return fixture_count(fixture, "SELECT count(*) FROM outbox");
}

static void
compact(struct fixture *fixture)
{
    struct journal_index_sensor key = { LEDGER_ORGANIZATION, ledger_sensor_id(SERIAL) };
    struct compaction_queue queue = { &key, 1, 0, false };
    struct journal_trim trim = { 0 };
    struct compaction *compaction;

    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
    compaction_forget(compaction, journal_index, &trim);
    journal_trim_clear(&trim);
    arena_clear(&fixture->arena);
}

static void
emits_once_a_day(struct fixture *fixture)
{
    utc_seconds next;

    begin(fixture, true);
    send(fixture, 1000, 1);
    check(!ingest_take_work(ingest)); /* in order: no conflict */
    check_int(conflict_watch_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, UTC_NEVER);
    send(fixture, 9, 2);
    check(ingest_take_work(ingest) && !ingest_take_work(ingest));
    check_int(conflict_watch_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, fixture->call.now);
    check_int(events(fixture), 0);
    send(fixture, 10, 2); /* nine of them are known */
    check_int(events(fixture), 1);
    send(fixture, 1000, 2);
    compact(fixture);
    send(fixture, 1000, 3);
    check_int(events(fixture), 1);

    fixture->call.now += UTC_DAY;
    send(fixture, 9, 4);
    check_int(events(fixture), 1);
    send(fixture, 1, 5);
    check_int(events(fixture), 2);
    end();
}

TEST(conflicts_are_told_once_a_day_from_ten_on)
{
    with_each_store(emits_once_a_day);
}

/* Without a subscriber ingest asks for no count; compaction keeps the total for a later one. */
static void
counts_without_a_webhook(struct fixture *fixture)
{
    begin(fixture, false);
    send(fixture, 20, 1);
    send(fixture, 20, 2);
    check(!ingest_take_work(ingest));
    check_int(fixture_count(fixture, "SELECT count(*) FROM conflict_watch"), 0);
    compact(fixture);
    check_int(fixture_count(fixture, "SELECT count(*) FROM conflict_watch WHERE is_pending"), 1);
    check_int(events(fixture), 0);
    check_int(fixture_count(fixture, "SELECT total FROM conflict_watch"), 20);
    end();
}

TEST(conflicts_are_counted_by_compaction_without_a_webhook)
{
    with_each_store(counts_without_a_webhook);
}
