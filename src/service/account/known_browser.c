#include "service/account/known_browser.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"

enum {
    MARK_BYTES = 8 + 8 + KNOWN_BROWSER_ID_BYTES + HASH_BYTES,
    MARK_TEXT_SIZE = BASE64URL_SIZE(MARK_BYTES),
    SIGNED_SIZE = 16 + 8 + 8 + KNOWN_BROWSER_ID_BYTES + PASSWORD_HASH_SIZE,
};

_Static_assert(KNOWN_BROWSERS_SIZE == KNOWN_BROWSERS_MOST * MARK_TEXT_SIZE,
               "marks with dots between, and NUL");

struct mark {
    int64_t user_id;
    utc_seconds made_at;
    uint8_t id[KNOWN_BROWSER_ID_BYTES];
    uint8_t hash[HASH_BYTES];
};

static void
hash_mark(struct call *call, const struct mark *mark, const char *password_hash,
          uint8_t out[HASH_BYTES])
{
    char bytes[SIGNED_SIZE] = "known browser";

    memcpy(bytes + 16, &mark->user_id, 8);
    memcpy(bytes + 24, &mark->made_at, 8);
    memcpy(bytes + 32, mark->id, sizeof mark->id);
    snprintf(bytes + 32 + sizeof mark->id, PASSWORD_HASH_SIZE, "%s", password_hash);
    hash_bytes(out, bytes, sizeof bytes, call->secret);
}

static void
write_mark(const struct mark *mark, char out[MARK_TEXT_SIZE])
{
    uint8_t bytes[MARK_BYTES];

    memcpy(bytes, &mark->user_id, 8);
    memcpy(bytes + 8, &mark->made_at, 8);
    memcpy(bytes + 16, mark->id, sizeof mark->id);
    memcpy(bytes + 16 + sizeof mark->id, mark->hash, sizeof mark->hash);
    base64url_encode(out, bytes, sizeof bytes);
}

static bool
read_mark(struct mark *out, const char *text, size_t length)
{
    uint8_t bytes[MARK_BYTES];
    char copy[MARK_TEXT_SIZE];
    size_t size;

    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (!base64url_decode(bytes, sizeof bytes, &size, copy) || size != sizeof bytes)
        return false;
    memcpy(&out->user_id, bytes, 8);
    memcpy(&out->made_at, bytes + 8, 8);
    memcpy(out->id, bytes + 16, sizeof out->id);
    memcpy(out->hash, bytes + 16 + sizeof out->id, sizeof out->hash);
    return true;
}

/* Reads the mark at *at and advances *at. False: no mark is left, or one is malformed. */
static bool
next_mark(struct mark *out, const char **at)
{
    size_t length = *at ? strcspn(*at, ".") : 0;

    if (length == 0 || !read_mark(out, *at, length))
        return false;
    *at += length + ((*at)[length] == '.');
    return true;
}

void
known_browser_mark(struct call *call, const struct user_secret *user, const char *older,
                   char out[KNOWN_BROWSERS_SIZE])
{
    struct mark mark = { .user_id = user->id, .made_at = call->now }, other;
    size_t used = MARK_TEXT_SIZE - 1;

    random_bytes(mark.id, sizeof mark.id);
    hash_mark(call, &mark, user->password_hash, mark.hash);
    write_mark(&mark, out);
    while (used + MARK_TEXT_SIZE < KNOWN_BROWSERS_SIZE && next_mark(&other, &older)) {
        if (other.user_id == user->id)
            continue;
        out[used++] = '.';
        write_mark(&other, out + used);
        used += MARK_TEXT_SIZE - 1;
    }
}

bool
known_browser_find(struct call *call, const struct user_secret *user, const char *cookie,
                   uint8_t id[KNOWN_BROWSER_ID_BYTES])
{
    struct mark mark;
    uint8_t hash[HASH_BYTES];

    for (int i = 0; i < KNOWN_BROWSERS_MOST && next_mark(&mark, &cookie); i++) {
        if (mark.user_id != user->id || mark.made_at + KNOWN_BROWSER_SECONDS <= call->now)
            continue;
        hash_mark(call, &mark, user->password_hash, hash);
        if (!secret_equal(hash, mark.hash, sizeof hash))
            continue;
        memcpy(id, mark.id, sizeof mark.id);
        return true;
    }
    return false;
}
