#include "service/audit/audit_log.h"

#include <string.h>

#include "base/email.h"
#include "base/id.h"
#include "domain/serial.h"
#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

enum { AUDIT_CURSOR = 'a' };

/* A serial in any form is one. */
static const char *
object_of(struct call *call, const char *text)
{
    char written[SERIAL_TEXT_SIZE];
    struct serial serial;

    if (!text || !serial_parse(&serial, text, strlen(text)))
        return text ? text : "";
    serial_format(written, serial);
    const char *copy = arena_text(call->db.arena, written, sizeof written - 1);
    return copy ? copy : text;
}

static struct audit_entry
entry_of(int64_t organization_id, const struct audit_log_page_out *row)
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
finish_page(struct call *call, int64_t organization_id, const struct audit_log_page_out *rows,
            size_t count, size_t limit, struct audit_page *out)
{
    *out = (struct audit_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = entry_of(organization_id, &rows[i]);
    if (count <= limit)
        return STATUS_OK;
    out->next = cursor_write(call, AUDIT_CURSOR,
                             &(struct cursor_place){ .number = out->items[limit - 1].sequence });
    return out->next ? STATUS_OK : call->db.fault.status;
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
    struct audit_log_page_out *rows;
    char email[EMAIL_SIZE];
    size_t count;
    enum status status = cursor_read(call, AUDIT_CURSOR, query->page.cursor, &place);

    in.before_sequence = place.number;
    if (id_parse(&in.user_id, in.user_name, strlen(in.user_name)))
        in.user_name = "";
    in.user_email = email_normalize(email, in.user_name) ? email : in.user_name;
    if (!status)
        status = audit_log_page(&call->db, &in, &rows, &count);
    return status ? status
                  : finish_page(call, organization_id, rows, count, (size_t)query->page.limit, out);
}
