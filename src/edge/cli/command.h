/* command.h - a command of the command line, and its context. */
#ifndef EDGE_CLI_COMMAND_H
#define EDGE_CLI_COMMAND_H

#include "base/arena.h"
#include "base/settings.h"
#include "edge/cli/options.h"
#include "service/core/call.h"

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct cli;

/* The default of a setting for one command, if it differs from the table's. */
struct command_default {
    enum option option;
    const char *words; /* as shown; NULL ends a list */
};

struct command {
    const char *name;     /* one or two words: "user add" */
    const char *operands; /* as shown: "CODE", "[COMMAND]", "" */
    size_t least_operands, most_operands;
    enum command_bit bit;                   /* selects its settings */
    const char *summary;                    /* one line */
    const char *detail;                     /* more, in lines of at most 80 columns, or "" */
    const struct command_default *defaults; /* or NULL */
    enum exit_code (*run)(struct cli *cli);
};

/* Opens the store of a command. main/ provides it, because an edge knows no store. */
struct cli_backend {
    /* Opens secret and store, and fills `call` (the actor is the system, the arena that of `cli`,
     * the clock has a memory). Creates no store, and migrates none.
     *   STATUS_NOT_FOUND  code "no_store"
     *   STATUS_INVALID, STATUS_CONFLICT, STATUS_BUSY, STATUS_BROKEN */
    enum status (*open)(struct cli *cli, struct call *call);
    void (*close)(struct call *call);
};

struct cli {
    const struct command *commands; /* a NULL name ends the list */
    const struct cli_backend *backend;
    const struct command *command; /* that runs */
    struct settings settings;
    struct arena arena; /* for the whole run */
    bool json;
};

/* Runs the command that the arguments name (those of main without the program's name, NULL at the
 * end). Gives the exit code. */
enum exit_code cli_run(const struct command *commands, const struct cli_backend *backend,
                       char *const *arguments);

/* The commands that need no server. */
enum exit_code audit_head_run(struct cli *cli);
enum exit_code audit_verify_run(struct cli *cli);
enum exit_code clock_reset_run(struct cli *cli);
enum exit_code code_issue_run(struct cli *cli);
enum exit_code code_check_run(struct cli *cli);
enum exit_code user_add_run(struct cli *cli);

/* The command's own default of a setting, as shown; NULL: the table's applies. */
const char *command_default(const struct command *command, enum option option);

#endif
