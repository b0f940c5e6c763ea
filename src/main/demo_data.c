#include "main/demo_data.h"

#include <string.h>

#include "domain/role.h"
#include "service/account/people.h"
#include "service/alarm/alarm_rules.h"
#include "service/code/codes.h"
#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/ledger/sensor_find.h"
#include "service/license/licensing.h"
#include "service/license/take_back.h"
#include "service/notice/notice_settings.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"

static const char email[] = "demo@example.org", analyst_email[] = "analyst@example.org";
static const char organization_name[] = "Example Cold Chain", time_zone[] = "Europe/Warsaw";

enum { FOUNDED_DAYS_AGO = 420 };

static const struct demo_sensor sensors[] = {
    { "282C02410001", "Vaccine fridge 1", SIMULATED_FRIDGE },
    { "282C02410002", "Vaccine fridge 2", SIMULATED_FRIDGE },
    { "282C02410003", "Cold room", SIMULATED_ROOM },
    { "282C02410004", "Freezer, laboratory", SIMULATED_FREEZER },
    { "282C02410005", "Archive", SIMULATED_ROOM },
    { "282C02410006", "Dispatch door", SIMULATED_DOOR },
    { "282C02410007", "Pharmacy, back room", SIMULATED_AIR },
    { "282C02410008", "Loading bay", SIMULATED_AIR },
    { "282C02410009", "Server room", SIMULATED_AIR },
    { "282C0241000A", "Basement, floor", SIMULATED_LEAK },
    { "282C0241000B", "Freezer, stock", SIMULATED_FREEZER },
    { "282C0241000C", "Van 7", SIMULATED_FRIDGE },
};
_Static_assert(sizeof sensors / sizeof sensors[0] == DEMO_SENSORS, "");
enum { ARCHIVE = 4, PHARMACY = 6 };

enum { MONTHS, YEAR, TWO_YEARS, KEY_COUNT };
static const struct {
    int64_t quantity;
    const char *term;
    const char *reference;
} orders[KEY_COUNT] = {
    [MONTHS] = { 7, "P30D", "Order 1001" },
    [YEAR] = { 6, "P1Y", "Order 1002" },
    [TWO_YEARS] = { 5, "P2Y", "Order 1017" },
};

enum step_kind { REDEEM, ADD, ADD_WITHOUT_RENEWAL, ADD_UNLICENSED, ASSIGN, SWITCH_ON };

/* The history of the organization, in order. Each step happens at ten in the morning, local time.
 */
static const struct step {
    int days_ago;
    enum step_kind kind;
    int sensor; /* not of REDEEM */
    int key;
} steps[] = {
    { 400, REDEEM, 0, MONTHS },
    { 390, REDEEM, 0, YEAR },
    { 300, ADD, 9, YEAR },
    { 200, ADD, 1, YEAR },
    { 120, ADD_UNLICENSED, PHARMACY, YEAR },
    { 100, ADD_WITHOUT_RENEWAL, 7, YEAR },
    { 95, ADD_WITHOUT_RENEWAL, 11, MONTHS }, /* expired; later assigned by hand, after a gap */
    { 60, REDEEM, 0, TWO_YEARS },
    { 60, ADD, 0, TWO_YEARS },
    { 52, ADD_WITHOUT_RENEWAL, ARCHIVE, MONTHS }, /* expired 22 days ago */
    { 40, ADD, 8, TWO_YEARS },
    { 30, ADD_WITHOUT_RENEWAL, 3, MONTHS }, /* ends today */
    { 25, ADD, 5, MONTHS },
    { 21, ADD, 2, MONTHS }, /* ends in 9 days */
    { 20, ASSIGN, 11, MONTHS },
    { 19, SWITCH_ON, 11, 0 },
    { 10, ADD, 10, YEAR },
    { 3, ASSIGN, 5, YEAR }, /* queued */
};

