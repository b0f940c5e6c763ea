#include "service/organization/organizations.h"

#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "domain/notice.h"
#include "domain/pool.h"
#include "domain/role.h"
#include "service/audit/audit.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "statements.h"
#include "store/store.h"

static const char default_notice_time[] = "08:00";

static enum status
new_device_token(struct call *call, const char **out)
{
    char token[TOKEN_TEXT_SIZE];

    random_token(token);
    token[DEVICE_TOKEN_LENGTH] = '\0';
    return call_keep_text(call, token, out);
}

/* Without the device token, which is a secret. */
static enum status
organizations_settings_json(struct call *call, const struct organization *organization,
                            const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", organization->name);
    json_put_text(writer, "time_zone", organization->time_zone);
    json_put_text(writer, "pool_order", organization->pool_order);
    json_put_text(writer, "notice_time", organization->notice_time);
    json_put_bool(writer, "device_token_required", organization->device_token_required);
    return audit_json_close(&json, call, out);
}

static enum status
organizations_record(struct call *call, int64_t id, const char *action, const char *before,
                     const char *after)
{
    char text[ID_TEXT_SIZE];
    struct audit_fact fact = { action, "organization", text, before, after };

    id_format(text, id);
    return audit_append(call, id, &fact);
}

static enum status
check_zone(struct call *call, const char *time_zone)
{
    const struct zone *zone;

    return zone_get(&zone, time_zone ? time_zone : "", &call->db.fault);
}

enum status
organization_add_member(struct call *call, int64_t organization_id, int64_t user_id, enum role role)
{
    struct member_insert_in in = { organization_id, user_id, role_words[role], call->now };

    return member_insert(&call->db, &in, NULL);
}

static enum status
organizations_row(struct call *call, const struct organization *organization,
                  struct organization_insert_in *out)
{
    *out = (struct organization_insert_in){
        .id = organization->id,
        .name = organization->name,
        .time_zone = organization->time_zone,
        .pool_order = organization->pool_order,
        .notice_time = organization->notice_time,
        .device_token = organization->device_token,
        .device_token_required = organization->device_token_required,
        .created_at = organization->created_at,
    };
    return input_fold(call, organization->name, &out->name_folded);
}

static enum status
organizations_check_creator(struct call *call)
{
    struct organization_creator_lock_in lock = { call->actor->id };
    struct organization_count_unredeemed_in in = { call->actor->id };
    struct organization_count_unredeemed_out row;
    enum status status = organization_creator_lock(&call->db, &lock, NULL);

    if (status)
        return status;
    status = organization_count_unredeemed(&call->db, &in, &row);
    if (status || row.count < ORGANIZATIONS_MOST_UNREDEEMED)
        return status;
    return call_fail(
        call, STATUS_CONFLICT, "too_many_organizations", "",
        "you have %d organizations that have not redeemed an activation code: redeem one "
        "in each of them first",
        ORGANIZATIONS_MOST_UNREDEEMED);
}

/* Makes the creator its administrator, who also gets the notices of licenses. */
static enum status
organizations_add_creator(struct call *call, int64_t id)
{
    struct organization_first_recipient_in recipient = { id, call->actor->id };
    enum status status = organization_add_member(call, id, call->actor->id, ROLE_ADMINISTRATOR);

    return status ? status : organization_first_recipient(&call->db, &recipient, NULL);
}

static enum status
organizations_create_body(struct call *call, void *with)
{
    struct organization *organization = with;
    struct organization_insert_in row;
    const char *after;
    bool by_user = call->actor->kind != ACTOR_SYSTEM;

    organization->id = id_random();
    enum status status = organizations_row(call, organization, &row);
    if (!status && by_user)
        status = organizations_check_creator(call);
    if (status)
        return status;
    row.created_by = by_user ? call->actor->id : 0;
    status = organization_insert(&call->db, &row, NULL);
    if (!status && by_user)
        status = organizations_add_creator(call, row.id);
    if (status)
        return status;
    status = organizations_settings_json(call, organization, &after);
    return status ? status : organizations_record(call, row.id, "organization.create", NULL, after);
}

enum status
organization_create(struct call *call, const char *name, const char *time_zone,
                    struct organization *out)
{
    *out = (struct organization){
        .name = name,
        .time_zone = time_zone,
        .pool_order = pool_order_words[POOL_OLDEST_FIRST],
        .notice_time = default_notice_time,
        .created_at = call->now,
    };
    enum status status = input_text(call, "name", 1, ORGANIZATION_NAME_MOST_BYTES, &out->name);
    if (status)
        return status;
    status = check_zone(call, time_zone);
    if (status)
        return status;
    status = new_device_token(call, &out->device_token);
    return status ? status : transact(call, organizations_create_body, out);
}

