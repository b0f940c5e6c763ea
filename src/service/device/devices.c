/* devices.c - lists devices, and changes single ones. */
#include "service/device/devices.h"

#include <string.h>

#include "base/text.h"
#include "service/audit/audit.h"
#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { SERIAL_DIGITS = SERIAL_TEXT_SIZE - 1 };

static enum status
device_remove_body(struct call *call, void *with)
{
    const char *serial = with;
    struct audit_fact fact = { "device.remove", "device", serial, NULL, NULL };
    int64_t changed;
    enum status status = device_delete(&call->db, &(struct device_delete_in){ serial }, &changed);

    if (status)
        return status;
    if (changed == 0)
        return call_fail(call, STATUS_NOT_FOUND, "", "serial",
                         "the device list does not have this serial");
    return audit_append(call, AUDIT_OPERATOR_CHAIN, &fact);
}

enum status
device_remove(struct call *call, const char *serial)
{
    return transact(call, device_remove_body, (void *)(uintptr_t)serial);
}

enum status
device_bind(struct call *call, const char *serial, int64_t organization_id)
{
    struct devices_by_serials_in in = { .serial = serial };
    struct devices_by_serials_out *devices;
    size_t found;
    enum status status = device_by_serial(&call->db, &in, &devices, &found);

    if (status)
        return status;
    struct devices_put_in put = {
        .serial = serial,
        .claim_hash = { "", 0 },
        .organization_id = { true, organization_id },
        .listed_at = call->now,
        .listed_by = call->actor->name,
    };
    if (found > 0)
        put.claim_hash = devices[0].claim_hash;
    return devices_put(&call->db, &put, 1, NULL);
}

enum status
device_unbind(struct call *call, const char *serial, int64_t organization_id)
{
    return device_free(&call->db, &(struct device_free_in){ serial, organization_id }, NULL);
}

/* The first and the last serial that begin like `q`, which may have colons and hyphens. */
static enum status
list_read_range(struct call *call, const char *q, char first[SERIAL_TEXT_SIZE],
                char last[SERIAL_TEXT_SIZE])
{
    size_t count = 0;

    memset(first, '0', SERIAL_DIGITS);
    memset(last, 'F', SERIAL_DIGITS);
    first[SERIAL_DIGITS] = last[SERIAL_DIGITS] = '\0';
    for (; q && *q; q++) {
        int digit = text_hex_digit(*q);
        if (*q == ':' || *q == '-' || *q == ' ')
            continue;
        if (digit < 0 || count == SERIAL_DIGITS)
            return call_fail(call, STATUS_MALFORMED, "", "q",
                             "it must be the beginning of a serial: up to 12 hexadecimal digits");
        first[count] = last[count] = "0123456789ABCDEF"[digit];
        count++;
    }
    return STATUS_OK;
}

static enum status
list_finish(struct call *call, const struct device_list_page_out *rows, size_t found, size_t limit,
            struct device_page *out)
{
    *out = (struct device_page){ .count = found < limit ? found : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (struct device){
            .serial = rows[i].serial,
            .has_claim_code = rows[i].has_claim_code,
            .organization_id = rows[i].organization_id.value,
            .organization = rows[i].organization,
            .owner_id = rows[i].owner_id.value,
            .owner = rows[i].owner,
            .listed_at = rows[i].listed_at,
            .listed_by = rows[i].listed_by,
        };
    if (found <= limit)
        return STATUS_OK;
    struct cursor_place next = { .text = rows[limit].serial };
    out->next = cursor_write(call, CURSOR_DEVICES, &next);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
device_list(struct call *call, const struct device_query *query, struct device_page *out)
{
    char first[SERIAL_TEXT_SIZE], last[SERIAL_TEXT_SIZE];
    struct cursor_place place = { .text = first };
    struct device_list_page_out *rows;
    size_t found, limit = (size_t)query->page.limit;
    enum status status = list_read_range(call, query->q, first, last);

    if (status)
        return status;
    status = cursor_read(call, CURSOR_DEVICES, query->page.cursor, &place);
    if (status)
        return status;
    struct device_list_page_in in = { place.text, last, query->page.limit + 1 };
    status = device_list_page(&call->db, &in, &rows, &found);
    return status ? status : list_finish(call, rows, found, limit, out);
}
