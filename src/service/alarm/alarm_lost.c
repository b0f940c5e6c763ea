#include "service/alarm/alarm_lost.h"

#include "base/id.h"
#include "service/core/job.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

enum {
    SENSORS_A_STEP = 200,
    ORGANIZATIONS_A_STEP = 64,
    USUAL_INTERVAL_SECONDS = 3600, /* of a sensor whose messages announce none */
    MOST_INTERVAL_DAYS = 31,
};

/* What the sensor's newest message announced about the next one. */
struct announcement {
    utc_seconds expected_at;
    int64_t interval_seconds; /* between the two messages */
};

static void
lost_add_announcement(struct announcement *out, utc_seconds received_at, utc_seconds next_at)
{
    int64_t interval = next_at - received_at;

    if (next_at <= 0)
        return;
    if (next_at > out->expected_at)
        out->expected_at = next_at;
    if (received_at > 0 && interval > 0 && interval <= MOST_INTERVAL_DAYS * UTC_DAY)
        out->interval_seconds = interval;
}

/* The status is of compacted messages; an uncompacted one is newer. */
static enum status
lost_find_announcement(struct call *call, const struct alarm_expectations_due_out *row,
                       struct announcement *out)
{
    struct alarm_next_transmission_out compacted = { 0 };
    struct uncompacted uncompacted;
    int64_t *ids;
    size_t count;
    bool found;
    enum status status = journal_index_find(call, row->sensor_id, &ids, &count);

    if (!status)
        status = alarm_next_transmission(
            &call->db, &(struct alarm_next_transmission_in){ row->organization_id, row->sensor_id },
            &compacted, &found);
    if (status)
        return status;
    struct journal_query newest = {
        .organization_id = row->organization_id,
        .sensor_id = row->sensor_id,
        .ids = count > 0 ? ids + count - 1 : NULL,
        .count = count > 0,
        .to = UTC_NEVER,
    };
    status = journal_read(call, &newest, &uncompacted);
    samples_clear(&uncompacted.samples);
    *out = (struct announcement){ row->expected_at, USUAL_INTERVAL_SECONDS };
    lost_add_announcement(out, compacted.last_seen_at, compacted.next_transmission_at);
    lost_add_announcement(out, uncompacted.newest_received_at,
                          uncompacted.newest.next_transmission_at);
    return status;
}

/* When the next message that would be saved is due. */
static utc_seconds
lost_due_at(const struct alarm_expectations_due_out *row, const struct announcement *announcement)
{
    utc_seconds since = row->covered_from;

    if (row->alarms_from > since)
        since = row->alarms_from;
    if (row->added_at > since)
        since = row->added_at;
    return announcement->expected_at > since ? announcement->expected_at
                                             : utc_after(since, announcement->interval_seconds);
}

static enum status
lost_open_alert(struct call *call, const struct alarm_expectations_due_out *row,
                const struct alarm_rules_lost_out *rule, utc_seconds expected_at)
{
    return alert_insert(&call->db,
                        &(struct alert_insert_in){
                            .organization_id = row->organization_id,
                            .id = id_random(),
                            .rule_id = rule->id,
                            .sensor_id = row->sensor_id,
                            .condition = "lost_connection",
                            .for_seconds = rule->for_seconds,
                            .started_at = expected_at,
                            .noticed_at = call->now,
                        },
                        1, NULL);
}

/* Opens the alerts that are due. *look_at: when the next one may be. */
static enum status
lost_open_alerts(struct call *call, const struct alarm_expectations_due_out *row,
                 utc_seconds expected_at, struct optional_int64 *look_at)
{
    struct alarm_rules_lost_out *rules;
    size_t count;
    bool opened = false;
    enum status status = alarm_rules_lost(
        &call->db, &(struct alarm_rules_lost_in){ row->organization_id, row->sensor_id }, &rules,
        &count);

    for (size_t i = 0; i < count && !status; i++) {
        utc_seconds lost_at = utc_after(expected_at, rules[i].for_seconds);
        if (lost_at <= call->now) {
            opened = true;
            status = lost_open_alert(call, row, &rules[i], expected_at);
        } else if (!look_at->is || lost_at < look_at->value) {
            *look_at = (struct optional_int64){ true, lost_at };
        }
    }
    if (status || !opened)
        return status;
    /* No cache of the sensor has the alert. */
    return alarm_cache_owner_invalidate(
        &call->db, &(struct alarm_cache_owner_invalidate_in){ row->organization_id }, NULL);
}

