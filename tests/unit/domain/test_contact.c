#include "domain/contact.h"

#include <string.h>

#include "support/check.h"

#define AT   INT64_C(1795521600)
#define HOUR INT64_C(3600)
#define DAY  INT64_C(86400)

static const struct announced {
    const char *row;
    int64_t next, newest, want;
} announced[] = {
    { "not sent", 0, AT, 0 },
    { "the time of the sample", AT, AT, 0 },
    { "in the past", AT - 1, AT, 0 },
    { "too short", AT + 59, AT, 0 },
    { "the shortest", AT + 60, AT, 60 },
    { "the longest", AT + 7 * DAY, AT, 7 * DAY },
    { "too long", AT + 7 * DAY + 1, AT, 0 },
    { "far ahead", UINT32_MAX, AT, 0 },
    { "a clock at its beginning", 600, 0, 600 },
    { "a clock before 1970", 600, -600, 1200 },
};

TEST(contact_announced_is_between_a_minute_and_seven_days)
{
    for (size_t i = 0; i < sizeof announced / sizeof announced[0]; i++) {
        check_row(announced[i].row);
        check_int(contact_announced(announced[i].next, announced[i].newest), announced[i].want);
    }
}

TEST(contact_announced_by_measurements_counts_from_their_newest_sample)
{
    const struct sample samples[] = { { .at = AT }, { .at = AT + 600 }, { .at = AT + 300 } };
    struct delivery delivery = { .samples = samples,
                                 .sample_count = 3,
                                 .next_transmission_at = AT + 600 + HOUR };

    check_int(contact_announced_by(&delivery), HOUR);
    delivery.kind = DELIVERY_CONFIG;
    check_int(contact_announced_by(&delivery), 0);
    delivery.kind = DELIVERY_MEASUREMENTS;
    delivery.sample_count = 0;
    check_int(contact_announced_by(&delivery), 0);
}

TEST(contact_keeps_the_last_ten_gaps)
{
    struct contact contact = { 0 }, read = { 0 };
    uint8_t bytes[CONTACT_GAPS_BYTES];

    check_int(contact_interval(&contact), HOUR);
    for (int64_t i = 0, at = AT; i < 12; at += ++i * HOUR)
        check(contact_add(&contact, DELIVERY_MEASUREMENTS, 0, at));
    check_int(contact.gap_count, 10);
    check_int(contact.gaps[0], 11 * HOUR);
    check_int(contact.gaps[9], 2 * HOUR);
    check_int(contact_interval(&contact), 11 * HOUR);
    read = contact_read(AT, HOUR, bytes, contact_gaps_write(bytes, &contact));
    check_int(read.heard_at, AT);
    check_int(read.announced, HOUR);
    check_int(read.gap_count, 10);
    check(!memcmp(read.gaps, contact.gaps, sizeof read.gaps));
    check(contact_add(&contact, DELIVERY_CONFIG, 0, contact.heard_at + 30 * DAY));
    check_int(contact_interval(&contact), 7 * DAY);
}

TEST(contact_takes_messages_of_one_minute_as_one)
{
    struct contact contact = { 0 };

    check(contact_add(&contact, DELIVERY_MEASUREMENTS, HOUR, AT));
    check(!contact_add(&contact, DELIVERY_MEASUREMENTS, HOUR, AT + 59));
    check(!contact_add(&contact, DELIVERY_MEASUREMENTS, HOUR + 59, AT + 59));
    check(!contact_add(&contact, DELIVERY_DEVICE_INFO, 0, AT + 59));
    check_int(contact.heard_at, AT);
    check_int(contact_interval(&contact), HOUR);
    check(contact_add(&contact, DELIVERY_MEASUREMENTS, HOUR / 2, AT + 59)); /* due much earlier */
    check_int(contact.gap_count, 0);
    check(contact_add(&contact, DELIVERY_CONFIG, 0, AT + 60)); /* announces nothing of its own */
    check_int(contact_interval(&contact), HOUR / 2);
    check(contact_add(&contact, DELIVERY_MEASUREMENTS, 0, AT + 61));
    check_int(contact_interval(&contact), HOUR);
    check(!contact_add(&contact, DELIVERY_MEASUREMENTS, 0, AT)); /* the clock stood still */
}

TEST(contact_leaves_out_what_is_damaged)
{
    static const int64_t wrong[] = { INT64_MIN, -1, INT64_MAX };
    static const uint8_t bytes[] = { 0x90, 0x1C, 0xFF, 0xFF, 0xFF, 0x7F, 0x80 };

    struct contact contact = contact_read(AT, HOUR, bytes, sizeof bytes);
    check_int(contact.gap_count, 2);
    check_int(contact.gaps[0], 3600);
    check_int(contact.gaps[1], 7 * DAY);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        contact = contact_read(wrong[i], wrong[i], NULL, 0);
        check_int(contact.heard_at, 0);
        check_int(contact_interval(&contact), HOUR);
        check_int(contact_announced(wrong[i], AT), 0);
    }
}
