#include "service/coverage/coverage_refresh.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "service/ledger/sensor_find.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum { IN_LIST = 32 }; /* serials in a statement of sql/queries/coverage.sql */

/* Gathers the rows of one sensor until those of the next one come. */
struct refresh_context {
    struct coverage_table *table;
    struct covered_organization *organization;
    bool only_known; /* leave out sensors that the table does not hold */
    uint64_t batch;  /* of the organizations whose versions were read */
    bool open;
    int64_t sensor_id;
    struct serial serial;
    bool removed, auto_renewal;
    size_t count;
    struct interval *intervals; /* room for COVERAGE_MOST_INTERVALS */
};

static void
gather_finish(struct refresh_context *context)
{
    struct covered_sensor known;

    if (!context->open)
        return;
    context->open = false;
    if (context->only_known && !coverage_table_find(context->table, context->serial, &known))
        return;
    if (context->removed) { /* the sensor, or this serial from it */
        /* Only its own place: another organization may have the serial by now. */
        if (coverage_table_find(context->table, context->serial, &known)
            && known.sensor_id == context->sensor_id)
            coverage_table_drop(context->table, context->serial);
        return;
    }
    coverage_table_put(context->table, context->serial,
                       &(struct covered_sensor){
                           .organization = context->organization,
                           .sensor_id = context->sensor_id,
                           .auto_renewal = context->auto_renewal,
                           .intervals = context->intervals,
                           .interval_count = context->count,
                       });
}

static enum status
gather(void *with, const struct ingest_coverage_out *row, struct fault *fault)
{
    struct refresh_context *context = with;
    struct serial parsed;
    enum status status = sensor_serial(fault, row->serial, &parsed);

    if (status)
        return status;
    /* A sensor that was replaced comes with each serial that it had. */
    if (context->open
        && (context->sensor_id != row->sensor_id
            || serial_number(context->serial) != serial_number(parsed)))
        gather_finish(context);
    if (!context->open) {
        context->open = true;
        context->sensor_id = row->sensor_id;
        context->serial = parsed;
        context->removed = row->removed;
        context->auto_renewal = row->auto_renewal;
        context->count = 0;
    }
    /* A license ended at the instant it would have begun covers nothing. */
    if (!row->starts_at.is || row->starts_at.value >= row->expires_at.value)
        return STATUS_OK;
    struct interval *last = context->count > 0 ? &context->intervals[context->count - 1] : NULL;
    if (last && last->expires_at == row->starts_at.value) { /* as renewals do */
        last->expires_at = row->expires_at.value;
        return STATUS_OK;
    }
    if (context->count == COVERAGE_MOST_INTERVALS)
        return fail(fault, STATUS_BROKEN, "", "", "a sensor has had more than %d gaps",
                    COVERAGE_MOST_INTERVALS);
    context->intervals[context->count++] =
        (struct interval){ row->starts_at.value, row->expires_at.value };
    return STATUS_OK;
}

/* Leaves sensors of organizations whose versions were not read before to the next batch: their
 * serials have moved to another organization meanwhile. */
static enum status
take_coverage(void *with, const struct ingest_coverage_out *row, struct fault *fault)
{
    struct refresh_context *context = with;
    struct covered_organization *organization =
        coverage_table_organization(context->table, row->organization_id);

    if (!organization || organization->batch != context->batch)
        return STATUS_OK;
    if (organization != context->organization)
        gather_finish(context);
    context->organization = organization;
    return gather(context, row, fault);
}

/* The organizations of one step, each once. */
struct touched {
    int64_t *ids;
    size_t count;
    uint64_t batch; /* the number of this step */
};

static void
touch(struct touched *touched, struct covered_organization *organization)
{
    if (organization->batch == touched->batch)
        return;
    organization->batch = touched->batch;
    touched->ids[touched->count++] = organization->id;
}

/* Reads again what one organization has changed since its version in the table. */
static enum status
reload_changed(struct call *call, struct refresh_context *context,
               struct covered_organization *organization, int64_t version)
{
    context->organization = organization;
    context->only_known = true;
    enum status status = ingest_coverage_since(
        &call->db,
        &(struct ingest_coverage_since_in){ .organization_id = organization->id,
                                            .version = organization->version },
        gather, context);
    if (status)
        return status;
    gather_finish(context);
    organization->version = version;
    return STATUS_OK;
}

static enum status
refresh_organization(struct call *call, struct refresh_context *context,
                     const struct ingest_organizations_out *row)
{
    struct covered_organization *organization =
        coverage_table_organization(context->table, row->id);

    if (!organization)
        return STATUS_OK;
    organization->has_alarms = row->has_alarms;
    organization->due_at = row->due_at.is ? row->due_at.value : UTC_NEVER;
    if (organization->version == row->version)
        return STATUS_OK;
    organization->device_token_required = row->device_token_required;
    snprintf(organization->device_token, sizeof organization->device_token, "%s",
             row->device_token);
    enum status status = events_wanted(call, organization->id, EVENT_SENSOR_REFUSED_FIRST,
                                       &organization->reports_refusals);
    if (!status)
        status = events_wanted(call, organization->id, EVENT_SENSOR_CONFLICTS,
                               &organization->reports_conflicts);
    if (status)
        return status;
    if (organization->version == COVERAGE_VERSION_UNREAD) {
        organization->version = row->version; /* its sensors are read after this */
        return STATUS_OK;
    }
    return reload_changed(call, context, organization, row->version);
}

