/* demo_data.h - fills an empty store with an example organization. */
#ifndef MAIN_DEMO_DATA_H
#define MAIN_DEMO_DATA_H

#include "domain/code.h"
#include "edge/coap/simulator.h"
#include "service/core/call.h"

struct demo_sensor {
    const char *serial;
    const char *name;
    enum simulated_kind kind;
};

enum { DEMO_SENSORS = 12 };

struct demo {
    const char *email; /* of the administrator, who is also an operator */
    const char *analyst_email;
    int64_t organization_id;
    const char *organization_name;
    struct demo_sensor sensors[DEMO_SENSORS]; /* all may send; not all are covered */
    char spare_code[CODE_TEXT_SIZE];          /* not redeemed yet */
};

/* Fills a store without users: two users with this password (its hash, base/secret.h), an
 * organization, redeemed keys, and sensors in all states. Calls the usual verbs with the clock
 * turned back, in one transaction. Texts are static or live in the arena. STATUS_CONFLICT
 * store_not_empty: the store has users */
enum status demo_fill(struct call *call, const char *password_hash, struct demo *out);

#endif
