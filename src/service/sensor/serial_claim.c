#include "service/sensor/serial_claim.h"

#include <string.h>

#include "service/device/device_claim.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the array in serial_owners */

static const struct serial_refusal in_use_here = {
    STATUS_CONFLICT, "sensor_exists", "this organization has a sensor with this serial already",
    "serial", SERIAL_SECRET_NONE
};
/* The same for each reason, so that it tells nobody which one holds. */
static const struct serial_refusal not_available = {
    STATUS_CONFLICT, "sensor_not_available",
    "another organization has this serial, or the operator keeps it from yours", "serial",
    SERIAL_SECRET_OWNER
};
static const struct serial_refusal claim_required = {
    STATUS_FORBIDDEN, "claim_required",
    "this server adds a sensor only with the claim code that is printed on it", "claim_code",
    SERIAL_SECRET_NONE
};
static const struct serial_refusal claim_wrong = { STATUS_FORBIDDEN, "claim_wrong",
                                                   "this is not the claim code of this serial",
                                                   "claim_code", SERIAL_SECRET_CODE };

enum status
serial_read(struct call *call, const char *text, char out[SERIAL_TEXT_SIZE],
            const char **claim_code)
{
    const char *typed = text ? text : "";
    size_t length = strlen(typed), end = claim_split(typed, length);
    char flaw[SERIAL_EXPLAINED_SIZE];
    struct serial serial;

    if (!serial_parse(&serial, typed, end)) {
        serial_explain(flaw, typed, length);
        return call_fail(call, STATUS_INVALID, "serial_malformed", "serial", "%s", flaw);
    }
    serial_format(out, serial);
    if (*claim_code && **claim_code)
        return STATUS_OK;
    *claim_code = NULL;
    return end < length ? call_keep_text(call, typed + end + 1, claim_code) : STATUS_OK;
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
            refusals[at] = owners[i].organization_id == claims[at].organization_id ? &in_use_here
                                                                                   : &not_available;
    }
    return STATUS_OK;
}

static enum status
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

static const struct serial_refusal *
refusal_of(enum claim_verdict verdict, const struct serial_refusal *taken)
{
    switch (verdict) {
    case CLAIM_REQUIRED:
        return &claim_required;
    case CLAIM_WRONG:
        return &claim_wrong;
    case CLAIM_NOT_AVAILABLE:
        return &not_available;
    case CLAIM_ACCEPTED:
        break;
    }
    return taken;
}

enum status
serial_find_refused(struct call *call, const struct serials_claim_in *claims,
                    const char *const *claim_codes, size_t count,
                    const struct serial_refusal **refusals)
{
    struct device_claim *judged = call_new(call, (count + 1) * sizeof *judged);

    if (!judged)
        return STATUS_TOO_LARGE;
    enum status status = serial_find_taken(call, claims, count, refusals);
    if (status || count == 0)
        return status;
    for (size_t i = 0; i < count; i++)
        judged[i] =
            (struct device_claim){ .serial = claims[i].serial, .claim_code = claim_codes[i] };
    status = device_claims_judge(call, claims[0].organization_id, judged, count);
    for (size_t i = 0; i < count && !status; i++)
        if (refusals[i] != &in_use_here)
            refusals[i] = refusal_of(judged[i].verdict, refusals[i]);
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

enum status
serial_find_owner(struct call *call, const char *serial, int64_t *organization_id)
{
    struct serial_owners_in in = { .serial = serial };
    struct serial_owners_out *owners;
    size_t count;
    enum status status = serial_owner_one(&call->db, &in, &owners, &count);

    *organization_id = !status && count > 0 ? owners[0].organization_id : 0;
    return status;
}
