/* steps.c - what a step's draws stand for; the program and the model do it. */
#include <inttypes.h>
#include <string.h>

#include "run.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger_jobs.h"
#include "service/license/license_queue.h"
#include "service/license/licensing.h"
#include "service/license/take_back.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "steps.h"

int
steps_organization(struct run *run, uint32_t draw)
{
    int organization = (int)run_number(draw, (int64_t)run->world.organization_count);

    run->touched[organization] = true;
    run_note(run, "organization %d: ", organization);
    return organization;
}

int64_t
steps_id(const struct run *run, int organization)
{
    return run->world.organizations[organization].id;
}

const char *
steps_serial(struct run *run, int organization, uint32_t draw)
{
    const struct model_organization *own = &run->world.organizations[organization];

    for (size_t i = 0; i < own->sensor_count && draw % 8 != 0; i++) {
        const struct model_sensor *sensor =
            &own->sensors[((size_t)run_number(draw / 8, (int64_t)own->sensor_count) + i)
                          % own->sensor_count];
        if (!sensor->removed)
            return run_serial_of(sensor->serial);
    }
    return run_serial(draw / 8);
}

int
steps_key(struct run *run, int organization, uint32_t draw)
{
    if (draw % 3 != 0 || run->world.code_count == 0)
        return -1;
    for (int i = 0; i < MOST_CODES; i++) {
        int code = (int)run_number(draw / 3 + (uint32_t)i, (int64_t)run->world.code_count);
        if (run->world.codes[code].redeemed_by == organization || draw % 30 == 0)
            return code;
    }
    return -1;
}

const char *
steps_key_text(const struct run *run, int code)
{
    return code < 0 ? NULL : run->world.codes[code].text;
}

static void
take_add(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    int code = steps_key(run, organization, draw[2]),
        auto_renewal = draw[3] % 4 == 0 ? (int)(draw[4] % 2) : -1;
    const char *serial = run_serial(draw[1]), *name = draw[5] % 2   ? NULL
                                                      : draw[6] % 2 ? "Fridge"
                                                                    : "Room";
    struct manager_row row;

    run_note(run, "add %s key %d auto %d", serial, code, auto_renewal);
    struct expected want =
        world_add(&run->world, organization, serial, name, code, auto_renewal, run->now);
    enum status got = sensor_add(&run->fixture->call, steps_id(run, organization),
                                 &(struct sensor_request){
                                     .serial = serial,
                                     .name = name,
                                     .key = steps_key_text(run, code),
                                     .has_auto_renewal = auto_renewal >= 0,
                                     .auto_renewal = auto_renewal == 1,
                                 },
                                 &row, NULL);
    if (!got && !want.status && !run->behind)
        run_same(run, "covered until", row.covered_until,
                 world_covered_until(world_sensor(&run->world, organization, serial), run->now));
    (void)run_answered(run, got, want);
}

static void
take_assign(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    const char *serial = steps_serial(run, organization, draw[1]);
    int code = steps_key(run, organization, draw[2]);
    struct license license;

    run_note(run, "assign %s key %d", serial, code);
    struct expected want = world_assign(&run->world, organization, serial, code, run->now);
    enum status got = license_assign(&run->fixture->call, steps_id(run, organization), serial,
                                     steps_key_text(run, code), &license);
    if (!got && !want.status && !run->behind)
        run_same(run, "the end of the license", license.expires_at,
                 world_covered_until(world_sensor(&run->world, organization, serial), run->now));
    (void)run_answered(run, got, want);
}

static void
take_switch(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    const char *serial = steps_serial(run, organization, draw[1]);
    bool on = draw[2] % 3 != 0;
    struct sensor_changed sensor;

    run_note(run, "auto renewal of %s %s", serial, on ? "on" : "off");
    struct expected want = world_switch(&run->world, organization, serial, on, run->now);
    enum status got = sensor_change(
        &run->fixture->call, steps_id(run, organization), serial,
        &(struct sensor_change){ .has_auto_renewal = true, .auto_renewal = on }, &sensor);
    (void)run_answered(run, got, want);
}

/* The order of the pool, or the time zone. */
static void
take_change(struct run *run, const uint32_t *draw)
{
    static const char *const zones[] = { "UTC", "Europe/Warsaw", "Pacific/Auckland",
                                         "America/Los_Angeles" };
    int organization = steps_organization(run, draw[0]);
    struct model_organization *own = &run->world.organizations[organization];
    struct organization_change change = { .name = NULL };
    struct organization now;
    struct fault fault;

    world_apply_due(&run->world, organization, run->now);
    if (draw[1] % 4 == 0) {
        change.time_zone = zones[draw[2] % 4];
        if (zone_get(&own->zone, change.time_zone, &fault))
            run_differ(run, "%s", fault.reason);
    } else {
        own->pool_order = (enum pool_order)(draw[2] % POOL_ORDER_COUNT);
        change.pool_order = pool_order_words[own->pool_order];
    }
    run_note(run, "change to %s", change.time_zone ? change.time_zone : change.pool_order);
    (void)run_answered(
        run, organization_change(&run->fixture->call, steps_id(run, organization), &change, &now),
        EXPECT_OK);
}

