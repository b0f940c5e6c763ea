/* device_claim.h - judges serials by the device list. */
#ifndef SERVICE_DEVICE_DEVICE_CLAIM_H
#define SERVICE_DEVICE_DEVICE_CLAIM_H

#include "domain/claim.h"
#include "service/core/call.h"

struct device_claim {
    const char *serial;     /* as it is shown */
    const char *claim_code; /* as it was typed; NULL: none */
    enum claim_verdict verdict;
};

/* The hash of a claim code that claim_code_read() has read. It differs for each serial. */
void device_claim_hash(uint8_t out[HASH_BYTES], const char *serial, const char *claim_code,
                       const struct secret_key *secret);

/* Sets the verdict of each claim of the organization, under call->claim. Compares codes in constant
 * time. */
enum status device_claims_judge(struct call *call, int64_t organization_id,
                                struct device_claim *claims, size_t count);

#endif
