#include "service/code/codes.h"

#include <string.h>

#include "base/id.h"
#include "domain/term.h"
#include "service/audit/audit.h"
#include "service/core/cursor.h"
#include "service/core/like_pattern.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/organization/organizations.h"
#include "statements.h"
#include "store/store.h"

void
code_hash(uint8_t out[HASH_BYTES], const struct code *code, const struct secret_key *secret)
{
    char symbols[CODE_SYMBOLS];

    for (size_t i = 0; i < CODE_SYMBOLS; i++)
        symbols[i] = code_alphabet[code->values[i]];
    hash_bytes(out, symbols, sizeof symbols, secret);
}

static enum status
check_request(struct call *call, const struct code_request *request, struct code_order *order)
{
    struct term term;
    const char *text = request->term ? request->term : "";

    if (request->quantity < 1 || request->quantity > CODE_MOST_LICENSES)
        return call_fail(call, STATUS_INVALID, "", "quantity", "it must be 1 to %d",
                         CODE_MOST_LICENSES);
    if (!term_parse(&term, text, strlen(text)))
        return call_fail(call, STATUS_INVALID, "", "term",
                         "it must be one day to ten years, such as P2Y, P18M, P2W or P30D");
    if (request->has_redeem_by && request->redeem_by < call->now / UTC_DAY)
        return call_fail(call, STATUS_INVALID, "", "redeem_by", "it must not be in the past");
    return input_text(call, "reference", 0, REFERENCE_MOST_BYTES, &order->reference);
}

static enum status
record_issue(struct call *call, const struct code_order *order)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { "code.issue", "code", id, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_int64(writer, "quantity", order->quantity);
    json_put_text(writer, "term", order->term);
    if (order->has_redeem_by)
        json_put_date(writer, "redeem_by", order->redeem_by);
    else
        json_put_null(writer, "redeem_by");
    json_put_id(writer, "organization_id", order->bound_organization_id);
    json_put_text(writer, "reference", order->reference);
    id_format(id, order->id);
    enum status status = audit_json_close(&json, call, &fact.after);
    return status ? status : audit_append(call, AUDIT_OPERATOR_CHAIN, &fact);
}

static enum status
issue_body(struct call *call, void *with)
{
    struct code_order *order = with;
    int64_t bound = order->bound_organization_id;
    struct organization organization;
    uint8_t random[CODE_RANDOM_BYTES], hash[HASH_BYTES];
    enum status status = STATUS_OK;

    order->organization_name = "";
    if (bound)
        status = organization_get(call, bound, &organization);
    if (status == STATUS_NOT_FOUND)
        return call_fail(call, STATUS_NOT_FOUND, "", "organization_id",
                         "there is no such organization");
    if (status)
        return status;
    if (bound)
        order->organization_name = organization.name;

    random_bytes(random, sizeof random);
    struct code code = code_from_random(random);
    code_format(order->code, &code);
    code_hash(hash, &code, call->secret);
    order->id = id_random();
    struct code_insert_in in = {
        .id = order->id,
        .code_hash = { hash, sizeof hash },
        .quantity = order->quantity,
        .term = order->term,
        .redeem_by = { order->has_redeem_by, order->redeem_by },
        .bound_organization_id = { bound != 0, bound },
        .reference = order->reference,
        .issued_at = order->issued_at,
        .issued_by = order->issued_by,
    };
    status = input_fold(call, order->reference, &in.reference_folded);
    if (status)
        return status;
    status = code_insert(&call->db, &in, NULL);
    return status ? status : record_issue(call, order);
}

enum status
code_issue(struct call *call, const struct code_request *request, struct code_order *out)
{
    struct code_order order = {
        .quantity = request->quantity,
        .term = request->term,
        .has_redeem_by = request->has_redeem_by,
        .redeem_by = request->has_redeem_by ? request->redeem_by : 0,
        .bound_organization_id = request->organization_id,
        .reference = request->reference,
        .state = "issued",
        .issued_at = call->now,
        .issued_by = call->actor->name,
    };
    enum status status = check_request(call, request, &order);

    if (status)
        return status;
    status = transact(call, issue_body, &order);
    if (!status)
        *out = order;
    return status;
}

