#include "service/forecast/forecasts.h"

#include <stdio.h>
#include <string.h>

#include "service/core/ledger_cache.h"
#include "service/license/licensing.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/random.h"
#include "support/verbs.h"

#define DAY   UTC_DAY
#define TODAY (NOON / DAY)

static void
add_with(struct fixture *fixture, int64_t organization, const char *serial, const char *key,
         bool renews)
{
    struct sensor_request request = {
        .serial = serial,
        .name = serial + 8,
        .key = key,
        .has_auto_renewal = true,
        .auto_renewal = renews,
    };
    struct manager_row row;

    check_int(sensor_add(&fixture->call, organization, &request, &row, NULL), STATUS_OK);
}

static void
gives_the_plan(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Cold chain");
    const char *month = make_key(fixture, mine, 3, "P30D"), *year;
    struct forecast_report report;
    struct license license;

    fixture->call.now += 1; /* redeemed later: the term to buy */
    year = make_key(fixture, mine, 2, "P60D");
    add_with(fixture, mine, "00000000000A", month, true);  /* last day: 30 days from now */
    add_with(fixture, mine, "00000000000B", month, false); /* stops then */
    add_with(fixture, mine, "00000000000C", month, true);
    check_int(license_assign(&fixture->call, mine, "00000000000C", year, &license),
              STATUS_OK); /* 90 */
    check_int(forecast_make(&fixture->call, mine, 4, &report), STATUS_OK);
    check_int(report.today, TODAY);
    check_int(report.licenses_left, 1);
    check_int(report.day_count, 2);

    const struct forecast_day *day = &report.days[0];
    check_int(day->day, TODAY + 30);
    check_int(day->renewal_count, 1);
    check_int(day->renewals_named, 1);
    check_text(day->renewals[0].serial, "00000000000A");
    check_text(day->renewals[0].name, "000A");
    check_text(day->renewals[0].key, year);
    check_int(day->renewals[0].expires_at, (TODAY + 91) * DAY);
    check_int(day->stop_count, 1);
    check_text(day->stops[0].serial, "00000000000B");
    check_text(day->stops[0].name, "000B");
    check_int(day->licenses_left, 0);
    day = &report.days[1]; /* the pool is empty: both stop */
    check_int(day->day, TODAY + 90);
    check_int(day->renewal_count, 0);
    check_int(day->stop_count, 2);

    check(report.has_short);
    check_int(report.runs_dry_on, TODAY + 90);
    check_text(report.short_serial, "00000000000A");
    check_int(report.purchase_count, 1);
    check_int(report.purchases[0].by, TODAY + 90);
    check_int(report.purchases[0].quantity, 2);
    check_text(report.term, "P60D");

    check_int(forecast_make(&fixture->call, mine, 1, &report), STATUS_OK);
    check_int(report.day_count, 1); /* 30 days from 24 November is 24 December */
    check(!report.has_short);
    check_int(report.purchase_count, 0);
    check_failed(fixture, forecast_make(&fixture->call, 99, 1, &report), STATUS_NOT_FOUND, "", "");
}

TEST(forecast_returns_the_dated_plan)
{
    with_each_store(gives_the_plan);
}

static void
buys_by_the_month(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Cold chain");
    const char *key = make_key(fixture, mine, 2, "P20D");
    struct forecast_report report;

    add_with(fixture, mine, "00000000000A", key, true);
    fixture->call.now += 5 * DAY;
    add_with(fixture, mine, "00000000000B", key, true);
    fixture->call.now += 50 * DAY; /* 18 January: both have expired, and the pool is empty */
    check_int(forecast_make(&fixture->call, mine, 1, &report), STATUS_OK);
    check_int(report.runs_dry_on, report.today);
    check_text(report.short_serial, "00000000000A");
    check_int(report.day_count, 0);      /* they have stopped already */
    check_int(report.purchase_count, 2); /* two today, two twenty days later */
    check_int(report.purchases[0].by, report.today);
    check_int(report.purchases[0].quantity, 2);
    check_int(report.purchases[1].by, report.today + 20);
    check_int(report.purchases[1].quantity, 2);
    check_int(forecast_make(&fixture->call, make_organization(fixture, "Empty"), 60, &report),
              STATUS_OK);
    check_int(report.day_count + report.purchase_count, 0);
    check(!report.term && !report.has_short);
}

TEST(forecast_groups_purchases_by_month)
{
    with_each_store(buys_by_the_month);
}

