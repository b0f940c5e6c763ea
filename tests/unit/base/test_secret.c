#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "support/check.h"

TEST(secret_hash_depends_on_bytes_and_key)
{
    uint8_t plain[HASH_BYTES], again[HASH_BYTES], keyed[HASH_BYTES], other[HASH_BYTES];
    const struct secret_key one = { { 1 } }, two = { { 2 } };
    /* BLAKE2b-256 of "abc", RFC 7693's function at 32 bytes */
    static const uint8_t known[4] = { 0xbd, 0xdd, 0x81, 0x3c };

    secret_start();
    hash_bytes(plain, "abc", 3, NULL);
    hash_bytes(again, "abc", 3, NULL);
    hash_bytes(keyed, "abc", 3, &one);
    hash_bytes(other, "abc", 3, &two);
    check(!memcmp(plain, known, sizeof known));
    check(secret_equal(plain, again, HASH_BYTES));
    check(!secret_equal(plain, keyed, HASH_BYTES));
    check(!secret_equal(keyed, other, HASH_BYTES));
}

TEST(secret_password_matches_however_it_is_composed)
{
    char hash[PASSWORD_HASH_SIZE];

    password_hash(hash, "Ku\u0308hlraum 7");
    check(password_matches(hash, "Kühlraum 7"));
    check(password_matches(hash, "Ku\u0308hlraum 7"));
    check(!password_matches(hash, "KÜHLRAUM 7"));
    check(!password_matches(hash, "Kuhlraum 7"));
}

/* Made by a program that hashed what was typed: "Ku\u0308hlraum 7" in these bytes. */
TEST(secret_password_of_an_older_program_matches_as_typed)
{
    static const char hash[] = "$argon2id$v=19$m=65536,t=2,p=1$"
                               "/1S1NtOfMPsutn8dk8Vrtw$0hSCtgHXsdl6wYSHiGUnZ6UPJO+QUHTg7Kptbc2HCC8";

    check(password_matches(hash, "Ku\u0308hlraum 7"));
    check(!password_matches(hash, "Kühlraum 7"));
    check(!password_matches(hash, "Ku\u0308hlraum 8"));
}

TEST(secret_password_matches_itself_alone)
{
    char hash[PASSWORD_HASH_SIZE];

    secret_start();
    password_hash(hash, "correct horse");
    check(!strncmp(hash, "$argon2id$", 10));
    check(password_matches(hash, "correct horse"));
    check(!password_matches(hash, "correct horse "));
    check(!password_matches("", ""));
    check(!password_matches("$argon2id$damaged", "correct horse"));
}

TEST(secret_tokens_differ)
{
    char one[TOKEN_TEXT_SIZE], two[TOKEN_TEXT_SIZE];

    secret_start();
    random_token(one);
    random_token(two);
    check_int(strlen(one), TOKEN_TEXT_SIZE - 1);
    check(strcmp(one, two) != 0);
    check_int(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
}

static void
path_in(char out[256], const char *folder, const char *name)
{
    snprintf(out, 256, "%s/%s", folder, name);
}

static int
mode_of(const char *path)
{
    struct stat about;

    return stat(path, &about) ? -1 : (int)(about.st_mode & 0777);
}

TEST(secret_key_file_is_made_once_and_for_its_owner)
{
    char folder[] = "/tmp/tenure-key-XXXXXX", outer[256], inner[256], path[256];
    struct secret_key first, second;
    struct fault fault = { 0 };

    secret_start();
    check(mkdtemp(folder) != NULL);
    path_in(outer, folder, "state");
    path_in(inner, folder, "state/tenure");
    path_in(path, folder, "state/tenure/secret.key");
    check_int(secret_key_read(&first, path, &fault), STATUS_NOT_FOUND);
    check(strstr(fault.reason, path) != NULL);
    check_int(mode_of(outer), -1);
    check_int(secret_key_load(&first, path, &fault), STATUS_OK);
    check_int(secret_key_load(&second, path, &fault), STATUS_OK);
    check(!memcmp(&first, &second, sizeof first));
    check_int(secret_key_read(&second, path, &fault), STATUS_OK);
    check(!memcmp(&first, &second, sizeof first));
    check_int(mode_of(outer), 0700);
    check_int(mode_of(inner), 0700);
    check_int(mode_of(path), 0600);

    check_int(chmod(path, 0640), 0);
    check_int(secret_key_load(&second, path, &fault), STATUS_INVALID);
    check(strstr(fault.reason, "chmod 600") != NULL);
    check_int(chmod(path, 0600), 0);
    check_int(truncate(path, 31), 0);
    check_int(secret_key_load(&second, path, &fault), STATUS_INVALID);
    check_int(truncate(path, 33), 0);
    check_int(secret_key_load(&second, path, &fault), STATUS_INVALID);

    unlink(path);
    rmdir(inner);
    rmdir(outer);
    rmdir(folder);
    check_int(secret_key_load(&second, "/proc/no/such/secret.key", &fault), STATUS_BROKEN);
}
