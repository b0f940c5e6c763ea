/*
 * simulator.h - simulated sensors for `tenure demo`: they send plausible measurements over UDP
 * to a real CoAP port, as real sensors do.
 *
 * A curve is a function of serial and time, so it continues after a restart. The first messages
 * contain the last 24 hours.
 */
#ifndef EDGE_COAP_SIMULATOR_H
#define EDGE_COAP_SIMULATOR_H

#include "base/address.h"
#include "base/status.h"
#include "base/utc.h"
#include "domain/serial.h"

struct simulator;

enum simulated_kind {
    SIMULATED_FRIDGE,  /* 1 temperature */
    SIMULATED_FREEZER, /* 1 temperature */
    SIMULATED_ROOM,    /* 1 temperature, 2 humidity */
    SIMULATED_AIR,     /* 1 temperature, 2 humidity, 3 atmospheric pressure, 4 CO2 gas */
    SIMULATED_DOOR,    /* 1 ok / alarm */
    SIMULATED_LEAK,    /* 1 flooding */
    SIMULATED_KIND_COUNT
};

struct simulated_sensor {
    struct serial serial;
    enum simulated_kind kind;
};

struct simulator_options {
    struct address server;                  /* numeric, loopback as a rule */
    const char *prefix;                     /* of its paths; NULL or "" for none */
    const char *cloud_token;                /* what the sensors send; NULL or "" for none */
    const struct simulated_sensor *sensors; /* copied */
    size_t sensor_count;
    uint32_t period_seconds; /* between two measurements and two messages; 0: 60 */
    utc_seconds (*now)(void);
};

/* Starts the thread.
 *   STATUS_INVALID  as route_prefix_set()
 *   STATUS_BROKEN   there is no socket or no thread; the reason says why */
enum status simulator_start(struct simulator **out, const struct simulator_options *options,
                            struct fault *fault);
/* Ends the thread soon. Measurements without acknowledgement are lost. NULL is allowed. */
void simulator_stop(struct simulator *simulator);

#endif
