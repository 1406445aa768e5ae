-- Sites and sessions that were stored before these were known.
UPDATE tenant SET definition = json_set(definition, '$.accessCodes', json('[]'), '$.ivrs', json('[]'));
UPDATE agent SET definition = json_set(definition, '$.rights', json('[]'));
UPDATE agent SET settings = json_set(settings, '$.node', '', '$.skillQueues', json('[]'),
  '$.watched', json('{"added":[],"removed":[]}'))
WHERE settings IS NOT NULL;
