/* import_words.h - the words of a list of sensors: names of its columns, and truth values. */
#ifndef EDGE_HTTP_ROUTES_IMPORT_WORDS_H
#define EDGE_HTTP_ROUTES_IMPORT_WORDS_H

#include <stdbool.h>

#include "edge/http/table_read.h"

enum import_column {
    IMPORT_SERIAL,
    IMPORT_NAME,
    IMPORT_KEY,
    IMPORT_AUTO_RENEWAL,
    IMPORT_CLAIM_CODE,
    IMPORT_COLUMN_COUNT
};

/* Reads English, German, French, Polish and other words, and passes over the columns that the
 * export of the License Manager adds. */
extern const struct table_form import_form;

/* Reads true and false as spreadsheets write them in the language of their user (WAHR, FAUX), yes
 * and no, 1 and 0. False: it is another text. */
bool import_read_truth(bool *out, const char *text);

#endif
