/* alarm_routes.c - alarm rules and their alerts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "domain/channel.h"
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/alarm/alarm_rules.h"
#include "service/alarm/alerts.h"

enum { SERIAL_MOST_BYTES = 100, TYPE_MOST_BYTES = 31 };

struct rule_input {
    struct alarm_rule_request rule;
    struct input_texts recipients;
    unsigned condition;
};

/* clang-format off */
#define RULE_SETTINGS \
    { INPUT_AT("threshold", struct rule_input, rule.threshold), .kind = INPUT_REAL, \
      .least = -ALARM_MOST_NUMBER, .most = ALARM_MOST_NUMBER, \
      .has = offsetof(struct rule_input, rule.has_threshold) }, \
    { INPUT_AT("hysteresis", struct rule_input, rule.hysteresis), .kind = INPUT_REAL, \
      .most = ALARM_MOST_NUMBER, .has = offsetof(struct rule_input, rule.has_hysteresis) }, \
    { INPUT_AT("for", struct rule_input, rule.for_seconds), .kind = INPUT_DURATION, \
      .most = ALARM_MOST_FOR, .has = offsetof(struct rule_input, rule.has_for) }, \
    { INPUT_AT("tell_when_over", struct rule_input, rule.tell_when_over), .kind = INPUT_BOOL, \
      .has = offsetof(struct rule_input, rule.has_tell_when_over) }, \
    { INPUT_MEMBER(struct rule_input, recipients), .kind = INPUT_TEXTS, .least = 1, \
      .most = ID_TEXT_SIZE - 1, .most_items = ALARM_MOST_RECIPIENTS }
/* clang-format on */

static const struct input_field new_body[] = {
    { INPUT_AT("serial", struct rule_input, rule.serial), .kind = INPUT_TEXT, .least = 1,
      .most = SERIAL_MOST_BYTES, .pasted = true, .refused = "serial_malformed" },
    { INPUT_AT("all", struct rule_input, rule.all), .kind = INPUT_BOOL },
    { INPUT_MEMBER(struct rule_input, condition), .kind = INPUT_CHOICE, .required = true,
      .words = alarm_condition_words, .word_count = ALARM_CONDITION_COUNT,
      .has = offsetof(struct rule_input, rule.has_condition) },
    { INPUT_AT("channel_type", struct rule_input, rule.channel_type), .kind = INPUT_TEXT,
      .least = 1, .most = TYPE_MOST_BYTES },
    RULE_SETTINGS,
    INPUT_END,
};

static const struct input_field change_body[] = { RULE_SETTINGS, INPUT_END };

/* Reads the rule of the body. */
static enum status
alarm_read_request(struct http_request *http, struct call *call,
                   const struct alarm_rule_request **out)
{
    struct rule_input *input = http->input;
    size_t count = input->recipients.count;
    int64_t *ids = input->recipients.items ? call_new(call, (count + 1) * sizeof *ids) : NULL;

    if (input->recipients.items && !ids)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        if (!id_parse(&ids[i], input->recipients.items[i], strlen(input->recipients.items[i])))
            return call_fail(call, STATUS_INVALID, "", "recipients",
                             "a recipient is not a member of the organization");
    input->rule.condition = (enum alarm_condition)input->condition;
    input->rule.recipients = ids;
    input->rule.recipient_count = count;
    *out = &input->rule;
    return STATUS_OK;
}

/* "for": "90s", "10m", "1d"; null for none. */
static void
write_duration(struct json_writer *json, const char *key, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
    char text[32];
    size_t at = 0;

    if (seconds == 0) {
        json_put_null(json, key);
        return;
    }
    while (seconds % units[at].seconds != 0)
        at++;
    snprintf(text, sizeof text, "%lld%c", (long long)(seconds / units[at].seconds), units[at].unit);
    json_put_text(json, key, text);
}

/* The condition of a rule. The members of a threshold are null where it has none. */
static void
alarm_write_condition(struct json_writer *json, const struct alarm_rule *rule)
{
    bool of_values = alarm_condition_is_of_values(rule->condition),
         of_type = rule->channel_type != 0;
    char name[CHANNEL_NAME_SIZE];

    if (of_type)
        channel_name(name, rule->channel_type);
    json_put_text(json, "condition", alarm_condition_words[rule->condition]);
    json_put_text(json, "channel_type", of_type ? name : NULL);
    json_put_text(json, "unit", of_type ? channel_type(rule->channel_type)->unit : NULL);
    json_put_real(json, "threshold", of_values ? rule->threshold : NAN);
    json_put_real(json, "hysteresis", of_values ? rule->hysteresis : NAN);
    write_duration(json, "for", rule->for_seconds);
}

static void
write_rule(struct json_writer *json, const void *item)
{
    const struct alarm_rule_row *row = item;

    json_put_id(json, "id", row->id);
    json_put_text(json, "serial", row->serial);
    json_put_text(json, "sensor_name", row->sensor_name);
    json_put_bool(json, "all", row->serial == NULL);
    alarm_write_condition(json, &row->rule);
    json_put_bool(json, "tell_when_over", row->tell_when_over);
    json_put_array_open(json, "recipients");
    for (size_t i = 0; i < row->recipient_count; i++)
        json_id(json, row->recipients[i]);
    json_array_close(json);
    json_put_time(json, "made_at", row->made_at);
    json_put_text(json, "made_by", row->made_by);
}

