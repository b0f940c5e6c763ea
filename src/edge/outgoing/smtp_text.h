/* smtp_text.h - the subject of a relay's refusal, by the words of its text. For smtp_reply.c. */
#ifndef EDGE_OUTGOING_SMTP_TEXT_H
#define EDGE_OUTGOING_SMTP_TEXT_H

/* The thing that a refusal is about. */
enum smtp_subject {
    SMTP_ABOUT_UNKNOWN,
    SMTP_ABOUT_RECIPIENT,
    SMTP_ABOUT_CONTENT,
    /* From here on every mail would end like this. */
    SMTP_ABOUT_HELLO,
    SMTP_ABOUT_SIGN_IN,
    SMTP_ABOUT_TLS,
    SMTP_ABOUT_SENDER,
    SMTP_ABOUT_RELAYING, /* the relay forwards no mail of ours */
    SMTP_ABOUT_SERVER,   /* our address or its name */
    SMTP_ABOUT_RELAY,    /* the relay itself */
    SMTP_SUBJECT_COUNT
};

/* Knows the texts of Postfix, Exim, Sendmail, qmail, Exchange, Gmail, Amazon SES and others. `text`
 * is in lower case, without addresses. SMTP_ABOUT_UNKNOWN: greylisting, or no words that are
 * known. */
enum smtp_subject smtp_text_subject(const char *text);

#endif
