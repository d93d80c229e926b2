ALTER TABLE ledger ADD COLUMN likeness BIGINT;

COMMENT ON COLUMN ledger.likeness IS 'core.likeness; null: no model was shown it, or nothing is known of it';

ALTER TABLE assignment ADD COLUMN likeness BIGINT DEFAULT '9223372036854775807' NOT NULL;

COMMENT ON COLUMN assignment.likeness IS 'the ledger''s, or the last place';

CREATE INDEX ix_assignment_likeness ON assignment (task_id, person_id, likeness, input_id) WHERE done_at IS NULL;
