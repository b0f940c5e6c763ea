/*
 * known_browser.h - browsers in which a user has signed in before.
 *
 * A cookie holds the marks of up to KNOWN_BROWSERS_MOST users, newest first, with dots between. A
 * mark names a user and a random browser, under a keyed hash with the store's secret and the user's
 * password hash. So nobody can forge a mark, it is good for one account, a new password ends it,
 * and the store keeps no row. A mark signs nobody in: it only gives the browser its own counter of
 * wrong passwords (docs/decisions/0012).
 */
#ifndef SERVICE_ACCOUNT_KNOWN_BROWSER_H
#define SERVICE_ACCOUNT_KNOWN_BROWSER_H

#include "service/account/people.h"

enum { KNOWN_BROWSER_ID_BYTES = 16 };

/* Writes the cookie for a browser in which the user has just signed in: a new mark, then those of
 * other users from `older` (NULL for none). */
void known_browser_mark(struct call *call, const struct user_secret *user, const char *older,
                        char out[KNOWN_BROWSERS_SIZE]);

/* Does the cookie hold a mark of the user? Writes the id of the browser. */
bool known_browser_find(struct call *call, const struct user_secret *user, const char *cookie,
                        uint8_t id[KNOWN_BROWSER_ID_BYTES]);

#endif
