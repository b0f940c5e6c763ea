#include "service/core/clock.h"

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/license/licensing.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/verbs.h"

#define SERIAL "282C02424EED"

static enum status
nothing(struct call *call, void *with)
{
    (void)call, (void)with;
    return STATUS_OK;
}

static void
stands_still_or_refuses(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct clock_stored stored;

    check_int(clock_read_stored(call, &stored), STATUS_OK);
    check_int(stored.mark, 0);
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(clock_read_stored(call, &stored), STATUS_OK);
    check_int(stored.mark, NOON);

    call->now = NOON + CLOCK_MARK_SECONDS - 1; /* the mark is recent enough */
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);

    call->now = NOON - CLOCK_SLACK_SECONDS; /* a little behind: time stands still */
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(call->now, NOON);

    call->now = NOON - CLOCK_SLACK_SECONDS - 1;
    check_failed(fixture, transact(call, nothing, NULL), STATUS_BUSY, "clock_behind", "");
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);

    call->now = NOON + HOUR;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON + HOUR);
}

TEST(a_clock_set_back_stands_still_or_delays_every_write)
{
    with_each_store(stands_still_or_refuses);
}

/* The process remembers the instant of its last write; the store does not know it yet. */
static void
remembers_at_once(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct clock_memory memory = { 0 };

    check_int(transact(call, nothing, NULL), STATUS_OK);
    call->clock = &memory;
    call->now = NOON + 20;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);
    call->now = NOON + 1;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(call->now, NOON + 20);
    call->now = NOON + 20 - CLOCK_SLACK_SECONDS - 1;
    check_failed(fixture, transact(call, nothing, NULL), STATUS_BUSY, "clock_behind", "");
    call->clock = NULL;
}

TEST(a_process_remembers_the_clock_immediately)
{
    with_each_store(remembers_at_once);
}

/* Another process has set the mark back: this one forgets what it remembers. */
static void
forgets_after_a_reset(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct clock_memory memory = { 0 };

    call->clock = &memory;
    call->now = NOON + 800 * UTC_DAY;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    call->now = NOON;
    check_failed(fixture, transact(call, nothing, NULL), STATUS_BUSY, "clock_behind", "");
    check_int(clock_state(&memory, NOON), CLOCK_BEHIND);
    check_int(clock_shown(&memory, NOON), NOON + 800 * UTC_DAY);
    fixture_script(fixture, "UPDATE clock_mark SET latest_at = 1795521600, resets = resets + 1");
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(call->now, NOON);
    check_int(clock_state(&memory, NOON), CLOCK_RIGHT);
    check_int(clock_shown(&memory, NOON - 1), NOON);
    call->clock = NULL;
}

TEST(a_process_forgets_the_clock_after_a_reset)
{
    with_each_store(forgets_after_a_reset);
}

static void
acts_under_any_clock(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct clock_memory memory = { 0 };

    call->clock = &memory;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    call->any_clock = true;
    for (int far = -800; far <= 800; far += 400) {
        call->now = NOON + far * UTC_DAY;
        check_int(transact(call, nothing, NULL), STATUS_OK);
        check_int(call->now, NOON + far * UTC_DAY);
    }
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);
    check_int(memory.latest, NOON);
    call->any_clock = false;
    call->clock = NULL;
}

TEST(a_verb_for_any_clock_acts_at_its_instant_and_moves_no_mark)
{
    with_each_store(acts_under_any_clock);
}

/* SQLite has no clock of its own. */
static void
compares_with_the_database(struct fixture *fixture)
{
    static const struct {
        int64_t ahead;
        enum status status;
    } rows[] = {
        { 0, STATUS_OK },    { 25, STATUS_OK },     { -25, STATUS_OK },
        { 40, STATUS_BUSY }, { 7200, STATUS_BUSY }, { -40, STATUS_BUSY },
    };
    struct call *call = &fixture->call;
    struct clock_memory memory = { .checks = true };

    call->clock = &memory;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        call->now = utc_now() + rows[i].ahead;
        enum status want = store_is_shared(call->db.store) ? rows[i].status : STATUS_OK;
        fixture_script(fixture, "DELETE FROM clock_mark");
        memory.latest = 0;
        if (want)
            check_failed(fixture, transact(call, nothing, NULL), want, "clock_differs", "");
        else
            check_int(transact(call, nothing, NULL), want);
        check_int(clock_state(&memory, utc_now()) == CLOCK_DIFFERS, want == STATUS_BUSY);
        if (want)
            check_int(fixture_count(fixture, "SELECT count(*) FROM clock_mark"), 0);
    }
    call->clock = NULL;
}

TEST(a_clock_that_differs_from_the_database_decides_nothing)
{
    with_each_store(compares_with_the_database);
}

static struct ingest *ingest;

/* A sample measured at `at`, delivered when the clock reads `now`. */
static uint32_t
saved(struct fixture *fixture, utc_seconds at, utc_seconds now)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = at, .raw = 215 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, SERIAL, 12));
    fixture->call.now = now;
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    return item.saved;
}

/* Another process, or this one after a kill: only the store has the mark. */
static void
begin_anew(void)
{
    ingest_close(ingest);
    ingest = ingest_open();
}

static void
expired_stays_expired(struct fixture *fixture)
{
    enum { END = 15 };
    struct call *call = &fixture->call;

    call->journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, NOON - HOUR, NOON + END);
    check_int(saved(fixture, NOON, NOON), 1);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);

    check_int(saved(fixture, NOON + END + 1, NOON + END + 1), 0);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON + END + 1);
    begin_anew();
    check_int(saved(fixture, NOON + END + 2, NOON + END - 19), 0);
    check_int(saved(fixture, NOON + END - 1, NOON + END - 19), 1); /* measured before the end */

    /* Nothing ends there, so the mark stays. */
    check_int(saved(fixture, NOON + END - 2, NOON + END + 5), 1);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON + END + 1);
    ingest_close(ingest);
    journal_index_close(call->journal_index);
    call->journal_index = NULL;
}

TEST(a_clock_set_back_after_an_expiry_saves_no_later_samples)
{
    with_each_store(expired_stays_expired);
}

static void
verb_passes_an_end(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct license license = { .id = 0 };
    int64_t mine = make_organization(fixture, "Mine");

    make_key(fixture, mine, 2, "P1D");
    struct manager_row row = add_sensor(fixture, mine, SERIAL, "");
    utc_seconds end = row.covered_until;
    call->now = end - 40;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    call->now = end - 2; /* the mark is recent */
    check_int(transact(call, nothing, NULL), STATUS_OK);
    call->now = end + 5; /* the renewal is due, and "+" queues behind it */
    check_int(license_assign(call, mine, SERIAL, NULL, &license), STATUS_CONFLICT);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), end + 5);
    call->now = end - 9;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(call->now, end + 5);
}

TEST(the_clock_mark_is_stored_before_a_verb_decides_past_an_end)
{
    with_each_store(verb_passes_an_end);
}
