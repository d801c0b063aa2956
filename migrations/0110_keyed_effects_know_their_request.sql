-- Another request under a key that was used already is refused, not answered with what the first
-- one did. Empty: kept before this was known, or the key says it all (an import's chunk).
alter table effects add column fingerprint text not null default '';
