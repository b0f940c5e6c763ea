#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/random.h"
#include "support/store_fixture.h"

#define SERIAL "282C02424EED"
#define HOUR   INT64_C(3600)

enum { RULE = 71, SAMPLES = 24, TURNS = 60 };

static struct journal_index *journal_index;
static struct ingest *ingest;

static void
begin(struct fixture *fixture)
{
    journal_index = journal_index_open();
    ingest = ingest_open();
    fixture->call.journal_index = journal_index;
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, fixture->call.now - 90 * 24 * HOUR,
                       fixture->call.now + HOUR);
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

/* On the temperature of all sensors. */
static void
add_rule(struct fixture *fixture, const char *condition, const char *threshold,
         const char *hysteresis, int64_t seconds)
{
    char sql[1024];

    snprintf(
        sql, sizeof sql,
        "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
        "threshold, hysteresis, "
        "for_seconds, tell_when_over, samples_from, made_at, made_by) VALUES (%d, %d, NULL, '%s', "
        "%d, %s, %s, "
        "%" PRId64 ", false, 0, 0, 'test'); "
        "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at) VALUES (%d, "
        "0, 0, 0) "
        "ON CONFLICT (organization_id) DO UPDATE SET node = 0;",
        LEDGER_ORGANIZATION, RULE, condition, condition[0] == 'l' ? 0 : 1, threshold, hysteresis,
        seconds, LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
}

static void
commit(struct fixture *fixture, const struct sample *samples, size_t count, bool battery_ok)
{
    struct delivery delivery = { .samples = samples,
                                 .sample_count = count,
                                 .battery_ok = battery_ok,
                                 .signal = 40,
                                 .next_transmission_at = fixture->call.now + HOUR };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, SERIAL, strlen(SERIAL)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    arena_clear(&fixture->arena);
}

/* The alerts that a person would expect of all samples together; others are faults. */
static int64_t
digest(struct fixture *fixture)
{
    return fixture_count(
        fixture,
        "SELECT coalesce(sum((started_at % 100003) * 31 + (coalesce(ended_at, 7) % 100019) * 17 "
        "+ CAST(peak * 10 AS INTEGER) * 13 + 1), 0) FROM alert WHERE withdrawn_at IS NULL");
}

static void
forget_all(struct fixture *fixture)
{
    fixture_script(fixture, "DELETE FROM alert; DELETE FROM journal; DELETE FROM alarm_rule; "
                            "DELETE FROM alarm_cache_owner;");
    end();
    journal_index = journal_index_open();
    ingest = ingest_open();
    fixture->call.journal_index = journal_index;
}

static void
opens_and_closes_once(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = now - 400, .raw = 70 },
        { .channel = 1, .type = 1, .at = now - 300, .raw = 81 },
        { .channel = 1, .type = 1, .at = now - 200, .raw = 95 },
        { .channel = 1, .type = 1, .at = now - 150, .raw = 8355840, .kind = SAMPLE_ERROR },
        { .channel = 1, .type = 1, .at = now - 100, .raw = 80 },
        { .channel = 1, .type = 1, .at = now - 50, .raw = 75 },
        { .channel = 2, .type = 2, .at = now - 50, .raw = 99 },
    };

    begin(fixture);
    add_rule(fixture, "above", "8.0", "0.5", 0);
    commit(fixture, samples, 3, true);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now - 300);
    check_int(fixture_count(fixture, "SELECT CAST(peak * 10 AS INTEGER) FROM alert"), 95);
    commit(fixture, samples, 3, true);     /* again */
    commit(fixture, samples + 3, 2, true); /* an error is no value; within the hysteresis */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 1);
    commit(fixture, samples + 5, 2, true);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now - 50);
    commit(fixture, samples, 7, true);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
    end();
}

TEST(alarms_open_and_close_once)
{
    with_each_store(opens_and_closes_once);
}

/* The alerts are a function of the samples: in whatever order, grouping and repetition they come,
 * also to a process that begins in the middle. */
