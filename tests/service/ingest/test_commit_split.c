#include "service/ingest/commit_split.h"

#include <stdio.h>
#include <string.h>

#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/front.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

enum { ITEMS = 64, HALVINGS = 6 };

static struct delivery deliveries[ITEMS];
static struct ingest_item items[ITEMS], *pointers[ITEMS];
static struct sample sample = { .channel = 1, .type = 1, .raw = 1 };

static const char *
serial(size_t n)
{
    static char text[13];

    snprintf(text, sizeof text, "282C024200%02zX", n);
    return text;
}

static void
fill(struct fixture *fixture)
{
    sample.at = fixture->call.now;
    for (size_t n = 0; n < ITEMS; n++) {
        deliveries[n] = (struct delivery){ .samples = &sample, .sample_count = 1 };
        check(serial_parse(&deliveries[n].serial, serial(n), strlen(serial(n))));
        items[n] = (struct ingest_item){ .delivery = &deliveries[n] };
        pointers[n] = &items[n];
    }
}

/* The number of transactions when the n-th item cannot be stored. */
static int
transactions_for(struct fixture *fixture, size_t bad)
{
    struct ingest *ingest = ingest_open();
    struct call call = fixture->call;
    int64_t failing = ledger_sensor_id(serial(bad));

    front_reset(fixture);
    front.failing = "journal_append";
    front.failing_numbers = &failing;
    front.failing_count = 1;
    call.db.store = front_open_second(fixture, STORE_READ_WRITE);
    fill(fixture);
    check_int(commit_split(ingest, &call, pointers, ITEMS), STATUS_OK);
    for (size_t n = 0; n < ITEMS; n++)
        check_int(items[n].verdict, n == bad ? INGEST_PENDING : INGEST_DONE);
    store_close(call.db.store);
    ingest_close(ingest);
    return front.writes;
}

static void
splits_by_halves(struct fixture *fixture)
{
    static const size_t places[] = { 0, 1, ITEMS / 2, ITEMS - 1 };
    utc_seconds now = fixture->call.now;
    int64_t stored = 0;

    fixture->call.journal_index = journal_index_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    for (size_t n = 0; n < ITEMS; n++) {
        ledger_add_sensor(fixture, LEDGER_ORGANIZATION, serial(n));
        ledger_add_license(fixture, LEDGER_ORGANIZATION, serial(n), now - UTC_DAY, now + UTC_DAY);
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        check_int(transactions_for(fixture, places[i]), 1 + 2 * HALVINGS + 1); /* and its record */
        stored += ITEMS - 1;
        check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), stored);
    }
    journal_index_close(fixture->call.journal_index);
}

TEST(a_batch_with_a_bad_message_is_split_by_halves)
{
    with_each_store(splits_by_halves);
}
