/* Compaction from a reading connection that shows less than the writer has committed. */
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "service/ingest/ingest.h"
#include "service/measurement/compaction.h"
#include "service/measurement/readings.h"
#include "service/threads/compactor.h"
#include "support/check.h"
#include "support/front.h"
#include "support/ledger_rows.h"
#include "support/threads.h"

#define FIRST  "282C02424EED"
#define SECOND "282C02424EEE"

/* The reader that prepares a step; the fixture's store is the writer's. */
struct scene {
    struct fixture *fixture;
    struct call reader;
    struct ingest *ingest;
    struct journal_trim journal_trim;
};

static void
deliver(struct call *call, struct ingest *ingest, const char *serial, int64_t number)
{
    const struct sample sample = {
        .channel = 1, .type = 1, .at = call->now - 60 + number, .raw = number
    };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(ingest, call, items, 1), STATUS_OK);
    check_int(item.saved, 1);
}

static void
add_sensors(struct fixture *fixture, utc_seconds now)
{
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, FIRST);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SECOND);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, FIRST, now - UTC_DAY, now + UTC_DAY);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SECOND, now - UTC_DAY, now + UTC_DAY);
}

/* A new connection; while front.stands_still it always shows the present state. */
static void
open_reader(struct scene *scene)
{
    store_close(scene->reader.db.store);
    scene->reader.db.store = front_open_second(scene->fixture, STORE_READ_ONLY);
}

static void
begin(struct scene *scene, struct fixture *fixture)
{
    front_reset(fixture);
    fixture->call.journal_index = journal_index_open();
    add_sensors(fixture, fixture->call.now);
    *scene = (struct scene){
        .fixture = fixture,
        .reader = fixture->call,
        .ingest = ingest_open(),
    };
    scene->reader.db.store = NULL;
}

static void
end(struct scene *scene)
{
    store_close(scene->reader.db.store);
    ingest_close(scene->ingest);
    journal_trim_clear(&scene->journal_trim);
    journal_index_close(scene->fixture->call.journal_index);
}

static struct compaction *
prepare(struct scene *scene)
{
    struct journal_index_sensor *sensors;
    struct compaction *compaction = NULL;
    size_t count = journal_index_sensors(scene->reader.journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };

    check_int(compaction_prepare(&scene->reader, &queue, &compaction), STATUS_OK);
    check_int(queue.done, count);
    free(sensors);
    return compaction;
}

/* A whole step, as the compactor does it. */
static void
compact(struct scene *scene, size_t want_behind, size_t want_gone)
{
    struct compaction *compaction = prepare(scene);
    struct compaction_missing behind, gone;
    struct call *writer = &scene->fixture->call;

    check_int(compaction_write(writer, compaction), STATUS_OK);
    compaction_find_missing(compaction, &behind, &gone);
    check_int(behind.count, want_behind);
    check_int(gone.count, want_gone);
    compaction_forget(compaction, writer->journal_index, &scene->journal_trim);
    journal_trim_sort(&scene->journal_trim);
    check_int(journal_trim_step(writer, &scene->journal_trim, 0), STATUS_OK);
    journal_trim_remove(&scene->journal_trim, scene->journal_trim.count);
}

static size_t
readings_of(struct fixture *fixture, const char *serial)
{
    struct readings_query query = { .page = { .limit = 1000 }, .to = UTC_NEVER };
    struct readings_page page = { 0 };

    check_int(readings_list(&fixture->call, LEDGER_ORGANIZATION, serial, &query, &page), STATUS_OK);
    return page.count;
}

/* Waiting in index and journal, in blocks. */
static void
check_places(struct fixture *fixture, int64_t waiting, int64_t compacted)
{
    check_int(journal_index_totals(fixture->call.journal_index).rows, waiting);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), waiting);
    check_int(fixture_count(fixture, "SELECT coalesce(sum(sample_count), 0) FROM block"),
              compacted);
}

static void
loses_nothing(struct fixture *fixture)
{
    struct scene scene;

    begin(&scene, fixture);
    deliver(&fixture->call, scene.ingest, FIRST, 1);
    deliver(&fixture->call, scene.ingest, FIRST, 2);
    front.stands_still = true;
    open_reader(&scene);
    deliver(&fixture->call, scene.ingest, FIRST, 3);
    deliver(&fixture->call, scene.ingest, SECOND, 1);
    compact(&scene, 2, 0);
    check_places(fixture, 2, 2);
    check_int(readings_of(fixture, FIRST), 3);
    check_int(readings_of(fixture, SECOND), 1);

    front.stands_still = false;
    open_reader(&scene);
    compact(&scene, 0, 0);
    check_places(fixture, 0, 4);
    check_int(readings_of(fixture, FIRST), 3);
    check_int(readings_of(fixture, SECOND), 1);
    end(&scene);
}

