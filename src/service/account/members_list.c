/* members_list.c - a page of members and of those invited. */
#include <string.h>

#include "service/account/members.h"
#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

enum { MEMBERS_CURSOR = 'u' };

static enum status
members_finish(struct call *call, const struct everybody_page_out *rows, size_t count, size_t limit,
               struct member_page *out)
{
    *out = (struct member_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++) {
        struct member *item = &out->items[i];
        *item = (struct member){
            .id = rows[i].id,
            .name = rows[i].name,
            .email = rows[i].email,
            .invited = rows[i].rank > 0,
            .expires_at = rows[i].expires_at,
            .mail_state = rows[i].mail_state,
            .mail_error = rows[i].mail_error,
        };
        if (!role_parse(&item->role, rows[i].role, strlen(rows[i].role)))
            return call_fail(call, STATUS_BROKEN, "", "", "a member's role cannot be read");
    }
    if (count <= limit)
        return STATUS_OK;
    out->next = cursor_write(
        call, MEMBERS_CURSOR,
        &(struct cursor_place){ .number = rows[limit - 1].rank, .text = rows[limit - 1].email });
    return out->next ? STATUS_OK : call->db.fault.status;
}

enum status
member_list(struct call *call, int64_t organization_id, struct page_request page,
            struct member_page *out)
{
    struct cursor_place place = { .number = -1, .text = "" };
    struct everybody_page_out *rows;
    size_t count;
    enum status status = cursor_read(call, MEMBERS_CURSOR, page.cursor, &place);

    if (!status)
        status = everybody_page(&call->db,
                                &(struct everybody_page_in){
                                    .organization_id = organization_id,
                                    .after_rank = place.number,
                                    .after_email = place.text,
                                    .most = page.limit + 1,
                                },
                                &rows, &count);
    return status ? status : members_finish(call, rows, count, (size_t)page.limit, out);
}
