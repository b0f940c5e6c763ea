/* people_accounts.c - makes users: sign-up, set-up link, command line. */
#include <string.h>

#include "base/id.h"
#include "service/account/people_guard.h"
#include "service/account/people_session.h"
#include "service/audit/audit.h"
#include "service/code/codes.h"
#include "service/core/guess_counter.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

static enum status
email_taken(struct call *call)
{
    return call_fail(call, STATUS_CONFLICT, "email_taken", "email",
                     "an account with this e-mail address exists");
}

static enum status
record_user(struct call *call, const struct user *user)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { "user.add", "user", id, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "email", user->email);
    json_put_text(writer, "name", user->name);
    json_put_bool(writer, "operator", user->operator_);
    id_format(id, user->id);
    enum status status = audit_json_close(&json, call, &fact.after);
    return status ? status : audit_append(call, AUDIT_OPERATOR_CHAIN, &fact);
}

enum status
people_make(struct call *call, struct user *user, const char *password_hash)
{
    const char *folded;
    int64_t changed;
    enum status status = input_fold(call, user->name, &folded);

    if (status)
        return status;
    user->id = id_random();
    struct user_insert_in in = {
        .id = user->id,
        .email = user->email,
        .name = user->name,
        .name_folded = folded,
        .password_hash = password_hash,
        .operator= user->operator_,
        .created_at = call->now,
    };
    status = user_insert(&call->db, &in, &changed);
    if (status)
        return status;
    return changed == 0 ? email_taken(call) : record_user(call, user);
}

enum status
people_check_password(struct call *call, const char *password, const char *email,
                      const char *organization)
{
    const char *names[] = { email, organization };
    enum password_flaw flaw = password_check(password, names, organization ? 2 : 1);

    return flaw ? call_fail(call, STATUS_INVALID, "", "password", "password %s",
                            password_flaw_sentence(flaw))
                : STATUS_OK;
}

static enum status
check_user(struct call *call, const struct user_request *request, struct user *user)
{
    *user = (struct user){ .name = request->name, .operator_ = request->operator_ };
    enum status status = people_email(call, request->email, &user->email);
    if (!status)
        status = input_text(call, "name", 0, NAME_MOST_BYTES, &user->name);
    return status || !request->password
               ? status
               : people_check_password(call, request->password, user->email, NULL);
}

static enum status
check_invitation(struct call *call, const struct user_request *request, enum sign_up mode,
                 int64_t *invited)
{
    struct guess_counter counter;

    *invited = 0;
    if (mode == SIGN_UP_CLOSED)
        return call_fail(call, STATUS_FORBIDDEN, "sign_up_closed", "",
                         "sign-up is closed here: ask for an invitation");
    if (mode == SIGN_UP_OPEN)
        return STATUS_OK;
    if (!request->activation_code || !request->activation_code[0])
        return call_fail(call, STATUS_FORBIDDEN, "code_required", "activation_code",
                         "you need an activation code to sign up");
    guard_of_sign_up(call, request->client, &counter);
    return code_may_invite(call, request->activation_code, &counter, invited);
}

/* Is the address free, and the code unused? A used code reveals only that it has created an
 * account. */
static enum status
check_free(struct call *call, const char *email, int64_t invited)
{
    struct user_by_email_out row;
    bool found;
    enum status status =
        user_by_email(&call->db, &(struct user_by_email_in){ email }, &row, &found);

    if (status)
        return status;
    if (invited && !(found && row.id == invited))
        return code_has_invited(call);
    return found ? email_taken(call) : STATUS_OK;
}

enum status
people_may_sign_up(struct call *call, const struct user_request *request, enum sign_up mode)
{
    struct user user = { 0 };
    int64_t invited;
    enum status status = check_user(call, request, &user);

    if (status)
        return status;
    status = check_invitation(call, request, mode, &invited);
    return status ? status : check_free(call, user.email, invited);
}

struct sign_up_context {
    const struct user_request *request;
    enum sign_up mode;
    struct signed_in *out;
};

