/* manager_page.c - which sensors stand on a page of the License Manager. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "domain/code.h"
#include "service/cursor.h"
#include "service/manager.h"
#include "service/manager_fill.h"
#include "service/organization_lock.h"
#include "service/sensor_find.h"
#include "service/transaction.h"
#include "statements.h"
#include "store/store.h"

static const char *const state_words[] = {
    [MANAGER_ALL] = "",
    [MANAGER_ACTIVE] = "active",
    [MANAGER_EXPIRING] = "expiring",
    [MANAGER_EXPIRED] = "expired",
    [MANAGER_UNLICENSED] = "unlicensed",
};
_Static_assert(sizeof state_words / sizeof state_words[0] == MANAGER_STATE_COUNT, "");

/* A cursor belongs to one order. */
static const char cursor_letters[] = {
    [MANAGER_BY_EXPIRES_AT] = 'e',
    [MANAGER_BY_NAME] = 'n',
    [MANAGER_BY_SERIAL] = 's',
    [MANAGER_BY_ACTIVATED_AT] = 'a',
};
_Static_assert(sizeof cursor_letters == MANAGER_SORT_COUNT, "");

enum { PATTERN_SIZE = 2 * MANAGER_Q_MOST_BYTES + 3 };

struct paging {
    int64_t organization_id;
    const struct manager_query *query;
    struct manager_page *out;
    struct manager_row *rows; /* room for limit */
    const struct zone *zone;
    char q_serial[PATTERN_SIZE];
    char q_name[PATTERN_SIZE];
    char key[CODE_TEXT_SIZE];
    struct cursor_place after;
    struct cursor_place *places; /* one a sensor found: limit + 1 at most */
    int64_t *ids;
    size_t found;
};

/* A LIKE pattern (ESCAPE '!') for "contains". */
static void
write_pattern(char out[PATTERN_SIZE], const char *text)
{
    size_t size = 0;

    out[size++] = '%';
    for (; *text; text++) {
        if (strchr("%_!", *text))
            out[size++] = '!';
        out[size++] = *text;
    }
    out[size++] = '%';
    out[size] = '\0';
}

/* As it stands in a serial: upper case, without separators. */
static void
write_serial_pattern(char out[PATTERN_SIZE], const char *text)
{
    char serial[MANAGER_Q_MOST_BYTES + 1];
    size_t length = 0;

    for (; *text; text++) {
        if (!strchr(":- ", *text))
            serial[length++] = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
    }
    serial[length] = '\0';
    if (length > 0)
        write_pattern(out, serial);
    else
        out[0] = '\0'; /* nothing but separators: in no serial */
}

static enum status
read_filters(struct call *call, struct paging *paging)
{
    const struct manager_query *query = paging->query;
    const char *q = query->q ? query->q : "";
    char folded[MANAGER_Q_MOST_BYTES + 1];
    struct code code;

    if (strlen(q) > MANAGER_Q_MOST_BYTES)
        return fail(&call->fault, STATUS_MALFORMED, "", "q", "it must have at most %d bytes",
                    MANAGER_Q_MOST_BYTES);
    text_fold(folded, q, strlen(q));
    write_pattern(paging->q_name, folded);
    if (q[0])
        write_serial_pattern(paging->q_serial, q);
    else
        write_pattern(paging->q_serial, "");
    if (!query->key || !query->key[0])
        return STATUS_OK;
    if (code_parse(&code, query->key, strlen(query->key)) != CODE_OK)
        return fail(&call->fault, STATUS_MALFORMED, "", "key", "it must be a key");
    code_format(paging->key, &code);
    return STATUS_OK;
}

static utc_seconds
soon(const struct call *call)
{
    return call->now + EXPIRING_DAYS * UTC_DAY;
}

static void
found(struct paging *paging, int64_t sensor_id, const char *serial, const char *name, int64_t instant)
{
    paging->ids[paging->found] = sensor_id;
    paging->places[paging->found++] = (struct cursor_place){
        .number = instant, .text = serial, .text_2 = name,
    };
}

