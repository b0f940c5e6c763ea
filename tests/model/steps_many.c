/* steps_many.c - steps of several rows: samples, imports, many "+". */
#include <inttypes.h>
#include <string.h>

#include "domain/gate.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/manager/assignments.h"
#include "service/measurement/journal_index.h"
#include "service/sensor/sensors_import.h"
#include "steps.h"
#include "support/check.h"

enum { MOST_DELIVERIES = 3, MOST_ROWS = 4 };

/* When a sample may have been measured: mostly close to where something changes. */
static utc_seconds
draw_instant(struct run *run, const char *serial, uint32_t draw)
{
    uint32_t how = draw % 8, far = draw / 8;
    int owner;
    const struct model_sensor *sensor = world_owner(&run->world, serial, &owner);

    if (how < 4 && sensor && sensor->license_count > 0) {
        const struct model_license *license =
            &sensor->licenses[run_number(far, (int64_t)sensor->license_count)];
        return (far % 2 ? license->starts_at : license->expires_at) - 1 + run_number(far / 2, 3);
    }
    if (how == 4)
        return run->now - run_number(far, 30 * UTC_DAY);
    if (how == 5)
        return run->now + GATE_CLOCK_SLACK - 1 + run_number(far, 3);
    return run->now - 1800 + run_number(far, 3600);
}

static enum status
write_body(struct call *call, void *with)
{
    const int64_t *organization_id = with;
    struct organization_lock lock;

    return ledger_begin(call, *organization_id, &lock);
}

/* Samples are judged as if what is due had been written; the ticker writes it right after. */
static void
write_due(struct run *run)
{
    for (int i = 0; i < MOST_ORGANIZATIONS; i++)
        if (run->touched[i])
            check_int(transact(&run->fixture->call, write_body, &run->world.organizations[i].id),
                      STATUS_OK);
}

void
steps_ingest(struct run *run, const uint32_t *draw)
{
    struct sample samples[MOST_DELIVERIES][MOST_SAMPLES];
    struct delivery deliveries[MOST_DELIVERIES];
    struct ingest_item items[MOST_DELIVERIES], *addresses[MOST_DELIVERIES];
    size_t count = 1 + draw[0] % MOST_DELIVERIES, saved[MOST_DELIVERIES];
    bool known[MOST_DELIVERIES];
    struct ingest *node = run->nodes[draw[1] % RUN_NODES];
    int owner;

    run->dry = run->fixture->call.dry_run = false;
    for (int i = 0; i < RUN_NODES; i++)
        ingest_forget_unknown(run->nodes[i]);
    run_note(run, "node %u:", draw[1] % RUN_NODES);
    for (size_t i = 0; i < count; i++) {
        const char *serial = run_serial(draw[2 + i]);
        utc_seconds at[MOST_SAMPLES];
        deliveries[i] = (struct delivery){
            .samples = samples[i],
            .sample_count = draw[5 + i] % (MOST_SAMPLES + 1),
            .signal = 1,
        };
        (void)serial_parse(&deliveries[i].serial, serial, strlen(serial));
        run_note(run, " %s at", serial);
        for (size_t k = 0; k < deliveries[i].sample_count; k++) {
            at[k] = draw_instant(run, serial, draw[8 + i] >> k * 5);
            samples[i][k] =
                (struct sample){ .at = at[k], .type = 1, .channel = 1, .raw = (int64_t)k };
            run_note(run, " %" PRId64, at[k]);
        }
        items[i] = (struct ingest_item){ .delivery = &deliveries[i] };
        addresses[i] = &items[i];
        if (world_owner(&run->world, serial, &owner))
            run->touched[owner] = true;
        known[i] =
            world_ingest(&run->world, serial, at, deliveries[i].sample_count, run->now, &saved[i]);
    }
    enum status got = ingest_commit(node, &run->fixture->call, addresses, count);
    /* Each server has its own index; here they share one, for which ids of two nodes within one
     * second may not ascend. */
    if (!got && run->saved_at == run->acted)
        check_int(journal_index_rebuild(&run->fixture->call), STATUS_OK);
    run->saved_at = run->acted;
    for (size_t i = 0; i < count && !got; i++) {
        run_note(run, ", %u saved", items[i].saved);
        run_same(run, "the verdict", items[i].verdict,
                 known[i] ? INGEST_DONE : INGEST_UNKNOWN_SENSOR);
        run_same(run, "saved samples", items[i].saved, (int64_t)saved[i]);
        run_same(run, "refused samples", items[i].refused,
                 (int64_t)(deliveries[i].sample_count - saved[i]));
    }
    if (run_answered(run, got, EXPECT_OK))
        write_due(run);
}