enum status
organization_has_redeemed(struct call *call, int64_t id, bool *out)
{
    struct organization_any_key_out row;

    return organization_any_key(&call->db, &(struct organization_any_key_in){ id }, &row, out);
}

enum status
organization_get(struct call *call, int64_t id, struct organization *out)
{
    struct organization_by_id_in in = { id };
    struct organization_by_id_out row;
    bool found;
    enum status status = organization_by_id(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such organization");
    *out = (struct organization){
        .id = id,
        .name = row.name,
        .time_zone = row.time_zone,
        .pool_order = row.pool_order,
        .notice_time = row.notice_time,
        .device_token = row.device_token,
        .device_token_required = row.device_token_required,
        .created_at = row.created_at,
    };
    (void)organization_find_zone(id, row.time_zone, &out->time_zone_missing);
    return STATUS_OK;
}

static enum status
organizations_update(struct call *call, const struct organization *organization)
{
    struct organization_insert_in row;
    enum status status = organizations_row(call, organization, &row);

    return status ? status : organization_update(&call->db, &row, NULL);
}

struct organization_change_context {
    int64_t id;
    struct organization_change change;
    struct organization *out;
};

static enum status
organizations_lock_and_get(struct call *call, int64_t id, struct organization *out)
{
    struct organization_lock lock;
    enum status status = ledger_begin(call, id, &lock);

    return status ? status : organization_get(call, id, out);
}

static enum status
organizations_change_body(struct call *call, void *with)
{
    struct organization_change_context *context = with;
    const struct organization_change *change = &context->change;
    struct organization *organization = context->out;
    const char *before, *after;
    enum status status = organizations_lock_and_get(call, context->id, organization);

    if (status)
        return status;
    status = organizations_settings_json(call, organization, &before);
    if (status)
        return status;

    if (change->name)
        organization->name = change->name;
    if (change->time_zone) { /* check_change() has found it */
        organization->time_zone = change->time_zone;
        organization->time_zone_missing = false;
    }
    if (change->pool_order)
        organization->pool_order = change->pool_order;
    if (change->notice_time)
        organization->notice_time = change->notice_time;
    if (change->has_device_token_required)
        organization->device_token_required = change->device_token_required;

    status = organizations_settings_json(call, organization, &after);
    if (status || !strcmp(before, after))
        return status;
    status = organizations_update(call, organization);
    return status ? status
                  : organizations_record(call, context->id, "organization.change", before, after);
}

static enum status
check_change(struct call *call, struct organization_change *change)
{
    enum pool_order order;
    int32_t time;
    enum status status = STATUS_OK;

    if (change->name)
        status = input_text(call, "name", 1, ORGANIZATION_NAME_MOST_BYTES, &change->name);
    if (!status && change->time_zone)
        status = check_zone(call, change->time_zone);
    if (status)
        return status;
    if (change->pool_order
        && !pool_order_parse(&order, change->pool_order, strlen(change->pool_order)))
        return call_fail(call, STATUS_INVALID, "", "pool_order",
                         "it must be oldest_first, shortest_first or longest_first");
    if (change->notice_time && !notice_time_parse(&time, change->notice_time))
        return call_fail(call, STATUS_INVALID, "", "notice_time",
                         "it must be a time of day such as 08:00");
    return STATUS_OK;
}

enum status
organization_change(struct call *call, int64_t id, const struct organization_change *change,
                    struct organization *out)
{
    struct organization_change_context context = { .id = id, .change = *change, .out = out };
    enum status status = check_change(call, &context.change);

    return status ? status : transact(call, organizations_change_body, &context);
}

static enum status
renew_token_body(struct call *call, void *with)
{
    struct organization *organization = with;
    enum status status = organizations_lock_and_get(call, organization->id, organization);

    if (status)
        return status;
    status = new_device_token(call, &organization->device_token);
    if (status)
        return status;
    status = organizations_update(call, organization);
    return status ? status
                  : organizations_record(call, organization->id, "organization.renew_device_token",
                                         NULL, NULL);
}

enum status
organization_renew_device_token(struct call *call, int64_t id, struct organization *out)
{
    *out = (struct organization){ .id = id };
    return transact(call, renew_token_body, out);
}
