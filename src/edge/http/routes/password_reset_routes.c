/* password_reset_routes.c - links that reset a forgotten password. */
#include "service/account/password_reset.h"

#include "edge/http/answer.h"
#include "edge/http/route.h"

/* GET /password-resets: can the server send links? */
static enum status
get_resets(struct http_request *http, struct call *call)
{
    struct json_writer json;

    answer_open(http, &json, 200);
    json_put_bool(&json, "by_mail", call->mail_is_set);
    return answer_close(http, &json);
}

struct ask_input {
    const char *email;
};

static const struct input_field ask_body[] = {
    { INPUT_MEMBER(struct ask_input, email), .kind = INPUT_TEXT, .required = true, .least = 3,
      .most = EMAIL_MOST_BYTES },
    INPUT_END,
};

/* POST /password-resets */
static enum status
post_reset(struct http_request *http, struct call *call)
{
    const struct ask_input *input = http->input;
    struct client client = http_client(http);

    return password_reset_request(call, input->email, &client);
}

/* GET /password-resets/{token} */
static enum status
get_reset(struct http_request *http, struct call *call)
{
    struct user user;
    struct json_writer json;
    enum status status = password_reset_read(call, http_path_value(http, "token"), &user);

    if (status)
        return status;
    answer_open(http, &json, 200);
    json_put_text(&json, "email", user.email);
    return answer_close(http, &json);
}

static const struct input_field use_body[] = {
    { INPUT_AT("password", struct new_password, text), .kind = INPUT_TEXT, .required = true,
      .least = PASSWORD_LEAST_CHARACTERS, .most = PASSWORD_MOST_BYTES },
    INPUT_END,
};

/* Avoids the hash for an invalid link or a password that is easy to guess. */
static enum status
check_link(struct http_request *http, struct call *call)
{
    const struct new_password *password = http->input;

    return password_reset_may_use(call, http_path_value(http, "token"), password->text);
}

/* POST /password-resets/{token} */
static enum status
use_reset(struct http_request *http, struct call *call)
{
    const struct new_password *password = http->input;
    struct client client = http_client(http);
    struct signed_in who;
    enum status status =
        password_reset_use(call, http_path_value(http, "token"), password->hash, &client, &who);

    return status ? status : answer_signed_in(http, 200, &who);
}

const struct http_route password_reset_routes[] = {
    { ROUTE(HTTP_GET, API "/password-resets", ACCESS_PUBLIC, WORK_ALONE), .handler = get_resets },
    { ROUTE(HTTP_POST, API "/password-resets", ACCESS_PUBLIC, WORK_WRITE),
      ROUTE_BODY(ask_body, struct ask_input), .handler = post_reset },
    { ROUTE(HTTP_GET, API "/password-resets/{token}", ACCESS_PUBLIC, WORK_READ),
      .handler = get_reset },
    { ROUTE(HTTP_POST, API "/password-resets/{token}", ACCESS_PUBLIC, WORK_PASSWORD),
      ROUTE_BODY(use_body, struct new_password), .before = check_link, .hash = hash_new_password,
      .handler = use_reset },
    { .path = NULL },
};
