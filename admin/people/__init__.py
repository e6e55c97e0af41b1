"""The screens of people: found, seen with their identities and attempts, put on rosters, parted and merged."""
