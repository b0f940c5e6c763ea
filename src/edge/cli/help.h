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

/* Is `word`, such as "user", the first of commands of two words? NULL is none. */
bool help_is_group(const struct cli *cli, const char *word);
/* The commands that begin with it; with --json all of them. */
enum exit_code help_group(const struct cli *cli, const char *word);

#endif
