#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/ingest/refused_messages.h"
#include "service/measurement/compaction.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

#define SERIAL "282C02424EED"
#define OTHER  "282C02424EEE"
#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)

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
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

static struct delivery
delivery_of(const char *serial, const struct sample *samples, size_t count)
{
    struct delivery delivery = {
        .samples = samples, .sample_count = count, .battery_ok = true, .signal = 40
    };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    return delivery;
}

static struct ingest_item
commit(struct fixture *fixture, const struct delivery *delivery)
{
    struct ingest_item item = { .delivery = delivery, .is_heard = true }, *items[] = { &item };

    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    arena_clear(&fixture->arena);
    return item;
}

static int64_t
refused_for(struct fixture *fixture, const char *reason)
{
    char sql[200];

    snprintf(sql, sizeof sql, "SELECT coalesce(sum(count), 0) FROM refusal WHERE reason = '%s'",
             reason);
    return fixture_count(fixture, sql);
}

static int64_t
refused(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT coalesce(sum(count), 0) FROM refusal");
}

/* One message with a sample for each reason. */
static void
counts_each_reason(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = 1234 },                /* 1970 */
        { .channel = 1, .type = 1, .at = INT64_C(1420070399) }, /* 2014-12-31T23:59:59Z */
        { .channel = 1, .type = 1, .at = INT64_C(1420070400) }, /* 2015 */
        { .channel = 1, .type = 1, .at = now - 5 * HOUR - 1 },  /* before the first license */
        { .channel = 1, .type = 1, .at = now - 5 * HOUR },      /* saved */
        { .channel = 1, .type = 1, .at = now - 3 * HOUR },      /* in the gap */
        { .channel = 1, .type = 1, .at = now - 1 },             /* saved */
        { .channel = 1, .type = 1, .at = now + 300 },           /* saved */
        { .channel = 1, .type = 1, .at = now + 301 },           /* too far ahead */
    };
    struct delivery delivery = delivery_of(SERIAL, samples, sizeof samples / sizeof samples[0]);

    begin(fixture);
    check_int(commit(fixture, &delivery).refused, 9);
    check_int(refused_for(fixture, "bad_timestamp"), 3);
    check_int(refused_for(fixture, "unlicensed"), 6);
    fixture_script(fixture, "DELETE FROM refusal; DELETE FROM refused_message");

    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - 5 * HOUR, now - 4 * HOUR);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    struct ingest_item item = commit(fixture, &delivery);
    check_int(item.saved, 3);
    check_int(item.refused, 6);
    check_int(refused_for(fixture, "bad_timestamp"), 3);
    check_int(refused_for(fixture, "before_first_license"), 2);
    check_int(refused_for(fixture, "expired"), 1);
    check_int(refused(fixture), 6);

    /* A bad token is the first reason, whatever the times. */
    fixture_script(fixture,
                   "DELETE FROM refusal; DELETE FROM refused_message; "
                   "UPDATE organization SET version = version + 1, device_token_required = true");
    check_int(commit(fixture, &delivery).refused, 9);
    check_int(refused_for(fixture, "bad_token"), 9);
    check_int(refused(fixture), 9);
    end();
}

TEST(refusals_are_counted_by_their_reason)
{
    with_each_store(counts_each_reason);
}

