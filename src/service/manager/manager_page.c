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

struct paging {
    int64_t organization_id;
    const struct manager_query *query;
    struct manager_page *out;
    struct manager_row *rows; /* room for limit */
    struct organization_lock look;
    bool committed;                 /* the transaction is ours: it has not changed the ledger */
    utc_seconds ends_from, ends_to; /* of coverage, which is what a state is */
    char q_serial[MANAGER_PATTERN_SIZE];
    char q_name[MANAGER_PATTERN_SIZE];
    char key[CODE_TEXT_SIZE];
    struct cursor_place after;
    struct cursor_place *places; /* one a sensor found: limit + 1 at most */
    int64_t *ids;
    size_t found;
};

static void
set_ends(struct paging *paging, utc_seconds from, utc_seconds to)
{
    paging->ends_from = from;
    paging->ends_to = to;
}

static void
read_state(const struct call *call, struct paging *paging)
{
    switch (paging->query->state) {
    case MANAGER_ALL:
        set_ends(paging, 0, UTC_NEVER);
        return;
    case MANAGER_ACTIVE:
        set_ends(paging, call->now + 1, UTC_NEVER);
        return;
    case MANAGER_EXPIRING:
        set_ends(paging, call->now + 1, call->now + EXPIRING_DAYS * UTC_DAY);
        return;
    case MANAGER_EXPIRED:
        set_ends(paging, 1, call->now);
        return;
    case MANAGER_UNLICENSED:
        set_ends(paging, 0, 0);
        return;
    case MANAGER_STATE_COUNT:
        break;
    }
    assert(false); /* a state that there is not */
}

static enum status
read_filters(struct call *call, struct paging *paging)
{
    const struct manager_query *query = paging->query;
    const char *q = query->q ? query->q : "";
    char folded[UNICODE_FOLDED_SIZE];
    struct code code;

    if (strlen(q) > MANAGER_Q_MOST_BYTES)
        return fail(&call->fault, STATUS_MALFORMED, "", "q", "it must have at most %d bytes",
                    MANAGER_Q_MOST_BYTES);
    read_state(call, paging);
    unicode_fold(folded, q, strlen(q));
    manager_pattern(paging->q_name, folded);
    if (q[0])
        manager_serial_pattern(paging->q_serial, q);
    else
        manager_pattern(paging->q_serial, "");
    if (!query->key || !query->key[0])
        return STATUS_OK;
    if (code_parse(&code, query->key, strlen(query->key)) != CODE_OK)
        return fail(&call->fault, STATUS_MALFORMED, "", "key", "it must be a key");
    code_format(paging->key, &code);
    return STATUS_OK;
}

static void
found(struct paging *paging, int64_t sensor_id, const char *serial, const char *name,
      int64_t instant)
{
    paging->ids[paging->found] = sensor_id;
    paging->places[paging->found++] = (struct cursor_place){
        .number = instant,
        .text = serial,
        .text_2 = name,
    };
}

static enum status
read_by_serial(struct call *call, const struct paging *paging, size_t most,
               struct manager_page_by_serial_out **rows, size_t *count)
{
    return manager_page_by_serial(call->store, call->arena,
                                  &(struct manager_page_by_serial_in){
                                      .organization_id = paging->organization_id,
                                      .now = call->now,
                                      .ends_from = paging->ends_from,
                                      .ends_to = paging->ends_to,
                                      .q_serial = paging->q_serial,
                                      .q_name = paging->q_name,
                                      .key = paging->key,
                                      .before = paging->query->expires_before,
                                      .after_serial = paging->after.text,
                                      .most = (int64_t)most,
                                  },
                                  rows, count, &call->fault);
}

static enum status
find_by_serial(struct call *call, struct paging *paging)
{
    struct manager_page_by_serial_out *rows;
    size_t count;
    enum status status =
        read_by_serial(call, paging, (size_t)paging->query->page.limit + 1, &rows, &count);

    for (size_t i = 0; !status && i < count; i++)
        found(paging, rows[i].sensor_id, rows[i].serial, NULL, 0);
    return status;
}

static enum status
find_by_name(struct call *call, struct paging *paging)
{
    struct manager_page_by_name_out *rows;
    size_t count;
    enum status status = manager_page_by_name(call->store, call->arena,
                                              &(struct manager_page_by_name_in){
                                                  .organization_id = paging->organization_id,
                                                  .now = call->now,
                                                  .ends_from = paging->ends_from,
                                                  .ends_to = paging->ends_to,
                                                  .q_serial = paging->q_serial,
                                                  .q_name = paging->q_name,
                                                  .key = paging->key,
                                                  .before = paging->query->expires_before,
                                                  .after_name = paging->after.text_2,
                                                  .after_serial = paging->after.text,
                                                  .most = paging->query->page.limit + 1,
                                              },
                                              &rows, &count, &call->fault);

    for (size_t i = 0; !status && i < count; i++)
        found(paging, rows[i].sensor_id, rows[i].serial, rows[i].name_folded, 0);
    return status;
}

/* Nothing stands before `first`: an index of instants need not be read from its beginning, where
 * those without one stand. */
static void
begin_at(struct paging *paging, utc_seconds first)
{
    if (paging->after.number < first)
        paging->after = (struct cursor_place){ .number = first, .text = "" };
}

