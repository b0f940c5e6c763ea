/* main.c - the table of commands. */
#include "edge/cli/command.h"
#include "edge/cli/help.h"
#include "main/backend.h"
#include "main/commands.h"

/* Commands that end by themselves log only warnings by default. */
static const struct command_default quiet[] = { { OPTION_LOG_LEVEL, "warning" },
                                                { .words = NULL } };

static const struct command_default demo_defaults[] = {
    { OPTION_STORE, "a temporary one" },
    { OPTION_SECRET_FILE, "beside the store" },
    { OPTION_COAP, DEMO_COAP },
    { OPTION_LOG_LEVEL, "warning" },
    { .words = NULL },
};

#define COMMAND(name_, operands_, bit_, run_)                                                      \
    .name = name_, .operands = operands_, .bit = bit_, .run = run_

static const struct command commands[] = {
    { COMMAND("serve", "", COMMAND_SERVE, serve_run),
      .summary = "serves pages, API and sensors in one process",
      .detail = "Runs until SIGTERM or SIGINT. Everything acknowledged is stored by then. A\n"
                "second signal ends it immediately. While there is no user, it prints a link that\n"
                "creates the first one, an operator; `tenure user add --operator` does too.\n"
                "With --json the first line of output has the addresses and that link, as\n"
                "{\"http\":\"127.0.0.1:8080\",\"coap\":\"[::]:5683\",\"set_up\":null}." },
    { COMMAND("demo", "", COMMAND_DEMO, demo_run), .defaults = demo_defaults,
      .summary = "serves an example with simulated sensors",
      .detail = "Serves an example organization on the loopback interface, with simulated sensors\n"
                "that post to it over CoAP. Prints the address and a sign-in with a new password.\n"
                "Its store is temporary and is deleted at the end; --store names one that stays,\n"
                "which must be empty. If port 8080 or 5683 is in use, it takes a free one." },
    { COMMAND("user add", "", COMMAND_USER_ADD, user_add_run), .defaults = quiet,
      .summary = "adds a user",
      .detail = "Without --password-file it asks for the password at the terminal. A line break\n"
                "at the end of the file is not part of the password." },
    { COMMAND("code issue", "", COMMAND_CODE_ISSUE, code_issue_run), .defaults = quiet,
      .summary = "issues an activation code, shown once",
      .detail = "  tenure code issue --quantity 5 --term P2Y --reference \"order 1234\"\n\n"
                "Standard output has only the code." },
    { COMMAND("code check", "CODE", COMMAND_CODE_CHECK, code_check_run), .least_operands = 1,
      .most_operands = 8, .defaults = quiet, .summary = "checks the form of a code; needs no store",
      .detail = "Ignores case, dashes, spaces, quotes and a label in front. Exit code 0 if the\n"
                "code is well-formed, 1 if it is not." },
    { COMMAND("audit verify", "", COMMAND_AUDIT_VERIFY, audit_verify_run), .defaults = quiet,
      .summary = "checks that the audit log was not changed",
      .detail =
          "Reads the log of every organization and of the operator. Names the first entry\n"
          "of each log that was changed, is missing, or was added after its end. Checks the\n"
          "seals, which find a log that was rewritten as a whole, and says from when on they\n"
          "hold. Then seals the newest entries. --head compares the seals with an earlier\n"
          "head. Exit code 0 if all is intact, else 1. The server may run meanwhile." },
    { COMMAND("audit head", "", COMMAND_AUDIT_HEAD, audit_head_run), .defaults = quiet,
      .summary = "seals the audit log and prints what to keep elsewhere",
      .detail = "Seals the newest entries. Prints one line that stands for all seals so far. Keep\n"
                "it away from the server and give it to `tenure audit verify --head`: then even a\n"
                "person who has the store and its secret file cannot rewrite the log unnoticed." },
    { COMMAND("clock reset", "", COMMAND_CLOCK_RESET, clock_reset_run), .defaults = quiet,
      .summary = "sets the clock's mark back to now",
      .detail = "For a store that holds an instant in the future, because a server's clock was\n"
                "wrong once. Until that instant nothing is written. Lists what a reset cannot\n"
                "undo. At a terminal it then asks, unless --yes is given. Warns while the kernel\n"
                "does not call this machine's clock synchronized. Refuses while the clock differs\n"
                "from PostgreSQL's, unless --force is given. The server may run meanwhile, and\n"
                "continues by itself." },
    { COMMAND("doctor", "", COMMAND_DOCTOR, doctor_run), .defaults = quiet,
      .summary = "checks the installation and says what to do",
      .detail =
          "Looks as `serve` would, with its settings: the store with its rights and\n"
          "connections, the secret file, the disk, the clock, the ports, the limits of this\n"
          "machine, the systemd unit, the public URL and the mail relay. Changes nothing.\n"
          "Prints a line for each: ok, warning or failed, and what to do. Exit code 1 if any\n"
          "check has failed. The server may run meanwhile: doctor asks it." },
    { COMMAND("help", "[COMMAND]", COMMAND_HELP, help_run), .most_operands = 2, .defaults = quiet,
      .summary = "lists the commands, or describes one", .detail = "" },
    { COMMAND("version", "", COMMAND_VERSION, version_run), .defaults = quiet,
      .summary = "prints the version", .detail = "" },
    { .name = NULL },
};

int
main(int argc, char **argv)
{
    return (int)cli_run(commands, &backend, argc > 0 ? argv + 1 : argv);
}
