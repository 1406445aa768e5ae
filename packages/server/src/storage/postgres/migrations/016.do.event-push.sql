-- Sessions whose events are sent to a receiver, with what is secret for that: until all is received, or for a day.
CREATE TABLE event_push (
  session_id     text PRIMARY KEY,
  work_number    integer NOT NULL,
  tenant_id      integer NOT NULL,
  form           text NOT NULL,
  url            text NOT NULL,
  receiver       text NOT NULL,
  receiver_token text,
  session_token  text,
  -- Sequence of the newest event that was received.
  position       bigint NOT NULL,
  -- The process that sends; empty: none does yet.
  sender         text NOT NULL DEFAULT '',
  failed_at      bigint,
  failure        text
);
CREATE INDEX event_push_sender ON event_push (sender);
CREATE INDEX event_push_agent ON event_push (work_number);
CREATE INDEX event_push_tenant ON event_push (tenant_id, receiver);

-- Processes that send, and until when each may be taken to be alive.
CREATE TABLE push_sender (
  sender     text PRIMARY KEY,
  good_until bigint NOT NULL
);

UPDATE tenant SET
  definition = jsonb_set(definition::jsonb, '{policy,lease,pushAttentionS}', '130')::text,
  policy = jsonb_set(policy::jsonb, '{lease,pushAttentionS}', '130')::text;