static enum status
find_by_end(struct call *call, struct paging *paging)
{
    struct manager_page_by_end_out *rows;
    size_t count;

    begin_at(paging, paging->ends_from > 0 ? paging->ends_from : 1);
    enum status status = manager_page_by_end(call->store, call->arena,
                                             &(struct manager_page_by_end_in){
                                                 .organization_id = paging->organization_id,
                                                 .now = call->now,
                                                 .ends_from = paging->ends_from,
                                                 .ends_to = paging->ends_to,
                                                 .q_serial = paging->q_serial,
                                                 .q_name = paging->q_name,
                                                 .key = paging->key,
                                                 .before = paging->query->expires_before,
                                                 .never = UTC_NEVER,
                                                 .after_instant = paging->after.number,
                                                 .after_serial = paging->after.text,
                                                 .most = paging->query->page.limit + 1,
                                             },
                                             &rows, &count, &call->fault);

    for (size_t i = 0; !status && i < count; i++)
        found(paging, rows[i].sensor_id, rows[i].serial, NULL, rows[i].instant);
    return status;
}

static enum status
find_by_start(struct call *call, struct paging *paging)
{
    struct manager_page_by_start_out *rows;
    size_t count;

    begin_at(paging, 1);
    enum status status = manager_page_by_start(call->store, call->arena,
                                               &(struct manager_page_by_start_in){
                                                   .organization_id = paging->organization_id,
                                                   .now = call->now,
                                                   .ends_from = paging->ends_from,
                                                   .ends_to = paging->ends_to,
                                                   .q_serial = paging->q_serial,
                                                   .q_name = paging->q_name,
                                                   .key = paging->key,
                                                   .before = paging->query->expires_before,
                                                   .never = UTC_NEVER,
                                                   .after_instant = paging->after.number,
                                                   .after_serial = paging->after.text,
                                                   .most = paging->query->page.limit + 1,
                                               },
                                               &rows, &count, &call->fault);

    for (size_t i = 0; !status && i < count; i++)
        found(paging, rows[i].sensor_id, rows[i].serial, NULL, rows[i].instant);
    return status;
}

static enum status
find(struct call *call, struct paging *paging)
{
    switch (paging->query->sort) {
    case MANAGER_BY_SERIAL:
        return find_by_serial(call, paging);
    case MANAGER_BY_NAME:
        return find_by_name(call, paging);
    case MANAGER_BY_EXPIRES_AT:
        return find_by_end(call, paging);
    case MANAGER_BY_ACTIVATED_AT:
        return find_by_start(call, paging);
    case MANAGER_SORT_COUNT:
        break;
    }
    assert(false); /* an order that there is not */
    return STATUS_BROKEN;
}

static enum status
page_body(struct call *call, void *with)
{
    struct paging *paging = with;
    struct manager_page *out = paging->out;
    size_t limit = (size_t)paging->query->page.limit;
    char letter = cursor_letters[paging->query->sort];

    *out = (struct manager_page){ .rows = paging->rows };
    paging->found = 0;
    enum status status = organization_load(call, paging->organization_id, &paging->look);
    if (!status)
        status = manager_totals(call, paging->organization_id, paging->committed, out);
    if (!status)
        status = find(call, paging);
    if (status)
        return status;
    out->count = paging->found < limit ? paging->found : limit;
    status =
        manager_fill(call, &paging->look, paging->committed, paging->ids, out->count, out->rows);
    if (status || paging->found <= limit)
        return status;
    out->next = cursor_write(call, letter, &paging->places[limit - 1]);
    return out->next ? STATUS_OK : call->fault.status;
}

enum status
manager_list(struct call *call, int64_t organization_id, const struct manager_query *query,
             struct manager_page *out)
{
    size_t room = (size_t)query->page.limit + 1;
    struct paging paging = {
        .organization_id = organization_id,
        .query = query,
        .out = out,
        .committed = !call->in_transaction,
        .after = { .number = INT64_MIN, .text = "", .text_2 = "" },
        .places = arena_new(call->arena, room * sizeof *paging.places),
        .ids = arena_new(call->arena, room * sizeof *paging.ids),
        .rows = arena_new(call->arena, room * sizeof *paging.rows),
    };

    if (!paging.places || !paging.ids || !paging.rows)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
    enum status status = read_filters(call, &paging);
    if (!status)
        status = cursor_read(call, cursor_letters[query->sort], query->page.cursor, &paging.after);
    if (!status)
        status = read_transact(call, page_body, &paging);
    return status;
}

enum status
manager_find(struct call *call, int64_t organization_id, const struct manager_query *query,
             size_t most, struct manager_found **out, size_t *count)
{
    struct paging paging = {
        .organization_id = organization_id,
        .query = query,
        .after = { .text = "" },
    };
    struct manager_page_by_serial_out *rows;
    enum status status = read_filters(call, &paging);

    if (!status)
        status = read_by_serial(call, &paging, most, &rows, count);
    if (status)
        return status;
    *out = arena_new(call->arena, (*count + 1) * sizeof **out);
    if (!*out)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too many sensors at once");
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = (struct manager_found){ rows[i].sensor_id, rows[i].serial };
    return STATUS_OK;
}

struct one_row {
    int64_t organization_id;
    const char *serial;
    bool committed;
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
        status = manager_fill(call, &look, one_row->committed, &sensor.id, 1, one_row->out);
    return status;
}

enum status
manager_row(struct call *call, int64_t organization_id, const char *serial, struct manager_row *out)
{
    struct one_row one_row = {
        .organization_id = organization_id,
        .serial = serial,
        .committed = !call->in_transaction,
        .out = out,
    };

    return read_transact(call, row_body, &one_row);
}
