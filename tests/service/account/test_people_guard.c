/* Wrong passwords slow down those who send them, and nobody else. */
#include "service/account/people_guard.h"

#include <stdio.h>
#include <string.h>

#include "service/account/known_browser.h"
#include "service/account/password_reset.h"
#include "service/core/guess_counter.h"
#include "service/core/throttle.h"
#include "support/check.h"
#include "support/verbs.h"

static const char ann[] = "ann@example.org", ben[] = "ben@example.org";

static void
guard_add(struct fixture *fixture, const char *email)
{
    struct user_request request = { .email = email, .password_hash = email, .name = "" };
    struct user user;

    check_int(people_add(&fixture->call, &request, &user), STATUS_OK);
}

static enum status
try_from(struct fixture *fixture, const char *address, bool right)
{
    struct client client = { address, NULL };
    struct sign_in_request request = { ann, &client };
    struct signed_in in;

    return people_sign_in(&fixture->call, &request, right, &in);
}

static enum status
try_in(struct fixture *fixture, const char *email, const char *browsers, bool right)
{
    struct client client = { "192.0.2.1", browsers };
    struct sign_in_request request = { email, &client };
    struct signed_in in;

    return people_sign_in(&fixture->call, &request, right, &in);
}

static void
attack_from(struct fixture *fixture, const char *address)
{
    for (int i = 0; i < THROTTLE_FREE_TRIES; i++)
        check_int(try_from(fixture, address, false), STATUS_UNAUTHORIZED);
    check_int(try_from(fixture, address, true), STATUS_SLOW_DOWN);
}

static void
counts_networks(struct fixture *fixture)
{
    static const struct {
        const char *attacker, *same, *other;
    } rows[] = {
        { "192.0.2.1", "192.0.2.254", "192.0.3.1" },
        { "::ffff:198.51.100.1", "198.51.100.9", "::ffff:198.51.101.1" },
        { "64:ff9b::203.0.113.1", "203.0.113.2", "64:ff9b::203.0.114.1" },
        { "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1" },
        { "unknown", "unknown", "127.0.0.1" },
    };

    guard_add(fixture, ann);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].attacker);
        fixture->call.now += 2 * 3600;
        attack_from(fixture, rows[i].attacker);
        check_int(try_from(fixture, rows[i].same, true), STATUS_SLOW_DOWN);
        check_int(try_from(fixture, rows[i].other, true), STATUS_OK);
        check_int(try_from(fixture, rows[i].attacker, true), STATUS_SLOW_DOWN);
    }
}

TEST(wrong_passwords_slow_down_only_their_network)
{
    with_each_store(counts_networks);
}

/* Of every network but 4, the first try counts alone. */
static void
outlasts_many_networks(struct fixture *fixture)
{
    enum { NETWORKS = 200 };
    char address[32];

    guard_add(fixture, ann);
    guard_add(fixture, ben);
    for (int i = 0; i < 4; i++) {
        snprintf(address, sizeof address, "10.0.%d.1", i);
        attack_from(fixture, address);
    }
    for (int i = 4; i < NETWORKS; i++) {
        snprintf(address, sizeof address, "10.0.%d.1", i);
        check_int(try_from(fixture, address, false), STATUS_UNAUTHORIZED);
        check_int(try_from(fixture, address, false), STATUS_SLOW_DOWN);
    }
    check_int(try_from(fixture, "192.0.2.1", true), STATUS_OK);
    check_int(try_from(fixture, "192.0.2.1", false), STATUS_UNAUTHORIZED);
    check_int(try_from(fixture, "192.0.2.1", true), STATUS_SLOW_DOWN);
    fixture->call.now += THROTTLE_FIRST_WAIT_SECONDS;
    check_int(try_from(fixture, "192.0.2.1", true), STATUS_OK);
    check_int(try_in(fixture, ben, NULL, false), STATUS_UNAUTHORIZED); /* another account */
    check_int(try_in(fixture, ben, NULL, true), STATUS_OK);
}

TEST(an_attack_from_many_networks_keeps_no_owner_out)
{
    with_each_store(outlasts_many_networks);
}

static void
sign_in_for_mark(struct fixture *fixture, const char *email, const char *older,
                 char out[KNOWN_BROWSERS_SIZE])
{
    struct client client = { "203.0.113.1", older };
    struct sign_in_request request = { email, &client };
    struct signed_in in;

    check_int(people_sign_in(&fixture->call, &request, true, &in), STATUS_OK);
    snprintf(out, KNOWN_BROWSERS_SIZE, "%s", in.browsers);
}

