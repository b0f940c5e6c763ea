/* calendar_link.c - the secret link of a member to the calendar feed. */
#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/notice/calendar.h"
#include "statements.h"
#include "store/store.h"

enum status
calendar_links_find(struct call *call, int64_t organization_id, struct calendar_links *out)
{
    struct calendar_links_in in = { organization_id, call->actor->id };
    struct calendar_links_out *rows;
    size_t count;
    enum status status = calendar_links(&call->db, &in, &rows, &count);

    *out = (struct calendar_links){ 0 };
    for (size_t i = 0; i < count && !status; i++)
        *(rows[i].is_own ? &out->own : &out->nobody) =
            (struct calendar_link){ true, rows[i].made_at, rows[i].made_by };
    return status;
}

static enum status
link_record(struct call *call, int64_t organization_id, const char *action)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { action, "organization", id, NULL, NULL };

    id_format(id, organization_id);
    return audit_append(call, organization_id, &fact);
}

struct link_context {
    int64_t organization_id;
    char *token;
};

static enum status
link_make_body(struct call *call, void *with)
{
    const struct link_context *context = with;
    struct calendar_links_delete_in older = { context->organization_id, call->actor->id };
    struct organization_lock lock;
    uint8_t hash[HASH_BYTES];
    int64_t made;
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    status = calendar_links_delete(&call->db, &older, NULL);
    if (status)
        return status;
    random_token(context->token);
    hash_bytes(hash, context->token, strlen(context->token), NULL);
    struct calendar_link_insert_in in = {
        .token_hash = { hash, sizeof hash },
        .organization_id = context->organization_id,
        .user_id = call->actor->id,
        .made_at = call->now,
        .made_by = call->actor->name,
    };
    status = calendar_link_insert(&call->db, &in, &made);
    if (!status && made == 0)
        return call_fail(call, STATUS_NOT_FOUND, "", "",
                         "a calendar link belongs to a member who may see licenses");
    return status ? status : link_record(call, context->organization_id, "calendar.make");
}

enum status
calendar_link_make(struct call *call, int64_t organization_id, char token[TOKEN_TEXT_SIZE])
{
    return transact(call, link_make_body, &(struct link_context){ organization_id, token });
}

static enum status
link_revoke_body(struct call *call, void *with)
{
    int64_t organization_id = *(int64_t *)with, changed;
    struct calendar_links_delete_in in = { organization_id, call->actor->id };
    struct organization_lock lock;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (status)
        return status;
    status = calendar_links_delete(&call->db, &in, &changed);
    if (!status && changed == 0)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "you have no calendar link");
    return status ? status : link_record(call, organization_id, "calendar.revoke");
}

enum status
calendar_link_revoke(struct call *call, int64_t organization_id)
{
    return transact(call, link_revoke_body, &organization_id);
}
