#include "service/alarm_lost.h"

#include "base/id.h"
#include "service/journal.h"
#include "service/tail.h"
#include "statements.h"
#include "store/store.h"

enum {
    SENSORS = 200, /* looked at in one step */
    LOOK_AGAIN_SECONDS = 6 * 3600,
    TAIL_MOST_ROWS = 1000 * 1000,
};

/* What the sensor's newest message said, sealed or not. */
static enum status
find_expected(struct call *call, const struct alarm_expectations_due_out *row, utc_seconds *out)
{
    struct alarm_next_transmission_out sealed = { 0 };
    struct unsealed unsealed = { 0 };
    int64_t *ids = NULL;
    size_t count = 0;
    bool found;
    enum status status = STATUS_OK;

    if (call->tail)
        status = tail_rows(call->tail, call->arena, row->sensor_id, TAIL_MOST_ROWS, &ids, &count,
                           &call->fault);
    if (!status)
        status = alarm_next_transmission(
            call->store, call->arena,
            &(struct alarm_next_transmission_in){ row->organization_id, row->sensor_id }, &sealed,
            &found, &call->fault);
    if (!status && count > 0)
        status = journal_read(call, ids + count - 1, 1, 0, UTC_NEVER, &unsealed);
    samples_clear(&unsealed.samples);
    *out = row->expected_at;
    if (sealed.next_transmission_at > *out)
        *out = sealed.next_transmission_at;
    if (unsealed.newest.next_transmission_at > *out)
        *out = unsealed.newest.next_transmission_at;
    return status;
}

static enum status
tell_lost(struct call *call, const struct alarm_expectations_due_out *row,
          const struct alarm_rules_lost_out *rule, utc_seconds expected_at)
{
    return alert_insert(call->store, call->arena,
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
                        1, NULL, &call->fault);
}

/* *look_at: when some rule may find it lost next. */
static enum status
judge(struct call *call, const struct alarm_expectations_due_out *row, utc_seconds expected_at,
      struct optional_int64 *look_at)
{
    struct alarm_rules_lost_out *rules;
    size_t count;
    bool told = false;
    enum status status =
        alarm_rules_lost(call->store, call->arena,
                         &(struct alarm_rules_lost_in){ row->organization_id, row->sensor_id,
                                                        expected_at, call->now },
                         &rules, &count, &call->fault);

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
    return alarm_turn_give_back(call->store, call->arena,
                                &(struct alarm_turn_give_back_in){ row->organization_id }, NULL,
                                &call->fault);
}

static enum status
look(struct call *call, const struct alarm_expectations_due_out *row)
{
    struct optional_int64 look_at = { 0 };
    utc_seconds expected_at = row->expected_at;
    enum status status = STATUS_OK;

    if (!row->counts)
        look_at = (struct optional_int64){ true, call->now + LOOK_AGAIN_SECONDS };
    else
        status = find_expected(call, row, &expected_at);
    if (!status && row->counts && expected_at > 0)
        status = judge(call, row, expected_at, &look_at);
    if (status)
        return status;
    return alarm_expectation_look(call->store, call->arena,
                                  &(struct alarm_expectation_look_in){
                                      row->organization_id, row->sensor_id, expected_at, look_at },
                                  NULL, &call->fault);
}

enum status
alarm_lost_moment_step(struct call *call, bool *more)
{
    struct alarm_expectations_due_out *rows;
    size_t count;
    enum status status = alarm_expectations_due(
        call->store, call->arena, &(struct alarm_expectations_due_in){ call->now, SENSORS }, &rows,
        &count, &call->fault);

    for (size_t i = 0; i < count && !status; i++)
        status = look(call, &rows[i]);
    *more = !status && count == SENSORS;
    return status;
}

enum status
alarm_lost_moment_next(struct call *call, utc_seconds *at)
{
    struct alarm_expectation_next_out next;
    enum status status = alarm_expectation_next(call->store, call->arena, &next, &call->fault);

    if (!status)
        *at = next.look_at.is ? next.look_at.value : UTC_NEVER;
    return status;
}
