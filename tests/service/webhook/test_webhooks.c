#include "service/webhook/webhooks.h"

#include <string.h>

#include "support/check.h"
#include "support/verbs.h"

static const char *const all_events[] = {
    "license.expiring", "license.expired", "license.renewed",
    "pool.low",         "code.redeemed",   "sensor.refused_first",
};

static struct webhook
make(struct fixture *fixture, int64_t organization_id)
{
    struct webhook made = { .url = "" };

    check_int(webhook_create(
                  &fixture->call, organization_id,
                  &(struct webhook_request){ "https://example.com/events", all_events, 6, false },
                  &made),
              STATUS_OK);
    return made;
}

static void
lives(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Cold chain"),
            other = make_organization(fixture, "Other");
    struct webhook made = make(fixture, id), *all, again;
    struct webhook_receiver receiver;
    char text[WEBHOOK_SECRET_TEXT_SIZE];
    size_t count;

    check(!strncmp(made.secret, "whsec_", 6));
    again = make(fixture, id);
    check(strcmp(made.secret, again.secret) != 0);
    check_int(webhook_list(&fixture->call, id, &all, &count), STATUS_OK);
    check_int(count, 2);
    check_text(all[0].url, "https://example.com/events");
    check_text(all[0].secret, "");
    check(all[0].events[EVENT_POOL_LOW] && all[0].events[EVENT_LICENSE_EXPIRING]);
    check_int(webhook_list(&fixture->call, other, &all, &count), STATUS_OK);
    check_int(count, 0);
    check_int(webhook_receiver_get(&fixture->call, id, made.id, &receiver), STATUS_OK);
    webhook_secret_format(text, receiver.secret);
    check_text(text, made.secret);

    check_failed(fixture, webhook_delete(&fixture->call, other, made.id), STATUS_NOT_FOUND, "", "");
    check_int(webhook_delete(&fixture->call, id, made.id), STATUS_OK);
    check_failed(fixture, webhook_delete(&fixture->call, id, made.id), STATUS_NOT_FOUND, "", "");
    check_failed(fixture, webhook_receiver_get(&fixture->call, id, made.id, &receiver),
                 STATUS_NOT_FOUND, "", "");
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'webhook.create'"),
        2);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'webhook.delete'"),
        1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM expiry_watch"), 1);
    check_int(webhook_delete(&fixture->call, id, again.id), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM expiry_watch"), 0);
    check_ledger(fixture);
}

TEST(a_webhook_is_created_listed_and_deleted)
{
    with_each_store(lives);
}

static void
refuses(struct fixture *fixture)
{
    static const struct {
        const char *row, *url, *events[2];
        bool private_is_allowed;
        const char *code, *field;
    } rows[] = {
        { "no scheme", "example.com", { "pool.low" }, false, "url_malformed", "url" },
        { "a user", "https://a@example.com", { "pool.low" }, false, "url_malformed", "url" },
        { "this machine",
          "http://127.0.0.1:8080/",
          { "pool.low" },
          false,
          "url_not_allowed",
          "url" },
        { "this machine, as IPv6",
          "http://[::ffff:127.0.0.1]/",
          { "pool.low" },
          false,
          "url_not_allowed",
          "url" },
        { "where a cloud keeps secrets",
          "http://169.254.169.254/",
          { "pool.low" },
          false,
          "url_not_allowed",
          "url" },
        { "no event", "https://example.com", { NULL }, false, "event_missing", "events" },
        { "an unknown event",
          "https://example.com",
          { "pool.high" },
          false,
          "event_unknown",
          "events" },
        { "an event twice",
          "https://example.com",
          { "pool.low", "pool.low" },
          false,
          "event_repeated",
          "events" },
        { "this machine, where allowed",
          "http://127.0.0.1:8080/",
          { "pool.low" },
          true,
          NULL,
          NULL },
    };
    int64_t id = make_organization(fixture, "Cold chain");
    struct webhook made;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct webhook_request request = {
            rows[i].url,
            rows[i].events,
            rows[i].events[1] ? 2 : rows[i].events[0] != NULL,
            rows[i].private_is_allowed,
        };
        enum status status = webhook_create(&fixture->call, id, &request, &made);
        check_row(rows[i].row);
        if (rows[i].code)
            check_failed(fixture, status, STATUS_INVALID, rows[i].code, rows[i].field);
        else
            check_int(status, STATUS_OK);
    }
    check_row(NULL);
    for (int i = 1; i < WEBHOOKS_MOST; i++)
        make(fixture, id);
    check_failed(
        fixture,
        webhook_create(&fixture->call, id,
                       &(struct webhook_request){ "https://example.com", all_events, 1, false },
                       &made),
        STATUS_CONFLICT, "too_many_webhooks", "");
}

