#include "store/text_forms.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/email.h"
#include "base/log.h"
#include "base/text.h"
#include "base/unicode.h"
#include "statements.h"
#include "store/store_internal.h"

enum { ROWS = 1000, NAME_MOST_BYTES = 200, ARENA_BYTES = 16 * 1024 * 1024, TRIES = 10 };

/* In the order of the store: text_form.stage. */
enum stage { STAGE_ORGANIZATIONS, STAGE_USERS, STAGE_INVITATIONS, STAGE_SENSORS, STAGE_DONE };

struct forming {
    struct store *store;
    struct arena *arena;
    struct fault *fault;
    struct text_form_lock_out place;
    char rules[UNICODE_FOLD_VERSION_SIZE];
    size_t found;    /* rows of this step */
    int64_t changed; /* rows of all steps */
};

struct name_forms {
    char name[NAME_MOST_BYTES * UNICODE_GROWTH + 1];
    char folded[UNICODE_FOLDED_SIZE];
};

/* True when the row has other forms. A name that would get longer than names may be stays. */
static bool
form_name(struct name_forms *out, const char *name, const char *folded)
{
    size_t length = strlen(name);

    if (length > NAME_MOST_BYTES || !utf8_valid(name, length)
        || unicode_nfc(out->name, name, length) > NAME_MOST_BYTES)
        return false;
    unicode_fold(out->folded, name, length);
    return strcmp(out->name, name) || strcmp(out->folded, folded);
}

static void
move_to(struct forming *forming, size_t found, int64_t first, int64_t second)
{
    forming->found = found;
    forming->place.after_first = first;
    forming->place.after_second = second;
}

static enum status
form_organizations(struct forming *forming)
{
    struct text_form_organizations_in in = { forming->place.after_first, ROWS };
    struct text_form_organizations_out *rows;
    struct name_forms forms;
    size_t count;
    enum status status =
        text_form_organizations(forming->store, forming->arena, &in, &rows, &count, forming->fault);

    for (size_t i = 0; !status && i < count; i++) {
        if (!form_name(&forms, rows[i].name, rows[i].name_folded))
            continue;
        status = text_form_organization_set(
            forming->store, forming->arena,
            &(struct text_form_organization_set_in){ rows[i].id, forms.name, forms.folded }, NULL,
            forming->fault);
        forming->changed++;
    }
    if (!status)
        move_to(forming, count, count ? rows[count - 1].id : 0, 0);
    return status;
}

/* The form of the account's address, which it keeps where another account has that form. */
static enum status
form_email(struct forming *forming, const struct text_form_users_out *row, char email[EMAIL_SIZE],
           struct optional_int64 *same_as)
{
    struct text_form_user_of_email_out other;
    bool taken;

    *same_as = (struct optional_int64){ .is = false };
    if (!email_normalize(email, row->email) || !strcmp(email, row->email)) {
        snprintf(email, EMAIL_SIZE, "%s", row->email);
        return STATUS_OK;
    }
    enum status status = text_form_user_of_email(forming->store, forming->arena,
                                                 &(struct text_form_user_of_email_in){ email },
                                                 &other, &taken, forming->fault);
    if (status || !taken)
        return status;
    *same_as = (struct optional_int64){ .is = true, .value = other.id };
    snprintf(email, EMAIL_SIZE, "%s", row->email);
    log_line(LOG_WARNING, "store.same_email", "user=%" PRId64 " other=%" PRId64, row->id, other.id);
    return STATUS_OK;
}

static enum status
form_user(struct forming *forming, const struct text_form_users_out *row)
{
    char email[EMAIL_SIZE];
    struct name_forms forms;
    struct optional_int64 same_as;
    enum status status = form_email(forming, row, email, &same_as);

    if (status)
        return status;
    bool other_name = form_name(&forms, row->name, row->name_folded);
    if (!other_name && !strcmp(email, row->email) && same_as.is == row->same_email_as.is
        && same_as.value == row->same_email_as.value)
        return STATUS_OK;
    forming->changed++;
    return text_form_user_set(forming->store, forming->arena,
                              &(struct text_form_user_set_in){
                                  .id = row->id,
                                  .email = email,
                                  .name = other_name ? forms.name : row->name,
                                  .name_folded = other_name ? forms.folded : row->name_folded,
                                  .same_email_as = same_as,
                              },
                              NULL, forming->fault);
}

static enum status
form_users(struct forming *forming)
{
    struct text_form_users_in in = { forming->place.after_first, forming->place.after_second,
                                     ROWS };
    struct text_form_users_out *rows;
    size_t count;
    enum status status =
        text_form_users(forming->store, forming->arena, &in, &rows, &count, forming->fault);

    for (size_t i = 0; !status && i < count; i++)
        status = form_user(forming, &rows[i]);
    if (!status)
        move_to(forming, count, count ? rows[count - 1].created_at : 0,
                count ? rows[count - 1].id : 0);
    return status;
}

static enum status
form_invitation(struct forming *forming, const struct text_form_invitations_out *row)
{
    char email[EMAIL_SIZE];
    int64_t changed;

    if (!email_normalize(email, row->email) || !strcmp(email, row->email))
        return STATUS_OK;
    enum status status = text_form_invitation_set(
        forming->store, forming->arena,
        &(struct text_form_invitation_set_in){ row->organization_id, row->id, email }, &changed,
        forming->fault);
    if (status || changed == 0)
        return status;
    forming->changed++;
    return text_form_invitation_mail_set(
        forming->store, forming->arena,
        &(struct text_form_invitation_mail_set_in){ row->organization_id, row->email, email }, NULL,
        forming->fault);
}

