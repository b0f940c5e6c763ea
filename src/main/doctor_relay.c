#include "main/doctor_relay.h"

#include <stdio.h>

bool
doctor_relay_write(char out[DOCTOR_RELAY_SIZE], enum smtp_step step,
                   const struct transfer_result *result)
{
    static const char *const refused[] = {
        [SMTP_GREETING] = "the relay does not greet this server",
        [SMTP_HELLO] = "the relay refuses EHLO or STARTTLS",
        [SMTP_SIGN_IN] = "the relay refuses the sign-in (AUTH)",
        [SMTP_SENDER] = "the relay refuses the sender (MAIL FROM)",
        [SMTP_RECIPIENT] = "the relay refuses a mail to the sender's own address (RCPT TO)",
    };

    if (result->end == TRANSFER_DONE) {
        snprintf(out, DOCTOR_RELAY_SIZE, "it accepts the sender and a recipient; nothing was sent");
        return true;
    }
    snprintf(out, DOCTOR_RELAY_SIZE, "%s: %s%s", refused[step], result->words,
             result->code >= 400 ? "" : ": check --smtp and, with a user, its password");
    /* These concern the mailbox of the sender, not our mails to others. */
    return step == SMTP_RECIPIENT
           && (result->end == TRANSFER_REFUSED
               || (result->end == TRANSFER_LATER && result->code < 500));
}
