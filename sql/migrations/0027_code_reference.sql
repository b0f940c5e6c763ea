-- An order is found by any part of its reference, in any case: the folded form, which
-- store/text_forms.c makes, is in the index that gives the newest orders first.
ALTER TABLE activation_code ADD COLUMN reference_folded {text} NOT NULL DEFAULT '';
DROP INDEX activation_code_by_reference;
DROP INDEX activation_code_by_issue;
CREATE INDEX activation_code_by_issue ON activation_code (issued_at, id, reference_folded);
