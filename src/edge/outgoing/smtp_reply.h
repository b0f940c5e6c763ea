/*
 * smtp_reply.h - the meaning of a relay's refusal: which mails it concerns, and what to do.
 *
 * The step at which a relay refuses says little: relays keep their answers to the greeting, the
 * EHLO name, the sign-in and the sender until RCPT. The enhanced code (RFC 3463, RFC 7372, RFC
 * 7504) decides first, then the text, then the code of RFC 5321.
 */
#ifndef EDGE_OUTGOING_SMTP_REPLY_H
#define EDGE_OUTGOING_SMTP_REPLY_H

#include <stddef.h>

#include "edge/outgoing/transfer.h"

enum { SMTP_REPLY_SIZE = 512 };

/* Adds a line from the relay, with or without its line break. A line begins a new reply unless the
 * line before it announced more ("550-"). The lines of a reply become one text: the code, the
 * enhanced code, and the texts of all lines, cut to the size. `line` need not end with NUL. */
void smtp_reply_add(char reply[SMTP_REPLY_SIZE], const char *line, size_t length);

/* Returns the meaning of a reply for the mail. The text is as smtp_reply_add() makes it:
 *   TRANSFER_DONE       a code below 400
 *   TRANSFER_REFUSED    5xx about the recipient or the content: waiting changes nothing
 *   TRANSFER_UNREACHED  the relay does not serve us: every mail would end like this
 *   TRANSFER_LATER      any other refusal */
enum transfer_end smtp_reply_end(enum smtp_step step, int code, const char *line);

/* Returns advice about a refusal: a sentence that is shown after the relay's answer. It begins with
 * "operator:" unless it is for the person who entered the address. "": there is no advice. */
const char *smtp_reply_advice(enum smtp_step step, int code, const char *line);

#endif
