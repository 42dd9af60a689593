-- What was found out about a message, so that a filter by findings need not judge every row anew. Messages about which
-- nothing is odd have no row here.
CREATE TABLE found (
    fact  INTEGER PRIMARY KEY,          -- facts.id of the fact that began the message
    codes TEXT NOT NULL,                -- the codes in small letters, a line feed before, between and after them
    body  TEXT                          -- JSON, see model/kept_findings.py; NULL when the bytes of the frames tell all
);

-- From this number on the table is complete; nothing is kept about older messages.
INSERT INTO counters (name, value) SELECT 'found.since', ifnull(max(id), 0) + 1 FROM facts;
