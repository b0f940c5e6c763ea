#include "store/text_forms.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/email.h"
#include "base/log.h"
#include "base/unicode.h"
#include "statements.h"
#include "store/store_internal.h"

enum {
    ROWS = 1000,
    STEPS_A_LINE = 50,
    NAME_MOST_BYTES = 200,
    ARENA_BYTES = 16 * 1024 * 1024,
    TRIES = 10
};

/* In the order of the store: text_form.stage. */
enum stage { STAGE_ORGANIZATIONS, STAGE_USERS, STAGE_INVITATIONS, STAGE_SENSORS, STAGE_DONE };

/* The forms of a store, beside those of this process. */
enum forms_state { FORMS_NEWER, FORMS_DONE, FORMS_OF_OLD_LIBRARY, FORMS_LACKING };

struct forms_context {
    struct db db;
    enum forms_state state;
    struct text_form_lock_out place;
    char rules[UNICODE_FOLD_VERSION_SIZE];
    size_t found;    /* rows of this step */
    int64_t changed; /* texts of all steps */
};

struct name_forms {
    const char *name; /* the old one, or `room` */
    char room[NAME_MOST_BYTES * UNICODE_GROWTH + 1];
    char folded[UNICODE_FOLDED_SIZE];
};

/* True when the row has other forms. A name that would get longer than names may be stays. */
static bool
form_name(struct name_forms *out, const char *name, const char *folded)
{
    size_t length = strlen(name);

    out->name = name;
    if (length <= NAME_MOST_BYTES && unicode_nfc(out->room, name, length) <= NAME_MOST_BYTES)
        out->name = out->room;
    unicode_fold(out->folded, name, length);
    return strcmp(out->name, name) || strcmp(out->folded, folded);
}

static void
forms_move_to(struct forms_context *context, int64_t first, int64_t second)
{
    context->place.after_first = first;
    context->place.after_second = second;
}

static enum status
form_organizations(struct forms_context *context)
{
    struct text_form_organizations_in in = { context->place.after_first, ROWS };
    struct text_form_organizations_out *rows;
    struct name_forms forms;
    size_t count;
    enum status status = text_form_organizations(&context->db, &in, &rows, &count);

    for (size_t i = 0; !status && i < count; i++) {
        if (!form_name(&forms, rows[i].name, rows[i].name_folded))
            continue;
        status =
            text_form_organization_set(&context->db,
                                       &(struct text_form_organization_set_in){
                                           rows[i].id, forms.name, forms.folded, rows[i].name },
                                       NULL);
        context->changed++;
    }
    context->found = status ? 0 : count;
    if (context->found > 0)
        forms_move_to(context, rows[count - 1].id, 0);
    return status;
}

/* The form of the account's address, which it keeps where another account has that form. */
static enum status
form_email(struct forms_context *context, const struct text_form_users_out *row,
           char email[EMAIL_SIZE], struct optional_int64 *same_as)
{
    struct text_form_user_of_email_out other;
    bool taken;

    *same_as = (struct optional_int64){ .is = false };
    if (!email_normalize(email, row->email))
        snprintf(email, EMAIL_SIZE, "%s", row->email);
    if (!strcmp(email, row->email))
        return STATUS_OK;
    enum status status = text_form_user_of_email(
        &context->db, &(struct text_form_user_of_email_in){ email }, &other, &taken);
    if (status || !taken)
        return status;
    *same_as = (struct optional_int64){ .is = true, .value = other.id };
    snprintf(email, EMAIL_SIZE, "%s", row->email);
    log_line(LOG_WARNING, "store.same_email", "user=%" PRId64 " other=%" PRId64, row->id, other.id);
    return STATUS_OK;
}

static enum status
form_user(struct forms_context *context, const struct text_form_users_out *row)
{
    char email[EMAIL_SIZE];
    struct name_forms forms;
    struct optional_int64 same_as;
    enum status status = form_email(context, row, email, &same_as);

    if (!status && form_name(&forms, row->name, row->name_folded)) {
        context->changed++;
        status = text_form_user_name_set(
            &context->db,
            &(struct text_form_user_name_set_in){ row->id, forms.name, forms.folded, row->name },
            NULL);
    }
    if (status
        || (!strcmp(email, row->email) && same_as.is == row->same_email_as.is
            && same_as.value == row->same_email_as.value))
        return status;
    context->changed++;
    return text_form_user_email_set(
        &context->db, &(struct text_form_user_email_set_in){ row->id, email, same_as, row->email },
        NULL);
}

