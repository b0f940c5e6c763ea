/* organizations_list.c - lists of organizations, for the operator. */
#include <stdio.h>
#include <string.h>

#include "base/zone.h"
#include "service/core/cursor.h"
#include "service/core/like_pattern.h"
#include "service/organization/organizations.h"
#include "statements.h"
#include "store/store.h"

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
        cursor_write_id(call, CURSOR_ORGANIZATIONS, rows[limit - 1].created_at, rows[limit - 1].id);
    return out->next ? STATUS_OK : call->db.fault.status;
}

enum status
organization_list(struct call *call, const struct organization_query *query,
                  struct organization_page *out)
{
    const struct page_request *page = &query->page;
    char q[LIKE_PATTERN_SIZE];
    struct organization_counts_page_in in = {
        .now = call->now,
        .q = q,
        .before_at = UTC_NEVER,
        .before_id = INT64_MAX,
        .most = page->limit + 1,
    };
    struct organization_counts_page_out *rows;
    size_t count;
    enum status status =
        cursor_read_id(call, CURSOR_ORGANIZATIONS, page->cursor, &in.before_at, &in.before_id);

    if (status)
        return status;
    like_pattern_fold(q, query->q ? query->q : "");
    status = organization_counts_page(&call->db, &in, &rows, &count);
    return status ? status : organizations_finish(call, rows, count, (size_t)page->limit, out);
}

struct missing_zone_context {
    struct call *call;
    char zone[ZONE_NAME_SIZE]; /* of the row before; rows of a zone follow each other */
    bool begun, missing;
    struct missing_zone *items;
    size_t most, count;
    int64_t total;
};

static enum status
organizations_add_missing(void *with, const struct organization_zones_out *row, struct fault *fault)
{
    struct missing_zone_context *context = with;
    size_t at = context->count;

    (void)fault; /* it is the call's */
    if (!context->begun || strcmp(context->zone, row->time_zone) != 0)
        (void)zone_get_or_utc(row->time_zone, &context->missing);
    context->begun = true;
    snprintf(context->zone, sizeof context->zone, "%s", row->time_zone);
    if (!context->missing || context->total++ >= (int64_t)context->most)
        return STATUS_OK;
    context->items[at].id = row->id;
    enum status status = call_keep_text(context->call, row->name, &context->items[at].name);
    context->count += !status;
    return status ? status
                  : call_keep_text(context->call, row->time_zone, &context->items[at].time_zone);
}

enum status
organization_list_missing_zones(struct call *call, size_t most, struct missing_zone **out,
                                size_t *count, int64_t *total)
{
    struct missing_zone_context context = {
        .call = call,
        .items = call_new(call, (most + 1) * sizeof *context.items),
        .most = most,
    };

    if (!context.items)
        return STATUS_TOO_LARGE;
    enum status status = organization_zones(&call->db, organizations_add_missing, &context);
    *out = context.items;
    *count = context.count;
    *total = context.total;
    return status;
}
