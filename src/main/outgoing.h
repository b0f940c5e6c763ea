/*
 * outgoing.h - sends mails and webhook calls: the transports that the settings enable, and the
 * sender.
 */
#ifndef MAIN_OUTGOING_H
#define MAIN_OUTGOING_H

#include "base/settings.h"
#include "edge/outgoing/transfer.h"
#include "service/threads/sender.h"

struct outgoing;

struct outgoing_options {
    const char *smtp; /* edge/outgoing/relay_url.h; "" for none */
    const char *mail_from;
    const char *password_file; /* "" for $CREDENTIALS_DIRECTORY/smtp-password */
    const char *ca_file;
    const char *hello;
    bool webhook_private; /* webhooks may reach addresses outside the internet */
};

/* Texts live as long as the settings. */
struct outgoing_options outgoing_options_read(const struct settings *settings);

/* Checks the settings and reads the password; does not connect. `options` outlives it.
 *   STATUS_INVALID  a setting is wrong; the reason names it */
enum status outgoing_open(struct outgoing **out, const struct outgoing_options *options,
                          struct fault *fault);

/* The relay; NULL if none is set. */
struct relay *outgoing_relay(const struct outgoing *outgoing);

/* Starts the sender; fills in its transports. Logs if mails wait because no relay is set. Failures
 * as sender_start(). */
enum status outgoing_start(struct outgoing *outgoing, const struct sender_options *options,
                           struct fault *fault);

/* Call it while the writer still runs. NULL is allowed, and so is one that was not started. */
void outgoing_stop(struct outgoing *outgoing);

#endif
