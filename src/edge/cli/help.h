/* help.h - help and version, from the tables of commands and settings. */
#ifndef EDGE_CLI_HELP_H
#define EDGE_CLI_HELP_H

#include "edge/cli/command.h"

/* `tenure help [COMMAND]`; with --json all commands and settings. */
enum exit_code help_run(struct cli *cli);
/* `tenure version` */
enum exit_code version_run(struct cli *cli);

/* Describes one command. */
enum exit_code help_command(const struct cli *cli, const struct command *command);

/* Is `word`, such as "user", the first word of commands with two words? NULL is not. */
bool help_is_group(const struct cli *cli, const char *word);
/* Lists the commands that begin with it; with --json all commands. */
enum exit_code help_group(const struct cli *cli, const char *word);

#endif
