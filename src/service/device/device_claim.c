#include "service/device/device_claim.h"

#include <stdio.h>
#include <string.h>

#include "domain/serial.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the array in devices_by_serials */

void
device_claim_hash(uint8_t out[HASH_BYTES], const char *serial, const char *claim_code,
                  const struct secret_key *secret)
{
    char text[SERIAL_TEXT_SIZE + CLAIM_CODE_SIZE + 8];
    int size = snprintf(text, sizeof text, "claim:%s:%s", serial, claim_code);

    hash_bytes(out, text, (size_t)size, secret);
    explicit_bzero(text, sizeof text);
}

/* A code that cannot be one is hashed as well, so that the answer takes the same time. */
static bool
claim_matches(const struct call *call, const struct device_claim *claim, struct bytes listed)
{
    static const uint8_t none[HASH_BYTES];
    bool has_code = listed.size == HASH_BYTES;
    char code[CLAIM_CODE_SIZE] = "";
    uint8_t hash[HASH_BYTES];
    bool read = claim_code_read(code, claim->claim_code, strlen(claim->claim_code));

    device_claim_hash(hash, claim->serial, code, call->secret);
    bool equal = secret_equal(hash, has_code ? listed.at : none, HASH_BYTES);
    explicit_bzero(code, sizeof code);
    return read && has_code && equal;
}

static void
claim_decide(const struct call *call, int64_t organization_id, struct device_claim *claim,
             const struct devices_by_serials_out *device)
{
    struct claim_facts facts = { .code_given = claim->claim_code != NULL };
    struct bytes listed = { "", 0 };

    if (device) {
        bool bound = device->organization_id.is;
        listed = device->claim_hash;
        facts.listed = true;
        facts.has_code = listed.size > 0;
        facts.bound_here = bound && device->organization_id.value == organization_id;
        facts.bound_elsewhere = bound && !facts.bound_here;
    }
    if (facts.code_given && call->claim == CLAIM_CODE)
        facts.code_matches = claim_matches(call, claim, listed);
    claim->verdict = claim_judge(call->claim, &facts);
}

/* Of at most IN_LIST claims. */
static enum status
claims_judge_some(struct call *call, int64_t organization_id, struct device_claim *claims,
                  size_t count)
{
    struct devices_by_serials_in in = { .serial = claims[0].serial };
    struct devices_by_serials_out *devices;
    size_t found;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = claims[i < count ? i : 0].serial;
    enum status status = count == 1 ? device_by_serial(&call->db, &in, &devices, &found)
                                    : devices_by_serials(&call->db, &in, &devices, &found);
    for (size_t i = 0; i < count && !status; i++) {
        const struct devices_by_serials_out *device = NULL;
        for (size_t k = 0; k < found && !device; k++)
            device = strcmp(devices[k].serial, claims[i].serial) ? NULL : &devices[k];
        claim_decide(call, organization_id, &claims[i], device);
    }
    return status;
}

enum status
device_claims_judge(struct call *call, int64_t organization_id, struct device_claim *claims,
                    size_t count)
{
    enum status status = STATUS_OK;

    for (size_t done = 0; done < count && !status; done += IN_LIST) {
        size_t left = count - done;
        status = claims_judge_some(call, organization_id, claims + done,
                                   left < IN_LIST ? left : IN_LIST);
    }
    return status;
}
