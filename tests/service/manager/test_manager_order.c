/* The pages of the License Manager against a plain sort, on random ledgers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/license/licensing.h"
#include "service/license/take_back.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/random.h"
#include "support/verbs.h"

enum { SENSORS = 40, STEPS = 160, LOOKS = 12 };

static const enum manager_sort sorts[] = {
    MANAGER_BY_EXPIRES_AT,
    MANAGER_BY_NAME,
    MANAGER_BY_SERIAL,
    MANAGER_BY_ACTIVATED_AT,
};

static enum manager_sort sorted_by; /* qsort() passes nothing along */

static int
compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int64_t
instant_of(const struct manager_row *row)
{
    if (!row->has_license)
        return UTC_NEVER;
    return sorted_by == MANAGER_BY_EXPIRES_AT ? row->expires_at : row->activated_at;
}

static int
by_sort(const void *a, const void *b)
{
    const struct manager_row *x = a, *y = b;
    int order = 0;

    if (sorted_by == MANAGER_BY_NAME)
        order = strcmp(x->name, y->name);
    else if (sorted_by != MANAGER_BY_SERIAL)
        order = compare(instant_of(x), instant_of(y));
    return order ? order : strcmp(x->serial, y->serial);
}

/* What the filters leave of all rows, in order. */
static size_t
sort_plainly(const struct manager_query *query, utc_seconds now, const struct manager_row *all,
             size_t count, struct manager_row *out)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        bool soon = (all[i].covered_until - 1) / UTC_DAY - now / UTC_DAY <= EXPIRING_DAYS;
        bool stops = soon && all[i].next && strcmp(all[i].next, "stops") == 0;
        bool refused = all[i].refused.last_at >= now - UTC_DAY;
        if ((query->state == MANAGER_ACTIVE && all[i].state != SENSOR_ACTIVE)
            || (query->state == MANAGER_EXPIRING && (all[i].state != SENSOR_ACTIVE || !soon))
            || (query->state == MANAGER_EXPIRED && all[i].state != SENSOR_EXPIRED)
            || (query->state == MANAGER_UNLICENSED && all[i].state != SENSOR_UNLICENSED)
            || (query->state == MANAGER_STOPPING && !stops)
            || (query->state == MANAGER_NOT_SAVING && (all[i].state == SENSOR_ACTIVE || !refused))
            || (query->q && !strstr(all[i].name, query->q))
            || (query->key && (!all[i].has_license || strcmp(all[i].key, query->key) != 0))
            || (query->expires_before
                && (!all[i].has_license || all[i].expires_at >= query->expires_before)))
            continue;
        out[left++] = all[i];
    }
    sorted_by = query->sort;
    qsort(out, left, sizeof *out, by_sort);
    return left;
}

static void
check_pages(struct fixture *fixture, int64_t organization, struct manager_query query,
            const struct manager_row *want, size_t count)
{
    struct manager_page page;
    size_t at = 0;

    do {
        check_int(manager_list(&fixture->call, organization, &query, &page), STATUS_OK);
        for (size_t i = 0; i < page.count && at < count; i++)
            check_text(page.rows[i].serial, want[at++].serial);
        query.page.cursor = page.next;
    } while (page.next && at < count);
    check_int(at, count);
    check(!page.next);
}

static void
check_counts(const struct manager_page *all, utc_seconds now, struct manager_row *room)
{
    const int64_t counts[MANAGER_STATE_COUNT] = {
        (int64_t)all->count, all->active,   all->expiring,   all->expired,
        all->unlicensed,     all->stopping, all->not_saving,
    };

    for (int state = 0; state < MANAGER_STATE_COUNT; state++) {
        struct manager_query query = { .state = (enum manager_state)state };
        check_int(counts[state], (int64_t)sort_plainly(&query, now, all->rows, all->count, room));
    }
}

static void
check_orders(struct fixture *fixture, struct random *random, int64_t organization,
             const char *const keys[2])
{
    struct manager_query query = { .page = { .limit = SENSORS }, .sort = MANAGER_BY_SERIAL };
    struct manager_row want[SENSORS];
    struct manager_page all;

    check_int(manager_list(&fixture->call, organization, &query, &all), STATUS_OK);
    check_counts(&all, fixture->call.now, want);
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        for (int state = 0; state < MANAGER_STATE_COUNT; state++) {
            size_t filter = random_below(random, 6);
            query = (struct manager_query){
                .page = { .limit = 1 + (int64_t)random_below(random, 9) },
                .sort = sorts[i],
                .state = (enum manager_state)state,
                .q = filter == 1 ? "a" : NULL,
                .key = filter == 2 ? keys[random_below(random, 2)] : NULL,
                .expires_before = filter == 3 ? fixture->call.now + UTC_DAY : 0,
            };
            size_t count = sort_plainly(&query, fixture->call.now, all.rows, all.count, want);
            check_pages(fixture, organization, query, want, count);
        }
    }
}

