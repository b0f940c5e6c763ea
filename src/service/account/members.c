#include "service/account/members.h"

#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/organization_lock.h"
#include "statements.h"
#include "store/store.h"

static enum status
read_role(struct call *call, const char *word, enum role *out)
{
    if (!role_parse(out, word, strlen(word)))
        return call_fail(call, STATUS_BROKEN, "", "", "a member's role cannot be read");
    return STATUS_OK;
}

static enum status
find_invited(struct call *call, int64_t organization_id, int64_t id, struct member *out)
{
    struct invitation_by_id_out row;
    bool found;
    enum status status = invitation_by_id(
        &call->db, &(struct invitation_by_id_in){ .organization_id = organization_id, .id = id },
        &row, &found);

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
    return read_role(call, row.role, &out->role);
}

/* Reads a member or an invitation. STATUS_NOT_FOUND */
static enum status
member_find(struct call *call, int64_t organization_id, int64_t id, struct member *out)
{
    struct member_by_user_out row;
    bool found;
    enum status status = member_by_user(
        &call->db, &(struct member_by_user_in){ .organization_id = organization_id, .user_id = id },
        &row, &found);

    if (status)
        return status;
    if (!found)
        return find_invited(call, organization_id, id, out);
    *out = (struct member){ .id = id, .name = row.name, .email = row.email };
    return read_role(call, row.role, &out->role);
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
    json_put_text(writer, "role", role_word(member->role));
    json_put_text(writer, "state", member->invited ? "invited" : "active");
    return audit_json_close(&json, call, out);
}

enum status
member_record(struct call *call, int64_t organization_id, const struct actor *actor,
              const char *action, const struct member *before, const struct member *after)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { .action = action, .object_kind = "member", .object_id = id };
    enum status status = member_json(call, before, &fact.before);

    if (!status)
        status = member_json(call, after, &fact.after);
    id_format(id, after ? after->id : before->id);
    return status ? status : audit_append_many(call, organization_id, actor, &fact, 1);
}

/* An organization without an administrator could never get one again. */
static enum status
check_administrators(struct call *call, int64_t organization_id, const struct member *member)
{
    struct member_count_other_administrators_out others;

    if (member->invited || member->role != ROLE_ADMINISTRATOR)
        return STATUS_OK;
    enum status status =
        member_count_other_administrators(&call->db,
                                          &(struct member_count_other_administrators_in){
                                              .organization_id = organization_id,
                                              .user_id = member->id,
                                          },
                                          &others);
    if (status || others.count > 0)
        return status;
    return call_fail(call, STATUS_CONFLICT, "last_administrator", "",
                     "this is the last administrator: make somebody else one first");
}

struct member_change_context {
    int64_t organization_id;
    int64_t id;
    enum role role;
    struct member *out;
};

static enum status
set_role(struct call *call, int64_t organization_id, const struct member *member)
{
    if (member->invited)
        return invitation_set_role(&call->db,
                                   &(struct invitation_set_role_in){
                                       .organization_id = organization_id,
                                       .id = member->id,
                                       .role = role_word(member->role),
                                   },
                                   NULL);
    return member_set_role(&call->db,
                           &(struct member_set_role_in){
                               .organization_id = organization_id,
                               .user_id = member->id,
                               .role = role_word(member->role),
                           },
                           NULL);
}

/* The lock makes two administrators who demote each other at once take turns. */
static enum status
members_change_body(struct call *call, void *with)
{
    const struct member_change_context *context = with;
    struct organization_lock lock;
    struct member before;
    enum status status = organization_lock(call, context->organization_id, &lock);

    if (!status)
        status = member_find(call, context->organization_id, context->id, &before);
    if (status)
        return status;
    *context->out = before;
    context->out->role = context->role;
    if (before.role == context->role)
        return STATUS_OK;
    status = check_administrators(call, context->organization_id, &before);
    if (!status)
        status = set_role(call, context->organization_id, context->out);
    return status ? status
                  : member_record(call, context->organization_id, call->actor, "member.change",
                                  &before, context->out);
}

enum status
member_change(struct call *call, int64_t organization_id, int64_t id, enum role role,
              struct member *out)
{
    struct member_change_context context = {
        .organization_id = organization_id,
        .id = id,
        .role = role,
        .out = out,
    };

    return transact(call, members_change_body, &context);
}

static enum status
delete_row(struct call *call, int64_t organization_id, const struct member *member)
{
    if (member->invited)
        return invitation_delete(
            &call->db,
            &(struct invitation_delete_in){ .organization_id = organization_id, .id = member->id },
            NULL);
    return member_delete(
        &call->db,
        &(struct member_delete_in){ .organization_id = organization_id, .user_id = member->id },
        NULL);
}

static enum status
members_remove_body(struct call *call, void *with)
{
    const struct member_change_context *context = with;
    struct organization_lock lock;
    struct member member;
    enum status status = organization_lock(call, context->organization_id, &lock);

    if (!status)
        status = member_find(call, context->organization_id, context->id, &member);
    if (!status)
        status = check_administrators(call, context->organization_id, &member);
    if (!status)
        status = delete_row(call, context->organization_id, &member);
    return status ? status
                  : member_record(call, context->organization_id, call->actor, "member.remove",
                                  &member, NULL);
}

enum status
member_remove(struct call *call, int64_t organization_id, int64_t id)
{
    struct member_change_context context = { .organization_id = organization_id, .id = id };

    return transact(call, members_remove_body, &context);
}
