/* calendar_feed.c - the secret link of a calendar feed. */
#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/notice/calendar.h"
#include "statements.h"
#include "store/store.h"

enum status
calendar_feed_find(struct call *call, int64_t organization_id, struct calendar_feed *out)
{
    struct calendar_feed_get_out row;
    enum status status = calendar_feed_get(
        &call->db, &(struct calendar_feed_get_in){ organization_id }, &row, &out->is);

    if (!status && out->is) {
        out->made_at = row.made_at;
        out->made_by = row.made_by;
    }
    return status;
}

static enum status
feed_record(struct call *call, int64_t organization_id, const char *action)
{
    char id[ID_TEXT_SIZE];

    id_format(id, organization_id);
    return audit_append(
        call, organization_id,
        &(struct audit_fact){ .action = action, .object_kind = "organization", .object_id = id });
}

struct feed_context {
    int64_t organization_id;
    char *token;
};

static enum status
feed_make_body(struct call *call, void *with)
{
    const struct feed_context *context = with;
    struct organization_lock lock;
    uint8_t hash[HASH_BYTES];
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    random_token(context->token);
    hash_bytes(hash, context->token, strlen(context->token), NULL);
    status = calendar_feed_set(&call->db,
                               &(struct calendar_feed_set_in){
                                   .organization_id = context->organization_id,
                                   .token_hash = { hash, sizeof hash },
                                   .made_at = call->now,
                                   .made_by = call->actor->name,
                               },
                               NULL);
    return status ? status : feed_record(call, context->organization_id, "calendar.make");
}

enum status
calendar_feed_make(struct call *call, int64_t organization_id, char token[TOKEN_TEXT_SIZE])
{
    return transact(call, feed_make_body, &(struct feed_context){ organization_id, token });
}

static enum status
feed_revoke_body(struct call *call, void *with)
{
    int64_t organization_id = *(int64_t *)with, changed;
    struct organization_lock lock;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = calendar_feed_delete(
            &call->db, &(struct calendar_feed_delete_in){ organization_id }, &changed);
    if (!status && changed == 0)
        status = call_fail(call, STATUS_NOT_FOUND, "", "", "there is no calendar link");
    return status ? status : feed_record(call, organization_id, "calendar.revoke");
}

enum status
calendar_feed_revoke(struct call *call, int64_t organization_id)
{
    return transact(call, feed_revoke_body, &organization_id);
}
