/*
 * store_secret.h - a store and its secret file belong together.
 *
 * The store keeps a fingerprint of the key that hashes its codes, so that a wrong key is noticed at
 * the start and not at the first redemption.
 */
#ifndef SERVICE_CORE_STORE_SECRET_H
#define SERVICE_CORE_STORE_SECRET_H

#include "service/core/call.h"

/* Reads the key of this store. A store without a key adopts the key in the file at `path`, and
 * makes the file if it does not exist; of several concurrent first starts, one decides.
 *   STATUS_CONFLICT  secret_missing: the file does not exist, but the store has a key
 *                    secret_wrong: the file holds the key of another store
 *   failures of secret_key_load() and transact() */
enum status store_secret_load(struct call *call, const char *path, struct secret_key *out);

/* Checks that the file belongs to this store, and changes nothing. *found false: the store has no
 * key yet. Failures as above. */
enum status store_secret_check(struct call *call, const char *path, bool *found);

#endif
