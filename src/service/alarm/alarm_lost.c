#include "service/alarm/alarm_lost.h"

#include "base/id.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

enum {
    SENSORS = 200, /* looked at in one step */
    ORGANIZATIONS = 64,
    USUAL_INTERVAL_SECONDS = 3600, /* of a sensor whose messages tell of none */
    MOST_INTERVAL_DAYS = 31,
};

/* What the sensor's newest message said. */
struct announced {
    utc_seconds expected_at;
    int64_t interval_seconds; /* from that message to the next */
};

static void
take_announced(struct announced *out, utc_seconds received_at, utc_seconds next_at)
{
    int64_t interval = next_at - received_at;

    if (next_at <= 0)
        return;
    if (next_at > out->expected_at)
        out->expected_at = next_at;
    if (received_at > 0 && interval > 0 && interval <= MOST_INTERVAL_DAYS * UTC_DAY)
        out->interval_seconds = interval;
}

/* Compacted or not; the message that is not is newer. */
static enum status
find_announced(struct call *call, const struct alarm_expectations_due_out *row,
               struct announced *out)
{
    struct alarm_next_transmission_out compacted = { 0 };
    struct uncompacted uncompacted = { 0 };
    int64_t *ids;
    size_t count;
    bool found;
    enum status status = journal_index_find(call, row->sensor_id, &ids, &count);

    if (!status)
        status = alarm_next_transmission(
            &call->db, &(struct alarm_next_transmission_in){ row->organization_id, row->sensor_id },
            &compacted, &found);
    if (!status && count > 0)
        status = journal_read(call,
                              &(struct journal_query){ .organization_id = row->organization_id,
                                                       .sensor_id = row->sensor_id,
                                                       .ids = ids + count - 1,
                                                       .count = 1,
                                                       .to = UTC_NEVER },
                              &uncompacted);
    samples_clear(&uncompacted.samples);
    *out = (struct announced){ row->expected_at, USUAL_INTERVAL_SECONDS };
    take_announced(out, compacted.last_seen_at, compacted.next_transmission_at);
    take_announced(out, uncompacted.newest_received_at, uncompacted.newest.next_transmission_at);
    return status;
}

/* When its next message was to come, as far as it would have been saved. */
static utc_seconds
due_at(const struct alarm_expectations_due_out *row, const struct announced *announced)
{
    utc_seconds since = row->covered_from;

    if (row->alarms_from > since)
        since = row->alarms_from;
    if (row->added_at > since)
        since = row->added_at;
    return announced->expected_at > since ? announced->expected_at
                                          : since + announced->interval_seconds;
}

static enum status
tell_lost(struct call *call, const struct alarm_expectations_due_out *row,
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

/* *look_at: when some rule may find it lost next. */
static enum status
alarm_lost_judge(struct call *call, const struct alarm_expectations_due_out *row,
                 utc_seconds expected_at, struct optional_int64 *look_at)
{
    struct alarm_rules_lost_out *rules;
    size_t count;
    bool told = false;
    enum status status = alarm_rules_lost(
        &call->db, &(struct alarm_rules_lost_in){ row->organization_id, row->sensor_id }, &rules,
        &count);

    for (size_t i = 0; i < count && !status; i++) {
        utc_seconds lost_at = expected_at + rules[i].for_seconds;
        if (lost_at <= call->now) {
            told = true;
            status = tell_lost(call, row, &rules[i], expected_at);
        } else if (!look_at->is || lost_at < look_at->value) {
            *look_at = (struct optional_int64){ true, lost_at };
        }
    }
    if (status || !told)
        return status;
    /* Whoever remembers the sensor does not know of the alert. */
    return alarm_cache_owner_invalidate(
        &call->db, &(struct alarm_cache_owner_invalidate_in){ row->organization_id }, NULL);
}

/* One that does not count sleeps until a license that waits begins, or it is changed. */
static enum status
alarm_lost_look(struct call *call, const struct alarm_expectations_due_out *row)
{
    struct optional_int64 look_at = { 0 };
    struct announced announced = { .expected_at = row->expected_at };
    bool counts = row->is_watched && row->is_covered;
    enum status status = counts ? find_announced(call, row, &announced) : STATUS_OK;

    if (row->is_watched && !row->is_covered)
        look_at = row->next_starts_at;
    if (!status && counts && announced.expected_at > 0) {
        announced.expected_at = due_at(row, &announced);
        status = alarm_lost_judge(call, row, announced.expected_at, &look_at);
    }
    if (status)
        return status;
    return alarm_expectation_look(
        &call->db,
        &(struct alarm_expectation_look_in){ row->organization_id, row->sensor_id,
                                             announced.expected_at, look_at },
        NULL);
}

static enum status
alarm_lost_wake(struct call *call, const struct alarm_wake_due_out *row)
{
    enum status status = alarm_expectation_wake(
        &call->db,
        &(struct alarm_expectation_wake_in){ row->organization_id, row->seen, call->now }, NULL);

    return status
               ? status
               : alarm_wake_done(&call->db,
                                 &(struct alarm_wake_done_in){ row->organization_id, row->version },
                                 NULL);
}

/* Where sensors were changed, those that slept are due. */
static enum status
wake_changed(struct call *call, bool *more)
{
    struct alarm_wake_due_out *rows;
    size_t count;
    enum status status =
        alarm_wake_due(&call->db, &(struct alarm_wake_due_in){ ORGANIZATIONS }, &rows, &count);

    for (size_t i = 0; i < count && !status; i++)
        status = alarm_lost_wake(call, &rows[i]);
    *more = !status && count == ORGANIZATIONS;
    return status;
}

struct turns {
    struct alarm_lost_turns_out *rows;
    size_t count;
};

static bool
is_ours(const struct turns *turns, int64_t organization_id)
{
    for (size_t i = 0; i < turns->count; i++)
        if (turns->rows[i].organization_id == organization_id)
            return true;
    return false;
}

/* The turns first: what is due is read again when they are ours. */
static enum status
look_at_due(struct call *call, bool *more)
{
    struct alarm_expectations_due_out *rows;
    struct turns turns;
    size_t count = 0;
    enum status status = alarm_lost_turns(
        &call->db, &(struct alarm_lost_turns_in){ call->now, SENSORS }, &turns.rows, &turns.count);

    if (!status && turns.count > 0)
        status = alarm_expectations_due(
            &call->db, &(struct alarm_expectations_due_in){ call->now, SENSORS }, &rows, &count);
    for (size_t i = 0; i < count && !status; i++)
        if (is_ours(&turns, rows[i].organization_id)) /* else it fell due meanwhile */
            status = alarm_lost_look(call, &rows[i]);
    *more = !status && count == SENSORS;
    return status;
}

enum status
alarm_lost_job_run(struct call *call, bool *more)
{
    bool more_to_wake, more_to_look = false;
    enum status status = wake_changed(call, &more_to_wake);

    if (!status)
        status = look_at_due(call, &more_to_look);
    *more = !status && (more_to_look || more_to_wake);
    return status;
}

enum status
alarm_lost_job_next_at(struct call *call, utc_seconds *at)
{
    struct alarm_expectation_next_out next;
    enum status status = alarm_expectation_next(&call->db, &next);

    if (!status)
        *at = next.look_at.is ? next.look_at.value : UTC_NEVER;
    return status;
}