static enum status
tick_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

static void
take_tick(struct run *run, const uint32_t *draw)
{
    enum status got = STATUS_OK;
    bool more = true;

    (void)draw;
    run_note(run, "tick");
    run->dry = run->fixture->call.dry_run = false;
    for (int i = 0; i < MOST_ORGANIZATIONS; i++) {
        world_apply_due(&run->world, i, run->now);
        run->touched[i] = true;
    }
    for (int steps = 0; more && !got && steps < 10000; steps++) {
        run->fixture->call.now = run->clock;
        got = transact(&run->fixture->call, tick_body, &more);
    }
    (void)run_answered(run, got, EXPECT_OK);
}

static void
take_take_back(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    const struct model_organization *own = &run->world.organizations[organization];
    int64_t id = 12345;

    if (own->sensor_count > 0 && draw[3] % 16 != 0) {
        const struct model_sensor *sensor =
            &own->sensors[run_number(draw[1], (int64_t)own->sensor_count)];
        size_t count = sensor->license_count, last = count < 4 || draw[3] % 4 == 0 ? count : 4;
        if (count > 0) { /* the last ones are those that run and wait, mostly */
            const struct model_license *license =
                &sensor->licenses[count - 1 - (size_t)run_number(draw[2], (int64_t)last)];
            id = license->id;
            run_note(run, "take back from %s that of %" PRId64, sensor->serial, license->starts_at);
        }
    }
    if (id == 12345)
        run_note(run, "take back one that is not there");
    struct expected want = world_take_back(&run->world, organization, id, run->now);
    (void)run_answered(run, license_take_back(&run->fixture->call, steps_id(run, organization), id),
                       want);
}

static void
take_reorder(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    const char *serial = steps_serial(run, organization, draw[1]);
    struct model_sensor *sensor = world_sensor(&run->world, organization, serial);
    int64_t ids[MOST_LICENSES];
    size_t count = sensor ? world_waiting(sensor, run->now) : 0;
    struct license_list list;

    for (size_t i = 0; i < count; i++)
        ids[i] = sensor->licenses[sensor->license_count - count + i].id;
    for (size_t i = 0; i + 1 < count; i++) {
        size_t other = i + (size_t)run_number(draw[2] >> i % 24, (int64_t)(count - i));
        int64_t kept = ids[i];
        ids[i] = ids[other];
        ids[other] = kept;
    }
    if (count > 0 && draw[3] % 10 == 0)
        ids[0] = draw[4] % 2 ? ids[count - 1] : 12345;
    run_note(run, "reorder the %zu that wait for %s", count, serial);
    struct expected want = world_reorder(&run->world, organization, serial, ids, count, run->now);
    enum status got = license_queue_reorder(&run->fixture->call, steps_id(run, organization),
                                            &(struct license_order){ serial, ids, count }, &list);
    (void)run_answered(run, got, want);
}

static void
take_remove(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    const char *serial = steps_serial(run, organization, draw[1]);

    run_note(run, "remove %s", serial);
    struct expected want = world_remove(&run->world, organization, serial, run->now);
    (void)run_answered(run, sensor_remove(&run->fixture->call, steps_id(run, organization), serial),
                       want);
}

static void
take_replace(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    const char *serial = steps_serial(run, organization, draw[1]),
               *new_serial = run_serial(draw[2]);
    struct manager_row row;

    run_note(run, "replace %s by %s", serial, new_serial);
    struct expected want = world_replace(&run->world, organization, serial, new_serial, run->now);
    enum status got = sensor_replace(&run->fixture->call, steps_id(run, organization), serial,
                                     &(struct sensor_replacement){ .serial = new_serial }, &row);
    (void)run_answered(run, got, want);
}

void
steps_take(struct run *run, const struct step *step)
{
    static const struct {
        int weight;
        void (*take)(struct run *run, const uint32_t *draw);
    } kinds[] = {
        { 9, steps_issue },  { 12, steps_redeem },     { 16, take_add },    { 12, take_assign },
        { 6, take_switch },  { 4, take_change },       { 6, take_tick },    { 14, take_take_back },
        { 6, take_reorder }, { 4, take_remove },       { 3, take_replace }, { 16, steps_ingest },
        { 6, steps_import }, { 7, steps_assign_many }, { 7, steps_revoke },
    };
    size_t at = 0;
    int all = 0, left;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        all += kinds[i].weight;
    left = (int)run_number(step->kind, all);
    while (left >= kinds[at].weight)
        left -= kinds[at++].weight;
    kinds[at].take(run, step->draw);
}
