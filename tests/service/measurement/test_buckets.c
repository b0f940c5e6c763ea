/* Buckets of a resolution: states hold, and weigh by time. */
#include <string.h>

#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/random.h"
#include "support/reading.h"

/* A door that sends its changes only. The limits: coverage, and the next message. */
static void
weighs_states_by_time(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now, day = now - now % UTC_DAY - 3 * UTC_DAY;
    const struct sample samples[] = {
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = day, .raw = 0 },
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = day + 900, .raw = 1 },
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = day + 2700, .raw = 0 },
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = day + 5400, .raw = 1 },
        { .channel = 2, .type = 1, .at = day + 600, .raw = 10 },
        { .channel = 2, .type = 1, .at = day + 601, .raw = 40 },
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = day + 5 * 3600 + 60, .raw = 0 },
        { .channel = 1, .type = 5, .kind = SAMPLE_ERROR, .at = day + 6 * 3600, .raw = 8388557 },
    };
    struct reading got[20];
    struct readings_query query = reading_everything(1);

    reading_begin(fixture);
    reading_deliver(fixture, samples, sizeof samples / sizeof samples[0]);
    query.resolution_seconds = 3600;
    for (int compacted = 0; compacted < 2; compacted++) {
        query.channel = 0;
        query.from = 0;
        check_int(reading_all(fixture, query, got, 20), 7);
        check_real(got[0].mean, 0.5); /* 1,800 of 3,600 seconds */
        check_int(got[0].count, 3);
        check_int(got[1].sample.channel, 2);
        check_real(got[1].mean, 2.5); /* values count once each */
        check_real(got[2].mean, 0.5);
        check_real(got[2].min, 0);
        check_int(got[3].count, 0); /* open all the time, without a sample */
        check_real(got[3].mean, 1);
        check_real(got[3].min, 1);
        check_int(got[3].sample.at, day + 2 * 3600);
        check_int(got[3].sample.type, 5);
        check_real(got[6].mean, 60.0 / 3600);
        query.from = day + 3 * 3600 + 1800; /* the state before still holds */
        query.channel = 1;
        check_int(reading_all(fixture, query, got, 20), 3);
        check_int(got[0].sample.at, day + 3 * 3600);
        check_real(got[0].mean, 1);
        reading_compact(fixture);
    }
    reading_end(fixture);
}

TEST(readings_weigh_states_by_time)
{
    with_each_store(weighs_states_by_time);
}

/* A state holds until coverage ends, and until the next message is due. */
static void
holds_states_within_limits(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now, hour = now - now % 3600;
    const struct sample covered = {
        .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = hour - 40 * 3600, .raw = 1
    };
    const struct sample newest = {
        .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = hour - 10 * 3600, .raw = 1
    };
    struct reading got[80];
    struct readings_query query = reading_everything(1000);

    reading_begin(fixture);
    fixture_script(fixture, "DELETE FROM license");
    ledger_add_license(fixture, LEDGER_ORGANIZATION, READING_SERIAL, hour - 50 * 3600,
                       hour - 37 * 3600);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, READING_SERIAL, hour - 12 * 3600,
                       hour + UTC_DAY);
    query.resolution_seconds = 3600;
    fixture->call.now = hour - 10 * 3600 + 30;
    reading_deliver(fixture, &covered, 1);
    reading_deliver(fixture, &newest, 1);
    fixture->call.now = hour;
    check_int(reading_all(fixture, query, got, 80), 5);
    check_int(got[2].sample.at, hour - 38 * 3600); /* the last hour of the first license */
    check_int(got[3].sample.at, hour - 10 * 3600); /* nothing is known of the gap */
    check_real(got[3].mean, 1);
    check_int(got[4].sample.at, hour - 9 * 3600); /* one hour after the last contact */
    reading_end(fixture);
}

TEST(readings_hold_states_within_limits)
{
    with_each_store(holds_states_within_limits);
}

/* Buckets do not depend on the pages, nor on what is compacted: against seconds, one by one. */
static void
holds_states_as_counted_by_seconds(struct fixture *fixture)
{
    enum { SPAN = 5040, STEP = 60 };
    static signed char state[SPAN]; /* -1: none holds */
    static struct reading got[SPAN / STEP + 2];
    struct random random = random_seeded();
    utc_seconds now = fixture->call.now, origin = now - now % STEP - SPAN;

    reading_begin(fixture);
    memset(state, -1, sizeof state);
    for (size_t i = 0; i < 12; i++) {
        size_t at = random_below(&random, SPAN);
        struct sample sample = { .channel = 3,
                                 .type = 7,
                                 .kind = SAMPLE_STATE,
                                 .at = origin + (int64_t)at,
                                 .raw = (int64_t)random_below(&random, 2) };
        if (state[at] >= 0)
            continue;
        state[at] = (signed char)sample.raw;
        reading_deliver(fixture, &sample, 1);
        if (random_below(&random, 4) == 0)
            reading_compact(fixture);
    }
    for (size_t at = 1; at < SPAN; at++)
        if (state[at] < 0)
            state[at] = state[at - 1];
    for (int i = 0; i < 20; i++) {
        size_t from = random_below(&random, SPAN), to = from + random_below(&random, SPAN - from);
        struct readings_query query = reading_everything(1 + (int64_t)random_below(&random, 9));
        size_t next = 0;
        query.resolution_seconds = STEP;
        query.from = origin + (int64_t)from;
        query.to = origin + (int64_t)to;
        size_t count = reading_all(fixture, query, got, sizeof got / sizeof got[0]);
        for (size_t at = from; at < to;) {
            size_t end = at - at % STEP + STEP, held = 0, set = 0;
            utc_seconds bucket_at = origin + (int64_t)(at - at % STEP);
            for (; at < end && at < to; at++) {
                held += state[at] >= 0;
                set += state[at] == 1;
            }
            if (held == 0)
                continue;
            check(next < count);
            check_int(got[next].sample.at, bucket_at);
            check_real(got[next].mean, (double)set / (double)held);
            next++;
        }
        check_int(next, count);
    }
    reading_end(fixture);
}

TEST(readings_hold_states_as_counted_by_seconds)
{
    with_each_store(holds_states_as_counted_by_seconds);
}