struct demo_context {
    int64_t analyst_id;
    const char *password_hash;
    const struct zone *zone;
    day_number today;
    struct actor actor;
    char keys[KEY_COUNT][CODE_TEXT_SIZE];
    struct demo *out;
};

static void
turn_back(struct call *call, const struct demo_context *context, int days_ago)
{
    call->now = zone_local_to_utc(context->zone, context->today - days_ago, 10 * 3600);
}

static enum status
make_people(struct call *call, struct demo_context *context)
{
    struct user owner, analyst;
    struct organization organization;
    struct user_request request = {
        .email = email,
        .name = "Demo",
        .password_hash = context->password_hash,
        .operator_ = true,
    };
    enum status status = people_add(call, &request, &owner);

    if (status)
        return status;
    context->actor = (struct actor){ .kind = ACTOR_USER, .id = owner.id, .name = email };
    call->actor = &context->actor;
    request = (struct user_request){
        .email = analyst_email,
        .name = "Analyst",
        .password_hash = context->password_hash,
    };
    status = people_add(call, &request, &analyst);
    if (!status)
        status = organization_create(call, organization_name, time_zone, &organization);
    if (status)
        return status;
    context->out->organization_id = organization.id;
    context->analyst_id = analyst.id;
    return organization_add_member(call, organization.id, analyst.id, ROLE_ANALYST);
}

/* The administrator gets all notices, the analyst only those of sensors that will stop. */
static enum status
set_recipients(struct call *call, const struct demo_context *context)
{
    struct notice_recipient members[] = {
        { .user_id = context->actor.id },
        { .user_id = context->analyst_id, .only_what_stops = true },
    };
    struct notice_recipients recipients = { .items = members, .count = 2 }, kept;

    return notice_recipients_put(call, context->out->organization_id, &recipients, &kept);
}

static enum status
issue(struct call *call, struct demo_context *context, const struct code_request *request,
      struct code_order *out)
{
    context->actor.kind = ACTOR_OPERATOR;
    enum status status = code_issue(call, request, out);
    context->actor.kind = ACTOR_USER;
    return status;
}

static enum status
redeem(struct call *call, struct demo_context *context, int key)
{
    struct code_request request = {
        .quantity = orders[key].quantity,
        .term = orders[key].term,
        .reference = orders[key].reference,
    };
    struct code_order order;
    struct redemption redemption;
    enum status status = issue(call, context, &request, &order);

    if (status)
        return status;
    memcpy(context->keys[key], order.code, CODE_TEXT_SIZE);
    return code_redeem(call, context->out->organization_id, order.code, &redemption);
}

static enum status
demo_data_add(struct call *call, const struct demo_context *context, const struct step *step,
              struct manager_row *out)
{
    struct sensor_request request = {
        .serial = sensors[step->sensor].serial,
        .name = sensors[step->sensor].name,
        .key = context->keys[step->key],
        .has_auto_renewal = true,
        .auto_renewal = step->kind == ADD,
    };

    return sensor_add(call, context->out->organization_id, &request, out, NULL);
}

static enum status
take_step(struct call *call, struct demo_context *context, const struct step *step)
{
    static const struct sensor_change switched_on = { .has_auto_renewal = true,
                                                      .auto_renewal = true };
    int64_t organization_id = context->out->organization_id;
    const char *serial = sensors[step->sensor].serial;
    struct manager_row row;
    struct sensor_changed changed;
    struct license license;
    enum status status;

    turn_back(call, context, step->days_ago);
    switch (step->kind) {
    case REDEEM:
        return redeem(call, context, step->key);
    case ADD:
    case ADD_WITHOUT_RENEWAL:
        return demo_data_add(call, context, step, &row);
    case ADD_UNLICENSED:
        status = demo_data_add(call, context, step, &row);
        return status ? status : license_take_back(call, organization_id, row.license_id);
    case SWITCH_ON:
        return sensor_change(call, organization_id, serial, &switched_on, &changed);
    case ASSIGN:
        break;
    }
    return license_assign(call, organization_id, serial, context->keys[step->key], &license);
}

