/*
 * answer.h - what a command says: a failure on standard error, JSON on standard output.
 */
#ifndef EDGE_CLI_ANSWER_H
#define EDGE_CLI_ANSWER_H

#include "base/json_write.h"
#include "edge/cli/command.h"

/* Says why, as JSON if asked for, and gives the exit code that the fault means. */
enum exit_code cli_fail(const struct cli *cli, const struct fault *fault);

/* The same for a command that was called wrongly: one sentence without a full stop. */
enum exit_code cli_wrong_usage(const struct cli *cli, const char *reason, ...) PRINTF_LIKE(2, 3);

/* One line of JSON: `fill` writes what is in the object. */
enum exit_code cli_answer(const struct cli *cli,
                          void (*fill)(struct json_writer *json, const void *what),
                          const void *what);

/* Whether what was printed is written, too. */
enum exit_code cli_done(const struct cli *cli);

#endif
