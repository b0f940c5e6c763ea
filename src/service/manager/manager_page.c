/* manager_page.c - finds the sensors of a page of the License Manager. */
#include <assert.h>
#include <string.h>

#include "domain/code.h"
#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "service/ledger/organization_lock.h"
#include "service/ledger/sensor_find.h"
#include "service/manager/manager.h"
#include "service/manager/manager_fill.h"
#include "service/manager/manager_pattern.h"
#include "service/manager/manager_totals.h"
#include "statements.h"
#include "store/store.h"

const char *const manager_state_words[] = {
    [MANAGER_ALL] = NULL,
    [MANAGER_ACTIVE] = "active",
    [MANAGER_EXPIRING] = "expiring",
    [MANAGER_EXPIRED] = "expired",
    [MANAGER_UNLICENSED] = "unlicensed",
    [MANAGER_STOPPING] = "stopping",
    [MANAGER_NOT_SAVING] = "not_saving",
};
_Static_assert(sizeof manager_state_words / sizeof manager_state_words[0] == MANAGER_STATE_COUNT,
               "a state has no word");

typedef enum status sensors_of_page(struct db *db, const struct manager_page_by_serial_in *in,
                                    struct manager_page_by_serial_out **rows, size_t *count);

static const struct {
    sensors_of_page *read;
    enum cursor_list list; /* a cursor belongs to one order */
    bool by_instant;
} page_orders[] = {
    [MANAGER_BY_EXPIRES_AT] = { manager_page_by_end, CURSOR_MANAGER_BY_END, true },
    [MANAGER_BY_NAME] = { manager_page_by_name, CURSOR_MANAGER_BY_NAME, false },
    [MANAGER_BY_SERIAL] = { manager_page_by_serial, CURSOR_MANAGER_BY_SERIAL, false },
    [MANAGER_BY_ACTIVATED_AT] = { manager_page_by_start, CURSOR_MANAGER_BY_START, true },
};
_Static_assert(sizeof page_orders / sizeof *page_orders == MANAGER_SORT_COUNT, "");

/* The ends of coverage that a state stands for, both inclusive. */
struct page_ends {
    utc_seconds from, to;
};

struct page_context {
    int64_t organization_id;
    const struct manager_query *query;
    struct manager_page *out;
    struct manager_row *rows; /* room for limit */
    struct organization_lock look;
    struct page_ends ends;
    struct manager_left_out left_out; /* of MANAGER_STOPPING */
    char q_serial[LIKE_PATTERN_SIZE];
    char q_name[LIKE_PATTERN_SIZE];
    char key[CODE_TEXT_SIZE];
    struct cursor_place after;
    int64_t *ids; /* room for limit */
};

static struct page_ends
ends_of_state(enum manager_state state, utc_seconds now, utc_seconds soon)
{
    const struct page_ends ends[] = {
        [MANAGER_ALL] = { 0, UTC_NEVER },       [MANAGER_ACTIVE] = { now + 1, UTC_NEVER },
        [MANAGER_EXPIRING] = { now + 1, soon }, [MANAGER_EXPIRED] = { 1, now },
        [MANAGER_UNLICENSED] = { 0, 0 },        [MANAGER_STOPPING] = { now + 1, soon },
        [MANAGER_NOT_SAVING] = { 0, now },
    };
    _Static_assert(sizeof ends / sizeof *ends == MANAGER_STATE_COUNT, "a state has no ends");

    return ends[state];
}

static enum status
read_filters(struct call *call, struct page_context *context)
{
    const struct manager_query *query = context->query;
    const char *q = query->q ? query->q : "";
    struct code code;

    if (strlen(q) > MANAGER_Q_MOST_BYTES)
        return call_fail(call, STATUS_MALFORMED, "", "q", "it must have at most %d bytes",
                         MANAGER_Q_MOST_BYTES);
    like_pattern_fold(context->q_name, q);
    if (q[0])
        manager_serial_pattern(context->q_serial, q);
    else
        like_pattern(context->q_serial, "");
    if (!query->key || !query->key[0])
        return STATUS_OK;
    if (code_parse(&code, query->key, strlen(query->key)) != CODE_OK)
        return call_fail(call, STATUS_MALFORMED, "", "key", "it must be a key");
    code_format(context->key, &code);
    return STATUS_OK;
}

/* Finds the limits of the state. Skips the sensors without an instant, which the index has first
 * and the page last. */
