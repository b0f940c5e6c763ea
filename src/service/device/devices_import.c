/* devices_import.c - puts many devices into the list, all or none. */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/device/device_claim.h"
#include "service/device/devices.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the array in devices_by_serials */

struct import_context {
    struct device_row *rows;
    struct device_row **sorted; /* by serial */
    size_t count;
    int64_t *organizations; /* of the store, in order */
    size_t organization_count, room;
    size_t changed; /* rows that were in the list before */
    struct arena *arena;
};

static void
device_refuse(struct device_row *row, const char *code, const char *detail)
{
    if (row->code)
        return;
    row->code = code;
    row->detail = detail;
}

static void
check_form(struct device_row *row)
{
    const char *text = row->serial ? row->serial : "";
    char code[CLAIM_CODE_SIZE];
    struct serial serial;

    row->canonical[0] = '\0';
    if (serial_parse(&serial, text, strlen(text)))
        serial_format(row->canonical, serial);
    else
        device_refuse(row, "serial_malformed",
                      "it must be 12 hexadecimal digits, such as 282C02402FAD");
    if (row->claim_code && !claim_code_read(code, row->claim_code, strlen(row->claim_code)))
        device_refuse(row, "invalid", "a claim code has 4 to 64 visible ASCII characters");
    explicit_bzero(code, sizeof code);
}

/* By serial, then by place: the pointers lead into one array. */
static int
device_compare(const void *a, const void *b)
{
    const struct device_row *x = *(struct device_row *const *)a,
                            *y = *(struct device_row *const *)b;
    int order = strcmp(x->canonical, y->canonical);

    return order ? order : (x > y) - (x < y);
}

static enum status
check_forms(struct call *call, struct import_context *context)
{
    size_t count = context->count;

    context->sorted = call_new(call, (count + 1) * sizeof(struct device_row *));
    if (!context->sorted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        check_form(&context->rows[i]);
        context->sorted[i] = &context->rows[i];
    }
    if (count > 0)
        qsort(context->sorted, count, sizeof(struct device_row *), device_compare);
    for (size_t i = 1; i < count; i++)
        if (context->sorted[i]->canonical[0]
            && !strcmp(context->sorted[i]->canonical, context->sorted[i - 1]->canonical))
            device_refuse(context->sorted[i], "serial_repeated",
                          "an earlier row has the same serial");
    return STATUS_OK;
}

static int
compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static enum status
add_organization(void *with, const struct device_organizations_out *row, struct fault *fault)
{
    struct import_context *context = with;
    int64_t *ids = arena_grow(context->arena, context->organizations, sizeof *ids,
                              context->organization_count, &context->room);

    if (!ids)
        return fail(fault, STATUS_TOO_LARGE, "", "", "there are too many organizations");
    context->organizations = ids;
    ids[context->organization_count++] = row->id;
    return STATUS_OK;
}

static bool
has_organization(const struct import_context *context, int64_t id)
{
    return context->organization_count > 0
           && bsearch(&id, context->organizations, context->organization_count, sizeof id,
                      compare_ids);
}

/* Reads the organizations only when a row names one. */
static enum status
check_organizations(struct call *call, struct import_context *context)
{
    bool read = false;
    int64_t id;

    context->organization_count = context->room = 0;
    context->organizations = NULL;
    for (size_t i = 0; i < context->count; i++) {
        struct device_row *row = &context->rows[i];
        if (!row->organization_id)
            continue;
        enum status status = read ? STATUS_OK
                                  : device_organizations(&call->db, add_organization, context);
        if (status)
            return status;
        if (!read && context->organization_count > 0)
            qsort(context->organizations, context->organization_count, sizeof id, compare_ids);
        read = true;
        if (!id_parse(&id, row->organization_id, strlen(row->organization_id))
            || !has_organization(context, id))
            device_refuse(row, "not_found", "there is no such organization");
    }
    return STATUS_OK;
}