static enum status
form_invitations(struct forming *forming)
{
    struct text_form_invitations_in in = { forming->place.after_first, forming->place.after_second,
                                           ROWS };
    struct text_form_invitations_out *rows;
    size_t count;
    enum status status =
        text_form_invitations(forming->store, forming->arena, &in, &rows, &count, forming->fault);

    for (size_t i = 0; !status && i < count; i++)
        status = form_invitation(forming, &rows[i]);
    if (!status)
        move_to(forming, count, count ? rows[count - 1].organization_id : 0,
                count ? rows[count - 1].id : 0);
    return status;
}

/* True when the row has other forms: *out is how it changes. */
static bool
note_sensor(struct forming *forming, const struct text_form_sensors_out *row,
            struct text_form_sensors_set_in *out)
{
    struct name_forms forms;

    if (!form_name(&forms, row->name, row->name_folded))
        return false;
    *out = (struct text_form_sensors_set_in){
        .organization_id = row->organization_id,
        .id = row->id,
        .name = arena_text(forming->arena, forms.name, strlen(forms.name)),
        .name_folded = arena_text(forming->arena, forms.folded, strlen(forms.folded)),
    };
    assert(out->name && out->name_folded); /* ARENA_BYTES are enough for ROWS */
    return true;
}

static enum status
form_sensors(struct forming *forming)
{
    struct text_form_sensors_in in = { forming->place.after_first, forming->place.after_second,
                                       ROWS };
    struct text_form_sensors_set_in changes[ROWS];
    struct text_form_sensors_out *rows;
    size_t count, change_count = 0;
    enum status status =
        text_form_sensors(forming->store, forming->arena, &in, &rows, &count, forming->fault);

    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        change_count += note_sensor(forming, &rows[i], &changes[change_count]);
    forming->changed += (int64_t)change_count;
    move_to(forming, count, count ? rows[count - 1].organization_id : 0,
            count ? rows[count - 1].id : 0);
    return text_form_sensors_set(forming->store, forming->arena, changes, change_count, NULL,
                                 forming->fault);
}

static enum status
form_rows(struct forming *forming)
{
    switch ((enum stage)forming->place.stage) {
    case STAGE_ORGANIZATIONS:
        return form_organizations(forming);
    case STAGE_USERS:
        return form_users(forming);
    case STAGE_INVITATIONS:
        return form_invitations(forming);
    case STAGE_SENSORS:
        return form_sensors(forming);
    case STAGE_DONE:
        break;
    }
    return STATUS_OK;
}

static void
begin_stage(struct forming *forming, int64_t stage)
{
    forming->place.stage = stage;
    forming->place.after_first = INT64_MIN;
    forming->place.after_second = INT64_MIN;
}

/* In a transaction: the rows that come next. A stage ends with a step that is not full. */
static enum status
step(struct forming *forming, bool *done)
{
    struct text_form_lock_in start = { INT64_MIN };
    struct text_form_lock_out *place = &forming->place;
    enum status status =
        text_form_lock(forming->store, forming->arena, &start, place, forming->fault);

    if (!status && strcmp(place->rules, forming->rules))
        begin_stage(forming, STAGE_ORGANIZATIONS);
    forming->found = 0;
    if (!status)
        status = form_rows(forming);
    if (status)
        return status;
    if (forming->found < ROWS && place->stage != STAGE_DONE)
        begin_stage(forming, place->stage + 1);
    *done = place->stage == STAGE_DONE;
    return text_form_set(forming->store, forming->arena,
                         &(struct text_form_set_in){ forming->rules, place->stage,
                                                     place->after_first, place->after_second },
                         NULL, forming->fault);
}

static enum status
step_once(struct forming *forming, bool *done)
{
    int64_t changed = forming->changed;
    enum status status = store_begin(forming->store, forming->fault);

    if (status)
        return status;
    status = step(forming, done);
    if (status)
        store_rollback(forming->store);
    else
        status = store_commit(forming->store, forming->fault);
    if (status) {
        forming->changed = changed;
        *done = false;
    }
    arena_clear(forming->arena);
    return status;
}

enum status
text_forms_stale(struct store *store, bool *out, struct fault *fault)
{
    char rules[UNICODE_FOLD_VERSION_SIZE];
    struct text_form_get_out place;
    struct arena arena;
    bool found;

    unicode_fold_version(rules);
    arena_init(&arena, ARENA_BYTES);
    enum status status = text_form_get(store, &arena, &place, &found, fault);
    *out = status || !found || place.stage != STAGE_DONE || strcmp(place.rules, rules);
    arena_clear(&arena);
    return status;
}

enum status
text_forms_update(struct store *store, struct fault *fault)
{
    struct arena arena;
    struct forming forming = { .store = store, .arena = &arena, .fault = fault };
    bool stale = true, done = false;
    int tries = 0;
    enum status status = text_forms_stale(store, &stale, fault);

    unicode_fold_version(forming.rules);
    arena_init(&arena, ARENA_BYTES);
    while (stale && !done && (!status || (status == STATUS_BUSY && ++tries < TRIES)))
        status = step_once(&forming, &done);
    if (!status && forming.changed > 0)
        log_line(LOG_INFO, "store.texts_formed", "rows=%" PRId64, forming.changed);
    return status;
}
