"""The lessons, by where they come from: one file each, ``LESSONS`` by id."""
