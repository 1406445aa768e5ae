-- The name that an agent may sign in with instead of its number, in the form in which names are compared.
ALTER TABLE agent ADD COLUMN account TEXT;
CREATE UNIQUE INDEX agent_account ON agent (account) WHERE account IS NOT NULL;
