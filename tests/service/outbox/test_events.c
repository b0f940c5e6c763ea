#include "service/outbox/events.h"

#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/ledger/expiry_watch.h"
#include "service/ledger/ledger_jobs.h"
#include "service/measurement/journal_index.h"
#include "service/outbox/outbox.h"
#include "service/sensor/sensors.h"
#include "service/webhook/webhooks.h"
#include "statements.h"
#include "support/check.h"
#include "support/verbs.h"

#define FRIDGE "282C02410001"
#define ROOM   "282C02410002"
#define DAY    UTC_DAY

static int64_t
subscribe(struct fixture *fixture, int64_t organization_id, const char *event)
{
    struct webhook made = { .url = "" };

    check_int(webhook_create(&fixture->call, organization_id,
                             &(struct webhook_request){ "https://example.com/", &event, 1, false },
                             &made),
              STATUS_OK);
    return made.id;
}

static int64_t
emitted(struct fixture *fixture, const char *event)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM outbox WHERE kind = 'webhook' AND purpose = '%s'", event);
    return fixture_count(fixture, sql);
}

/* The content of the only message of the webhook. */
static const char *
body_for(struct fixture *fixture, int64_t organization_id, int64_t webhook_id)
{
    struct call *call = &fixture->call;
    struct webhook_delivery_page page = { 0 };
    struct outbox_get_out row;
    struct outbox_content content = { .body = "" };
    bool found = false;

    check_int(webhook_deliveries(call, organization_id, webhook_id,
                                 (struct page_request){ .limit = 9 }, &page),
              STATUS_OK);
    check_int(page.count, 1);
    if (page.count != 1)
        return "";
    check_int(outbox_get(&call->db, &(struct outbox_get_in){ organization_id, page.items[0].id },
                         &row, &found),
              STATUS_OK);
    check_int(outbox_content_open(call, row.content.at, row.content.size, &content), STATUS_OK);
    return content.body;
}

static void
redeems(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Cold chain"),
            other = make_organization(fixture, "Other");
    int64_t webhook = subscribe(fixture, id, "code.redeemed");
    char want[400];
    const char *key = make_key(fixture, id, 5, "P1Y");

    make_key(fixture, other, 5, "P1Y");
    check_int(emitted(fixture, "code.redeemed"), 1);
    snprintf(want, sizeof want,
             "{\"type\":\"code.redeemed\",\"timestamp\":\"2026-11-24T12:00:00Z\",\"data\":{\"key\":"
             "\"%s\","
             "\"quantity\":5,\"term\":\"P1Y\",\"redeemed_at\":\"2026-11-24T12:00:00Z\",\"licenses_"
             "left\":5}}",
             key);
    check_text(body_for(fixture, id, webhook), want);

    subscribe(fixture, id, "code.redeemed");
    make_key(fixture, id, 1, "P1Y");
    check_int(emitted(fixture, "code.redeemed"), 3);
    check_int(webhook_set_aside(&fixture->call, id, webhook), STATUS_OK);
    make_key(fixture, id, 1, "P1Y");
    check_int(emitted(fixture, "code.redeemed"), 4);
}

TEST(an_event_goes_to_each_subscribed_webhook)
{
    with_each_store(redeems);
}

static enum status
tick_body(struct call *call, void *with)
{
    bool *more = with;
    enum status status = renewal_job_run(call, more);

    return status || *more ? status : expiry_job_run(call, more);
}

static void
tick(struct fixture *fixture)
{
    bool more = true;

    while (more && check_failures() == 0)
        check_int(transact(&fixture->call, tick_body, &more), STATUS_OK);
}

static void
renews(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Cold chain");
    int64_t webhook = subscribe(fixture, id, "license.renewed");

    make_key(fixture, id, 2, "P1D");
    add_sensor(fixture, id, FRIDGE, "Fridge");
    fixture->call.now += 2 * DAY;
    tick(fixture);
    check_int(emitted(fixture, "license.renewed"), 1);
    const char *body = body_for(fixture, id, webhook);
    check(strstr(body, "\"data\":{\"serial\":\"" FRIDGE "\",\"license_id\":\"") != NULL);
    check(strstr(body,
                 "\"starts_at\":\"2026-11-26T00:00:00Z\",\"expires_at\":\"2026-11-27T00:00:00Z\"}}")
          != NULL);
    fixture->call.now += 2 * DAY;
    tick(fixture);
    check_int(emitted(fixture, "license.renewed"), 1);
}

TEST(a_renewal_emits_one_event)
{
    with_each_store(renews);
}

/* Two sensors for a day; the pool is empty afterwards. */
static int64_t
two_for_a_day(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Cold chain");

    make_key(fixture, id, 2, "P1D");
    add_sensor(fixture, id, FRIDGE, "Fridge");
    add_sensor(fixture, id, ROOM, "Room");
    return id;
}

static void
expires(struct fixture *fixture)
{
    int64_t id = two_for_a_day(fixture), webhook;
    utc_seconds at = 0, end = NOON + DAY + 12 * HOUR;

    check_int(expiry_job_next_at(&fixture->call, &at), STATUS_OK);
    check_int(at, UTC_NEVER);
    webhook = subscribe(fixture, id, "license.expired");
    check_int(expiry_job_next_at(&fixture->call, &at), STATUS_OK);
    check_int(at, end + 1);
    fixture->call.now = end;
    tick(fixture);
    check_int(emitted(fixture, "license.expired"), 0); /* a license may begin in this second */
    fixture->call.now = end + 1;
    remove_sensor(fixture, id, ROOM); /* after its end: the verb emits the event first */
    check_int(emitted(fixture, "license.expired"), 2);
    tick(fixture);
    check_int(emitted(fixture, "license.expired"), 2);
    check_int(webhook_delete(&fixture->call, id, webhook), STATUS_OK);
    webhook = subscribe(fixture, id, "license.expired");
    fixture->call.now += 400 * DAY; /* an outage */
    tick(fixture);
    check_int(emitted(fixture, "license.expired"), 2);
}

