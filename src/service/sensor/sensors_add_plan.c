#include "service/sensor/sensors_add_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "service/sensor/serial_claim.h"
#include "service/sensor/serial_refusals.h"
#include "statements.h"
#include "store/store.h"

enum {
    IN_LIST = 128,    /* length of the array in sensors_removed */
    STEP_ROWS = 1000, /* serials that are claimed together */
};

/* Rows by serial. Each serial stands once among the rows without a code. */
struct rows_by_serial {
    struct import_row **sorted;
    size_t count;
};

static void
plan_refuse(struct import_row *row, const char *code, const char *detail)
{
    row->code = code;
    row->detail = detail;
    row->refusal = NULL; /* the answer says nothing else about this row */
}

static int
plan_compare_serial(const void *a, const void *b)
{
    return strcmp((*(struct import_row *const *)a)->serial,
                  (*(struct import_row *const *)b)->serial);
}

static enum status
plan_sort(struct call *call, const struct add_plan *plan, struct rows_by_serial *out)
{
    *out = (struct rows_by_serial){
        .sorted = call_new(call, (plan->count + 1) * sizeof(struct import_row *)),
    };
    if (!out->sorted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->rows[i].code)
            out->sorted[out->count++] = &plan->rows[i];
    qsort(out->sorted, out->count, sizeof(struct import_row *), plan_compare_serial);
    return STATUS_OK;
}

static enum status
plan_find_removed(struct call *call, const struct add_plan *plan, struct import_row *const *rows,
                  size_t count)
{
    struct sensors_removed_in in = { .organization_id = plan->organization_id,
                                     .serial = rows[0]->serial,
                                     .now = call->now };
    struct sensors_removed_out *removed;
    size_t removed_count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = rows[i < count ? i : 0]->serial;
    enum status status = count == 1 ? sensors_removed_one(&call->db, &in, &removed, &removed_count)
                                    : sensors_removed(&call->db, &in, &removed, &removed_count);
    if (status)
        return status;
    for (size_t i = 0; i < removed_count; i++) {
        struct import_row *const *row = rows;
        while (strcmp((*row)->serial, removed[i].serial) != 0)
            row++;
        if ((*row)->resumed)
            continue; /* the latest one comes first */
        (*row)->resumed = true;
        plan->sensors[*row - plan->rows] = (struct planned_sensor){
            .id = removed[i].id,
            .name = removed[i].name,
            .auto_renewal = removed[i].auto_renewal,
            .coverage_ends_at = removed[i].coverage_ends_at,
            .last_starts_at = removed[i].last_starts_at,
            .covered = removed[i].covered,
        };
    }
    return STATUS_OK;
}

/* A sensor that comes back keeps its name and auto renewal, unless the row has others. */
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

/* Memory for some rows. */
struct plan_step {
    struct serials_claim_in *claims;
    const char **claim_codes;
    const struct serial_refusal **refusals;
};

/* The code of a refusal that tells a secret waits until it has counted. */
static void
plan_set_refusal(struct import_row *row, const struct serial_refusal *refusal)
{
    if (refusal && refusal->tells == SERIAL_SECRET_NONE)
        plan_refuse(row, refusal->code, refusal->detail);
    row->refusal = refusal;
}

static enum status
plan_serials_step(struct call *call, const struct add_plan *plan, const struct plan_step *step,
                  struct import_row *const *rows, size_t count)
{
    enum status status;

    for (size_t i = 0; i < count; i++) {
        step->claim_codes[i] = rows[i]->request.claim_code;
        step->claims[i] = (struct serials_claim_in){
            .serial = rows[i]->serial,
            .organization_id = plan->organization_id,
            .sensor_id = plan->sensors[rows[i] - plan->rows].id,
        };
    }
    if (plan->claims)
        status = serial_claim(call, step->claims, count, step->refusals);
    else
        status = serial_find_refused(call, step->claims, step->claim_codes, count, step->refusals);
    for (size_t i = 0; i < count && !status; i++)
        plan_set_refusal(rows[i], step->refusals[i]);
    return status;
}

/* Finds the rows whose serials are refused or, with plan->claims, claims them. It claims in the
 * order of the serials, so that two imports cannot wait for each other. */
static enum status
plan_serials(struct call *call, const struct add_plan *plan, const struct rows_by_serial *by_serial)
{
    size_t room = by_serial->count < STEP_ROWS ? by_serial->count : STEP_ROWS, some;
    const struct plan_step step = {
        .claims = call_new(call, (room + 1) * sizeof *step.claims),
        .claim_codes = call_new(call, (room + 1) * sizeof(const char *)),
        .refusals = call_new(call, (room + 1) * sizeof(const struct serial_refusal *)),
    };

    if (!step.claims || !step.claim_codes || !step.refusals)
        return STATUS_TOO_LARGE;
    for (size_t done = 0; done < by_serial->count; done += some) {
        some = by_serial->count - done < room ? by_serial->count - done : room;
        enum status status = plan_serials_step(call, plan, &step, by_serial->sorted + done, some);
        if (status)
            return status;
    }
    return STATUS_OK;
}

static enum status
plan_find_sensors(struct call *call, struct add_plan *plan, const struct rows_by_serial *by_serial)
{
    for (size_t done = 0; done < by_serial->count; done += IN_LIST) {
        size_t left = by_serial->count - done;
        enum status status = plan_find_removed(call, plan, by_serial->sorted + done,
                                               left < IN_LIST ? left : IN_LIST);
        if (status)
            return status;
    }
    for (size_t i = 0; i < plan->count; i++)
        plan_sensor(&plan->rows[i], &plan->sensors[i]);
    return STATUS_OK;
}