static struct code_order
order_of(const struct code_list_page_out *row)
{
    return (struct code_order){
        .id = row->id,
        .quantity = row->quantity,
        .term = row->term,
        .has_redeem_by = row->redeem_by.is,
        .redeem_by = row->redeem_by.value,
        .bound_organization_id = row->bound_organization_id,
        .reference = row->reference,
        .state = row->state,
        .issued_at = row->issued_at,
        .issued_by = row->issued_by,
        .redeemed_at = row->redeemed_at,
        .organization_id = row->organization_id,
        .organization_name = row->organization_name,
        .revoked_at = row->revoked_at,
        .revoked_by = row->revoked_by,
        .revoke_reason = row->revoke_reason,
    };
}

enum status
code_get(struct call *call, int64_t id, struct code_order *out)
{
    struct code_by_id_in in = { .code_id = id, .today = call->now / UTC_DAY };
    struct code_list_page_out row;
    bool found;
    enum status status = code_by_id(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such code");
    *out = order_of(&row);
    return STATUS_OK;
}

static enum status
finish_code_page(struct call *call, const struct code_list_page_out *rows, size_t count,
                 size_t limit, struct code_page *out)
{
    *out = (struct code_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = order_of(&rows[i]);
    if (count <= limit)
        return STATUS_OK;
    const struct code_order *last = &out->items[limit - 1];
    out->next = cursor_write_id(call, CURSOR_CODES, last->issued_at, last->id);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
code_list(struct call *call, const struct code_query *query, struct code_page *out)
{
    char reference[LIKE_PATTERN_SIZE];
    struct code_list_page_in in = {
        .reference = reference,
        .wanted_state = query->state ? query->state : "",
        .today = call->now / UTC_DAY,
        .before_at = UTC_NEVER,
        .before_id = INT64_MAX,
        .most = query->page.limit + 1,
    };
    struct code_list_page_out *rows;
    size_t count;
    enum status status =
        cursor_read_id(call, CURSOR_CODES, query->page.cursor, &in.before_at, &in.before_id);

    if (status)
        return status;
    like_pattern_fold(reference, query->reference ? query->reference : "");
    status = code_list_page(&call->db, &in, &rows, &count);
    return status ? status : finish_code_page(call, rows, count, (size_t)query->page.limit, out);
}

static enum status
finish_key_page(struct call *call, const struct key_list_page_out *rows, size_t count, size_t limit,
                struct key_page *out)
{
    *out = (struct key_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (struct key_item){
            .key = rows[i].key,
            .quantity = rows[i].quantity,
            .assigned = rows[i].assigned,
            .left = rows[i].licenses_left,
            .term = rows[i].term,
            .redeemed_at = rows[i].redeemed_at,
            .redeemed_by = rows[i].redeemed_by,
        };
    if (count <= limit)
        return STATUS_OK;
    out->next = cursor_write_id(call, CURSOR_KEYS, rows[limit - 1].redeemed_at, rows[limit - 1].id);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
key_list(struct call *call, int64_t organization_id, struct page_request page, struct key_page *out)
{
    struct key_list_page_in in = {
        .organization_id = organization_id,
        .after_at = INT64_MIN,
        .most = page.limit + 1,
    };
    struct key_list_page_out *rows;
    size_t count;
    enum status status = cursor_read_id(call, CURSOR_KEYS, page.cursor, &in.after_at, &in.after_id);

    if (status)
        return status;
    status = key_list_page(&call->db, &in, &rows, &count);
    return status ? status : finish_key_page(call, rows, count, (size_t)page.limit, out);
}
