-- Sites and sessions that were stored before these were known.
UPDATE tenant SET definition = (definition::jsonb || '{"accessCodes":[],"ivrs":[]}')::text;
UPDATE agent SET definition = (definition::jsonb || '{"rights":[]}')::text;
UPDATE agent SET settings = (settings::jsonb || '{"node":"","skillQueues":[],"watched":{"added":[],"removed":[]}}')::text
WHERE settings IS NOT NULL;
