#include "service/sensor/sensors_import_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the arrays in sql/queries/lifecycle.sql */

/* Rows by their serial, which stands once among those without a code. */
struct lookup {
    struct import_row **sorted;
    size_t count;
};

static void
import_plan_refuse(struct import_row *row, const char *code, const char *detail)
{
    row->code = code;
    row->detail = detail;
}

static int
import_plan_by_serial(const void *a, const void *b)
{
    return strcmp((*(struct import_row *const *)a)->serial,
                  (*(struct import_row *const *)b)->serial);
}

static enum status
make_lookup(struct call *call, const struct import_plan *plan, struct lookup *out)
{
    *out = (struct lookup){
        .sorted = call_new(call, (plan->count + 1) * sizeof(struct import_row *)),
    };
    if (!out->sorted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->rows[i].code)
            out->sorted[out->count++] = &plan->rows[i];
    if (out->count > 0)
        qsort(out->sorted, out->count, sizeof(struct import_row *), import_plan_by_serial);
    return STATUS_OK;
}

/* Among the rows that were asked for, at `from` and behind it. */
static struct import_row *
import_plan_find(const struct lookup *lookup, size_t from, const char *serial)
{
    size_t low = from, high = from + IN_LIST < lookup->count ? from + IN_LIST : lookup->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(lookup->sorted[middle]->serial, serial);
        if (order == 0)
            return lookup->sorted[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void
fill_serials(const struct lookup *lookup, size_t from, const char *serials[IN_LIST])
{
    for (size_t i = 0; i < IN_LIST; i++)
        serials[i] =
            lookup->sorted[from + i < lookup->count ? from + i : lookup->count - 1]->serial;
}

static enum status
look_for_owners(struct call *call, const struct import_plan *plan, const struct lookup *lookup,
                size_t from)
{
    struct serial_owners_in in;
    struct serial_owners_out *owners;
    size_t count;

    fill_serials(lookup, from, in.serials);
    enum status status = serial_owners(&call->db, &in, &owners, &count);
    for (size_t i = 0; i < count && !status; i++) {
        struct import_row *row = import_plan_find(lookup, from, owners[i].serial);
        if (row && owners[i].organization_id == plan->organization_id)
            import_plan_refuse(row, "sensor_exists", "this organization has the sensor already");
        else if (row)
            import_plan_refuse(row, "sensor_not_available",
                               "this sensor belongs to another organization");
    }
    return status;
}

/* The latest one comes first. */
static enum status
import_plan_look_for_removed(struct call *call, const struct import_plan *plan,
                             const struct lookup *lookup, size_t from)
{
    struct sensors_removed_in in = { .organization_id = plan->organization_id, .now = call->now };
    struct sensors_removed_out *removed;
    size_t count;

    fill_serials(lookup, from, in.serials);
    enum status status = sensors_removed(&call->db, &in, &removed, &count);
    for (size_t i = 0; i < count && !status; i++) {
        struct import_row *row = import_plan_find(lookup, from, removed[i].serial);
        if (!row || row->resumed)
            continue;
        row->resumed = true;
        plan->sensors[row - plan->rows] = (struct planned_sensor){
            .id = removed[i].id,
            .name = removed[i].name,
            .auto_renewal = removed[i].auto_renewal,
            .coverage_ends_at = removed[i].coverage_ends_at,
            .last_starts_at = removed[i].last_starts_at,
            .covered = removed[i].covered,
        };
    }
    return status;
}

/* A sensor that was here before keeps its name and switch, unless the row says other. */
static void
plan_sensor(const struct import_row *row, struct planned_sensor *sensor)
{
    if (!row->resumed)
        *sensor = (struct planned_sensor){ .id = id_random(), .name = "", .auto_renewal = true };
    if (row->request.name)
        sensor->name = row->request.name;
    if (row->request.has_auto_renewal)
        sensor->auto_renewal = row->request.auto_renewal;
}

static void
import_plan_give(struct call *call, const struct import_plan *plan, struct planned_sensor *sensor,
                 size_t key)
{
    sensor->key = key;
    sensor->license_id = id_random();
    sensor->expires_at = term_end(plan->stock.keys[key].term, call->now, plan->lock.zone);
}

static void
give_named(struct call *call, struct import_plan *plan, struct import_row *row,
           struct planned_sensor *sensor)
{
    size_t key = pool_withdrawal_find(&plan->stock, row->request.key);

    if (key == SIZE_MAX)
        import_plan_refuse(row, "not_found", "this organization has no such key");
    else if (!pool_withdrawal_take(&plan->stock, key))
        import_plan_refuse(row, "key_exhausted",
                           "this key has fewer licenses left than rows that name it");
    else
        import_plan_give(call, plan, sensor, key);
}

static enum status
refuse_bad(struct call *call, const struct import_plan *plan)
{
    size_t bad = 0;

    for (size_t i = 0; i < plan->count; i++)
        bad += plan->rows[i].code != NULL;
    if (bad == 0)
        return STATUS_OK;
    return call_fail(call, STATUS_INVALID, "import_refused", "",
                     "%zu of %zu rows cannot be imported, so that none was", bad, plan->count);
}

static enum status
give_licenses(struct call *call, struct import_plan *plan)
{
    int64_t needed = 0;
    enum status status = pool_withdrawal_read(call, &plan->lock, &plan->stock);

    if (status)
        return status;
    int64_t left = plan->stock.left;
    for (size_t i = 0; i < plan->count; i++) {
        struct import_row *row = &plan->rows[i];
        if (row->code || plan->sensors[i].covered)
            continue;
        needed++;
        if (row->request.key)
            give_named(call, plan, row, &plan->sensors[i]);
    }
    status = refuse_bad(call, plan);
    if (status)
        return status;
    if (needed > left) {
        status =
            call_fail(call, STATUS_CONFLICT, "no_licenses_left", "",
                      "the rows need more licenses than are left: redeem an activation code first");
        fault_add_number(&call->db.fault, "needed", needed);
        fault_add_number(&call->db.fault, "left", left);
        return status;
    }
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->sensors[i].covered && !plan->rows[i].request.key)
            import_plan_give(call, plan, &plan->sensors[i],
                             pool_withdrawal_take_next(&plan->stock, call->now));
    return STATUS_OK;
}

enum status
import_plan_make(struct call *call, struct import_plan *plan)
{
    struct lookup lookup;
    enum status status = STATUS_OK;

    plan->sensors = call_new(call, (plan->count + 1) * sizeof *plan->sensors);
    if (!plan->sensors)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < plan->count; i++) {
        plan->rows[i].resumed = false;
        if (!plan->rows[i].malformed)
            plan->rows[i].code = plan->rows[i].detail = NULL; /* another run may have set it */
    }
    status = make_lookup(call, plan, &lookup);
    for (size_t from = 0; from < lookup.count && !status; from += IN_LIST) {
        status = look_for_owners(call, plan, &lookup, from);
        if (!status)
            status = import_plan_look_for_removed(call, plan, &lookup, from);
    }
    for (size_t i = 0; i < plan->count && !status; i++)
        plan_sensor(&plan->rows[i], &plan->sensors[i]);
    return status ? status : give_licenses(call, plan);
}
