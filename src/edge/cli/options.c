#include "edge/cli/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/account/people.h"

#define SERVING (COMMAND_SERVE | COMMAND_DEMO | COMMAND_DOCTOR)
#define STORING (SERVING | COMMAND_USER_ADD | COMMAND_CODE_ISSUE | COMMAND_AUDIT_VERIFY)
/* The demonstration is told by flags only, so that it never meets a real store by chance. */
#define CONFIGURED (STORING & ~COMMAND_DEMO)
#define OWN_FLAG   .weakest = SOURCE_FLAG, .fallback = ""

const struct setting options_table[OPTION_COUNT] = {
    [OPTION_STORE] = { .name = "store",
                       .kind = SETTING_PREFIX,
                       .shown = "URL",
                       .fallback = "",
                       .choices = "sqlite:|postgresql://|postgres://",
                       .users = STORING,
                       .secret = true,
                       .help =
                           "sqlite:FILE or postgresql://USER@HOST/DATABASE; default: an SQLite file"
                           " tenure.db in $STATE_DIRECTORY, else in ./data" },
    [OPTION_SECRET_FILE] = { .name = "secret-file",
                             .kind = SETTING_PATH,
                             .shown = "FILE",
                             .fallback = "",
                             .users = STORING,
                             .help = "key that codes are hashed with, made at the first start; "
                                     "default: beside an"
                                     " SQLite store, else tenure.secret in the state folder" },
    [OPTION_HTTP] = { .name = "http",
                      .kind = SETTING_ADDRESS,
                      .shown = "ADDRESS:PORT",
                      .fallback = "127.0.0.1:8080",
                      .users = SERVING,
                      .help = "where pages and API are served; port 0 takes a free one" },
    [OPTION_HTTP_THREADS] = { .name = "http-threads",
                              .kind = SETTING_NUMBER,
                              .shown = "NUMBER",
                              .fallback = "4",
                              .least = 1,
                              .most = 64,
                              .users = SERVING,
                              .help = "threads that answer HTTP requests" },
    [OPTION_PUBLIC_URL] = { .name = "public-url",
                            .kind = SETTING_URL,
                            .shown = "URL",
                            .fallback = "",
                            .users = SERVING,
                            .help = "the origin at which people reach the pages, when a proxy "
                                    "stands before them" },
    [OPTION_TRUSTED_PROXY] = { .name = "trusted-proxy",
                               .kind = SETTING_HOST,
                               .shown = "ADDRESS",
                               .fallback = "",
                               .users = SERVING,
                               .help = "the proxy whose X-Forwarded-For says who asks: 127.0.0.1 "
                                       "for one on this machine" },
    [OPTION_SIGN_UP] = { .name = "sign-up",
                         .kind = SETTING_CHOICE,
                         .shown = "WHO",
                         .fallback = "with_code",
                         .choices = "with_code|open|closed",
                         .users = SERVING,
                         .help = "who may make an account: with_code (holders of a code), open, "
                                 "closed" },
    [OPTION_WEBHOOK_PRIVATE] = { .name = "webhook-private",
                                 .kind = SETTING_CHOICE,
                                 .shown = "on|off",
                                 .fallback = "off",
                                 .choices = "on|off",
                                 .users = SERVING,
                                 .help = "on: webhooks may reach this machine and private "
                                         "networks, too" },
    [OPTION_COAP] = { .name = "coap",
                      .kind = SETTING_ADDRESS,
                      .shown = "ADDRESS:PORT",
                      .fallback = "[::]:5683",
                      .users = SERVING,
                      .help = "where sensors post, over UDP; [::] is IPv4 too; port 0 takes a free "
                              "one" },
    [OPTION_COAP_PREFIX] = { .name = "coap-prefix",
                             .kind = SETTING_WORDS,
                             .shown = "PATH",
                             .fallback = "",
                             .most = COAP_PREFIX_MOST_BYTES,
                             .most_words = COAP_PREFIX_MOST_WORDS,
                             .users = SERVING,
                             .help = "what stands before the paths of the sensors: efento gives "
                                     "/efento/m" },
    [OPTION_SMTP] = { .name = "smtp",
                      .kind = SETTING_PREFIX,
                      .shown = "URL",
                      .fallback = "",
                      .choices = "smtp://|smtps://|smtp+plain://",
                      .users = SERVING,
                      .secret = true,
                      .help = "the relay that takes mails: smtp://USER@HOST:587, smtps://HOST; "
                              "without one"
                              " they wait" },
    [OPTION_MAIL_FROM] = { .name = "mail-from",
                           .kind = SETTING_TEXT,
                           .shown = "E-MAIL",
                           .fallback = "",
                           .least = 3,
                           .most = EMAIL_MOST_BYTES,
                           .users = SERVING,
                           .help = "the address that mails come from; with --smtp" },
    [OPTION_SMTP_PASSWORD_FILE] = { .name = "smtp-password-file",
                                    .kind = SETTING_PATH,
                                    .shown = "FILE",
                                    .fallback = "",
                                    .users = SERVING,
                                    .help = "holds the password of the relay's user; default: the "
                                            "systemd credential"
                                            " smtp-password" },
    [OPTION_SMTP_CA_FILE] = { .name = "smtp-ca-file",
                              .kind = SETTING_PATH,
                              .shown = "FILE",
                              .fallback = "",
                              .users = SERVING,
                              .help = "certificates to trust, beside the system's, when the relay "
                                      "shows its own" },
    [OPTION_LOG_LEVEL] = { .name = "log-level",
                           .kind = SETTING_CHOICE,
                           .shown = "LEVEL",
                           .fallback = "info",
                           .choices = "debug|info|warning|error",
                           .users = STORING,
                           .help = "least level of the log on standard error: debug, info, "
                                   "warning, error" },
    [OPTION_CONFIG] = { .name = "config",
                        .kind = SETTING_PATH,
                        .shown = "FILE",
                        .fallback = "",
                        .weakest = SOURCE_ENVIRONMENT,
                        .users = CONFIGURED,
                        .help = "the configuration file; default: " OPTIONS_DEFAULT_FILE
                                ", if it is there" },

    [OPTION_EMAIL] = { .name = "email",
                       .kind = SETTING_TEXT,
                       .shown = "E-MAIL",
                       OWN_FLAG,
                       .least = 3,
                       .most = EMAIL_MOST_BYTES,
                       .users = COMMAND_USER_ADD,
                       .help = "whom the account is for" },
    [OPTION_NAME] = { .name = "name",
                      .kind = SETTING_TEXT,
                      .shown = "NAME",
                      OWN_FLAG,
                      .most = NAME_MOST_BYTES,
                      .users = COMMAND_USER_ADD,
                      .help = "as shown to others" },
    [OPTION_OPERATOR] = { .name = "operator",
                          .kind = SETTING_SWITCH,
                          OWN_FLAG,
                          .users = COMMAND_USER_ADD,
                          .help = "may issue codes and see all organizations" },
    [OPTION_PASSWORD_FILE] = { .name = "password-file",
                               .kind = SETTING_PATH,
                               .shown = "FILE",
                               OWN_FLAG,
                               .users = COMMAND_USER_ADD,
                               .help = "holds the password; without it the terminal is asked" },
    [OPTION_QUANTITY] = { .name = "quantity",
                          .kind = SETTING_NUMBER,
                          .shown = "NUMBER",
                          OWN_FLAG,
                          .least = 1,
                          .most = 100000,
                          .users = COMMAND_CODE_ISSUE,
                          .help = "how many licenses it holds, 1 to 100000" },
    [OPTION_TERM] = { .name = "term",
                      .kind = SETTING_TEXT,
                      .shown = "TERM",
                      OWN_FLAG,
                      .least = 1,
                      .most = 32,
                      .users = COMMAND_CODE_ISSUE,
                      .help = "how long each lasts: P2Y, P18M, P2W, P30D; one day to ten years" },
    [OPTION_REDEEM_BY] = { .name = "redeem-by",
                           .kind = SETTING_TEXT,
                           .shown = "DATE",
                           OWN_FLAG,
                           .least = 1,
                           .most = 32,
                           .users = COMMAND_CODE_ISSUE,
                           .help = "the last day on which it can be redeemed: 2026-11-24" },
    [OPTION_ORGANIZATION] = { .name = "organization",
                              .kind = SETTING_TEXT,
                              .shown = "ID",
                              OWN_FLAG,
                              .least = 1,
                              .most = 64,
                              .users = COMMAND_CODE_ISSUE,
                              .help = "the only organization that may redeem it" },
    [OPTION_REFERENCE] = { .name = "reference",
                           .kind = SETTING_TEXT,
                           .shown = "TEXT",
                           OWN_FLAG,
                           .most = 200,
                           .users = COMMAND_CODE_ISSUE,
                           .help = "your word for it: an order number" },
    [OPTION_JSON] = { .name = "json",
                      .kind = SETTING_SWITCH,
                      OWN_FLAG,
                      .users = COMMAND_ALL,
                      .help = "answer in JSON, for programs" },
    [OPTION_HELP] = { .name = "help",
                      .kind = SETTING_SWITCH,
                      OWN_FLAG,
                      .users = COMMAND_ALL,
                      .help = "this text" },
};

_Static_assert((int)OPTION_COUNT <= (int)SETTINGS_MOST, "base/settings.h has room for them all");

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
                    "there is no home folder to keep the secret in: give --secret-file");
    return STATUS_OK;
}
