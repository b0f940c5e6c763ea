#include "service/account/password_reset.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "service/account/people_session.h"
#include "service/audit/audit.h"
#include "service/core/throttle.h"
#include "service/core/transaction.h"
#include "service/outbox/letter.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

enum { ENDED_A_TIME = 50 };

static const char too_many[] = "too many links were requested: wait, then try again";

static enum status
reset_send_letter(struct call *call, const char *email, const char *token)
{
    char link[1024];
    struct letter_writer writer;
    struct outbox_mail mail = { .purpose = "password_reset", .to = email };
    int64_t id;

    snprintf(link, sizeof link, "%s/password-resets/%s", call->public_url, token);
    letter_open(&writer, "A new password for Tenure");
    letter_paragraph(&writer, "We received a request for a new password for %s.", email);
    letter_button(&writer, "Choose a new password", link);
    letter_small(&writer,
                 "The link works once, for an hour. A new password ends all your "
                 "sessions. If you did not request the link, you can ignore this e-mail: your "
                 "password stays the same.");
    enum status status = letter_close(&writer, call, &mail.letter);
    return status ? status : outbox_put_mails(call, &mail, 1, &id);
}

static enum status
make_link(struct call *call, const char *email)
{
    struct user_by_email_in in = { email };
    struct user_by_email_out user;
    char token[TOKEN_TEXT_SIZE];
    uint8_t hash[HASH_BYTES];
    bool found;
    enum status status = user_by_email(&call->db, &in, &user, &found);

    if (status || !found || !call->mail_is_set)
        return status;
    random_token(token);
    people_hash_token(hash, token);
    struct password_reset_insert_in reset = { .token_hash = { hash, sizeof hash },
                                              .user_id = user.id,
                                              .expires_at = call->now + PASSWORD_RESET_SECONDS };
    status = password_reset_insert(&call->db, &reset, NULL);
    return status ? status : reset_send_letter(call, email, token);
}

struct reset_request_context {
    const char *email;
    char subjects[2][THROTTLE_SUBJECT_SIZE];
};

/* Does the same for an unknown address, except for the mail: both end with a commit. */
static enum status
reset_request_body(struct call *call, void *with)
{
    const struct reset_request_context *context = with;
    struct password_resets_delete_ended_in ended = { call->now, ENDED_A_TIME };
    enum status status = password_resets_delete_ended(&call->db, &ended, NULL);

    for (size_t i = 0; i < 2 && !status; i++)
        status = throttle_check(call, context->subjects[i], "too_many_resets", too_many);
    for (size_t i = 0; i < 2 && !status; i++)
        status = throttle_count(call, context->subjects[i]);
    return status ? status : make_link(call, context->email);
}

/* Logs once a process, because anyone may ask as often as they like. */
static void
log_no_relay(void)
{
    static atomic_flag logged = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&logged))
        log_line(
            LOG_WARNING, "mail.not_set",
            "reason=\"somebody asked for a new password, but no link can be sent: set --smtp\"");
}

enum status
password_reset_request(struct call *call, const char *email, const char *client)
{
    struct reset_request_context context;
    enum status status = people_known_email(call, email, &context.email);

    if (status)
        return status;
    throttle_subject(context.subjects[0], "reset", context.email);
    throttle_subject(context.subjects[1], "reset_by", client);
    status = transact(call, reset_request_body, &context);
    if (!status && !call->mail_is_set)
        log_no_relay();
    return status;
}

enum status
password_reset_read(struct call *call, const char *token, struct user *out)
{
    struct password_reset_holder_out row;
    uint8_t hash[HASH_BYTES];
    struct password_reset_holder_in in = { .token_hash = { hash, sizeof hash }, .now = call->now };
    bool found;

    people_hash_token(hash, token);
    enum status status = password_reset_holder(&call->db, &in, &row, &found);
    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "reset_not_valid", "",
                         "this link was used, or is older than an hour: request a new one");
    *out = (struct user){ row.id, row.email, row.name, row.operator};
    return STATUS_OK;
}

static enum status
reset_record(struct call *call, const struct user *user)
{
    struct actor actor = { .kind = ACTOR_USER, .id = user->id, .name = user->email };
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { "user.reset_password", "user", id, NULL, NULL };

    id_format(id, user->id);
    return audit_append_many(call, AUDIT_OPERATOR_CHAIN, &actor, &fact, 1);
}

static enum status
forget_failures(struct call *call, const char *email)
{
    char subject[THROTTLE_SUBJECT_SIZE];

    throttle_subject(subject, "sign_in", email);
    enum status status = throttle_forget(call, subject);
    throttle_subject(subject, "reset", email);
    return status ? status : throttle_forget(call, subject);
}

struct reset_context {
    const char *token;
    const char *password_hash;
    struct signed_in *out;
};

static enum status
reset_set_password(struct call *call, const struct reset_context *context)
{
    int64_t user_id = context->out->user.id, links;
    struct password_resets_delete_of_user_in resets = { user_id };
    struct user_set_password_in password = { user_id, context->password_hash };
    struct sessions_delete_of_user_in sessions = { user_id };
    enum status status = password_resets_delete_of_user(&call->db, &resets, &links);

    if (status)
        return status;
    if (links == 0) /* another request with the same link was faster */
        return password_reset_read(call, context->token, &context->out->user);
    status = user_set_password(&call->db, &password, NULL);
    return status ? status : sessions_delete_of_user(&call->db, &sessions, NULL);
}

static enum status
reset_use_body(struct call *call, void *with)
{
    const struct reset_context *context = with;
    struct signed_in *out = context->out;

    *out = (struct signed_in){ 0 };
    enum status status = password_reset_read(call, context->token, &out->user);
    if (status)
        return status;
    status = reset_set_password(call, context);
    if (status)
        return status;
    status = forget_failures(call, out->user.email);
    if (status)
        return status;
    status = reset_record(call, &out->user);
    return status ? status : people_session_make(call, out);
}

enum status
password_reset_use(struct call *call, const char *token, const char *password_hash,
                   struct signed_in *out)
{
    struct reset_context context = { .token = token, .password_hash = password_hash, .out = out };

    return transact(call, reset_use_body, &context);
}
