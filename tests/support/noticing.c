#include "support/noticing.h"

#include <stdio.h>
#include <string.h>

#include "service/account/people.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger_jobs.h"
#include "service/notice/notices_job.h"
#include "statements.h"
#include "support/check.h"

static enum status
renew_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

enum status
notice_body(struct call *call, void *with)
{
    return notices_job_run(call, with);
}

void
tick(struct fixture *fixture, utc_seconds now)
{
    bool more = true;

    fixture->call.now = now;
    while (more)
        check_int(transact(&fixture->call, renew_body, &more), STATUS_OK);
    for (more = true; more;)
        check_int(transact(&fixture->call, notice_body, &more), STATUS_OK);
}

int64_t
add_member(struct fixture *fixture, int64_t organization, const char *email)
{
    struct user user = { 0 };

    check_int(people_add(&fixture->call,
                         &(struct user_request){ .email = email, .password_hash = "x" }, &user),
              STATUS_OK);
    check_int(member_insert(&fixture->call.db,
                            &(struct member_insert_in){ organization, user.id, "manager", NOON },
                            NULL),
              STATUS_OK);
    return user.id;
}

void
tick_members(struct fixture *fixture, int64_t organization, struct notice_recipient *items,
             size_t count)
{
    struct notice_recipients now;

    check_int(notice_recipients_put(&fixture->call, organization,
                                    &(struct notice_recipients){ items, count }, &now),
              STATUS_OK);
    check_int(now.count, count);
}

int64_t
tick_member(struct fixture *fixture, int64_t organization, const char *email)
{
    struct notice_recipient one = { .user_id = add_member(fixture, organization, email) };

    tick_members(fixture, organization, &one, 1);
    return one.user_id;
}

int64_t
mails(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM outbox");
}

struct notice_page
listed(struct fixture *fixture, int64_t organization, const char *serial)
{
    struct notice_query query = { .page = { .limit = 100 }, .serial = serial };
    struct notice_page page = { 0 };

    check_int(notices_list(&fixture->call, organization, &query, &page), STATUS_OK);
    return page;
}

struct outbox_content
mail_of(struct fixture *fixture, int64_t organization, int64_t notice_id)
{
    struct outbox_content content = { 0 };
    struct outbox_get_out row = { 0 };
    char sql[128];
    bool found = false;

    snprintf(sql, sizeof sql, "SELECT outbox_id FROM notice WHERE id = %lld", (long long)notice_id);
    check_int(outbox_get(&fixture->call.db,
                         &(struct outbox_get_in){ organization, fixture_count(fixture, sql) }, &row,
                         &found),
              STATUS_OK);
    if (found)
        check_int(outbox_content_open(&fixture->call, row.content.at, row.content.size, &content),
                  STATUS_OK);
    return content;
}

bool
says(const void *text, const char *words)
{
    return text && strstr(text, words);
}
