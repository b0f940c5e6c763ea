#include "service/account/members.h"

#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/organization_lock.h"
#include "statements.h"
#include "store/store.h"

enum status
member_parse_role(struct call *call, const char *word, enum role *out)
{
    if (!role_parse(out, word, strlen(word)))
        return call_fail(call, STATUS_BROKEN, "", "", "a role in the store is not valid");
    return STATUS_OK;
}

static enum status
find_invitation(struct call *call, int64_t organization_id, int64_t id, struct member *out)
{
    struct invitation_by_id_in in = { .organization_id = organization_id, .id = id };
    struct invitation_by_id_out row;
    bool found;
    enum status status = invitation_by_id(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such member");
    *out = (struct member){
        .id = id,
        .name = "",
        .email = row.email,
        .invited = true,
        .expires_at = row.expires_at,
        .mail_state = row.mail_state,
        .mail_error = row.mail_error,
    };
    return member_parse_role(call, row.role, &out->role);
}

static enum status
member_find(struct call *call, int64_t organization_id, int64_t id, struct member *out)
{
    struct member_by_user_in in = { .organization_id = organization_id, .user_id = id };
    struct member_by_user_out row;
    bool found;
    enum status status = member_by_user(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return find_invitation(call, organization_id, id, out);
    *out = (struct member){ .id = id, .name = row.name, .email = row.email };
    return member_parse_role(call, row.role, &out->role);
}

static enum status
member_json(struct call *call, const struct member *member, const char **out)
{
    struct audit_json json;

    *out = NULL;
    if (!member)
        return STATUS_OK;
    struct json_writer *writer = audit_json_open(&json);
    json_put_text(writer, "email", member->email);
    json_put_text(writer, "role", role_words[member->role]);
    json_put_text(writer, "state", member->invited ? "invited" : "active");
    return audit_json_close(&json, call, out);
}

enum status
member_record(struct call *call, const struct actor *actor, const struct member_event *event)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { .action = event->action, .object_kind = "member", .object_id = id };
    enum status status = member_json(call, event->before, &fact.before);

    if (status)
        return status;
    status = member_json(call, event->after, &fact.after);
    if (status)
        return status;
    id_format(id, event->after ? event->after->id : event->before->id);
    return audit_append_many(call, event->organization_id, actor, &fact, 1);
}

/* An organization without an administrator could never get one again. */
static enum status
check_administrators(struct call *call, int64_t organization_id, const struct member *member)
{
    struct member_count_other_administrators_in in = { .organization_id = organization_id,
                                                       .user_id = member->id };
    struct member_count_other_administrators_out others;

    if (member->invited || member->role != ROLE_ADMINISTRATOR)
        return STATUS_OK;
    enum status status = member_count_other_administrators(&call->db, &in, &others);
    if (status || others.count > 0)
        return status;
    return call_fail(call, STATUS_CONFLICT, "last_administrator", "",
                     "this is the last administrator: make another member an administrator first");
}

static enum status
end_calendar(struct call *call, int64_t organization_id, int64_t user_id)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { "calendar.revoke", "member", id, NULL, NULL };
    struct member_calendar_delete_in in = { organization_id, user_id };
    int64_t links;
    enum status status = member_calendar_delete(&call->db, &in, &links);

    if (status || links == 0)
        return status;
    id_format(id, user_id);
    return audit_append(call, organization_id, &fact);
}

/* A member who may no longer invite could come back by an invitation made before. */
static enum status
withdraw_invitations(struct call *call, int64_t organization_id, const char *inviter)
{
    struct member_invitations_in in = { organization_id, inviter };
    struct member_invitations_out *rows;
    size_t count;
    enum status status = member_invitations(&call->db, &in, &rows, &count);

    for (size_t i = 0; i < count && !status; i++) {
        struct invitation_delete_in invitation = { organization_id, rows[i].id };
        struct member member = { .id = rows[i].id, .email = rows[i].email, .invited = true };
        struct member_event event = { organization_id, "member.remove", &member, NULL };
        status = member_parse_role(call, rows[i].role, &member.role);
        if (!status)
            status = invitation_delete(&call->db, &invitation, NULL);
        if (!status)
            status = member_record(call, call->actor, &event);
    }
    return status;
}

