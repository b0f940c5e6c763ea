#include "service/code/codes_revoke.h"

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/code/key_revoke.h"
#include "service/code/revocation_letter.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/renewing.h"
#include "statements.h"
#include "store/store.h"

struct revoke_context {
    int64_t id;
    const char *reason;
    utc_seconds effective_at;
    struct code_revocation *out;
};

static enum status
check_not_revoked(struct call *call, const struct code_order *order)
{
    char at[UTC_TEXT_SIZE];

    if (order->revoked_at == 0)
        return STATUS_OK;
    utc_format(at, order->revoked_at);
    return call_fail(call, STATUS_CONFLICT, "code_revoked", "", "this code was revoked at %s", at);
}

static enum status
set_revoked(struct call *call, const struct revoke_context *context)
{
    struct code_set_revoked_in in = {
        .id = context->id,
        .redeemed = context->out->order.organization_id != 0,
        .revoked_at = call->now,
        .revoked_by = call->actor->name,
        .revoke_reason = context->reason,
    };
    int64_t changed;
    enum status status = code_set_revoked(&call->db, &in, &changed);

    if (!status && changed != 1)
        return call_fail(call, STATUS_BUSY, "", "", "the code was redeemed or revoked meanwhile");
    return status;
}

static enum status
revoke_record(struct call *call, const struct revoke_context *context, int64_t chain,
              const char *kind, const char *object_id)
{
    const struct code_revocation *out = context->out;
    struct audit_fact fact = { "code.revoke", kind, object_id, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "reason", context->reason);
    json_put_time(writer, "effective_at", out->effective_at);
    json_put_int64(writer, "withdrawn_from_pool", out->withdrawn_from_pool);
    json_put_int64(writer, "withdrawn_waiting", out->withdrawn_waiting);
    json_put_int64(writer, "ended", out->ended);
    if (chain == AUDIT_OPERATOR_CHAIN)
        json_put_id(writer, "organization_id", out->order.organization_id);
    enum status status = audit_json_close(&json, call, &fact.after);
    return status ? status : audit_append(call, chain, &fact);
}

static enum status
revoke_redeemed(struct call *call, struct revoke_context *context)
{
    struct code_revocation *out = context->out;
    int64_t organization_id = out->order.organization_id;
    struct organization_lock lock;
    struct revoked_key key;
    struct renewed_sensor *renewed;
    size_t count;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (status)
        return status;
    status = set_revoked(call, context); /* after the organization's lock, as in code_redeem() */
    if (status)
        return status;
    out->effective_at = context->effective_at > call->now ? context->effective_at : call->now;
    status = key_revoke(call, &lock, context->id, out->effective_at, &key);
    if (status)
        return status;
    out->withdrawn_from_pool = key.withdrawn_from_pool;
    out->withdrawn_waiting = key.withdrawn_waiting;
    out->ended = key.ended;
    status = revoke_record(call, context, organization_id, "key", key.key);
    if (status)
        return status;
    struct revocation_letter letter = { organization_id, lock.zone, context->reason,
                                        out->effective_at, &key };
    status = revocation_letter_send(call, &letter);
    /* Renews sensors that lost coverage now, even in the second of its start: no end is left. */
    return status ? status : renewing_revive(call, &lock, &renewed, &count);
}

static enum status
codes_revoke_body(struct call *call, void *with)
{
    struct revoke_context *context = with;
    struct code_revocation *out = context->out;
    char id[ID_TEXT_SIZE];

    *out = (struct code_revocation){ 0 };
    id_format(id, context->id);
    enum status status = code_get(call, context->id, &out->order);
    if (status)
        return status;
    status = check_not_revoked(call, &out->order);
    if (status)
        return status;
    status = out->order.organization_id ? revoke_redeemed(call, context)
                                        : set_revoked(call, context);
    if (status)
        return status;
    status = revoke_record(call, context, AUDIT_OPERATOR_CHAIN, "code", id);
    return status ? status : code_get(call, context->id, &out->order);
}

enum status
code_revoke(struct call *call, int64_t id, const struct code_revocation_request *request,
            struct code_revocation *out)
{
    struct revoke_context context = { id, request->reason, request->effective_at, out };
    enum status status = input_text(call, "reason", 1, REVOKE_REASON_MOST_BYTES, &context.reason);

    return status ? status : transact(call, codes_revoke_body, &context);
}