static void
knows_browsers(struct fixture *fixture)
{
    char of_ann[KNOWN_BROWSERS_SIZE], of_both[KNOWN_BROWSERS_SIZE], forged[KNOWN_BROWSERS_SIZE];

    guard_add(fixture, ann);
    guard_add(fixture, ben);
    sign_in_for_mark(fixture, ann, NULL, of_ann);
    sign_in_for_mark(fixture, ben, of_ann, of_both);
    check_int((int64_t)strlen(of_both), 2 * (int64_t)strlen(of_ann) + 1);
    attack_from(fixture, "192.0.2.1");
    for (int i = 0; i < THROTTLE_FREE_TRIES; i++)
        check_int(try_in(fixture, ben, NULL, false), STATUS_UNAUTHORIZED);

    check_int(try_in(fixture, ben, of_ann, true), STATUS_SLOW_DOWN); /* good for ann alone */
    check_int(try_in(fixture, ann, of_ann, true), STATUS_OK);
    check_int(try_in(fixture, ann, of_both, true), STATUS_OK);
    check_int(try_in(fixture, ben, of_both, true), STATUS_OK);
    for (size_t i = 0; i < strlen(of_ann); i += 5) {
        snprintf(forged, sizeof forged, "%s", of_ann);
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        check_int(try_in(fixture, ann, forged, true), STATUS_SLOW_DOWN);
    }
    static const char *const bad[] = { "", ".", "..", "A", "A.B", "\xff", "%00" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_int(try_in(fixture, ann, bad[i], true), STATUS_SLOW_DOWN);

    for (int i = 0; i < THROTTLE_FREE_TRIES; i++) /* its own counter */
        check_int(try_in(fixture, ann, of_ann, false), STATUS_UNAUTHORIZED);
    check_int(try_in(fixture, ann, of_ann, true), STATUS_SLOW_DOWN);
    check_int(try_from(fixture, "198.51.100.1", true), STATUS_OK);
    fixture->call.now += THROTTLE_FIRST_WAIT_SECONDS;
    check_int(try_in(fixture, ann, of_ann, true), STATUS_OK);
}

TEST(a_known_browser_has_its_own_tries_for_its_account)
{
    with_each_store(knows_browsers);
}

static void
ends_marks(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct user_secret user = { 7, "hash" }, renewed = { 7, "new hash" };
    uint8_t id[KNOWN_BROWSER_ID_BYTES];
    char cookie[KNOWN_BROWSERS_SIZE] = "", older[KNOWN_BROWSERS_SIZE];

    known_browser_mark(call, &user, NULL, cookie);
    check(known_browser_find(call, &user, cookie, id));
    check(!known_browser_find(call, &renewed, cookie, id));
    call->now += KNOWN_BROWSER_SECONDS - 1;
    check(known_browser_find(call, &user, cookie, id));
    call->now++;
    check(!known_browser_find(call, &user, cookie, id));
    for (int64_t i = 0; i < 2 * KNOWN_BROWSERS_MOST; i++) {
        struct user_secret next = { 100 + i, "hash" };
        snprintf(older, sizeof older, "%s", cookie);
        known_browser_mark(call, &next, older, cookie);
        check(known_browser_find(call, &next, cookie, id));
    }
    check_int((int64_t)strlen(cookie), KNOWN_BROWSERS_SIZE - 1);
}

TEST(a_mark_of_a_browser_ends_with_the_password)
{
    with_each_store(ends_marks);
}

/* Each network is new: the rows stay as few as the table allows, and go when their time is over. */
static void
limits_rows(struct fixture *fixture)
{
    enum { NETWORKS = 300 };
    struct call *call = &fixture->call;
    char address[64];

    for (int i = 0; i < NETWORKS; i++) {
        snprintf(address, sizeof address, "2001:db8:%x:%x::1", i / 16, i);
        check_int(try_from(fixture, address, false), STATUS_UNAUTHORIZED);
    }
    check(fixture_count(fixture, "SELECT count(*) FROM guess_counter") > NETWORKS / 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM throttle"), 0);
    call->now += 3 * 3600;
    for (int i = 0; i < NETWORKS / 40; i++) { /* each deletes up to 50 */
        snprintf(address, sizeof address, "192.0.%d.1", i);
        check_int(try_from(fixture, address, false), STATUS_UNAUTHORIZED);
    }
    check(fixture_count(fixture, "SELECT count(*) FROM guess_counter") < 10);
    check(!fixture_try_script(
        fixture, "INSERT INTO guess_counter (slot, holder, recent, waits, wait_until, forget_at) "
                 "SELECT 65536, holder, recent, 0, 0, 0 FROM guess_counter LIMIT 1"));
}

TEST(counters_of_strangers_take_a_limited_number_of_rows)
{
    with_each_store(limits_rows);
}
