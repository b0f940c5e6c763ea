/*
 * help.h - what the program says about itself, from its tables.
 */
#ifndef EDGE_CLI_HELP_H
#define EDGE_CLI_HELP_H

#include "edge/cli/command.h"

/* `tenure help [COMMAND]`; with --json all commands and settings. */
enum exit_code help_run(struct cli *cli);
/* `tenure version` */
enum exit_code version_run(struct cli *cli);

/* All about one command. */
enum exit_code help_command(const struct cli *cli, const struct command *command);

#endif
