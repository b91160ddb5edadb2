"""The catalogue's tables, and how those of an older immunorag become today's."""

from __future__ import annotations

__all__ = ["MIGRATIONS", "SCHEMA", "SCHEMA_VERSION"]

SCHEMA_VERSION = 3

# `subjects` are the concepts that a paper is about, `tags` those that a chunk names besides (profile.py); `profiled` in
# `meta` says by which rules. `notices` are what became known of papers from elsewhere, whether they are here or not.
_TAGS = """
CREATE TABLE subjects (
    concept TEXT NOT NULL, paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE,
    PRIMARY KEY (concept, paper_id)) WITHOUT ROWID;
CREATE INDEX subjects_of_paper ON subjects (paper_id);
CREATE TABLE tags (
    concept TEXT NOT NULL, chunk_id TEXT NOT NULL REFERENCES chunks ON DELETE CASCADE,
    PRIMARY KEY (concept, chunk_id)) WITHOUT ROWID;
CREATE INDEX tags_of_chunk ON tags (chunk_id);
CREATE TABLE notices (
    alias TEXT NOT NULL, status TEXT NOT NULL, origin TEXT NOT NULL, date TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (alias, status, origin)) WITHOUT ROWID;
"""

# In `papers`, `stated` keeps what the readers found of that which rules and notices may overrule.
SCHEMA = (
    """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE papers (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, authors TEXT NOT NULL, journal TEXT NOT NULL, year INTEGER,
    doi TEXT NOT NULL, pmid TEXT NOT NULL, pmcid TEXT NOT NULL, trial_ids TEXT NOT NULL, design TEXT NOT NULL,
    status TEXT NOT NULL, source TEXT NOT NULL, chunks INTEGER NOT NULL, characters INTEGER NOT NULL,
    title_key TEXT NOT NULL DEFAULT '', stated TEXT NOT NULL DEFAULT '{}', design_class TEXT NOT NULL DEFAULT '',
    species TEXT NOT NULL DEFAULT '[]', prospective INTEGER, sample_size INTEGER, trials TEXT NOT NULL DEFAULT '[]');
CREATE INDEX papers_by_title ON papers (title_key);
CREATE TABLE texts (
    paper_id TEXT PRIMARY KEY REFERENCES papers ON DELETE CASCADE,
    text TEXT NOT NULL, sections TEXT NOT NULL, pages TEXT NOT NULL);
CREATE TABLE aliases (alias TEXT PRIMARY KEY, paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE);
CREATE INDEX aliases_of_paper ON aliases (paper_id);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    section INTEGER NOT NULL, page INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB NOT NULL);
CREATE INDEX chunks_of_paper ON chunks (paper_id, ordinal);
CREATE TABLE changes (paper_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, again INTEGER NOT NULL);
CREATE INDEX changes_by_revision ON changes (revision);
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, reader_version INTEGER NOT NULL, failed INTEGER NOT NULL,
    reason TEXT NOT NULL, paper_ids TEXT NOT NULL, kept TEXT NOT NULL);
INSERT INTO meta VALUES ('revision', '0'), ('generation', '0'), ('indexes', 'clean'), ('indexed', '0');
"""
    + _TAGS
)

# How a catalogue of an older schema becomes one of the next: statements by the version they start from. They may call
# the function title_key (titles.py).
MIGRATIONS: dict[int, str] = {
    1: """
ALTER TABLE papers ADD COLUMN title_key TEXT NOT NULL DEFAULT '';
UPDATE papers SET title_key = title_key(title);
CREATE INDEX papers_by_title ON papers (title_key);
""",
    2: """
ALTER TABLE papers ADD COLUMN stated TEXT NOT NULL DEFAULT '{}';
ALTER TABLE papers ADD COLUMN design_class TEXT NOT NULL DEFAULT '';
ALTER TABLE papers ADD COLUMN species TEXT NOT NULL DEFAULT '[]';
ALTER TABLE papers ADD COLUMN prospective INTEGER;
ALTER TABLE papers ADD COLUMN sample_size INTEGER;
ALTER TABLE papers ADD COLUMN trials TEXT NOT NULL DEFAULT '[]';
UPDATE papers SET stated = json_object('design', design, 'trial_ids', json(trial_ids), 'status', status);
"""
    + _TAGS,
}