static void
pages(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    int64_t id = make_organization(fixture, "Cold chain");
    struct webhook_page page;
    struct webhook *all;
    size_t count, at = 0;
    const char *cursor = NULL;

    for (int i = 0; i < 5; i++)
        make(fixture, id);
    check_int(webhook_list(call, id, &all, &count), STATUS_OK);
    do {
        struct page_request asked = { .cursor = cursor, .limit = 2 };
        check_int(webhook_list_page(call, id, asked, &page), STATUS_OK);
        for (size_t i = 0; i < page.count; i++)
            check_int(page.items[i].id, all[at++].id);
        if (!cursor) /* the row of the cursor is deleted */
            check_int(webhook_delete(call, id, page.items[1].id), STATUS_OK);
        cursor = page.next;
    } while (cursor);
    check_int(at, 5);
    check_failed(fixture,
                 webhook_list_page(
                     call, id, (struct page_request){ .cursor = "nonsense", .limit = 2 }, &page),
                 STATUS_MALFORMED, "", "cursor");
}

TEST(webhooks_are_listed_page_by_page)
{
    with_each_store(pages);
}

TEST(webhooks_refuse_forbidden_targets)
{
    with_each_store(refuses);
}

static void
delivers(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Cold chain");
    struct webhook made = make(fixture, id);
    struct webhook_delivery first = { 0 }, again = { 0 };
    struct webhook_delivery_page page = { 0 };

    check_int(webhook_test(&fixture->call, id, made.id, &first), STATUS_OK);
    check_text(first.event, "webhook.test");
    check_text(first.delivery.state, "waiting");
    check(!strncmp(first.message_id, "msg_", 4));
    check_failed(fixture, webhook_redeliver(&fixture->call, id, made.id, first.id, &again),
                 STATUS_CONFLICT, "delivery_waiting", "");
    fixture_script(fixture, "UPDATE outbox SET state = 'sent', sent_at = 5, attempts = 1");
    fixture->call.now += HOUR;
    check_int(webhook_redeliver(&fixture->call, id, made.id, first.id, &again), STATUS_OK);
    check_text(again.delivery.state, "waiting");
    check_text(again.message_id, first.message_id);
    check_int(again.next_try_at, fixture->call.now);
    check_failed(fixture, webhook_redeliver(&fixture->call, id, made.id + 1, first.id, &again),
                 STATUS_NOT_FOUND, "", "");
    check_failed(fixture, webhook_redeliver(&fixture->call, id, made.id, first.id + 1, &again),
                 STATUS_NOT_FOUND, "", "");
    check_failed(fixture, webhook_test(&fixture->call, id, made.id + 1, &again), STATUS_NOT_FOUND,
                 "", "");

    for (int i = 0; i < 4; i++)
        check_int(webhook_test(&fixture->call, id, made.id, &again), STATUS_OK);
    size_t seen = 0;
    struct page_request request = { .limit = 2 };
    do {
        check_int(webhook_deliveries(&fixture->call, id, made.id, request, &page), STATUS_OK);
        seen += page.count;
        request.cursor = page.next;
    } while (page.next && seen < 9);
    check_int(seen, 5);
    check_int(page.items[page.count - 1].id, first.id);
    request.cursor = "x";
    check_failed(fixture, webhook_deliveries(&fixture->call, id, made.id, request, &page),
                 STATUS_MALFORMED, "", "cursor");
}

TEST(a_webhook_lists_its_deliveries_and_repeats_one)
{
    with_each_store(delivers);
}

static int64_t tortured;

static enum status
create_one(struct fixture *fixture, void *with)
{
    struct webhook made;

    (void)with;
    return webhook_create(
        &fixture->call, tortured,
        &(struct webhook_request){ "https://example.com/events", all_events, 6, false }, &made);
}

static void
fresh(struct fixture *fixture, void *with)
{
    (void)with;
    tortured = make_organization(fixture, "Cold chain");
}

static void
survives(struct fixture *fixture)
{
    check_torture(fixture, &(struct torture){ .prepare = fresh,
                                              .verb = create_one,
                                              .rows = "SELECT count(*) FROM webhook_event",
                                              .delta = 6 });
}

TEST(creating_a_webhook_is_atomic)
{
    with_each_store(survives);
}