TEST(each_end_of_a_license_emits_one_event)
{
    with_each_store(expires);
}

static void
no_end(struct fixture *fixture)
{
    int64_t id = two_for_a_day(fixture);

    subscribe(fixture, id, "license.expired");
    remove_sensor(fixture, id, ROOM);
    fixture->call.now += 12 * HOUR;
    make_key(fixture, id, 1, "P1D"); /* renews the fridge */
    fixture->call.now = NOON + DAY + 12 * HOUR + 5;
    tick(fixture);
    check_int(emitted(fixture, "license.expired"), 0);
    fixture->call.now += DAY;
    tick(fixture);
    check_int(emitted(fixture, "license.expired"), 1);
    make_key(fixture, id, 1, "P1D"); /* revived; it ends again */
    fixture->call.now += 3 * DAY;
    tick(fixture);
    check_int(emitted(fixture, "license.expired"), 2);
}

TEST(renewed_and_removed_sensors_emit_no_expiry_event)
{
    with_each_store(no_end);
}

static void
send_twice(struct fixture *fixture, struct ingest *ingest, const char *serial)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 215 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item, &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(ingest, &fixture->call, items, 2), STATUS_OK);
}

static void
refuses(struct fixture *fixture)
{
    struct ingest *ingest = ingest_open();
    int64_t id = two_for_a_day(fixture), webhook;

    fixture->call.journal_index = journal_index_open();
    fixture->call.now += 3 * DAY;
    send_twice(fixture, ingest, ROOM); /* no webhook subscribes yet */
    webhook = subscribe(fixture, id, "sensor.refused_first");
    send_twice(fixture, ingest, ROOM);
    check_int(emitted(fixture, "sensor.refused_first"), 0);
    for (int n = 0; n < 4; n++) {
        send_twice(fixture, ingest, FRIDGE);
        check_int(emitted(fixture, "sensor.refused_first"), 1);
    }
    check(strstr(body_for(fixture, id, webhook),
                 "\"data\":{\"serial\":\"" FRIDGE
                 "\",\"name\":\"Fridge\",\"refused_at\":\"2026-11-27T12:00:00Z\","
                 "\"expired_at\":\"2026-11-26T00:00:00Z\"}}")
          != NULL);
    make_key(fixture, id, 2, "P1D"); /* both are covered again, for a day */
    send_twice(fixture, ingest, FRIDGE);
    check_int(emitted(fixture, "sensor.refused_first"), 1);
    fixture->call.now += 3 * DAY;
    send_twice(fixture, ingest, FRIDGE);
    send_twice(fixture, ingest, ROOM);
    send_twice(fixture, ingest, ROOM);
    check_int(emitted(fixture, "sensor.refused_first"), 3);
    check_int(webhook_delete(&fixture->call, id, webhook), STATUS_OK);
    journal_index_close(fixture->call.journal_index);
    fixture->call.journal_index = NULL;
    ingest_close(ingest);
}

TEST(the_first_refusal_of_a_gap_emits_one_event)
{
    with_each_store(refuses);
}

/* Each sensor sends two messages in one batch, whose first try fails at another store call. */
static void
refuses_on_a_busy_store(struct fixture *fixture)
{
    enum { SENSORS = 40 };
    struct ingest *ingest = ingest_open();
    int64_t id = make_organization(fixture, "Cold chain");
    char serials[SENSORS][SERIAL_TEXT_SIZE];
    int calls = 1;

    fixture->call.journal_index = journal_index_open();
    subscribe(fixture, id, "sensor.refused_first");
    make_key(fixture, id, SENSORS, "P1D");
    for (unsigned i = 0; i < SENSORS; i++) {
        snprintf(serials[i], sizeof serials[i], "282C024300%02X", i);
        add_sensor(fixture, id, serials[i], "Fridge");
    }
    fixture->call.now += 3 * DAY;
    for (int n = 1; n <= calls && check_failures() == 0; n++) {
        check(n <= SENSORS);
        fixture_fail_at(fixture, n);
        send_twice(fixture, ingest, serials[n % SENSORS]);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        check_int(emitted(fixture, "sensor.refused_first"), n);
    }
    journal_index_close(fixture->call.journal_index);
    fixture->call.journal_index = NULL;
    ingest_close(ingest);
}

TEST(the_first_refusal_emits_one_event_whichever_store_call_fails)
{
    with_each_store(refuses_on_a_busy_store);
}

static enum status
tick_once(struct fixture *fixture, void *with)
{
    bool more;

    (void)with;
    return transact(&fixture->call, tick_body, &more);
}

static void
prepare_end(struct fixture *fixture, void *with)
{
    int64_t id = make_organization(fixture, "Cold chain");

    (void)with;
    make_key(fixture, id, 1, "P1D");
    static int made;
    char serial[16];
    snprintf(serial, sizeof serial, "282C024200%02X", made++ & 0xFF);
    add_sensor(fixture, id, serial, "Fridge");
    subscribe(fixture, id, "license.expired");
    fixture->call.now += 3 * DAY;
}

static void
survives(struct fixture *fixture)
{
    check_torture(
        fixture,
        &(struct torture){ .prepare = prepare_end,
                           .verb = tick_once,
                           .rows = "SELECT count(*) FROM outbox WHERE purpose = 'license.expired'",
                           .delta = 1 });
}

TEST(an_event_is_queued_once_whichever_store_call_fails)
{
    with_each_store(survives);
}
