/* noticing.h - for the tests of notices: recipients, time that goes on, and what was told. */
#ifndef SUPPORT_NOTICING_H
#define SUPPORT_NOTICING_H

#include <stdbool.h>

#include "service/notice/notice_settings.h"
#include "service/notice/notices_list.h"
#include "service/outbox/outbox_content.h"
#include "support/verbs.h"

/* What the ticker does at an instant: renewals, then notices. */
void tick(struct fixture *fixture, utc_seconds now);

/* One step of the notices, in a transaction of the caller: transact(call, notice_body, &more). */
enum status notice_body(struct call *call, void *more);

/* A manager; gives the user's id. */
int64_t add_member(struct fixture *fixture, int64_t organization, const char *email);

/* These are told, and no others. */
void tick_members(struct fixture *fixture, int64_t organization, struct notice_recipient *items,
                  size_t count);
/* A new member alone, of everything; gives the user's id. */
int64_t tick_member(struct fixture *fixture, int64_t organization, const char *email);

/* Mails that were queued. */
int64_t mails(struct fixture *fixture);

/* The newest notices; `serial` NULL: of any sensor. */
struct notice_page listed(struct fixture *fixture, int64_t organization, const char *serial);

/* What the mail that holds a notice says. */
struct outbox_content mail_of(struct fixture *fixture, int64_t organization, int64_t notice_id);

bool says(const void *text, const char *words);

#endif
