#include "base/setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/text.h"
#include "base/web_origin.h"

enum { WANTED_SIZE = 128, SHOWN_SIZE = 49 };

int64_t
setting_number(const char *value)
{
    return strtoll(value, NULL, 10);
}

static bool
is_number(const struct setting *setting, const char *value)
{
    size_t length = strlen(value);

    if (length < 1 || length > 18 || strspn(value, "0123456789") != length)
        return false;
    return setting_number(value) >= setting->least && setting_number(value) <= setting->most;
}

/* Is `value` one of the choices or, with `prefix`, does it begin with one? */
static bool
is_choice(const struct setting *setting, const char *value, bool prefix)
{
    size_t size = strlen(value);

    for (const char *at = setting->choices; *at;) {
        size_t length = strcspn(at, "|");
        if (!strncmp(at, value, length) && (prefix ? size > length : size == length))
            return true;
        at += length;
        at += *at == '|';
    }
    return false;
}

/* RFC 3986, section 3.3, without escapes. */
static bool
is_words(const struct setting *setting, const char *value)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-._~";
    const char *at = value + (*value == '/');
    size_t size = strlen(at);

    if (size && at[size - 1] == '/')
        size--;
    if ((int64_t)size > setting->most)
        return false;
    for (int64_t words = 0; size > 0; words++) {
        size_t length = strspn(at, allowed);
        if (length == 0 || words == setting->most_words)
            return false;
        if (length == size)
            return true;
        if (at[length] != '/' || length + 1 == size)
            return false;
        at += length + 1;
        size -= length + 1;
    }
    return true;
}

static bool
setting_fits(const struct setting *setting, const char *value)
{
    int64_t size = (int64_t)strlen(value);
    struct address address;
    char origin[WEB_ORIGIN_SIZE];

    if (size > SETTING_VALUE_MOST_BYTES || text_has_control(value, (size_t)size))
        return false;
    switch (setting->kind) {
    case SETTING_TEXT:
        return size >= setting->least && size <= setting->most;
    case SETTING_NUMBER:
        return is_number(setting, value);
    case SETTING_CHOICE:
        return is_choice(setting, value, false);
    case SETTING_PREFIX:
        return is_choice(setting, value, true);
    case SETTING_ADDRESS:
        return address_parse(&address, value);
    case SETTING_HOST:
        return address_parse_host(&address, value);
    case SETTING_URL:
        return web_origin_read(origin, value);
    case SETTING_PATH:
        return size > 0;
    case SETTING_WORDS:
        return is_words(setting, value);
    case SETTING_SWITCH:
        return !strcmp(value, "yes");
    case SETTING_KIND_COUNT:
        break;
    }
    return false;
}

/* "with_code, open or closed" from "with_code|open|closed". */
static void
list_choices(char *out, size_t size, const char *choices)
{
    size_t used = 0;

    for (const char *at = choices; *at && used < size;) {
        size_t length = strcspn(at, "|");
        const char *before = at == choices ? "" : strchr(at, '|') ? ", " : " or ";
        int wrote = snprintf(out + used, size - used, "%s%.*s", before, (int)length, at);
        used += (size_t)wrote;
        at += length;
        at += *at == '|';
    }
}

static void
say_wanted(char out[WANTED_SIZE], const struct setting *setting)
{
    char choices[80] = "";

    if (setting->choices)
        list_choices(choices, sizeof choices, setting->choices);
    switch (setting->kind) {
    case SETTING_TEXT:
        snprintf(out, WANTED_SIZE,
                 "it must have %" PRId64 " to %" PRId64 " bytes and no control characters",
                 setting->least, setting->most);
        return;
    case SETTING_NUMBER:
        snprintf(out, WANTED_SIZE, "it must be a number from %" PRId64 " to %" PRId64,
                 setting->least, setting->most);
        return;
    case SETTING_CHOICE:
        snprintf(out, WANTED_SIZE, "it must be %s", choices);
        return;
    case SETTING_PREFIX:
        snprintf(out, WANTED_SIZE, "it must start with %s and contain more than that", choices);
        return;
    case SETTING_ADDRESS:
        snprintf(out, WANTED_SIZE,
                 "it must be an IP address and a port, such as 127.0.0.1:8080 or [::]:5683");
        return;
    case SETTING_HOST:
        snprintf(out, WANTED_SIZE, "it must be an IP address, such as 127.0.0.1 or ::1");
        return;
    case SETTING_URL:
        snprintf(out, WANTED_SIZE,
                 "it must be an origin, such as https://licenses.example.com: a scheme and a host, "
                 "perhaps a port, and neither a path nor a query");
        return;
    case SETTING_PATH:
        snprintf(out, WANTED_SIZE, "it must be the path of a file");
        return;
    case SETTING_WORDS:
        snprintf(out, WANTED_SIZE,
                 "it must be up to %" PRId64
                 " words of letters, digits and -._~ separated by /, up to %" PRId64
                 " characters in all",
                 setting->most_words, setting->most);
        return;
    case SETTING_SWITCH:
    case SETTING_KIND_COUNT:
        snprintf(out, WANTED_SIZE, "it takes no value");
        return;
    }
}

enum status
setting_check(const struct setting *setting, const char *value, const char *origin,
              struct fault *fault)
{
    char wanted[WANTED_SIZE], shown[SHOWN_SIZE];

    if (setting_fits(setting, value)
        || (setting->kind != SETTING_SWITCH && !strcmp(value, setting->fallback)))
        return STATUS_OK;
    say_wanted(wanted, setting);
    if (setting->secret)
        return fail(fault, STATUS_INVALID, "bad_setting", setting->name, "%s cannot be used: %s",
                    origin, wanted);
    snprintf(shown, sizeof shown, "%s", value);
    for (char *at = shown; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return fail(fault, STATUS_INVALID, "bad_setting", setting->name, "%s is \"%s%s\": %s", origin,
                shown, strlen(value) >= SHOWN_SIZE ? "…" : "", wanted);
}
