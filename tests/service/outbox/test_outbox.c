#include "service/outbox/outbox.h"

#include <stdio.h>
#include <string.h>

#include "service/core/throttle.h"
#include "service/core/transaction.h"
#include "service/notice/mail_check.h"
#include "statements.h"
#include "support/check.h"
#include "support/store_fixture.h"
#include "support/verbs.h"

static enum status
write_letter(struct call *call, struct letter *out)
{
    static const char *const lines[] = { "stops on 24 Nov 2026", NULL, "auto renewal is <off>" };
    struct letter_writer writer;

    letter_open(&writer, "1 sensor stops");
    letter_heading(&writer, "These stop");
    letter_paragraph(&writer,
                     "Zwischen den Zeilen %s: the text is wrapped at seventy-six characters, "
                     "however many bytes each of them takes.",
                     "äöüäöüäöüäöü");
    letter_list_open(&writer);
    letter_item(&writer, "Fridge <2> & \"door\"", lines, 3);
    letter_list_close(&writer);
    letter_button(&writer, "Open the License Manager",
                  "https://tenure.example.com/o/1/licenses?a=1&b=2");
    letter_small(&writer, "You get this because somebody ticked your name.");
    return letter_close(&writer, call, out);
}

static void
reads_well(struct fixture *fixture)
{
    struct letter letter;

    check_int(write_letter(&fixture->call, &letter), STATUS_OK);
    check_text(letter.text,
               "1 sensor stops\n"
               "\nThese stop\n"
               "\nZwischen den Zeilen äöüäöüäöüäöü: the text is wrapped at seventy-six\n"
               "characters, however many bytes each of them takes.\n"
               "\n- Fridge <2> & \"door\": stops on 24 Nov 2026, auto renewal is <off>\n"
               "\nOpen the License Manager:\nhttps://tenure.example.com/o/1/licenses?a=1&b=2\n"
               "\nYou get this because somebody ticked your name.\n");
    check(strstr(letter.html, "Fridge &lt;2&gt; &amp; &quot;door&quot;</strong><br>"
                              "stops on 24 Nov 2026<br>auto renewal is &lt;off&gt;</p>")
          != NULL);
    check(strstr(letter.html, "<table") == NULL); /* columns are too narrow on a phone */
    check(strstr(letter.html, "licenses?a=1&amp;b=2\"") != NULL);
    check(strstr(letter.html, "<2>") == NULL);
}

TEST(a_letter_has_the_same_content_in_text_and_html)
{
    with_each_store(reads_well);
}

static void
too_long(struct fixture *fixture)
{
    struct letter_writer writer;
    struct letter letter;

    letter_open(&writer, "much");
    for (int i = 0; i < LETTER_MOST_BYTES / 8; i++)
        letter_paragraph(&writer, "nineteen characters");
    check_int(letter_close(&writer, &fixture->call, &letter), STATUS_TOO_LARGE);
}

TEST(a_letter_that_is_too_large_is_refused)
{
    with_each_store(too_long);
}

static enum status
queue_one(struct call *call, void *with)
{
    int64_t *id = with;
    struct letter letter;
    enum status status = write_letter(call, &letter);

    return status ? status
                  : outbox_put_mails(
                      call,
                      &(struct outbox_mail){
                          .organization_id = 7,
                          .purpose = "test",
                          .to = "ada@example.com",
                          .letter = letter,
                          .attachment = { "list.csv", "text/csv; charset=utf-8", "a\0b", 3 },
                          .unsubscribe_url = "https://tenure.example.com/o/7/notifications",
                      },
                      1, id);
}

static struct outbox_get_out
read_back(struct fixture *fixture, int64_t organization_id, int64_t id,
          struct outbox_content *content)
{
    struct call *call = &fixture->call;
    struct outbox_get_out row = { 0 };
    bool found = false;

    check_int(outbox_get(&call->db, &(struct outbox_get_in){ organization_id, id }, &row, &found),
              STATUS_OK);
    check(found);
    if (found)
        check_int(outbox_content_open(call, row.content.at, row.content.size, content), STATUS_OK);
    return row;
}

