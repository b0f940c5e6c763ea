/* cli.h - the command line: finds the command, reads its settings, runs it. */
#ifndef EDGE_CLI_CLI_H
#define EDGE_CLI_CLI_H

#include "edge/cli/command.h"

/* Runs the command that the arguments name (those of main without the program's name, NULL at the
 * end). Gives the exit code. */
enum exit_code cli_run(const struct command *commands, const struct cli_backend *backend,
                       char *const *arguments);

#endif
