#include "edge/outgoing/relay_url.h"

#include <string.h>

#include "support/check.h"

TEST(relay_urls_say_scheme_user_host_and_port)
{
    static const struct {
        const char *text, *url, *user;
        bool plain;
    } rows[] = {
        { "smtp://mail.example.com", "smtp://mail.example.com:25", "", false },
        { "smtp://me@mail.example.com", "smtp://mail.example.com:587", "me", false },
        { "smtp://me@example.com@mail.example.com:26", "smtp://mail.example.com:26",
          "me@example.com", false },
        { "smtp://me%40example.com@mail.example.com", "smtp://mail.example.com:587",
          "me@example.com", false },
        { "smtps://mail.example.com", "smtps://mail.example.com:465", "", false },
        { "smtps://a%25b@[::1]:4650", "smtps://[::1]:4650", "a%b", false },
        { "smtp+plain://127.0.0.1:2525", "smtp://127.0.0.1:2525", "", true },
        { "smtp+plain://localhost", "smtp://localhost:25", "", true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct relay_url got;
        check_int(relay_url_read(&got, rows[i].text, NULL), STATUS_OK);
        check_text(got.url, rows[i].url);
        check_text(got.user, rows[i].user);
        check_int(got.plain, rows[i].plain);
    }
}

TEST(relay_urls_that_are_none_are_refused_without_repeating_them)
{
    static const char *const rows[] = {
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://me:secret@host",
        "smtp+plain://me@host",
        "smtp://host:0",
        "smtp://host:65536",
        "smtp://host:",
        "smtp://host/path",
        "smtp://host?x",
        "smtp://ho st",
        "smtp://@host",
        "smtp://%4@host",
        "smtp://%zz@host",
        "smtp://%00@host",
        "smtp://%0d%0a@host",
        "smtp://[::1",
        "smtps://[]",
        "smtp://host\r\n",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct relay_url got;
        struct fault fault = { 0 };
        check_int(relay_url_read(&got, rows[i], &fault), STATUS_INVALID);
        check_text(fault.field, "smtp");
        check(strstr(fault.reason, "secret") == NULL);
    }
}

TEST(relay_urls_have_their_limits)
{
    char text[1024] = "smtp://", *end = text + strlen(text);
    struct relay_url got;

    memset(end, 'a', 253);
    check_int(relay_url_read(&got, text, NULL), STATUS_OK);
    memset(end, 'a', 254);
    check_int(relay_url_read(&got, text, NULL), STATUS_INVALID);
    memset(end, 'u', RELAY_USER_SIZE);
    memcpy(end + RELAY_USER_SIZE - 1, "@host", sizeof "@host");
    check_int(relay_url_read(&got, text, NULL), STATUS_OK);
    end[RELAY_USER_SIZE - 1] = 'u';
    memcpy(end + RELAY_USER_SIZE, "@host", sizeof "@host");
    check_int(relay_url_read(&got, text, NULL), STATUS_INVALID);
}
