#include <math.h>
#include <string.h>

#include "base/id.h"
#include "domain/channel.h"
#include "service/alarm/alarm_due.h"
#include "service/alarm/alarm_rules.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/store.h"

static enum status
rule_change_refuse(struct call *call, const char *field, const char *reason)
{
    return call_fail(call, STATUS_INVALID, "", field, "%s", reason);
}

static enum status
rule_change_check_numbers(struct call *call, const struct alarm_rule *rule)
{
    if (!isfinite(rule->threshold) || fabs(rule->threshold) > (double)ALARM_MOST_NUMBER)
        return rule_change_refuse(call, "threshold", "threshold is not between -1e12 and 1e12");
    if (!isfinite(rule->hysteresis) || rule->hysteresis < 0
        || rule->hysteresis > (double)ALARM_MOST_NUMBER)
        return rule_change_refuse(call, "hysteresis", "hysteresis is not between 0 and 1e12");
    if (rule->for_seconds < 0 || rule->for_seconds > ALARM_MOST_FOR)
        return rule_change_refuse(call, "for", "for is longer than a day");
    if (rule->condition == ALARM_LOST_CONNECTION && rule->for_seconds < ALARM_LOST_LEAST_SECONDS)
        return rule_change_refuse(
            call, "for", "for is shorter than two minutes, the minimum for a lost connection");
    return STATUS_OK;
}

/* Applies the fields of a request that a change may have, too. */
static enum status
rule_change_apply(struct call *call, const struct alarm_rule_request *request,
                  struct alarm_rule *rule)
{
    bool of_values = alarm_condition_is_of_values(rule->condition);

    if (!of_values && request->has_threshold)
        return rule_change_refuse(call, "threshold",
                                  "a condition that looks at no values has no threshold");
    if (!of_values && request->has_hysteresis)
        return rule_change_refuse(call, "hysteresis",
                                  "a condition that looks at no values has no hysteresis");
    if ((rule->condition == ALARM_LOW_BATTERY || rule->condition == ALARM_TAMPER)
        && request->has_for)
        return rule_change_refuse(call, "for",
                                  "an alert on a low battery or on tampering has no delay");
    if (request->has_threshold)
        rule->threshold = request->threshold;
    if (request->has_hysteresis)
        rule->hysteresis = request->hysteresis;
    if (request->has_for)
        rule->for_seconds = request->for_seconds;
    return rule_change_check_numbers(call, rule);
}

static enum status
rule_change_set_type(struct call *call, const char *type, struct alarm_rule *rule)
{
    if (!alarm_condition_is_of_samples(rule->condition))
        return rule_change_refuse(call, "channel_type",
                                  "a condition that looks at no channel has no channel_type");
    if (!channel_number(&rule->channel_type, type, strlen(type))
        || channel_type(rule->channel_type)->kind == CHANNEL_NONE)
        return rule_change_refuse(call, "channel_type",
                                  "channel_type names no type of channel with measurements");
    return STATUS_OK;
}

static enum status
rule_change_begin(struct call *call, const struct alarm_rule_request *request,
                  struct alarm_rule *rule)
{
    const char *type = request->channel_type;

    *rule = (struct alarm_rule){ .condition = request->condition };
    if (rule->condition == ALARM_LOST_CONNECTION)
        rule->for_seconds = ALARM_LOST_SECONDS;
    if (alarm_condition_is_of_values(rule->condition) && (!type || !request->has_threshold))
        return call_fail(call, STATUS_INVALID, "field_missing", type ? "threshold" : "channel_type",
                         "above and below need a channel_type and a threshold");
    enum status status = type ? rule_change_set_type(call, type, rule) : STATUS_OK;
    return status ? status : rule_change_apply(call, request, rule);
}

struct rule_context {
    int64_t organization_id, id;
    const struct alarm_rule_request *request;
    struct alarm_rule_row *out;
    bool is_new;
};

static enum status
rule_change_describe(struct call *call, const struct alarm_rule_row *row, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "serial", row->serial);
    json_put_text(writer, "condition", alarm_condition_words[row->rule.condition]);
    if (row->rule.channel_type != 0) {
        char name[CHANNEL_NAME_SIZE];
        channel_name(name, row->rule.channel_type);
        json_put_text(writer, "channel_type", name);
    }
    if (alarm_condition_is_of_values(row->rule.condition)) {
        json_put_real(writer, "threshold", row->rule.threshold);
        json_put_real(writer, "hysteresis", row->rule.hysteresis);
    }
    json_put_int64(writer, "for_seconds", row->rule.for_seconds);
    json_put_bool(writer, "tell_when_over", row->tell_when_over);
    json_key(writer, "recipients");
    json_array_open(writer);
    for (size_t i = 0; i < row->recipient_count; i++)
        json_id(writer, row->recipients[i]);
    json_array_close(writer);
    return audit_json_close(&json, call, out);
}

