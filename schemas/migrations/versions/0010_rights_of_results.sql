-- Nobody knows any more what the results there are were made under: nobody has this right.
ALTER TABLE uws.results ADD COLUMN rights TEXT[] NOT NULL DEFAULT '{unknown}';

ALTER TABLE uws.results ALTER COLUMN rights DROP DEFAULT;
