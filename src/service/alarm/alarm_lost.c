#include "service/alarm/alarm_lost.h"

#include <string.h>

#include "base/id.h"
#include "domain/alarm.h"
#include "domain/contact.h"
#include "service/core/job.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

enum {
    SENSORS_A_STEP = 200,
    ORGANIZATIONS_A_STEP = 64,
};

/* The time that a sensor has that was never heard, or of which the store knew no gap before the
 * upgrade. */
#define LOST_FIRST_SECONDS UTC_DAY

/* The known state of a sensor that counts. */
struct lost_sensor {
    const struct alarm_expectations_due_out *row;
    struct contact contact; /* heard_at is exact if the messages came to this server */
    utc_seconds since;      /* the sensor counts since then */
};

static utc_seconds
lost_later_of(utc_seconds a, utc_seconds b)
{
    return a > b ? a : b;
}

/* A stored message, and what it announced. `heard` becomes the later one. */
static void
lost_take_message(struct contact *heard, utc_seconds received_at, utc_seconds next_at,
                  utc_seconds newest_sample_at)
{
    if (received_at <= heard->heard_at)
        return;
    heard->heard_at = received_at;
    heard->announced = newest_sample_at > 0 ? contact_announced(next_at, newest_sample_at) : 0;
}

static enum status
lost_read_compacted(struct call *call, const struct alarm_expectations_due_out *row,
                    struct contact *heard)
{
    struct alarm_status_out status_row;
    struct latest latest = { .count = 0 };
    bool found;
    enum status status =
        alarm_status(&call->db, &(struct alarm_status_in){ row->organization_id, row->sensor_id },
                     &status_row, &found);

    if (status || !found)
        return status;
    (void)!latest_decode(&latest, status_row.latest.at, status_row.latest.size);
    lost_take_message(heard, status_row.last_seen_at, status_row.next_transmission_at,
                      contact_newest_at(latest.at, latest.count));
    return STATUS_OK;
}

static enum status
lost_read_newest(struct call *call, const struct alarm_expectations_due_out *row,
                 struct contact *heard)
{
    struct uncompacted uncompacted;
    int64_t *ids;
    size_t count;
    enum status status = journal_index_find(call, row->sensor_id, &ids, &count);

    if (status || count == 0)
        return status;
    status = journal_read(call,
                          &(struct journal_query){
                              .organization_id = row->organization_id,
                              .sensor_id = row->sensor_id,
                              .ids = ids + count - 1,
                              .count = 1,
                              .to = UTC_NEVER,
                          },
                          &uncompacted);
    lost_take_message(heard, uncompacted.newest_received_at,
                      uncompacted.newest.next_transmission_at,
                      contact_newest_at(uncompacted.samples.at, uncompacted.samples.count));
    samples_clear(&uncompacted.samples);
    return status;
}

/* The row is within a minute of the newest message, if a rule watched the sensor then. Messages in
 * the store are exact, but those of another server may not be seen here yet. */
static enum status
lost_find_contact(struct call *call, struct lost_sensor *sensor)
{
    const struct alarm_expectations_due_out *row = sensor->row;
    struct contact heard = { 0 };
    enum status status = lost_read_newest(call, row, &heard);

    if (!status)
        status = lost_read_compacted(call, row, &heard);
    if (status)
        return status;
    sensor->contact = contact_read(row->heard_at, row->announced, row->gaps.at, row->gaps.size);
    if (heard.heard_at >= sensor->contact.heard_at + CONTACT_STEP)
        sensor->contact.announced = heard.announced;
    heard.heard_at = lost_later_of(heard.heard_at, row->reported_at);
    sensor->contact.heard_at = lost_later_of(heard.heard_at, sensor->contact.heard_at);
    return STATUS_OK;
}

/* When the next message of a sensor is due, or its first one. */
static utc_seconds
lost_due_at(const struct lost_sensor *sensor, const struct alarm_rules_by_time_out *rule)
{
    const struct contact *contact = &sensor->contact;
    utc_seconds due_at = utc_after(contact->heard_at, contact_interval(contact));

    if (contact->heard_at == 0)
        return utc_after(
            lost_later_of(lost_later_of(sensor->since, rule->made_at), sensor->row->upgraded_at),
            LOST_FIRST_SECONDS);
    if (due_at <= sensor->since)
        due_at = utc_after(sensor->since, contact_interval(contact));
    if (contact->heard_at < sensor->row->upgraded_at && sensor->row->heard_at == 0
        && contact->announced == 0)
        due_at = lost_later_of(due_at, utc_after(sensor->row->upgraded_at, LOST_FIRST_SECONDS));
    return due_at;
}

