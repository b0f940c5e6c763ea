#include "support/hearing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "service/alarm/alarm_lost.h"
#include "service/core/transaction.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/verbs.h"

struct server
server_open(struct fixture *fixture)
{
    struct server server = { ingest_open(), journal_index_open() };

    fixture->call.journal_index = server.journal_index;
    check_int(journal_index_rebuild(&fixture->call), STATUS_OK);
    arena_clear(&fixture->arena);
    return server;
}

void
server_close(struct server *server)
{
    ingest_close(server->ingest);
    journal_index_close(server->journal_index);
}

void
begin_hearing(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, HEARD_SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, HEARD_SERIAL, now - HOUR,
                       now + 9000 * (int64_t)HOUR);
}

void
watch(struct fixture *fixture, int64_t rule_id, const char *condition, int64_t for_seconds)
{
    char sql[768];

    snprintf(sql, sizeof sql,
             "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
             "threshold, hysteresis, for_seconds, tell_when_over, samples_from, made_at, made_by) "
             "VALUES (%d, %" PRId64 ", NULL, '%s', 0, 0, 0, %" PRId64 ", true, 0, %" PRId64
             ", 'test'); "
             "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at) VALUES "
             "(%d, 0, 0, 0) ON CONFLICT (organization_id) DO UPDATE SET node = 0",
             LEDGER_ORGANIZATION, rule_id, condition, for_seconds, fixture->call.now,
             LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
}

void
hear(struct fixture *fixture, const struct server *server, struct delivery delivery)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 40 };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    fixture->call.journal_index = server->journal_index;
    if (delivery.kind == DELIVERY_MEASUREMENTS && delivery.sample_count == 0) {
        delivery.samples = &sample;
        delivery.sample_count = 1;
    }
    delivery.payload = (const uint8_t *)"x";
    delivery.payload_size = 1;
    delivery.signal = 40;
    check(serial_parse(&delivery.serial, HEARD_SERIAL, strlen(HEARD_SERIAL)));
    check_int(ingest_commit(server->ingest, &fixture->call, items, 1), STATUS_OK);
    arena_clear(&fixture->arena);
}

void
hear_announce(struct fixture *fixture, const struct server *server, int64_t seconds)
{
    hear(fixture, server,
         (struct delivery){ .battery_ok = true,
                            .next_transmission_at = seconds ? fixture->call.now + seconds : 0 });
}

static enum status
hearing_job(struct call *call, void *more)
{
    return alarm_lost_job_run(call, more);
}

int64_t
open_at(struct fixture *fixture, const struct server *server, utc_seconds now)
{
    bool more = true;

    fixture->call.journal_index = server->journal_index;
    fixture->call.now = now;
    while (more && check_failures() == 0)
        check_int(transact(&fixture->call, hearing_job, &more), STATUS_OK);
    arena_clear(&fixture->arena);
    return fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL");
}