static enum status
form_users(struct forms_context *context)
{
    struct text_form_users_in in = { context->place.after_first, context->place.after_second,
                                     ROWS };
    struct text_form_users_out *rows;
    size_t count;
    enum status status = text_form_users(&context->db, &in, &rows, &count);

    for (size_t i = 0; !status && i < count; i++)
        status = form_user(context, &rows[i]);
    context->found = status ? 0 : count;
    if (context->found > 0)
        forms_move_to(context, rows[count - 1].created_at, rows[count - 1].id);
    return status;
}

static enum status
form_invitation(struct forms_context *context, const struct text_form_invitations_out *row)
{
    char email[EMAIL_SIZE];
    int64_t changed;

    if (!email_normalize(email, row->email) || !strcmp(email, row->email))
        return STATUS_OK;
    enum status status = text_form_invitation_set(
        &context->db,
        &(struct text_form_invitation_set_in){ row->organization_id, row->id, email, row->email },
        &changed);
    if (status || changed == 0)
        return status;
    context->changed++;
    return text_form_invitation_mail_set(
        &context->db,
        &(struct text_form_invitation_mail_set_in){ row->organization_id, row->email, email },
        NULL);
}

static enum status
form_invitations(struct forms_context *context)
{
    struct text_form_invitations_in in = { context->place.after_first, context->place.after_second,
                                           ROWS };
    struct text_form_invitations_out *rows;
    size_t count;
    enum status status = text_form_invitations(&context->db, &in, &rows, &count);

    for (size_t i = 0; !status && i < count; i++)
        status = form_invitation(context, &rows[i]);
    context->found = status ? 0 : count;
    if (context->found > 0)
        forms_move_to(context, rows[count - 1].organization_id, rows[count - 1].id);
    return status;
}

/* True when the row has other forms: *out is how it changes. */
static bool
form_sensor(struct forms_context *context, const struct text_form_sensors_out *row,
            struct text_form_sensors_set_in *out)
{
    struct name_forms forms;

    if (!form_name(&forms, row->name, row->name_folded))
        return false;
    *out = (struct text_form_sensors_set_in){
        .organization_id = row->organization_id,
        .id = row->id,
        .name = arena_text(context->db.arena, forms.name, strlen(forms.name)),
        .name_folded = arena_text(context->db.arena, forms.folded, strlen(forms.folded)),
        .before = row->name,
    };
    assert(out->name && out->name_folded); /* ARENA_BYTES are enough for ROWS */
    return true;
}

static enum status
form_sensors(struct forms_context *context)
{
    struct text_form_sensors_in in = { context->place.after_first, context->place.after_second,
                                       ROWS };
    struct text_form_sensors_set_in changes[ROWS];
    struct text_form_sensors_out *rows;
    size_t count, change_count = 0;
    enum status status = text_form_sensors(&context->db, &in, &rows, &count);

    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        change_count += form_sensor(context, &rows[i], &changes[change_count]);
    context->found = count;
    if (count > 0)
        forms_move_to(context, rows[count - 1].organization_id, rows[count - 1].id);
    context->changed += (int64_t)change_count;
    return text_form_sensors_set(&context->db, changes, change_count, NULL);
}

static enum status
form_rows(struct forms_context *context)
{
    switch ((enum stage)context->place.stage) {
    case STAGE_ORGANIZATIONS:
        return form_organizations(context);
    case STAGE_USERS:
        return form_users(context);
    case STAGE_INVITATIONS:
        return form_invitations(context);
    case STAGE_SENSORS:
        return form_sensors(context);
    case STAGE_DONE:
        break;
    }
    return STATUS_OK;
}

static void
forms_begin_stage(struct forms_context *context, int64_t stage)
{
    context->place.stage = stage;
    context->place.after_first = INT64_MIN;
    context->place.after_second = INT64_MIN;
}

