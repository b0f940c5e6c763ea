-- Names are found and sorted by their folded form, e-mail addresses have one form. Only the program
-- can make these forms: store/text_forms.c does so after the migrations, row by row, and whenever
-- its rules change.
ALTER TABLE organization ADD COLUMN name_folded {text} NOT NULL DEFAULT '';
ALTER TABLE user_account ADD COLUMN name_folded {text} NOT NULL DEFAULT '';

-- An account whose e-mail has the form of this other account's keeps the form that it has.
ALTER TABLE user_account ADD COLUMN same_email_as {int64};

-- How far the forms of the store are those of `rules`. One row.
CREATE TABLE text_form (
    id           {int64} PRIMARY KEY CHECK (id = 1),
    rules        TEXT    NOT NULL,                      -- base/unicode.h names them
    stage        {int64} NOT NULL,                      -- which table is next: store/text_forms.c
    after_first  {int64} NOT NULL,                      -- the row of it that was done last
    after_second {int64} NOT NULL
){strict};
