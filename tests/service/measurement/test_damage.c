/* Compaction sets rows aside that cannot be read, and continues. */
#include <stdio.h>

#include "support/broken.h"
#include "support/check.h"

static void
message_is_broken(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    broken_begin(fixture);
    broken_deliver_days(fixture);
    int64_t id = fixture_count(fixture, "SELECT min(id) FROM journal");
    fixture_script(fixture, BREAK_FIRST_MESSAGE);
    fixture_script(fixture, "CREATE TABLE kept AS SELECT id, message FROM journal");
    check_readings(fixture, BROKEN_SERIAL, "23");
    check_readings(fixture, BROKEN_OTHER, "123");
    check_status(fixture, BROKEN_SERIAL, 3, now);

    broken_seal(fixture);
    check_damaged(fixture, 1, 0, 0);
    check_int(fixture_count(fixture, "SELECT place FROM damaged"), id);
    check_int(fixture_count(fixture, "SELECT received_at FROM damaged"), now);
    check_int(fixture_count(fixture, "SELECT found_at FROM damaged"), now);
    check_int(fixture_count(fixture, "SELECT sensor_id FROM damaged"),
              ledger_sensor_id(BROKEN_SERIAL));
    check_int(fixture_count(fixture, "SELECT count(*) FROM damaged JOIN kept"
                                     " ON kept.id = place AND kept.message = content"),
              1);
    fixture_script(fixture, "DROP TABLE kept");
    check_readings(fixture, BROKEN_SERIAL, "23");
    check_readings(fixture, BROKEN_OTHER, "123");
    check_status(fixture, BROKEN_SERIAL, 3, now);

    broken_deliver(fixture, BROKEN_SERIAL, now - 2 * UTC_DAY, 1); /* the sensor sends it again */
    check_readings(fixture, BROKEN_SERIAL, "123");
    broken_seal(fixture);
    check_damaged(fixture, 1, 0, 0);
    broken_end();
}

TEST(a_broken_message_is_set_aside_and_its_neighbours_are_compacted)
{
    with_each_store(message_is_broken);
}

/* A sensor without other messages. */
static void
all_messages_are_broken(struct fixture *fixture)
{
    broken_begin(fixture);
    broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now, 1);
    fixture_script(fixture, BREAK_FIRST_MESSAGE);
    check_readings(fixture, BROKEN_SERIAL, "");
    check_status(fixture, BROKEN_SERIAL, 0, 0);
    broken_seal(fixture);
    check_damaged(fixture, 1, 0, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM block"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor_status"), 0);
    broken_end();
}

TEST(a_broken_message_that_waits_alone_is_set_aside)
{
    with_each_store(all_messages_are_broken);
}

static void
block_is_broken(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    broken_begin(fixture);
    broken_deliver_days(fixture);
    broken_seal(fixture);
    char sql[200];
    snprintf(sql, sizeof sql, BREAK_BLOCKS " WHERE sensor_id = %lld AND day = %lld",
             (long long)ledger_sensor_id(BROKEN_SERIAL), (long long)(now / UTC_DAY));
    fixture_script(fixture, sql);
    fixture_script(fixture, "CREATE TABLE kept AS SELECT day, sensor_id, samples FROM block");
    check_readings(fixture, BROKEN_SERIAL, "12");
    check_readings(fixture, BROKEN_OTHER, "123");
    check_status(fixture, BROKEN_SERIAL, 3, now);

    broken_deliver(fixture, BROKEN_SERIAL, now - 60, 8); /* of the same day */
    broken_deliver(fixture, BROKEN_SERIAL, now - UTC_DAY - 60, 7);
    check_readings(fixture, BROKEN_SERIAL, "1728");
    broken_seal(fixture);
    check_damaged(fixture, 0, 1, 0);
    check_int(fixture_count(fixture, "SELECT place FROM damaged"), now / UTC_DAY);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM damaged JOIN kept ON kept.day = place AND"
                            " kept.sensor_id = damaged.sensor_id AND samples = content"),
              1);
    fixture_script(fixture, "DROP TABLE kept");
    check_readings(fixture, BROKEN_SERIAL, "1728");
    check_readings(fixture, BROKEN_OTHER, "123");

    fixture_script(fixture, sql); /* the new one, too: a place may be damaged twice */
    broken_deliver(fixture, BROKEN_SERIAL, now - 30, 9);
    broken_seal(fixture);
    check_damaged(fixture, 0, 2, 0);
    check_readings(fixture, BROKEN_SERIAL, "1729");
    broken_end();
}

