#include "edge/outgoing/smtp_reply.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"

enum {
    GREETING = SMTP_GREETING,
    HELLO = SMTP_HELLO,
    SIGN_IN = SMTP_SIGN_IN,
    MAIL = SMTP_SENDER,
    RCPT = SMTP_RECIPIENT,
    DATA = SMTP_CONTENT
};
enum { FINAL = TRANSFER_REFUSED, LATER = TRANSFER_LATER, REST = TRANSFER_UNREACHED };

struct row {
    int step, end;
    const char *line;
};

static void
check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int code = (int)strtol(rows[i].line, NULL, 10);
        enum transfer_end got = smtp_reply_end((enum smtp_step)rows[i].step, code, rows[i].line);
        if ((int)got != rows[i].end)
            check_text(rows[i].line, "its end is another one");
        check_int(got, rows[i].end);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

TEST(refusals_of_the_recipient_are_final)
{
    static const struct row rows[] = {
        { RCPT, FINAL,
          "550 5.1.1 <gone@example.com>: Recipient address rejected: User unknown in "
          "local recipient table" },                                      /* Postfix */
        { RCPT, FINAL, "550 5.1.1 <relay@example.com>... User unknown" }, /* Sendmail */
        { RCPT, FINAL, "550 User unknown" },
        { RCPT, FINAL, "550 Unknown user" }, /* Exim */
        { RCPT, FINAL, "550 Unknown local user" },
        { RCPT, FINAL, "550 User not local" },
        { RCPT, FINAL, "550 User gone@example.com unknown" },
        { RCPT, FINAL, "550 User <gone@example.com> unknown" },
        { RCPT, FINAL, "550 No such account here" },
        { RCPT, FINAL, "550 Account does not exist" },
        { RCPT, FINAL, "550 Unrouteable address" }, /* Exim */
        { RCPT, FINAL, "550 <sender@example.com> No such user here" },
        { RCPT, FINAL, "550 #5.1.0 Address rejected." }, /* IronPort */
        { RCPT, FINAL, "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)" }, /* qmail */
        { RCPT, FINAL,
          "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP "
          "address lookup" }, /* Exchange */
        { RCPT, FINAL,
          "556 5.1.10 <a@example.com>: Recipient address rejected: Domain example.com "
          "does not accept mail (nullMX)" },
        { RCPT, FINAL, "550 5.2.1 The email account that you tried to reach is disabled." },
        { RCPT, FINAL, "552 5.2.2 The email account that you tried to reach is over quota" },
        { RCPT, FINAL, "550 5.5.0 Requested action not taken: mailbox unavailable" }, /* Outlook */
        { RCPT, FINAL, "550 5.0.0 <a@b>... User unknown" },
        { RCPT, FINAL, "551 User not local; please try <b@example.com>" },
        { RCPT, FINAL, "553 Requested action not taken: mailbox name not allowed" },
        { RCPT, FINAL, "554 delivery error: dd This user doesn't have a yahoo.com account" },
        { RCPT, FINAL, "553 5.1.3 <a@b..c>... Invalid host name" },
        { RCPT, FINAL, "553 5.6.7 Non-ASCII addresses not permitted for that recipient" },
        { DATA, FINAL, "550 5.1.1 User unknown" },
        { DATA, FINAL, "550 5.2.1 Mailbox disabled" },
    };

    CHECK_ROWS(rows);
}

TEST(refusals_of_the_content_are_final_for_this_mail)
{
    static const struct row rows[] = {
        { MAIL, FINAL, "552 5.3.4 Message size exceeds fixed limit" },
        { MAIL, FINAL, "552 Message size exceeds fixed maximum message size" },
        { MAIL, FINAL, "550 5.2.3 Message length exceeds administrative limit" },
        { RCPT, FINAL, "552 5.3.4 Message too big for system" },
        { DATA, FINAL, "552 5.3.4 Error: message file too big" },
        { DATA, FINAL, "552 Requested mail action aborted: exceeded storage allocation" },
        { DATA, FINAL, "554 5.6.0 Corrupt message content" },
        { DATA, FINAL, "550 5.6.1 Media not supported" },
        { DATA, LATER, "452 4.3.4 Message too big for now" },
        { MAIL, LATER, "452 4.3.4 Message too big for now" },
    };

    CHECK_ROWS(rows);
}

