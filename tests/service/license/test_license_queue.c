#include "service/license/license_queue.h"

#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD";

struct queue {
    int64_t organization_id;
    int64_t ids[3]; /* of P1M, P1Y and P1W */
};

static struct queue
begin(struct fixture *fixture)
{
    struct queue queue = { .organization_id =
                               make_organization_in(fixture, "Mine", "Europe/Warsaw") };
    static const char *const terms[] = { "P1M", "P1Y", "P1W" };

    make_key(fixture, queue.organization_id, 1, "P10D");
    add_sensor(fixture, queue.organization_id, fridge, "");
    for (int i = 0; i < 3; i++) {
        struct license license = { .id = 0 };
        make_key(fixture, queue.organization_id, 1, terms[i]);
        check_int(license_assign(&fixture->call, queue.organization_id, fridge, NULL, &license),
                  STATUS_OK);
        queue.ids[i] = license.id;
    }
    return queue;
}

static void
reorders(struct fixture *fixture)
{
    struct queue queue = begin(fixture);
    int64_t mine = queue.organization_id, ids[] = { queue.ids[2], queue.ids[0], queue.ids[1] };
    struct license_list all, list = { .count = 0 };

    check_int(license_queue_reorder(&fixture->call, mine,
                                    &(struct license_order){ "28:2C:02:40:2F:AD", ids, 3 }, &list),
              STATUS_OK);
    check_int(list.count, 3);
    check_int(license_history(&fixture->call, mine, fridge, &all), STATUS_OK);
    check_int(all.count, 4);
    for (size_t i = 0; i < 3; i++) {
        check_int(list.items[i].id, ids[i]);
        check_text(list.items[i].serial, fridge);
        check_int(list.items[i].state, LICENSE_QUEUED);
        check_int(all.items[i + 1].id, ids[i]);
        check_int(all.items[i + 1].starts_at, list.items[i].starts_at);
        check_int(all.items[i].expires_at, list.items[i].starts_at);
        check_int(all.items[i + 1].expires_at, list.items[i].expires_at);
    }
    check_text(list.items[0].term, "P1W");
    check_int(list.items[0].expires_at, list.items[0].starts_at + 7 * UTC_DAY);
    check_int(fixture_count(fixture, "SELECT coverage_ends_at FROM sensor"),
              list.items[2].expires_at);
    check_int(fixture_count(fixture, "SELECT max(version) FROM sensor"),
              fixture_count(fixture, "SELECT max(version) FROM organization"));
    check_int(license_queue_reorder(&fixture->call, mine, &(struct license_order){ fridge, ids, 3 },
                                    &list),
              STATUS_OK); /* as it is */
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'queue.reorder'"),
        1);
    check_ledger(fixture);
}

TEST(queue_reorder_computes_new_intervals)
{
    with_each_store(reorders);
}

static void
refuses(struct fixture *fixture)
{
    struct queue queue = begin(fixture);
    int64_t mine = queue.organization_id;
    struct license_list all, list;

    check_int(license_history(&fixture->call, mine, fridge, &all), STATUS_OK);
    const struct {
        const char *what;
        int64_t ids[4];
        size_t count;
    } rows[] = {
        { "none", { 0 }, 0 },
        { "one is missing", { queue.ids[0], queue.ids[1] }, 2 },
        { "one stands twice", { queue.ids[0], queue.ids[1], queue.ids[1] }, 3 },
        { "the one that runs", { queue.ids[0], queue.ids[1], all.items[0].id }, 3 },
        { "one too many", { queue.ids[0], queue.ids[1], queue.ids[2], 7 }, 4 },
        { "an unknown one", { queue.ids[0], queue.ids[1], 7 }, 3 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].what);
        check_failed(fixture,
                     license_queue_reorder(
                         &fixture->call, mine,
                         &(struct license_order){ fridge, rows[i].ids, rows[i].count }, &list),
                     STATUS_INVALID, "queue_mismatch", "licenses");
    }
    check_row(NULL);
    check_failed(fixture,
                 license_queue_reorder(&fixture->call, mine,
                                       &(struct license_order){ "282C02402FAE", queue.ids, 3 },
                                       &list),
                 STATUS_NOT_FOUND, "", "serial");
    fixture->call.now = all.items[1].starts_at; /* the first one's turn has come */
    check_failed(fixture,
                 license_queue_reorder(&fixture->call, mine,
                                       &(struct license_order){ fridge, queue.ids, 3 }, &list),
                 STATUS_INVALID, "queue_mismatch", "licenses");
    check_int(license_queue_reorder(&fixture->call, mine,
                                    &(struct license_order){ fridge, queue.ids + 1, 2 }, &list),
              STATUS_OK);
    check_int(list.count, 2);
    check_ledger(fixture);
}

TEST(queue_reorder_needs_exactly_the_waiting_licenses)
{
    with_each_store(refuses);
}

static enum status
reverse(struct fixture *fixture, void *with)
{
    struct queue *queue = with;
    struct license_list list, all;
    int64_t ids[3];
    enum status status = license_history(&fixture->call, queue->organization_id, fridge, &all);

    for (size_t i = 0; i < 3 && !status; i++)
        ids[i] = all.items[3 - i].id;
    return status ? status
                  : license_queue_reorder(&fixture->call, queue->organization_id,
                                          &(struct license_order){ fridge, ids, 3 }, &list);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct queue queue = begin(fixture);

    check_torture(fixture, &(struct torture){
                               .verb = reverse,
                               .with = &queue,
                               .rows = "SELECT count(*) FROM audit_entry WHERE NOT EXISTS"
                                       " (SELECT 1 FROM license WHERE starts_at < 0)",
                               .delta = 1,
                           });
}

TEST(queue_reorder_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
