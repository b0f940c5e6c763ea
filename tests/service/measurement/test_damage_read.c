/* Readers leave out rows that cannot be read, and continue. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "service/measurement/saved_within.h"
#include "support/alerting.h"
#include "support/broken.h"
#include "support/check.h"

/* The lines on standard error about damage while `body` reads. */
static size_t
lines_of(void (*body)(struct fixture *fixture), struct fixture *fixture)
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    char line[400];
    size_t count = 0;

    check(file != NULL && before >= 0);
    dup2(fileno(file), STDERR_FILENO);
    body(fixture);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, " error store.damaged ") != NULL;
    fclose(file);
    return count;
}

static void
read_often(struct fixture *fixture)
{
    bool used;
    struct interval interval = { fixture->call.now - 20 * UTC_DAY, fixture->call.now };

    for (int i = 0; i < 3; i++) {
        check_readings(fixture, BROKEN_SERIAL, "1");
        check_readings(fixture, BROKEN_OTHER, "");
        check_status(fixture, BROKEN_SERIAL, 1, fixture->call.now);
        check_int(saved_within(&fixture->call, LEDGER_ORGANIZATION, ledger_sensor_id(BROKEN_OTHER),
                               interval, &used),
                  STATUS_OK);
        check(used);
    }
    broken_prepare(fixture);
    broken_seal(fixture);
}

static void
logs_once(struct fixture *fixture)
{
    broken_begin(fixture);
    broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now, 1);
    broken_deliver(fixture, BROKEN_OTHER, fixture->call.now, 2);
    broken_seal(fixture);
    fixture_script(fixture, BREAK_STATUSES);
    fixture_script(fixture, BREAK_BLOCKS " WHERE sensor_id = (SELECT max(sensor_id) FROM block)");
    broken_deliver(fixture, BROKEN_OTHER, fixture->call.now + 1, 3);
    fixture_script(fixture, BREAK_FIRST_MESSAGE);
    check_int(lines_of(read_often, fixture), 3); /* a status, a block, a message */
    broken_end();
}

TEST(damage_is_logged_once)
{
    with_each_store(logs_once);
}

/* Late messages are evaluated together with the stored ones. */
static void
alarms_go_on(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_alerts(fixture);
    broken_begin_with(fixture);
    broken_deliver(fixture, BROKEN_SERIAL, now - 3 * UTC_DAY, 1);
    broken_deliver(fixture, BROKEN_SERIAL, now - 2 * UTC_DAY, 2);
    broken_seal(fixture);
    broken_deliver(fixture, BROKEN_SERIAL, now - UTC_DAY, 3);
    broken_deliver(fixture, BROKEN_SERIAL, now, 4);
    fixture_script(fixture, BREAK_FIRST_MESSAGE);
    fixture_script(fixture, BREAK_BLOCKS " WHERE day = (SELECT max(day) FROM block)");
    fixture_script(fixture, BREAK_STATUSES);
    for (int anew = 0; anew < 2; anew++) {
        broken_deliver(fixture, BROKEN_SERIAL, now - 2 * UTC_DAY + 60 + anew,
                       900); /* 90 degrees: an alert */
        broken_deliver(fixture, BROKEN_SERIAL, now - UTC_DAY + 60 + anew, 4); /* and its end */
        broken_start_anew(fixture);
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NOT NULL"), 1);
    broken_end();
}

TEST(broken_rows_do_not_stop_the_evaluation_of_alarms)
{
    with_each_store(alarms_go_on);
}

static bool
is_used(struct fixture *fixture, utc_seconds starts_at, utc_seconds expires_at)
{
    bool used = false;

    check_int(saved_within(&fixture->call, LEDGER_ORGANIZATION, ledger_sensor_id(BROKEN_SERIAL),
                           (struct interval){ starts_at, expires_at }, &used),
              STATUS_OK);
    return used;
}

/* A license counts as used at the time of a damaged message, and on the day of a damaged block. */
static void
check_used(struct fixture *fixture, bool block)
{
    utc_seconds now = fixture->call.now, midnight = now - now % UTC_DAY;

    check(is_used(fixture, block ? midnight : now, block ? midnight + 60 : now + 60));
    check(is_used(fixture, now - 60, now + 60));
    check(!is_used(fixture, now - 5 * UTC_DAY, midnight));
    check(!is_used(fixture, midnight + UTC_DAY, now + 20 * UTC_DAY));
}

static void
counts_as_used(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    broken_begin(fixture);
    broken_deliver(fixture, BROKEN_SERIAL, now, 1);
    fixture_script(fixture, BREAK_FIRST_MESSAGE);
    check_used(fixture, false);
    broken_seal(fixture);
    check_used(fixture, false);
    fixture_script(fixture, "DELETE FROM damaged");
    check(!is_used(fixture, now - 60, now + 60));

    broken_deliver(fixture, BROKEN_SERIAL, now, 1);
    broken_seal(fixture);
    fixture_script(fixture, BREAK_BLOCKS);
    check_used(fixture, true);
    broken_deliver(fixture, BROKEN_SERIAL, now, 1);
    broken_seal(fixture);
    fixture_script(fixture, "DELETE FROM block");
    check_damaged(fixture, 0, 1, 0);
    check_used(fixture, true);
    broken_end();
}

TEST(a_license_counts_as_used_where_broken_rows_lie)
{
    with_each_store(counts_as_used);
}
