/* manager_page.c - which sensors stand on a page of the License Manager. */
#include <assert.h>
#include <string.h>

#include "base/unicode.h"
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
};
_Static_assert(sizeof manager_state_words / sizeof manager_state_words[0] == MANAGER_STATE_COUNT,
               "a state has no word");

/* A cursor belongs to one order. */
static const char cursor_letters[] = {
    [MANAGER_BY_EXPIRES_AT] = 'e',
    [MANAGER_BY_NAME] = 'n',
    [MANAGER_BY_SERIAL] = 's',
    [MANAGER_BY_ACTIVATED_AT] = 'a',
};
_Static_assert(sizeof cursor_letters == MANAGER_SORT_COUNT, "");

struct page_context {
    int64_t organization_id;
    const struct manager_query *query;
    struct manager_page *out;
    struct manager_row *rows; /* room for limit */
    struct organization_lock look;
    utc_seconds ends_from, ends_to; /* of coverage, which is what a state is */
    char q_serial[MANAGER_PATTERN_SIZE];
    char q_name[MANAGER_PATTERN_SIZE];
    char key[CODE_TEXT_SIZE];
    struct cursor_place after;
    size_t most;  /* sensors that are looked for */
    int64_t *ids; /* room for limit */
};

static void
set_ends(struct page_context *context, utc_seconds from, utc_seconds to)
{
    context->ends_from = from;
    context->ends_to = to;
}

static void
manager_page_read_state(const struct call *call, struct page_context *context)
{
    switch (context->query->state) {
    case MANAGER_ALL:
        set_ends(context, 0, UTC_NEVER);
        return;
    case MANAGER_ACTIVE:
        set_ends(context, call->now + 1, UTC_NEVER);
        return;
    case MANAGER_EXPIRING:
        set_ends(context, call->now + 1, call->now + EXPIRING_DAYS * UTC_DAY);
        return;
    case MANAGER_EXPIRED:
        set_ends(context, 1, call->now);
        return;
    case MANAGER_UNLICENSED:
        set_ends(context, 0, 0);
        return;
    case MANAGER_STATE_COUNT:
        break;
    }
    assert(false); /* a state that there is not */
}

static enum status
read_filters(struct call *call, struct page_context *context)
{
    const struct manager_query *query = context->query;
    const char *q = query->q ? query->q : "";
    char folded[UNICODE_FOLDED_SIZE];
    struct code code;

    if (strlen(q) > MANAGER_Q_MOST_BYTES)
        return call_fail(call, STATUS_MALFORMED, "", "q", "it must have at most %d bytes",
                         MANAGER_Q_MOST_BYTES);
    manager_page_read_state(call, context);
    unicode_fold(folded, q, strlen(q));
    manager_pattern(context->q_name, folded);
    if (q[0])
        manager_serial_pattern(context->q_serial, q);
    else
        manager_pattern(context->q_serial, "");
    if (!query->key || !query->key[0])
        return STATUS_OK;
    if (code_parse(&code, query->key, strlen(query->key)) != CODE_OK)
        return call_fail(call, STATUS_MALFORMED, "", "key", "it must be a key");
    code_format(context->key, &code);
    return STATUS_OK;
}

/* Nothing stands before `first`: an index of instants need not be read from its beginning, where
 * those without one stand. */
static void
begin_at(struct page_context *context, utc_seconds first)
{
    if (context->after.number < first)
        context->after = (struct cursor_place){ .number = first, .text = "" };
}

typedef enum status sensors_of_page(struct db *db, const struct manager_page_by_serial_in *in,
                                    struct manager_page_by_serial_out **rows, size_t *count);

static sensors_of_page *
in_order(struct page_context *context)
{
    switch (context->query->sort) {
    case MANAGER_BY_SERIAL:
        return manager_page_by_serial;
    case MANAGER_BY_NAME:
        return manager_page_by_name;
    case MANAGER_BY_EXPIRES_AT:
        begin_at(context, context->ends_from > 0 ? context->ends_from : 1);
        return manager_page_by_end;
    case MANAGER_BY_ACTIVATED_AT:
        begin_at(context, 1);
        return manager_page_by_start;
    case MANAGER_SORT_COUNT:
        break;
    }
    assert(false); /* an order that there is not */
    return NULL;
}

static enum status
manager_page_find(struct call *call, const struct page_context *context, sensors_of_page *sensors,
                  struct manager_page_by_serial_out **rows, size_t *count)
{
    return sensors(&call->db,
                   &(struct manager_page_by_serial_in){
                       .organization_id = context->organization_id,
                       .now = call->now,
                       .ends_from = context->ends_from,
                       .ends_to = context->ends_to,
                       .q_serial = context->q_serial,
                       .q_name = context->q_name,
                       .key = context->key,
                       .before = context->query->expires_before,
                       .after_serial = context->after.text,
                       .after_name = context->after.text_2,
                       .after_instant = context->after.number,
                       .never = UTC_NEVER,
                       .most = (int64_t)context->most,
                   },
                   rows, count);
}

static enum status
page_body(struct call *call, void *with)
{
    struct page_context *context = with;
    struct manager_page *out = context->out;
    struct manager_page_by_serial_out *found;
    size_t limit = (size_t)context->query->page.limit, count;

    *out = (struct manager_page){ .rows = context->rows };
    enum status status = organization_load(call, context->organization_id, &context->look);
    if (!status)
        status = manager_totals(call, &context->look, out);
    if (!status)
        status = manager_page_find(call, context, in_order(context), &found, &count);
    if (status)
        return status;
    for (; out->count < count && out->count < limit; out->count++)
        context->ids[out->count] = found[out->count].sensor_id;
    status = manager_fill(call, &context->look, context->ids, out->count, out->rows);
    if (status || count <= limit)
        return status;
    out->next = cursor_write(call, cursor_letters[context->query->sort],
                             &(struct cursor_place){
                                 .number = found[limit - 1].instant,
                                 .text = found[limit - 1].serial,
                                 .text_2 = found[limit - 1].name_folded,
                             });
    return out->next ? STATUS_OK : call->db.fault.status;
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
        .most = room,
        .ids = call_new(call, room * sizeof *context.ids),
        .rows = call_new(call, room * sizeof *context.rows),
    };

    if (!context.ids || !context.rows)
        return STATUS_TOO_LARGE;
    enum status status = read_filters(call, &context);
    if (!status)
        status = cursor_read(call, cursor_letters[query->sort], query->page.cursor, &context.after);
    if (!status)
        status = read_transact(call, page_body, &context);
    return status;
}

enum status
manager_find(struct call *call, int64_t organization_id, const struct manager_query *query,
             size_t most, struct manager_found **out, size_t *count)
{
    struct page_context context = {
        .organization_id = organization_id,
        .query = query,
        .after = { .text = "", .text_2 = "" },
        .most = most,
    };
    struct manager_page_by_serial_out *rows;
    enum status status = read_filters(call, &context);

    if (!status)
        status = manager_page_find(call, &context, manager_page_by_serial, &rows, count);
    if (status)
        return status;
    *out = call_new(call, (*count + 1) * sizeof **out);
    if (!*out)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too many sensors at once");
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

    if (!status)
        status = sensor_find(call, one_row->organization_id, one_row->serial, &sensor);
    if (!status)
        status = manager_fill(call, &look, &sensor.id, 1, one_row->out);
    return status;
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
