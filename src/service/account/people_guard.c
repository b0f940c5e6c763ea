#include "service/account/people_guard.h"

#include "base/address.h"
#include "base/base64.h"
#include "base/id.h"
#include "service/account/known_browser.h"
#include "service/core/guess_counter.h"

/* The counter of the browser, if it knows the account. */
static bool
guard_browser(struct call *call, const char *what, const struct user_secret *user,
              const struct client *client, struct guess_counter *out)
{
    uint8_t browser[KNOWN_BROWSER_ID_BYTES];
    char place[BASE64URL_SIZE(sizeof browser)], account[ID_TEXT_SIZE];

    if (!user || !known_browser_find(call, user, client->browsers, browser))
        return false;
    id_format(account, user->id);
    base64url_encode(place, browser, sizeof browser);
    guess_counter_name(call, what, account, place, out);
    return true;
}

static void
guard_network(struct call *call, const char *what, const char *account, const struct client *client,
              struct guess_counter *out)
{
    char network[ADDRESS_TEXT_SIZE];

    address_network(network, client->address);
    guess_counter_name(call, what, account, network, out);
}

enum status
guard_of_sign_in(struct call *call, const char *email, const struct user_secret *user,
                 const struct client *client, struct people_guard *out)
{
    bool attacked;

    *out = (struct people_guard){ .count = 1 };
    if (guard_browser(call, "sign_in_browser", user, client, &out->counters[0]))
        return STATUS_OK;
    guard_network(call, "sign_in", email, client, &out->counters[0]);
    guess_counter_name(call, "sign_in_account", email, "", &out->counters[1]);
    out->counters[1].free_tries = GUARD_ATTACK_TRIES;
    out->count = 2;
    enum status status = guess_is_pausing(call, &out->counters[1], &attacked);
    if (!status && attacked)
        out->counters[0].free_tries = 1;
    return status;
}

void
guard_of_link(struct call *call, const char *email, const struct user_secret *user,
              const struct client *client, struct people_guard *out)
{
    *out = (struct people_guard){ .count = 1 };
    if (guard_browser(call, "link_browser", user, client, &out->counters[0]))
        return;
    guard_network(call, "link", email, client, &out->counters[0]);
    guard_network(call, "link_network", "", client, &out->counters[1]);
    out->counters[1].free_tries = GUARD_LINK_TRIES;
    out->count = 2;
}

void
guard_of_sign_up(struct call *call, const struct client *client, struct guess_counter *out)
{
    guard_network(call, "sign_up", "", client, out);
}