/* The sensor of the archive has sent measurements since its license ended. */
static enum status
refuse_measurements(struct call *call, const struct demo_context *context)
{
    int64_t organization_id = context->out->organization_id;
    utc_seconds now = call->now;
    struct found_sensor archive;
    enum status status = sensor_find(call, organization_id, sensors[ARCHIVE].serial, &archive);

    if (status)
        return status;
    call->now = zone_day_start(context->zone, context->today - 21);
    status = ingest_count_refused(call, organization_id, archive.id, GATE_REFUSE_EXPIRED, 1);
    call->now = now - 3600;
    if (!status)
        status = ingest_count_refused(call, organization_id, archive.id, GATE_REFUSE_EXPIRED, 1203);
    call->now = now;
    return status;
}

static enum status
demo_data_fill(struct call *call, struct demo_context *context)
{
    const struct code_request request = { .quantity = 10,
                                          .term = "P1Y",
                                          .reference = "Order 1042" };
    utc_seconds now = call->now;
    struct code_order spare;

    turn_back(call, context, FOUNDED_DAYS_AGO);
    enum status status = make_people(call, context);
    if (status)
        return status;
    status = set_recipients(call, context);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !status; i++)
        status = take_step(call, context, &steps[i]);
    if (status)
        return status;
    call->now = now;
    status = refuse_measurements(call, context);
    if (status)
        return status;
    status = issue(call, context, &request, &spare);
    if (!status)
        memcpy(context->out->spare_code, spare.code, CODE_TEXT_SIZE);
    return status;
}

/* Rules for all sensors from now on; the administrator gets their mails. */
static enum status
add_rules(struct call *call, const struct demo_context *context)
{
    static const struct alarm_rule_request rules[] = {
        { .condition = ALARM_ABOVE,
          .channel_type = "temperature",
          .threshold = 24,
          .hysteresis = 0.5 },
        { .condition = ALARM_ABOVE, .channel_type = "co2_gas", .threshold = 700, .hysteresis = 25 },
        { .condition = ALARM_ABOVE, .channel_type = "ok_alarm", .threshold = 0.5 },
        { .condition = ALARM_LOST_CONNECTION },
    };
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && !status; i++) {
        struct alarm_rule_request rule = rules[i];
        struct alarm_rule_row row;
        rule.all = rule.has_condition = true;
        rule.recipients = &context->actor.id;
        rule.recipient_count = 1;
        rule.has_threshold = alarm_condition_is_of_values(rule.condition);
        rule.has_hysteresis = rule.hysteresis > 0;
        status = alarm_rule_add(call, context->out->organization_id, &rule, &row);
    }
    return status;
}

static enum status
fill_body(struct call *call, void *with)
{
    struct demo_context *context = with;
    const struct actor *actor = call->actor;
    utc_seconds now = call->now;
    int64_t users;
    enum status status = people_count(call, &users);

    if (status)
        return status;
    if (users > 0)
        return call_fail(call, STATUS_CONFLICT, "store_not_empty", "store",
                         "the store has users already: name one that does not exist yet");
    status = demo_data_fill(call, context);
    call->now = now;
    if (!status)
        status = add_rules(call, context);
    call->actor = actor;
    return status;
}

enum status
demo_fill(struct call *call, const char *password_hash, struct demo *out)
{
    struct demo_context context = { .password_hash = password_hash, .out = out };
    enum status status = zone_get(&context.zone, time_zone, &call->db.fault);

    if (status)
        return status;
    context.today = zone_local_day(context.zone, call->now);
    *out = (struct demo){
        .email = email,
        .analyst_email = analyst_email,
        .organization_name = organization_name,
    };
    memcpy(out->sensors, sensors, sizeof sensors);
    return transact(call, fill_body, &context);
}