static enum status
rule_change_record(struct call *call, int64_t organization_id, const char *action,
                   const struct alarm_rule_row *before, const struct alarm_rule_row *after)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { .action = action, .object_kind = "alarm_rule", .object_id = id };
    enum status status = before ? rule_change_describe(call, before, &fact.before) : STATUS_OK;

    id_format(id, before ? before->id : after->id);
    if (!status && after)
        status = rule_change_describe(call, after, &fact.after);
    return status ? status : audit_append(call, organization_id, &fact);
}

/* A rule that names no recipients tells its maker (rule 7), if that is a member. */
static enum status
rule_change_put_maker(struct call *call, const struct rule_context *context)
{
    if (call->actor->kind != ACTOR_USER)
        return STATUS_OK;
    return alarm_recipient_insert(&call->db,
                                  &(struct alarm_recipient_insert_in){
                                      context->organization_id, context->id, call->actor->id },
                                  NULL);
}

static enum status
rule_change_put_recipients(struct call *call, const struct rule_context *context)
{
    const struct alarm_rule_request *request = context->request;
    enum status status;

    if (!request->recipients)
        return context->is_new ? rule_change_put_maker(call, context) : STATUS_OK;
    status = alarm_recipients_delete(
        &call->db, &(struct alarm_recipients_delete_in){ context->organization_id, context->id },
        NULL);
    for (size_t i = 0; i < request->recipient_count && !status; i++) {
        int64_t changed = 0;
        for (size_t j = 0; j < i; j++)
            if (request->recipients[j] == request->recipients[i])
                return rule_change_refuse(call, "recipients", "a member is named twice");
        status = alarm_recipient_insert(
            &call->db,
            &(struct alarm_recipient_insert_in){ context->organization_id, context->id,
                                                 request->recipients[i] },
            &changed);
        if (!status && changed == 0)
            return rule_change_refuse(call, "recipients",
                                      "a recipient is not a member of the organization");
    }
    return status;
}

/* A sensor must be checked again after the slack of a new rule on its connection. */
static enum status
rule_change_expect(struct call *call, int64_t organization_id, const struct alarm_rule_row *row)
{
    utc_seconds look_at = call->now + row->rule.for_seconds;

    if (row->rule.condition != ALARM_LOST_CONNECTION)
        return STATUS_OK;
    if (row->sensor_id)
        return alarm_expectation_seed(
            &call->db,
            &(struct alarm_expectation_seed_in){ organization_id, row->sensor_id, look_at }, NULL);
    return alarm_expectation_seed_all(
        &call->db, &(struct alarm_expectation_seed_all_in){ organization_id, look_at }, NULL);
}

/* Writes the rule, without the fields that only a list shows, and reads it back. */
static enum status
rule_change_put(struct call *call, const struct rule_context *context,
                const struct alarm_rule_row *row)
{
    const struct alarm_rule *rule = &row->rule;
    int64_t organization_id = context->organization_id;
    enum status status = alarm_rule_put(&call->db,
                                        &(struct alarm_rule_put_in){
                                            .organization_id = organization_id,
                                            .id = context->id,
                                            .sensor_id = { row->sensor_id != 0, row->sensor_id },
                                            .condition = alarm_condition_words[rule->condition],
                                            .channel_type = rule->channel_type,
                                            .threshold = rule->threshold,
                                            .hysteresis = rule->hysteresis,
                                            .for_seconds = rule->for_seconds,
                                            .tell_when_over = row->tell_when_over,
                                            .samples_from = row->samples_from,
                                            .made_at = call->now,
                                            .made_by = call->actor->name,
                                        },
                                        NULL);
    if (status)
        return status;
    status = rule_change_put_recipients(call, context);
    if (status)
        return status;
    status = alarm_cache_owner_invalidate(
        &call->db, &(struct alarm_cache_owner_invalidate_in){ organization_id }, NULL);
    if (status)
        return status;
    status = rule_change_expect(call, organization_id, row);
    if (!status)
        status = alarm_due_rule_changed(call, organization_id, row->sensor_id, rule);
    return status ? status : alarm_rule_read(call, organization_id, context->id, context->out);
}

static enum status
rule_change_check_counts(struct call *call, int64_t organization_id, int64_t sensor_id)
{
    struct alarm_rule_counts_out counts;
    enum status status = alarm_rule_counts(
        &call->db, &(struct alarm_rule_counts_in){ organization_id, sensor_id }, &counts);

    if (!status && (counts.rules >= ALARM_MOST_RULES || counts.of_sensor >= ALARM_MOST_OF_SENSOR))
        status = call_fail(call, STATUS_CONFLICT, "too_many_rules", "",
                           "an organization may have %d alarm rules, and %d on one sensor",
                           ALARM_MOST_RULES, ALARM_MOST_OF_SENSOR);
    return status;
}