static enum status
page_begin(struct call *call, struct page_context *context)
{
    enum manager_sort sort = context->query->sort;
    enum manager_state state = context->query->state;
    enum status status = organization_load(call, context->organization_id, &context->look);

    if (status)
        return status;
    context->ends = ends_of_state(state, call->now, manager_soon(&context->look, call->now));
    if (state == MANAGER_STOPPING)
        status = manager_find_left_out(call, &context->look, context->ends.to, &context->left_out);
    utc_seconds from = sort == MANAGER_BY_EXPIRES_AT ? context->ends.from : 1;
    utc_seconds first = from > 1 ? from : 1;

    if (page_orders[sort].by_instant && context->after.number < first)
        context->after = (struct cursor_place){ .number = first, .text = "" };
    return status;
}

static enum status
manager_page_find(struct call *call, const struct page_context *context, size_t most,
                  struct manager_page_by_serial_out **rows, size_t *count)
{
    struct manager_page_by_serial_in in = {
        .organization_id = context->organization_id,
        .now = call->now,
        .ends_from = context->ends.from,
        .ends_to = context->ends.to,
        .q_serial = context->q_serial,
        .q_name = context->q_name,
        .key = context->key,
        .before = context->query->expires_before,
        .refused_since =
            context->query->state == MANAGER_NOT_SAVING ? manager_refused_since(call->now) : 0,
        .stops = context->query->state == MANAGER_STOPPING,
        .left_end = context->left_out.ends_at,
        .left_serial = context->left_out.serial,
        .after_serial = context->after.text,
        .after_name = context->after.text_2,
        .after_instant = context->after.number,
        .never = UTC_NEVER,
        .most = (int64_t)most,
    };

    return page_orders[context->query->sort].read(&call->db, &in, rows, count);
}

static enum status
page_body(struct call *call, void *with)
{
    struct page_context *context = with;
    struct manager_page *out = context->out;
    struct manager_page_by_serial_out *found;
    size_t limit = (size_t)context->query->page.limit, count;

    *out = (struct manager_page){ .rows = context->rows };
    enum status status = page_begin(call, context);
    if (status)
        return status;
    status = manager_totals(call, &context->look, out);
    if (status)
        return status;
    status = manager_page_find(call, context, limit + 1, &found, &count);
    if (status)
        return status;
    for (; out->count < count && out->count < limit; out->count++)
        context->ids[out->count] = found[out->count].sensor_id;
    status = manager_fill(call, &context->look, context->ids, out->count, out->rows);
    if (status || count <= limit)
        return status;
    struct cursor_place last = { found[limit - 1].instant, found[limit - 1].serial,
                                 found[limit - 1].name_folded };
    out->next = cursor_write(call, page_orders[context->query->sort].list, &last);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
manager_list(struct call *call, int64_t organization_id, const struct manager_query *query,
             struct manager_page *out)
{
    size_t room = (size_t)query->page.limit + 1;
    struct page_context context = {
        .organization_id = organization_id,
        .query = query,
        .out = out,
        .after = { .number = INT64_MIN, .text = "", .text_2 = "" },
        .ids = call_new(call, room * sizeof *context.ids),
        .rows = call_new(call, room * sizeof *context.rows),
    };

    if (!context.ids || !context.rows)
        return STATUS_TOO_LARGE;
    enum status status = read_filters(call, &context);
    if (status)
        return status;
    status = cursor_read(call, page_orders[query->sort].list, query->page.cursor, &context.after);
    if (status)
        return status;
    return read_transact(call, page_body, &context);
}

enum status
manager_find(struct call *call, int64_t organization_id, const struct manager_query *query,
             struct manager_found **out, size_t *count)
{
    struct page_context context = {
        .organization_id = organization_id,
        .query = query,
        .after = { .text = "", .text_2 = "" },
    };
    struct manager_page_by_serial_out *rows;
    enum status status = read_filters(call, &context);

    if (status)
        return status;
    assert(query->sort == MANAGER_BY_SERIAL);
    status = page_begin(call, &context);
    if (status)
        return status;
    status = manager_page_find(call, &context, (size_t)query->page.limit, &rows, count);
    if (status)
        return status;
    *out = call_new(call, (*count + 1) * sizeof **out);
    if (!*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = (struct manager_found){ rows[i].sensor_id, rows[i].serial };
    return STATUS_OK;
}

struct one_row {
    int64_t organization_id;
    const char *serial;
    struct manager_row *out;
};

static enum status
row_body(struct call *call, void *with)
{
    const struct one_row *one_row = with;
    struct organization_lock look;
    struct found_sensor sensor;
    enum status status = organization_load(call, one_row->organization_id, &look);

    if (status)
        return status;
    status = sensor_find(call, one_row->organization_id, one_row->serial, &sensor);
    return status ? status : manager_fill(call, &look, &sensor.id, 1, one_row->out);
}

enum status
manager_row(struct call *call, int64_t organization_id, const char *serial, struct manager_row *out)
{
    struct one_row one_row = {
        .organization_id = organization_id,
        .serial = serial,
        .out = out,
    };

    return read_transact(call, row_body, &one_row);
}