static bool
plan_take(struct call *call, struct add_plan *plan, struct planned_sensor *sensor, size_t key)
{
    sensor->license = (struct taken_license){ .sensor_id = sensor->id, .starts_at = call->now };
    return pool_withdrawal_take(&plan->pool, key, call->now, &sensor->license);
}

static void
plan_take_named(struct call *call, struct add_plan *plan, struct import_row *row,
                struct planned_sensor *sensor)
{
    size_t key = pool_withdrawal_find(&plan->pool, row->request.key);

    if (key == SIZE_MAX)
        plan_refuse(row, "not_found", "this organization has no such key");
    else if (!plan_take(call, plan, sensor, key))
        plan_refuse(row, "key_exhausted",
                    "this key has fewer licenses left than rows that name it");
}

static enum status
plan_refuse_bad(struct call *call, const struct add_plan *plan)
{
    bool bad = false;

    for (size_t i = 0; i < plan->count; i++)
        bad |= plan->rows[i].code || plan->rows[i].refusal;
    return bad ? serial_refusals_fail(call, plan->organization_id, plan->rows, plan->count,
                                      plan->single != NULL)
               : STATUS_OK;
}

/* Licenses of named keys are taken first. A row that others must not learn about takes its license
 * like a good one: neither the pool nor a key tells which rows are bad. */
static enum status
plan_take_all(struct call *call, struct add_plan *plan)
{
    int64_t needed = 0;
    enum status status = pool_withdrawal_read(call, &plan->lock, &plan->pool);

    if (status)
        return status;
    int64_t left = plan->pool.left;
    for (size_t i = 0; i < plan->count; i++) {
        struct import_row *row = &plan->rows[i];
        if (row->code || plan->sensors[i].covered)
            continue;
        if (row->request.key)
            plan_take_named(call, plan, row, &plan->sensors[i]);
        needed += !row->code;
    }
    if (needed > left)
        return pool_withdrawal_refuse(call, false, needed, left);
    status = plan_refuse_bad(call, plan);
    if (status)
        return status;
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->sensors[i].covered && !plan->rows[i].request.key)
            plan_take(call, plan, &plan->sensors[i], SIZE_MAX);
    return STATUS_OK;
}

static enum status
plan_take_pool(struct call *call, struct add_plan *plan)
{
    const char *named = plan->rows->request.key;
    size_t key;

    if (plan->sensors->covered)
        return STATUS_OK;
    enum status status = pool_withdrawal_read_one(call, &plan->lock, named, &plan->pool);
    if (status)
        return status;
    status = pool_withdrawal_choose(call, &plan->pool, named, 1, &key);
    if (!status)
        plan_take(call, plan, plan->sensors, key);
    return status;
}

/* A dry run asks the pool first, so that a question about a serial of others needs a license. */
static enum status
plan_take_single(struct call *call, struct add_plan *plan)
{
    bool pool_first = call->dry_run && !plan->rows->code;
    enum status status = pool_first ? plan_take_pool(call, plan) : plan_refuse_bad(call, plan);

    if (status)
        return status;
    return pool_first ? plan_refuse_bad(call, plan) : plan_take_pool(call, plan);
}

/* Forgets what an earlier try of the transaction found. */
static enum status
plan_reset(struct call *call, struct add_plan *plan)
{
    plan->pool = (struct pool_withdrawal){ 0 };
    plan->sensors = call_new(call, (plan->count + 1) * sizeof *plan->sensors);
    for (size_t i = 0; i < plan->count; i++) {
        plan->rows[i].resumed = plan->rows[i].not_judged = false;
        plan->rows[i].refusal = NULL;
        plan->rows[i].key = NULL;
        if (!plan->rows[i].malformed)
            plan->rows[i].code = plan->rows[i].detail = NULL;
    }
    return plan->sensors ? STATUS_OK : STATUS_TOO_LARGE;
}

static enum status
plan_note_keys(struct call *call, struct add_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->sensors[i].covered)
            plan->rows[i].key = plan->pool.keys[plan->sensors[i].license.key].key;
    plan->out.licenses_left = plan->pool.left;
    return pool_withdrawal_list(call, &plan->pool, &plan->out.taken, &plan->out.taken_count);
}

/* Claims only what will be written: a refused request locks no serial of others. */
enum status
add_plan_make(struct call *call, struct add_plan *plan)
{
    struct rows_by_serial by_serial;
    enum status status = plan_reset(call, plan);

    if (status)
        return status;
    status = serial_refusals_check(call, plan->organization_id);
    if (status)
        return status;
    status = plan_sort(call, plan, &by_serial);
    if (status)
        return status;
    status = plan_find_sensors(call, plan, &by_serial);
    if (status)
        return status;
    plan->claims = false;
    status = plan_serials(call, plan, &by_serial);
    if (status)
        return status;
    status = plan->single ? plan_take_single(call, plan) : plan_take_all(call, plan);
    if (status)
        return status;
    plan->claims = true;
    status = plan_serials(call, plan, &by_serial);
    if (!status)
        status = plan_refuse_bad(call, plan);
    return status ? status : plan_note_keys(call, plan);
}
