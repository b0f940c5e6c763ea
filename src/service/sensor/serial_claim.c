#include "service/sensor/serial_claim.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the array in serial_owners */

static const struct serial_refusal in_use_here = {
    "sensor_exists", "this organization has a sensor with this serial already"
};
static const struct serial_refusal in_use_elsewhere = {
    "sensor_not_available", "a sensor of another organization has this serial"
};

enum status
serial_read(struct call *call, const char *text, char out[SERIAL_TEXT_SIZE])
{
    const char *typed = text ? text : "";
    char flaw[SERIAL_EXPLAINED_SIZE];
    struct serial serial;

    if (!serial_parse(&serial, typed, strlen(typed))) {
        serial_explain(flaw, typed, strlen(typed));
        return call_fail(call, STATUS_INVALID, "serial_malformed", "serial", "%s", flaw);
    }
    serial_format(out, serial);
    return STATUS_OK;
}

/* Of at most IN_LIST serials. */
static enum status
claim_find_owners(struct call *call, const struct serials_claim_in *claims, size_t count,
                  const struct serial_refusal **refusals)
{
    struct serial_owners_in in = { .serial = claims[0].serial };
    struct serial_owners_out *owners;
    size_t owner_count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = claims[i < count ? i : 0].serial;
    enum status status = count == 1 ? serial_owner_one(&call->db, &in, &owners, &owner_count)
                                    : serial_owners(&call->db, &in, &owners, &owner_count);
    if (status)
        return status;
    for (size_t i = 0; i < owner_count; i++) {
        size_t at = 0;
        while (strcmp(claims[at].serial, owners[i].serial) != 0)
            at++;
        if (owners[i].sensor_id != claims[at].sensor_id)
            refusals[at] = owners[i].organization_id == claims[at].organization_id
                               ? &in_use_here
                               : &in_use_elsewhere;
    }
    return STATUS_OK;
}

enum status
serial_find_taken(struct call *call, const struct serials_claim_in *claims, size_t count,
                  const struct serial_refusal **refusals)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count; i++)
        refusals[i] = NULL;
    for (size_t done = 0; done < count && !status; done += IN_LIST) {
        size_t left = count - done;
        status = claim_find_owners(call, claims + done, left < IN_LIST ? left : IN_LIST,
                                   refusals + done);
    }
    return status;
}

enum status
serial_claim(struct call *call, const struct serials_claim_in *claims, size_t count,
             const struct serial_refusal **refusals)
{
    int64_t claimed;

    for (size_t i = 0; i < count; i++)
        refusals[i] = NULL;
    if (call->dry_run)
        return STATUS_OK;
    enum status status = serials_claim(&call->db, claims, count, &claimed);
    if (status || claimed == (int64_t)count)
        return status;
    status = serial_find_taken(call, claims, count, refusals);
    for (size_t i = 0; i < count; i++)
        claimed += refusals[i] != NULL;
    if (status || claimed == (int64_t)count)
        return status;
    return call_fail(call, STATUS_BUSY, "", "", "another change frees the same serial");
}
