#include "edge/outgoing/smtp_reply.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "edge/outgoing/smtp_text.h"

enum { LOWEST_FAILURE = 400, LOWEST_FINAL = 500, MOST_CODE = 599 };

/* The second and third number of an enhanced code; class 0: none. */
struct enhanced {
    int class, subject, detail;
};

struct refusal {
    enum smtp_step step;
    int code;
    struct enhanced enhanced;
    enum smtp_subject said; /* by its text */
};

static int
reply_number(const char **at, size_t most_digits)
{
    int number = 0;
    size_t digits = 0;

    for (; isdigit((unsigned char)**at) && digits < most_digits; digits++)
        number = number * 10 + *(*at)++ - '0';
    return digits > 0 && !isdigit((unsigned char)**at) ? number : -1;
}

/* "5.7.1" with nothing but a space, a line's end or a punctuation mark behind. */
static struct enhanced
read_enhanced(const char **text)
{
    const char *at = *text;
    struct enhanced out = { .class = reply_number(&at, 1) };

    if ((out.class != 2 && out.class != 4 && out.class != 5) || *at++ != '.')
        return (struct enhanced){ 0 };
    out.subject = reply_number(&at, 3);
    if (out.subject < 0 || *at++ != '.')
        return (struct enhanced){ 0 };
    out.detail = reply_number(&at, 3);
    if (out.detail < 0 || *at == '.' || isalpha((unsigned char)*at))
        return (struct enhanced){ 0 };
    *text = at;
    return out;
}

static const char *
skip_code(const char *line)
{
    const char *at = line;

    return reply_number(&at, 3) >= 0 && at == line + 3 && (*at == ' ' || *at == '-') ? at + 1
                                                                                     : line;
}

/* Leaves out addresses and names in "<>", because their words mean nothing: "<relay@example.com>".
 * Between two words there is one space, so that "user a@example.com unknown" reads "user
 * unknown". */
static void
copy_text(char out[SMTP_REPLY_SIZE], const char *text)
{
    size_t size = 0, word = 0;
    bool is_address = false;

    for (; *text && size + 1 < SMTP_REPLY_SIZE; text++) {
        const char *close = *text == '<' ? strchr(text, '>') : NULL;
        if (close) {
            text = close;
            continue;
        }
        if (*text == ' ') {
            size = is_address ? word : size;
            word = size;
            is_address = false;
            if (size == 0 || out[size - 1] == ' ')
                continue;
            word = size + 1;
        }
        is_address = is_address || *text == '@';
        out[size++] = (char)tolower((unsigned char)*text);
    }
    out[is_address ? word : size] = '\0';
}

static bool
concerns_all(enum smtp_subject subject)
{
    return subject > SMTP_ABOUT_CONTENT;
}

/* X.1.X and X.2.X: RFC 3463, sections 3.2 and 3.3; RFC 7505, section 4.2. */
static enum smtp_subject
about_address(const struct refusal *refusal)
{
    const struct enhanced *enhanced = &refusal->enhanced;
    bool of_sender = enhanced->subject == 1
                     && (enhanced->detail == 7 || enhanced->detail == 8 || enhanced->detail == 90);

    if (of_sender || refusal->said == SMTP_ABOUT_SENDER)
        return SMTP_ABOUT_SENDER;
    return enhanced->subject == 2 && enhanced->detail == 3 ? SMTP_ABOUT_CONTENT
                                                           : SMTP_ABOUT_RECIPIENT;
}

