#include "edge/outgoing/smtp_text.h"

#include <string.h>

enum { MOST_WORDS = 64 };

/* The first row that matches decides. A text that names both the sender and a user is about the
 * sender. */
static const struct {
    enum smtp_subject subject;
    const char *const words[MOST_WORDS];
} rows[] = {
    { SMTP_ABOUT_UNKNOWN, { "greylist", "graylist", "grey-list", "gray-list", "grey list" } },
    { SMTP_ABOUT_HELLO,
      { "helo ", "ehlo ", "helo/", "ehlo/", "say hello", "fully-qualified host",
        "fully qualified host" } },
    { SMTP_ABOUT_TLS, { "starttls", " tls", "tls ", "encryption", "secure connection" } },
    { SMTP_ABOUT_SIGN_IN,
      { "authenticat", "auth required", "not logged in", "log in first", "login first", "sign in",
        "username and password", "pop before", "check for new mail first", "bad credentials" } },
    { SMTP_ABOUT_RELAY,
      { "sending quota", "sending limit", "message quota", "daily limit", "rate limit", "throttl",
        "too many connections", "no smtp service" } },
    { SMTP_ABOUT_SENDER,
      { "sender address", "sender rejected", "sender verif", "sender domain", "sendas", "send as",
        "storedrv.submission", "as this sender", "from address", "sender is not",
        "sender not allowed", "identities failed", "invalid sender", "not owned by" } },
    { SMTP_ABOUT_RELAYING,
      { "relay access", "relaying", "to relay", "not relay", "no relay", "relay not", "open relay",
        "relay denied", "rcpthosts", "non-accepted domain" } },
    { SMTP_ABOUT_SERVER,
      { "client host", "your host", "your ip", "your address", "your server", "blocked using",
        "blacklist", "blocklist", "block list", "black list", "spamhaus", "reverse dns",
        "ptr record", "reputation", "rdns" } },
    { SMTP_ABOUT_RECIPIENT,
      { "user unknown",
        "unknown user",
        "unknown local user",
        "user not local",
        "no such user",
        "unknown recipient",
        "recipient unknown",
        "no such recipient",
        "no such account",
        "user not found",
        "recipient not found",
        "mailbox not found",
        "no such mailbox",
        "unknown mailbox",
        "mailbox unknown",
        "no mailbox",
        "mailbox unavailable",
        "mailbox does not exist",
        "mailbox name not allowed",
        "mailbox is disabled",
        "mailbox disabled",
        "account does not exist",
        "account disabled",
        "account is disabled",
        "account has been disabled",
        "account is inactive",
        "account that you tried to reach",
        "user doesn't",
        "user does not exist",
        "address does not exist",
        "address doesn't exist",
        "recipient does not exist",
        "no such address",
        "address unknown",
        "unknown address",
        "unknown local part",
        "unrouteable address",
        "unroutable address",
        "undeliverable address",
        "invalid recipient",
        "invalid mailbox",
        "not a valid mailbox",
        "not a valid user",
        "no such person",
        "mailbox full",
        "mailbox is full",
        "mailbox over",
        "over quota",
        "quota exceeded" } },
    { SMTP_ABOUT_CONTENT,
      { "message size", "message too large", "message is too large", "message too big",
        "message file too big", "size limit", "maximum size", "too much mail data" } },
};

enum smtp_subject
smtp_text_subject(const char *text)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (const char *const *word = rows[i].words; *word; word++)
            if (strstr(text, *word))
                return rows[i].subject;
    return SMTP_ABOUT_UNKNOWN;
}
