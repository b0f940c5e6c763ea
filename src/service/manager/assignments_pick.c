#include "service/manager/assignments_pick.h"

#include <stdlib.h>
#include <string.h>

#include "domain/serial.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the array in assignment_sensors */

static enum status
pick_make_room(struct call *call, struct license_gift *gift, size_t count)
{
    gift->count = count;
    gift->recipients = call_new(call, (count + 1) * sizeof *gift->recipients);
    return gift->recipients ? STATUS_OK : STATUS_TOO_LARGE;
}

static int
pick_compare_serial(const void *a, const void *b)
{
    return strcmp((*(struct recipient *const *)a)->serial, (*(struct recipient *const *)b)->serial);
}

static enum status
pick_read_serials(struct call *call, const char *const *texts, const struct license_gift *gift)
{
    for (size_t i = 0; i < gift->count; i++) {
        struct serial serial;
        char text[SERIAL_TEXT_SIZE], flaw[SERIAL_EXPLAINED_SIZE];
        if (!serial_parse(&serial, texts[i], strlen(texts[i]))) {
            serial_explain(flaw, texts[i], strlen(texts[i]));
            return call_fail(call, STATUS_INVALID, "serial_malformed", "serials", "serial %zu: %s",
                             i + 1, flaw);
        }
        serial_format(text, serial);
        gift->recipients[i].serial = call_text(call, text);
        if (!gift->recipients[i].serial)
            return STATUS_TOO_LARGE;
    }
    return STATUS_OK;
}

/* Sorts the recipients by serial. */
static enum status
pick_sort(struct call *call, const struct license_gift *gift, struct recipient ***out)
{
    struct recipient **sorted = call_new(call, (gift->count + 1) * sizeof(struct recipient *));

    if (!sorted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < gift->count; i++)
        sorted[i] = &gift->recipients[i];
    qsort(sorted, gift->count, sizeof(struct recipient *), pick_compare_serial);
    for (size_t i = 1; i < gift->count; i++)
        if (!strcmp(sorted[i]->serial, sorted[i - 1]->serial))
            return call_fail(call, STATUS_INVALID, "serial_repeated", "serials",
                             "%s is listed twice", sorted[i]->serial);
    *out = sorted;
    return STATUS_OK;
}

static enum status
pick_find_ids(struct call *call, const struct license_gift *gift, struct recipient **sorted,
              size_t from)
{
    struct assignment_sensors_in in = { .organization_id = gift->lock.organization_id };
    struct assignment_sensors_out *rows;
    size_t count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = sorted[from + i < gift->count ? from + i : from]->serial;
    enum status status = assignment_sensors(&call->db, &in, &rows, &count);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        const struct recipient wanted = { .serial = rows[i].serial }, *key = &wanted;
        struct recipient **found =
            bsearch(&key, sorted, gift->count, sizeof(struct recipient *), pick_compare_serial);
        if (found)
            (*found)->sensor_id = rows[i].id;
    }
    return STATUS_OK;
}

static enum status
pick_named(struct call *call, const struct assignment_request *request, struct license_gift *gift)
{
    struct recipient **sorted = NULL;
    enum status status = pick_make_room(call, gift, request->serial_count);

    if (status)
        return status;
    status = pick_read_serials(call, request->serials, gift);
    if (status)
        return status;
    status = pick_sort(call, gift, &sorted);
    for (size_t from = 0; from < gift->count && !status; from += IN_LIST)
        status = pick_find_ids(call, gift, sorted, from);
    if (status)
        return status;
    for (size_t i = 0; i < gift->count; i++)
        if (gift->recipients[i].sensor_id == 0)
            return call_fail(call, STATUS_NOT_FOUND, "", "serials", "there is no sensor %s",
                             gift->recipients[i].serial);
    return STATUS_OK;
}

static enum status
pick_filtered(struct call *call, const struct assignment_request *request, size_t most,
              struct license_gift *gift)
{
    struct manager_query query = request->filter;
    struct manager_found *found;
    size_t count;

    query.sort = MANAGER_BY_SERIAL;
    query.page.limit = (int64_t)most + 1;
    enum status status = manager_find(call, gift->lock.organization_id, &query, &found, &count);
    if (status)
        return status;
    status = pick_make_room(call, gift, count);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        gift->recipients[i] =
            (struct recipient){ .sensor_id = found[i].sensor_id, .serial = found[i].serial };
    return STATUS_OK;
}

enum status
assignments_pick(struct call *call, const struct assignment_request *request, size_t most,
                 struct license_gift *gift)
{
    enum status status = request->serials ? pick_named(call, request, gift)
                                          : pick_filtered(call, request, most, gift);

    if (status)
        return status;
    return gift->count > most ? call_too_large(call) : recipients_read(call, gift);
}
