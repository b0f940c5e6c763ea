#include "service/code/codes_revoke.h"

#include <string.h>

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
mark(struct call *call, const struct revoke_context *context)
{
    const struct code_order *order = &context->out->order;
    int64_t changed;
    enum status status = code_set_revoked(&call->db,
                                          &(struct code_set_revoked_in){
                                              .id = context->id,
                                              .redeemed = order->organization_id != 0,
                                              .revoked_at = call->now,
                                              .revoked_by = call->actor->name,
                                              .revoke_reason = context->reason,
                                          },
                                          &changed);

    if (!status && changed != 1)
        status = call_fail(call, STATUS_BUSY, "", "", "the code was redeemed or revoked meanwhile");
    return status;
}

static enum status
revoke_record(struct call *call, const struct revoke_context *context, int64_t chain,
              const char *kind, const char *object_id)
{
    const struct code_revocation *out = context->out;
    const char *after;
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "reason", context->reason);
    json_put_time(writer, "effective_at", out->effective_at);
    json_put_int64(writer, "withdrawn_from_pool", out->withdrawn_from_pool);
    json_put_int64(writer, "withdrawn_waiting", out->withdrawn_waiting);
    json_put_int64(writer, "ended", out->ended);
    if (chain == AUDIT_OPERATOR_CHAIN)
        json_put_id(writer, "organization_id", out->order.organization_id);
    enum status status = audit_json_close(&json, call, &after);
    if (status)
        return status;
    return audit_append(call, chain,
                        &(struct audit_fact){
                            .action = "code.revoke",
                            .object_kind = kind,
                            .object_id = object_id,
                            .after = after,
                        });
}

/* Who lost coverage at this instant: from now on, also where it had begun this very second,
 * so that no end is left to begin from. */
static enum status
renew_who_lost(struct call *call, const struct organization_lock *lock)
{
    struct renewed_sensor *renewed;
    size_t count;

    return renewing_revive(call, lock, &renewed, &count);
}

static enum status
revoke_tell(struct call *call, const struct revoke_context *context, const struct revoked_key *key,
            const struct zone *zone)
{
    const struct revocation_letter what = {
        .organization_id = context->out->order.organization_id,
        .zone = zone,
        .reason = context->reason,
        .effective_at = context->out->effective_at,
        .key = key,
    };

    return revocation_tell(call, &what);
}

/* The organization's lock first, as everywhere: then the code. */
static enum status
revoke_redeemed(struct call *call, struct revoke_context *context)
{
    struct code_revocation *out = context->out;
    int64_t organization_id = out->order.organization_id;
    struct organization_lock lock;
    struct revoked_key key;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = mark(call, context);
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
    if (!status)
        status = revoke_tell(call, context, &key, lock.zone);
    return status ? status : renew_who_lost(call, &lock);
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
    if (!status)
        status = check_not_revoked(call, &out->order);
    if (!status)
        status = out->order.organization_id ? revoke_redeemed(call, context) : mark(call, context);
    if (!status)
        status = revoke_record(call, context, AUDIT_OPERATOR_CHAIN, "code", id);
    return status ? status : code_get(call, context->id, &out->order);
}

enum status
code_revoke(struct call *call, int64_t id, const struct code_revocation_request *request,
            struct code_revocation *out)
{
    struct revoke_context context = { .id = id, .effective_at = request->effective_at, .out = out };
    enum status status =
        input_text(call, "reason", request->reason, 1, REVOKE_REASON_MOST_BYTES, &context.reason);

    return status ? status : transact(call, codes_revoke_body, &context);
}
