#include "edge/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "edge/cli/answer.h"
#include "edge/cli/password.h"
#include "service/account/people.h"

static enum status
user_read_password(const struct cli *cli, const char *email, char hash[PASSWORD_HASH_SIZE],
                   struct fault *fault)
{
    const char *file = settings_text(&cli->settings, OPTION_PASSWORD_FILE);
    char password[PASSWORD_TEXT_SIZE];
    enum status status;

    status = *file ? password_from_file(password, file, email, fault)
                   : password_from_terminal(password, email, fault);
    if (!status)
        password_hash(hash, password);
    explicit_bzero(password, sizeof password);
    return status;
}

static void
write_user(struct json_writer *json, const void *what)
{
    const struct user *user = what;

    json_put_id(json, "id", user->id);
    json_put_text(json, "email", user->email);
    json_put_text(json, "name", user->name);
    json_put_bool(json, "operator", user->operator_);
}

static enum exit_code
user_add(struct cli *cli, struct call *call, const struct user_request *request)
{
    struct user user;

    if (people_add(call, request, &user))
        return cli_fail(cli, &call->db.fault);
    if (cli->json)
        return cli_answer(cli, write_user, &user);
    printf("%s can sign in now%s.\n", user.email,
           user.operator_ ? ", and may issue codes as an operator" : "");
    return EXIT_DONE;
}

enum exit_code
user_add_run(struct cli *cli)
{
    char hash[PASSWORD_HASH_SIZE];
    struct user_request request = {
        .email = settings_text(&cli->settings, OPTION_EMAIL),
        .name = settings_text(&cli->settings, OPTION_NAME),
        .operator_ = settings_on(&cli->settings, OPTION_OPERATOR),
        .password_hash = hash,
    };
    struct call call = { 0 };
    enum exit_code code;

    if (!*request.email)
        return cli_wrong_usage(cli, "--email is needed, such as --email ada@example.com");
    secret_start();
    if (user_read_password(cli, request.email, hash, &call.db.fault)
        || cli->backend->open(cli, &call))
        return cli_fail(cli, &call.db.fault);
    code = user_add(cli, &call, &request);
    cli->backend->close(&call);
    return code;
}
