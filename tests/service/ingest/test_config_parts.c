#include "service/ingest/config_parts.h"

#include <stdio.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

#define SERIAL "282C02424EED"
#define DAY    INT64_C(86400)

enum { MOST_STEPS = 10, EARLY = CONFIG_PART_EARLY_SECONDS };

/* The sums of two lengths tell which parts a configuration has. */
enum { A1 = 1, A2 = 2, B1 = 4, B2 = 8, WHOLE = 16, C1 = 32, C2 = 64, C3 = 128 };

struct step {
    int size; /* of the payload; 0: no more steps */
    int field;
    int message_id;
    int after_seconds;
    int want; /* the length of the stored configuration; 0: none */
};

static const struct {
    const char *row;
    struct step steps[MOST_STEPS];
} rows[] = {
    { "both", { { A1, -1, 1, 0, 0 }, { A2, 2, 2, 1, A1 + A2 } } },
    { "one alone", { { A2, 2, 1, 0, 0 }, { A2, 2, 2, DAY, 0 } } },
    { "in the other order", { { A2, 2, 1, 0, 0 }, { A1, -1, 2, 1, A1 + A2 } } },
    { "each twice",
      { { A1, -1, 1, 0, 0 },
        { A1, -1, 1, 1, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { A2, 2, 2, 1, A1 + A2 },
        { A1, -1, 1, 1, A1 + A2 } } },
    { "the last one a day later", { { A1, -1, 1, 0, 0 }, { A2, 2, 2, DAY, A1 + A2 } } },
    { "the first one sent again",
      { { A1, -1, 1, 0, 0 }, { B1, -1, 2, 1, 0 }, { B2, 2, 3, 1, B1 + B2 } } },
    { "a new one over an old one",
      { { A1, -1, 1, 0, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { B1, -1, 3, 1, A1 + A2 },
        { B2, 2, 4, 1, B1 + B2 } } },
    { "a new one in the other order",
      { { A1, -1, 1, 0, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { B2, 2, 3, 1, A1 + A2 },
        { B1, -1, 4, 1, B1 + B2 } } },
    { "a new one with an equal first part",
      { { A1, -1, 1, 0, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { A1, -1, 3, 1, A1 + A2 },
        { B2, 2, 4, 1, A1 + B2 } } },
    { "a new one with an equal last part",
      { { A1, -1, 1, 0, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { B1, -1, 3, 1, A1 + A2 },
        { A2, 2, 4, 1, B1 + A2 } } },
    { "a repeat of the old last part before half a new one",
      { { A1, -1, 1, 0, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { A2, 2, 2, 1, A1 + A2 },
        { B1, -1, 3, 1, A1 + A2 },
        { B2, 2, 4, DAY, B1 + B2 } } },
    { "a last part of long ago", { { A2, 2, 1, 0, 0 }, { B1, -1, 2, EARLY + 1, 0 } } },
    { "a message id that comes round",
      { { A1, -1, 1, 0, 0 },
        { A2, 2, 2, 1, A1 + A2 },
        { A1, -1, 1, DAY, A1 + A2 },
        { B2, 2, 2, 1, A1 + B2 } } },
    { "whole between the parts",
      { { A1, -1, 1, 0, 0 }, { WHOLE, 0, 2, 1, WHOLE }, { A2, 2, 3, 1, WHOLE } } },
    { "whole after the parts",
      { { A1, -1, 1, 0, 0 }, { A2, 2, 2, 1, A1 + A2 }, { WHOLE, 0, 3, 1, WHOLE } } },
    { "three parts in any order",
      { { C3, 3, 1, 0, 0 }, { C1, -1, 2, 1, 0 }, { C2, -2, 3, 1, C1 + C2 + C3 } } },
    { "three, then two",
      { { C1, -1, 1, 0, 0 },
        { C2, -2, 2, 1, 0 },
        { C3, 3, 3, 1, C1 + C2 + C3 },
        { A1, -1, 4, 1, C1 + C2 + C3 },
        { A2, 2, 5, 1, A1 + A2 } } },
};

static struct ingest *ingest;

static void
delivery_of_step(struct delivery *out, const struct step *step)
{
    static uint8_t payload[256];

    *out = (struct delivery){
        .kind = DELIVERY_CONFIG,
        .payload = payload,
        .payload_size = (size_t)step->size,
        .part = (uint8_t)(step->field < 0 ? -step->field : step->field),
        .is_last_part = step->field > 0,
        .message_id = (uint16_t)step->message_id,
    };
    memset(payload, 'A' + out->part, sizeof payload);
    check(serial_parse(&out->serial, SERIAL, strlen(SERIAL)));
}

static void
commit_step(struct fixture *fixture, const struct step *step)
{
    struct delivery delivery;
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    delivery_of_step(&delivery, step);
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.verdict, INGEST_DONE);
}

static void
begin(struct fixture *fixture)
{
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, fixture->call.now - DAY,
                       fixture->call.now + 100 * DAY);
}

static int64_t
stored_size(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT coalesce(sum(length(payload)), 0) FROM sensor_report");
}

static void
parts_become_one_configuration(struct fixture *fixture)
{
    begin(fixture);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture_script(fixture, "DELETE FROM config_part; DELETE FROM sensor_report;");
        for (const struct step *step = rows[i].steps;
             step < rows[i].steps + MOST_STEPS && step->size > 0; step++) {
            char row[120];

            snprintf(row, sizeof row, "%s, %s, step %d", fixture->driver_name, rows[i].row,
                     (int)(step - rows[i].steps));
            check_row(row);
            fixture->call.now += step->after_seconds;
            commit_step(fixture, step);
            check_int(stored_size(fixture), step->want);
        }
    }
    ingest_close(ingest);
}

TEST(config_parts_become_one_configuration)
{
    with_each_store(parts_become_one_configuration);
}

/* Whatever order they come in, part 1 is first: later fields win, in protobuf. */
static void
parts_stand_in_their_order(struct fixture *fixture)
{
    static const struct step last = { A2, 2, 1, 0, 0 }, first = { A1, -1, 2, 0, 0 };
    bool is_sqlite = !strcmp(fixture->driver_name, "sqlite");

    begin(fixture);
    commit_step(fixture, &last);
    commit_step(fixture, &first);
    check_int(
        fixture_count(fixture, is_sqlite
                                   ? "SELECT count(*) FROM sensor_report WHERE payload = x'424343'"
                                   : "SELECT count(*) FROM sensor_report WHERE payload = "
                                     "'\\x424343'::bytea"),
        1);
    ingest_close(ingest);
}

TEST(config_parts_stand_in_their_order)
{
    with_each_store(parts_stand_in_their_order);
}

static void
parts_of_one_batch_are_merged(struct fixture *fixture)
{
    struct delivery deliveries[2] = { { .part = 1 }, { .part = 2, .is_last_part = true } };
    struct ingest_item items[2];
    struct ingest_item *both[] = { &items[0], &items[1] };

    begin(fixture);
    for (size_t i = 0; i < 2; i++) {
        deliveries[i].kind = DELIVERY_CONFIG;
        deliveries[i].payload = (const uint8_t *)"abc";
        deliveries[i].payload_size = 3;
        check(serial_parse(&deliveries[i].serial, SERIAL, strlen(SERIAL)));
        items[i] = (struct ingest_item){ .delivery = &deliveries[i] };
    }
    check_int(ingest_commit(ingest, &fixture->call, both, 2), STATUS_OK);
    check_int(stored_size(fixture), 6);
    ingest_close(ingest);
}

TEST(config_parts_of_one_batch_are_merged)
{
    with_each_store(parts_of_one_batch_are_merged);
}

static void
parts_of_an_unlicensed_sensor_are_not_kept(struct fixture *fixture)
{
    static const struct step first = { A1, -1, 1, 0, 0 };

    begin(fixture);
    fixture->call.now += 200 * DAY;
    commit_step(fixture, &first);
    check_int(fixture_count(fixture, "SELECT count(*) FROM config_part"), 0);
    ingest_close(ingest);
}

TEST(config_parts_of_an_unlicensed_sensor_are_not_kept)
{
    with_each_store(parts_of_an_unlicensed_sensor_are_not_kept);
}

/* A try in a transaction that is rolled back, whose n-th store call fails. */
static enum status
try_step(struct fixture *fixture, const struct step *step, int n)
{
    struct delivery delivery;
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    delivery_of_step(&delivery, step);
    ingest_close(ingest);
    ingest = ingest_open();
    fixture->call.in_transaction = true; /* no second try: the failure must show */
    check_int(store_begin(fixture->call.db.store, &fixture->call.db.fault), STATUS_OK);
    fixture_fail_at(fixture, n);
    enum status status = ingest_commit(ingest, &fixture->call, items, 1);
    fixture_fail_at(fixture, 0);
    store_rollback(fixture->call.db.store);
    fixture->call.in_transaction = false;
    check_int(item.verdict, status ? INGEST_PENDING : INGEST_DONE);
    return status;
}

static void
parts_leave_nothing_half_done(struct fixture *fixture)
{
    static const struct step first = { A1, -1, 1, 0, 0 }, last = { A2, 2, 2, 0, 0 };
    enum status status = STATUS_BUSY;
    int n = 0;

    begin(fixture);
    commit_step(fixture, &first);
    while (status && n < 50) {
        status = try_step(fixture, &last, ++n);
        check_int(stored_size(fixture), 0);
        check_int(fixture_count(fixture, "SELECT count(*) FROM config_part"), 1);
    }
    check_int(status, STATUS_OK);
    check(n > 5); /* two reads, the part, the mark, the report */
    commit_step(fixture, &last);
    check_int(stored_size(fixture), A1 + A2);
    ingest_close(ingest);
}

TEST(config_parts_leave_nothing_half_done)
{
    with_each_store(parts_leave_nothing_half_done);
}