/* Everything but the samples may differ. */
static void
counts_a_retry_once(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = { { .channel = 1, .type = 1, .at = now - 60, .raw = 1 },
                                      { .channel = 1, .type = 1, .at = now - 30, .raw = 2 },
                                      { .channel = 2, .type = 2, .at = now - 60, .raw = 3 } };
    struct sample changed[3];
    struct delivery delivery = delivery_of(SERIAL, samples, 3),
                    other = delivery_of(SERIAL, changed, 3);
    struct ingest_item twice[] = { { .delivery = &other }, { .delivery = &other } };
    struct ingest_item *both[] = { &twice[0], &twice[1] };

    begin(fixture);
    check_int(commit(fixture, &delivery).refused, 3);
    delivery.transfer_reason = 8;
    delivery.next_transmission_at = now + HOUR;
    delivery.signal = 7;
    delivery.battery_ok = false;
    delivery.battery_level = 77;
    snprintf(delivery.cloud_token, sizeof delivery.cloud_token, "token");
    check_int(commit(fixture, &delivery).refused, 3); /* the answer is the same */
    check_int(refused(fixture), 3);

    ingest_close(ingest); /* a restart; another server has other caches, too */
    ingest = ingest_open();
    fixture->call.now = now + 40 * MINUTE;
    commit(fixture, &delivery);
    check_int(refused(fixture), 3);
    fixture->call.now = now + 100 * MINUTE; /* an hour after it came last */
    commit(fixture, &delivery);
    check_int(refused(fixture), 3);
    fixture->call.now = now + 161 * MINUTE;
    commit(fixture, &delivery);
    check_int(refused(fixture), 6);

    memcpy(changed, samples, sizeof samples); /* twice in one batch */
    changed[1].raw++;
    check_int(ingest_commit(ingest, &fixture->call, both, 2), STATUS_OK);
    check_int(refused(fixture), 9);
    changed[2].type++;
    commit(fixture, &other);
    check_int(refused(fixture), 12);
    changed[2].at++;
    commit(fixture, &other);
    check_int(refused(fixture), 15);
    other.sample_count = 2;
    commit(fixture, &other);
    check_int(refused(fixture), 17);
    commit(fixture, &delivery); /* it is remembered, whatever came in between */
    check_int(refused(fixture), 17);
    end();
}

TEST(refusals_of_a_repeated_message_count_once)
{
    with_each_store(counts_a_retry_once);
}

/* Of each sensor; another sensor's message with the same samples is another message. */
static void
remembers_a_bounded_number(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    struct sample sample = { .channel = 1, .type = 1, .at = now - 60 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1),
                    other = delivery_of(OTHER, &sample, 1);

    begin(fixture);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, OTHER);
    for (sample.raw = 0; sample.raw < REFUSED_MESSAGES_MOST; sample.raw++)
        commit(fixture, &delivery);
    for (sample.raw = 0; sample.raw < REFUSED_MESSAGES_MOST; sample.raw++)
        commit(fixture, &delivery);
    check_int(refused(fixture), REFUSED_MESSAGES_MOST);
    commit(fixture, &delivery); /* one more: the oldest is forgotten */
    sample.raw = 0;
    commit(fixture, &other);
    check_int(refused(fixture), REFUSED_MESSAGES_MOST + 2);
    commit(fixture, &delivery);
    check_int(refused(fixture), REFUSED_MESSAGES_MOST + 3);
    check_int(fixture_count(fixture, "SELECT count(*) FROM refused_message"), 2);
    check_int(fixture_count(fixture, "SELECT max(length(digests)) FROM refused_message"),
              12 * REFUSED_MESSAGES_MOST);
    end();
}

TEST(refusals_remember_a_bounded_number_of_messages)
{
    with_each_store(remembers_a_bounded_number);
}

static enum status
trim_body(struct call *call, void *with)
{
    return refused_messages_job_run(call, with);
}

