#include "support/alarm_nodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/alarm/alarm_due.h"
#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/measurement/compaction.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/ledger_rows.h"

static struct journal_index *journal_index;
static struct ingest *nodes[ALARM_NODES];

void
alarm_nodes_open(struct fixture *fixture)
{
    journal_index = journal_index_open();
    fixture->call.journal_index = journal_index;
    for (size_t i = 0; i < ALARM_NODES; i++)
        nodes[i] = ingest_open();
}

void
alarm_nodes_close(void)
{
    for (size_t i = 0; i < ALARM_NODES; i++)
        ingest_close(nodes[i]);
    journal_index_close(journal_index);
}

void
alarm_node_restart(size_t node)
{
    ingest_close(nodes[node]);
    nodes[node] = ingest_open();
}

void
alarm_nodes_begin(struct fixture *fixture)
{
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, ALARM_SERIAL);
    fixture_script(fixture, "UPDATE sensor SET auto_renewal = false;");
    alarm_nodes_open(fixture);
}

void
alarm_add_license(struct fixture *fixture, struct interval interval)
{
    ledger_add_license(fixture, LEDGER_ORGANIZATION, ALARM_SERIAL, interval.starts_at,
                       interval.expires_at);
}

const struct interval alarm_always = { FIXTURE_NOW - 90 * DAY, FIXTURE_NOW + 90 * DAY };

void
alarm_add_rule(struct fixture *fixture, int64_t id, const struct alarm_rule *rule)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
             "threshold, hysteresis, for_seconds, tell_when_over, samples_from, made_at, made_by) "
             "VALUES (%d, %" PRId64 ", NULL, '%s', %d, %f, %f, %" PRId64 ", false, 0, 0, 'test'); "
             "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at) "
             "VALUES (%d, 0, 0, 0) ON CONFLICT (organization_id) DO UPDATE SET node = 0;",
             LEDGER_ORGANIZATION, id, alarm_condition_words[rule->condition], rule->channel_type,
             rule->threshold, rule->hysteresis, rule->for_seconds, LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
}

uint32_t
alarm_commit(struct fixture *fixture, size_t node, const struct sample *samples, size_t count)
{
    struct delivery delivery = {
        .samples = samples, .sample_count = count, .battery_ok = true, .signal = 40
    };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, ALARM_SERIAL, strlen(ALARM_SERIAL)));
    check_int(ingest_commit(nodes[node], &fixture->call, items, 1), STATUS_OK);
    arena_clear(&fixture->arena);
    return item.saved;
}

enum status
alarm_due_body(struct call *call, void *with)
{
    return alarm_due_job_run(call, with);
}

void
alarm_run_due_job(struct fixture *fixture)
{
    bool more = true;

    while (more && !check_failures())
        check_int(transact(&fixture->call, alarm_due_body, &more), STATUS_OK);
    arena_clear(&fixture->arena);
}

void
alarm_compact(struct fixture *fixture)
{
    struct journal_trim to_trim = { 0 };
    struct journal_index_sensor *sensors;
    size_t count = journal_index_sensors(journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };

    while (queue.done < count && !check_failures()) {
        struct compaction *compaction;
        check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
        check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
        compaction_forget(compaction, journal_index, &to_trim);
        arena_clear(&fixture->arena);
    }
    journal_trim_clear(&to_trim);
    free(sensors);
}

int64_t
alarm_count_open(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL AND "
                                  "withdrawn_at IS NULL");
}

int64_t
alarm_count(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM alert WHERE withdrawn_at IS NULL");
}

int64_t
alarm_next_due(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT coalesce(min(due_at), -1) FROM alarm_due");
}

const struct alarm_rule alarm_door_rule = {
    .condition = ALARM_ABOVE, .channel_type = DOOR, .threshold = 0.5, .for_seconds = 10 * MINUTE
};

void
alarm_begin_with_door(struct fixture *fixture)
{
    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    alarm_add_rule(fixture, 1, &alarm_door_rule);
}

void
alarm_send_door(struct fixture *fixture, size_t node, utc_seconds at, bool open)
{
    const struct sample sample = {
        .at = at, .raw = open, .type = DOOR, .channel = DOOR, .kind = SAMPLE_STATE
    };

    check_int(alarm_commit(fixture, node, &sample, 1), 1);
}

void
alarm_run_due_job_at(struct fixture *fixture, utc_seconds now)
{
    fixture->call.now = now;
    alarm_run_due_job(fixture);
}
