/* member_routes.c - members of an organization and their roles; invitations. */
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/account/invitations.h"

static void
write_member(struct json_writer *json, const void *item)
{
    const struct member *member = item;

    json_put_id(json, "user_id", member->id);
    json_put_text(json, "name", member->name);
    json_put_text(json, "email", member->email);
    json_put_text(json, "role", role_words[member->role]);
    json_put_text(json, "state", member->invited ? "invited" : "active");
    json_put_time(json, "expires_at", member->expires_at);
    json_put_text(json, "mail_state", member->mail_state);
    json_put_text(json, "mail_error", member->mail_error);
}

/* GET /organizations/{org}/members */
static enum status
get_members(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input;
    struct member_page page;
    enum status status = member_list(call, http->organization_id, *asked, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_member));
}

static const struct input_field invite_body[] = {
    { INPUT_MEMBER(struct invitation_request, email), .kind = INPUT_TEXT, .required = true,
      .least = 3, .most = EMAIL_MOST_BYTES },
    { INPUT_MEMBER(struct invitation_request, role), .kind = INPUT_CHOICE, .required = true,
      .words = role_words, .word_count = ROLE_COUNT },
    INPUT_END,
};

/* POST /organizations/{org}/members */
static enum status
post_member(struct http_request *http, struct call *call)
{
    struct invited invited;
    struct json_writer json;
    enum status status = invitation_make(call, http->organization_id, http->input, &invited);

    if (status)
        return status;
    answer_open(http, &json, 201);
    write_member(&json, &invited.member);
    if (invited.link)
        json_put_text(&json, "link", invited.link);
    return answer_close(http, &json);
}

struct role_input {
    enum role role;
};

static const struct input_field role_body[] = {
    { INPUT_MEMBER(struct role_input, role), .kind = INPUT_CHOICE, .required = true,
      .words = role_words, .word_count = ROLE_COUNT },
    INPUT_END,
};

/* PATCH /organizations/{org}/members/{user} */
static enum status
patch_member(struct http_request *http, struct call *call)
{
    const struct role_input *input = http->input;
    struct member member;
    enum status status = member_change(call, http->organization_id, http_path_id(http, "user"),
                                       input->role, &member);

    return status ? status : answer_item(http, 200, &member, write_member);
}

/* DELETE /organizations/{org}/members/{user} */
static enum status
delete_member(struct http_request *http, struct call *call)
{
    return member_remove(call, http->organization_id, http_path_id(http, "user"));
}

/* GET /invitations/{token} */
static enum status
get_invitation(struct http_request *http, struct call *call)
{
    struct invitation invitation;
    struct json_writer json;
    enum status status = invitation_read(call, http_path_value(http, "token"), &invitation);

    if (status)
        return status;
    answer_open(http, &json, 200);
    json_put_text(&json, "organization", invitation.organization);
    json_put_text(&json, "email", invitation.member.email);
    json_put_text(&json, "role", role_words[invitation.member.role]);
    json_put_bool(&json, "known", invitation.user_id != 0);
    json_put_text(&json, "invited_by", invitation.invited_by);
    json_put_time(&json, "expires_at", invitation.member.expires_at);
    return answer_close(http, &json);
}

struct accept_input {
    struct new_password password;
    const char *name;
};

static const struct input_field accept_body[] = {
    { INPUT_AT("password", struct accept_input, password.text), .kind = INPUT_TEXT,
      .least = PASSWORD_LEAST_CHARACTERS, .most = PASSWORD_MOST_BYTES },
    { INPUT_MEMBER(struct accept_input, name), .kind = INPUT_TEXT, .most = NAME_MOST_BYTES },
    INPUT_END,
};

static struct acceptance
acceptance_of(struct http_request *http, const struct client *client)
{
    const struct accept_input *input = http->input;

    return (struct acceptance){
        .token = http_path_value(http, "token"),
        .user = http->who.user.id ? &http->who.user : NULL,
        .password = input->password.text,
        .password_hash = input->password.hash,
        .name = input->name,
        .client = client,
    };
}

static enum status
check_acceptance(struct http_request *http, struct call *call)
{
    struct client client = http_client(http);
    struct acceptance acceptance = acceptance_of(http, &client);
    struct invitation invitation;

    return invitation_may_accept(call, &acceptance, &invitation);
}

/* POST /invitations/{token} */
static enum status
post_invitation(struct http_request *http, struct call *call)
{
    struct client client = http_client(http);
    struct acceptance acceptance = acceptance_of(http, &client);
    struct signed_in who;
    enum status status = invitation_accept(call, &acceptance, &who);

    return status ? status : answer_signed_in(http, 200, &who);
}

const struct http_route member_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/members", PERMISSION_SEE_STAFF, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_members },
    { MEMBER_ROUTE(HTTP_POST, "/members", PERMISSION_ADMINISTER, WORK_WRITE),
      ROUTE_BODY(invite_body, struct invitation_request), .handler = post_member },
    { MEMBER_ROUTE(HTTP_PATCH, "/members/{user}", PERMISSION_ADMINISTER, WORK_WRITE),
      ROUTE_BODY(role_body, struct role_input), .handler = patch_member },
    { MEMBER_ROUTE(HTTP_DELETE, "/members/{user}", PERMISSION_ADMINISTER, WORK_WRITE),
      .handler = delete_member },
    { ROUTE(HTTP_GET, API "/invitations/{token}", ACCESS_PUBLIC, WORK_READ),
      .handler = get_invitation },
    { ROUTE(HTTP_POST, API "/invitations/{token}", ACCESS_ANYBODY, WORK_PASSWORD),
      ROUTE_BODY(accept_body, struct accept_input), .before = check_acceptance,
      .hash = hash_new_password, .handler = post_invitation },
    { .path = NULL },
};
