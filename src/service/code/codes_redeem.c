/* codes_redeem.c - redeems a code, or accepts it as an invitation. */
#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/code/codes.h"
#include "service/core/guess_counter.h"
#include "service/core/throttle.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/organization/organizations.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

static const char too_many[] = "too many wrong codes were entered: wait, then try again";

struct redeem_context {
    int64_t organization_id;
    char subject[THROTTLE_SUBJECT_SIZE];
    char key[CODE_TEXT_SIZE];
    uint8_t hash[HASH_BYTES];
    struct redemption *out;
};

static enum status
read_code(struct call *call, const char *field, const char *text, struct code *out)
{
    const char *typed = text ? text : "";
    char flaw[CODE_EXPLAINED_SIZE];

    if (code_parse(out, typed, strlen(typed)) == CODE_OK)
        return STATUS_OK;
    code_explain(flaw, typed, strlen(typed));
    return call_fail(call, STATUS_INVALID, "code_malformed", field, "%s", flaw);
}

static enum status
find_code(struct call *call, const uint8_t hash[HASH_BYTES], struct code_by_hash_out *out,
          bool *found)
{
    struct code_by_hash_in in = { .code_hash = { hash, HASH_BYTES } };

    return code_by_hash(&call->db, &in, out, found);
}

static enum status
not_accepted(struct call *call, const char *field)
{
    return call_fail(call, STATUS_NOT_FOUND, "code_not_accepted", field,
                     "this code is not accepted: check it against the order");
}

static enum status
wrong_code(struct call *call, const struct redeem_context *context)
{
    return throttle_count_failure(call, context->subject, not_accepted(call, "code"));
}

/* An unredeemed code may be revoked or expired. */
static enum status
check_validity(struct call *call, const char *field, const struct code_by_hash_out *code)
{
    if (code->revoked_at)
        return call_fail(call, STATUS_CONFLICT, "code_revoked", field,
                         "the operator has revoked this code");
    if (code->redeem_by.is && code->redeem_by.value < call->now / UTC_DAY) {
        char day[DATE_TEXT_SIZE];
        date_format(day, code->redeem_by.value);
        return call_fail(call, STATUS_CONFLICT, "code_expired", field,
                         "this code had to be redeemed by %s", day);
    }
    return STATUS_OK;
}

/* The sensors that were renewed when the key was redeemed. */
static enum status
read_renewed(struct call *call, int64_t organization_id, int64_t key_id, struct redemption *out)
{
    struct redemption_renewed_list_in in = { organization_id, key_id };
    struct redemption_renewed_list_out *rows;
    enum status status = redemption_renewed_list(&call->db, &in, &rows, &out->renewed_count);

    if (status)
        return status;
    out->renewed = call_new(call, (out->renewed_count + 1) * sizeof *out->renewed);
    if (!out->renewed)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->renewed_count; i++)
        out->renewed[i] =
            (struct renewed_sensor){ .serial = rows[i].serial, .expires_at = rows[i].expires_at };
    return STATUS_OK;
}

/* Lets the same answer be given again. */
static enum status
keep_renewed(struct call *call, int64_t organization_id, int64_t key_id,
             const struct redemption *redemption)
{
    size_t count = redemption->renewed_count;

    if (count == 0)
        return STATUS_OK;
    struct redemption_renewed_insert_in *rows = call_new(call, count * sizeof *rows);
    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct redemption_renewed_insert_in){
            .organization_id = organization_id,
            .key_id = key_id,
            .place = (int64_t)i,
            .serial = redemption->renewed[i].serial,
            .expires_at = redemption->renewed[i].expires_at,
        };
    return redemption_renewed_insert(&call->db, rows, count, NULL);
}

/* Repeats the first answer. */
static enum status
answer_again(struct call *call, struct redeem_context *context, int64_t key_id)
{
    struct key_by_id_in in = { context->organization_id, key_id };
    struct key_by_id_out key;
    bool found;
    enum status status = key_by_id(&call->db, &in, &key, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_BROKEN, "", "", "a redeemed code has no key");
    *context->out = (struct redemption){
        .key = key.key,
        .quantity = key.quantity,
        .term = key.term,
        .redeemed_at = key.redeemed_at,
        .licenses_left = key.licenses_left_then,
        .again = true,
    };
    return read_renewed(call, context->organization_id, key_id, context->out);
}

