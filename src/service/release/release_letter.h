/* release_letter.h - the mails about a serial that the operator has released. */
#ifndef SERVICE_RELEASE_RELEASE_LETTER_H
#define SERVICE_RELEASE_RELEASE_LETTER_H

#include "service/release/serial_release.h"

/* To the organization that had the serial. It does not learn who may add it now. */
enum status release_letter_send_lost(struct call *call, const char *serial,
                                     const struct serial_release *release);

/* To the organization that may add it. */
enum status release_letter_send_reserved(struct call *call, const char *serial,
                                         const struct serial_release *release);

#endif
