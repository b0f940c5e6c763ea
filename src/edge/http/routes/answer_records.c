/* answer_records.c - writes records of several routes. */
#include "domain/channel.h"
#include "edge/http/answer.h"
#include "service/ledger/pool_withdrawal.h"
#include "service/license/licensing.h"
#include "service/manager/manager.h"
#include "service/outbox/outbox.h"

void
write_license(struct json_writer *json, const void *item)
{
    const struct license *license = item;

    json_put_id(json, "id", license->id);
    json_put_text(json, "serial", license->serial);
    json_put_text(json, "key", license->key);
    json_put_text(json, "term", license->term);
    json_put_text(json, "state", license_state_words[license->state]);
    json_put_time(json, "starts_at", license->starts_at);
    json_put_time(json, "expires_at", license->expires_at);
    json_put_date(json, "last_day", license->last_day);
    json_put_time(json, "assigned_at", license->assigned_at);
    json_put_text(json, "assigned_by", license->assigned_by);
}

void
write_key_taken(struct json_writer *json, const void *item)
{
    const struct key_taken *taken = item;

    json_put_text(json, "key", taken->key);
    json_put_text(json, "term", taken->term);
    json_put_int64(json, "quantity", taken->quantity);
    json_put_time(json, "expires_at", taken->expires_at);
    json_put_date(json, "last_day", taken->last_day);
}

/* All members are null if the sensor has no license. */
static void
write_current_license(struct json_writer *json, const struct manager_row *row)
{
    json_put_time(json, "activated_at", row->activated_at);
    json_put_time(json, "expires_at", row->expires_at);
    json_put_date(json, "last_day", row->last_day);
    json_put_int64_if(json, "days_left", row->has_license && row->days_left >= 0, row->days_left);
    json_put_text(json, "key", row->key);
    json_put_int64_if(json, "key_assigned", row->has_license, row->key_assigned);
    json_put_int64_if(json, "key_quantity", row->has_license, row->key_quantity);
    json_put_id(json, "license_id", row->license_id);
}

void
write_refused(struct json_writer *json, const struct refused *refused)
{
    static const enum gate_verdict reasons[] = {
        GATE_REFUSE_UNLICENSED,    GATE_REFUSE_EXPIRED,   GATE_REFUSE_BEFORE_FIRST_LICENSE,
        GATE_REFUSE_BAD_TIMESTAMP, GATE_REFUSE_BAD_TOKEN,
    };

    json_put_object_open(json, "refused");
    json_put_int64(json, "count", refused->count);
    json_put_time(json, "first_at", refused->first_at);
    json_put_time(json, "last_at", refused->last_at);
    json_put_object_open(json, "reasons");
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        json_put_int64(json, gate_verdict_words[reasons[i]], refused->reasons[reasons[i]]);
    json_object_close(json);
    json_object_close(json);
}

void
write_manager_row(struct json_writer *json, const void *item)
{
    const struct manager_row *row = item;

    json_put_text(json, "serial", row->serial);
    json_put_text(json, "name", row->name);
    json_put_text(json, "state", sensor_state_words[row->state]);
    write_current_license(json, row);
    json_put_bool(json, "auto_renewal", row->auto_renewal);
    json_put_time(json, "covered_until", row->covered_until);
    answer_array(json, "queue", ANSWER_ITEMS(row->queue, row->queue_count, write_license));
    json_put_text(json, "next", row->next);
    write_refused(json, &row->refused);
}

void
write_delivery(struct json_writer *json, const struct outbox_delivery *delivery)
{
    json_put_time(json, "queued_at", delivery->queued_at);
    json_put_text(json, "state", delivery->state);
    json_put_int64(json, "attempts", delivery->attempts);
    json_put_time(json, "sent_at", delivery->sent_at);
    json_put_text(json, "last_error", delivery->last_error);
}

void
write_channel(struct json_writer *json, const struct sample *sample)
{
    char name[CHANNEL_NAME_SIZE];

    channel_name(name, sample->type);
    json_put_int64(json, "channel", sample->channel);
    json_put_text(json, "type", name);
    json_put_text(json, "unit", channel_type(sample->type)->unit);
}

void
write_sample(struct json_writer *json, const struct sample *sample)
{
    json_put_time(json, "at", sample->at);
    if (sample->kind == SAMPLE_STATE) {
        json_put_text(json, "state", channel_state_word(sample->type, sample->raw));
        return;
    }
    if (sample->kind == SAMPLE_ERROR) {
        json_put_int64(json, "error_code", sample->raw);
        return;
    }
    struct channel_reading reading = channel_reading(sample->type, sample->raw);
    json_put_real(json, "value", reading.value);
    if (reading.has_meta)
        json_put_int64(json, "meta", reading.meta);
}

static void
write_membership(struct json_writer *json, const void *item)
{
    const struct membership *membership = item;

    json_put_id(json, "id", membership->organization_id);
    json_put_text(json, "name", membership->name);
    json_put_text(json, "role", role_words[membership->role]);
}

void
hash_new_password(struct http_request *http)
{
    struct new_password *password = http->input;

    if (password->text)
        password_hash(password->hash, password->text);
}

enum status
answer_signed_in(struct http_request *http, int code, const struct signed_in *who)
{
    struct json_writer json;

    answer_open(http, &json, code);
    json_put_object_open(&json, "user");
    json_put_id(&json, "id", who->user.id);
    json_put_text(&json, "email", who->user.email);
    json_put_text(&json, "name", who->user.name);
    json_put_bool(&json, "operator", who->user.operator_);
    json_object_close(&json);
    answer_array(&json, "organizations",
                 ANSWER_ITEMS(who->organizations, who->organization_count, write_membership));
    json_put_text(&json, "claim", claim_policy_words[http->context->claim]);
    if (*who->token) {
        answer_session(http, who->token);
        answer_browsers(http, who->browsers);
    }
    return answer_close(http, &json);
}
