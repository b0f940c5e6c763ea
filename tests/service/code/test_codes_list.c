/* The operator finds an order, and sees who may redeem it and who has. */
#include <string.h>

#include "service/code/codes.h"
#include "support/check.h"
#include "support/verbs.h"

static void
finds_references(struct fixture *fixture)
{
    static const struct {
        const char *reference, *quantities; /* newest first */
    } rows[] = {
        { "", "54321" },       { "4711", "21" },  { "po-47", "21" },  { "PO-4711/B", "2" },
        { "KÖLN", "3" },       { "koln", "3" },   { "strasse", "3" }, { "100%", "4" },
        { "%", "4" },          { "_", "5" },      { "!", "" },        { "łódź", "5" },
        { "Lo\u0301dz", "5" }, { "nothing", "" },
    };
    static const char *const references[] = {
        "PO-4711/A", "po-4711/b", "Köln, Straße 3", "100% cotton", "lodz_1",
    };

    for (int i = 0; i < 5; i++) {
        issue_as(fixture, &(struct code_request){
                              .quantity = i + 1, .term = "P1Y", .reference = references[i] });
        fixture->call.now++;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct code_query query = { .page = { .limit = 2 }, .reference = rows[i].reference };
        char got[8] = "";
        do { /* pages hold what fits the reference alone */
            struct code_page page;
            check_int(code_list(&fixture->call, &query, &page), STATUS_OK);
            for (size_t k = 0; k < page.count; k++)
                got[strlen(got)] = (char)('0' + page.items[k].quantity);
            query.page.cursor = page.next;
        } while (query.page.cursor);
        check_text(got, rows[i].quantities);
    }
}

TEST(code_list_finds_a_part_of_a_reference_in_any_case)
{
    with_each_store(finds_references);
}

static void
names_organizations(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Cold chain");
    int64_t other = make_organization(fixture, "Other");
    struct code_order order;
    struct code_page page;
    struct redemption redemption;
    struct code_request bound = { .quantity = 1, .term = "P1Y", .organization_id = other };

    check_int(code_issue(&fixture->call, &bound, &order), STATUS_OK);
    check_text(order.organization_name, "Other");
    fixture->call.now++;
    const char *code = issue(fixture, 2, "P1Y");
    fixture->call.now++;
    issue(fixture, 3, "P1Y");
    fixture->call.now++;
    check_int(code_redeem(&fixture->call, mine, code, &redemption), STATUS_OK);
    check_int(code_list(&fixture->call, &(struct code_query){ .page = { .limit = 9 } }, &page),
              STATUS_OK);
    check_int(page.count, 3);
    check_text(page.items[0].organization_name, "");
    check_text(page.items[1].organization_name, "Cold chain");
    check_int(page.items[1].redeemed_at, fixture->call.now);
    check_text(page.items[2].organization_name, "Other");
    check_int(page.items[2].redeemed_at, 0);
    check_int(page.items[2].bound_organization_id, other);
    check_int(code_get(&fixture->call, page.items[1].id, &order), STATUS_OK);
    check_text(order.organization_name, "Cold chain");
}

TEST(code_list_names_the_organization_of_a_code)
{
    with_each_store(names_organizations);
}
