/* members_list.c - a page of members and open invitations. */
#include "service/account/members.h"
#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

static enum status
members_finish(struct call *call, const struct members_page_out *rows, size_t count, size_t limit,
               struct member_page *out)
{
    *out = (struct member_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++) {
        out->items[i] = (struct member){
            .id = rows[i].id,
            .name = rows[i].name,
            .email = rows[i].email,
            .invited = rows[i].rank > 0,
            .expires_at = rows[i].expires_at,
            .mail_state = rows[i].mail_state,
            .mail_error = rows[i].mail_error,
        };
        enum status status = member_parse_role(call, rows[i].role, &out->items[i].role);
        if (status)
            return status;
    }
    if (count <= limit)
        return STATUS_OK;
    struct cursor_place place = { .number = rows[limit - 1].rank, .text = rows[limit - 1].email };
    out->next = cursor_write(call, CURSOR_MEMBERS, &place);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
member_list(struct call *call, int64_t organization_id, struct page_request page,
            struct member_page *out)
{
    struct cursor_place place = { .number = -1, .text = "" };
    struct members_page_out *rows;
    size_t count;
    enum status status = cursor_read(call, CURSOR_MEMBERS, page.cursor, &place);

    if (status)
        return status;
    struct members_page_in in = { .organization_id = organization_id,
                                  .after_rank = place.number,
                                  .after_email = place.text,
                                  .most = page.limit + 1 };
    status = members_page(&call->db, &in, &rows, &count);
    return status ? status : members_finish(call, rows, count, (size_t)page.limit, out);
}