TEST(compaction_moves_no_message_that_its_reader_does_not_show)
{
    with_each_store(loses_nothing);
}

/* Blocks and statuses are merged with what the snapshot shows: it must show the last step. */
static void
conflicts_with_its_own_last_step(struct fixture *fixture)
{
    struct scene scene;

    begin(&scene, fixture);
    for (int64_t n = 1; n < 4; n++) { /* before the first step ever, and after others */
        deliver(&fixture->call, scene.ingest, FIRST, n);
        front.stands_still = true;
        open_reader(&scene);
        compact(&scene, 0, 0);
        deliver(&fixture->call, scene.ingest, FIRST, 10 + n);
        check_int(compaction_write(&fixture->call, prepare(&scene)), STATUS_CONFLICT);
        check_places(fixture, 1, 2 * n - 1);
        front.stands_still = false;
        open_reader(&scene);
        compact(&scene, 0, 0);
        check_places(fixture, 0, 2 * n);
    }
    end(&scene);
}

TEST(compaction_writes_nothing_that_was_read_before_the_last_step)
{
    with_each_store(conflicts_with_its_own_last_step);
}

/* Another process has compacted and deleted a message between two others. */
static void
forgets_what_is_gone(struct fixture *fixture)
{
    struct scene scene;

    begin(&scene, fixture);
    for (int64_t n = 1; n < 4; n++)
        deliver(&fixture->call, scene.ingest, FIRST, n);
    deliver(&fixture->call, scene.ingest, SECOND, 1);
    fixture_script(fixture, "DELETE FROM journal WHERE id = (SELECT id FROM journal ORDER BY id"
                            " LIMIT 1 OFFSET 1)");
    open_reader(&scene);
    compact(&scene, 0, 1);
    check_places(fixture, 0, 3);
    check_int(readings_of(fixture, FIRST), 2);

    deliver(&fixture->call, scene.ingest, SECOND, 2); /* all of a sensor */
    fixture_script(fixture, "DELETE FROM journal");
    compact(&scene, 0, 1);
    check_places(fixture, 0, 3);
    end(&scene);
}

TEST(compaction_forgets_messages_that_the_writer_does_not_see_either)
{
    with_each_store(forgets_what_is_gone);
}

static void
write_step(struct scene *scene)
{
    struct call *writer = &scene->fixture->call;
    struct compaction *compaction = prepare(scene);

    check_int(compaction_write(writer, compaction), STATUS_OK);
    compaction_forget(compaction, writer->journal_index, &scene->journal_trim);
}

/* A standby that lagged serves now: it has the journal, and not the last step. */
static void
deletes_nothing(struct fixture *fixture)
{
    struct scene scene;

    begin(&scene, fixture);
    open_reader(&scene);
    deliver(&fixture->call, scene.ingest, FIRST, 1);
    compact(&scene, 0, 0);
    fixture_script(fixture, "CREATE TABLE kept AS SELECT * FROM store_fact");
    deliver(&fixture->call, scene.ingest, FIRST, 2);
    deliver(&fixture->call, scene.ingest, SECOND, 1);
    write_step(&scene);
    check_int(journal_index_totals(fixture->call.journal_index).rows, 0);
    fixture_script(fixture, "DELETE FROM block; DELETE FROM sensor_status; DELETE FROM store_fact;"
                            " INSERT INTO store_fact SELECT * FROM kept; DROP TABLE kept");
    check_int(journal_trim_step(&fixture->call, &scene.journal_trim, 0), STATUS_CONFLICT);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 2);

    /* The next step takes the number of the lost one. */
    deliver(&fixture->call, scene.ingest, SECOND, 2);
    write_step(&scene);
    check_int(journal_trim_step(&fixture->call, &scene.journal_trim, 0), STATUS_CONFLICT);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 3);

    journal_trim_clear(&scene.journal_trim);
    check_int(journal_index_rebuild(&fixture->call), STATUS_OK);
    check_places(fixture, 3, 1);
    compact(&scene, 0, 0);
    check_places(fixture, 0, 3);
    end(&scene);
}

TEST(compaction_deletes_no_message_from_a_store_that_has_lost_its_block)
{
    with_each_store(deletes_nothing);
}

