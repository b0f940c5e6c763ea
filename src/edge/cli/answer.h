/* answer.h - the output of a command: a failure on standard error, JSON on standard output. */
#ifndef EDGE_CLI_ANSWER_H
#define EDGE_CLI_ANSWER_H

#include "base/json_write.h"
#include "edge/cli/command.h"

/* Prints the reason, as JSON with --json, and gives the exit code of the fault. */
enum exit_code cli_fail(const struct cli *cli, const struct fault *fault);

/* The same for wrong usage; the reason is one sentence without a full stop. */
enum exit_code cli_wrong_usage(const struct cli *cli, const char *reason, ...) PRINTF_LIKE(2, 3);

/* Prints one line of JSON; `fill` writes the members of the object. */
enum exit_code cli_answer(const struct cli *cli,
                          void (*fill)(struct json_writer *json, const void *what),
                          const void *what);

/* Flushes standard output; fails if that fails. */
enum exit_code cli_done(const struct cli *cli);

#endif
