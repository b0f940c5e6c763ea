#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/durable.h"
#include "base/memory.h"
#include "base/unicode.h"

_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for argon2id");

enum { PATH_SIZE = 1024 };

void
secret_start(void)
{
    if (sodium_init() < 0) {
        fputs("the system provides no random numbers\n", stderr);
        exit(1);
    }
}

void
random_bytes(void *out, size_t size)
{
    randombytes_buf(out, size);
}

void
random_token(char out[TOKEN_TEXT_SIZE])
{
    uint8_t bytes[32];

    _Static_assert(TOKEN_TEXT_SIZE == BASE64URL_SIZE(sizeof bytes), "");
    random_bytes(bytes, sizeof bytes);
    base64url_encode(out, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

void
hash_bytes(uint8_t out[HASH_BYTES], const void *bytes, size_t size, const struct secret_key *key)
{
    crypto_generichash(out, HASH_BYTES, bytes, size, key ? key->bytes : NULL,
                       key ? sizeof key->bytes : 0);
}

_Static_assert(HMAC_BYTES == crypto_auth_hmacsha256_BYTES, "the whole of SHA-256");

void
checksum_bytes(uint8_t out[CHECKSUM_BYTES], const void *bytes, size_t size)
{
    static const uint8_t key[crypto_shorthash_KEYBYTES] = "tenure checksum";
    uint8_t hash[crypto_shorthash_BYTES];

    crypto_shorthash(hash, bytes, size, key);
    memcpy(out, hash, CHECKSUM_BYTES);
}

bool
checksum_holds(const uint8_t *bytes, size_t size)
{
    uint8_t checksum[CHECKSUM_BYTES];

    if (size < CHECKSUM_BYTES)
        return false;
    checksum_bytes(checksum, bytes, size - CHECKSUM_BYTES);
    return !memcmp(checksum, bytes + size - CHECKSUM_BYTES, CHECKSUM_BYTES);
}

void
hmac_sha256(uint8_t out[HMAC_BYTES], const void *key, size_t key_size,
            const struct hmac_part *parts, size_t count)
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key, key_size);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, parts[i].bytes, parts[i].size);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

_Static_assert(SEAL_BYTES == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
               "a nonce and a tag");

/* Derives another key, so that hashes with `key` reveal nothing about it. */
static void
seal_key(uint8_t out[crypto_secretbox_KEYBYTES], const struct secret_key *key)
{
    static const char purpose[] = "seal";

    hash_bytes(out, purpose, sizeof purpose, key);
}

void
secret_seal(uint8_t *out, const void *bytes, size_t size, const struct secret_key *key)
{
    uint8_t of_seal[crypto_secretbox_KEYBYTES];

    seal_key(of_seal, key);
    random_bytes(out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, bytes, size, out, of_seal);
    sodium_memzero(of_seal, sizeof of_seal);
}

bool
secret_open(void *out, const uint8_t *sealed, size_t size, const struct secret_key *key)
{
    uint8_t of_seal[crypto_secretbox_KEYBYTES];

    if (size < SEAL_BYTES)
        return false;
    seal_key(of_seal, key);
    int failed = crypto_secretbox_open_easy(out, sealed + crypto_secretbox_NONCEBYTES,
                                            size - crypto_secretbox_NONCEBYTES, sealed, of_seal);
    sodium_memzero(of_seal, sizeof of_seal);
    return !failed;
}

bool
secret_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

/* Give it to password_forget(). */
static char *
password_nfc(const char *password, size_t *size)
{
    size_t length = strlen(password);
    char *out = memory_new(length + 1, UNICODE_GROWTH);

    *size = unicode_nfc(out, password, length);
    return out;
}

static void
password_forget(char *password, size_t size)
{
    sodium_memzero(password, size);
    free(password);
}

/* A build with sanitizers is for tests only. Most of their time would be password hashing. */
#ifdef TENURE_CHEAP_PASSWORDS
static const unsigned long long password_steps = crypto_pwhash_OPSLIMIT_MIN;
static const size_t password_memory = crypto_pwhash_MEMLIMIT_MIN;
#else
static const unsigned long long password_steps = crypto_pwhash_OPSLIMIT_INTERACTIVE;
static const size_t password_memory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
#endif

void
password_hash(char out[PASSWORD_HASH_SIZE], const char *password)
{
    size_t size;
    char *normal = password_nfc(password, &size);

    memset(out, 0, PASSWORD_HASH_SIZE);
    if (crypto_pwhash_str(out, normal, size, password_steps, password_memory)) {
        perror("password hash"); /* out of memory */
        abort();
    }
    password_forget(normal, size);
}