/* X.7.X: RFC 3463, section 3.8, RFC 4954, RFC 5248, RFC 7372, and the numbers of Exchange. */
static enum smtp_subject
about_policy(const struct refusal *refusal)
{
    static const struct {
        int from, to;
        enum smtp_subject subject;
    } rows[] = {
        { 4, 5, SMTP_ABOUT_TLS },         { 8, 9, SMTP_ABOUT_SIGN_IN },
        { 10, 11, SMTP_ABOUT_TLS },       { 12, 14, SMTP_ABOUT_SIGN_IN },
        { 20, 24, SMTP_ABOUT_SENDER },    { 25, 25, SMTP_ABOUT_SERVER },
        { 26, 27, SMTP_ABOUT_SENDER },    { 28, 28, SMTP_ABOUT_SERVER },
        { 29, 29, SMTP_ABOUT_SENDER },    { 30, 30, SMTP_ABOUT_TLS },
        { 54, 54, SMTP_ABOUT_RELAYING },  { 57, 57, SMTP_ABOUT_SIGN_IN },
        { 60, 60, SMTP_ABOUT_SENDER },    { 64, 64, SMTP_ABOUT_RELAYING },
        { 100, 499, SMTP_ABOUT_UNKNOWN }, /* Exchange: senders that a recipient does not take */
        { 501, 512, SMTP_ABOUT_SENDER },  { 606, 649, SMTP_ABOUT_SERVER },
        { 705, 708, SMTP_ABOUT_SERVER },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (refusal->enhanced.detail >= rows[i].from && refusal->enhanced.detail <= rows[i].to)
            return rows[i].subject;
    return concerns_all(refusal->said) ? refusal->said : SMTP_ABOUT_UNKNOWN;
}

/* Without an enhanced code: the text, then the code. RFC 5321, section 4.2. */
static enum smtp_subject
about_plain(const struct refusal *refusal)
{
    if (refusal->said != SMTP_ABOUT_UNKNOWN)
        return refusal->said;
    switch (refusal->code) {
    case 551:
    case 553:
        return SMTP_ABOUT_RECIPIENT;
    case 552: /* after RCPT: too many of them, section 4.5.3.1.10 */
        return refusal->step == SMTP_RECIPIENT ? SMTP_ABOUT_UNKNOWN : SMTP_ABOUT_CONTENT;
    case 500:
    case 502:
    case 503:
    case 504:
    case 555:
        return SMTP_ABOUT_RELAY;
    default:
        return SMTP_ABOUT_UNKNOWN;
    }
}

static enum smtp_subject
about_system(const struct refusal *refusal)
{
    return refusal->enhanced.detail == 4 ? SMTP_ABOUT_CONTENT
                                         : SMTP_ABOUT_RELAY; /* X.3.4: its size */
}

/* X.5.X: a command that the relay does not take. X.5.3 and 501 may be about this mail. */
static enum smtp_subject
about_protocol(const struct refusal *refusal)
{
    if (concerns_all(refusal->said))
        return refusal->said;
    if (refusal->enhanced.detail == 0 && refusal->said != SMTP_ABOUT_UNKNOWN)
        return refusal->said;
    return refusal->enhanced.detail == 3 || refusal->code == 501 ? SMTP_ABOUT_UNKNOWN
                                                                 : SMTP_ABOUT_RELAY;
}

static enum smtp_subject
about_enhanced(const struct refusal *refusal)
{
    switch (refusal->enhanced.subject) {
    case 1:
    case 2:
        return about_address(refusal);
    case 3:
        return about_system(refusal);
    case 4: /* the way to the recipient */
        return SMTP_ABOUT_UNKNOWN;
    case 5:
        return about_protocol(refusal);
    case 6:
        return SMTP_ABOUT_CONTENT;
    case 7:
        return about_policy(refusal);
    default:
        return about_plain(refusal);
    }
}

static enum smtp_subject
about_reply(const struct refusal *refusal)
{
    switch (refusal->code) {
    case 421:
    case 521: /* RFC 7504 */
        return concerns_all(refusal->said) ? refusal->said : SMTP_ABOUT_RELAY;
    case 523: /* RFC 5248 */
    case 538: /* RFC 4954 */
        return SMTP_ABOUT_TLS;
    case 530: /* RFC 3207, RFC 4954 */
        return refusal->said == SMTP_ABOUT_TLS ? SMTP_ABOUT_TLS : SMTP_ABOUT_SIGN_IN;
    case 525:
    case 534:
    case 535:
        return SMTP_ABOUT_SIGN_IN;
    default:
        return refusal->enhanced.class ? about_enhanced(refusal) : about_plain(refusal);
    }
}

/* Before RCPT a refusal concerns each mail, except one about the content. */
static enum smtp_subject
subject_of(const struct refusal *refusal)
{
    static const enum smtp_subject of_step[] = {
        [SMTP_GREETING] = SMTP_ABOUT_RELAY,
        [SMTP_HELLO] = SMTP_ABOUT_HELLO,
        [SMTP_SIGN_IN] = SMTP_ABOUT_SIGN_IN,
        [SMTP_SENDER] = SMTP_ABOUT_SENDER,
    };
    enum smtp_subject subject = about_reply(refusal);

    if (refusal->step == SMTP_HELLO && (refusal->code == 501 || refusal->code == 504))
        return SMTP_ABOUT_HELLO;
    if (refusal->step >= SMTP_RECIPIENT || concerns_all(subject)
        || (subject == SMTP_ABOUT_CONTENT && refusal->step == SMTP_SENDER))
        return subject;
    return of_step[refusal->step];
}

static struct refusal
refusal_read(enum smtp_step step, int code, const char *line)
{
    struct refusal out = { .step = step, .code = code };
    const char *text = skip_code(line);
    char words[SMTP_REPLY_SIZE];

    out.enhanced = read_enhanced(&text);
    for (const char *hash = strchr(text, '#'); hash && !out.enhanced.class;
         hash = strchr(hash + 1, '#')) {
        const char *at = hash + 1; /* qmail puts it behind: "(#5.1.1)" */
        out.enhanced = read_enhanced(&at);
    }
    copy_text(words, text);
    out.said = smtp_text_subject(words);
    return out;
}

enum transfer_end
smtp_reply_end(enum smtp_step step, int code, const char *line)
{
    struct refusal refusal = refusal_read(step, code, line);
    enum smtp_subject subject = subject_of(&refusal);

    if (code < LOWEST_FAILURE)
        return TRANSFER_DONE;
    if (concerns_all(subject))
        return TRANSFER_UNREACHED;
    bool is_final = code >= LOWEST_FINAL && code <= MOST_CODE && refusal.enhanced.class != 4;
    return subject != SMTP_ABOUT_UNKNOWN && is_final ? TRANSFER_REFUSED : TRANSFER_LATER;
}

const char *
smtp_reply_advice(enum smtp_step step, int code, const char *line)
{
    static const char *const advice[] = {
        [SMTP_ABOUT_UNKNOWN] = "",
        [SMTP_ABOUT_RECIPIENT] = "check the address",
        [SMTP_ABOUT_CONTENT] = "the relay does not accept a message like this one",
        [SMTP_ABOUT_HELLO] =
            "operator: set smtp-hello to a name of this server that the relay accepts",
        [SMTP_ABOUT_SIGN_IN] = "operator: check the user in smtp and its password",
        [SMTP_ABOUT_TLS] = "operator: the relay requires TLS, check smtp",
        [SMTP_ABOUT_SENDER] =
            "operator: set mail-from to an address that the relay lets this server use",
        [SMTP_ABOUT_RELAYING] =
            "operator: let the relay forward mail from this server, or put a user into smtp",
        [SMTP_ABOUT_SERVER] =
            "operator: the relay blocks the address of this server, ask the operator of the relay",
        [SMTP_ABOUT_RELAY] = "operator: the relay does not serve this server, check smtp or ask "
                             "the operator of the relay",
    };
    struct refusal refusal = refusal_read(step, code, line);

    _Static_assert(sizeof advice / sizeof *advice == SMTP_SUBJECT_COUNT,
                   "each subject has its advice");
    return code < LOWEST_FAILURE ? "" : advice[subject_of(&refusal)];
}

/* Does the reply end with a line that announces another one? The reply keeps the mark of its last
 * line. */
static bool
reply_goes_on(const char *reply, const char *line, size_t length)
{
    return strlen(reply) > 3 && reply[3] == '-' && length >= 4 && !strncmp(reply, line, 3);
}

static void
append_text(char reply[SMTP_REPLY_SIZE], const char *text, size_t length)
{
    size_t size = strlen(reply);

    for (size_t i = 0; i < length && size + 1 < SMTP_REPLY_SIZE; i++)
        if (text[i] != '\r' && text[i] != '\n' && text[i])
            reply[size++] = text[i];
    reply[size] = '\0';
}

void
smtp_reply_add(char reply[SMTP_REPLY_SIZE], const char *line, size_t length)
{
    char text[SMTP_REPLY_SIZE] = "";
    const char *at, *first = reply + 4;

    if (!reply_goes_on(reply, line, length)) {
        reply[0] = '\0';
        append_text(reply, line, length);
        return;
    }
    append_text(text, line + 4, length - 4);
    reply[3] = line[3];
    at = text;
    struct enhanced same = read_enhanced(&at), before = read_enhanced(&first);
    bool repeats = same.class && same.class == before.class && same.subject == before.subject
                   && same.detail == before.detail;
    append_text(reply, " ", 1);
    at = repeats ? at + strspn(at, " ") : text;
    append_text(reply, at, strlen(at));
}
