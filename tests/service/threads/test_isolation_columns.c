/* The program and the jobs of other organizations go on, whatever a column of one organization
 * holds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/ingest/commit_split.h"
#include "support/check.h"
#include "support/isolating.h"

enum { SQL_SIZE = 512 };

/* Values of each kind, as SQL. */
static const char *const numbers[] = { "-9223372036854775807", "0", "9223372036854775807" };
static const char *const reals[] = { "-1e308", "1e308", "0" };
static const char *const texts[] = { "''", "'ZZZZZZZZZZZZ'", "'\xC5\xBC\xE2\x82\xAC'" };
static const char *const bytes[] = { "''", "$b" };
static const char *const truths[] = { "true", "false" };

static const struct kind {
    const char *const *values;
    size_t count;
} kinds[] = {
    ['n'] = { numbers, sizeof numbers / sizeof numbers[0] },
    ['N'] = { numbers, sizeof numbers / sizeof numbers[0] }, /* statements of all add to it */
    ['r'] = { reals, sizeof reals / sizeof reals[0] },
    ['t'] = { texts, sizeof texts / sizeof texts[0] },
    ['b'] = { bytes, sizeof bytes / sizeof bytes[0] },
    ['?'] = { truths, sizeof truths / sizeof truths[0] },
};

/* The jobs that read a table, by their place in isolating_cases, 'm' for ingest; and its columns,
 * each with its kind. */
static const struct table {
    const char *name, *jobs, *columns;
} tables[] = {
    { "organization", "012345m",
      "t time_zone t notice_time N version n created_at n notices_through n notices_last_user"
      " N notices_due_at t name" },
    { "license_key", "0123m", "t key N quantity N assigned t term n redemption" },
    { "sensor", "01234m",
      "t serial t name ? auto_renewal ? alarms_paused n added_at N removed_at N coverage_ends_at"
      " n last_starts_at N version n alarms_from" },
    { "license", "014m", "N starts_at N expires_at n assigned_at n revoked_at" },
    { "audit_chain", "0", "n sequence b hash" },
    { "pool_watch", "2", "N version N check_at ? low" },
    { "expiry_watch", "3", "N emitted_until t emitted_serial" },
    { "webhook", "3", "t url b secret n created_at n gone_at" },
    { "alarm_rule", "45m",
      "n sensor_id n channel_type r threshold r hysteresis n for_seconds ? tell_when_over"
      " n samples_from" },
    { "alert", "45m",
      "n rule_id n channel t condition n channel_type r threshold n for_seconds n started_at"
      " n ended_at r peak n noticed_at n withdrawn_at" },
    { "alarm_cache_owner", "45m", "n node N mail_at N seen_version" },
    { "alarm_expectation", "4m",
      "N heard_at n announced b gaps N clock_wrong_since n enclosure N look_at" },
    { "sensor_status", "m", "b latest n last_seen_at n next_transmission_at n clock_wrong_since" },
};

static const struct isolating_case *tried;
static char broken[SQL_SIZE];
static int tries;

/* The store may refuse the value. */
static void
one_column(struct fixture *fixture)
{
    static char name[2 * SQL_SIZE];
    struct job_turn turn = isolating_turn(tried->job);
    struct call call = fixture->call;
    utc_seconds at = 0;

    snprintf(name, sizeof name, "%s: %s: %s", fixture->driver_name, tried->job, broken);
    check_row(name);
    isolating_begin(fixture, tried);
    if (isolating_try_sql(fixture, ISOLATED, broken)) {
        tries++;
        check(isolating_run_job(fixture, &turn) <= 1);
        check_int(isolating_count(fixture, FIRST_OTHER, tried->done), 1);
        check_int(isolating_count(fixture, LAST_OTHER, tried->done), 1);
        call.job = &turn.step;
        check_int(job_turn_next_at(&call, &turn, &at), STATUS_OK);
        check(at > call.now); /* the ticker does not spin */
    }
    isolating_end(fixture);
}

