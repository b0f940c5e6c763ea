/* demo.h - an example organization, for a look at a store that has nothing in it yet. */
#ifndef MAIN_DEMO_DATA_H
#define MAIN_DEMO_DATA_H

#include "domain/code.h"
#include "service/core/call.h"

/* What a simulated sensor measures. */
enum demo_kind {
    DEMO_FRIDGE,  /* temperature */
    DEMO_FREEZER, /* temperature */
    DEMO_ROOM,    /* temperature, humidity */
    DEMO_AIR,     /* temperature, humidity, atmospheric pressure, CO2 */
    DEMO_DOOR,    /* ok or alarm */
    DEMO_LEAK,    /* flooding */
    DEMO_KIND_COUNT
};

struct demo_sensor {
    const char *serial;
    const char *name;
    enum demo_kind kind;
};

enum { DEMO_SENSORS = 12 };

struct demo {
    const char *email; /* of the administrator, who is an operator too */
    const char *analyst_email;
    int64_t organization_id;
    const char *organization_name;
    struct demo_sensor sensors[DEMO_SENSORS]; /* all may send; not all are covered */
    char spare_code[CODE_TEXT_SIZE];          /* not redeemed yet */
};

/* Fills a store without users, by the verbs themselves with the clock turned back: two
 * users with this password (its hash, base/secret.h), an organization, redeemed keys, and
 * sensors in all states. One transaction. Texts are static or live in the arena.
 *   STATUS_CONFLICT  store_not_empty: the store has users */
enum status demo_fill(struct call *call, const char *password_hash, struct demo *out);

#endif