static enum status
find_by_serial(struct call *call, struct paging *paging)
{
    struct manager_page_by_serial_out *rows;
    size_t count;
    enum status status = manager_page_by_serial(call->store, call->arena,
        &(struct manager_page_by_serial_in){
            .organization_id = paging->organization_id,
            .now = call->now,
            .state = state_words[paging->query->state],
            .soon = soon(call),
            .q_serial = paging->q_serial,
            .q_name = paging->q_name,
            .key = paging->key,
            .before = paging->query->expires_before,
            .after_serial = paging->after.text,
            .most = paging->query->page.limit + 1,
        }, &rows, &count, &call->fault);

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
            .state = state_words[paging->query->state],
            .soon = soon(call),
            .q_serial = paging->q_serial,
            .q_name = paging->q_name,
            .key = paging->key,
            .before = paging->query->expires_before,
            .after_name = paging->after.text_2,
            .after_serial = paging->after.text,
            .most = paging->query->page.limit + 1,
        }, &rows, &count, &call->fault);

    for (size_t i = 0; !status && i < count; i++)
        found(paging, rows[i].sensor_id, rows[i].serial, rows[i].name_folded, 0);
    return status;
}

static enum status
find_by_instant(struct call *call, struct paging *paging, bool by_start)
{
    struct manager_page_by_instant_out *rows;
    size_t count;
    enum status status = manager_page_by_instant(call->store, call->arena,
        &(struct manager_page_by_instant_in){
            .organization_id = paging->organization_id,
            .now = call->now,
            .state = state_words[paging->query->state],
            .soon = soon(call),
            .q_serial = paging->q_serial,
            .q_name = paging->q_name,
            .key = paging->key,
            .before = paging->query->expires_before,
            .by_start = by_start,
            .never = UTC_NEVER,
            .after_instant = paging->after.number,
            .after_serial = paging->after.text,
            .most = paging->query->page.limit + 1,
        }, &rows, &count, &call->fault);

    for (size_t i = 0; !status && i < count; i++)
        found(paging, rows[i].sensor_id, rows[i].serial, NULL, rows[i].instant);
    return status;
}

static enum status
find(struct call *call, struct paging *paging)
{
    switch (paging->query->sort) {
    case MANAGER_BY_SERIAL: return find_by_serial(call, paging);
    case MANAGER_BY_NAME: return find_by_name(call, paging);
    case MANAGER_BY_EXPIRES_AT: return find_by_instant(call, paging, false);
    case MANAGER_BY_ACTIVATED_AT: return find_by_instant(call, paging, true);
    case MANAGER_SORT_COUNT: break;
    }
    assert(false); /* an order that there is not */
    return STATUS_BROKEN;
}

static enum status
read_totals(struct call *call, const struct paging *paging)
{
    struct manager_page *out = paging->out;
    struct licenses_left_out pool;
    struct manager_counts_out counts;
    enum status status = licenses_left(call->store, call->arena,
        &(struct licenses_left_in){ .organization_id = paging->organization_id }, &pool, &call->fault);

    if (!status)
        status = manager_counts(call->store, call->arena,
            &(struct manager_counts_in){
                .organization_id = paging->organization_id, .now = call->now, .soon = soon(call),
            }, &counts, &call->fault);
    if (status)
        return status;
    out->licenses_left = pool.licenses_left;
    out->active = counts.active;
    out->expiring = counts.expiring;
    out->unlicensed = counts.unlicensed;
    out->expired = counts.sensors - counts.active - counts.unlicensed;
    return STATUS_OK;
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
    enum status status = organization_zone(call, paging->organization_id, &paging->zone);
    if (!status)
        status = read_totals(call, paging);
    if (!status)
        status = find(call, paging);
    if (status)
        return status;
    out->count = paging->found < limit ? paging->found : limit;
    status = manager_fill(call, paging->organization_id, paging->zone, paging->ids, out->count,
                          out->rows);
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

struct one_row {
    int64_t organization_id;
    const char *serial;
    struct manager_row *out;
};

static enum status
row_body(struct call *call, void *with)
{
    const struct one_row *one_row = with;
    const struct zone *zone;
    struct found_sensor sensor;
    enum status status = organization_zone(call, one_row->organization_id, &zone);

    if (!status)
        status = sensor_find(call, one_row->organization_id, one_row->serial, &sensor);
    if (!status)
        status = manager_fill(call, one_row->organization_id, zone, &sensor.id, 1, one_row->out);
    return status;
}

enum status
manager_row(struct call *call, int64_t organization_id, const char *serial, struct manager_row *out)
{
    struct one_row one_row = { .organization_id = organization_id, .serial = serial, .out = out };

    return read_transact(call, row_body, &one_row);
}
