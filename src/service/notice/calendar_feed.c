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
    enum status status = calendar_feed_get(call->store, call->arena,
                                           &(struct calendar_feed_get_in){ organization_id }, &row,
                                           &out->is, &call->fault);

    if (!status && out->is) {
        out->made_at = row.made_at;
        out->made_by = row.made_by;
    }
    return status;
}

static enum status
record(struct call *call, int64_t organization_id, const char *action)
{
    char id[ID_TEXT_SIZE];

    id_format(id, organization_id);
    return audit_append(
        call, organization_id,
        &(struct audit_fact){ .action = action, .object_kind = "organization", .object_id = id });
}

struct making {
    int64_t organization_id;
    char *token;
};

static enum status
make_body(struct call *call, void *with)
{
    const struct making *making = with;
    struct organization_lock lock;
    uint8_t hash[HASH_BYTES];
    enum status status = ledger_begin(call, making->organization_id, &lock);

    if (status)
        return status;
    random_token(making->token);
    hash_bytes(hash, making->token, strlen(making->token), NULL);
    status = calendar_feed_set(call->store, call->arena,
                               &(struct calendar_feed_set_in){
                                   .organization_id = making->organization_id,
                                   .token_hash = { hash, sizeof hash },
                                   .made_at = call->now,
                                   .made_by = call->actor->name,
                               },
                               NULL, &call->fault);
    return status ? status : record(call, making->organization_id, "calendar.make");
}

enum status
calendar_feed_make(struct call *call, int64_t organization_id, char token[TOKEN_TEXT_SIZE])
{
    return transact(call, make_body, &(struct making){ organization_id, token });
}

static enum status
revoke_body(struct call *call, void *with)
{
    int64_t organization_id = *(int64_t *)with, changed;
    struct organization_lock lock;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = calendar_feed_delete(call->store, call->arena,
                                      &(struct calendar_feed_delete_in){ organization_id },
                                      &changed, &call->fault);
    if (!status && changed == 0)
        status = fail(&call->fault, STATUS_NOT_FOUND, "", "", "there is no calendar link");
    return status ? status : record(call, organization_id, "calendar.revoke");
}

enum status
calendar_feed_revoke(struct call *call, int64_t organization_id)
{
    return transact(call, revoke_body, &organization_id);
}
