#include "service/coverage/renewal_lookahead.h"

#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/ledger/ledger_jobs.h"
#include "service/measurement/journal_index.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

enum { SENSORS = 6 };

/* Ten days from the midnight after a noon: all licenses given then end together. */
#define TERM INT64_C(12 * 3600 + 10 * 86400)
#define END  (NOON + TERM)

static void
write_serial(char out[SERIAL_TEXT_SIZE], int number)
{
    serial_format(out, serial_from_number(UINT64_C(0x282C02410000) + (uint64_t)number));
}

static bool
is_saved(struct fixture *fixture, struct ingest *ingest, int number, utc_seconds at)
{
    struct sample sample = { .channel = 1, .type = 1, .raw = 5, .at = at };
    struct delivery delivery = { .samples = &sample,
                                 .sample_count = 1,
                                 .serial = serial_from_number(UINT64_C(0x282C02410000)
                                                              + (uint64_t)number) };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved + item.refused, 1);
    return item.saved == 1;
}

static enum status
tick_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

static void
tick(struct fixture *fixture)
{
    bool more = true;

    while (more && !check_failures())
        check_int(transact(&fixture->call, tick_body, &more), STATUS_OK);
}

/* `left` licenses wait for SENSORS sensors, one of which has auto renewal off. */
static void
fill(struct fixture *fixture, int64_t organization, int64_t left, int off)
{
    struct sensor_change change = { .has_auto_renewal = true };
    struct sensor_changed sensor;

    make_key(fixture, organization, SENSORS + left, "P10D");
    for (int i = SENSORS; i-- > 0;) {
        char serial[SERIAL_TEXT_SIZE];
        write_serial(serial, i);
        add_sensor(fixture, organization, serial, "");
        if (i == off)
            check_int(sensor_change(&fixture->call, organization, serial, &change, &sensor),
                      STATUS_OK);
    }
}

/* Messages before the scheduled renewals are judged as if these had run, and write nothing. */
static void
judges_as_the_ticker_will_do(struct fixture *fixture)
{
    static const struct {
        const char *row;
        int64_t left;
        int off;
        int served; /* the number of first serials that are served, without `off` */
    } rows[] = {
        { "enough for all", SENSORS, SENSORS, SENSORS },
        { "exactly enough", SENSORS, -1, SENSORS },
        { "one too few: the last in line stops", SENSORS - 1, -1, SENSORS - 1 },
        { "a sensor without auto renewal leaves its place to others", 3, 1, 4 },
        { "one for the first", 1, -1, 1 },
        { "none for any", 0, -1, 0 },
    };

    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        utc_seconds noon = NOON + (utc_seconds)r * 100 * UTC_DAY, end = noon + TERM;
        fixture->call.now = noon;
        int64_t organization = make_organization(fixture, "Cold chain");
        struct ingest *ingest = ingest_open();
        fixture->call.journal_index = journal_index_open();
        check_row(rows[r].row);
        fill(fixture, organization, rows[r].left, rows[r].off);
        int64_t licenses = fixture_count(fixture, "SELECT count(*) FROM license");

        fixture->call.now = end + 7;
        for (int when = 0; when < 2; when++) { /* before the ticker, and after it */
            for (int i = 0; i < SENSORS; i++) {
                check_int(is_saved(fixture, ingest, i, end - 1), true);
                check_int(is_saved(fixture, ingest, i, end),
                          i < rows[r].served && i != rows[r].off);
                check_int(is_saved(fixture, ingest, i, end + 60),
                          i < rows[r].served && i != rows[r].off);
            }
            if (when == 0)
                check_int(fixture_count(fixture, "SELECT count(*) FROM license"), licenses);
            tick(fixture);
        }
        check_ledger(fixture);
        for (int i = 0; i < SENSORS; i++) {
            char serial[SERIAL_TEXT_SIZE];
            write_serial(serial, i);
            remove_sensor(fixture, organization, serial);
        }
        ingest_close(ingest);
        journal_index_close(fixture->call.journal_index);
    }
}

TEST(renewal_lookahead_agrees_with_the_later_renewal)
{
    with_each_store(judges_as_the_ticker_will_do);
}

/* A change of the ledger ends a lookahead. */
static void
ends_with_a_change(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct ingest *ingest = ingest_open();
    struct sensor_change off = { .has_auto_renewal = true };
    struct sensor_changed sensor;
    char serial[SERIAL_TEXT_SIZE];

    fixture->call.journal_index = journal_index_open();
    fill(fixture, organization, 1, -1);
    fixture->call.now = END - 1;
    check(is_saved(fixture, ingest, 1, END - 1));
    write_serial(serial, 0); /* the first sensor leaves the queue: the second is served */
    check_int(sensor_change(&fixture->call, organization, serial, &off, &sensor), STATUS_OK);
    fixture->call.now = END;
    check(!is_saved(fixture, ingest, 0, END));
    check(is_saved(fixture, ingest, 1, END));
    check(!is_saved(fixture, ingest, 2, END));
    write_serial(serial, 5); /* a verb applies what is due */
    check_int(sensor_change(&fixture->call, organization, serial, &off, &sensor), STATUS_OK);
    check(is_saved(fixture, ingest, 1, END));
    check(!is_saved(fixture, ingest, 2, END));
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), SENSORS + 1);
    check_ledger(fixture);
    ingest_close(ingest);
    journal_index_close(fixture->call.journal_index);
}

TEST(renewal_lookahead_ends_with_a_change_of_the_ledger)
{
    with_each_store(ends_with_a_change);
}
