/* organizations_list.c - organizations with their counts, for the operator. */
#include <string.h>

#include "base/id.h"
#include "service/cursor.h"
#include "service/organizations.h"
#include "statements.h"
#include "store/store.h"

enum { ORGANIZATIONS_CURSOR = 'o' };

static enum status
read_cursor(struct call *call, const char *cursor, struct organization_counts_page_in *in)
{
    struct cursor_place place = { 0 };
    enum status status = cursor_read(call, ORGANIZATIONS_CURSOR, cursor, &place);

    if (status || !cursor)
        return status;
    in->before_at = place.number;
    if (!id_parse(&in->before_id, place.text, strlen(place.text)))
        return fail(&call->fault, STATUS_MALFORMED, "", "cursor",
                    "this is not the cursor of a page of this list");
    return STATUS_OK;
}

static enum status
finish(struct call *call, const struct organization_counts_page_out *rows, size_t count,
       size_t limit, struct organization_page *out)
{
    char id[ID_TEXT_SIZE];

    *out = (struct organization_page){ .count = count < limit ? count : limit };
    out->items = arena_new(call->arena, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
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
    id_format(id, rows[limit - 1].id);
    out->next =
        cursor_write(call, ORGANIZATIONS_CURSOR,
                     &(struct cursor_place){ .number = rows[limit - 1].created_at, .text = id });
    return out->next ? STATUS_OK : call->fault.status;
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
    enum status status = read_cursor(call, page.cursor, &in);

    if (!status)
        status =
            organization_counts_page(call->store, call->arena, &in, &rows, &count, &call->fault);
    return status ? status : finish(call, rows, count, (size_t)page.limit, out);
}
