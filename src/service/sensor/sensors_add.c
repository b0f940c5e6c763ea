/* sensors_add.c - adds new sensors and sensors that come back: one, or the rows of an import. */
#include <string.h>

#include "service/alarm/alarm_due.h"
#include "service/audit/audit.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/manager/manager.h"
#include "service/sensor/sensors.h"
#include "service/sensor/sensors_add_plan.h"
#include "service/sensor/sensors_import.h"
#include "service/sensor/serial_claim.h"
#include "statements.h"
#include "store/store.h"

enum { STEP_ROWS = 1000 }; /* sensors that are written together */

/* What one step writes. */
struct add_step {
    struct add_plan *plan;
    struct sensors_insert_in *inserts, *resumes;
    size_t insert_count, resume_count;
    struct taken_license *licenses;
    size_t license_count;
    struct audit_fact *facts;
    size_t fact_count;
};

static enum status
add_note_fact(struct call *call, struct add_step *step, const struct import_row *row,
              const struct planned_sensor *sensor)
{
    struct audit_fact *fact = &step->facts[step->fact_count++];
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", sensor->name);
    json_put_bool(writer, "auto_renewal", sensor->auto_renewal);
    if (!sensor->covered) {
        json_put_id(writer, "license", sensor->license.id);
        json_put_text(writer, "key", step->plan->pool.keys[sensor->license.key].key);
        json_put_time(writer, "expires_at", sensor->license.expires_at);
    }
    *fact = (struct audit_fact){ "sensor.add", "sensor", row->serial, NULL, NULL };
    return audit_json_close(&json, call, &fact->after);
}

static enum status
add_note(struct call *call, struct add_step *step, const struct import_row *row,
         const struct planned_sensor *sensor)
{
    bool as_before = sensor->covered || sensor->coverage_ends_at > sensor->license.expires_at;
    struct sensors_insert_in values = {
        .organization_id = step->plan->organization_id,
        .id = sensor->id,
        .serial = row->serial,
        .name = sensor->name,
        .auto_renewal = sensor->auto_renewal,
        .added_at = call->now,
        .added_by = call->actor->name,
        .coverage_ends_at = as_before ? sensor->coverage_ends_at : sensor->license.expires_at,
        .last_starts_at = as_before ? sensor->last_starts_at : call->now,
        .version = step->plan->lock.version,
    };
    enum status status = input_fold(call, sensor->name, &values.name_folded);

    if (status)
        return status;
    if (row->resumed)
        step->resumes[step->resume_count++] = values;
    else
        step->inserts[step->insert_count++] = values;
    if (!sensor->covered)
        step->licenses[step->license_count++] = sensor->license;
    return add_note_fact(call, step, row, sensor);
}

static enum status
add_resume(struct call *call, const struct add_step *step)
{
    size_t count = step->resume_count;
    int64_t *ids = call_new(call, (count + 1) * sizeof *ids);
    enum status status = sensors_resume(&call->db, step->resumes, count, NULL);

    if (status || !ids)
        return status ? status : STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        ids[i] = step->resumes[i].id;
    return alarm_due_sensors_changed(call, step->plan->organization_id, ids, count);
}

static enum status
add_write_step(struct call *call, struct add_step *step)
{
    struct add_plan *plan = step->plan;
    enum status status = sensors_insert(&call->db, step->inserts, step->insert_count, NULL);

    if (status)
        return status;
    status = add_resume(call, step);
    if (status)
        return status;
    status = pool_withdrawal_put(call, &plan->pool, "added", step->licenses, step->license_count);
    if (status)
        return status;
    status =
        audit_append_many(call, plan->organization_id, call->actor, step->facts, step->fact_count);
    step->insert_count = step->resume_count = step->license_count = step->fact_count = 0;
    return status;
}

static enum status
add_write(struct call *call, struct add_plan *plan)
{
    size_t room = plan->count < STEP_ROWS ? plan->count : STEP_ROWS;
    struct add_step step = {
        .plan = plan,
        .inserts = call_new(call, (room + 1) * sizeof *step.inserts),
        .resumes = call_new(call, (room + 1) * sizeof *step.resumes),
        .licenses = call_new(call, (room + 1) * sizeof *step.licenses),
        .facts = call_new(call, (room + 1) * sizeof *step.facts),
    };

    if (!step.inserts || !step.resumes || !step.licenses || !step.facts)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < plan->count; i++) {
        enum status status = add_note(call, &step, &plan->rows[i], &plan->sensors[i]);
        if (!status && (step.fact_count == room || i == plan->count - 1))
            status = add_write_step(call, &step);
        if (status)
            return status;
    }
    return pool_withdrawal_write(call, &plan->pool);
}

static enum status
sensors_add_body(struct call *call, void *with)
{
    struct add_plan *plan = with;
    enum status status = ledger_begin(call, plan->organization_id, &plan->lock);

    if (status)
        return status;
    status = add_plan_make(call, plan);
    if (status)
        return status;
    status = add_write(call, plan);
    if (status || !plan->single)
        return status;
    return manager_row(call, plan->organization_id, plan->rows->serial, plan->single);
}

enum status
sensors_import(struct call *call, int64_t organization_id, struct import_row *rows, size_t count,
               struct sensors_imported *out)
{
    struct add_plan plan = { .organization_id = organization_id, .rows = rows, .count = count };
    enum status status = transact(call, sensors_add_body, &plan);

    if (!status)
        *out = plan.out;
    return status;
}

enum status
sensor_add(struct call *call, int64_t organization_id, const struct sensor_request *request,
           struct manager_row *out, struct key_taken *taken)
{
    struct import_row *row = call_new(call, sizeof *row); /* a refusal is counted after the call */
    struct add_plan plan = {
        .organization_id = organization_id, .rows = row, .count = 1, .single = out
    };

    if (!row)
        return STATUS_TOO_LARGE;
    row->request = *request;
    enum status status = serial_read(call, request->serial, row->serial, &row->request.claim_code);
    if (!status && request->name)
        status = input_text(call, "name", 0, SENSOR_NAME_MOST_BYTES, &row->request.name);
    if (!status)
        status = transact(call, sensors_add_body, &plan);
    if (!status && taken)
        *taken = plan.out.taken_count > 0 ? *plan.out.taken : (struct key_taken){ 0 };
    return status;
}