static enum status
lost_open_alert(struct call *call, const struct lost_sensor *sensor,
                const struct alarm_rules_by_time_out *rule, utc_seconds started_at)
{
    bool is_lost = !strcmp(rule->condition, alarm_condition_words[ALARM_LOST_CONNECTION]);

    return alert_insert(&call->db,
                        &(struct alert_insert_in){
                            .organization_id = sensor->row->organization_id,
                            .id = id_random(),
                            .rule_id = rule->id,
                            .sensor_id = sensor->row->sensor_id,
                            .condition = rule->condition,
                            .for_seconds = rule->for_seconds,
                            .started_at = started_at,
                            .noticed_at = call->now,
                            .never_seen = is_lost && sensor->contact.heard_at == 0,
                        },
                        1, NULL);
}

/* When an alert of the rule begins if nothing arrives; UTC_NEVER: it does not. */
static utc_seconds
lost_starts_at(const struct lost_sensor *sensor, const struct alarm_rules_by_time_out *rule)
{
    utc_seconds wrong_since = sensor->row->clock_wrong_since;

    if (!strcmp(rule->condition, alarm_condition_words[ALARM_LOST_CONNECTION]))
        return lost_due_at(sensor, rule);
    return wrong_since > 0 && wrong_since >= rule->samples_from && wrong_since >= sensor->since
               ? wrong_since
               : UTC_NEVER;
}

/* Opens the alerts that are due. *look_at: when the next one may be. */
static enum status
lost_open_alerts(struct call *call, const struct lost_sensor *sensor,
                 struct optional_int64 *look_at)
{
    const struct alarm_expectations_due_out *row = sensor->row;
    struct alarm_rules_by_time_out *rules;
    size_t count;
    bool opened = false;
    enum status status = alarm_rules_by_time(
        &call->db, &(struct alarm_rules_by_time_in){ row->organization_id, row->sensor_id }, &rules,
        &count);

    for (size_t i = 0; !status && i < count; i++) {
        utc_seconds starts_at = lost_starts_at(sensor, &rules[i]);
        if (starts_at == UTC_NEVER)
            continue;
        utc_seconds opens_at = utc_after(starts_at, rules[i].for_seconds);
        if (opens_at <= call->now) {
            opened = true;
            status = lost_open_alert(call, sensor, &rules[i], starts_at);
        } else if (!look_at->is || opens_at < look_at->value) {
            *look_at = (struct optional_int64){ true, opens_at };
        }
    }
    if (status || !opened)
        return status;
    /* No cache of the sensor has the alert. */
    return alarm_cache_owner_invalidate(
        &call->db, &(struct alarm_cache_owner_invalidate_in){ row->organization_id }, NULL);
}

/* The sensor is not heard while it has no license or is removed. */
static enum status
lost_forget_contact(struct call *call, const struct alarm_expectations_due_out *row)
{
    int64_t changed;
    enum status status = alarm_expectation_forget(
        &call->db, &(struct alarm_expectation_forget_in){ row->organization_id, row->sensor_id },
        &changed);

    if (status || changed == 0)
        return status;
    return alarm_cache_owner_invalidate(
        &call->db, &(struct alarm_cache_owner_invalidate_in){ row->organization_id }, NULL);
}

static enum status
lost_check_counting(struct call *call, const struct alarm_expectations_due_out *row,
                    struct optional_int64 *look_at)
{
    struct lost_sensor sensor = {
        .row = row,
        .since = lost_later_of(lost_later_of(row->covered_from, row->alarms_from), row->added_at),
    };
    enum status status = lost_find_contact(call, &sensor);

    return status ? status : lost_open_alerts(call, &sensor, look_at);
}

/* A sensor that does not count sleeps until its next license begins, or until it changes. */
static enum status
lost_check_sensor(struct call *call, const struct alarm_expectations_due_out *row)
{
    struct optional_int64 look_at = { 0 };
    enum status status = job_begin_organization(call, row->organization_id);

    if (status)
        return status;
    if (!row->is_covered || row->is_removed)
        status = lost_forget_contact(call, row);
    else if (!row->is_paused)
        status = lost_check_counting(call, row, &look_at);
    if (!row->is_covered && !row->is_removed && !row->is_paused)
        look_at = row->next_starts_at;
    if (status)
        return status;
    return alarm_expectation_update(
        &call->db,
        &(struct alarm_expectation_update_in){ row->organization_id, row->sensor_id, look_at },
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

    if (!status)
        status = alarm_expectation_seed_changed(&call->db,
                                                &(struct alarm_expectation_seed_changed_in){
                                                    row->organization_id, row->seen, call->now },
                                                NULL);
    if (status)
        return status;
    return alarm_wake_done(
        &call->db, &(struct alarm_wake_done_in){ row->organization_id, row->version }, NULL);
}

/* Wakes the sleeping sensors that changed, and notes those that were added. */
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
