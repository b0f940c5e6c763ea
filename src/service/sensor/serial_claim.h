/* serial_claim.h - a serial belongs to one sensor of one organization at a time. */
#ifndef SERVICE_SENSOR_SERIAL_CLAIM_H
#define SERVICE_SENSOR_SERIAL_CLAIM_H

#include "domain/serial.h"
#include "service/core/call.h"

/* Writes the serial of a request as it is shown. `text` may be NULL; it may be a label with a claim
 * code, "serial:claim". That code goes into *claim_code, unless the request names one. "" is no
 * code.
 *   STATUS_INVALID    serial_malformed (field "serial")
 *   STATUS_TOO_LARGE */
enum status serial_read(struct call *call, const char *text, char out[SERIAL_TEXT_SIZE],
                        const char **claim_code);

/* What a refusal says about the serials of others, so that it counts: serial_refusals.h. */
enum serial_secret {
    SERIAL_SECRET_NONE,
    SERIAL_SECRET_OWNER,
    SERIAL_SECRET_CODE,
    SERIAL_SECRET_COUNT
};

struct serial_refusal {
    enum status status;
    const char *code, *detail; /* in the field `field` */
    const char *field;
    enum serial_secret tells;
};

/* Serials, each once, that sensors of one organization shall have. */
struct serials_claim_in;

/* Finds the serials that the sensors may not have, without a lock. refusals[i] says why, in this
 * order: sensor_exists (the organization has it), claim_required and claim_wrong (under
 * call->claim, by claim_codes[i]), sensor_not_available (another organization has it, or the device
 * list keeps it from this one). It is NULL when claims[i] may have its serial. */
enum status serial_find_refused(struct call *call, const struct serials_claim_in *claims,
                                const char *const *claim_codes, size_t count,
                                const struct serial_refusal **refusals);

/* Claims serials that serial_find_refused() did not refuse. refusals[i] is NULL when the serial of
 * claims[i] belongs to its sensor now; until the commit nobody else can claim it. A serial that
 * another transaction took meanwhile is refused as above. In a dry run it claims nothing.
 *   STATUS_BUSY  another transaction freed a serial meanwhile */
enum status serial_claim(struct call *call, const struct serials_claim_in *claims, size_t count,
                         const struct serial_refusal **refusals);

/* The organization that has a sensor with this serial. *organization_id 0: none. */
enum status serial_find_owner(struct call *call, const char *serial, int64_t *organization_id);

#endif
