#include "service/account/invitations.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
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
    struct member_count_out members;
    struct invitation_count_open_out open;
    enum status status = member_count(
        &call->db, &(struct member_count_in){ .organization_id = context->organization_id },
        &members);

    if (!status)
        status = invitation_count_open(&call->db,
                                       &(struct invitation_count_open_in){
                                           .organization_id = context->organization_id,
                                           .email = context->email,
                                           .now = call->now,
                                       },
                                       &open);
    if (status)
        return status;
    if (open.count >= INVITATIONS_MOST_OPEN)
        return call_fail(
            call, STATUS_CONFLICT, "too_many_invitations", "",
            "%d invitations wait already: withdraw some, or wait until they are accepted",
            INVITATIONS_MOST_OPEN);
    if (members.count + open.count >= MEMBERS_MOST)
        return call_fail(call, STATUS_CONFLICT, "too_many_members", "",
                         "an organization has at most %d members", MEMBERS_MOST);
    return STATUS_OK;
}

static enum status
check_stranger(struct call *call, const struct invite_context *context)
{
    struct member_by_email_out row;
    bool found;
    enum status status = member_by_email(&call->db,
                                         &(struct member_by_email_in){
                                             .organization_id = context->organization_id,
                                             .email = context->email,
                                         },
                                         &row, &found);

    if (status || !found)
        return status;
    return call_fail(call, STATUS_CONFLICT, "already_member", "email",
                     "%s is a member already: change the role in the list of members",
                     context->email);
}

/* The one that this takes the place of; *found false: none. */
static enum status
find_older(struct call *call, const struct invite_context *context, struct member *out, bool *found)
{
    struct invitation_by_email_out row;
    enum status status = invitation_by_email(&call->db,
                                             &(struct invitation_by_email_in){
                                                 .organization_id = context->organization_id,
                                                 .email = context->email,
                                             },
                                             &row, found);

    if (status || !*found)
        return status;
    *out = (struct member){ .name = "", .email = context->email, .invited = true };
    if (!role_parse(&out->role, row.role, strlen(row.role)))
        return call_fail(call, STATUS_BROKEN, "", "", "an invitation's role cannot be read");
    return STATUS_OK;
}

static enum status
invitations_put(struct call *call, const struct invite_context *context, const char *token)
{
    struct member *member = &context->out->member;
    struct invitation_put_out row;
    uint8_t hash[HASH_BYTES];

    *member = (struct member){
        .name = "",
        .email = context->email,
        .role = context->role,
        .invited = true,
        .expires_at = call->now + INVITATION_SECONDS,
    };
    hash_bytes(hash, token, strlen(token), NULL);
    enum status status =
        invitations_delete_ended(&call->db,
                                 &(struct invitations_delete_ended_in){
                                     .organization_id = context->organization_id,
                                     .ended_by = call->now - INVITATIONS_KEPT_SECONDS,
                                 },
                                 NULL);
    if (!status)
        status = invitation_put(&call->db,
                                &(struct invitation_put_in){
                                    .organization_id = context->organization_id,
                                    .id = id_random(),
                                    .email = context->email,
                                    .role = role_word(context->role),
                                    .token_hash = { hash, sizeof hash },
                                    .invited_by = call->actor->name,
                                    .invited_at = call->now,
                                    .expires_at = member->expires_at,
                                },
                                &row);
    if (!status)
        member->id = row.id;
    return status;
}

static enum status
invitations_send_letter(struct call *call, const struct invite_context *context, const char *link)
{
    char subject[ORGANIZATION_NAME_MOST_BYTES + 64];
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
    snprintf(subject, sizeof subject, "You are invited to %s", organization.name);
    letter_open(&writer, subject);
    letter_paragraph(&writer, "%s invites you to work in %s with Tenure, as %s.", call->actor->name,
                     organization.name, role_word(context->role));
    letter_button(&writer, "Accept the invitation", link);
    letter_small(&writer, "The link works once, for 7 days. Whoever has it can accept: do not pass "
                          "it on. If you expected no invitation, do nothing.");
    status = letter_close(&writer, call, &mail.letter);
    return status ? status : outbox_put_mail(call, &mail, &id);
}

/* By who invites, in whatever organization, and whom: nobody's mailbox is filled by one who knows
 * the address. */
static enum status
slow_down(struct call *call, const struct invite_context *context)
{
    char whom[EMAIL_MOST_BYTES + ID_TEXT_SIZE + 2], subject[THROTTLE_SUBJECT_SIZE],
        inviter[ID_TEXT_SIZE];

    id_format(inviter, call->actor->id);
    snprintf(whom, sizeof whom, "%s:%s", inviter, context->email);
    throttle_subject(subject, "invite", whom);
    enum status status =
        throttle_check(call, subject, "too_many_invitation_mails",
                       "you have invited this address many times within an hour: wait until the "
                       "mails are there");
    return status ? status : throttle_count(call, subject);
}

static enum status
hand_over(struct call *call, const struct invite_context *context, const char *token)
{
    char link[1024];

    snprintf(link, sizeof link, "%s/invitations/%s", call->public_url, token);
    if (call->mail_is_set) {
        context->out->member.mail_state = "waiting";
        return invitations_send_letter(call, context, link);
    }
    context->out->link = call_text(call, link);
    return context->out->link ? STATUS_OK : call_too_large(call);
}

static enum status
invite_body(struct call *call, void *with)
{
    const struct invite_context *context = with;
    char token[TOKEN_TEXT_SIZE];
    struct organization_lock lock;
    struct member older;
    bool replaces = false;
    enum status status = organization_lock(call, context->organization_id, &lock);

    *context->out = (struct invited){ .link = NULL };
    random_token(token);
    if (!status)
        status = check_stranger(call, context);
    if (!status)
        status = check_room(call, context);
    if (!status && call->mail_is_set)
        status = slow_down(call, context);
    if (!status)
        status = find_older(call, context, &older, &replaces);
    if (!status)
        status = invitations_put(call, context, token);
    if (!status)
        status = hand_over(call, context, token);
    older.id = context->out->member.id;
    return status ? status
                  : member_record(call, context->organization_id, call->actor, "member.invite",
                                  replaces ? &older : NULL, &context->out->member);
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
