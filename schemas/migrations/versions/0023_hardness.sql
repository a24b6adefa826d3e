-- Old failures are deleted by their age, and a token that another one made ends with that.

CREATE INDEX attempts_last_at_idx ON auth.attempts (last_at);

ALTER TABLE auth.tokens ADD COLUMN made_by TEXT;

ALTER TABLE auth.tokens ADD CONSTRAINT tokens_made_by_fkey FOREIGN KEY(made_by) REFERENCES auth.tokens (token_id);