static void
names_only_some(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Cold chain");
    struct forecast_report report;
    char serial[16];

    make_key(fixture, mine, 400, "P1Y");
    for (int i = 0; i < 150; i++) {
        snprintf(serial, sizeof serial, "0000000%05d", i);
        add_sensor(fixture, mine, serial, "s");
    }
    check_int(forecast_make(&fixture->call, mine, 60, &report), STATUS_OK);
    check_int(report.day_count, 3);
    check_int(report.days[0].renewal_count, 150);
    check_int(report.days[0].renewals_named, FORECAST_NAMED_A_DAY);
    check_int(report.days[1].renewal_count, 100);
    check_int(report.days[1].stop_count, 50);
    check_int(report.days[1].stops_named, 50);
    check_int(report.days[2].stop_count, 100);
}

TEST(forecast_names_some_sensors_and_counts_all)
{
    with_each_store(names_only_some);
}

/* "next" in the rows and the forecast agree on every sensor. */
static void
check_agreement(struct fixture *fixture, int64_t organization)
{
    struct manager_query query = { .page = { .limit = 1000 } };
    struct manager_page page;
    struct forecast_report report;
    struct arena arena, *before = fixture->call.db.arena;
    int64_t pool = 0, renewed_first = 0;

    arena_init(&arena, FIXTURE_ARENA_BYTES);
    fixture->call.db.arena = &arena;
    check_int(manager_list(&fixture->call, organization, &query, &page), STATUS_OK);
    check_int(forecast_make(&fixture->call, organization, 60, &report), STATUS_OK);
    for (size_t i = 0; i < page.count; i++) {
        const struct manager_row *row = &page.rows[i];
        bool served = false;
        if (!row->next || !strcmp(row->next, "queue"))
            continue;
        for (size_t d = 0; d < report.day_count && !served; d++)
            for (size_t k = 0; k < report.days[d].renewals_named; k++)
                served |= !strcmp(report.days[d].renewals[k].serial, row->serial)
                          && report.days[d].day == row->last_day;
        renewed_first += served;
        pool += !strcmp(row->next, "pool");
        check_text(row->next, served ? "pool" : "stops");
    }
    check_int(pool, renewed_first);
    fixture->call.db.arena = before;
    arena_clear(&arena);
}

static void
agrees(struct fixture *fixture)
{
    static const char *const terms[] = { "P1Y", "P10D", "P2Y", "P1M", "P45D" };
    struct random random = random_seeded();
    struct ledger_cache *ledger_cache = ledger_cache_open();

    fixture->call.ledger_cache = ledger_cache;
    for (int round = 0; round < 12 && check_failures() == 0; round++) {
        int64_t mine = make_organization(fixture, "Cold chain");
        const char *first = make_key(fixture, mine, 40, terms[random_below(&random, 5)]);
        char serial[16];
        make_key(fixture, mine, (int64_t)random_below(&random, 30) + 1,
                 terms[random_below(&random, 5)]);
        for (int i = 0; i < 35 && check_failures() == 0; i++) {
            snprintf(serial, sizeof serial, "%02d%010X", round,
                     (unsigned)random_below(&random, 1U << 30));
            struct manager_row row;
            struct sensor_request request = { .serial = serial,
                                              .key = random_below(&random, 3) ? NULL : first };
            fixture->call.dry_run = random_below(&random, 5)
                                    == 0; /* a rolled back change leaves no trace */
            enum status status = sensor_add(&fixture->call, mine, &request, &row, NULL);
            if (!status && fixture->call.dry_run) {
                fixture->call.dry_run = false;
                continue;
            }
            if (status)
                break; /* the pool is empty */
            if (random_below(&random, 4) == 0)
                fixture->call.now += (int64_t)random_below(&random, 5 * (uint64_t)DAY);
            if (i % 5 == 0)
                check_agreement(fixture, mine);
            struct manager_row again;
            check_int(manager_row(&fixture->call, mine, serial, &again), STATUS_OK);
            check_text(row.next, again.next);
        }
        fixture->call.dry_run = false;
        fixture->call.db.fault = (struct fault){ 0 };
        check_agreement(fixture, mine);
    }
    fixture->call.ledger_cache = NULL;
    ledger_cache_close(ledger_cache);
}

TEST(forecast_and_license_rows_agree_on_every_sensor)
{
    with_each_store(agrees);
}
