/* curve.h - the measurements of a simulated sensor: a function of serial and time. */
#ifndef EDGE_COAP_CURVE_H
#define EDGE_COAP_CURVE_H

#include "base/utc.h"
#include "edge/coap/simulator.h"

/* Writes the channel types of a kind to `types`, which has room for SAMPLE_MOST_CHANNELS. Returns
 * their number. */
size_t curve_channels(uint16_t *types, enum simulated_kind kind);

/* The raw number (continuous) or the state (binary: 1 or 0) of channel `index`,
 * from 0, at `at`. */
int32_t curve_at(const struct simulated_sensor *sensor, size_t index, utc_seconds at);

#endif
