"""Credit repair: an adverse entry ends early because its causes are gone."""