static enum forms_state
forms_state_of(const char *rules, int64_t stage)
{
    enum unicode_fold_age age = unicode_fold_age(rules);

    if (age == UNICODE_FOLD_NEWER)
        return FORMS_NEWER;
    if (age == UNICODE_FOLD_OLD_RULES || stage != STAGE_DONE)
        return FORMS_LACKING;
    return age == UNICODE_FOLD_OLD_LIBRARY ? FORMS_OF_OLD_LIBRARY : FORMS_DONE;
}

/* In a transaction: the rows that come next. A stage ends with a step that is not full. */
static enum status
forms_step(struct forms_context *context, bool *done)
{
    struct text_form_lock_in start = { INT64_MIN };
    struct text_form_lock_out *place = &context->place;
    enum status status = text_form_lock(&context->db, &start, place);

    if (status)
        return status;
    context->state = forms_state_of(place->rules, place->stage);
    *done = context->state <= FORMS_DONE;
    if (*done)
        return STATUS_OK;
    if (unicode_fold_age(place->rules) != UNICODE_FOLD_SAME)
        forms_begin_stage(context, STAGE_ORGANIZATIONS);
    context->found = 0;
    status = form_rows(context);
    if (status)
        return status;
    if (context->found < ROWS && place->stage != STAGE_DONE)
        forms_begin_stage(context, place->stage + 1);
    *done = place->stage == STAGE_DONE;
    return text_form_set(&context->db,
                         &(struct text_form_set_in){ context->rules, place->stage,
                                                     place->after_first, place->after_second },
                         NULL);
}

static enum status
forms_step_once(struct forms_context *context, bool *done)
{
    int64_t changed = context->changed;
    enum status status = store_begin(context->db.store, &context->db.fault);

    if (status)
        return status;
    status = forms_step(context, done);
    if (status)
        store_rollback(context->db.store);
    else
        status = store_commit(context->db.store, &context->db.fault);
    if (status) {
        context->changed = changed;
        *done = false;
    }
    arena_clear(context->db.arena);
    return status;
}

static enum status
forms_look(struct db *db, enum forms_state *out)
{
    struct text_form_get_out place;
    bool found;
    enum status status = text_form_get(db, &place, &found);

    *out = status || !found ? FORMS_LACKING : forms_state_of(place.rules, place.stage);
    arena_clear(db->arena);
    return status;
}

enum status
text_forms_stale(struct store *store, bool *out, struct fault *fault)
{
    struct arena arena;
    struct db db = { store, &arena, { 0 } };
    enum forms_state state;

    arena_init(&arena, ARENA_BYTES);
    enum status status = forms_look(&db, &state);
    *out = state > FORMS_DONE;
    if (status)
        *fault = db.fault;
    return status;
}

/* Makes the forms of a store in this state, or a worse one. */
static enum status
forms_make(struct forms_context *context, enum forms_state least)
{
    bool done = false;
    int tries = 0, steps = 0;
    enum status status = forms_look(&context->db, &context->state);

    if (context->state < least)
        return status;
    while (!done && (!status || (status == STATUS_BUSY && ++tries < TRIES))) {
        status = forms_step_once(context, &done);
        if (++steps % STEPS_A_LINE == 0)
            log_line(LOG_INFO, "store.texts_forming", "rows=%" PRId64, context->changed);
    }
    if (!status && context->changed > 0)
        log_line(LOG_INFO, "store.texts_formed", "rows=%" PRId64, context->changed);
    return status;
}

static enum status
forms_run(struct store *store, enum forms_state least, struct fault *fault)
{
    struct arena arena;
    struct forms_context context = { .db = { store, &arena, { 0 } } };

    arena_init(&arena, ARENA_BYTES);
    unicode_fold_version(context.rules);
    enum status status = forms_make(&context, least);
    if (status)
        *fault = context.db.fault;
    else if (context.state == FORMS_NEWER && least == FORMS_OF_OLD_LIBRARY)
        log_line(LOG_WARNING, "store.texts_newer", "own=%s", context.rules);
    return status;
}

enum status
text_forms_update(struct store *store, struct fault *fault)
{
    return forms_run(store, FORMS_OF_OLD_LIBRARY, fault);
}

enum status
text_forms_complete(struct store *store, struct fault *fault)
{
    return forms_run(store, FORMS_LACKING, fault);
}
