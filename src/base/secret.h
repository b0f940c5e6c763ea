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
    SEAL_BYTES = 40,          /* added by secret_seal() */
};

/* 32 random bytes outside the store, in a file of mode 0600. */
struct secret_key {
    uint8_t bytes[32];
};

/* Call it once, before any thread starts. It ends the process if there are no random numbers. */
void secret_start(void);

void random_bytes(void *out, size_t size);
void random_token(char out[TOKEN_TEXT_SIZE]); /* for sessions, API and device tokens */

/* BLAKE2b-256 of `size` bytes; `key` may be NULL. */
void hash_bytes(uint8_t out[HASH_BYTES], const void *bytes, size_t size,
                const struct secret_key *key);

/* Detects accidental changes on disk or in memory: the first CHECKSUM_BYTES bytes of SipHash-2-4.
 * Its key is fixed, so it does not detect deliberate changes. */
enum { CHECKSUM_BYTES = 4 };
void checksum_bytes(uint8_t out[CHECKSUM_BYTES], const void *bytes, size_t size);
/* Do the `size` bytes end with the checksum of the bytes before? */
bool checksum_holds(const uint8_t *bytes, size_t size);

/* HMAC-SHA256 (RFC 2104, FIPS 180-4) of the concatenated parts, with a key of any size. */
struct hmac_part {
    const void *bytes;
    size_t size;
};
void hmac_sha256(uint8_t out[HMAC_BYTES], const void *key, size_t key_size,
                 const struct hmac_part *parts, size_t count);

/* Encrypts a secret for the store: writes size + SEAL_BYTES bytes that only the same key opens
 * (a random nonce, then XSalsa20 and Poly1305). */
void secret_seal(uint8_t *out, const void *bytes, size_t size, const struct secret_key *key);
/* Writes size - SEAL_BYTES bytes. False: they were not sealed with this key. */
bool secret_open(void *out, const uint8_t *sealed, size_t size, const struct secret_key *key);

/* Compares secrets in constant time. */
bool secret_equal(const void *a, const void *b, size_t size);

/* argon2id with interactive limits: about 0.15 s and 64 MiB. Run both on a worker. It hashes the
 * password in Normalization Form C, so that the keyboard that composed it does not matter. */
void password_hash(char out[PASSWORD_HASH_SIZE], const char *password);

/* Tries that form first. If it differs, tries the password as typed, which older programs hashed;
 * that takes twice as long, whatever the hash. */
bool password_matches(const char *hash, const char *password);

/* Reads the key file.
 *   STATUS_NOT_FOUND  there is no such file
 *   STATUS_INVALID    the file is not a key or others may read it
 *   STATUS_BROKEN     it cannot be read; the reason says why */
enum status secret_key_read(struct secret_key *out, const char *path, struct fault *fault);

/* The same, but creates a missing file (0600) and its missing folders (0700). Concurrent callers
 * get the same key. After it returns, no power cut loses the file: a store may rely on it.
 *   STATUS_INVALID  as above
 *   STATUS_BROKEN   it cannot be read, made or synced; the reason says why */
enum status secret_key_load(struct secret_key *out, const char *path, struct fault *fault);

#endif
