/* backend.h - opens the store of a command: settings, secret, store, schema. */
#ifndef MAIN_BACKEND_H
#define MAIN_BACKEND_H

#include "edge/cli/command.h"

/* For the commands of edge/cli; see edge/cli/command.h. */
extern const struct cli_backend backend;

struct store_claim;

struct store_place {
    const char *store; /* its URL */
    const char *secret_file;
    bool must_exist; /* do not create a missing store, and do not update an older one */
};

/* The place of the store according to the settings; in their arena.
 *   STATUS_INVALID as options_secret_file() */
enum status backend_place(const struct settings *settings, struct store_place *out,
                          struct fault *fault);

/* Compares the clock with the database's, according to the settings. */
bool backend_checks_clock(const struct settings *settings);

/* After store_open() has failed: adds advice if the database cannot be reached. Gives the status of
 * the fault. */
enum status backend_advise(const char *store, struct fault *fault);

/* Claims the store for serving, as store_claim() does. Checks the secret file first, so that no
 * store is created for a bad one. The caller releases the claim. failures of store_claim() and
 * secret_key_read(), except STATUS_NOT_FOUND */
enum status backend_claim(const struct store_place *place, struct store_claim **out,
                          struct fault *fault);

/* Opens the store for writing, migrates it and loads its secret. The store comes first, so that a
 * wrong store leaves no secret file behind. On failure *store is NULL.
 *   STATUS_NOT_FOUND  code "no_store", with must_exist: there is none, or it is empty
 *   STATUS_CONFLICT   code "store_older", with must_exist: a server has to migrate it
 *   failures of store_open(), migrate(), store_secret_load() */
enum status backend_open(const struct store_place *place, struct store **store,
                         struct secret_key *secret, struct fault *fault);

#endif