static enum status
record_redemption(struct call *call, int64_t organization_id, const struct redemption *redemption)
{
    struct audit_fact fact = { "code.redeem", "key", redemption->key, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_int64(writer, "quantity", redemption->quantity);
    json_put_text(writer, "term", redemption->term);
    enum status status = audit_json_close(&json, call, &fact.after);
    return status ? status : audit_append(call, organization_id, &fact);
}

/* The code becomes a key of the organization, with all of its licenses in the pool. */
static enum status
redeem_make_key(struct call *call, struct redeem_context *context,
                const struct code_by_hash_out *code, int64_t redemption)
{
    struct redemption *out = context->out;
    struct code_set_redeemed_in redeemed = { code->id, context->organization_id, call->now };
    int64_t changed;
    enum status status = code_set_redeemed(&call->db, &redeemed, &changed);

    if (status)
        return status;
    if (changed == 0) /* another organization, or the operator, was faster */
        return wrong_code(call, context);
    *out = (struct redemption){
        .key = call_text(call, context->key),
        .quantity = code->quantity,
        .term = code->term,
        .redeemed_at = call->now,
    };
    if (!out->key)
        return STATUS_TOO_LARGE;
    struct key_insert_in in = {
        .organization_id = context->organization_id,
        .id = code->id,
        .key = out->key,
        .quantity = out->quantity,
        .term = out->term,
        .redeemed_at = out->redeemed_at,
        .redemption = redemption,
        .redeemed_by = call->actor->name,
    };
    return key_insert(&call->db, &in, NULL);
}

static void
write_redeemed(struct json_writer *json, const void *with, size_t index)
{
    const struct redemption *redemption = with;

    (void)index;
    json_put_text(json, "key", redemption->key);
    json_put_int64(json, "quantity", redemption->quantity);
    json_put_text(json, "term", redemption->term);
    json_put_time(json, "redeemed_at", redemption->redeemed_at);
    json_put_int64(json, "licenses_left", redemption->licenses_left);
}

/* Renews expired sensors, keeps the answer and emits the event. */
static enum status
redeem_finish(struct call *call, struct redeem_context *context,
              const struct organization_lock *lock, int64_t key_id)
{
    int64_t organization_id = context->organization_id;
    struct redemption *out = context->out;
    struct licenses_left_in pool_in = { organization_id };
    struct licenses_left_out pool;
    enum status status = record_redemption(call, organization_id, out);

    if (status)
        return status;
    status = renewing_revive(call, lock, &out->renewed, &out->renewed_count);
    if (status)
        return status;
    status = licenses_left(&call->db, &pool_in, &pool);
    if (status)
        return status;
    out->licenses_left = pool.licenses_left;
    struct key_set_answered_in answered = { organization_id, key_id, pool.licenses_left };
    status = key_set_answered(&call->db, &answered, NULL);
    if (status)
        return status;
    status = keep_renewed(call, organization_id, key_id, out);
    if (status)
        return status;
    struct event_batch event = { organization_id, EVENT_CODE_REDEEMED, 1, write_redeemed, out };
    return event_emit(call, &event);
}

static enum status
redeem_body(struct call *call, void *with)
{
    struct redeem_context *context = with;
    struct organization_lock lock;
    struct code_by_hash_out code;
    bool found;

    enum status status = ledger_begin(call, context->organization_id, &lock);
    if (status)
        return status;
    status = find_code(call, context->hash, &code, &found);
    if (status)
        return status;
    if (found && code.organization_id == context->organization_id)
        return answer_again(call, context, code.id);

    status = throttle_check(call, context->subject, "too_many_codes", too_many);
    if (status)
        return status;
    bool foreign = found && code.bound_organization_id
                   && code.bound_organization_id != context->organization_id;
    if (!found || code.organization_id || foreign)
        return wrong_code(call, context);
    status = check_validity(call, "code", &code);
    if (status)
        return status;
    status = redeem_make_key(call, context, &code, lock.version);
    if (status)
        return status;
    status = redeem_finish(call, context, &lock, code.id);
    return status ? status : throttle_forget(call, context->subject);
}

enum status
code_redeem(struct call *call, int64_t organization_id, const char *text, struct redemption *out)
{
    struct redeem_context context = { .organization_id = organization_id, .out = out };
    struct code code;
    char id[ID_TEXT_SIZE];
    enum status status = read_code(call, "code", text, &code);

    if (status)
        return status;
    code_format(context.key, &code);
    code_hash(context.hash, &code, call->secret);
    id_format(id, organization_id);
    throttle_subject(context.subject, "code", id);
    return transact(call, redeem_body, &context);
}

enum status
code_has_invited(struct call *call)
{
    return call_fail(call, STATUS_CONFLICT, "code_has_invited", "activation_code",
                     "this code has already created an account: sign in with that account, or ask "
                     "its owner for an invitation");
}

enum status
code_may_invite(struct call *call, const char *text, const struct guess_counter *counter,
                int64_t *invited)
{
    uint8_t hash[HASH_BYTES];
    struct code code;
    struct code_by_hash_out row;
    bool found;
    enum status status = read_code(call, "activation_code", text, &code);

    if (status)
        return status;
    code_hash(hash, &code, call->secret);
    status = guess_check(call, counter, "too_many_codes", too_many);
    if (status)
        return status;
    status = find_code(call, hash, &row, &found);
    if (status)
        return status;
    if (!found || row.organization_id)
        return not_accepted(call, "activation_code");
    *invited = row.signed_up_by.is ? row.signed_up_by.value : 0;
    return check_validity(call, "activation_code", &row);
}

enum status
code_use_invitation(struct call *call, const char *text, int64_t user_id)
{
    uint8_t hash[HASH_BYTES];
    struct code code;
    int64_t changed;
    enum status status = read_code(call, "activation_code", text, &code);

    if (status)
        return status;
    code_hash(hash, &code, call->secret);
    struct code_set_signed_up_in in = { .code_hash = { hash, sizeof hash }, .user_id = user_id };
    status = code_set_signed_up(&call->db, &in, &changed);
    return status || changed ? status : code_has_invited(call);
}
