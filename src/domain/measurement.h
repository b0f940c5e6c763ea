/* measurement.h - the content of a sensor's message. */
#ifndef DOMAIN_MEASUREMENT_H
#define DOMAIN_MEASUREMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"
#include "domain/serial.h"

enum { SAMPLE_MOST_CHANNELS = 6, CLOUD_TOKEN_SIZE = 37, CONFIG_MOST_PARTS = 8 };

enum sample_kind {
    SAMPLE_VALUE, /* raw: start point + offset; channel_reading() gives the value */
    SAMPLE_STATE, /* raw: 1 alarm, water, on; 0 ok, dry, off */
    SAMPLE_ERROR, /* raw: the sensor's error code */
    SAMPLE_KIND_COUNT
};

struct sample {
    utc_seconds at; /* measured */
    int64_t raw;
    int32_t type;    /* number of the channel type: domain/channel.h; any number is kept */
    uint8_t channel; /* 1 to SAMPLE_MOST_CHANNELS */
    uint8_t kind;    /* enum sample_kind */
};

enum delivery_kind {
    DELIVERY_MEASUREMENTS,
    DELIVERY_DEVICE_INFO, /* diagnostics; the newest of a sensor is stored as sent */
    DELIVERY_CONFIG,      /* its configuration; stored the same way */
    DELIVERY_KIND_COUNT
};

/* Bits of struct delivery's transfer_reason. */
enum { TRANSFER_PIN_TAMPER = 1 << 21, TRANSFER_ENCLOSURE_TAMPER = 1 << 22 };

enum enclosure { ENCLOSURE_CLOSED, ENCLOSURE_OPEN, ENCLOSURE_WAS_OPEN };

/* Signs of tampering: bits. */
enum { TAMPER_PIN = 1, TAMPER_ENCLOSURE = 2 };

struct delivery {
    enum delivery_kind kind;
    struct serial serial;
    const struct sample *samples; /* in the arena of the batch */
    size_t sample_count;
    utc_seconds next_transmission_at; /* 0: not sent */
    uint32_t period_seconds;          /* between two samples; 0: not sent */
    uint32_t transfer_reason;         /* bits 3 to 7: the number of earlier tries */
    uint32_t battery_level;           /* as sent: volts and kind of supply; 0: not sent */
    uint8_t enclosure;                /* enum enclosure, of DELIVERY_DEVICE_INFO */
    uint8_t signal;                   /* RSSI index 0 to 63; SIGNAL_UNKNOWN */
    bool battery_ok;
    uint8_t part;        /* of a configuration sent in parts: 1 to CONFIG_MOST_PARTS; 0: whole */
    bool is_last_part;   /* of the configuration */
    uint16_t message_id; /* of the datagram: a repeat has the same one */
    char cloud_token[CLOUD_TOKEN_SIZE]; /* "": none */
    const uint8_t *payload;             /* the message as sent; lives as long as `samples` */
    size_t payload_size;
    /* Of a saved message: the seconds that its newest sample that was refused for its time was
     * ahead of its arrival; negative: behind it; 0: none was refused. */
    int64_t clock_offset;
};

enum { SIGNAL_UNKNOWN = 99 };

/* The signs of tampering that measurements report, in bits. */
static inline uint8_t
delivery_tamper(const struct delivery *delivery)
{
    return (
        uint8_t)((delivery->transfer_reason & TRANSFER_PIN_TAMPER ? TAMPER_PIN : 0)
                 | (delivery->transfer_reason & TRANSFER_ENCLOSURE_TAMPER ? TAMPER_ENCLOSURE : 0));
}

#endif
