CREATE INDEX ix_input_project_id_id ON input (project_id, id);

CREATE INDEX ix_input_project_id_kind_id ON input (project_id, kind, id);

CREATE INDEX ix_annotation_input_id_task_id ON annotation (input_id, task_id);

DROP INDEX ix_annotation_task_id_input_id;

ALTER TABLE shard ADD COLUMN done_at TIMESTAMP WITH TIME ZONE;

COMMENT ON COLUMN shard.done_at IS 'the rate of a task is told from it';

CREATE TABLE leftover (
    hash BYTEA NOT NULL,
    CONSTRAINT pk_leftover PRIMARY KEY (hash)
);

COMMENT ON COLUMN leftover.hash IS 'of content that lost its input; its files are to go';