/* Reads the versions of the touched organizations, and their changes. */
static enum status
refresh_organizations(struct call *call, struct refresh_context *context,
                      const struct touched *touched)
{
    struct ingest_organizations_in in;
    struct ingest_organizations_out *rows;
    size_t count;
    enum status status = STATUS_OK;

    for (size_t done = 0; done < touched->count && !status;) {
        done += IN_LIST_FILL(in.ids, touched->ids + done, touched->count - done);
        status = ingest_organizations(&call->db, &in, &rows, &count);
        for (size_t i = 0; !status && i < count; i++)
            status = refresh_organization(call, context, &rows[i]);
    }
    return status;
}

/* Serials that the table does not hold. */
struct missing {
    const struct serial **serials;
    size_t count;
};

/* Lists some of them as texts, from `first`; the last one fills the rest of the list. */
static void
list_missing(const struct missing *missing, size_t first, char (*texts)[SERIAL_TEXT_SIZE],
             const char **list)
{
    size_t left = missing->count - first;

    for (size_t i = 0; i < IN_LIST; i++) {
        serial_format(texts[i], *missing->serials[first + (i < left ? i : left - 1)]);
        list[i] = texts[i];
    }
}

/* Touches the organizations that they belong to. */
static enum status
find_owners(struct call *call, struct coverage_table *table, const struct missing *missing,
            struct touched *touched)
{
    for (size_t done = 0; done < missing->count; done += IN_LIST) {
        char texts[IN_LIST][SERIAL_TEXT_SIZE];
        struct ingest_owners_in in;
        struct ingest_owners_out *rows;
        size_t count;

        list_missing(missing, done, texts, in.serials);
        enum status status = ingest_owners(&call->db, &in, &rows, &count);
        if (status)
            return status;
        for (size_t i = 0; i < count; i++)
            touch(touched, coverage_table_add_organization(table, rows[i].organization_id));
    }
    return STATUS_OK;
}

/* Reads their coverage. */
static enum status
load_sensors(struct call *call, struct refresh_context *context, const struct missing *missing)
{
    enum status status = STATUS_OK;

    context->only_known = false;
    for (size_t done = 0; done < missing->count && !status; done += IN_LIST) {
        char texts[IN_LIST][SERIAL_TEXT_SIZE];
        struct ingest_coverage_in in;

        list_missing(missing, done, texts, in.serials);
        status = ingest_coverage(&call->db, &in, take_coverage, context);
        if (!status)
            gather_finish(context);
    }
    return status;
}

static enum status
load_missing(struct call *call, struct refresh_context *context, struct touched *touched,
             const struct missing *missing)
{
    touched->count = 0;
    touched->batch = context->batch = coverage_table_next_batch(context->table);
    enum status status = find_owners(call, context->table, missing, touched);

    if (status)
        return status;
    /* Versions first: a sensor read after them is at least as new as they are. */
    status = refresh_organizations(call, context, touched);
    if (status)
        return status;
    status = load_sensors(call, context, missing);
    if (status)
        return status;
    for (size_t i = 0; i < missing->count; i++) {
        struct covered_sensor sensor;
        if (!coverage_table_find(context->table, *missing->serials[i], &sensor))
            coverage_table_set_unknown(context->table, *missing->serials[i], call->now);
    }
    return STATUS_OK;
}

enum status
coverage_refresh(struct call *call, struct coverage_table *table, const struct serial *serials,
                 size_t count)
{
    struct interval intervals[COVERAGE_MOST_INTERVALS];
    struct refresh_context context = { .table = table, .intervals = intervals };
    struct touched touched = {
        .ids = call_new(call, (count + 1) * sizeof *touched.ids),
        .batch = coverage_table_next_batch(table),
    };
    struct missing missing = {
        .serials = call_new(call, (count + 1) * sizeof *missing.serials),
    };
    struct covered_sensor sensor;

    if (!touched.ids || !missing.serials)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too many messages at once");
    coverage_table_prefetch(table, serials, count);
    for (size_t i = 0; i < count; i++)
        if (coverage_table_find(table, serials[i], &sensor))
            touch(&touched, sensor.organization);
    enum status status = refresh_organizations(call, &context, &touched);
    if (status)
        return status;

    /* Must follow the refresh: it drops removed sensors whose serial may have a new owner. */
    for (size_t i = 0; i < count; i++)
        if (!coverage_table_find(table, serials[i], &sensor)
            && !coverage_table_is_unknown(table, serials[i], call->now))
            missing.serials[missing.count++] = &serials[i];
    return missing.count > 0 ? load_missing(call, &context, &touched, &missing) : STATUS_OK;
}
