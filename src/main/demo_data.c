#include "main/demo_data.h"

#include "base/id.h"
#include "domain/role.h"
#include "service/account/people.h"
#include "service/alarm/alarm_rules.h"
#include "service/audit/audit.h"
#include "service/code/codes.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "service/license/licensing.h"
#include "service/notice/notice_settings.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

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

/* What happened, in the order in which it did: at ten in the morning, local time. */
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
    { 120, ADD_UNLICENSED, PHARMACY, 0 },
    { 100, ADD_WITHOUT_RENEWAL, 7, YEAR },
    { 95, ADD_WITHOUT_RENEWAL, 11, MONTHS }, /* ran out, and was given another by hand: a gap */
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

/* The administrator of all that ends, the analyst of what stops. */
static enum status
tick_members(struct call *call, const struct demo_context *context)
{
    struct notice_recipient told[] = {
        { .user_id = context->actor.id },
        { .user_id = context->analyst_id, .only_what_stops = true },
    };
    struct notice_recipients recipients = { .items = told, .count = 2 }, kept;

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
    struct code_order order;
    struct redemption redemption;
    enum status status = issue(call, context,
                               &(struct code_request){
                                   .quantity = orders[key].quantity,
                                   .term = orders[key].term,
                                   .reference = orders[key].reference,
                               },
                               &order);

    if (status)
        return status;
    for (size_t i = 0; i < CODE_TEXT_SIZE; i++)
        context->keys[key][i] = order.code[i];
    return code_redeem(call, context->out->organization_id, order.code, &redemption);
}

static enum status
demo_data_add(struct call *call, const struct demo_context *context, const struct step *step)
{
    struct manager_row row;

    return sensor_add(call, context->out->organization_id,
                      &(struct sensor_request){
                          .serial = sensors[step->sensor].serial,
                          .name = sensors[step->sensor].name,
                          .key = context->keys[step->key],
                          .has_auto_renewal = true,
                          .auto_renewal = step->kind == ADD,
                      },
                      &row);
}

/* As a sensor stands whose license was taken back. */
static enum status
add_unlicensed(struct call *call, const struct demo_context *context,
               const struct demo_sensor *sensor)
{
    int64_t organization_id = context->out->organization_id, id = id_random();
    struct organization_lock lock;
    struct serial_claim_out owner;
    const char *folded;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = input_fold(call, sensor->name, &folded);
    if (!status)
        status = serial_claim(&call->db,
                              &(struct serial_claim_in){
                                  .serial = sensor->serial,
                                  .organization_id = organization_id,
                                  .sensor_id = id,
                              },
                              &owner);
    if (!status)
        status = sensor_insert(&call->db,
                               &(struct sensor_insert_in){
                                   .organization_id = organization_id,
                                   .id = id,
                                   .serial = sensor->serial,
                                   .name = sensor->name,
                                   .name_folded = folded,
                                   .auto_renewal = false,
                                   .added_at = call->now,
                                   .added_by = call->actor->name,
                                   .version = lock.version,
                               },
                               NULL);
    return status ? status
                  : audit_append(call, organization_id,
                                 &(struct audit_fact){
                                     .action = "sensor.add",
                                     .object_kind = "sensor",
                                     .object_id = sensor->serial,
                                 });
}

static enum status
switch_on(struct call *call, const struct demo_context *context, const struct demo_sensor *sensor)
{
    struct sensor changed;

    return sensor_change(call, context->out->organization_id, sensor->serial,
                         &(struct sensor_change){ .has_auto_renewal = true, .auto_renewal = true },
                         &changed);
}

static enum status
take_step(struct call *call, struct demo_context *context, const struct step *step)
{
    const struct demo_sensor *sensor = &sensors[step->sensor];
    struct license license;

    turn_back(call, context, step->days_ago);
    switch (step->kind) {
    case REDEEM:
        return redeem(call, context, step->key);
    case ADD:
    case ADD_WITHOUT_RENEWAL:
        return demo_data_add(call, context, step);
    case ADD_UNLICENSED:
        return add_unlicensed(call, context, sensor);
    case SWITCH_ON:
        return switch_on(call, context, sensor);
    case ASSIGN:
        break;
    }
    return license_assign(call, context->out->organization_id, sensor->serial,
                          context->keys[step->key], &license);
}

/* The archive's sensor has gone on sending since its license ended. */
static enum status
refuse_measurements(struct call *call, const struct demo_context *context)
{
    struct found_sensor archive;
    struct refusal_add_in rows[2];
    enum status status =
        sensor_find(call, context->out->organization_id, sensors[ARCHIVE].serial, &archive);

    if (status)
        return status;
    rows[0] = (struct refusal_add_in){
        .organization_id = context->out->organization_id,
        .sensor_id = archive.id,
        .reason = "expired",
        .count = 1,
        .at = zone_day_start(context->zone, context->today - 21),
    };
    rows[1] = rows[0];
    rows[1].count = 1203;
    rows[1].at = call->now - 3600;
    return refusal_add(&call->db, rows, 2, NULL);
}

static enum status
demo_data_fill(struct call *call, struct demo_context *context)
{
    utc_seconds now = call->now;
    struct code_order spare;
    enum status status;

    turn_back(call, context, FOUNDED_DAYS_AGO);
    status = make_people(call, context);
    if (!status)
        status = tick_members(call, context);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !status; i++)
        status = take_step(call, context, &steps[i]);
    call->now = now;
    if (!status)
        status = refuse_measurements(call, context);
    if (!status)
        status = issue(
            call, context,
            &(struct code_request){ .quantity = 10, .term = "P1Y", .reference = "Order 1042" },
            &spare);
    for (size_t i = 0; i < CODE_TEXT_SIZE && !status; i++)
        context->out->spare_code[i] = spare.code[i];
    return status;
}

/* Watched from now on, in all sensors; the administrator is told by mail. */
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
    for (size_t i = 0; i < DEMO_SENSORS; i++)
        out->sensors[i] = sensors[i];
    return transact(call, fill_body, &context);
}
