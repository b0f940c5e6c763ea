/* doctor_relay.h - the words of `tenure doctor` about the answer of a relay. */
#ifndef MAIN_DOCTOR_RELAY_H
#define MAIN_DOCTOR_RELAY_H

#include "edge/outgoing/transfer.h"

enum { DOCTOR_RELAY_SIZE = 450 };

/* Writes the words about transfer_mail_check(). True: the relay may serve other mails. */
bool doctor_relay_write(char out[DOCTOR_RELAY_SIZE], enum smtp_step step,
                        const struct transfer_result *result);

#endif
