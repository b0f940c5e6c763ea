#include <stdio.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/license/licensing.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/readings.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char old[] = "282C02402FAD", new[] = "282C02402FAE", third[] = "282C02402FAF";

static void
keeps_all_else(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct manager_row row = { .serial = "" };
    struct license license;

    make_key(fixture, mine, 4, "P1M");
    make_key(fixture, other, 1, "P1M");
    struct manager_row before = add_sensor(fixture, mine, old, "Fridge");
    check_int(license_assign(&fixture->call, mine, old, NULL, &license), STATUS_OK);
    fixture->call.dry_run = true;
    check_int(sensor_replace(&fixture->call, mine, old,
                             &(struct sensor_replacement){ .serial = new }, &row),
              STATUS_OK);
    check_text(row.serial, new);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE serial = '282C02402FAD'"),
              1);
    check_int(sensor_replace(&fixture->call, mine, old,
                             &(struct sensor_replacement){ .serial = "28:2c:02:40:2f:ae" }, &row),
              STATUS_OK);
    check_text(row.serial, new);
    check_text(row.name, "Fridge");
    check_int(row.license_id, before.license_id);
    check_int(row.queue_count, 1);
    check(row.auto_renewal);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'sensor.replace'"),
        1);
    check_failed(fixture, manager_row(&fixture->call, mine, old, &row), STATUS_NOT_FOUND, "",
                 "serial");
    check_ledger(fixture);

    row = add_sensor(fixture, mine, old, "Another"); /* free again: a sensor of its own */
    check_text(row.name, "Another");
    check(row.license_id != before.license_id);
    check_int(sensor_remove(&fixture->call, mine, old), STATUS_OK);
    add_sensor(fixture, other, old, "Sold");
    check_ledger(fixture);
}

TEST(sensor_replace_changes_only_the_serial)
{
    with_each_store(keeps_all_else);
}

static void
refuses(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct manager_row row;

    make_key(fixture, mine, 2, "P1M");
    make_key(fixture, other, 1, "P1M");
    add_sensor(fixture, mine, old, "");
    add_sensor(fixture, mine, new, "");
    add_sensor(fixture, other, third, "");
    check_failed(fixture,
                 sensor_replace(&fixture->call, mine, old,
                                &(struct sensor_replacement){ .serial = new }, &row),
                 STATUS_CONFLICT, "sensor_exists", "serial");
    check_failed(fixture,
                 sensor_replace(&fixture->call, mine, old,
                                &(struct sensor_replacement){ .serial = old }, &row),
                 STATUS_CONFLICT, "sensor_exists", "serial");
    check_failed(fixture,
                 sensor_replace(&fixture->call, mine, old,
                                &(struct sensor_replacement){ .serial = third }, &row),
                 STATUS_CONFLICT, "sensor_not_available", "serial");
    check_failed(fixture,
                 sensor_replace(&fixture->call, mine, old,
                                &(struct sensor_replacement){ .serial = "nonsense" }, &row),
                 STATUS_INVALID, "serial_malformed", "serial");
    check_failed(fixture,
                 sensor_replace(&fixture->call, mine, third,
                                &(struct sensor_replacement){ .serial = "282C024A0000" }, &row),
                 STATUS_NOT_FOUND, "", "serial");
    check_int(sensor_remove(&fixture->call, other, third), STATUS_OK);
    check_int(sensor_replace(&fixture->call, mine, old,
                             &(struct sensor_replacement){ .serial = third }, &row),
              STATUS_OK);
    check_ledger(fixture);
}

TEST(sensor_replace_needs_a_free_serial)
{
    with_each_store(refuses);
}

/* Two nodes, each with a coverage table of its own. */
static struct ingest *nodes[2];

static struct ingest_item
commit(struct fixture *fixture, struct ingest *node, const char *serial)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = ++fixture->call.now, .raw = 1 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1 };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(node, &fixture->call, items, 1), STATUS_OK);
    return item;
}

