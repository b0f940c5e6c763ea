/* Messages of one sensor, or of all sensors of one organization, cannot be saved. The others are
 * not affected. */
#include "service/ingest/ingest_isolation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "service/core/job.h"
#include "service/ingest/commit_split.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/front.h"
#include "support/ledger_rows.h"

enum {
    BROKEN = 9011,
    OTHER = 9012,
    SENSORS = 32, /* of each */
    ITEMS = 2 * SENSORS,
};

static struct delivery deliveries[ITEMS];
static struct ingest_item items[ITEMS], *pointers[ITEMS];
static struct sample sample = { .channel = 1, .type = 1, .raw = 1 };
static struct ingest *ingest;

/* The first half is the broken organization's. */
static const char *
isolation_serial(size_t n)
{
    static char text[13];

    snprintf(text, sizeof text, "282C024200%02zX", n);
    return text;
}

static int64_t
isolation_organization(size_t n)
{
    return n < SENSORS ? BROKEN : OTHER;
}

static void
isolation_begin(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    fixture->call.journal_index = journal_index_open();
    ingest = ingest_open();
    for (int64_t id = BROKEN; id <= OTHER; id++) {
        char sql[256];
        ledger_add_organization(fixture, id);
        snprintf(sql, sizeof sql,
                 "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at)"
                 " VALUES (%" PRId64 ", 0, 0, 0)",
                 id);
        fixture_script(fixture, sql);
    }
    for (size_t n = 0; n < ITEMS; n++) {
        ledger_add_sensor(fixture, isolation_organization(n), isolation_serial(n));
        ledger_add_license(fixture, isolation_organization(n), isolation_serial(n),
                           now - 30 * UTC_DAY, now + UTC_DAY);
    }
}

static void
isolation_end(struct fixture *fixture)
{
    ingest_close(ingest);
    journal_index_close(fixture->call.journal_index);
    fixture->call.journal_index = NULL;
}

/* Delivers a sample of every sensor in turn: the organizations are mixed. Returns the number of
 * messages of `organization` that were saved. */
static int
isolation_deliver(struct fixture *fixture, int64_t organization)
{
    struct call call = fixture->call;
    int saved = 0;

    sample.at = call.now - 60;
    for (size_t at = 0; at < ITEMS; at++) {
        size_t n = at / 2 + (at % 2) * SENSORS;
        deliveries[n] = (struct delivery){ .samples = &sample, .sample_count = 1 };
        check(serial_parse(&deliveries[n].serial, isolation_serial(n), 12));
        items[n] = (struct ingest_item){ .delivery = &deliveries[n] };
        pointers[at] = &items[n];
    }
    check_int(commit_split(ingest, &call, pointers, ITEMS), STATUS_OK);
    for (size_t n = 0; n < ITEMS; n++)
        if (isolation_organization(n) == organization)
            saved += items[n].verdict == INGEST_DONE && items[n].saved == 1;
    return saved;
}

static int64_t
isolation_recorded(struct fixture *fixture)
{
    struct job_left_out *rows;
    size_t count;
    int64_t total;

    check_int(job_list_left_out(&fixture->call, 10, &rows, &count, &total), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        check_int(rows[i].organization_id, BROKEN);
        check_text(rows[i].job, "measurements");
    }
    return total;
}

/* What makes the messages of an organization fail, and its repair. */
struct breakage {
    const char *what, *broken, *repaired;
};

static const struct breakage breakages[] = {
    { "the term of a key, with a renewal that is due",
      "UPDATE license_key SET term = 'P0X' WHERE organization_id = 9011;"
      "UPDATE sensor SET auto_renewal = true, coverage_ends_at = coverage_ends_at - 172800"
      " WHERE organization_id = 9011;"
      "UPDATE license SET expires_at = expires_at - 172800 WHERE organization_id = 9011",
      "UPDATE license_key SET term = 'P1Y' WHERE organization_id = 9011" },
    { "all serials",
      "UPDATE sensor SET serial = 'Z' || substr(serial, 2) WHERE organization_id = 9011",
      "UPDATE sensor SET serial = '2' || substr(serial, 2) WHERE organization_id = 9011" },
    { "the version, with a renewal that is due",
      "UPDATE organization SET version = 9223372036854775807 WHERE id = 9011;"
      "UPDATE sensor SET auto_renewal = true, coverage_ends_at = coverage_ends_at - 172800"
      " WHERE organization_id = 9011;"
      "UPDATE license SET expires_at = expires_at - 172800 WHERE organization_id = 9011",
      "UPDATE organization SET version = 90 WHERE id = 9011" },
};

static const struct breakage *breakage;

