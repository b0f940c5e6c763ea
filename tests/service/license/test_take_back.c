#include "service/license/take_back.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/core/commit_doubt.h"
#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/license/licensing.h"
#include "service/measurement/compaction.h"
#include "service/measurement/journal_index.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE";

static int64_t
assign(struct fixture *fixture, int64_t organization_id, const char *serial)
{
    struct license license = { .id = 0 };

    check_int(license_assign(&fixture->call, organization_id, serial, NULL, &license), STATUS_OK);
    return license.id;
}

static struct license_list
licenses(struct fixture *fixture, int64_t organization_id, const char *serial)
{
    struct license_list all = { .count = 0 };

    check_int(license_history(&fixture->call, organization_id, serial, &all), STATUS_OK);
    return all;
}

static void
moves_the_queue(struct fixture *fixture)
{
    int64_t mine = make_organization_in(fixture, "Mine", "Europe/Warsaw");

    make_key(fixture, mine, 4, "P1M");
    add_sensor(fixture, mine, fridge, "");
    int64_t second = assign(fixture, mine, fridge), third = assign(fixture, mine, fridge),
            fourth = assign(fixture, mine, fridge);
    struct license_list before = licenses(fixture, mine, fridge);
    check_int(license_take_back(&fixture->call, mine, second), STATUS_OK);
    struct license_list after = licenses(fixture, mine, fridge);
    check_int(after.count, 3);
    check_int(after.items[1].id, third);
    check_int(after.items[2].id, fourth);
    for (size_t i = 0; i < 3 && after.count == 3; i++) { /* the same days of the month */
        check_int(after.items[i].starts_at, before.items[i].starts_at);
        check_int(after.items[i].expires_at, before.items[i].expires_at);
    }
    check_int(license_take_back(&fixture->call, mine, fourth),
              STATUS_OK); /* nobody stands behind */
    check_int(licenses(fixture, mine, fridge).count, 2);
    check_int(fixture_count(fixture, "SELECT quantity - assigned FROM license_key"), 2);
    check_int(fixture_count(fixture, "SELECT coverage_ends_at FROM sensor"),
              before.items[1].expires_at);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE auto_renewal"), 1);
    check_int(fixture_count(fixture, "SELECT max(version) FROM sensor"),
              fixture_count(fixture, "SELECT max(version) FROM organization"));
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM audit_entry WHERE action = 'license.take_back'"
                            " AND object_id = '282C02402FAD' AND before LIKE '%assigned_by%'"),
              2);
    check_failed(fixture, license_take_back(&fixture->call, mine, fourth), STATUS_NOT_FOUND, "",
                 "");
    check_ledger(fixture);
}

TEST(license_take_back_moves_the_queue_forward)
{
    with_each_store(moves_the_queue);
}

static void
starts_the_next(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");

    make_key(fixture, mine, 3, "P10D");
    int64_t first = add_sensor(fixture, mine, fridge, "").license_id;
    int64_t second = assign(fixture, mine, fridge);
    fixture->call.now += UTC_DAY + 100;
    check_failed(fixture, license_take_back(&fixture->call, other, first), STATUS_NOT_FOUND, "",
                 "");
    check_int(license_take_back(&fixture->call, mine, first), STATUS_OK); /* nothing was saved */
    struct license_list all = licenses(fixture, mine, fridge);
    check_int(all.count, 1);
    check_int(all.items[0].id, second);
    check_int(all.items[0].starts_at, fixture->call.now);
    check_int(all.items[0].expires_at, (fixture->call.now / UTC_DAY + 1 + 10) * UTC_DAY);
    check_int(all.items[0].state, LICENSE_ACTIVE);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE auto_renewal"), 1);

    check_int(license_take_back(&fixture->call, mine, second), STATUS_OK); /* the last one */
    struct manager_row row = { .serial = "" };
    check_int(manager_row(&fixture->call, mine, fridge, &row), STATUS_OK);
    check_int(row.state, SENSOR_UNLICENSED);
    check(!row.auto_renewal); /* else it would take the next one at once */
    check_int(fixture_count(fixture, "SELECT quantity - assigned FROM license_key"), 3);
    check_int(fixture_count(fixture, "SELECT coverage_ends_at FROM sensor"), 0);
    check_ledger(fixture);
}

TEST(license_take_back_of_a_running_license_starts_the_next)
{
    with_each_store(starts_the_next);
}

static void
revives(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct manager_row row = { .serial = "" };

    make_key(fixture, mine, 1, "P1D");
    add_sensor(fixture, mine, cellar, "");
    make_key(fixture, mine, 2, "P1M");
    add_sensor(fixture, mine, fridge, "");
    int64_t second = assign(fixture, mine, fridge);
    fixture->call.now += 5 * UTC_DAY; /* the cellar has stopped: the pool is empty */
    check_int(license_take_back(&fixture->call, mine, second), STATUS_OK);
    check_int(manager_row(&fixture->call, mine, cellar, &row), STATUS_OK);
    check_int(row.state, SENSOR_ACTIVE);
    check_int(row.activated_at, fixture->call.now);
    check_int(fixture_count(fixture, "SELECT sum(quantity - assigned) FROM license_key"), 0);
    check_ledger(fixture);
}

TEST(license_take_back_renews_expired_sensors)
{
    with_each_store(revives);
}

static struct journal_index *journal_index;
static struct ingest *ingest;

static void
deliver(struct fixture *fixture, const char *serial, utc_seconds at, uint32_t saved)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = at, .raw = 1 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, saved);
}

