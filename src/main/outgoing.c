#include "main/outgoing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/email.h"
#include "base/log.h"
#include "base/memory.h"
#include "edge/cli/options.h"
#include "edge/outgoing/mail.h"
#include "edge/outgoing/relay_url.h"
#include "edge/outgoing/smtp_hello.h"
#include "edge/outgoing/webhook.h"

enum { PASSWORD_SIZE = 1024 };

struct outgoing {
    struct mail_channel mail; /* its relay is NULL when none is set */
    char from[EMAIL_SIZE];
    struct webhook_channel webhooks;
    struct sender *sender;
};

struct outgoing_options
outgoing_options_read(const struct settings *settings)
{
    return (struct outgoing_options){
        .smtp = settings_text(settings, OPTION_SMTP),
        .webhook_private = !strcmp(settings_text(settings, OPTION_WEBHOOK_PRIVATE), "on"),
        .mail_from = settings_text(settings, OPTION_MAIL_FROM),
        .password_file = settings_text(settings, OPTION_SMTP_PASSWORD_FILE),
        .ca_file = settings_text(settings, OPTION_SMTP_CA_FILE),
        .hello = settings_text(settings, OPTION_SMTP_HELLO),
    };
}

static enum status
outgoing_bad(struct fault *fault, const char *setting, const char *reason)
{
    return fail(fault, STATUS_INVALID, "bad_setting", setting, "--%s: %s", setting, reason);
}

/* A line break at the end of the file is not part of the password. */
static enum status
outgoing_read_password(char out[PASSWORD_SIZE], const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    size_t length;

    if (!file)
        return outgoing_bad(fault, "smtp-password-file", strerror(errno));
    length = fread(out, 1, PASSWORD_SIZE - 1, file);
    fclose(file);
    while (length > 0 && (out[length - 1] == '\n' || out[length - 1] == '\r'))
        length--;
    out[length] = '\0';
    if (length == 0 || strcspn(out, "\r\n") != length)
        return outgoing_bad(fault, "smtp-password-file",
                            "the file must hold one line, the password");
    return STATUS_OK;
}

static enum status
find_password(char out[PASSWORD_SIZE], const char *named, struct fault *fault)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    char path[SETTING_VALUE_MOST_BYTES + 32];

    if (*named)
        return outgoing_read_password(out, named, fault);
    snprintf(path, sizeof path, "%.4000s/smtp-password", credentials ? credentials : "");
    if (credentials && access(path, F_OK) == 0)
        return outgoing_read_password(out, path, fault);
    return outgoing_bad(
        fault, "smtp-password-file",
        "the user of --smtp has a password: give a file that holds it, or the systemd "
        "credential smtp-password");
}

static enum status
open_relay(struct outgoing *outgoing, const struct outgoing_options *options, struct fault *fault)
{
    struct relay_url url;
    char password[PASSWORD_SIZE] = "", hello[SMTP_HELLO_SIZE];
    enum status status = relay_url_read(&url, options->smtp, fault);

    if (!status)
        status = smtp_hello_read(hello, options->hello, fault);
    if (status)
        return status;
    if (!email_valid(options->mail_from))
        return outgoing_bad(fault, "mail-from",
                            "--smtp needs a sender address: tenure@example.com");
    if (*options->ca_file && access(options->ca_file, R_OK))
        return outgoing_bad(fault, "smtp-ca-file", strerror(errno));
    if (*url.user)
        status = find_password(password, options->password_file, fault);
    if (!status) {
        email_for_mail(outgoing->from, options->mail_from);
        outgoing->mail.from = outgoing->from;
        outgoing->mail.relay = relay_open(&(struct relay_options){
            .url = url.url,
            .user = url.user,
            .password = password,
            .from = outgoing->from,
            .ca_file = options->ca_file,
            .hello = hello,
            .plain = url.plain,
        });
    }
    explicit_bzero(password, sizeof password);
    return status;
}

enum status
outgoing_open(struct outgoing **out, const struct outgoing_options *options, struct fault *fault)
{
    struct outgoing *outgoing = memory_new(1, sizeof *outgoing);
    enum status status;

    *out = NULL;
    outgoing->webhooks.private_is_allowed = options->webhook_private;
    transfer_start();
    status = *options->smtp ? open_relay(outgoing, options, fault) : STATUS_OK;
    if (status)
        outgoing_stop(outgoing);
    else
        *out = outgoing;
    return status;
}

struct relay *
outgoing_relay(const struct outgoing *outgoing)
{
    return outgoing->mail.relay;
}

/* The threads and connections of the transports. */
static enum status
outgoing_start_threads(struct outgoing *outgoing, struct fault *fault)
{
    enum status status = transfer_loop_start(&outgoing->webhooks.loop, fault);

    if (!status && outgoing->mail.relay)
        status = workers_start(&outgoing->mail.workers,
                               &(struct workers_options){
                                   .threads = MAIL_MOST_RUNNING,
                                   .most_waiting = MAIL_MOST_RUNNING,
                               },
                               fault);
    return status;
}

enum status
outgoing_start(struct outgoing *outgoing, const struct sender_options *options, struct fault *fault)
{
    struct transport transports[SENDER_MOST_TRANSPORTS];
    struct sender_options with = *options;
    enum status status = outgoing_start_threads(outgoing, fault);

    if (status)
        return status;
    with.transports = transports;
    if (outgoing->mail.relay)
        transports[with.transport_count++] = mail_transport(&outgoing->mail);
    else
        log_line(LOG_WARNING, "mail.not_set",
                 "no relay is set: e-mails wait until --smtp and --mail-from are given");
    outgoing->webhooks.writer = options->writer;
    transports[with.transport_count++] = webhook_transport(&outgoing->webhooks);
    return sender_start(&outgoing->sender, &with, fault);
}

void
outgoing_stop(struct outgoing *outgoing)
{
    if (!outgoing)
        return;
    sender_stop(outgoing->sender);
    transfer_loop_stop(outgoing->webhooks.loop);
    workers_stop(outgoing->mail.workers);
    relay_close(outgoing->mail.relay);
    free(outgoing);
}