/* A sensor that does not count sleeps until its next license begins, or until it changes. */
static enum status
lost_check_sensor(struct call *call, const struct alarm_expectations_due_out *row)
{
    struct optional_int64 look_at = { 0 };
    struct announcement announcement = { .expected_at = row->expected_at };
    bool counts = row->is_watched && row->is_covered;
    enum status status = job_begin_organization(call, row->organization_id);

    if (!status && counts)
        status = lost_find_announcement(call, row, &announcement);
    if (row->is_watched && !row->is_covered)
        look_at = row->next_starts_at;
    if (!status && counts && announcement.expected_at > 0) {
        announcement.expected_at = lost_due_at(row, &announcement);
        status = lost_open_alerts(call, row, announcement.expected_at, &look_at);
    }
    if (status)
        return status;
    return alarm_expectation_update(
        &call->db,
        &(struct alarm_expectation_update_in){ row->organization_id, row->sensor_id,
                                               announcement.expected_at, look_at },
        NULL);
}

static enum status
lost_wake_organization(struct call *call, const struct alarm_wake_due_out *row)
{
    enum status status = job_begin_organization(call, row->organization_id);

    if (status)
        return status;
    status = alarm_expectation_wake(
        &call->db,
        &(struct alarm_expectation_wake_in){ row->organization_id, row->seen, call->now }, NULL);
    if (status)
        return status;
    return alarm_wake_done(
        &call->db, &(struct alarm_wake_done_in){ row->organization_id, row->version }, NULL);
}

/* Wakes the sleeping sensors that changed. */
static enum status
lost_wake_changed(struct call *call, bool *more)
{
    struct alarm_wake_due_out *rows;
    size_t count;
    enum status status = alarm_wake_due(
        &call->db, &(struct alarm_wake_due_in){ job_name(call), call->now, ORGANIZATIONS_A_STEP },
        &rows, &count);

    for (size_t i = 0; i < count && !status; i++)
        status = lost_wake_organization(call, &rows[i]);
    *more = !status && count == ORGANIZATIONS_A_STEP;
    return status;
}

static bool
lost_is_owned(const struct alarm_lost_owners_lock_out *rows, size_t count, int64_t organization_id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].organization_id == organization_id)
            return true;
    return false;
}

/* Locks the organizations' rows of alarm_cache_owner first, then reads which sensors are due. */
static enum status
lost_check_due(struct call *call, bool *more)
{
    struct alarm_lost_owners_lock_out *owned;
    struct alarm_expectations_due_out *rows;
    size_t owned_count, count = 0;
    enum status status = alarm_lost_owners_lock(
        &call->db, &(struct alarm_lost_owners_lock_in){ job_name(call), call->now, SENSORS_A_STEP },
        &owned, &owned_count);

    if (!status && owned_count > 0)
        status = alarm_expectations_due(
            &call->db,
            &(struct alarm_expectations_due_in){ job_name(call), call->now, SENSORS_A_STEP }, &rows,
            &count);
    for (size_t i = 0; i < count && !status; i++)
        if (lost_is_owned(owned, owned_count, rows[i].organization_id)) /* else not locked yet */
            status = lost_check_sensor(call, &rows[i]);
    *more = !status && count == SENSORS_A_STEP;
    return status;
}

enum status
alarm_lost_job_run(struct call *call, bool *more)
{
    bool more_to_wake, more_to_check = false;
    enum status status = lost_wake_changed(call, &more_to_wake);

    if (!status)
        status = lost_check_due(call, &more_to_check);
    *more = !status && (more_to_check || more_to_wake);
    return status;
}

enum status
alarm_lost_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, alarm_expectation_next, at);
}
