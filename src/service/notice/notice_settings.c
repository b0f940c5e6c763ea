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
    struct notice_recipients_out *rows;
    size_t count;
    enum status status = notice_recipients(
        &call->db, &(struct notice_recipients_in){ organization_id }, &rows, &count);

    if (status)
        return status;
    out->items = call_new(call, (count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (out->count = 0; out->count < count; out->count++) {
        const struct notice_recipients_out *row = &rows[out->count];
        out->items[out->count] = (struct notice_recipient){
            .user_id = row->user_id,
            .email = row->email,
            .name = row->name,
            .only_what_stops = row->only_what_stops,
        };
    }
    return STATUS_OK;
}

static enum status
notice_settings_describe(struct call *call, const struct notice_recipients *recipients,
                         const char **out)
{
    struct audit_json json;
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
notice_settings_stands_before(const struct notice_recipients *recipients, size_t index)
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
    enum status status = notice_recipients_delete(
        &call->db, &(struct notice_recipients_delete_in){ context->organization_id }, NULL);

    for (size_t i = 0; i < wanted->count && !status; i++) {
        int64_t changed = 0;
        if (notice_settings_stands_before(wanted, i))
            return call_fail(call, STATUS_INVALID, "", "recipients", "a member stands there twice");
        status = notice_recipient_insert(&call->db,
                                         &(struct notice_recipient_insert_in){
                                             context->organization_id,
                                             wanted->items[i].user_id,
                                             wanted->items[i].only_what_stops,
                                         },
                                         &changed);
        if (!status && changed == 0)
            status = call_fail(call, STATUS_INVALID, "", "recipients",
                               "somebody is not a member of the organization");
    }
    return status;
}

static enum status
put_body(struct call *call, void *with)
{
    struct settings_context *context = with;
    struct notice_recipients before;
    struct organization_lock lock;
    const char *was, *is;
    char id[ID_TEXT_SIZE];
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (!status)
        status = notice_recipients_get(call, context->organization_id, &before);
    if (!status)
        status = notice_settings_describe(call, &before, &was);
    if (!status)
        status = notice_settings_write_all(call, context);
    if (!status)
        status = notice_recipients_get(call, context->organization_id, context->out);
    if (!status)
        status = notice_settings_describe(call, context->out, &is);
    if (status || !strcmp(was, is))
        return status;
    id_format(id, context->organization_id);
    return audit_append(call, context->organization_id,
                        &(struct audit_fact){
                            .action = "notifications.change",
                            .object_kind = "organization",
                            .object_id = id,
                            .before = was,
                            .after = is,
                        });
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
