ALTER TABLE activity ALTER COLUMN person_id DROP NOT NULL;

COMMENT ON COLUMN activity.person_id IS 'null: no person did it, it happened to a task''s run';