TEST(refusals_of_us_at_rcpt_concern_the_relay_and_are_not_final)
{
    static const struct row rows[] = {
        { RCPT, REST, "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname" },
        { RCPT, REST, "504 Helo command rejected" },
        { RCPT, REST, "450 4.7.1 <vm>: Helo command rejected: Host not found" },
        { RCPT, REST, "550 5.7.1 EHLO/HELO argument is not acceptable" },
        { RCPT, REST, "530 Authentication required" },
        { RCPT, REST, "530 5.7.0 Must issue a STARTTLS command first" },
        { RCPT, REST, "530 5.5.1 Authentication Required." },
        { RCPT, REST, "550 5.7.1 Client was not authenticated" },
        { RCPT, REST, "530 5.7.57 Client not authenticated to send mail." },
        { RCPT, REST, "535 5.7.8 Error: authentication failed" },
        { RCPT, REST, "534 5.7.9 Authentication mechanism is too weak" },
        { RCPT, REST, "538 5.7.11 Encryption required for requested authentication mechanism" },
        { RCPT, REST, "523 Encryption Needed" },
        { RCPT, REST, "554 Relay access denied" },
        { RCPT, REST, "554 5.7.1 <a@example.com>: Relay access denied" },
        { RCPT, REST, "454 4.7.1 <a@example.com>: Relay access denied" },
        { RCPT, REST, "550 relay not permitted" },
        { RCPT, REST, "550 5.7.1 <a@example.com>... Relaying denied" },
        { RCPT, REST, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain" },
        { RCPT, REST, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
        { RCPT, REST, "551 we do not relay" },
        { RCPT, REST, "553 5.7.1 <a@b>: Sender address rejected: not owned by user c" },
        { RCPT, REST, "550 5.1.0 <a@b>: Sender address rejected: User unknown in local table" },
        { RCPT, REST, "550 5.1.8 <a@b>: Sender address rejected: Domain not found" },
        { RCPT, REST, "550 Verification failed for <a@b> Unknown user Sender verify failed" },
        { RCPT, REST, "550 5.7.25 The IP address sending this message has no PTR record" },
        { RCPT, REST, "550 5.7.23 SPF validation failed" },
        { RCPT, REST, "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied" },
        { RCPT, REST,
          "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
          "zen.spamhaus.org" },
        { RCPT, REST, "550 5.7.606 Access denied, banned sending IP" },
        { RCPT, REST, "521 5.3.2 Host does not accept mail" },
        { RCPT, REST, "521 This host does not accept mail" },
        { RCPT, REST, "550 5.3.0 Local configuration error" },
        { RCPT, REST, "452 4.3.1 Insufficient system storage" },
        { RCPT, REST, "421 4.7.0 Try again later, closing connection" },
        { RCPT, REST, "503 5.5.1 Error: need MAIL command" },
        { RCPT, REST, "550 Sending quota exceeded for this account" },
        { DATA, REST, "454 Throttling failure: Maximum sending rate exceeded." },
        { RCPT, REST, "502 5.5.2 Error: command not recognized" },
        { DATA, REST, "554 5.2.252 SendAsDenied; a@b not allowed to send as c@d" },
        { DATA, REST, "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException" },
        { DATA, REST, "550 5.7.60 SMTP; Client does not have permissions to send as this sender" },
        { DATA, REST,
          "554 Message rejected: Email address is not verified. The following "
          "identities failed the check in region EU-WEST-1" },
        { DATA, REST, "550 5.7.26 This mail has been blocked because it is unauthenticated" },
        { DATA, REST, "550 5.1.90 Your message can't be sent: you reached your daily limit" },
    };

    CHECK_ROWS(rows);
}

TEST(other_refusals_are_tried_again)
{
    static const struct row rows[] = {
        { RCPT, LATER, "450 4.2.0 <a@b>: Recipient address rejected: Greylisted" },
        { RCPT, LATER, "451 4.7.1 Greylisting in action, please come back later" },
        { RCPT, LATER, "450 4.7.1 Client host rejected: Greylisted" },
        { RCPT, LATER, "451 greylisted" },
        { RCPT, LATER, "451 4.2.2 mailbox full for now" },
        { RCPT, LATER, "450 4.1.1 <a@b>: Recipient address rejected: unverified address" },
        { RCPT, LATER, "452 4.5.3 Too many recipients" },
        { RCPT, LATER, "552 Too many recipients" }, /* RFC 5321, section 4.5.3.1.10 */
        { RCPT, LATER, "550 5.7.1 Recipient address rejected: Access denied" },
        { RCPT, LATER, "550 5.7.1 <a@b>: Recipient address rejected: User unknown by policy" },
        { RCPT, LATER, "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup" },
        { RCPT, LATER, "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)" },
        { RCPT, LATER, "554 5.4.6 <a@b>: mail for b loops back to myself" },
        { RCPT, LATER, "550 5.4.310 DNS domain does not exist" },
        { RCPT, LATER, "550 4.1.1 User unknown" }, /* the two codes differ */
        { RCPT, LATER, "556 Domain does not accept mail" },
        { RCPT, LATER, "550 Administrative prohibition" },
        { RCPT, LATER, "550 Host unknown in DNS" },
        { RCPT, LATER, "550 " },
        { RCPT, LATER, "501 5.5.4 Invalid arguments" },
        { DATA, LATER, "554 Transaction failed" },
        { DATA, LATER, "550 5.7.1 Message rejected as spam" },
        { DATA, LATER, "554 5.7.1 Rejected by content scanner" },
    };

    CHECK_ROWS(rows);
    check_int(smtp_reply_end(SMTP_RECIPIENT, 550, ""), TRANSFER_LATER);
    check_int(smtp_reply_end(SMTP_CONTENT, 599, "599"), TRANSFER_LATER);
}

TEST(before_rcpt_each_refusal_concerns_the_relay)
{
    static const struct row rows[] = {
        { GREETING, REST, "554 5.7.1 your address is on a list" },
        { GREETING, REST, "554 No SMTP service here" },
        { GREETING, REST, "521 example.com does not accept mail" },
        { GREETING, REST, "550 5.1.1 User unknown" },
        { HELLO, REST, "501 5.5.4 Invalid domain name" },
        { HELLO, REST, "550 5.7.1 Access denied" },
        { HELLO, REST, "454 4.7.0 TLS not available due to local problem" },
        { SIGN_IN, REST, "535 5.7.8 Authentication credentials invalid" },
        { SIGN_IN, REST, "454 4.7.0 Temporary authentication failure" },
        { MAIL, REST, "530 5.7.0 Authentication required" },
        { MAIL, REST, "550 5.1.1 <a@b>: unknown user" },
        { MAIL, REST, "553 5.1.7 <a@b>: bad sender address syntax" },
        { MAIL, REST, "552 5.2.2 The sender's mailbox is full" },
        { MAIL, REST, "555 5.5.4 Unsupported option: SIZE" },
        { MAIL, REST, "451 4.3.0 Temporary lookup failure" },
    };

    CHECK_ROWS(rows);
}

TEST(codes_below_400_refuse_nothing)
{
    check_int(smtp_reply_end(SMTP_RECIPIENT, 250, "250 2.1.5 Ok"), TRANSFER_DONE);
    check_int(smtp_reply_end(SMTP_CONTENT, 354, "354 go on"), TRANSFER_DONE);
    check_text(smtp_reply_advice(SMTP_RECIPIENT, 250, "250 2.1.5 Ok"), "");
}

TEST(advice_says_what_to_do)
{
    static const struct {
        int step, code;
        const char *line, *word;
    } rows[] = {
        { RCPT, 504, "504 5.5.2 <vm>: Helo command rejected", "smtp-hello" },
        { HELLO, 501, "501 Invalid domain name", "smtp-hello" },
        { HELLO, 504, "504 Give me another name", "smtp-hello" },
        { RCPT, 504, "504 need fully-qualified hostname", "smtp-hello" },
        { RCPT, 530, "530 Authentication required", "user in smtp" },
        { RCPT, 530, "530 5.7.0 Must issue a STARTTLS command first", "requires TLS" },
        { RCPT, 554, "554 5.7.1 <a@b>: Relay access denied", "forward" },
        { MAIL, 553, "553 5.7.1 <a@b>: Sender address rejected", "mail-from" },
        { RCPT, 554, "554 5.7.1 Client host [192.0.2.1] blocked", "address of this server" },
        { RCPT, 550, "550 5.1.1 User unknown", "check the address" },
        { DATA, 552, "552 5.3.4 Message too big", "message" },
        { GREETING, 554, "554 No SMTP service here", "serve this server" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strstr(smtp_reply_advice((enum smtp_step)rows[i].step, rows[i].code, rows[i].line),
                    rows[i].word))
            check_text(rows[i].line, rows[i].word);
    check_text(smtp_reply_advice(SMTP_RECIPIENT, 451, "451 greylisted"), "");
}

static void
add(char reply[SMTP_REPLY_SIZE], const char *line)
{
    smtp_reply_add(reply, line, strlen(line));
}

TEST(lines_of_a_reply_become_one_text)
{
    char reply[SMTP_REPLY_SIZE] = "", longest[2 * SMTP_REPLY_SIZE];

    add(reply, "550-5.1.1 The email account that you tried to reach does not\r\n");
    add(reply, "550-5.1.1 exist.\r\n");
    add(reply, "550 5.1.1 See the manual\r\n");
    check_text(reply, "550 5.1.1 The email account that you tried to reach does not exist. See the "
                      "manual");
    add(reply, "554 5.7.1 Another reply\r\n");
    check_text(reply, "554 5.7.1 Another reply");
    add(reply, "550-Verification failed\r\n");
    add(reply, "550-5.1.8 No such sender\r\n");
    add(reply, "551 5.1.1 of another reply");
    check_text(reply, "551 5.1.1 of another reply");
    add(reply, "550-");
    add(reply, "550");
    check_text(reply, "550");
    add(reply, "");
    check_text(reply, "");

    memset(longest, 'x', sizeof longest);
    memcpy(longest, "550-", 4);
    smtp_reply_add(reply, longest, sizeof longest);
    check_int(strlen(reply), SMTP_REPLY_SIZE - 1);
    smtp_reply_add(reply, longest, sizeof longest);
    check_int(strlen(reply), SMTP_REPLY_SIZE - 1);
}