static void
take_some_back(struct fixture *fixture, struct random *random, int64_t organization,
               const char *serial)
{
    struct license_list licenses;

    if (license_history(&fixture->call, organization, serial, &licenses) || licenses.count == 0)
        return;
    (void)license_take_back(&fixture->call, organization,
                            licenses.items[random_below(random, licenses.count)].id);
}

/* One verb on one sensor; it may be refused. */
static void
refuse_some(struct fixture *fixture, const char *serial)
{
    char sql[400];

    snprintf(sql, sizeof sql,
             "INSERT INTO refusal (organization_id, sensor_id, reason, count, first_at, last_at)"
             " SELECT organization_id, id, 'expired', 1, %" PRId64 ", %" PRId64 " FROM sensor"
             " WHERE serial = '%s' AND NOT EXISTS (SELECT 1 FROM refusal WHERE sensor_id = id)",
             fixture->call.now, fixture->call.now, serial);
    fixture_script(fixture, sql);
}

static void
act(struct fixture *fixture, struct random *random, int64_t organization, const char *const keys[2])
{
    const char *key = keys[random_below(random, 2)];
    struct license license;
    struct manager_row row;
    struct sensor_changed sensor;
    char serial[16], name[2] = { (char)('a' + random_below(random, 4)), '\0' };
    struct sensor_request request = {
        .serial = serial,
        .name = name,
        .key = key,
        .has_auto_renewal = true,
        .auto_renewal = random_below(random, 2),
    };
    struct sensor_change change = { .has_auto_renewal = true,
                                    .auto_renewal = request.auto_renewal };

    snprintf(serial, sizeof serial, "0000000000%02zu", random_below(random, SENSORS));
    switch (random_below(random, 11)) {
    case 0:
        (void)sensor_remove(&fixture->call, organization, serial);
        break;
    case 1:
        (void)sensor_change(&fixture->call, organization, serial, &change, &sensor);
        break;
    case 2:
    case 3:
        take_some_back(fixture, random, organization, serial);
        break;
    case 4:
        fixture->call.now += (utc_seconds)random_below(random, 2 * UTC_DAY);
        break;
    case 10:
        refuse_some(fixture, serial);
        break;
    case 5:
    case 6:
        (void)license_assign(&fixture->call, organization, serial, key, &license);
        break;
    default:
        (void)sensor_add(&fixture->call, organization, &request, &row, NULL);
        break;
    }
    fixture->call.db.fault = (struct fault){ 0 };
}

/* What the orders part with care: a sensor for which a license waits, and one that has none. */
static void
arrange(struct fixture *fixture, int64_t organization, const char *key)
{
    struct sensor_request waits = { .serial = "0000000000FE", .name = "b", .key = key };
    struct sensor_request has_none = { .serial = "0000000000FD", .name = "c", .key = key };
    struct manager_row row;
    struct license license;
    char sql[128];

    check_int(sensor_add(&fixture->call, organization, &waits, &row, NULL), STATUS_OK);
    check_int(license_assign(&fixture->call, organization, waits.serial, key, &license), STATUS_OK);
    check_int(sensor_add(&fixture->call, organization, &has_none, &row, NULL), STATUS_OK);
    check_int(license_take_back(&fixture->call, organization, row.license_id), STATUS_OK);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM sensor WHERE last_starts_at > %" PRId64,
             fixture->call.now);
    check_int(fixture_count(fixture, sql), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE last_starts_at = 0"), 1);
}

static void
sorts_as_a_plain_sort(struct fixture *fixture)
{
    struct random random = random_seeded();
    int64_t organization = make_organization(fixture, "Mine");
    const char *keys[2];

    keys[0] = make_key(fixture, organization, 5000, "P1D");
    keys[1] = make_key(fixture, organization, 5000, "P1W");
    arrange(fixture, organization, keys[1]);
    check_orders(fixture, &random, organization, keys);
    for (int look = 0; look < LOOKS && check_failures() == 0; look++) {
        for (int step = 0; step < STEPS / LOOKS * (look == 0 ? 4 : 1); step++)
            act(fixture, &random, organization, keys);
        check_orders(fixture, &random, organization, keys);
        check_ledger(fixture);
    }
}

TEST(manager_list_sorts_like_a_plain_sort)
{
    with_each_store(sorts_as_a_plain_sort);
}