static void
are_a_function_of_the_samples(struct fixture *fixture)
{
    struct random random = random_seeded();
    utc_seconds now = fixture->call.now;
    int64_t all = 0;

    begin(fixture);
    for (int turn = 0; turn < TURNS && check_failures() == 0; turn++) {
        struct sample samples[SAMPLES], shuffled[SAMPLES];
        int64_t seconds = turn % 3 == 0 ? 0 : turn % 3 * 600;
        const char *condition = turn % 2 ? "above" : "below",
                   *hysteresis = turn % 4 < 2 ? "0" : "1.0";
        int64_t step = turn % 5 == 4 ? 20 * HOUR : 300, want = 0;

        for (int i = 0; i < SAMPLES; i++)
            samples[i] = (struct sample){
                .channel = 1,
                .type = 1,
                .at = now - (SAMPLES - i) * step,
                .raw = 60 + (int64_t)random_below(&random, 40),
                .kind = random_below(&random, 10) == 0 ? SAMPLE_ERROR : SAMPLE_VALUE,
            };
        for (int order = 0; order < 4; order++) {
            memcpy(shuffled, samples, sizeof samples);
            for (size_t i = SAMPLES - 1; i > 0 && order > 0; i--) {
                size_t j = random_below(&random, i + 1);
                struct sample swap = shuffled[i];
                shuffled[i] = shuffled[j];
                shuffled[j] = swap;
            }
            forget_all(fixture);
            add_rule(fixture, condition, "8.0", hysteresis, seconds);
            for (size_t i = 0; i < SAMPLES;) {
                size_t count = 1 + random_below(&random, 5);
                count = count > SAMPLES - i ? SAMPLES - i : count;
                commit(fixture, shuffled + i, count, true);
                if (order > 1 && random_below(&random, 3) == 0) {
                    size_t again = random_below(&random, i + 1);
                    commit(fixture, shuffled + again, i + count - again, true);
                }
                if (order == 3 && random_below(&random, 6) == 0) {
                    ingest_close(ingest);
                    ingest = ingest_open();
                }
                i += count;
            }
            if (order == 0)
                all += want = digest(fixture);
            else
                check_int(digest(fixture), want);
        }
    }
    check(all > 0);
    end();
}

TEST(alarms_are_a_function_of_the_samples)
{
    with_each_store(are_a_function_of_the_samples);
}

static void
tell_of_the_battery(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = now - 300, .raw = 81 },
        { .channel = 1, .type = 1, .at = now - 200, .raw = 81 },
        { .channel = 1, .type = 1, .at = now - 100, .raw = 81 },
    };

    begin(fixture);
    add_rule(fixture, "low_battery", "0", "0", 0);
    commit(fixture, samples + 1, 1, true);
    fixture->call.now = now + 60;
    commit(fixture, samples, 1, false); /* older samples, but the message came later */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now + 60);
    fixture->call.now = now + 120;
    commit(fixture, samples + 1, 1, true); /* a repeat: the message that arrived last decides */
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 120);
    commit(fixture, samples + 2, 1, false);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 2);
    end();
}

TEST(alarms_open_for_a_low_battery)
{
    with_each_store(tell_of_the_battery);
}

/* Torture: if any store call fails once, there is one alert. */
static void
leave_nothing_half_done(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample late = { .channel = 1, .type = 1, .at = now - 300, .raw = 90 };

    begin(fixture);
    for (int n = 1; n < 40; n++) {
        const struct sample first = { .channel = 1, .type = 1, .at = now - 200, .raw = 85 };
        forget_all(fixture);
        add_rule(fixture, "above", "8.0", "0", 0);
        fixture_fail_at(fixture, n);
        commit(fixture, &first, 1, true);
        commit(fixture, &late, 1, true);
        fixture_fail_at(fixture, 0);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
        check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now - 300);
        check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 2);
    }
    end();
}

TEST(alarms_leave_nothing_half_done)
{
    with_each_store(leave_nothing_half_done);
}