static void
check_nodes(struct fixture *fixture, const char *serial, uint32_t saved)
{
    check_row(serial);
    for (size_t i = 0; i < 2; i++)
        check_int(commit(fixture, nodes[i], serial).saved, saved);
    check_row(NULL);
}

static void
forget_unknown(void)
{
    for (size_t i = 0; i < 2; i++)
        ingest_forget_unknown(nodes[i]);
}

static void
every_node_notices(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct journal_index *journal_index = fixture->call.journal_index = journal_index_open();
    struct readings_query query = { .page = { .limit = 1000 }, .to = UTC_NEVER };
    struct readings_page page = { 0 };
    struct manager_row row;

    nodes[0] = ingest_open();
    nodes[1] = ingest_open();
    make_key(fixture, mine, 4, "P1M");
    make_key(fixture, other, 4, "P1M");
    add_sensor(fixture, mine, old, "");
    check_nodes(fixture, old, 1);
    check_int(sensor_replace(&fixture->call, mine, old,
                             &(struct sensor_replacement){ .serial = new }, &row),
              STATUS_OK);
    check_nodes(fixture, old, 0);
    check_nodes(fixture, new, 1);
    check_int(readings_list(&fixture->call, mine, new, &query, &page), STATUS_OK);
    check_int(page.count, 4); /* the history went along */

    /* Back again, and the retired serial to another organization at once. */
    check_int(sensor_replace(&fixture->call, mine, new,
                             &(struct sensor_replacement){ .serial = old }, &row),
              STATUS_OK);
    add_sensor(fixture, other, new, "");
    forget_unknown();
    check_nodes(fixture, old, 1);
    check_nodes(fixture, new, 1);
    check_int(readings_list(&fixture->call, mine, old, &query, &page), STATUS_OK);
    check_int(page.count, 6);
    check_int(readings_list(&fixture->call, other, new, &query, &page), STATUS_OK);
    check_int(page.count, 2);

    /* A serial that two sensors of one organization had, one after the other, while a
     * node slept. */
    check_int(sensor_replace(&fixture->call, mine, old,
                             &(struct sensor_replacement){ .serial = third }, &row),
              STATUS_OK);
    add_sensor(fixture, mine, old, "");
    check_int(sensor_replace(&fixture->call, mine, old,
                             &(struct sensor_replacement){ .serial = "282C02402FB0" }, &row),
              STATUS_OK);
    check_nodes(fixture, old, 0);
    check_nodes(fixture, third, 1);
    ingest_close(nodes[0]);
    ingest_close(nodes[1]);
    journal_index_close(journal_index);
    check_ledger(fixture);
}

TEST(sensor_replace_reaches_every_node)
{
    with_each_store(every_node_notices);
}

struct swapping {
    int64_t organization_id;
    bool back;
};

static enum status
swap(struct fixture *fixture, void *with)
{
    const struct swapping *swapping = with;
    struct manager_row row;

    return sensor_replace(&fixture->call, swapping->organization_id, swapping->back ? new : old,
                          &(struct sensor_replacement){ .serial = swapping->back ? old : new },
                          &row);
}

static void
prepare(struct fixture *fixture, void *with)
{
    struct swapping *swapping = with;

    swapping->back =
        fixture_count(fixture, "SELECT count(*) FROM sensor WHERE serial = '282C02402FAE'") == 1;
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct swapping swapping = { .organization_id = make_organization(fixture, "Mine") };

    make_key(fixture, swapping.organization_id, 1, "P1M");
    add_sensor(fixture, swapping.organization_id, old, "");
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = swap,
            .with = &swapping,
            .rows =
                "SELECT count(*) FROM audit_entry JOIN serial_owner ON sensor_id > 0"
                " WHERE EXISTS (SELECT 1 FROM sensor WHERE sensor.serial = serial_owner.serial)",
            .delta = 1,
        });
}

TEST(sensor_replace_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