void
steps_import(struct run *run, const uint32_t *draw)
{
    struct import_row rows[MOST_ROWS] = { 0 };
    struct model_import_row wanted[MOST_ROWS];
    int organization = steps_organization(run, draw[0]);
    size_t count = 1 + draw[1] % MOST_ROWS;
    struct sensors_imported imported = { .licenses_left = -1 };

    run_note(run, "import");
    for (size_t i = 0; i < count; i++) {
        uint32_t own = draw[2 + i];
        wanted[i] = (struct model_import_row){
            .serial = run_serial(own),
            .code = steps_key(run, organization, draw[6 + i]),
            .auto_renewal = own / 16 % 4 == 0 ? (int)(own / 64 % 2) : -1,
        };
        rows[i].request = (struct sensor_request){
            .serial = wanted[i].serial,
            .key = steps_key_text(run, wanted[i].code),
            .has_auto_renewal = wanted[i].auto_renewal >= 0,
            .auto_renewal = wanted[i].auto_renewal == 1,
        };
        run_note(run, " %s key %d", wanted[i].serial, wanted[i].code);
    }
    struct expected want = world_import(&run->world, organization, wanted, count, run->now);
    enum status got = sensors_import_check(&run->fixture->call, rows, count);
    if (!got)
        got = sensors_import(&run->fixture->call, steps_id(run, organization), rows, count,
                             &imported);
    for (size_t i = 0; i < count && !run->behind; i++)
        run_same_text(run, "what is wrong with a row", rows[i].code ? rows[i].code : "",
                      wanted[i].refused ? wanted[i].refused : "");
    if (!got && !want.status && !run->behind)
        run_same(run, "licenses_left of the import", imported.licenses_left,
                 world_licenses_left(&run->world, organization));
    for (size_t i = 0; i < count && !strcmp(want.code, "import_refused"); i++)
        run->import_counts |= wanted[i].refused
                              && !strcmp(wanted[i].refused, "sensor_not_available");
    (void)run_answered(run, got, want);
}

/* The serials of a state, in their order, as the License Manager would show them. */
static size_t
find_serials(struct run *run, int organization, enum manager_state state, const char **serials)
{
    size_t count = 0;

    for (size_t s = 0; s < MOST_SERIALS; s++) {
        const struct model_sensor *sensor =
            world_sensor(&run->world, organization, run_serial((uint32_t)s));
        utc_seconds until = sensor ? world_covered_until(sensor, run->now) : 0;
        bool is_it = state == MANAGER_ACTIVE    ? until > 0
                     : state == MANAGER_EXPIRED ? !until && sensor && sensor->license_count > 0
                                                : sensor && !until && sensor->license_count == 0;
        if (is_it)
            serials[count++] = run_serial((uint32_t)s);
    }
    return count;
}

void
steps_assign_many(struct run *run, const uint32_t *draw)
{
    static const enum manager_state states[] = { MANAGER_ACTIVE, MANAGER_EXPIRED,
                                                 MANAGER_UNLICENSED };
    int organization = steps_organization(run, draw[0]),
        code = steps_key(run, organization, draw[1]);
    const char *serials[MOST_SERIALS];
    struct assignment_request request = {
        .serials = serials,
        .serial_count = 1 + draw[2] % MOST_ROWS,
        .count = 1 + draw[3] % 2,
        .key = steps_key_text(run, code),
    };
    struct assignments out;
    bool by_filter = draw[9] % 3 == 0;

    run_note(run, "assign key %d, %" PRId64 " each%s:", code, request.count,
             by_filter ? " of a state" : "");
    if (by_filter) {
        request.serials = NULL;
        request.filter.state = states[draw[10] % 3];
        world_apply_due(&run->world, organization, run->now);
        request.serial_count = find_serials(run, organization, request.filter.state, serials);
    }
    for (size_t i = 0; i < request.serial_count; i++) {
        if (!by_filter)
            serials[i] = steps_serial(run, organization, draw[4 + i]);
        run_note(run, " %s", serials[i]);
    }
    struct expected want = world_assign_many(&run->world, organization, serials,
                                             request.serial_count, (int)request.count, code,
                                             run->now);
    enum status got =
        assignments_make(&run->fixture->call, steps_id(run, organization), &request, &out);
    if (!got && !want.status && !run->behind) {
        run_same(run, "licenses_left of the assignments", out.licenses_left,
                 world_licenses_left(&run->world, organization));
        run_same(run, "how many sensors were assigned to", (int64_t)out.count,
                 (int64_t)request.serial_count);
        for (size_t i = 0; i < out.count && !run->differs; i++)
            run_same_text(run, "an assigned sensor", out.items[i].serial, serials[i]);
    }
    (void)run_answered(run, got, want);
}
