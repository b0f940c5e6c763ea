/* compare.c - an organization in the store against the one in the model. */
#include <stdio.h>
#include <string.h>

#include "run.h"
#include "service/code/codes.h"
#include "service/manager/manager.h"
#include "service/sensor/sensors.h"
#include "statements.h"

static void
compare_license(struct run *run, const struct model_sensor *sensor, struct model_license *want,
                const struct licenses_of_sensor_out *got)
{
    char what[80];

    if (want->id == 0)
        want->id = got->id; /* it is new; from now on it is this one */
    snprintf(what, sizeof what, "%s: a license's id", sensor->serial);
    run_same(run, what, got->id, want->id);
    snprintf(what, sizeof what, "%s: starts_at", sensor->serial);
    run_same(run, what, got->starts_at, want->starts_at);
    snprintf(what, sizeof what, "%s: expires_at of the license from %lld", sensor->serial,
             (long long)want->starts_at);
    run_same(run, what, got->expires_at, want->expires_at);
    snprintf(what, sizeof what, "%s: the key of the license from %lld", sensor->serial,
             (long long)want->starts_at);
    run_same_text(run, what, got->key, run->world.codes[want->code].text);
    run_same(run, "revoked", got->revoked_at != 0, want->revoked);
}

static void
compare_sensor(struct run *run, struct model_organization *own, struct model_sensor *sensor)
{
    struct call *call = &run->fixture->call;
    struct licenses_of_sensor_out *rows;
    struct sensor facts = { .id = sensor->id };
    char what[64];
    size_t count = 0;
    enum status status = STATUS_OK;

    if (sensor->id == 0)
        status = sensor_get(call, own->id, sensor->serial, &facts);
    sensor->id = facts.id;
    if (!status)
        status = licenses_of_sensor(
            &call->db, &(struct licenses_of_sensor_in){ own->id, sensor->id, INT64_MIN }, &rows,
            &count);
    run_same(run, "reading the licenses of a sensor", status, STATUS_OK);
    snprintf(what, sizeof what, "%s: the number of licenses", sensor->serial);
    run_same(run, what, (int64_t)count, (int64_t)sensor->license_count);
    for (size_t i = 0; i < count && !run->differs; i++)
        compare_license(run, sensor, &sensor->licenses[i], &rows[i]);
}

/* The license that runs, else the last one that has ended. */
static const struct model_license *
current(const struct model_sensor *sensor, utc_seconds now)
{
    const struct model_license *license = NULL;

    for (size_t i = 0; i < sensor->license_count; i++)
        if (sensor->licenses[i].starts_at <= now)
            license = &sensor->licenses[i];
    return license;
}

static void
compare_row(struct run *run, const struct manager_row *row, const struct model_sensor *sensor)
{
    const struct model_license *license = current(sensor, run->acted);
    utc_seconds until = world_covered_until(sensor, run->acted);

    run_same(run, row->serial, row->auto_renewal, sensor->auto_renewal);
    run_same_text(run, "its name", row->name, sensor->name);
    run_same(run, "covered until", row->covered_until, until);
    run_same(run, "its state", row->state,
             until     ? SENSOR_ACTIVE
             : license ? SENSOR_EXPIRED
                       : SENSOR_UNLICENSED);
    run_same(run, "how many wait", (int64_t)row->queue_count,
             (int64_t)world_waiting(sensor, run->acted));
    run_same(run, "refused", row->refused.count, sensor->refused_count);
    run_same(run, "refused first", row->refused.first_at, sensor->refused_first_at);
    run_same(run, "refused last", row->refused.last_at, sensor->refused_last_at);
    run_same(run, "has a license", row->has_license, license != NULL);
    if (!license || run->differs)
        return;
    run_same(run, "activated at", row->activated_at, license->starts_at);
    run_same(run, "expires at", row->expires_at, license->expires_at);
    run_same(run, "the license", row->license_id, license->id);
    run_same_text(run, "the key", row->key, run->world.codes[license->code].text);
    run_same(run, "the key's quantity", row->key_quantity,
             run->world.codes[license->code].quantity);
    run_same(run, "the key's assigned", row->key_assigned,
             world_key_assigned(&run->world, license->code));
}