static enum status
refuse_bad(struct call *call, const struct import_context *context)
{
    size_t bad = 0;

    for (size_t i = 0; i < context->count; i++)
        bad += context->rows[i].code != NULL;
    if (bad == 0)
        return STATUS_OK;
    return call_fail(call, STATUS_INVALID, "import_refused", "",
                     "%zu of %zu rows cannot be imported, so none were imported", bad,
                     context->count);
}

/* An empty field keeps the value of `before`, which may be NULL. */
static enum status
fill_put(struct call *call, struct device_row *row, const struct devices_by_serials_out *before,
         struct devices_put_in *put)
{
    char code[CLAIM_CODE_SIZE];

    *put = (struct devices_put_in){ .serial = row->canonical,
                                    .claim_hash = { "", 0 },
                                    .listed_at = call->now,
                                    .listed_by = call->actor->name };
    row->known = before != NULL;
    if (before) {
        put->claim_hash = before->claim_hash;
        put->organization_id = before->organization_id;
    }
    if (row->organization_id) {
        put->organization_id.is = true;
        (void)id_parse(&put->organization_id.value, row->organization_id,
                       strlen(row->organization_id));
    }
    if (!row->claim_code)
        return STATUS_OK;
    uint8_t *hash = call_new(call, HASH_BYTES);
    if (!hash)
        return STATUS_TOO_LARGE;
    (void)claim_code_read(code, row->claim_code, strlen(row->claim_code));
    device_claim_hash(hash, row->canonical, code, call->secret);
    explicit_bzero(code, sizeof code);
    put->claim_hash = (struct bytes){ hash, HASH_BYTES };
    return STATUS_OK;
}

/* At most IN_LIST rows, in the order of their serials. */
static enum status
put_some(struct call *call, struct import_context *context, struct device_row *const *rows,
         size_t count)
{
    struct devices_by_serials_in in = { .serial = rows[0]->canonical };
    struct devices_by_serials_out *before;
    struct devices_put_in put[IN_LIST];
    size_t found;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = rows[i < count ? i : 0]->canonical;
    enum status status = devices_by_serials(&call->db, &in, &before, &found);
    for (size_t i = 0; i < count && !status; i++) {
        const struct devices_by_serials_out *known = NULL;
        for (size_t k = 0; k < found && !known; k++)
            known = strcmp(before[k].serial, rows[i]->canonical) ? NULL : &before[k];
        status = fill_put(call, rows[i], known, &put[i]);
        context->changed += rows[i]->known;
    }
    return status ? status : devices_put(&call->db, put, count, NULL);
}

static enum status
import_record(struct call *call, const struct import_context *context)
{
    struct audit_fact fact = { "device.import", "device", "", NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_int64(writer, "added", (int64_t)(context->count - context->changed));
    json_put_int64(writer, "changed", (int64_t)context->changed);
    enum status status = audit_json_close(&json, call, &fact.after);
    return status ? status : audit_append(call, AUDIT_OPERATOR_CHAIN, &fact);
}

static enum status
devices_import_body(struct call *call, void *with)
{
    struct import_context *context = with;
    enum status status = check_organizations(call, context);

    context->changed = 0;
    if (status)
        return status;
    status = refuse_bad(call, context);
    for (size_t done = 0; done < context->count && !status; done += IN_LIST) {
        size_t left = context->count - done;
        status = put_some(call, context, context->sorted + done, left < IN_LIST ? left : IN_LIST);
    }
    return status || context->count == 0 ? status : import_record(call, context);
}

enum status
devices_import(struct call *call, struct device_row *rows, size_t count)
{
    struct import_context context = { .rows = rows, .count = count, .arena = call->db.arena };

    if (count > DEVICES_MOST_ROWS)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "there are more than %d rows",
                         DEVICES_MOST_ROWS);
    enum status status = check_forms(call, &context);
    return status ? status : transact(call, devices_import_body, &context);
}