TEST(a_broken_block_is_set_aside_and_new_samples_of_its_day_are_compacted)
{
    with_each_store(block_is_broken);
}

static void
status_is_broken(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    broken_begin(fixture);
    broken_deliver_days(fixture);
    broken_seal(fixture);
    fixture_script(fixture, BREAK_STATUSES);
    check_status(fixture, BROKEN_SERIAL, 3, now); /* of the newest block */
    check_status(fixture, BROKEN_OTHER, 3, now);
    check_readings(fixture, BROKEN_SERIAL, "123");
    fixture_script(fixture, BREAK_BLOCKS " WHERE day = (SELECT max(day) FROM block)");
    check_status(fixture, BROKEN_SERIAL, 2, now); /* of the newest that can be read */

    broken_deliver(fixture, BROKEN_SERIAL, now - 3 * UTC_DAY, 4); /* late */
    check_status(fixture, BROKEN_SERIAL, 2, now);
    broken_seal(fixture);
    check_damaged(fixture, 0, 0, 1); /* the other one waits until it has something to compact */
    check_status(fixture, BROKEN_SERIAL, 2, now);
    check_readings(fixture, BROKEN_SERIAL, "412");
    fixture->call.now += 10;
    broken_deliver(fixture, BROKEN_SERIAL, now + 10, 5);
    check_status(fixture, BROKEN_SERIAL, 5, now + 10);
    broken_seal(fixture);
    check_damaged(fixture, 0, 1, 1);
    check_status(fixture, BROKEN_SERIAL, 5, now + 10);
    check_status(fixture, BROKEN_OTHER, 2, now);
    broken_end();
}

TEST(a_broken_status_is_rebuilt)
{
    with_each_store(status_is_broken);
}

/* The reader cannot read it, and the writer can: an administrator has restored it from a backup. */
static void
writer_looks_again(struct fixture *fixture)
{
    broken_begin(fixture);
    broken_deliver_days(fixture);
    broken_seal(fixture);
    fixture->call.now++;
    broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now, 4);
    static const struct {
        const char *table, *column;
    } rows[] = { { "journal", "message" }, { "block", "samples" }, { "sensor_status", "latest" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char script[400];
        snprintf(script, sizeof script,
                 "CREATE TABLE kept AS SELECT * FROM %s; UPDATE %s SET %s = substr(%s, 2)",
                 rows[i].table, rows[i].table, rows[i].column, rows[i].column);
        fixture_script(fixture, script);
        struct compaction *compaction = broken_prepare(fixture);
        snprintf(script, sizeof script,
                 "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept; DROP TABLE kept",
                 rows[i].table, rows[i].table);
        fixture_script(fixture, script);
        check_int(compaction_write(&fixture->call, compaction), STATUS_CONFLICT);
        check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 1);
    }
    broken_seal(fixture);
    check_damaged(fixture, 0, 0, 0);
    check_readings(fixture, BROKEN_SERIAL, "1234");
    broken_end();
}

TEST(a_broken_row_that_the_writer_can_read_stays_where_it_is)
{
    with_each_store(writer_looks_again);
}

/* If any store call fails once, each damaged row is set aside exactly once. */
static void
sets_aside_once(struct fixture *fixture)
{
    broken_begin(fixture);
    for (int n = 1;; n++) {
        broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now - 60, 1);
        broken_seal(fixture);
        fixture->call.now++;
        broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now, 2);
        broken_deliver(fixture, BROKEN_SERIAL, fixture->call.now, 3);
        fixture_script(fixture, BREAK_BLOCKS ";" BREAK_STATUSES ";" BREAK_FIRST_MESSAGE);
        struct compaction *compaction = broken_prepare(fixture);
        fixture_fail_at(fixture, n);
        check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
        bool failed = fixture_calls() >= n;
        fixture_fail_at(fixture, 0);
        check_damaged(fixture, 1, 1, 1);
        check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 1);
        if (!failed || check_failures()) {
            check(n > 10);
            break;
        }
        fixture_script(fixture, "DELETE FROM damaged; DELETE FROM block; DELETE FROM journal");
        broken_start_anew(fixture);
    }
    broken_end();
}

TEST(damage_is_set_aside_once_whichever_store_call_fails)
{
    with_each_store(sets_aside_once);
}
