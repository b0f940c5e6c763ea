/* Real frames and what must come out: tests/vectors/device-vectors.jsonl. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/channel.h"
#include "edge/coap/answer.h"
#include "edge/coap/decode.h"
#include "hex.h"
#include "support/check.h"

static const struct sample *
find_sample(const struct delivery *delivery, json_int_t channel, json_int_t at)
{
    for (size_t i = 0; i < delivery->sample_count; i++) {
        const struct sample *sample = &delivery->samples[i];
        if (sample->channel == channel && sample->at == at)
            return sample;
    }
    return NULL;
}

static void
check_value(const struct sample *sample, double want)
{
    check(sample && sample->kind == SAMPLE_VALUE);
    if (sample)
        check(fabs(channel_reading(sample->type, sample->raw).value - want) < 1e-9);
}

/* {"at", and one of "value", "error_code", "state"} */
static void
check_sample(const struct delivery *delivery, json_int_t channel, json_t *want)
{
    const struct sample *sample =
        find_sample(delivery, channel, json_integer_value(json_object_get(want, "at")));
    json_t *code = json_object_get(want, "error_code");
    const char *state = json_string_value(json_object_get(want, "state"));

    check(sample != NULL);
    if (!sample)
        return;
    if (code) {
        check_int(sample->kind, SAMPLE_ERROR);
        check_int(sample->raw, json_integer_value(code));
    } else if (state) {
        check_int(sample->kind, SAMPLE_STATE);
        check(!strcasecmp(channel_state_word(sample->type, sample->raw), state));
    } else {
        check_value(sample, json_number_value(json_object_get(want, "value")));
    }
}

/* {"channel", "type", and "samples" or "values": [[at, value], ...]} */
static size_t
check_channel(const struct delivery *delivery, json_t *want)
{
    json_int_t channel = json_integer_value(json_object_get(want, "channel"));
    json_t *samples = json_object_get(want, "samples"), *values = json_object_get(want, "values");
    json_t *item;
    size_t i;

    json_array_foreach(samples, i, item) check_sample(delivery, channel, item);
    json_array_foreach(values, i, item)
        check_value(find_sample(delivery, channel, json_integer_value(json_array_get(item, 0))),
                    json_number_value(json_array_get(item, 1)));
    for (i = 0; i < delivery->sample_count; i++)
        if (delivery->samples[i].channel == channel)
            check_int(delivery->samples[i].type, json_integer_value(json_object_get(want, "type")));
    return json_array_size(samples) + json_array_size(values);
}

static void
check_measurements(const struct bytes *payload, json_t *expected)
{
    struct decoder *decoder = decoder_open();
    struct delivery delivery = { .kind = DELIVERY_MEASUREMENTS,
                                 .payload = payload->at,
                                 .payload_size = payload->size };
    struct fault fault;
    struct arena arena;
    json_t *channels = json_object_get(expected, "channels"), *channel, *field;
    size_t i, samples = 0;

    arena_init(&arena, 1 << 20);
    check_int(decode_delivery(&delivery, decoder, &arena, &fault), STATUS_OK);
    json_array_foreach(channels, i, channel) samples += check_channel(&delivery, channel);
    if (channels)
        check_int(delivery.sample_count, samples);
    if ((field = json_object_get(expected, "battery_ok")))
        check_int(delivery.battery_ok, json_is_true(field));
    if ((field = json_object_get(expected, "battery_level_raw")))
        check_int(delivery.battery_level, json_integer_value(field));
    arena_clear(&arena);
    decoder_close(decoder);
}

/* The answer's payload stands behind header and marker. */
static void
check_answer(const struct bytes *payload, json_t *expected, const char *endpoint)
{
    const struct packet_id to = { .message_id = 1 };
    json_t *time = json_object_get(expected, "unix_time");
    struct answer answer;

    if (!time)
        time = json_object_get(expected, "current_time");
    if (json_object_get(expected, "device_info_request"))
        return; /* we do not ask for it */
    if (!strcmp(endpoint, "answer to t"))
        answer_time(&answer, &to, json_integer_value(time));
    else
        answer_verdict(&answer, &to, INGEST_DONE, json_integer_value(time), 0);
    check_int(answer.size - 5, payload->size);
    check(!memcmp(answer.bytes + 5, payload->at, payload->size));
}

TEST(vectors_come_out_as_expected)
{
    FILE *file = fopen(getenv("DEVICE_VECTORS"), "r");
    char line[16384];
    int measurements = 0, answers = 0;

    check(file != NULL);
    while (file && fgets(line, sizeof line, file)) {
        json_t *vector = json_loads(line, 0, NULL);
        json_t *expected = json_object_get(vector, "expected");
        const char *endpoint = json_string_value(json_object_get(vector, "endpoint"));
        const char *hex = json_string_value(json_object_get(vector, "payload_hex"));
        struct bytes payload = from_hex(hex ? hex : "");

        check_row(hex);
        if (endpoint && !strcmp(endpoint, "m")) {
            check_measurements(&payload, expected);
            measurements++;
        } else if (endpoint && !strncmp(endpoint, "answer", 6)) {
            check_answer(&payload, expected, endpoint);
            answers++;
        }
        check_row(NULL);
        json_decref(vector);
    }
    if (file)
        fclose(file);
    check(measurements >= 5 && answers >= 3);
}
