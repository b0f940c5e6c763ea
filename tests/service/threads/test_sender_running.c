#include "service/threads/sender_running.h"

#include <stdio.h>

#include "support/check.h"

static const struct running_limits webhooks = { .most = 8, .most_quick = 4 },
                                   mails = { .most = 8, .most_quick = 8, .by_domain = true };

static bool
admits(const struct running *running, const struct running_limits *limits, int64_t organization_id,
       const char *target)
{
    struct outbox_try try = { .organization_id = organization_id, .target = target };

    return running_admits(running, limits, &try);
}

static struct sending *
add(struct running *running, int64_t organization_id, const char *target, int64_t now)
{
    struct outbox_try try = { .organization_id = organization_id, .target = target };

    return running_add(running, &try, now);
}

static void
clear(struct running *running)
{
    while (running->first)
        running_remove(running, running->first);
    check_int(running->count, 0);
}

TEST(an_organization_has_two_tries_and_a_target_one)
{
    struct running running = { 0 };

    check(admits(&running, &webhooks, 7, "a"));
    struct sending *first = add(&running, 7, "a", 0);
    check(!admits(&running, &webhooks, 7, "a"));
    check(admits(&running, &webhooks, 8, "a")); /* an id of another organization */
    check(admits(&running, &webhooks, 7, "b"));
    add(&running, 7, "b", 0);
    check(!admits(&running, &webhooks, 7, "c"));
    check(admits(&running, &webhooks, 8, "c"));
    running_remove(&running, first);
    check(admits(&running, &webhooks, 7, "c"));
    check(admits(&running, &webhooks, 7, "a"));
    clear(&running);
}

TEST(an_address_gets_one_mail_at_a_time_from_all_organizations)
{
    struct running running = { 0 };

    add(&running, 7, "ada@example.com", 0);
    check(!admits(&running, &mails, 8, "ada@example.com"));
    check(admits(&running, &mails, 8, "bob@example.com"));
    clear(&running);
}

TEST(half_of_the_mails_at_most_go_to_one_domain)
{
    struct running running = { 0 };
    char to[64];

    for (int i = 0; i < 4; i++) {
        snprintf(to, sizeof to, "user%d@slow.example", i);
        check(admits(&running, &mails, 10 + i, to));
        add(&running, 10 + i, to, 0);
    }
    check(!admits(&running, &mails, 20, "user@slow.example"));
    check(admits(&running, &mails, 20, "user@example.com"));
    check(admits(&running, &webhooks, 20, "user@slow.example"));
    clear(&running);
}

TEST(messages_of_no_organization_share_half_of_the_tries)
{
    struct running running = { 0 };
    char to[64];

    for (int i = 0; i < 4; i++) {
        snprintf(to, sizeof to, "user@%d.example", i);
        check(admits(&running, &mails, 0, to));
        add(&running, 0, to, 0);
    }
    check(!admits(&running, &mails, 0, "user@4.example"));
    check(admits(&running, &mails, 7, "user@4.example"));
    clear(&running);
}

TEST(tries_that_take_long_make_room_for_quick_ones)
{
    const int64_t later = SENDER_QUICK_SECONDS * INT64_C(1000000000);
    struct running running = { 0 };
    char target[8];

    for (int i = 0; i < 8; i++) {
        int64_t now = i < 4 ? 0 : later;
        check(running_has_room(&running, &webhooks, now));
        snprintf(target, sizeof target, "%d", i);
        add(&running, 10 + i, target, now);
        if (i == 3) {
            check(!running_has_room(&running, &webhooks, later - 1));
            check(running_has_room(&running, &webhooks, later));
        }
    }
    check(!running_has_room(&running, &webhooks, 10 * later));
    clear(&running);
}

TEST(large_messages_wait_until_others_have_ended)
{
    struct running running = { 0 };

    struct sending *large = add(&running, 7, "a", 0);
    check(arena_new(&large->arena, SENDER_MOST_BYTES) != NULL);
    check(!running_has_room(&running, &webhooks, 0));
    running_remove(&running, large);
    check(running_has_room(&running, &webhooks, 0));
}
