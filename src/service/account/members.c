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
        return fail(&call->fault, STATUS_BROKEN, "", "", "a member's role cannot be read");
    return STATUS_OK;
}

static enum status
find_invited(struct call *call, int64_t organization_id, int64_t id, struct member *out)
{
    struct invitation_by_id_out row;
    bool found;
    enum status status = invitation_by_id(
        call->store, call->arena,
        &(struct invitation_by_id_in){ .organization_id = organization_id, .id = id }, &row, &found,
        &call->fault);

    if (status)
        return status;
    if (!found)
        return fail(&call->fault, STATUS_NOT_FOUND, "", "", "there is no such member");
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

enum status
member_find(struct call *call, int64_t organization_id, int64_t id, struct member *out)
{
    struct member_by_user_out row;
    bool found;
    enum status status = member_by_user(
        call->store, call->arena,
        &(struct member_by_user_in){ .organization_id = organization_id, .user_id = id }, &row,
        &found, &call->fault);

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
        member_count_other_administrators(call->store, call->arena,
                                          &(struct member_count_other_administrators_in){
                                              .organization_id = organization_id,
                                              .user_id = member->id,
                                          },
                                          &others, &call->fault);
    if (status || others.count > 0)
        return status;
    return fail(&call->fault, STATUS_CONFLICT, "last_administrator", "",
                "this is the last administrator: make somebody else one first");
}

struct changing {
    int64_t organization_id;
    int64_t id;
    enum role role;
    struct member *out;
};

static enum status
set_role(struct call *call, int64_t organization_id, const struct member *member)
{
    if (member->invited)
        return invitation_set_role(call->store, call->arena,
                                   &(struct invitation_set_role_in){
                                       .organization_id = organization_id,
                                       .id = member->id,
                                       .role = role_word(member->role),
                                   },
                                   NULL, &call->fault);
    return member_set_role(call->store, call->arena,
                           &(struct member_set_role_in){
                               .organization_id = organization_id,
                               .user_id = member->id,
                               .role = role_word(member->role),
                           },
                           NULL, &call->fault);
}

/* The lock makes two administrators who demote each other at once take turns. */
static enum status
change_body(struct call *call, void *with)
{
    const struct changing *changing = with;
    struct organization_lock lock;
    struct member before;
    enum status status = organization_lock(call, changing->organization_id, &lock);

    if (!status)
        status = member_find(call, changing->organization_id, changing->id, &before);
    if (status)
        return status;
    *changing->out = before;
    changing->out->role = changing->role;
    if (before.role == changing->role)
        return STATUS_OK;
    status = check_administrators(call, changing->organization_id, &before);
    if (!status)
        status = set_role(call, changing->organization_id, changing->out);
    return status ? status
                  : member_record(call, changing->organization_id, call->actor, "member.change",
                                  &before, changing->out);
}

enum status
member_change(struct call *call, int64_t organization_id, int64_t id, enum role role,
              struct member *out)
{
    struct changing changing = {
        .organization_id = organization_id,
        .id = id,
        .role = role,
        .out = out,
    };

    return transact(call, change_body, &changing);
}

static enum status
delete_row(struct call *call, int64_t organization_id, const struct member *member)
{
    if (member->invited)
        return invitation_delete(
            call->store, call->arena,
            &(struct invitation_delete_in){ .organization_id = organization_id, .id = member->id },
            NULL, &call->fault);
    return member_delete(
        call->store, call->arena,
        &(struct member_delete_in){ .organization_id = organization_id, .user_id = member->id },
        NULL, &call->fault);
}

static enum status
remove_body(struct call *call, void *with)
{
    const struct changing *changing = with;
    struct organization_lock lock;
    struct member member;
    enum status status = organization_lock(call, changing->organization_id, &lock);

    if (!status)
        status = member_find(call, changing->organization_id, changing->id, &member);
    if (!status)
        status = check_administrators(call, changing->organization_id, &member);
    if (!status)
        status = delete_row(call, changing->organization_id, &member);
    return status ? status
                  : member_record(call, changing->organization_id, call->actor, "member.remove",
                                  &member, NULL);
}

enum status
member_remove(struct call *call, int64_t organization_id, int64_t id)
{
    struct changing changing = { .organization_id = organization_id, .id = id };

    return transact(call, remove_body, &changing);
}