/* Ends what the member may no longer have with the role `kept`; NULL: the membership ends. */
static enum status
end_rights(struct call *call, int64_t organization_id, const struct member *member,
           const enum role *kept)
{
    struct member_mails_stop_in mails = { organization_id, member->email };
    enum status status = STATUS_OK;

    if (member->invited)
        return STATUS_OK;
    if (!kept || !role_may(*kept, PERMISSION_SENSORS))
        status = end_calendar(call, organization_id, member->id);
    if (!status && (!kept || !role_may(*kept, PERMISSION_ADMINISTER)))
        status = withdraw_invitations(call, organization_id, member->email);
    return status || kept ? status : member_mails_stop(&call->db, &mails, NULL);
}

struct member_change_context {
    int64_t organization_id;
    int64_t id;
    enum role role;
    struct member *out;
};

/* The lock makes two administrators who demote each other take turns. */
static enum status
lock_and_find(struct call *call, const struct member_change_context *context, struct member *out)
{
    struct organization_lock lock;
    enum status status = organization_lock(call, context->organization_id, &lock);

    return status ? status : member_find(call, context->organization_id, context->id, out);
}

static enum status
set_role(struct call *call, int64_t organization_id, const struct member *member)
{
    const char *role = role_words[member->role];

    if (member->invited) {
        struct invitation_set_role_in invitation = { organization_id, member->id, role };
        return invitation_set_role(&call->db, &invitation, NULL);
    }
    struct member_set_role_in in = { organization_id, member->id, role };
    return member_set_role(&call->db, &in, NULL);
}

static enum status
members_change_body(struct call *call, void *with)
{
    const struct member_change_context *context = with;
    struct member before;
    enum status status = lock_and_find(call, context, &before);

    if (status)
        return status;
    *context->out = before;
    context->out->role = context->role;
    if (before.role == context->role)
        return STATUS_OK;
    status = check_administrators(call, context->organization_id, &before);
    if (status)
        return status;
    status = set_role(call, context->organization_id, context->out);
    if (!status)
        status = end_rights(call, context->organization_id, &before, &context->role);
    if (status)
        return status;
    struct member_event event = { context->organization_id, "member.change", &before,
                                  context->out };
    return member_record(call, call->actor, &event);
}

enum status
member_change(struct call *call, int64_t organization_id, int64_t id, enum role role,
              struct member *out)
{
    struct member_change_context context = { organization_id, id, role, out };

    return transact(call, members_change_body, &context);
}

static enum status
delete_row(struct call *call, int64_t organization_id, const struct member *member)
{
    if (member->invited) {
        struct invitation_delete_in invitation = { organization_id, member->id };
        return invitation_delete(&call->db, &invitation, NULL);
    }
    struct member_delete_in in = { organization_id, member->id };
    return member_delete(&call->db, &in, NULL);
}

static enum status
members_remove_body(struct call *call, void *with)
{
    const struct member_change_context *context = with;
    struct member member;
    struct member_event event = { context->organization_id, "member.remove", &member, NULL };
    enum status status = lock_and_find(call, context, &member);

    if (status)
        return status;
    status = check_administrators(call, context->organization_id, &member);
    if (status)
        return status;
    status = end_rights(call, context->organization_id, &member, NULL);
    if (!status)
        status = delete_row(call, context->organization_id, &member);
    return status ? status : member_record(call, call->actor, &event);
}

enum status
member_remove(struct call *call, int64_t organization_id, int64_t id)
{
    struct member_change_context context = { .organization_id = organization_id, .id = id };

    return transact(call, members_remove_body, &context);
}
