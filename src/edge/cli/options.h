/* options.h - the table of settings and of the commands' own flags. */
#ifndef EDGE_CLI_OPTIONS_H
#define EDGE_CLI_OPTIONS_H

#include "base/settings.h"

/* One bit for each command; a setting names the commands that use it. */
enum command_bit {
    COMMAND_SERVE = 1 << 0,
    COMMAND_DEMO = 1 << 1,
    COMMAND_USER_ADD = 1 << 2,
    COMMAND_CODE_ISSUE = 1 << 3,
    COMMAND_CODE_CHECK = 1 << 4,
    COMMAND_HELP = 1 << 5,
    COMMAND_VERSION = 1 << 6,
    COMMAND_AUDIT_VERIFY = 1 << 7,
    COMMAND_DOCTOR = 1 << 8,
    COMMAND_CLOCK_RESET = 1 << 9,
    COMMAND_AUDIT_HEAD = 1 << 10,
    COMMAND_ALL = (1 << 11) - 1,
};

enum option {
    /* settings: by flag, environment, file */
    OPTION_STORE,
    OPTION_SECRET_FILE,
    OPTION_HTTP,
    OPTION_HTTP_THREADS,
    OPTION_PUBLIC_URL,
    OPTION_TRUSTED_PROXY,
    OPTION_SIGN_UP,
    OPTION_CLAIM,
    OPTION_WEBHOOK_PRIVATE,
    OPTION_COAP,
    OPTION_COAP_PREFIX,
    OPTION_SMTP,
    OPTION_MAIL_FROM,
    OPTION_SMTP_PASSWORD_FILE,
    OPTION_SMTP_CA_FILE,
    OPTION_SMTP_HELLO,
    OPTION_CLOCK_CHECK,
    OPTION_LOG_LEVEL,
    OPTION_CONFIG, /* not in a file */
    /* flags of one command */
    OPTION_EMAIL,
    OPTION_NAME,
    OPTION_OPERATOR,
    OPTION_PASSWORD_FILE,
    OPTION_QUANTITY,
    OPTION_TERM,
    OPTION_REDEEM_BY,
    OPTION_ORGANIZATION,
    OPTION_REFERENCE,
    OPTION_YES,
    OPTION_FORCE,
    OPTION_HEAD,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_COUNT
};

/* Limits of the paths of sensors; main/ asserts that edge/coap has the same. */
enum { COAP_PREFIX_MOST_BYTES = 32, COAP_PREFIX_MOST_WORDS = 7 };

extern const struct setting options_table[OPTION_COUNT];

#define OPTIONS_ENVIRONMENT  "TENURE_"
#define OPTIONS_DEFAULT_FILE "/etc/tenure/tenure.conf"

/* Reads flags and, for commands with --config, environment and configuration file into `out`, which
 * settings_init() has prepared. The default file may be missing; a named file may not.
 *   STATUS_INVALID, STATUS_BROKEN  as base/settings.h */
enum status options_read(struct settings *out, unsigned user, char *const *arguments,
                         struct fault *fault);

/* The URL of the store: the setting, else sqlite:$STATE_DIRECTORY/tenure.db (systemd sets it), else
 * sqlite:data/tenure.db. In the settings' arena. */
const char *options_store(const struct settings *settings);

/* The file of the key that hashes codes: the setting, else FILE.secret beside an SQLite file, else
 * tenure.secret in $STATE_DIRECTORY, $XDG_STATE_HOME/tenure or ~/.local/state/tenure. In the
 * settings' arena.
 *   STATUS_INVALID  none of these is set */
enum status options_secret_file(const struct settings *settings, const char *store,
                                const char **out, struct fault *fault);

#endif
