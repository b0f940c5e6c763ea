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
    struct calendar_feed_get_in in = { organization_id };
    struct calendar_feed_get_out row;
    bool found;
    enum status status = calendar_feed_get(&call->db, &in, &row, &found);

    *out = (struct calendar_feed){ .is = !status && found };
    if (out->is)
        *out = (struct calendar_feed){ true, row.made_at, row.made_by };
    return status;
}

static enum status
feed_record(struct call *call, int64_t organization_id, const char *action)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { action, "organization", id, NULL, NULL };

    id_format(id, organization_id);
    return audit_append(call, organization_id, &fact);
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
    struct calendar_feed_set_in in = {
        context->organization_id, { hash, sizeof hash }, call->now, call->actor->name
    };
    status = calendar_feed_set(&call->db, &in, NULL);
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
    struct calendar_feed_delete_in in = { organization_id };
    struct organization_lock lock;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (status)
        return status;
    status = calendar_feed_delete(&call->db, &in, &changed);
    if (!status && changed == 0)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no calendar link");
    return status ? status : feed_record(call, organization_id, "calendar.revoke");
}

enum status
calendar_feed_revoke(struct call *call, int64_t organization_id)
{
    return transact(call, feed_revoke_body, &organization_id);
}