/* With a renewal that is due, an alarm rule and an open alert. */
static const struct isolating_case measurements = {
    .job = "measurements",
    .work =
        "UPDATE license SET expires_at = $t - 3600 WHERE organization_id = $o;"
        "UPDATE sensor SET coverage_ends_at = $t - 3600, auto_renewal = true"
        " WHERE organization_id = $o;"
        "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
        "threshold,"
        " hysteresis, for_seconds, tell_when_over, samples_from, made_at, made_by)"
        " VALUES ($o, 41, NULL, 'above', 1, 0, 0, 60, false, 0, 0, 'test');"
        "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at)"
        " VALUES ($o, 0, 0, 0);"
        "INSERT INTO alarm_expectation (organization_id, sensor_id, heard_at, announced, look_at)"
        " VALUES ($o, $s, $t - 10800, 3600, $t - 7140);"
        "INSERT INTO sensor_status (organization_id, sensor_id, latest, last_seen_at, battery_ok,"
        " battery_level, signal, next_transmission_at, differing_repeats)"
        " VALUES ($o, $s, $b, $t - 7200, true, 0, 99, $t - 7000, 0);"
        "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition,"
        " channel_type, threshold, hysteresis, for_seconds, started_at, peak, noticed_at,"
        " mail_pending, begin_mailed) VALUES ($o, 52, 41, $s, 1, 'above', 1, 0, 0, 60,"
        " $t - 7200, 1, $t, true, false);",
};

/* A message of each organization. Returns how many of the others were saved. */
static int
deliver_to_all(struct fixture *fixture, struct ingest *ingest)
{
    struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now - 60, .raw = 1 };
    struct delivery deliveries[LAST_OTHER - ISOLATED + 1];
    struct ingest_item items[LAST_OTHER - ISOLATED + 1];
    struct ingest_item *pointers[LAST_OTHER - ISOLATED + 1];
    struct call call = fixture->call;

    for (int64_t id = ISOLATED; id <= LAST_OTHER; id++) {
        int64_t n = id - ISOLATED;
        char serial[13];
        snprintf(serial, sizeof serial, "282C0242%04" PRId64, id);
        deliveries[n] = (struct delivery){ .samples = &sample, .sample_count = 1 };
        check(serial_parse(&deliveries[n].serial, serial, strlen(serial)));
        items[n] = (struct ingest_item){ .delivery = &deliveries[n] };
        pointers[n] = &items[n];
    }
    check_int(commit_split(ingest, &call, pointers, LAST_OTHER - ISOLATED + 1), STATUS_OK);
    return (int)(items[1].saved + items[2].saved);
}

static void
one_column_of_ingest(struct fixture *fixture)
{
    static char name[2 * SQL_SIZE];
    struct ingest *ingest = ingest_open();

    snprintf(name, sizeof name, "%s: measurements: %s", fixture->driver_name, broken);
    check_row(name);
    isolating_begin(fixture, &measurements);
    if (isolating_try_sql(fixture, ISOLATED, broken)) {
        tries++;
        check_int(deliver_to_all(fixture, ingest), 2);
        fixture->call.now++;
        check_int(deliver_to_all(fixture, ingest), 2);
    }
    ingest_close(ingest);
    isolating_end(fixture);
}

static void (*scene)(struct fixture *fixture); /* one of the two */

static void
each_value(const struct table *table, char kind_letter, const char *column)
{
    const struct kind *kind = &kinds[(unsigned char)kind_letter];

    for (size_t i = 0; i < kind->count; i++) {
        snprintf(broken, sizeof broken, "UPDATE %s SET %s = %s WHERE %s = $o", table->name, column,
                 kind->values[i], !strcmp(table->name, "organization") ? "id" : "organization_id");
        if (kind_letter == 'N' && i + 1 == kind->count) /* the databases add in different ways */
            with_each_store(scene);
        else
            with_sqlite(scene);
    }
}

static void
each_column(const struct table *table)
{
    char columns[SQL_SIZE], *rest = columns;

    snprintf(columns, sizeof columns, "%s", table->columns);
    for (char *kind = strsep(&rest, " "); kind && rest; kind = strsep(&rest, " "))
        each_value(table, *kind, strsep(&rest, " "));
}

TEST(no_value_of_a_column_of_one_organization_stops_anything_for_others)
{
    tries = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const char *job = tables[i].jobs; *job; job++) {
            scene = *job == 'm' ? one_column_of_ingest : one_column;
            tried = *job == 'm' ? NULL : &isolating_cases[*job - '0'];
            each_column(&tables[i]);
        }
    const char *stores = getenv("TENURE_TEST_STORES");
    check(tries
          > (stores && !strcmp(stores, "postgresql") ? 10 : 250)); /* most run on SQLite alone */
}
