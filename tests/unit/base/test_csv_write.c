#include "base/csv.h"

#include "support/check.h"

static const struct {
    const char *row, *field, *written;
} fields[] = {
    { "plain", "Cold room", "Cold room" },
    { "nothing", "", "" },
    { "a comma", "a,b", "\"a,b\"" },
    { "a quote", "3\" pipe", "\"3\"\" pipe\"" },
    { "quotes at both ends", "\"x\"", "\"\"\"x\"\"\"" },
    { "a line break", "a\nb", "\"a\nb\"" },
    { "a formula", "=1+1", "'=1+1" },
    { "a formula with a comma", "@SUM(1,2)", "\"'@SUM(1,2)\"" },
    { "a minus inside", "a-b", "a-b" },
};

TEST(csv_fields_are_quoted_where_they_must_be)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct buffer out;

        check_row(fields[i].row);
        buffer_init(&out, 100);
        csv_put_row(&out, &fields[i].field, 1);
        out.bytes[out.size -= 2] = '\0'; /* the line's end */
        check_text(out.bytes, fields[i].written);
        buffer_clear(&out);
    }
}

TEST(csv_rows_end_with_a_line_break)
{
    static const char *const row[] = { "a", "b,c", "" };
    struct buffer out;

    buffer_init(&out, 100);
    csv_put_row(&out, row, 3);
    check_text(out.bytes, "a,\"b,c\",\r\n");
    buffer_clear(&out);
}
