/* sensor_status.h - a sensor's newest state: battery, signal, the newest sample of each channel. */
#ifndef SERVICE_MEASUREMENT_SENSOR_STATUS_H
#define SERVICE_MEASUREMENT_SENSOR_STATUS_H

#include "domain/measurement.h"
#include "service/core/call.h"

/* The sensor's clock and tampering, as its messages report them. All times are times of arrival. */
struct sensor_signs {
    utc_seconds
        clock_wrong_since; /* samples are refused for their time since then; 0: they are not */
    int64_t clock_offset;  /* seconds that the newest of them was ahead; negative: behind */
    utc_seconds tamper_at; /* the newest sign; 0: none */
    uint8_t tamper_signs;  /* TAMPER_PIN, TAMPER_ENCLOSURE */
};

struct sensor_status {
    utc_seconds last_seen_at; /* arrival of its newest saved message; 0: there is none */
    bool has_reported;        /* a message was saved: the next two fields are known */
    bool battery_ok;
    int64_t signal;                /* RSSI index; 99 unknown */
    const struct sample *channels; /* the newest sample of each channel until now, by channel */
    size_t channel_count;
    int64_t conflicts; /* conflicts.h */
    struct sensor_signs signs;
};

/* Reads a sensor's status from its row and from the uncompacted messages. Sees every acknowledged
 * message. *out lives in the arena. */
enum status sensor_status_read(struct call *call, int64_t organization_id, int64_t sensor_id,
                               struct sensor_status *out);

#endif
