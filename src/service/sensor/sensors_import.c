/* sensors_import.c - rows that were checked become sensors. */
#include "service/sensor/sensors_import.h"

#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/pool_withdrawal.h"
#include "service/sensor/sensors_import_plan.h"
#include "statements.h"
#include "store/store.h"

enum { STEP_ROWS = 1000 }; /* written at once */

struct import_context {
    struct import_plan plan;
    int64_t *licenses_left;

    /* What one step writes. */
    struct serials_claim_in claims[STEP_ROWS];
    struct sensors_insert_in inserts[STEP_ROWS];
    size_t insert_count;
    struct sensors_resume_in resumes[STEP_ROWS];
    size_t resume_count;
    struct licenses_insert_in licenses[STEP_ROWS];
    size_t license_count;
    struct audit_fact facts[STEP_ROWS];
};

static enum status
import_note_fact(struct call *call, const struct import_row *row,
                 const struct planned_sensor *sensor, const char *key, struct audit_fact *fact)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", sensor->name);
    json_put_bool(writer, "auto_renewal", sensor->auto_renewal);
    if (!sensor->covered) {
        json_put_id(writer, "license", sensor->license_id);
        json_put_text(writer, "key", key);
        json_put_time(writer, "expires_at", sensor->expires_at);
    }
    *fact = (struct audit_fact){
        .action = "sensor.add",
        .object_kind = "sensor",
        .object_id = row->serial,
    };
    return audit_json_close(&json, call, &fact->after);
}

static enum status
note_sensor(struct call *call, struct import_context *context, const struct import_row *row,
            const struct planned_sensor *sensor)
{
    const struct import_plan *plan = &context->plan;
    const char *folded;
    bool as_before = sensor->covered || sensor->coverage_ends_at > sensor->expires_at;
    utc_seconds ends_at = as_before ? sensor->coverage_ends_at : sensor->expires_at;
    utc_seconds starts_at = as_before ? sensor->last_starts_at : call->now;
    enum status status = input_fold(call, sensor->name, &folded);

    if (!status && row->resumed)
        context->resumes[context->resume_count++] = (struct sensors_resume_in){
            plan->organization_id,
            sensor->id,
            sensor->name,
            folded,
            sensor->auto_renewal,
            call->now,
            call->actor->name,
            ends_at,
            starts_at,
            plan->lock.version,
        };
    else if (!status)
        context->inserts[context->insert_count++] = (struct sensors_insert_in){
            plan->organization_id, sensor->id, row->serial,       sensor->name, folded,
            sensor->auto_renewal,  call->now,  call->actor->name, ends_at,      starts_at,
            plan->lock.version,
        };
    return status;
}

static enum status
import_note(struct call *call, struct import_context *context, size_t place, size_t at)
{
    const struct import_plan *plan = &context->plan;
    const struct import_row *row = &plan->rows[at];
    const struct planned_sensor *sensor = &plan->sensors[at];
    const struct pool_key *key = sensor->covered ? NULL : &plan->stock.keys[sensor->key];
    enum status status = note_sensor(call, context, row, sensor);

    context->claims[place] =
        (struct serials_claim_in){ row->serial, plan->organization_id, sensor->id };
    if (key)
        context->licenses[context->license_count++] = (struct licenses_insert_in){
            plan->organization_id, sensor->license_id, sensor->id,        key->id, call->now,
            sensor->expires_at,    call->now,          call->actor->name, "added",
        };
    return status
               ? status
               : import_note_fact(call, row, sensor, key ? key->key : NULL, &context->facts[place]);
}

static enum status
import_write_step(struct call *call, struct import_context *context, size_t count)
{
    int64_t claimed;
    enum status status = serials_claim(&call->db, context->claims, count, &claimed);

    if (!status && claimed != (int64_t)count)
        status = call_fail(call, STATUS_BUSY, "", "", "somebody adds the same sensors just now");
    if (!status)
        status = sensors_insert(&call->db, context->inserts, context->insert_count, NULL);
    if (!status)
        status = sensors_resume(&call->db, context->resumes, context->resume_count, NULL);
    if (!status)
        status = licenses_insert(&call->db, context->licenses, context->license_count, NULL);
    return status ? status
                  : audit_append_many(call, context->plan.organization_id, call->actor,
                                      context->facts, count);
}

static enum status
import_write(struct call *call, struct import_context *context)
{
    size_t count = context->plan.count;
    enum status status = STATUS_OK;

    for (size_t done = 0; done < count && !status; done += STEP_ROWS) {
        size_t some = count - done < STEP_ROWS ? count - done : STEP_ROWS;
        context->insert_count = context->resume_count = context->license_count = 0;
        for (size_t i = 0; i < some && !status; i++)
            status = import_note(call, context, i, done + i);
        if (!status)
            status = import_write_step(call, context, some);
    }
    return status ? status : pool_withdrawal_write(call, &context->plan.stock);
}

static enum status
import_body(struct call *call, void *with)
{
    struct import_context *context = with;
    struct import_plan *plan = &context->plan;
    enum status status = ledger_begin(call, plan->organization_id, &plan->lock);

    if (!status)
        status = import_plan_make(call, plan);
    if (!status)
        status = import_write(call, context);
    if (!status)
        *context->licenses_left = plan->stock.left;
    return status;
}

enum status
sensors_import(struct call *call, int64_t organization_id, struct import_row *rows, size_t count,
               int64_t *licenses_left)
{
    struct import_context *context = call_new(call, sizeof *context);

    if (!context)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "the rows need too much memory");
    context->plan = (struct import_plan){
        .organization_id = organization_id,
        .rows = rows,
        .count = count,
    };
    context->licenses_left = licenses_left;
    return transact(call, import_body, context);
}
