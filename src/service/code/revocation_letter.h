/* revocation_letter.h - mails the members that the operator has revoked a code (rule 9). */
#ifndef SERVICE_CODE_REVOCATION_LETTER_H
#define SERVICE_CODE_REVOCATION_LETTER_H

#include "service/code/key_revoke.h"

struct revocation_letter {
    int64_t organization_id;
    const struct zone *zone;
    const char *reason;
    utc_seconds effective_at;
    const struct revoked_key *key;
};

/* Queues a mail for each recipient in the Notification Manager. Inside the transaction of the
 * revocation. */
enum status revocation_letter_send(struct call *call, const struct revocation_letter *letter);

#endif