static enum status
rule_change_add_body(struct call *call, void *with)
{
    struct rule_context *context = with;
    const struct alarm_rule_request *request = context->request;
    struct organization_lock lock;
    struct found_sensor sensor = { 0 };
    struct alarm_rule_row row = { .tell_when_over = !request->has_tell_when_over
                                                    || request->tell_when_over };
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    status = rule_change_begin(call, request, &row.rule);
    if (!status && request->serial)
        status = sensor_find(call, context->organization_id, request->serial, &sensor);
    if (status)
        return status;
    status = rule_change_check_counts(call, context->organization_id, sensor.id);
    if (status)
        return status;
    context->id = id_random();
    row.sensor_id = sensor.id;
    status = rule_change_put(call, context, &row);
    return status ? status
                  : rule_change_record(call, context->organization_id, "alarm_rule.add", NULL,
                                       context->out);
}

enum status
alarm_rule_add(struct call *call, int64_t organization_id, const struct alarm_rule_request *request,
               struct alarm_rule_row *out)
{
    struct rule_context context = { organization_id, 0, request, out, true };

    if (!request->has_condition)
        return call_fail(call, STATUS_INVALID, "field_missing", "condition",
                         "condition is missing");
    if (request->all == (request->serial != NULL))
        return rule_change_refuse(call, "serial", "name either a serial or \"all\": true");
    return transact(call, rule_change_add_body, &context);
}

/* Ends the rule's open alerts. Locks the row of alarm_cache_owner first, as everything that changes
 * alerts does. */
static enum status
rule_change_end_alerts(struct call *call, const struct rule_context *context)
{
    enum status status = alarm_cache_owner_invalidate(
        &call->db, &(struct alarm_cache_owner_invalidate_in){ context->organization_id }, NULL);

    if (status)
        return status;
    return alerts_end_of_rule(
        &call->db,
        &(struct alerts_end_of_rule_in){ context->organization_id, context->id, call->now }, NULL);
}

static enum status
rule_change_body(struct call *call, void *with)
{
    struct rule_context *context = with;
    const struct alarm_rule_request *request = context->request;
    struct organization_lock lock;
    struct alarm_rule_row before;
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (!status)
        status = alarm_rule_read(call, context->organization_id, context->id, &before);
    if (status)
        return status;
    struct alarm_rule_row row = before;
    status = rule_change_apply(call, request, &row.rule);
    bool changed = row.rule.threshold != before.rule.threshold
                   || row.rule.hysteresis != before.rule.hysteresis
                   || row.rule.for_seconds != before.rule.for_seconds;
    if (request->has_tell_when_over)
        row.tell_when_over = request->tell_when_over;
    if (changed)
        row.samples_from = call->now;
    if (!status && changed)
        status = rule_change_end_alerts(call, context);
    if (!status)
        status = rule_change_put(call, context, &row);
    return status ? status
                  : rule_change_record(call, context->organization_id, "alarm_rule.change", &before,
                                       context->out);
}

enum status
alarm_rule_change(struct call *call, int64_t organization_id, int64_t id,
                  const struct alarm_rule_request *request, struct alarm_rule_row *out)
{
    struct rule_context context = { organization_id, id, request, out, false };

    return transact(call, rule_change_body, &context);
}

static enum status
rule_change_remove_body(struct call *call, void *with)
{
    struct rule_context *context = with;
    struct organization_lock lock;
    struct alarm_rule_row before;
    int64_t organization_id = context->organization_id;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (status)
        return status;
    status = alarm_rule_read(call, organization_id, context->id, &before);
    if (status)
        return status;
    status = rule_change_end_alerts(call, context);
    if (status)
        return status;
    status = alarm_rule_delete(
        &call->db, &(struct alarm_rule_delete_in){ organization_id, context->id }, NULL);
    return status ? status
                  : rule_change_record(call, organization_id, "alarm_rule.remove", &before, NULL);
}

enum status
alarm_rule_remove(struct call *call, int64_t organization_id, int64_t id)
{
    struct rule_context context = { .organization_id = organization_id, .id = id };

    return transact(call, rule_change_remove_body, &context);
}

enum status
alarms_pause_changed(struct call *call, int64_t organization_id, int64_t sensor_id, bool paused)
{
    enum status status = STATUS_OK;

    if (!paused)
        status = sensor_alarms_from(
            &call->db, &(struct sensor_alarms_from_in){ organization_id, sensor_id, call->now },
            NULL);
    if (!status)
        status = alarm_cache_owner_invalidate(
            &call->db, &(struct alarm_cache_owner_invalidate_in){ organization_id }, NULL);
    return status || paused ? status
                            : alarm_due_sensors_changed(call, organization_id, &sensor_id, 1);
}
