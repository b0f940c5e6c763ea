/*
 * backend.h - how a command comes to its store: settings, secret, store, schema.
 */
#ifndef MAIN_BACKEND_H
#define MAIN_BACKEND_H

#include "edge/cli/command.h"

/* For the commands of edge/cli: edge/cli/command.h says what it does. */
extern const struct cli_backend backend;

struct store_claim;

struct store_place {
    const char *store; /* its URL */
    const char *secret_file;
    bool must_be_there; /* a store that is not is no reason to make one */
};

/* Where the settings say that the store is; in their arena.
 *   STATUS_INVALID as options_secret_file() */
enum status backend_place(const struct settings *settings, struct store_place *out,
                          struct fault *fault);

/* After store_open() has failed: adds what to do about a server that cannot be reached. Gives the
 * status of the fault. */
enum status backend_advise(const char *store, struct fault *fault);

/* Takes the right to serve from the store, as store_claim(). A secret file that cannot be used is
 * told first, so that no store is made for it. The caller releases it.
 *   failures of store_claim() and secret_key_read(), except STATUS_NOT_FOUND */
enum status backend_claim(const struct store_place *place, struct store_claim **out,
                          struct fault *fault);

/* Opens the store for writing, brings it up to date and loads the secret that belongs to it.
 * The store comes first, so that a wrong one leaves no secret behind. On failure *store is
 * NULL.
 *   failures of store_open(), migrate(), store_secret_load() */
enum status backend_open(const struct store_place *place, struct store **store,
                         struct secret_key *secret, struct fault *fault);

#endif
