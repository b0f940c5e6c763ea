/*
 * store_secret.h - a store and its secret file belong together.
 *
 * The store keeps a fingerprint of the key with which its codes are hashed, so that a
 * wrong key is noticed at the start and not at the first redemption.
 */
#ifndef SERVICE_CORE_STORE_SECRET_H
#define SERVICE_CORE_STORE_SECRET_H

#include "service/core/call.h"

/* Reads the key that belongs to this store. A store that has none yet takes the one in the
 * file at `path`, which is made when it is not there; of several first starts at once one
 * decides. A store that has one makes nothing.
 *   STATUS_CONFLICT  secret_missing: the file is not there, but the store has a key
 *                    secret_wrong: the file holds the key of another store
 *   failures of secret_key_load() and transact() */
enum status store_secret_load(struct call *call, const char *path, struct secret_key *out);

/* Does the file belong to this store? Makes and changes nothing. *found false: the store has no
 * key yet. Failures as above. */
enum status store_secret_check(struct call *call, const char *path, bool *found);

#endif
