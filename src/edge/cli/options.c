#include "edge/cli/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/account/people.h"

#define SERVING (COMMAND_SERVE | COMMAND_DEMO | COMMAND_DOCTOR)
#define STORING                                                                                    \
    (SERVING | COMMAND_USER_ADD | COMMAND_CODE_ISSUE | COMMAND_AUDIT_VERIFY | COMMAND_AUDIT_HEAD   \
     | COMMAND_CLOCK_RESET)
/* The demonstration reads only flags, so that it never opens a real store by accident. */
#define CONFIGURED (STORING & ~COMMAND_DEMO)

/* What every row has. A FLAG comes from the command line only. */
#define SETTING(name_, kind_, shown_, fallback_)                                                   \
    .name = name_, .kind = kind_, .shown = shown_, .fallback = fallback_
#define FLAG(name_, kind_, shown_) SETTING(name_, kind_, shown_, ""), .weakest = SOURCE_FLAG

const struct setting options_table[OPTION_COUNT] = {
    [OPTION_STORE] = { SETTING("store", SETTING_PREFIX, "URL", ""),
                       .choices = "sqlite:|postgresql://|postgres://", .users = STORING,
                       .secret = true,
                       .help = "sqlite:FILE or postgresql://USER@HOST/DATABASE; default: an SQLite "
                               "file tenure.db in $STATE_DIRECTORY, else in ./data" },
    [OPTION_SECRET_FILE] = { SETTING("secret-file", SETTING_PATH, "FILE", ""), .users = STORING,
                             .help =
                                 "key that hashes the codes, created at the first start; default: "
                                 "beside an SQLite store, else tenure.secret in the state folder" },
    [OPTION_HTTP] = { SETTING("http", SETTING_ADDRESS, "ADDRESS:PORT", "127.0.0.1:8080"),
                      .users = SERVING,
                      .help = "address of the pages and the API; port 0 selects a free one" },
    [OPTION_HTTP_THREADS] = { SETTING("http-threads", SETTING_NUMBER, "NUMBER", "4"), .least = 1,
                              .most = 64, .users = SERVING,
                              .help = "threads that answer HTTP requests" },
    [OPTION_PUBLIC_URL] = { SETTING("public-url", SETTING_URL, "URL", ""), .users = SERVING,
                            .help = "the origin at which people reach the pages, for example "
                                    "behind a proxy" },
    [OPTION_TRUSTED_PROXY] = { SETTING("trusted-proxy", SETTING_HOST, "ADDRESS", ""),
                               .users = SERVING,
                               .help = "the proxy whose X-Forwarded-For names the client: "
                                       "127.0.0.1 for one on this machine" },
    [OPTION_SIGN_UP] = { SETTING("sign-up", SETTING_CHOICE, "WHO", "with_code"),
                         .choices = "with_code|open|closed", .users = SERVING,
                         .help = "who may create an account: with_code (holders of a code), open, "
                                 "closed" },
    [OPTION_CLAIM] = { SETTING("claim", SETTING_CHOICE, "WHAT", "open"),
                       .choices = "open|listed|code", .users = SERVING,
                       .help = "what adding a sensor needs: open (nothing), listed (the serial in "
                               "the operator's device list), code (its claim code, too)" },
    [OPTION_WEBHOOK_PRIVATE] = { SETTING("webhook-private", SETTING_CHOICE, "on|off", "off"),
                                 .choices = "on|off", .users = SERVING,
                                 .help = "on: webhooks may reach this machine and private "
                                         "networks, too" },
    [OPTION_COAP] = { SETTING("coap", SETTING_ADDRESS, "ADDRESS:PORT", "[::]:5683"),
                      .users = SERVING,
                      .help = "UDP address for sensors; [::] includes IPv4; port 0 selects a free "
                              "one" },
    [OPTION_COAP_PREFIX] = { SETTING("coap-prefix", SETTING_WORDS, "PATH", ""),
                             .most = COAP_PREFIX_MOST_BYTES, .most_words = COAP_PREFIX_MOST_WORDS,
                             .users = SERVING,
                             .help = "a prefix of the paths for sensors: efento gives /efento/m" },
    [OPTION_SMTP] = { SETTING("smtp", SETTING_PREFIX, "URL", ""),
                      .choices = "smtp://|smtps://|smtp+plain://", .users = SERVING, .secret = true,
                      .help = "the relay for e-mail: smtp://USER@HOST:587, smtps://HOST; without "
                              "one, messages wait" },
    [OPTION_MAIL_FROM] = { SETTING("mail-from", SETTING_TEXT, "E-MAIL", ""), .least = 3,
                           .most = EMAIL_MOST_BYTES, .users = SERVING,
                           .help = "the sender address of e-mail; required with --smtp" },
    [OPTION_SMTP_PASSWORD_FILE] = { SETTING("smtp-password-file", SETTING_PATH, "FILE", ""),
                                    .users = SERVING,
                                    .help =
                                        "file with the password of the relay's user; default: the "
                                        "systemd credential smtp-password" },
    [OPTION_SMTP_CA_FILE] = { SETTING("smtp-ca-file", SETTING_PATH, "FILE", ""), .users = SERVING,
                              .help =
                                  "certificates to trust in addition to the system's, for a relay "
                                  "with a certificate of your own" },
    [OPTION_SMTP_HELLO] = { SETTING("smtp-hello", SETTING_TEXT, "NAME", ""), .least = 1,
                            .most = 253, .users = SERVING,
                            .help = "the name in EHLO; default: the full name of this host, else "
                                    "its address" },
    [OPTION_CLOCK_CHECK] = { SETTING("clock-check", SETTING_CHOICE, "on|off", "on"),
                             .choices = "on|off", .users = STORING,
                             .help = "on: a server whose clock differs from PostgreSQL's by more "
                                     "than 30 s writes nothing" },
    [OPTION_LOG_LEVEL] = { SETTING("log-level", SETTING_CHOICE, "LEVEL", "info"),
                           .choices = "debug|info|warning|error", .users = STORING,
                           .help = "lowest level of the log on standard error: debug, info, "
                                   "warning, error" },
    [OPTION_CONFIG] = { SETTING("config", SETTING_PATH, "FILE", ""), .weakest = SOURCE_ENVIRONMENT,
                        .users = CONFIGURED,
                        .help = "the configuration file; default: " OPTIONS_DEFAULT_FILE
                                ", if it exists" },

    [OPTION_EMAIL] = { FLAG("email", SETTING_TEXT, "E-MAIL"), .least = 3, .most = EMAIL_MOST_BYTES,
                       .users = COMMAND_USER_ADD, .help = "e-mail address of the account" },
    [OPTION_NAME] = { FLAG("name", SETTING_TEXT, "NAME"), .most = NAME_MOST_BYTES,
                      .users = COMMAND_USER_ADD, .help = "name shown to others" },
    [OPTION_OPERATOR] = { FLAG("operator", SETTING_SWITCH, NULL), .users = COMMAND_USER_ADD,
                          .help = "may issue codes and see all organizations" },
    [OPTION_PASSWORD_FILE] = { FLAG("password-file", SETTING_PATH, "FILE"),
                               .users = COMMAND_USER_ADD,
                               .help = "file with the password; without it, asks at the terminal" },
    [OPTION_QUANTITY] = { FLAG("quantity", SETTING_NUMBER, "NUMBER"), .least = 1, .most = 100000,
                          .users = COMMAND_CODE_ISSUE, .help = "number of licenses, 1 to 100,000" },
    [OPTION_TERM] = { FLAG("term", SETTING_TEXT, "TERM"), .least = 1, .most = 32,
                      .users = COMMAND_CODE_ISSUE,
                      .help = "term of each license: P2Y, P18M, P2W, P30D; one day to ten years" },
    [OPTION_REDEEM_BY] = { FLAG("redeem-by", SETTING_TEXT, "DATE"), .least = 1, .most = 32,
                           .users = COMMAND_CODE_ISSUE,
                           .help = "last day to redeem the code: 2026-11-24" },
    [OPTION_ORGANIZATION] = { FLAG("organization", SETTING_TEXT, "ID"), .least = 1, .most = 64,
                              .users = COMMAND_CODE_ISSUE,
                              .help = "the only organization that may redeem the code" },
    [OPTION_REFERENCE] = { FLAG("reference", SETTING_TEXT, "TEXT"), .most = 200,
                           .users = COMMAND_CODE_ISSUE,
                           .help = "your reference, such as an order number" },
    [OPTION_YES] = { FLAG("yes", SETTING_SWITCH, NULL), .users = COMMAND_CLOCK_RESET,
                     .help = "does it without a question at the terminal" },
    [OPTION_FORCE] = { FLAG("force", SETTING_SWITCH, NULL), .users = COMMAND_CLOCK_RESET,
                       .help = "believes this machine's clock instead of the database's" },
    [OPTION_HEAD] = { FLAG("head", SETTING_TEXT, "HEAD"), .least = 1, .most = 200,
                      .users = COMMAND_AUDIT_VERIFY,
                      .help = "what `tenure audit head` printed earlier, to compare with" },
    [OPTION_JSON] = { FLAG("json", SETTING_SWITCH, NULL), .users = COMMAND_ALL,
                      .help = "answers in JSON, for programs" },
    [OPTION_HELP] = { FLAG("help", SETTING_SWITCH, NULL), .users = COMMAND_ALL,
                      .help = "shows this text" },
};

