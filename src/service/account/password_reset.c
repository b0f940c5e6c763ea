#include "service/account/password_reset.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "service/account/people_guard.h"
#include "service/account/people_session.h"
#include "service/audit/audit.h"
#include "service/core/guess_counter.h"
#include "service/core/transaction.h"
#include "service/outbox/letter.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

enum { ENDED_A_TIME = 50 };

static const char too_many[] =
    "too many links were requested: if an account has this address, the last one is in its mailbox";

static enum status
reset_write_letter(struct call *call, const char *email, const char *token, struct letter *out)
{
    char link[1024];
    struct letter_writer writer;

    snprintf(link, sizeof link, "%s/password-resets/%s", call->public_url, token);
    letter_open(&writer, "A new password for Tenure");
    letter_paragraph(&writer, "We received a request for a new password for %s.", email);
    letter_button(&writer, "Choose a new password", link);
    letter_small(&writer,
                 "The link works once, for an hour. A new password ends all your "
                 "sessions. If you did not request the link, you can ignore this e-mail: your "
                 "password stays the same.");
    return letter_close(&writer, call, out);
}

/* The pause after the mail number `mails` in a row. */
static int64_t
reset_pause_seconds(int64_t mails)
{
    int64_t seconds = PASSWORD_RESET_FIRST_PAUSE_SECONDS;

    for (int64_t i = 1; i < mails && seconds < PASSWORD_RESET_LONGEST_PAUSE_SECONDS; i++)
        seconds *= 2;
    return seconds < PASSWORD_RESET_LONGEST_PAUSE_SECONDS ? seconds
                                                          : PASSWORD_RESET_LONGEST_PAUSE_SECONDS;
}

/* Takes the turn to mail the user. *taken false: a mail has just been sent, or a concurrent request
 * sends one. */
static enum status
reset_take_turn(struct call *call, int64_t user_id, bool *taken)
{
    struct password_reset_mail_of_user_out last = { 0 };
    int64_t changed = 0;
    bool found;
    enum status status = password_reset_mail_of_user(
        &call->db, &(struct password_reset_mail_of_user_in){ user_id }, &last, &found);

    *taken = false;
    if (status || (found && last.sent_at <= call->now && call->now < last.next_at))
        return status;
    bool quiet = last.sent_at + PASSWORD_RESET_QUIET_SECONDS <= call->now;
    int64_t mails = quiet || last.sent_at > call->now ? 1 : last.mails + 1;
    struct password_reset_mail_put_in put = {
        .user_id = user_id,
        .seen_at = last.sent_at,
        .sent_at = call->now,
        .next_at = call->now + reset_pause_seconds(mails),
        .mails = mails,
    };
    status = password_reset_mail_put(&call->db, &put, &changed);
    *taken = !status && changed > 0;
    return status;
}

/* Writes the letter whether or not the e-mail has an account, so that both take about as long. */
static enum status
make_link(struct call *call, const char *email, int64_t user_id)
{
    char token[TOKEN_TEXT_SIZE];
    uint8_t hash[HASH_BYTES];
    struct outbox_mail mail = { .purpose = "password_reset", .to = email };
    bool taken;
    int64_t id;

    random_token(token);
    people_hash_token(hash, token);
    enum status status = reset_write_letter(call, email, token, &mail.letter);
    if (status || !user_id || !call->mail_is_set)
        return status;
    status = reset_take_turn(call, user_id, &taken);
    if (status || !taken)
        return status;
    struct password_reset_insert_in reset = { .token_hash = { hash, sizeof hash },
                                              .user_id = user_id,
                                              .expires_at = call->now + PASSWORD_RESET_SECONDS };
    status = password_reset_insert(&call->db, &reset, NULL);
    return status ? status : outbox_put_mails(call, &mail, 1, &id);
}

struct reset_request_context {
    const char *email;
    const struct client *client;
};

/* Does the same for an unknown address, except for the mail: both end with a commit. */
static enum status
reset_request_body(struct call *call, void *with)
{
    const struct reset_request_context *context = with;
    struct password_resets_delete_ended_in ended = { call->now, ENDED_A_TIME };
    struct user_by_email_in in = { context->email };
    struct user_by_email_out user = { 0 };
    struct people_guard guard;
    bool found;
    enum status status = password_resets_delete_ended(&call->db, &ended, NULL);

    if (!status)
        status = user_by_email(&call->db, &in, &user, &found);
    if (status)
        return status;
    struct user_secret secret = { found ? user.id : 0, user.password_hash };
    guard_of_link(call, context->email, found ? &secret : NULL, context->client, &guard);
    for (size_t i = 0; i < guard.count && !status; i++)
        status = guess_check(call, &guard.counters[i], "too_many_resets", too_many);
    if (!status)
        status = guess_count(call, guard.counters, guard.count);
    return status ? status : make_link(call, context->email, secret.id);
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
password_reset_request(struct call *call, const char *email, const struct client *client)
{
    struct reset_request_context context = { .client = client };
    enum status status = people_known_email(call, email, &context.email);

    if (status)
        return status;
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

enum status
password_reset_may_use(struct call *call, const char *token, const char *password)
{
    struct signed_in holder = { 0 };
    enum status status = password_reset_read(call, token, &holder.user);

    if (!status)
        status = people_memberships(call, &holder);
    if (!status)
        status = people_check_password(call, password, holder.user.email, NULL);
    for (size_t i = 0; i < holder.organization_count && !status; i++)
        status =
            people_check_password(call, password, holder.user.email, holder.organizations[i].name);
    return status;
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

struct reset_context {
    const char *token;
    const char *password_hash;
    const struct client *client;
    struct signed_in *out;
};

static enum status
reset_set_password(struct call *call, const struct reset_context *context)
{
    int64_t user_id = context->out->user.id, links;
    struct password_resets_delete_of_user_in resets = { user_id };
    struct user_set_password_in password = { user_id, context->password_hash };
    struct sessions_delete_of_user_in sessions = { user_id };
    struct password_reset_mail_delete_in mails = { user_id };
    enum status status = password_resets_delete_of_user(&call->db, &resets, &links);

    if (status)
        return status;
    if (links == 0) /* another request with the same link was faster */
        return password_reset_read(call, context->token, &context->out->user);
    status = user_set_password(&call->db, &password, NULL);
    if (!status)
        status = password_reset_mail_delete(&call->db, &mails, NULL);
    return status ? status : sessions_delete_of_user(&call->db, &sessions, NULL);
}

/* The wrong passwords from the network of the person who had forgotten the right one. */
static enum status
reset_forget_failures(struct call *call, const struct reset_context *context)
{
    struct people_guard guard;
    enum status status =
        guard_of_sign_in(call, context->out->user.email, NULL, context->client, &guard);

    return status ? status : guess_forget(call, &guard.counters[0]);
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
    status = reset_forget_failures(call, context);
    if (status)
        return status;
    status = reset_record(call, &out->user);
    return status ? status
                  : people_session_make(call, context->client, context->password_hash, out);
}

enum status
password_reset_use(struct call *call, const char *token, const char *password_hash,
                   const struct client *client, struct signed_in *out)
{
    struct reset_context context = {
        .token = token,
        .password_hash = password_hash,
        .client = client,
        .out = out,
    };

    return transact(call, reset_use_body, &context);
}