static enum status
sign_up_body(struct call *call, void *with)
{
    struct sign_up_context *context = with;
    struct user *user = &context->out->user;
    const struct user_request *request = context->request;
    struct guess_counter counter;
    int64_t invited;
    enum status status = check_invitation(call, request, context->mode, &invited);

    guard_of_sign_up(call, request->client, &counter);
    if (status == STATUS_NOT_FOUND)
        return guess_count_failure(call, &counter, 1, status);
    if (!status)
        status = check_free(call, user->email, invited);
    if (status)
        return status;
    status = people_make(call, user, request->password_hash);
    if (!status && context->mode == SIGN_UP_WITH_CODE)
        status = code_use_invitation(call, request->activation_code, user->id);
    if (status)
        return status;
    status = guess_forget(call, &counter);
    return status
               ? status
               : people_session_make(call, request->client, request->password_hash, context->out);
}

enum status
people_sign_up(struct call *call, const struct user_request *request, enum sign_up mode,
               struct signed_in *out)
{
    struct sign_up_context context = { .request = request, .mode = mode, .out = out };

    *out = (struct signed_in){ 0 };
    enum status status = check_user(call, request, &out->user);
    out->user.operator_ = false; /* not by sign-up */
    return status ? status : transact(call, sign_up_body, &context);
}

static enum status
link_not_valid(struct call *call)
{
    return call_fail(
        call, STATUS_NOT_FOUND, "set_up_link_not_valid", "set_up_token",
        "this link is not valid: it works once, for the first user, until the server that printed"
        " it stops");
}

enum status
people_may_set_up(struct call *call, const struct user_request *request, const char *token)
{
    struct user user = { 0 };
    int64_t count;

    if (!*token || strlen(request->set_up_token) != strlen(token)
        || !secret_equal(request->set_up_token, token, strlen(token)))
        return link_not_valid(call);
    enum status status = people_count(call, &count);
    if (status)
        return status;
    return count > 0 ? link_not_valid(call) : check_user(call, request, &user);
}

struct set_up_context {
    const struct user_request *request;
    const char *token;
    struct signed_in *out;
};

/* The insertion or the audit entry waits for a concurrent transaction that makes a user, so the
 * users are counted again afterwards. */
static enum status
set_up_body(struct call *call, void *with)
{
    struct set_up_context *context = with;
    int64_t count = 0;
    enum status status = people_may_set_up(call, context->request, context->token);

    if (status)
        return status;
    status = people_make(call, &context->out->user, context->request->password_hash);
    if (!status)
        status = people_count(call, &count);
    if (status == STATUS_CONFLICT || count > 1)
        return link_not_valid(call);
    return status ? status
                  : people_session_make(call, context->request->client,
                                        context->request->password_hash, context->out);
}

enum status
people_set_up(struct call *call, const struct user_request *request, const char *token,
              struct signed_in *out)
{
    struct set_up_context context = { .request = request, .token = token, .out = out };

    *out = (struct signed_in){ 0 };
    enum status status = check_user(call, request, &out->user);
    out->user.operator_ = true;
    return status ? status : transact(call, set_up_body, &context);
}

struct account_add_context {
    const char *password_hash;
    struct user *out;
};

static enum status
accounts_add_body(struct call *call, void *with)
{
    struct account_add_context *context = with;

    return people_make(call, context->out, context->password_hash);
}

enum status
people_add(struct call *call, const struct user_request *request, struct user *out)
{
    struct account_add_context context = { .password_hash = request->password_hash, .out = out };
    enum status status = check_user(call, request, out);
    return status ? status : transact(call, accounts_add_body, &context);
}

enum status
people_count(struct call *call, int64_t *out)
{
    struct user_count_out row;
    enum status status = user_count(&call->db, &row);

    if (!status)
        *out = row.count;
    return status;
}

enum status
people_same_emails(struct call *call, size_t most, struct same_email **out, size_t *count,
                   int64_t *total)
{
    struct users_with_same_email_out *rows;
    enum status status = users_with_same_email(
        &call->db, &(struct users_with_same_email_in){ (int64_t)most }, &rows, count);

    if (status)
        return status;
    *total = *count > 0 ? rows[0].count : 0;
    *out = call_new(call, (*count + 1) * sizeof **out);
    if (!*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = (struct same_email){ rows[i].email, rows[i].other };
    return STATUS_OK;
}
