#include "service/account/invitations.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "service/account/invitation_limits.h"
#include "service/account/people_session.h"
#include "service/core/throttle.h"
#include "service/core/transaction.h"
#include "service/ledger/organization_lock.h"
#include "service/organization/organizations.h"
#include "service/outbox/letter.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

struct invite_context {
    int64_t organization_id;
    const char *email;
    enum role role;
    struct invited *out;
};

static enum status
check_room(struct call *call, const struct invite_context *context)
{
    struct member_count_in members_in = { context->organization_id };
    struct invitation_count_open_in open_in = { .organization_id = context->organization_id,
                                                .email = context->email,
                                                .now = call->now };
    struct member_count_out members;
    struct invitation_count_open_out open;
    enum status status = member_count(&call->db, &members_in, &members);

    if (status)
        return status;
    status = invitation_count_open(&call->db, &open_in, &open);
    if (status)
        return status;
    if (open.count >= INVITATIONS_MOST_OPEN)
        return call_fail(call, STATUS_CONFLICT, "too_many_invitations", "",
                         "%d invitations are open: withdraw some, or wait until they are accepted",
                         INVITATIONS_MOST_OPEN);
    if (members.count + open.count >= MEMBERS_MOST)
        return call_fail(call, STATUS_CONFLICT, "too_many_members", "",
                         "an organization has at most %d members", MEMBERS_MOST);
    return STATUS_OK;
}

static enum status
check_not_member(struct call *call, const struct invite_context *context)
{
    struct member_by_email_in in = { context->organization_id, context->email };
    struct member_by_email_out row;
    bool found;
    enum status status = member_by_email(&call->db, &in, &row, &found);

    if (status || !found)
        return status;
    return call_fail(call, STATUS_CONFLICT, "already_member", "email",
                     "%s is already a member: change the role in the list of members",
                     context->email);
}

/* Finds the invitation that the new one replaces. */
static enum status
find_older(struct call *call, const struct invite_context *context, struct member *out, bool *found)
{
    struct invitation_by_email_in in = { context->organization_id, context->email };
    struct invitation_by_email_out row;
    enum status status = invitation_by_email(&call->db, &in, &row, found);

    if (status || !*found)
        return status;
    *out = (struct member){ .name = "", .email = context->email, .invited = true };
    return member_parse_role(call, row.role, &out->role);
}

static enum status
invitations_put(struct call *call, const struct invite_context *context, const char *token)
{
    struct member *member = &context->out->member;
    struct invitations_delete_ended_in ended = { context->organization_id,
                                                 call->now - INVITATIONS_KEPT_SECONDS };
    struct invitation_put_out row;
    uint8_t hash[HASH_BYTES];
    enum status status = invitations_delete_ended(&call->db, &ended, NULL);

    if (status)
        return status;
    *member = (struct member){
        .name = "",
        .email = context->email,
        .role = context->role,
        .invited = true,
        .expires_at = call->now + INVITATION_SECONDS,
    };
    people_hash_token(hash, token);
    struct invitation_put_in in = {
        .organization_id = context->organization_id,
        .id = id_random(),
        .email = context->email,
        .role = role_words[context->role],
        .token_hash = { hash, sizeof hash },
        .invited_by = call->actor->name,
        .invited_at = call->now,
        .expires_at = member->expires_at,
    };
    status = invitation_put(&call->db, &in, &row);
    if (!status)
        member->id = row.id;
    return status;
}

static enum status
invitations_send_letter(struct call *call, const struct invite_context *context, const char *link)
{
    char name[LETTER_QUOTE_SIZE];
    struct organization organization;
    struct letter_writer writer;
    struct outbox_mail mail = {
        .organization_id = context->organization_id,
        .purpose = "invitation",
        .to = context->email,
    };
    int64_t id;
    enum status status = organization_get(call, context->organization_id, &organization);

    if (status)
        return status;
    letter_quote(name, organization.name);
    letter_open(&writer, "You are invited to an organization in Tenure");
    letter_paragraph(&writer, "%s invites you to join the organization %s in Tenure as %s %s.",
                     call->actor->name, name, context->role == ROLE_MANAGER ? "a" : "an",
                     role_words[context->role]);
    letter_button(&writer, "Accept the invitation", link);
    letter_small(&writer,
                 "The link works once, for 7 days. Anyone who has it can accept, so please "
                 "do not forward it. The members of the organization have chosen its name. If you "
                 "did not expect this invitation, you can ignore this e-mail.");
    status = letter_close(&writer, call, &mail.letter);
    return status ? status : outbox_put_mails(call, &mail, 1, &id);
}

/* Counts by inviter and address, across organizations: nobody can flood a mailbox. */
static enum status
slow_down(struct call *call, const struct invite_context *context)
{
    char inviter[ID_TEXT_SIZE], whom[EMAIL_MOST_BYTES + ID_TEXT_SIZE + 2],
        subject[THROTTLE_SUBJECT_SIZE];

    id_format(inviter, call->actor->id);
    snprintf(whom, sizeof whom, "%s:%s", inviter, context->email);
    throttle_subject(subject, "invite", whom);
    enum status status = throttle_check(
        call, subject, "too_many_invitation_mails",
        "you have invited this address many times within an hour: wait until the mails arrive");
    return status ? status : throttle_count(call, subject);
}

static enum status
invitations_deliver(struct call *call, const struct invite_context *context, const char *token)
{
    char link[1024];

    snprintf(link, sizeof link, "%s/invitations/%s", call->public_url, token);
    if (call->mail_is_set) {
        context->out->member.mail_state = "waiting";
        return invitations_send_letter(call, context, link);
    }
    return call_keep_text(call, link, &context->out->link);
}

static enum status
invitations_check(struct call *call, const struct invite_context *context)
{
    enum status status = check_not_member(call, context);

    if (status)
        return status;
    status = check_room(call, context);
    if (!status && call->mail_is_set)
        status = slow_down(call, context);
    return status ? status : invitation_limits_take(call, context->organization_id);
}

static enum status
invite_body(struct call *call, void *with)
{
    const struct invite_context *context = with;
    struct member *member = &context->out->member, older;
    char token[TOKEN_TEXT_SIZE];
    struct organization_lock lock;
    bool replaces;
    enum status status = organization_lock(call, context->organization_id, &lock);

    *context->out = (struct invited){ .link = NULL };
    random_token(token);
    if (status)
        return status;
    status = invitations_check(call, context);
    if (status)
        return status;
    status = find_older(call, context, &older, &replaces);
    if (status)
        return status;
    status = invitations_put(call, context, token);
    if (status)
        return status;
    status = invitations_deliver(call, context, token);
    if (status)
        return status;
    older.id = member->id;
    struct member_event event = { context->organization_id, "member.invite",
                                  replaces ? &older : NULL, member };
    return member_record(call, call->actor, &event);
}

enum status
invitation_make(struct call *call, int64_t organization_id,
                const struct invitation_request *request, struct invited *out)
{
    struct invite_context context = {
        .organization_id = organization_id,
        .role = request->role,
        .out = out,
    };
    enum status status = people_email(call, request->email, &context.email);

    return status ? status : transact(call, invite_body, &context);
}
