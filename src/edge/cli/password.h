/* password.h - reads a new password from a file or the terminal. */
#ifndef EDGE_CLI_PASSWORD_H
#define EDGE_CLI_PASSWORD_H

#include <stddef.h>

#include "base/status.h"
#include "service/account/people.h"

enum { PASSWORD_TEXT_SIZE = PASSWORD_MOST_BYTES + 3 }; /* a line's end and NUL */

/* Reads a new password of the user with this e-mail from a file; a line break at its end is not
 * part of the password. The caller wipes `out`.
 *   STATUS_INVALID  the file cannot be read; the password has a flaw (domain/password.h), or a zero
 *                   byte */
enum status password_from_file(char out[PASSWORD_TEXT_SIZE], const char *path, const char *email,
                               struct fault *fault);

/* Asks twice at the terminal, without echo.
 *   STATUS_INVALID  no terminal; a flaw as above; the two differ
 *   STATUS_BROKEN   interrupted */
enum status password_from_terminal(char out[PASSWORD_TEXT_SIZE], const char *email,
                                   struct fault *fault);

#endif
