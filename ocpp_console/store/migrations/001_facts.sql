-- One row a fact. A station's call and the reply that was held for it share a row.
CREATE TABLE facts (
    id          INTEGER PRIMARY KEY,    -- the fact's number (seq)
    at          INTEGER NOT NULL,       -- microseconds since 1970-01-01 UTC
    kind        INTEGER NOT NULL,       -- store/rows.py: KIND_*
    station     INTEGER,                -- words.id
    connection  INTEGER,                -- facts.id of the StationConnected
    action      INTEGER,                -- words.id; an answer carries the action of its call where it is known
    answers     INTEGER,                -- facts.id of the FrameReceived this answers
    frame       BLOB,                   -- the bytes of a frame, or the other fields of the fact as JSON; as text
                                        -- where they are UTF-8 without NUL (LIKE takes those as they lie), else a blob
    reply       BLOB,                   -- the same of the reply; without '[3,"<id>",' when that follows from the call
    reply_after INTEGER                 -- microseconds from `at` to the reply; NULL when it never left
);

CREATE INDEX facts_answers ON facts (answers) WHERE answers IS NOT NULL;

CREATE TABLE words (
    id   INTEGER PRIMARY KEY,
    role TEXT NOT NULL,                 -- 'station' or 'action'
    text BLOB NOT NULL,                 -- UTF-8, lone surrogates as they are
    UNIQUE (role, text)
);

-- Where a station or an action occurs. Kept for a span of facts at a time and in the order of time, so that the
-- index grows at its end only: an ordinary index on the station costs three times the insert of the row itself.
CREATE TABLE spans (
    last  INTEGER PRIMARY KEY,          -- the highest facts.id of the span
    first INTEGER NOT NULL              -- the lowest
);

CREATE TABLE mentions (
    span  INTEGER NOT NULL,             -- spans.last
    word  INTEGER NOT NULL,             -- words.id
    fact  INTEGER NOT NULL,             -- facts.id
    other INTEGER,                      -- of a station's mention: the action
    PRIMARY KEY (span, word, fact)
) WITHOUT ROWID;

CREATE TRIGGER spans_filled AFTER INSERT ON spans BEGIN
    INSERT INTO mentions (span, word, fact, other)
        SELECT NEW.last, station, id, action FROM facts
            WHERE id BETWEEN NEW.first AND NEW.last AND station IS NOT NULL
        UNION ALL
        SELECT NEW.last, action, id, NULL FROM facts
            WHERE id BETWEEN NEW.first AND NEW.last AND action IS NOT NULL
        ORDER BY 2, 3;
END;

-- What is not a fact: snapshots of stations and transactions, id tags, settings of a station.
CREATE TABLE documents (
    kind TEXT NOT NULL,
    key  BLOB NOT NULL,
    body BLOB NOT NULL,                 -- JSON
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
