#include "service/audit/audit_log.h"

#include <string.h>

#include "base/email.h"
#include "base/id.h"
#include "domain/serial.h"
#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

/* Accepts a serial in any form. An e-mail address is none, even if it has twelve such letters. */
static const char *
object_of(struct call *call, const char *text)
{
    char written[SERIAL_TEXT_SIZE];
    struct serial serial;

    if (!text || strchr(text, '@') || !serial_parse(&serial, text, strlen(text)))
        return text ? text : "";
    serial_format(written, serial);
    return call_text(call, written);
}

struct audit_entry
audit_entry_of(int64_t organization_id, const struct audit_log_page_out *row)
{
    return (struct audit_entry){
        .organization_id = organization_id,
        .sequence = row->sequence,
        .at = row->at,
        .actor_kind = row->actor_kind,
        .actor_id = row->actor_id,
        .actor_name = row->actor_name,
        .fact = { row->action, row->object_kind, row->object_id, row->before, row->after },
    };
}

static enum status
read_page(struct call *call, const struct audit_log_page_in *in, struct audit_page *out)
{
    struct audit_log_page_out *rows;
    size_t count, limit = (size_t)in->most - 1;
    enum status status = audit_log_page(&call->db, in, &rows, &count);

    if (status)
        return status;
    *out = (struct audit_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = audit_entry_of(in->organization_id, &rows[i]);
    if (count <= limit)
        return STATUS_OK;
    struct cursor_place last = { .number = rows[limit - 1].sequence };
    out->next = cursor_write(call, CURSOR_AUDIT, &last);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
audit_list(struct call *call, int64_t organization_id, const struct audit_query *query,
           struct audit_page *out)
{
    struct cursor_place place = { .number = INT64_MAX };
    struct audit_log_page_in in = {
        .organization_id = organization_id,
        .user_name = query->user ? query->user : "",
        .object = object_of(call, query->object),
        .only_action = query->action ? query->action : "",
        .from = query->from,
        .to = query->to ? query->to : UTC_NEVER,
        .most = query->page.limit + 1,
    };
    char email[EMAIL_SIZE];
    enum status status = cursor_read(call, CURSOR_AUDIT, query->page.cursor, &place);

    if (status)
        return status;
    if (!in.object)
        return STATUS_TOO_LARGE;
    in.before_sequence = place.number;
    if (id_parse(&in.user_id, in.user_name, strlen(in.user_name)))
        in.user_name = "";
    in.user_email = email_normalize(email, in.user_name) ? email : in.user_name;
    return read_page(call, &in, out);
}
