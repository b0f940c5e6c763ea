#include "support/broken.h"

#include <stdlib.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/journal_trim.h"
#include "service/measurement/readings.h"
#include "service/measurement/sensor_status.h"
#include "support/check.h"

static struct journal_index *journal_index;
static struct ingest *ingest;
static struct journal_trim to_trim;

void
broken_begin_with(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_license(fixture, LEDGER_ORGANIZATION, BROKEN_SERIAL, now - 20 * UTC_DAY,
                       now + 20 * UTC_DAY);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, BROKEN_OTHER);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, BROKEN_OTHER, now - 20 * UTC_DAY,
                       now + 20 * UTC_DAY);
}

void
broken_begin(struct fixture *fixture)
{
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, BROKEN_SERIAL);
    broken_begin_with(fixture);
}

void
broken_end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
    journal_trim_clear(&to_trim);
}

void
broken_deliver(struct fixture *fixture, const char *serial, utc_seconds at, int64_t raw)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = at, .raw = raw };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, 1);
    arena_clear(fixture->call.db.arena);
}

void
broken_start_anew(struct fixture *fixture)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
    ingest = ingest_open();
    fixture->call.journal_index = journal_index = journal_index_open();
    check_int(journal_index_rebuild(&fixture->call), STATUS_OK);
    arena_clear(fixture->call.db.arena);
}

void
broken_deliver_days(struct fixture *fixture)
{
    for (int64_t n = 1; n <= 3; n++) {
        broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now - (3 - n) * UTC_DAY, n);
        broken_deliver(fixture, BROKEN_OTHER, fixture->call.now - (3 - n) * UTC_DAY, n);
    }
}

struct compaction *
broken_prepare(struct fixture *fixture)
{
    struct journal_index_sensor *sensors;
    struct compaction *compaction = NULL;
    size_t count = journal_index_sensors(journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };

    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    check_int(queue.done, count);
    free(sensors);
    return compaction;
}

void
broken_seal(struct fixture *fixture)
{
    struct compaction *compaction = broken_prepare(fixture);

    check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
    compaction_forget(compaction, journal_index, &to_trim);
    journal_trim_sort(&to_trim);
    check_int(journal_trim_step(&fixture->call, &to_trim, 0), STATUS_OK);
    journal_trim_remove(&to_trim, to_trim.count);
    arena_clear(fixture->call.db.arena);
    check_int(journal_index_totals(journal_index).rows, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0);
}

void
check_readings(struct fixture *fixture, const char *serial, const char *want)
{
    struct readings_query query = { .page = { .limit = 100 }, .to = UTC_NEVER };
    struct readings_page page = { 0 };
    char got[32] = "";

    check_int(readings_list(&fixture->call, LEDGER_ORGANIZATION, serial, &query, &page), STATUS_OK);
    for (size_t i = 0; i < page.count && i + 1 < sizeof got; i++)
        got[i] = (char)('0' + page.items[i].sample.raw % 10);
    check_text(got, want);
    arena_clear(fixture->call.db.arena);
}

void
check_status(struct fixture *fixture, const char *serial, int64_t raw, utc_seconds last_seen_at)
{
    struct sensor_status sensor = { 0 };

    check_int(
        sensor_status_read(&fixture->call, LEDGER_ORGANIZATION, ledger_sensor_id(serial), &sensor),
        STATUS_OK);
    check_int(sensor.last_seen_at, last_seen_at);
    check_int(sensor.channel_count, raw > 0);
    if (sensor.channel_count == 1)
        check_int(sensor.channels[0].raw, raw);
    arena_clear(fixture->call.db.arena);
}

void
check_damaged(struct fixture *fixture, int64_t messages, int64_t blocks, int64_t statuses)
{
    check_int(fixture_count(fixture, "SELECT count(*) FROM damaged WHERE kind = 'message'"),
              messages);
    check_int(fixture_count(fixture, "SELECT count(*) FROM damaged WHERE kind = 'block'"), blocks);
    check_int(fixture_count(fixture, "SELECT count(*) FROM damaged WHERE kind = 'status'"),
              statuses);
}
