/* organizations_list.c - organizations with their counts, for the operator. */
#include "service/core/cursor.h"
#include "service/organization/organizations.h"
#include "statements.h"
#include "store/store.h"

enum { ORGANIZATIONS_CURSOR = 'o' };

static enum status
organizations_finish(struct call *call, const struct organization_counts_page_out *rows,
                     size_t count, size_t limit, struct organization_page *out)
{
    *out = (struct organization_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (struct organization_counts){
            .id = rows[i].id,
            .name = rows[i].name,
            .created_at = rows[i].created_at,
            .sensors = rows[i].sensors,
            .active = rows[i].active,
            .licenses_left = rows[i].licenses_left,
        };
    if (count <= limit)
        return STATUS_OK;
    out->next =
        cursor_write_id(call, ORGANIZATIONS_CURSOR, rows[limit - 1].created_at, rows[limit - 1].id);
    return out->next ? STATUS_OK : call->db.fault.status;
}

enum status
organization_list(struct call *call, struct page_request page, struct organization_page *out)
{
    struct organization_counts_page_in in = {
        .now = call->now,
        .before_at = UTC_NEVER,
        .before_id = INT64_MAX,
        .most = page.limit + 1,
    };
    struct organization_counts_page_out *rows;
    size_t count;
    enum status status =
        cursor_read_id(call, ORGANIZATIONS_CURSOR, page.cursor, &in.before_at, &in.before_id);

    if (status)
        return status;
    status = organization_counts_page(&call->db, &in, &rows, &count);
    return status ? status : organizations_finish(call, rows, count, (size_t)page.limit, out);
}