static void
forgets_old_messages(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now, next;
    const struct sample sample = { .channel = 1, .type = 1, .at = now - 60 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1);
    bool more = true;

    begin(fixture);
    check_int(refused_messages_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, UTC_NEVER);
    commit(fixture, &delivery);
    check_int(refused_messages_job_next_at(&fixture->call, &next), STATUS_OK);
    check(next > now + HOUR && next <= now + 2 * HOUR);
    fixture->call.now = next - 1;
    check_int(transact(&fixture->call, trim_body, &more), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM refused_message"), 1);
    fixture->call.now = next;
    check_int(transact(&fixture->call, trim_body, &more), STATUS_OK);
    check(!more);
    check_int(fixture_count(fixture, "SELECT count(*) FROM refused_message"), 0);
    end();
}

TEST(refusals_forget_messages_after_an_hour)
{
    with_each_store(forgets_old_messages);
}

/* Another server has just had the message again, and has not committed. */
static void
trims_around_others(struct fixture *fixture)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now - 60 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1);
    struct fixture other = *fixture;
    bool more = true;

    if (!store_is_shared(fixture->call.db.store))
        return; /* one writes at a time */
    begin(fixture);
    commit(fixture, &delivery);
    other.call.db.store = fixture_open_second(fixture, STORE_READ_WRITE);
    fixture_script(&other, "BEGIN; UPDATE refused_message SET last_hour = last_hour + 9");
    fixture->call.now += 3 * HOUR;
    check_int(transact(&fixture->call, trim_body, &more), STATUS_OK);
    check(!more);
    fixture_script(&other, "COMMIT");
    check_int(fixture_count(fixture, "SELECT count(*) FROM refused_message"), 1);
    store_close(other.call.db.store);
    end();
}

TEST(refusals_are_trimmed_without_waiting_for_another_server)
{
    with_each_store(trims_around_others);
}

/* A batch without refusals reads and writes nothing about them. */
static void
costs_good_messages_nothing(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample sample = { .channel = 1, .type = 1, .at = now - 60 };
    const struct sample ahead = { .channel = 1, .type = 1, .at = now + 60 };
    struct delivery good = delivery_of(SERIAL, &sample, 1), early = delivery_of(SERIAL, &ahead, 1);

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    commit(fixture, &good);
    fixture_fail_at(fixture, 0);
    commit(fixture, &good);
    int calls = fixture_calls();
    check_int(calls, 5); /* a transaction, the versions, the mark, the journal */
    fixture_fail_at(fixture, 0);
    commit(fixture, &early);
    check_int(fixture_calls(), calls);
    check_int(fixture_count(fixture, "SELECT count(*) FROM refused_message"), 0);
    end();
}

TEST(refusals_cost_good_messages_nothing)
{
    with_each_store(costs_good_messages_nothing);
}

static void
compact(struct fixture *fixture)
{
    struct journal_index_sensor key = { LEDGER_ORGANIZATION, ledger_sensor_id(SERIAL) };
    struct compaction_queue queue = { &key, 1, 0, false };
    struct journal_trim trim = { 0 };
    struct compaction *compaction;

    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
    compaction_forget(compaction, journal_index, &trim);
    check_int(journal_trim_step(&fixture->call, &trim, 0), STATUS_OK);
    journal_trim_clear(&trim);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0);
    arena_clear(&fixture->arena);
}

/* The sensor's clock is two minutes ahead; its license ends; the acknowledgement was lost. */
static void
knows_a_repeat_after_the_end(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now, ends = now + 60;
    const struct sample samples[] = { { .channel = 1, .type = 1, .at = now + 120, .raw = 1 },
                                      { .channel = 2, .type = 1, .at = now + 120, .raw = 2 } };
    const struct sample fresh = { .channel = 1, .type = 1, .at = now + 121, .raw = 1 };
    struct delivery saved = delivery_of(SERIAL, samples, 1), more = delivery_of(SERIAL, samples, 2),
                    later = delivery_of(SERIAL, &fresh, 1);

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, ends);
    check_int(commit(fixture, &saved).saved, 1);
    fixture->call.now = ends + 90;
    check_int(commit(fixture, &saved).refused, 0);
    compact(fixture);
    check_int(commit(fixture, &saved).refused, 0);
    check_int(commit(fixture, &more).refused, 1);
    check_int(commit(fixture, &later).refused, 1);
    check_int(refused_for(fixture, "expired"), 2);
    end();
}

TEST(refusals_leave_out_a_repeat_of_what_was_saved_ahead_of_the_clock)
{
    with_each_store(knows_a_repeat_after_the_end);
}
