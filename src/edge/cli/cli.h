/*
 * cli.h - the command line: finds the command, reads its settings, runs it.
 */
#ifndef EDGE_CLI_CLI_H
#define EDGE_CLI_CLI_H

#include "edge/cli/command.h"

/* Runs what the arguments (those of main, without the program's name, NULL at
 * the end) ask for; gives the program's exit code. */
enum exit_code cli_run(const struct command *commands, const struct cli_backend *backend,
                       char *const *arguments);

#endif