/* Another process has compacted between a step and its journal_trim. */
static void
trims_after_another(struct fixture *fixture)
{
    struct scene scene;

    begin(&scene, fixture);
    open_reader(&scene);
    deliver(&fixture->call, scene.ingest, FIRST, 1);
    struct compaction *first = prepare(&scene);
    check_int(compaction_write(&fixture->call, first), STATUS_OK);
    check_int(compaction_write(&fixture->call, prepare(&scene)), STATUS_OK);
    compaction_forget(first, fixture->call.journal_index, &scene.journal_trim);
    check_int(journal_trim_step(&fixture->call, &scene.journal_trim, 0), STATUS_OK);
    check_places(fixture, 0, 1);
    end(&scene);
}

TEST(compaction_trims_its_messages_after_another_process_has_compacted)
{
    with_each_store(trims_after_another);
}

static void
wait_for_empty_journal(struct fixture *fixture)
{
    int64_t give_up = monotonic_nanoseconds() + (int64_t)NEWS_PATIENCE_SECONDS * 1000000000;

    while (fixture_count(fixture, "SELECT count(*) FROM journal") > 0
           && monotonic_nanoseconds() < give_up)
        continue;
}

/* A trigger loses the first step as it is written. */
static void
compacts_again(struct fixture *fixture)
{
    const struct store_options store = { .url = fixture->url };
    struct scene scene;
    struct compactor *compactor;

    if (strcmp(fixture->driver_name, "sqlite") != 0)
        return; /* a trigger is written otherwise there */
    fixture->call.now = utc_now() - COMPACTOR_MOST_AGE_SECONDS - 1;
    begin(&scene, fixture);
    deliver(&fixture->call, scene.ingest, FIRST, 1);
    deliver(&fixture->call, scene.ingest, FIRST, 2);
    fixture_script(fixture, "CREATE TABLE once (number INTEGER); INSERT INTO once VALUES (1);"
                            "CREATE TRIGGER lose AFTER INSERT ON sensor_status"
                            " WHEN EXISTS (SELECT 1 FROM once) BEGIN"
                            " DELETE FROM block; DELETE FROM sensor_status; DELETE FROM once;"
                            " DELETE FROM store_fact WHERE name = 'compaction_step'; END");
    struct writer *writer = start_writer(fixture, fixture->call.journal_index);
    check_int(
        compactor_start(&compactor,
                        &(struct compactor_options){ .store = &store,
                                                     .writer = writer,
                                                     .journal_index = fixture->call.journal_index },
                        &fixture->call.db.fault),
        STATUS_OK);
    wait_for_empty_journal(fixture);
    compactor_stop(compactor);
    writer_stop(writer);
    check_places(fixture, 0, 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM once"), 0);
    end(&scene);
}

TEST(compactor_compacts_messages_again_whose_blocks_are_lost)
{
    with_each_store(compacts_again);
}

static struct scene *delivering;

/* The messages come right after the compactor's first connection. */
static enum status
open_and_deliver(struct store **out, const struct store_options *options, struct fault *fault)
{
    bool is_first = front.opens == 0;
    enum status status;

    front.stands_still = is_first;
    status = front_open(out, options, fault);
    for (int64_t n = 1; is_first && n < 4; n++)
        deliver(&delivering->fixture->call, delivering->ingest, FIRST, n);
    return status;
}

static void
compactor_goes_on(struct fixture *fixture)
{
    const struct store_options store = { .url = fixture->url };
    struct scene scene;
    struct compactor *compactor;

    fixture->call.now = utc_now() - COMPACTOR_MOST_AGE_SECONDS - 1;
    begin(&scene, fixture);
    delivering = &scene;
    deliver(&fixture->call, scene.ingest, SECOND, 1);
    struct writer *writer = start_writer(fixture, fixture->call.journal_index);
    check_int(
        compactor_start(&compactor,
                        &(struct compactor_options){ .store = &store,
                                                     .writer = writer,
                                                     .journal_index = fixture->call.journal_index,
                                                     .open = open_and_deliver },
                        &fixture->call.db.fault),
        STATUS_OK);
    wait_for_empty_journal(fixture);
    compactor_stop(compactor);
    writer_stop(writer);
    check_places(fixture, 0, 4);
    check(front.opens > 1);
    check_int(readings_of(fixture, FIRST), 3);
    check_int(readings_of(fixture, SECOND), 1);
    end(&scene);
}

TEST(compactor_reopens_its_store_when_it_was_behind)
{
    with_each_store(compactor_goes_on);
}
