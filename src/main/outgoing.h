/*
 * outgoing.h - what goes out to others: the ways that the settings name, and the sender that
 * uses them.
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
    bool webhook_private; /* webhooks may reach addresses that are not of the internet */
};

/* Texts live as long as the settings. */
struct outgoing_options outgoing_options_read(const struct settings *settings);

/* Checks the settings, reads the password, connects to nothing. `options` lives as long.
 *   STATUS_INVALID  what is wrong with which setting */
enum status outgoing_open(struct outgoing **out, const struct outgoing_options *options,
                          struct fault *fault);

/* Of one that is open: its relay, NULL when none is set. */
struct relay *outgoing_relay(const struct outgoing *outgoing);

/* Starts the sender with the ways that are open, which are filled in here; says once when mails
 * wait because no relay is set. Failures as sender_start(). */
enum status outgoing_start(struct outgoing *outgoing, const struct sender_options *options,
                           struct fault *fault);

/* The writer still runs. NULL is allowed, and one that was not started. */
void outgoing_stop(struct outgoing *outgoing);

#endif