_Static_assert((int)OPTION_COUNT <= (int)SETTINGS_MOST, "base/settings.h has room for all");

enum status
options_read(struct settings *out, unsigned user, char *const *arguments, struct fault *fault)
{
    enum status status;
    const char *file;

    status = settings_take_flags(out, user, arguments, fault);
    if (status || settings_on(out, OPTION_HELP) || !(user & CONFIGURED))
        return status;
    status = settings_take_environment(out, OPTIONS_ENVIRONMENT, fault);
    if (status)
        return status;
    file = settings_text(out, OPTION_CONFIG);
    status = settings_take_file(out, *file ? file : OPTIONS_DEFAULT_FILE, fault);
    if (status == STATUS_NOT_FOUND && !*file) {
        *fault = (struct fault){ 0 };
        return STATUS_OK;
    }
    return status;
}

static const char *in_arena(const struct settings *settings, const char *format, ...)
    PRINTF_LIKE(2, 3);

static const char *
in_arena(const struct settings *settings, const char *format, ...)
{
    char text[SETTING_VALUE_MOST_BYTES + 64];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return arena_text(settings->arena, text, strlen(text));
}

static const char *
environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const char *
options_store(const struct settings *settings)
{
    const char *state = environment("STATE_DIRECTORY");

    if (settings_given(settings, OPTION_STORE))
        return settings_text(settings, OPTION_STORE);
    return in_arena(settings, "sqlite:%.4000s/tenure.db", state ? state : "data");
}

enum status
options_secret_file(const struct settings *settings, const char *store, const char **out,
                    struct fault *fault)
{
    const char *state = environment("STATE_DIRECTORY"), *home = environment("HOME");
    const char *user_state = environment("XDG_STATE_HOME");

    if (settings_given(settings, OPTION_SECRET_FILE))
        *out = settings_text(settings, OPTION_SECRET_FILE);
    else if (!strncmp(store, "sqlite:", 7))
        *out = in_arena(settings, "%s.secret", store + 7);
    else if (state)
        *out = in_arena(settings, "%.4000s/tenure.secret", state);
    else if (user_state)
        *out = in_arena(settings, "%.4000s/tenure/tenure.secret", user_state);
    else if (home)
        *out = in_arena(settings, "%.4000s/.local/state/tenure/tenure.secret", home);
    else
        return fail(fault, STATUS_INVALID, "bad_setting", "secret-file",
                    "there is no home folder for the secret: give --secret-file");
    return STATUS_OK;
}
