#include "service/notice/notice_settings.h"

#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "statements.h"
#include "store/store.h"

enum status
notice_recipients_get(struct call *call, int64_t organization_id, struct notice_recipients *out)
{
    struct notice_recipients_in in = { organization_id };
    struct notice_recipients_out *rows;
    size_t count;
    enum status status = notice_recipients(&call->db, &in, &rows, &count);

    if (status)
        return status;
    out->items = call_new(call, (count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct notice_recipient){ rows[i].user_id, rows[i].email, rows[i].name,
                                                   rows[i].only_what_stops };
    return STATUS_OK;
}

/* Reads the recipients, and gives them as JSON for the audit log. */
static enum status
notice_settings_read(struct call *call, int64_t organization_id,
                     struct notice_recipients *recipients, const char **out)
{
    struct audit_json json;
    enum status status = notice_recipients_get(call, organization_id, recipients);

    if (status)
        return status;
    struct json_writer *writer = audit_json_open(&json);
    json_key(writer, "recipients");
    json_array_open(writer);
    for (size_t i = 0; i < recipients->count; i++) {
        json_object_open(writer);
        json_put_text(writer, "email", recipients->items[i].email);
        json_put_bool(writer, "only_what_stops", recipients->items[i].only_what_stops);
        json_object_close(writer);
    }
    json_array_close(writer);
    return audit_json_close(&json, call, out);
}

struct settings_context {
    int64_t organization_id;
    const struct notice_recipients *wanted;
    struct notice_recipients *out;
};

static bool
notice_settings_is_repeated(const struct notice_recipients *recipients, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (recipients->items[i].user_id == recipients->items[index].user_id)
            return true;
    return false;
}

static enum status
notice_settings_write_all(struct call *call, const struct settings_context *context)
{
    const struct notice_recipients *wanted = context->wanted;
    struct notice_recipients_delete_in all = { context->organization_id };
    enum status status = notice_recipients_delete(&call->db, &all, NULL);

    for (size_t i = 0; i < wanted->count && !status; i++) {
        const struct notice_recipient *recipient = &wanted->items[i];
        struct notice_recipient_insert_in in = { context->organization_id, recipient->user_id,
                                                 recipient->only_what_stops };
        int64_t changed = 0;
        if (notice_settings_is_repeated(wanted, i))
            return call_fail(call, STATUS_INVALID, "", "recipients", "a member is listed twice");
        status = notice_recipient_insert(&call->db, &in, &changed);
        if (!status && changed == 0)
            status = call_fail(call, STATUS_INVALID, "", "recipients",
                               "each recipient must be a member of the organization");
    }
    return status;
}

static enum status
put_body(struct call *call, void *with)
{
    struct settings_context *context = with;
    struct notice_recipients before;
    struct organization_lock lock;
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { "notifications.change", "organization", id, NULL, NULL };
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    status = notice_settings_read(call, context->organization_id, &before, &fact.before);
    if (status)
        return status;
    status = notice_settings_write_all(call, context);
    if (status)
        return status;
    status = notice_settings_read(call, context->organization_id, context->out, &fact.after);
    if (status || !strcmp(fact.before, fact.after))
        return status;
    id_format(id, context->organization_id);
    return audit_append(call, context->organization_id, &fact);
}

enum status
notice_recipients_put(struct call *call, int64_t organization_id,
                      const struct notice_recipients *recipients, struct notice_recipients *out)
{
    struct settings_context context = { .organization_id = organization_id,
                                        .wanted = recipients,
                                        .out = out };

    return transact(call, put_body, &context);
}
