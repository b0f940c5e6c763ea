/* people_session.c - signing in and out, and the user of a session. */
#include "service/account/people_session.h"

#include <string.h>

#include "base/text.h"
#include "service/account/known_browser.h"
#include "service/account/members.h"
#include "service/account/people_guard.h"
#include "service/core/clock.h"
#include "service/core/guess_counter.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { ENDED_SESSIONS_A_TIME = 50 };

static const char too_many[] = "too many wrong passwords were entered: wait, then try again";

/* A well-formed hash with the cost that base/secret.h uses. Its 32 bytes are random: no password
 * matches it. */
static const char unmatched_hash[] =
    "$argon2id$v=19$m=65536,t=2,p=1$"
    "PI1XqSGXLt6BsIMdWC+8Ww$r7lcQSPBZw9dhgMtZ1jj3YJ61X/PTQFHDG+Ix38KX9o";

static enum status
bad_email(struct call *call)
{
    return call_fail(call, STATUS_INVALID, "", "email",
                     "it must be an e-mail address of at most %d bytes", EMAIL_MOST_BYTES);
}

/* Finds the address as the store has it. `normal` is "" if the address has no normal form. */
static enum status
find_email(struct call *call, const char *email, const char *normal, const char **out)
{
    struct user_by_email_out row;
    char exact[EMAIL_SIZE];
    bool found = false;

    text_lower(exact, email, strlen(email));
    if (!strcmp(exact, normal))
        return call_keep_text(call, normal, out);
    enum status status =
        user_by_email(&call->db, &(struct user_by_email_in){ .email = exact }, &row, &found);
    return status ? status : call_keep_text(call, found || !*normal ? exact : normal, out);
}

enum status
people_email(struct call *call, const char *email, const char **out)
{
    char normal[EMAIL_SIZE];

    if (!email || !email_normalize(normal, email))
        return bad_email(call);
    return find_email(call, email, normal, out);
}

enum status
people_known_email(struct call *call, const char *email, const char **out)
{
    char normal[EMAIL_SIZE];

    if (!email || !email_valid(email))
        return bad_email(call);
    if (!email_normalize(normal, email))
        *normal = '\0';
    return find_email(call, email, normal, out);
}

void
people_hash_token(uint8_t out[HASH_BYTES], const char *token)
{
    hash_bytes(out, token, strlen(token), NULL);
}

static enum status
read_membership(struct call *call, struct membership *out, int64_t organization_id,
                const char *name, const char *role)
{
    *out = (struct membership){ .organization_id = organization_id, .name = name };
    return member_parse_role(call, role, &out->role);
}

enum status
people_memberships(struct call *call, struct signed_in *out)
{
    struct memberships_of_user_in in = { out->user.id };
    struct memberships_of_user_out *rows;
    size_t count;
    enum status status = memberships_of_user(&call->db, &in, &rows, &count);

    if (status)
        return status;
    out->organization_count = count;
    out->organizations = call_new(call, (count + 1) * sizeof *out->organizations);
    if (!out->organizations)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count && !status; i++)
        status = read_membership(call, &out->organizations[i], rows[i].organization_id,
                                 rows[i].name, rows[i].role);
    return status;
}

enum status
people_session_make(struct call *call, const struct client *client, const char *password_hash,
                    struct signed_in *out)
{
    const struct user_secret user = { out->user.id, password_hash };
    uint8_t hash[HASH_BYTES];
    struct sessions_delete_ended_in ended = { call->now, ENDED_SESSIONS_A_TIME };
    enum status status = clock_may_delete(call) ? sessions_delete_ended(&call->db, &ended, NULL)
                                                : STATUS_OK;

    if (status)
        return status;
    random_token(out->token);
    people_hash_token(hash, out->token);
    struct session_insert_in in = { .token_hash = { hash, sizeof hash },
                                    .user_id = out->user.id,
                                    .created_at = call->now,
                                    .expires_at = call->now + SESSION_SECONDS };
    known_browser_mark(call, &user, client->browsers, out->browsers);
    status = session_insert(&call->db, &in, NULL);
    return status ? status : people_memberships(call, out);
}

