/*
 * secret.h - random bytes, keyed hashes, password hashes, checksums (libsodium).
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
    HASH_BYTES = 32,
    HMAC_BYTES = 32,
    PASSWORD_HASH_SIZE = 128, /* argon2id string and NUL */
    TOKEN_TEXT_SIZE = 44,     /* 32 random bytes, base64url without padding, NUL */
    SEAL_BYTES = 40,          /* what sealing adds */
};

/* 32 random bytes that live outside the store, in a file of mode 0600. */
struct secret_key {
    uint8_t bytes[32];
};

/* Once, before any thread starts. Ends the process if there is no randomness. */
void secret_start(void);

void random_bytes(void *out, size_t size);
void random_token(char out[TOKEN_TEXT_SIZE]); /* for sessions, API and device tokens */

/* BLAKE2b-256 of `size` bytes, with a key or (NULL) without. */
void hash_bytes(uint8_t out[HASH_BYTES], const void *bytes, size_t size,
                const struct secret_key *key);

/* Finds bytes that a disk or memory has changed by accident: the first CHECKSUM_BYTES bytes of
 * SipHash-2-4. Its key is fixed, so it does not protect against changes on purpose. */
enum { CHECKSUM_BYTES = 4 };
void checksum_bytes(uint8_t out[CHECKSUM_BYTES], const void *bytes, size_t size);
/* True when the `size` bytes end with the checksum of those before it. */
bool checksum_holds(const uint8_t *bytes, size_t size);

/* HMAC-SHA256 (RFC 2104, FIPS 180-4) over the parts, one behind the other; the key of any size. */
struct hmac_part {
    const void *bytes;
    size_t size;
};
void hmac_sha256(uint8_t out[HMAC_BYTES], const void *key, size_t key_size,
                 const struct hmac_part *parts, size_t count);

/* For secrets that are kept in the store: `size` bytes become size + SEAL_BYTES that
 * only the same key opens again (XSalsa20 and Poly1305, a random nonce in front). */
void secret_seal(uint8_t *out, const void *bytes, size_t size, const struct secret_key *key);
/* Gives back size - SEAL_BYTES bytes. False: not sealed with this key. */
bool secret_open(void *out, const uint8_t *sealed, size_t size, const struct secret_key *key);

/* Comparing secrets: the time does not depend on where they differ. */
bool secret_equal(const void *a, const void *b, size_t size);

/* argon2id, interactive limits: about 0.15 s and 64 MiB. Run it on a worker. It hashes the
 * password in Normalization Form C, so any keyboard can type it. */
void password_hash(char out[PASSWORD_HASH_SIZE], const char *password);

/* Tries that form first and then, where it is another one, the password as it was typed, which is
 * what an older program hashed. Takes twice as long for that second try, whatever the hash. */
bool password_matches(const char *hash, const char *password);

/* Reads the key file.
 *   STATUS_NOT_FOUND  there is no such file
 *   STATUS_INVALID    the file is not a key or others may read it
 *   STATUS_BROKEN     it cannot be read; the reason says why */
enum status secret_key_read(struct secret_key *out, const char *path, struct fault *fault);

/* The same, but makes the file (0600) and the folders above it (0700) when they are not
 * there. Of several that do so at once all get the same key. No power cut loses the file once
 * this has returned, so that a store may rely on it.
 *   STATUS_INVALID  as above
 *   STATUS_BROKEN   it cannot be read, made or synced; the reason says why */
enum status secret_key_load(struct secret_key *out, const char *path, struct fault *fault);

#endif
