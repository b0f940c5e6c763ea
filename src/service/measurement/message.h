/*
 * message.h - one delivered message as the journal keeps it: the facts about the sensor, and the
 * admitted samples.
 *
 * Form: a version byte (2), flags (bit 0: battery ok, 1: a clock offset follows, 2 and 3: tampering
 * with the PIN and the enclosure), signal, battery level, next transmission and clock offset as
 * varints, a series (domain/series.h), then the checksum of all before it (base/secret.h).
 * Version 1, of earlier programs, has no checksum; it is read as well.
 */
#ifndef SERVICE_MEASUREMENT_MESSAGE_H
#define SERVICE_MEASUREMENT_MESSAGE_H

#include "domain/measurement.h"

/* The most bytes that message_encode() writes. */
size_t message_bound(size_t sample_count);

/* Encodes the facts of `delivery`, and `samples` (sorted or not) in place of its own. Returns the
 * bytes written; `out` has message_bound() of room. */
size_t message_encode(uint8_t *out, size_t room, const struct delivery *delivery,
                      const struct sample *samples, size_t count);

/* Reads the facts into `out`, without serial and samples, and points *series at the samples. False
 * if the bytes are no message, or damaged. */
bool message_decode(struct delivery *out, const uint8_t **series, size_t *series_size,
                    const uint8_t *bytes, size_t size);

#endif
