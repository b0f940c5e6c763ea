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

/* Serials, each once, that sensors of one organization shall have. */
struct serials_claim_in;

/* Finds the serials that sensors have which are not removed, without a lock: refusals[i] says
 * sensor_exists, or sensor_not_available in another organization. It is NULL when claims[i] may
 * have its serial. */
enum status serial_find_taken(struct call *call, const struct serials_claim_in *claims,
                              size_t count, const struct serial_refusal **refusals);

/* Claims serials that serial_find_taken() did not refuse. refusals[i] is NULL when the serial of
 * claims[i] belongs to its sensor now; until the commit nobody else can claim it. A serial that
 * another transaction took meanwhile is refused as above. In a dry run it claims nothing.
 *   STATUS_BUSY  another transaction freed a serial meanwhile */
enum status serial_claim(struct call *call, const struct serials_claim_in *claims, size_t count,
                         const struct serial_refusal **refusals);

#endif
