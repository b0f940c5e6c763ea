/*
 * contact.h - when a sensor was heard, and when its next message is due.
 *
 * A contact is a message of any kind. Messages less than CONTACT_STEP apart make one contact, so
 * that the stored contact of a sensor changes at most once a minute. The next message is due one
 * interval after the arrival of the newest one. The interval is:
 *
 *   announced   the newest measurements said when the next ones come. The interval is that time
 *               minus the time of the newest sample, both by the device's clock. It counts from
 *               CONTACT_LEAST_ANNOUNCED to CONTACT_MOST
 *   usual       otherwise: the longest of the last gaps between contacts, from
 *               CONTACT_LEAST_USUAL to CONTACT_MOST
 */
#ifndef DOMAIN_CONTACT_H
#define DOMAIN_CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"
#include "base/varint.h"
#include "domain/measurement.h"

enum {
    CONTACT_MOST_GAPS = 10,
    CONTACT_STEP = 60,
    CONTACT_LEAST_ANNOUNCED = 60,
    CONTACT_LEAST_USUAL = 3600,
    CONTACT_MOST = 7 * 86400,
    CONTACT_GAPS_BYTES = CONTACT_MOST_GAPS * VARINT_MOST_BYTES,
};

/* Zeroed: the sensor was never heard. */
struct contact {
    utc_seconds heard_at;
    int64_t announced;                /* seconds; 0: the newest measurements announced nothing */
    uint32_t gaps[CONTACT_MOST_GAPS]; /* seconds, the newest first, at most CONTACT_MOST */
    uint8_t gap_count;
};

/* The time of the newest sample; 0: there is none. */
utc_seconds contact_newest_at(const struct sample *samples, size_t count);

/* The interval that a message with its newest sample at `newest_sample_at` announces; 0: none. */
int64_t contact_announced(utc_seconds next_transmission_at, utc_seconds newest_sample_at);
/* The same for a delivery that still has all its samples. Only measurements announce an
 * interval. */
int64_t contact_announced_by(const struct delivery *delivery);

/* Adds a message of this kind that arrived `now`. True: the contact changed, and must be kept. */
bool contact_add(struct contact *contact, enum delivery_kind kind, int64_t announced,
                 utc_seconds now);

/* Seconds from one message to the next. */
int64_t contact_interval(const struct contact *contact);

/* The gaps as bytes; returns their number. */
size_t contact_gaps_write(uint8_t out[CONTACT_GAPS_BYTES], const struct contact *contact);

/* A contact as it was stored. Broken numbers and broken gaps count as none. */
struct contact contact_read(utc_seconds heard_at, int64_t announced, const uint8_t *gaps,
                            size_t size);

#endif