static void
compact(struct fixture *fixture)
{
    struct journal_index_sensor *sensors;
    size_t count = journal_index_sensors(journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };
    struct compaction *compaction;
    struct journal_trim compacted = { 0 };

    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
    compaction_forget(compaction, journal_index, &compacted);
    check_int(journal_trim_step(&fixture->call, &compacted, 0), STATUS_OK);
    journal_trim_clear(&compacted);
    free(sensors);
    check_int(journal_index_totals(journal_index).rows, 0);
}

static void
check_in_use(struct fixture *fixture, int64_t organization_id, int64_t license_id)
{
    int64_t count = fixture_count(fixture, "SELECT count(*) FROM license");

    check_failed(fixture, license_take_back(&fixture->call, organization_id, license_id),
                 STATUS_CONFLICT, "license_in_use", "");
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), count);
}

static void
refuses_what_is_used(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");

    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    make_key(fixture, mine, 4, "P3D");
    int64_t used = add_sensor(fixture, mine, fridge, "").license_id;
    int64_t next = assign(fixture, mine, fridge), last = assign(fixture, mine, fridge);
    deliver(fixture, fridge, NOON, 1); /* its first second */
    check_in_use(fixture, mine, used);
    fixture->call.journal_index = NULL; /* the command line has no index */
    check_in_use(fixture, mine, used);
    struct journal_index *of_another = fixture->call.journal_index = journal_index_open();
    if (store_is_shared(fixture->call.db.store)) /* where the message came to another machine */
        check_in_use(fixture, mine, used);
    journal_index_close(of_another);
    fixture->call.journal_index = journal_index;
    compact(fixture);
    check_in_use(fixture, mine, used);
    check_int(license_take_back(&fixture->call, mine, last), STATUS_OK);

    /* The next one runs, and only a sample of before has come. */
    fixture->call.now = NOON + 4 * UTC_DAY;
    deliver(fixture, fridge, (NOON / UTC_DAY + 4) * UTC_DAY - 1, 1);
    check_int(licenses(fixture, mine, fridge).items[1].state, LICENSE_ACTIVE);
    check_int(license_take_back(&fixture->call, mine, next), STATUS_OK);
    compact(fixture);
    check_in_use(fixture, mine, used); /* it has ended by now */
    fixture->call.now += 5;
    next = assign(fixture, mine, fridge);
    deliver(fixture, fridge, fixture->call.now + 300, 1); /* a clock that runs ahead */
    check_in_use(fixture, mine, next);
    ingest_close(ingest);
    journal_index_close(journal_index);
    check_ledger(fixture);
}

TEST(license_take_back_refuses_a_used_license)
{
    with_each_store(refuses_what_is_used);
}

static void
refuses_revoked(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");

    make_key(fixture, mine, 1, "P3D");
    int64_t license = add_sensor(fixture, mine, fridge, "").license_id;
    fixture_script(fixture, "UPDATE license SET revoked_at = expires_at");
    check_in_use(fixture, mine, license);
}

TEST(license_take_back_refuses_a_revoked_license)
{
    with_each_store(refuses_revoked);
}

struct subject {
    int64_t organization_id, license_id;
    int serials;
};

static void
prepare(struct fixture *fixture, void *with)
{
    struct subject *subject = with;
    char serial[16];

    snprintf(serial, sizeof serial, "282C02%06X", (unsigned)++subject->serials);
    add_sensor(fixture, subject->organization_id, serial, "");
    subject->license_id = assign(fixture, subject->organization_id, serial);
    assign(fixture, subject->organization_id, serial);
}

static enum status
take_back(struct fixture *fixture, void *with)
{
    const struct subject *subject = with;

    return license_take_back(&fixture->call, subject->organization_id, subject->license_id);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct subject subject = { .organization_id = make_organization(fixture, "Mine") };

    make_key(fixture, subject.organization_id, 1000, "P1M");
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = take_back,
            .with = &subject,
            .rows = "SELECT 3 * (SELECT count(*) FROM license) + (SELECT count(*) FROM audit_entry)"
                    " + (SELECT sum(assigned) FROM license_key)",
            .delta = -3 + 1 - 1,
        });
}

TEST(license_take_back_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}

static enum status
excluding(struct call *call, void *with)
{
    ++*(int *)with;
    return saving_exclusion(call);
}

/* Another process saves measurements: what is taken back waits until it has committed. */
static void
waits_for_who_saves(struct fixture *fixture)
{
    struct call *call = &fixture->call, other = *call;
    struct store_options options = { .url = fixture->url, .busy_wait_ms = 100 };
    struct clock_stored stored;
    int runs = 0;
    bool is_new;

    if (!store_is_shared(call->db.store)) {
        check_int(transact(call, excluding, &runs), STATUS_OK);
        check_int(runs, 1); /* nobody else can save */
        return;
    }
    check_int(store_open(&other.db.store, &options, &call->db.fault), STATUS_OK);
    other.saving = SAVING_DONE_HERE;
    check_int(store_begin(other.db.store, &other.db.fault), STATUS_OK);
    check_int(commit_doubt_mark(&other, store_take_mark(other.db.store), &stored, &is_new),
              STATUS_OK);
    check_failed(fixture, transact(call, excluding, &runs), STATUS_BUSY, "", "");
    check_int(runs, 1);
    check_int(store_commit(other.db.store, &other.db.fault), STATUS_OK);
    check_int(transact(call, excluding, &runs), STATUS_OK);
    check_int(runs, 3);
    store_close(other.db.store);
}

TEST(license_take_back_waits_for_saving_processes)
{
    with_each_store(waits_for_who_saves);
}