static void
one_broken_organization(struct fixture *fixture)
{
    char name[128];

    snprintf(name, sizeof name, "%s: %s", fixture->driver_name, breakage->what);
    check_row(name);
    isolation_begin(fixture);
    fixture_script(fixture, breakage->broken);
    check_int(isolation_deliver(fixture, OTHER), SENSORS);
    check_int(isolation_recorded(fixture), 1);

    /* From now on nothing of the organization disturbs the others. */
    front_reset(fixture);
    struct store *plain = fixture->call.db.store;
    fixture->call.db.store = front_open_second(fixture, STORE_READ_WRITE);
    fixture->call.now++;
    check_int(isolation_deliver(fixture, OTHER), SENSORS);
    check_int(front.writes, 1);
    check_int(isolation_deliver(fixture, BROKEN), 0);

    /* After the pause one message is tried alone. */
    fixture->call.now += JOB_FIRST_PAUSE_SECONDS;
    front.writes = 0;
    check_int(isolation_deliver(fixture, OTHER), SENSORS);
    check(front.writes <= 1 + 3); /* the try, for a conflict twice, and its record */

    fixture_script(fixture, breakage->repaired);
    fixture->call.now += 2 * JOB_FIRST_PAUSE_SECONDS;
    check_int(isolation_deliver(fixture, BROKEN), SENSORS);
    check_int(isolation_recorded(fixture), 0);
    store_close(fixture->call.db.store);
    fixture->call.db.store = plain;
    isolation_end(fixture);
}

TEST(an_organization_that_cannot_be_saved_does_not_disturb_the_messages_of_others)
{
    for (size_t i = 0; i < sizeof breakages / sizeof breakages[0]; i++) {
        breakage = &breakages[i];
        with_each_store(one_broken_organization);
    }
}

/* The other sensors of its organization go on. */
static void
one_broken_sensor(struct fixture *fixture)
{
    isolation_begin(fixture);
    fixture_script(fixture, "UPDATE sensor SET serial = 'ZZZZZZZZZZZZ' WHERE id = 44169481551873");
    for (int i = 0; i < 3; i++) {
        check_int(isolation_deliver(fixture, BROKEN), SENSORS - 1);
        check_int(isolation_recorded(fixture), 1);
        fixture->call.now += JOB_FIRST_PAUSE_SECONDS;
    }
    fixture_script(fixture, "UPDATE sensor SET serial = '282C02420001' WHERE id = 44169481551873");
    fixture->call.now += 4 * JOB_FIRST_PAUSE_SECONDS;
    check_int(isolation_deliver(fixture, BROKEN), SENSORS);
    check_int(isolation_recorded(fixture), 0);
    isolation_end(fixture);
}

TEST(a_sensor_that_cannot_be_saved_does_not_disturb_its_organization)
{
    with_each_store(one_broken_sensor);
}

/* The clock was far ahead when the sensor failed. */
static void
pause_of_wrong_clock(struct fixture *fixture)
{
    isolation_begin(fixture);
    fixture_script(fixture, "UPDATE license SET expires_at = expires_at + 90000000");
    fixture_script(fixture, "UPDATE sensor SET serial = 'ZZZZZZZZZZZZ', "
                            "coverage_ends_at = coverage_ends_at + 90000000 "
                            "WHERE id = 44169481551873");
    fixture->call.now += 80000000;
    check_int(isolation_deliver(fixture, BROKEN), SENSORS - 1);
    fixture->call.now -= 80000000;
    fixture_script(fixture, "UPDATE clock_mark SET latest_at = 1");
    fixture_script(fixture, "UPDATE sensor SET serial = '282C02420001' WHERE id = 44169481551873");
    check_int(isolation_deliver(fixture, BROKEN), SENSORS);
    isolation_end(fixture);
}

TEST(a_pause_of_a_sensor_ends_when_the_clock_is_set_back)
{
    with_each_store(pause_of_wrong_clock);
}

/* Without a record the store may be at fault: nobody waits when it works again. */
static void
failing_store(struct fixture *fixture)
{
    static const int64_t broken = BROKEN;
    struct store *plain = fixture->call.db.store;

    isolation_begin(fixture);
    fixture_script(fixture, "DROP TABLE job_failure");
    front_reset(fixture);
    front.failing = "journal_append";
    front.failing_numbers = &broken;
    front.failing_count = 1;
    fixture->call.db.store = front_open_second(fixture, STORE_READ_WRITE);
    check_int(isolation_deliver(fixture, BROKEN), 0);
    front.failing = NULL;
    check_int(isolation_deliver(fixture, BROKEN), SENSORS);
    store_close(fixture->call.db.store);
    fixture->call.db.store = plain;
    isolation_end(fixture);
}

TEST(a_store_that_records_no_failure_isolates_nobody)
{
    with_each_store(failing_store);
}