/* "next": what comes when coverage ends. */
static void
compare_next(struct run *run, int organization, const struct manager_page *page)
{
    const struct model_organization *own = &run->world.organizations[organization];
    bool renewed[MOST_SENSORS];
    utc_seconds latest = 0;

    for (size_t i = 0; i < own->sensor_count; i++)
        if (world_ends_at(&own->sensors[i]) > latest)
            latest = world_ends_at(&own->sensors[i]);
    world_renewed_next(&run->world, organization, latest, renewed);
    for (size_t i = 0; i < page->count && !run->differs; i++) {
        const struct manager_row *row = &page->rows[i];
        const struct model_sensor *sensor = world_sensor(&run->world, organization, row->serial);
        const char *want = !world_covered_until(sensor, run->acted) ? ""
                           : world_waiting(sensor, run->acted) > 0  ? "queue"
                           : renewed[sensor - own->sensors]         ? "pool"
                                                                    : "stops";
        run_same_text(run, row->serial, row->next ? row->next : "", want);
    }
}

static void
compare_counts(struct run *run, const struct model_organization *own,
               const struct manager_page *page)
{
    int64_t active = 0, expiring = 0, expired = 0, unlicensed = 0, not_saving = 0, stopping = 0;

    for (size_t i = 0; i < own->sensor_count; i++) {
        const struct model_sensor *sensor = &own->sensors[i];
        utc_seconds until = world_covered_until(sensor, run->acted);
        if (sensor->removed)
            continue;
        active += until != 0;
        expiring += until && days_left(until, run->acted, own->zone) <= EXPIRING_DAYS;
        not_saving += !until && sensor->refused_last_at >= run->acted - UTC_DAY;
        expired += !until && current(sensor, run->acted);
        unlicensed += !until && !current(sensor, run->acted);
    }
    for (size_t i = 0; i < page->count; i++) /* compare_next() checks what comes next */
        stopping += page->rows[i].next && strcmp(page->rows[i].next, "stops") == 0
                    && page->rows[i].days_left <= EXPIRING_DAYS;
    run_same(run, "stopping sensors", page->stopping, stopping);
    run_same(run, "sensors that do not save", page->not_saving, not_saving);
    run_same(run, "active sensors", page->active, active);
    run_same(run, "expiring sensors", page->expiring, expiring);
    run_same(run, "expired sensors", page->expired, expired);
    run_same(run, "unlicensed sensors", page->unlicensed, unlicensed);
}

static void
compare_manager(struct run *run, int organization)
{
    struct manager_query query = { .page = { .limit = 1000 }, .sort = MANAGER_BY_SERIAL };
    struct manager_page page = { .count = 0 };
    size_t in_use = 0;
    const struct model_organization *own = &run->world.organizations[organization];

    run_same(run, "manager_list()", manager_list(&run->fixture->call, own->id, &query, &page),
             STATUS_OK);
    run_same(run, "licenses_left", page.licenses_left,
             world_licenses_left(&run->world, organization));
    for (size_t i = 0; i < own->sensor_count; i++)
        in_use += !own->sensors[i].removed;
    run_same(run, "the number of sensors", (int64_t)page.count, (int64_t)in_use);
    compare_counts(run, own, &page);
    for (size_t i = 0; i < page.count && !run->differs; i++) {
        const struct model_sensor *sensor =
            world_sensor(&run->world, organization, page.rows[i].serial);
        if (!sensor)
            run_differ(run, "%s is there", page.rows[i].serial);
        else
            compare_row(run, &page.rows[i], sensor);
    }
    if (!run->differs && run->taken % 4 == 0)
        compare_next(run, organization, &page);
}

static void
compare_keys(struct run *run, int organization)
{
    struct key_page page = { .count = 0 };
    size_t redeemed = 0;

    run_same(run, "key_list()",
             key_list(&run->fixture->call, run->world.organizations[organization].id,
                      (struct page_request){ .limit = 1000 }, &page),
             STATUS_OK);
    for (size_t i = 0; i < run->world.code_count; i++) {
        const struct model_code *code = &run->world.codes[i];
        if (code->redeemed_by != organization)
            continue;
        redeemed++;
        for (size_t k = 0; k < page.count; k++) {
            if (strcmp(page.items[k].key, code->text) != 0)
                continue;
            run_same(run, "a key's left", page.items[k].left, world_key_left(&run->world, (int)i));
            run_same(run, "a key's assigned", page.items[k].assigned,
                     world_key_assigned(&run->world, (int)i));
        }
    }
    run_same(run, "the number of keys", (int64_t)page.count, (int64_t)redeemed);
}

void
compare_organization(struct run *run, int organization)
{
    struct model_organization *own = &run->world.organizations[organization];

    for (size_t i = 0; i < own->sensor_count && !run->differs; i++)
        compare_sensor(run, own, &own->sensors[i]);
    if (!run->differs)
        compare_manager(run, organization);
    if (!run->differs)
        compare_keys(run, organization);
}
