/*
 * command.h - what a command of the command line is, and what it is given.
 */
#ifndef EDGE_CLI_COMMAND_H
#define EDGE_CLI_COMMAND_H

#include "base/arena.h"
#include "base/settings.h"
#include "edge/cli/options.h"
#include "service/core/call.h"

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct cli;

/* What a setting is for one command when nothing is given, where it is not the table's default. */
struct command_default {
    enum option option;
    const char *words; /* as shown; the end of a list has none */
};

struct command {
    const char *name;     /* one or two words: "user add" */
    const char *operands; /* as shown: "CODE", "[COMMAND]", "" */
    size_t least_operands, most_operands;
    enum command_bit bit; /* of the settings that it knows */
    const char *summary;  /* one line */
    const char *detail;   /* what else to know, in lines of at most 80 columns, or "" */
    const struct command_default *defaults; /* or NULL */
    enum exit_code (*run)(struct cli *cli);
};

/* How a command comes to a store. main/ gives it, since an edge knows none. */
struct cli_backend {
    /* Opens secret and store, brings the store up to date, and fills `call`
     * (with the system as its actor and the arena of `cli`).
     *   STATUS_INVALID, STATUS_CONFLICT, STATUS_BUSY, STATUS_BROKEN */
    enum status (*open)(struct cli *cli, struct call *call);
    void (*close)(struct call *call);
};

struct cli {
    const struct command *commands; /* the last has no name */
    const struct cli_backend *backend;
    const struct command *command; /* the one that runs */
    struct settings settings;
    struct arena arena; /* for the whole run */
    bool json;
};

/* The command's own default of a setting, as shown; NULL: that of the table. */
const char *command_default(const struct command *command, enum option option);

#endif
