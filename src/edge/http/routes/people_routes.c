/* people_routes.c - sign-up, sign-in and sign-out. */
#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/route.h"

struct sign_in_input {
    const char *email, *password;
    const char *hash; /* of the account */
    bool matched;
};

static const struct input_field sign_in_body[] = {
    { INPUT_MEMBER(struct sign_in_input, email), .kind = INPUT_TEXT, .required = true, .least = 3,
      .most = EMAIL_MOST_BYTES },
    { INPUT_MEMBER(struct sign_in_input, password), .kind = INPUT_TEXT, .required = true,
      .least = 1, .most = PASSWORD_MOST_BYTES },
    INPUT_END,
};

static enum status
find_hash(struct http_request *http, struct call *call)
{
    struct sign_in_input *input = http->input;
    struct client client = http_client(http);
    struct sign_in_request request = { input->email, &client };

    return people_password_hash(call, &request, &input->hash);
}

static void
compare_password(struct http_request *http)
{
    struct sign_in_input *input = http->input;

    input->matched = password_matches(input->hash, input->password);
}

/* POST /session */
static enum status
post_session(struct http_request *http, struct call *call)
{
    const struct sign_in_input *input = http->input;
    struct client client = http_client(http);
    struct sign_in_request request = { input->email, &client };
    struct signed_in who;
    enum status status = people_sign_in(call, &request, input->matched, &who);

    return status ? status : answer_signed_in(http, 200, &who);
}

/* GET /session */
static enum status
get_session(struct http_request *http, struct call *call)
{
    (void)call;
    return answer_signed_in(http, 200, &http->who);
}

/* DELETE /session, for an ended session too. */
static enum status
delete_session(struct http_request *http, struct call *call)
{
    answer_session(http, "");
    return http->headers.session ? people_sign_out(call, http->headers.session) : STATUS_OK;
}

struct sign_up_input {
    struct new_password password;
    const char *email, *name, *activation_code, *set_up_token;
};

static const struct input_field sign_up_body[] = {
    { INPUT_MEMBER(struct sign_up_input, email), .kind = INPUT_TEXT, .required = true, .least = 3,
      .most = EMAIL_MOST_BYTES },
    { INPUT_AT("password", struct sign_up_input, password.text), .kind = INPUT_TEXT,
      .required = true, .least = PASSWORD_LEAST_CHARACTERS, .most = PASSWORD_MOST_BYTES },
    { INPUT_MEMBER(struct sign_up_input, name), .kind = INPUT_TEXT, .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct sign_up_input, activation_code), .kind = INPUT_TEXT, .most = 200,
      .pasted = true, .refused = "code_malformed" },
    { INPUT_MEMBER(struct sign_up_input, set_up_token), .kind = INPUT_TEXT, .least = 1,
      .most = 100 },
    INPUT_END,
};

static struct user_request
sign_up_request(const struct sign_up_input *input, const struct client *client)
{
    return (struct user_request){ .email = input->email,
                                  .password = input->password.text,
                                  .password_hash = input->password.hash,
                                  .name = input->name,
                                  .activation_code = input->activation_code,
                                  .set_up_token = input->set_up_token,
                                  .client = client };
}

/* Avoids the hash for people who cannot sign up. A wrong code continues: the writer refuses and
 * counts it. */
static enum status
check_sign_up(struct http_request *http, struct call *call)
{
    const struct http_context *context = http->context;
    struct client client = http_client(http);
    struct user_request request = sign_up_request(http->input, &client);

    if (request.set_up_token)
        return people_may_set_up(call, &request, context->set_up_token);
    enum status status = people_may_sign_up(call, &request, context->sign_up);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* POST /users */
static enum status
post_user(struct http_request *http, struct call *call)
{
    const struct http_context *context = http->context;
    struct client client = http_client(http);
    struct user_request request = sign_up_request(http->input, &client);
    struct signed_in who;
    enum status status = request.set_up_token
                             ? people_set_up(call, &request, context->set_up_token, &who)
                             : people_sign_up(call, &request, context->sign_up, &who);

    return status ? status : answer_signed_in(http, 201, &who);
}

const struct http_route people_routes[] = {
    { ROUTE(HTTP_POST, API "/session", ACCESS_PUBLIC, WORK_PASSWORD), .any_clock = true,
      ROUTE_BODY(sign_in_body, struct sign_in_input), .before = find_hash, .hash = compare_password,
      .handler = post_session },
    { ROUTE(HTTP_GET, API "/session", ACCESS_SIGNED_IN, WORK_READ), .handler = get_session },
    { ROUTE(HTTP_DELETE, API "/session", ACCESS_PUBLIC, WORK_WRITE), .any_clock = true,
      .handler = delete_session },
    { ROUTE(HTTP_POST, API "/users", ACCESS_PUBLIC, WORK_PASSWORD),
      ROUTE_BODY(sign_up_body, struct sign_up_input), .before = check_sign_up,
      .hash = hash_new_password, .handler = post_user },
    { .path = NULL },
};
