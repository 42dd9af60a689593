-- Facts about no station (or none that is known), which the index of mentions leaves out: few, and rows of a station
-- pay nothing for it.
CREATE INDEX facts_nobodys ON facts (id) WHERE station IS NULL;