static void
keeps_whole(struct fixture *fixture)
{
    struct outbox_content content = { 0 };
    int64_t id = 0;

    check_int(transact(&fixture->call, queue_one, &id), STATUS_OK);
    struct outbox_get_out row = read_back(fixture, 7, id, &content);
    check_text(row.kind, "mail");
    check_text(row.state, "waiting");
    check_text(row.target, "ada@example.com");
    check_int(row.next_try_at, fixture->call.now);
    check(row.message_id[0] == '<' && strstr(row.message_id, "@tenure.example.com>") != NULL);
    check_text(content.letter.subject, "1 sensor stops");
    check(strstr(content.letter.html, "</html>") != NULL);
    check_text(content.attachment.name, "list.csv");
    check_int(content.attachment.size, 3);
    check(!memcmp(content.attachment.bytes, "a\0b", 3));
    check_text(content.unsubscribe_url, "https://tenure.example.com/o/7/notifications");
    check(content.body == NULL);
}

TEST(a_mail_is_queued_whole_under_its_own_id)
{
    with_each_store(keeps_whole);
}

static enum status
queue_calls(struct call *call, void *with)
{
    const struct outbox_webhook_call calls[] = {
        { .organization_id = 7, .webhook_id = 1, .event = "code.redeemed", .body = "{}" },
        { .organization_id = 7, .webhook_id = 2, .event = "code.redeemed", .body = "{\"a\":1}" },
    };

    return outbox_put_webhook_calls(call, calls, 2, with);
}

static void
keeps_calls(struct fixture *fixture)
{
    struct outbox_content content = { 0 };
    int64_t ids[2] = { 0 };

    check_int(transact(&fixture->call, queue_calls, ids), STATUS_OK);
    struct outbox_get_out row = read_back(fixture, 7, ids[1], &content);
    check_text(row.kind, "webhook");
    check_text(row.purpose, "code.redeemed");
    check(!strncmp(row.message_id, "msg_", 4));
    check_text(content.body, "{\"a\":1}");
    check(content.letter.subject == NULL);
}

TEST(webhook_calls_are_queued_together)
{
    with_each_store(keeps_calls);
}

static void
another_secret(struct fixture *fixture)
{
    struct secret_key other = { { 9 } };
    struct outbox_content content;
    const void *sealed;
    size_t size;

    check_int(outbox_content_seal(&fixture->call, &(struct outbox_content){ .body = "{}" }, &sealed,
                                  &size),
              STATUS_OK);
    fixture->call.secret = &other;
    check_int(outbox_content_open(&fixture->call, sealed, size, &content), STATUS_BROKEN);
    check_int(outbox_content_open(&fixture->call, sealed, 3, &content), STATUS_BROKEN);
}

TEST(content_opens_only_with_its_key)
{
    with_each_store(another_secret);
}

static void
tortured(struct fixture *fixture)
{
    int64_t id;
    int calls;

    fixture_fail_at(fixture, 0);
    check_int(transact(&fixture->call, queue_one, &id), STATUS_OK);
    calls = fixture_calls();
    for (int n = 1; n <= calls; n++) {
        fixture_fail_at(fixture, n);
        check_int(transact(&fixture->call, queue_one, &id), STATUS_OK); /* repeated */
    }
    fixture_fail_at(fixture, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox"), calls + 1);
}

TEST(a_mail_is_queued_once_whichever_store_call_fails)
{
    with_each_store(tortured);
}

static void
tests_itself(struct fixture *fixture)
{
    int64_t organization_id = make_organization(fixture, "Cold Chain"), id = 0;
    struct outbox_content content = { 0 };

    for (int i = 0; i < THROTTLE_FREE_TRIES; i++)
        check_int(test_mail_queue(&fixture->call, organization_id, "ada@example.com", &id),
                  STATUS_OK);
    struct outbox_get_out row = read_back(fixture, organization_id, id, &content);
    check_text(row.purpose, "test");
    check_text(row.target, "ada@example.com");
    check(strstr(content.letter.text, "Cold") != NULL);
    check_failed(fixture, test_mail_queue(&fixture->call, organization_id, "ada@example.com", &id),
                 STATUS_SLOW_DOWN, "too_many_test_mails", "");
    check_int(test_mail_queue(&fixture->call, organization_id, "bob@example.com", &id), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox"), THROTTLE_FREE_TRIES + 1);
}

TEST(test_mails_go_to_the_requester_and_are_slowed_down)
{
    with_each_store(tests_itself);
}
