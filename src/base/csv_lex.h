/* csv_lex.h - the symbols of a table; shared by the files of csv.h. */
#ifndef BASE_CSV_LEX_H
#define BASE_CSV_LEX_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the spaces and tabs at `at`, without a separator. */
size_t csv_blanks(const char *at, const char *end, char separator);

/* The length of one line break at `at`; 0: there is none. */
size_t csv_line_break(const char *at, const char *end);

/* Would a spreadsheet read the text as a formula, also without the apostrophes before it? */
bool csv_is_formula(const char *text);

#endif
