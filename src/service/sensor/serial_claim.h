/* serial_claim.h - a serial belongs to one sensor of one organization at a time. */
#ifndef SERVICE_SENSOR_SERIAL_CLAIM_H
#define SERVICE_SENSOR_SERIAL_CLAIM_H

#include "domain/serial.h"
#include "service/core/call.h"

/* Writes the serial of a request as it is shown. `text` may be NULL.
 *   STATUS_INVALID  serial_malformed (field "serial") */
enum status serial_read(struct call *call, const char *text, char out[SERIAL_TEXT_SIZE]);

struct serial_refusal {
    const char *code, *detail; /* of a STATUS_CONFLICT in the field "serial" */
};

/* Claims serials, each once, for sensors of the organization. A serial is refused when a sensor
 * that is not removed has it: sensor_exists, or sensor_not_available in another organization.
 * refusals[i] is NULL when the serial of claims[i] belongs to its sensor now; until the commit
 * nobody else can claim it.
 *   STATUS_BUSY  another transaction freed a serial meanwhile */
struct serials_claim_in;
enum status serial_claim(struct call *call, const struct serials_claim_in *claims, size_t count,
                         const struct serial_refusal **refusals);

#endif
