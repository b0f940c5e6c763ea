#include "edge/cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static enum status
check_new(const char *password, const char *email, struct fault *fault)
{
    enum password_flaw flaw = password_check(password, &email, 1);

    return flaw ? fail(fault, STATUS_INVALID, "password_refused", "", "the password %s",
                       password_flaw_sentence(flaw))
                : STATUS_OK;
}

/* Cuts "\n" or "\r\n" off. */
static void
cut_line_break(char *text, size_t length)
{
    if (length && text[length - 1] == '\n')
        text[--length] = '\0';
    if (length && text[length - 1] == '\r')
        text[--length] = '\0';
}

enum status
password_from_file(char out[PASSWORD_TEXT_SIZE], const char *path, const char *email,
                   struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    size_t size = 0;

    if (file < 0)
        return fail(fault, STATUS_INVALID, "bad_setting", "password-file",
                    "--password-file %.150s: %s", path, strerror(errno));
    while (size < PASSWORD_TEXT_SIZE - 1
           && (got = read(file, out + size, PASSWORD_TEXT_SIZE - 1 - size)) > 0)
        size += (size_t)got;
    int error = errno;
    close(file);
    out[size] = '\0';
    if (got < 0)
        return fail(fault, STATUS_INVALID, "bad_setting", "password-file",
                    "--password-file %.150s: %s", path, strerror(error));
    if (strlen(out) != size)
        return fail(fault, STATUS_INVALID, "password_refused", "", "a password has no zero byte");
    cut_line_break(out, size);
    return check_new(out, email, fault);
}

static void
interrupted(int signal_number)
{
    (void)signal_number; /* only to end read() with EINTR */
}

/* Reads one line. False: end of file, an interrupt, or the line is too long. */
static bool
ask(int terminal, const char *question, char out[PASSWORD_TEXT_SIZE])
{
    ssize_t got;

    if (write(terminal, question, strlen(question)) < 0)
        return false;
    got = read(terminal, out, PASSWORD_TEXT_SIZE - 1);
    if (write(terminal, "\n", 1) < 0 || got <= 0)
        return false;
    out[got] = '\0';
    cut_line_break(out, (size_t)got);
    return true;
}

static enum status
ask_twice(int terminal, char out[PASSWORD_TEXT_SIZE], const char *email, struct fault *fault)
{
    char again[PASSWORD_TEXT_SIZE];
    enum status status;
    bool same;

    if (!ask(terminal, "Password: ", out))
        return fail(fault, STATUS_BROKEN, "", "", "interrupted; nothing was changed");
    status = check_new(out, email, fault);
    if (status)
        return status;
    if (!ask(terminal, "Once more: ", again))
        return fail(fault, STATUS_BROKEN, "", "", "interrupted; nothing was changed");
    same = !strcmp(out, again);
    explicit_bzero(again, sizeof again);
    if (!same)
        return fail(fault, STATUS_INVALID, "wrong_usage", "", "the two passwords differ");
    return STATUS_OK;
}

enum status
password_from_terminal(char out[PASSWORD_TEXT_SIZE], const char *email, struct fault *fault)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct sigaction on_interrupt = { .sa_handler = interrupted }, before_interrupt, before_end;
    struct termios shown, hidden;
    enum status status;

    if (terminal < 0 || tcgetattr(terminal, &shown)) {
        if (terminal >= 0)
            close(terminal);
        return fail(fault, STATUS_INVALID, "wrong_usage", "",
                    "there is no terminal to ask for the password: give --password-file");
    }
    /* An interrupt must not leave the terminal without its echo. */
    sigaction(SIGINT, &on_interrupt, &before_interrupt);
    sigaction(SIGTERM, &on_interrupt, &before_end);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(terminal, TCSAFLUSH, &hidden);
    status = ask_twice(terminal, out, email, fault);
    tcsetattr(terminal, TCSAFLUSH, &shown);
    sigaction(SIGINT, &before_interrupt, NULL);
    sigaction(SIGTERM, &before_end, NULL);
    close(terminal);
    return status;
}