bool
password_matches(const char *hash, const char *password)
{
    char padded[crypto_pwhash_STRBYTES] = ""; /* the library reads all of it */
    size_t size;
    char *normal = password_nfc(password, &size);
    bool other = strcmp(normal, password) != 0;

    snprintf(padded, sizeof padded, "%s", hash);
    bool matches = !crypto_pwhash_str_verify(padded, normal, size);
    password_forget(normal, size);
    if (!matches && other)
        matches = !crypto_pwhash_str_verify(padded, password, strlen(password));
    return matches;
}

static enum status
broken(struct fault *fault, const char *path)
{
    return fail(fault, STATUS_BROKEN, "", "", "the secret file %s: %s", path, strerror(errno));
}

static enum status
read_key(struct secret_key *out, const char *path, int file, struct fault *fault)
{
    uint8_t bytes[sizeof out->bytes + 1];
    struct stat about;

    if (fstat(file, &about))
        return broken(fault, path);
    if (S_ISDIR(about.st_mode))
        return fail(fault, STATUS_INVALID, "", "", "%.150s is a folder: name a secret file in it",
                    path);
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return fail(fault, STATUS_INVALID, "", "",
                    "others may read the secret file %s: run chmod 600 on it", path);
    ssize_t size = read(file, bytes, sizeof bytes);
    if (size < 0)
        return broken(fault, path);
    if (size != sizeof out->bytes)
        return fail(fault, STATUS_INVALID, "", "", "%s is not a secret file: it must hold 32 bytes",
                    path);
    memcpy(out->bytes, bytes, sizeof out->bytes);
    sodium_memzero(bytes, sizeof bytes);
    return STATUS_OK;
}

/* Creates the missing folders of the path. */
static bool
make_folders_of(const char *path)
{
    char folder[PATH_SIZE];

    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        if (mkdir(folder, 0700) && errno != EEXIST)
            return false;
    }
    return true;
}

static bool
secret_write_key(int file, const struct secret_key *key)
{
    ssize_t size = write(file, key->bytes, sizeof key->bytes);
    bool written = size == sizeof key->bytes && fsync(file) == 0;
    int reason = size >= 0 && size < (ssize_t)sizeof key->bytes ? ENOSPC : errno;

    if (close(file) == 0)
        errno = reason;
    else
        written = false;
    return written;
}

/* Writes a temporary file and links it to `path`: other processes see a whole key or none, and the
 * first one stays. */
static enum status
secret_make_key(const char *path, struct fault *fault)
{
    char aside[PATH_SIZE];
    struct secret_key key;

    if (snprintf(aside, sizeof aside, "%s.XXXXXX", path) >= PATH_SIZE) {
        errno = ENAMETOOLONG;
        return broken(fault, path);
    }
    if (!make_folders_of(path))
        return broken(fault, path);
    int file = mkstemp(aside); /* 0600 */
    if (file < 0)
        return broken(fault, path);

    random_bytes(key.bytes, sizeof key.bytes);
    bool made = secret_write_key(file, &key) && (link(aside, path) == 0 || errno == EEXIST);
    int reason = errno;
    sodium_memzero(&key, sizeof key);
    unlink(aside);
    errno = reason;
    return made ? STATUS_OK : broken(fault, path);
}

enum status
secret_key_read(struct secret_key *out, const char *path, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0 && errno == ENOENT)
        return fail(fault, STATUS_NOT_FOUND, "", "", "there is no secret file %s", path);
    if (file < 0)
        return broken(fault, path);
    enum status status = read_key(out, path, file, fault);
    close(file);
    return status;
}

/* Syncs an existing file too: an earlier start may have ended before it synced. */
static enum status
make_durable(const char *path, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0 && durable_name(path);
    int reason = errno;

    if (file >= 0)
        close(file);
    return synced ? STATUS_OK
                  : fail(fault, STATUS_BROKEN, "", "",
                         "the secret file %.100s, or its folder, cannot be synced to the disk: %s",
                         path, strerror(reason));
}

enum status
secret_key_load(struct secret_key *out, const char *path, struct fault *fault)
{
    enum status status = secret_key_read(out, path, fault);

    if (status == STATUS_NOT_FOUND) {
        status = secret_make_key(path, fault);
        if (!status)
            status = secret_key_read(out, path, fault);
        if (status == STATUS_NOT_FOUND)
            return broken(fault, path);
    }
    return status ? status : make_durable(path, fault);
}
