#include "service/manager/assignments.h"

#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/manager/assignments_pick.h"

struct assignments_context {
    int64_t organization_id;
    const struct assignment_request *request;
    struct license_gift gift;
    struct assignments *out;
};

static enum status
assignments_fill(struct call *call, const struct license_gift *gift, struct license *licenses,
                 struct assignments *out)
{
    *out = (struct assignments){
        .items = call_new(call, (gift->count + 1) * sizeof *out->items),
        .count = gift->count,
        .licenses_left = gift->pool.left,
    };
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < gift->count; i++)
        out->items[i] = (struct assigned_sensor){
            .serial = gift->recipients[i].serial,
            .licenses = licenses + i * gift->each,
            .count = gift->each,
        };
    return STATUS_OK;
}

static enum status
assignments_body(struct call *call, void *with)
{
    struct assignments_context *context = with;
    const struct assignment_request *request = context->request;
    struct license_gift *gift = &context->gift;
    struct license *licenses;
    enum status status = ledger_begin(call, context->organization_id, &gift->lock);

    if (status)
        return status;
    status = assignments_pick(call, request, ASSIGNMENT_MOST_LICENSES / gift->each, gift);
    if (status)
        return status;
    status = pool_withdrawal_read(call, &gift->lock, &gift->pool);
    if (status)
        return status;
    status = pool_withdrawal_choose(call, &gift->pool, request->key,
                                    (int64_t)(gift->count * gift->each), &gift->key);
    if (status)
        return status;
    status = recipients_check_queues(call, gift);
    if (status)
        return status;
    status = licenses_give(call, gift, &licenses);
    return status ? status : assignments_fill(call, gift, licenses, context->out);
}

enum status
assignments_make(struct call *call, int64_t organization_id,
                 const struct assignment_request *request, struct assignments *out)
{
    struct assignments_context context = {
        .organization_id = organization_id,
        .request = request,
        .gift = { .each = (size_t)request->count },
        .out = out,
    };

    if (request->count < 1 || request->count > ASSIGNMENT_MOST_EACH)
        return call_fail(call, STATUS_INVALID, "", "count", "it must be 1 to %d",
                         ASSIGNMENT_MOST_EACH);
    return transact(call, assignments_body, &context);
}
