#include "service/measurement/message.h"

#include "base/secret.h"
#include "base/varint.h"
#include "domain/series.h"

enum {
    WITHOUT_CHECKSUM = 1, /* versions */
    WITH_CHECKSUM = 2,
    FLAG_BATTERY_OK = 1,
    FLAG_CLOCK_WRONG = 2, /* an offset follows */
    FLAG_PIN_TAMPER = 4,
    FLAG_ENCLOSURE_TAMPER = 8,
    HEAD_MOST_BYTES = 2 + 4 * VARINT_MOST_BYTES,
};

size_t
message_bound(size_t sample_count)
{
    return HEAD_MOST_BYTES + series_bound(sample_count) + CHECKSUM_BYTES;
}

static uint8_t
message_flags(const struct delivery *delivery)
{
    uint8_t tamper = delivery_tamper(delivery);

    return (uint8_t)((delivery->battery_ok ? FLAG_BATTERY_OK : 0)
                     | (delivery->clock_offset ? FLAG_CLOCK_WRONG : 0)
                     | (tamper & TAMPER_PIN ? FLAG_PIN_TAMPER : 0)
                     | (tamper & TAMPER_ENCLOSURE ? FLAG_ENCLOSURE_TAMPER : 0));
}

size_t
message_encode(uint8_t *out, size_t room, const struct delivery *delivery,
               const struct sample *samples, size_t count)
{
    size_t size = 0;

    if (room < HEAD_MOST_BYTES + CHECKSUM_BYTES)
        return 0;
    out[size++] = WITH_CHECKSUM;
    out[size++] = message_flags(delivery);
    size += varint_write(out + size, delivery->signal);
    size += varint_write(out + size, delivery->battery_level);
    size += varint_write(out + size, (uint64_t)delivery->next_transmission_at);
    if (delivery->clock_offset)
        size += varint_write(out + size, zigzag_encode(delivery->clock_offset));

    size_t series = series_encode(out + size, room - size - CHECKSUM_BYTES, samples, count);
    if (!series)
        return 0;
    size += series;
    checksum_bytes(out + size, out, size);
    return size + CHECKSUM_BYTES;
}

bool
message_decode(struct delivery *out, const uint8_t **series, size_t *series_size,
               const uint8_t *bytes, size_t size)
{
    uint64_t signal, battery_level, next_transmission_at, offset = 0;

    if (size > 0 && bytes[0] == WITH_CHECKSUM && checksum_holds(bytes, size))
        size -= CHECKSUM_BYTES;
    else if (size == 0 || bytes[0] != WITHOUT_CHECKSUM)
        return false;
    if (size < 2)
        return false;
    const uint8_t *at = bytes + 2, *end = bytes + size, flags = bytes[1];
    if (!varint_read(&signal, &at, end) || !varint_read(&battery_level, &at, end)
        || !varint_read(&next_transmission_at, &at, end)
        || (flags & FLAG_CLOCK_WRONG && !varint_read(&offset, &at, end)))
        return false;
    *out = (struct delivery){
        .battery_ok = flags & FLAG_BATTERY_OK,
        .transfer_reason = (flags & FLAG_PIN_TAMPER ? TRANSFER_PIN_TAMPER : 0U)
                           | (flags & FLAG_ENCLOSURE_TAMPER ? TRANSFER_ENCLOSURE_TAMPER : 0U),
        .clock_offset = zigzag_decode(offset),
        .signal = (uint8_t)signal,
        .battery_level = (uint32_t)battery_level,
        .next_transmission_at = (utc_seconds)next_transmission_at,
    };
    *series = at;
    *series_size = (size_t)(end - at);
    return true;
}