/* Reads the account of `email`, with id 0 if there is none, and the counters of the try. */
static enum status
sign_in_find(struct call *call, const struct sign_in_request *request, const char *email,
             struct user_by_email_out *user, struct people_guard *guard)
{
    struct user_by_email_in in = { email };
    bool found;
    enum status status = user_by_email(&call->db, &in, user, &found);

    if (status)
        return status;
    if (!found)
        *user = (struct user_by_email_out){ .password_hash = unmatched_hash };
    struct user_secret secret = { user->id, user->password_hash };
    status = guard_of_sign_in(call, email, found ? &secret : NULL, request->client, guard);
    return status ? status : guess_check(call, &guard->counters[0], "sign_in_failed", too_many);
}

enum status
people_password_hash(struct call *call, const struct sign_in_request *request, const char **out)
{
    struct people_guard guard;
    struct user_by_email_out user;
    const char *known;
    enum status status = people_known_email(call, request->email, &known);

    *out = unmatched_hash;
    if (status == STATUS_INVALID) /* answers as for a wrong password */
        return STATUS_OK;
    if (!status)
        status = sign_in_find(call, request, known, &user, &guard);
    if (!status)
        *out = user.password_hash;
    return status;
}

struct sign_in_context {
    const struct sign_in_request *request;
    const char *email;
    bool matched;
    struct signed_in *out;
};

static enum status
wrong_password(struct call *call)
{
    return call_fail(call, STATUS_UNAUTHORIZED, "sign_in_failed", "",
                     "the e-mail address or the password is wrong");
}

static enum status
sign_in_body(struct call *call, void *with)
{
    struct sign_in_context *context = with;
    struct people_guard guard;
    struct user_by_email_out row;
    enum status status = sign_in_find(call, context->request, context->email, &row, &guard);

    if (status)
        return status;
    if (!context->matched)
        return guess_count_failure(call, guard.counters, guard.count, wrong_password(call));
    if (!row.id)
        return wrong_password(call);
    context->out->user = (struct user){ row.id, context->email, row.name, row.operator};
    status = guess_forget(call, &guard.counters[0]);
    return status ? status
                  : people_session_make(call, context->request->client, row.password_hash,
                                        context->out);
}

enum status
people_sign_in(struct call *call, const struct sign_in_request *request, bool matched,
               struct signed_in *out)
{
    struct sign_in_context context = { .request = request, .matched = matched, .out = out };
    enum status status = people_known_email(call, request->email, &context.email);

    *out = (struct signed_in){ 0 };
    if (status == STATUS_INVALID)
        return wrong_password(call);
    return status ? status : transact(call, sign_in_body, &context);
}

static enum status
fill_holder(struct call *call, const struct session_holder_out *rows, size_t count,
            struct signed_in *out)
{
    enum status status = STATUS_OK;

    *out = (struct signed_in){
        .user = { rows[0].id, rows[0].email, rows[0].name, rows[0].operator },
        .organization_count = rows[0].organization_id.is ? count : 0,
        .organizations = call_new(call, count * sizeof *out->organizations),
    };
    if (!out->organizations)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->organization_count && !status; i++)
        status = read_membership(call, &out->organizations[i], rows[i].organization_id.value,
                                 rows[i].organization, rows[i].role);
    return status;
}

enum status
people_by_session(struct call *call, const char *token, struct signed_in *out, bool *found)
{
    uint8_t hash[HASH_BYTES];
    struct session_holder_out *rows;
    size_t count;

    people_hash_token(hash, token);
    struct session_holder_in in = { .token_hash = { hash, sizeof hash }, .now = call->now };
    enum status status = session_holder(&call->db, &in, &rows, &count);
    if (status)
        return status;
    *found = count > 0;
    return *found ? fill_holder(call, rows, count, out) : STATUS_OK;
}

static enum status
sign_out_body(struct call *call, void *with)
{
    struct session_delete_in in = { .token_hash = { with, HASH_BYTES } };

    return session_delete(&call->db, &in, NULL);
}

enum status
people_sign_out(struct call *call, const char *token)
{
    uint8_t hash[HASH_BYTES];

    people_hash_token(hash, token);
    return transact(call, sign_out_body, hash);
}