/* GET /organizations/{org}/alarm-rules */
static enum status
get_rules(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input;
    struct alarm_rule_page page;
    enum status status = alarm_rules_list(call, http->organization_id, *asked, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_rule));
}

/* POST /organizations/{org}/alarm-rules */
static enum status
post_rule(struct http_request *http, struct call *call)
{
    const struct alarm_rule_request *request;
    struct alarm_rule_row row;
    enum status status = alarm_read_request(http, call, &request);

    if (status)
        return status;
    status = alarm_rule_add(call, http->organization_id, request, &row);
    return status ? status : answer_item(http, 201, &row, write_rule);
}

/* GET /organizations/{org}/alarm-rules/{id} */
static enum status
get_rule(struct http_request *http, struct call *call)
{
    struct alarm_rule_row row;
    enum status status =
        alarm_rule_read(call, http->organization_id, http_path_id(http, "id"), &row);

    return status ? status : answer_item(http, 200, &row, write_rule);
}

/* PATCH /organizations/{org}/alarm-rules/{id} */
static enum status
patch_rule(struct http_request *http, struct call *call)
{
    const struct alarm_rule_request *request;
    struct alarm_rule_row row;
    enum status status = alarm_read_request(http, call, &request);

    if (status)
        return status;
    status =
        alarm_rule_change(call, http->organization_id, http_path_id(http, "id"), request, &row);
    return status ? status : answer_item(http, 200, &row, write_rule);
}

/* DELETE /organizations/{org}/alarm-rules/{id} */
static enum status
delete_rule(struct http_request *http, struct call *call)
{
    return alarm_rule_remove(call, http->organization_id, http_path_id(http, "id"));
}

static const struct input_field alerts_query[] = {
    { INPUT_MEMBER(struct alert_query, serial), .kind = INPUT_TEXT, .least = 1,
      .most = SERIAL_MOST_BYTES, .pasted = true },
    { INPUT_MEMBER(struct alert_query, open), .kind = INPUT_BOOL,
      .has = offsetof(struct alert_query, has_open) },
    PAGE_FIELDS(struct alert_query, page),
    INPUT_END,
};

static void
write_alert(struct json_writer *json, const void *item)
{
    const struct alert *alert = item;
    bool of_values = alarm_condition_is_of_values(alert->rule.condition);

    json_put_id(json, "id", alert->id);
    json_put_text(json, "serial", alert->serial);
    json_put_text(json, "sensor_name", alert->sensor_name);
    json_put_id(json, "rule", alert->rule_id);
    json_put_int64_if(json, "channel", alarm_condition_is_of_samples(alert->rule.condition),
                      alert->channel);
    alarm_write_condition(json, &alert->rule);
    json_put_text(json, "cause", alert_cause(alert));
    json_put_time(json, "started_at", alert->started_at);
    json_put_time(json, "ended_at", alert->ended_at);
    json_put_real(json, "peak", of_values ? alert->peak : NAN);
    json_put_bool(json, "evaluated", alert->evaluated);
    json_put_time(json, "noticed_at", alert->noticed_at);
    json_put_time(json, "withdrawn_at", alert->withdrawn_at);
}

/* GET /organizations/{org}/alerts */
static enum status
get_alerts(struct http_request *http, struct call *call)
{
    struct alert_page page;
    enum status status = alerts_list(call, http->organization_id, http->input, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_alert));
}

/* GET /organizations/{org}/alerts/{id} */
static enum status
get_alert(struct http_request *http, struct call *call)
{
    struct alert alert;
    enum status status = alert_read(call, http->organization_id, http_path_id(http, "id"), &alert);

    return status ? status : answer_item(http, 200, &alert, write_alert);
}

const struct http_route alarm_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/alarm-rules", PERMISSION_SEE, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_rules },
    { MEMBER_ROUTE(HTTP_POST, "/alarm-rules", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_BODY(new_body, struct rule_input), .handler = post_rule },
    { MEMBER_ROUTE(HTTP_GET, "/alarm-rules/{id}", PERMISSION_SEE, WORK_READ), .handler = get_rule },
    { MEMBER_ROUTE(HTTP_PATCH, "/alarm-rules/{id}", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_BODY(change_body, struct rule_input), .handler = patch_rule },
    { MEMBER_ROUTE(HTTP_DELETE, "/alarm-rules/{id}", PERMISSION_SENSORS, WORK_WRITE),
      .handler = delete_rule },
    { MEMBER_ROUTE(HTTP_GET, "/alerts", PERMISSION_SEE, WORK_READ),
      ROUTE_QUERY(alerts_query, struct alert_query), .handler = get_alerts },
    { MEMBER_ROUTE(HTTP_GET, "/alerts/{id}", PERMISSION_SEE, WORK_READ), .handler = get_alert },
    { .path = NULL },
};
