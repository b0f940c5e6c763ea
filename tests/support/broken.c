#include "support/broken.h"

#include <stdlib.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/measurement/journal.h"
#include "service/measurement/readings.h"
#include "service/measurement/sensor_status.h"
#include "service/measurement/sweep.h"
#include "service/measurement/tail.h"
#include "support/check.h"

static struct tail *tail;
static struct ingest *ingest;
static struct sweep to_sweep;

void
broken_begin_with(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    fixture->call.tail = tail = tail_open();
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
    tail_close(tail);
    sweep_clear(&to_sweep);
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
    arena_clear(fixture->call.arena);
}

void
broken_start_anew(struct fixture *fixture)
{
    ingest_close(ingest);
    tail_close(tail);
    ingest = ingest_open();
    fixture->call.tail = tail = tail_open();
    check_int(tail_rebuild(&fixture->call), STATUS_OK);
    arena_clear(fixture->call.arena);
}

void
broken_deliver_days(struct fixture *fixture)
{
    for (int64_t n = 1; n <= 3; n++) {
        broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now - (3 - n) * UTC_DAY, n);
        broken_deliver(fixture, BROKEN_OTHER, fixture->call.now - (3 - n) * UTC_DAY, n);
    }
}

struct sealing *
broken_prepare(struct fixture *fixture)
{
    struct tail_sensor *sensors;
    struct sealing *sealing = NULL;
    size_t count = tail_sensors(tail, &sensors), done = 0;

    check_int(sealing_prepare(&fixture->call, sensors, count, &done, &sealing), STATUS_OK);
    check_int(done, count);
    free(sensors);
    return sealing;
}

void
broken_seal(struct fixture *fixture)
{
    struct sealing *sealing = broken_prepare(fixture);

    check_int(sealing_write(&fixture->call, sealing), STATUS_OK);
    sealing_forget(sealing, tail, &to_sweep);
    sweep_sort(&to_sweep);
    check_int(sweep_step(&fixture->call, &to_sweep, 0), STATUS_OK);
    sweep_remove(&to_sweep, to_sweep.count);
    arena_clear(fixture->call.arena);
    check_int(tail_count(tail), 0);
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
    arena_clear(fixture->call.arena);
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
    arena_clear(fixture->call.arena);
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
