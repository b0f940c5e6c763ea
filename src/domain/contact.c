#include "domain/contact.h"

#include <string.h>

utc_seconds
contact_newest_at(const struct sample *samples, size_t count)
{
    utc_seconds newest = count > 0 ? samples[0].at : 0;

    for (size_t i = 1; i < count; i++)
        if (samples[i].at > newest)
            newest = samples[i].at;
    return newest;
}

int64_t
contact_announced(utc_seconds next_transmission_at, utc_seconds newest_sample_at)
{
    bool is_time = next_transmission_at > 0 && next_transmission_at <= UINT32_MAX;
    int64_t interval = is_time ? next_transmission_at - newest_sample_at : 0;

    return interval >= CONTACT_LEAST_ANNOUNCED && interval <= CONTACT_MOST ? interval : 0;
}

int64_t
contact_announced_by(const struct delivery *delivery)
{
    if (delivery->kind != DELIVERY_MEASUREMENTS || delivery->sample_count == 0)
        return 0;
    return contact_announced(delivery->next_transmission_at,
                             contact_newest_at(delivery->samples, delivery->sample_count));
}

static void
contact_add_gap(struct contact *contact, int64_t gap)
{
    if (contact->gap_count < CONTACT_MOST_GAPS)
        contact->gap_count++;
    memmove(contact->gaps + 1, contact->gaps, (contact->gap_count - 1U) * sizeof contact->gaps[0]);
    contact->gaps[0] = (uint32_t)(gap < CONTACT_MOST ? gap : CONTACT_MOST);
}

bool
contact_add(struct contact *contact, enum delivery_kind kind, int64_t announced, utc_seconds now)
{
    int64_t gap = now - contact->heard_at, before = contact_interval(contact);
    bool is_next = contact->heard_at == 0 || gap >= CONTACT_STEP;

    if (is_next && contact->heard_at > 0)
        contact_add_gap(contact, gap);
    if (is_next)
        contact->heard_at = now;
    if (kind != DELIVERY_MEASUREMENTS || announced == contact->announced)
        return is_next;
    struct contact other = *contact;
    other.announced = announced;
    int64_t moved = contact_interval(&other) - before;
    if (!is_next && moved < CONTACT_STEP && moved > -CONTACT_STEP)
        return false; /* the due time changes by some seconds only */
    contact->announced = announced;
    return true;
}

int64_t
contact_interval(const struct contact *contact)
{
    int64_t longest = CONTACT_LEAST_USUAL;

    if (contact->announced > 0)
        return contact->announced;
    for (size_t i = 0; i < contact->gap_count; i++)
        if (contact->gaps[i] > longest)
            longest = contact->gaps[i];
    return longest;
}

size_t
contact_gaps_write(uint8_t out[CONTACT_GAPS_BYTES], const struct contact *contact)
{
    size_t size = 0;

    for (size_t i = 0; i < contact->gap_count; i++)
        size += varint_write(out + size, contact->gaps[i]);
    return size;
}

struct contact
contact_read(utc_seconds heard_at, int64_t announced, const uint8_t *gaps, size_t size)
{
    struct contact contact = { 0 };
    const uint8_t *at = gaps, *end = size > 0 ? gaps + size : gaps;
    uint64_t gap;

    if (heard_at >= 0 && heard_at <= UINT32_MAX)
        contact.heard_at = heard_at;
    if (announced >= CONTACT_LEAST_ANNOUNCED && announced <= CONTACT_MOST)
        contact.announced = announced;
    while (contact.gap_count < CONTACT_MOST_GAPS && varint_read(&gap, &at, end))
        contact.gaps[contact.gap_count++] = (uint32_t)(gap < CONTACT_MOST ? gap : CONTACT_MOST);
    return contact;
}
