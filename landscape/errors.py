"""The exceptions of the package.

    LandscapeError
    +-- DataError            the samples cannot be had
    |   +-- DataMissing      a file is not there (and what to do about it)
    |   +-- DataCorrupt      a file is there, but it is not what it should be
    +-- PlaneError           no plane can be laid through these parameters
    +-- ModelError           a loss of one's own raised, or gave what is no loss
    +-- LibraryMissing       an optional library, or the dashboard itself, is not installed here
    +-- CacheCorrupt         a cached entry does not match its checksum

A scene that breaks a rule raises :class:`pydantic.ValidationError`, whose messages
name the field, the bound and what was got. :class:`LinkWarning` is the warning for
parts of a link that could not be read and were replaced by their defaults.
"""


class LandscapeError(Exception):
    """Base of everything this package raises on purpose."""


class DataError(LandscapeError):
    """The samples cannot be had."""


class DataMissing(DataError):
    """A data file is absent. The message names the file and says how to get it."""


class DataCorrupt(DataError):
    """A data file is truncated, swapped or altered. Nothing of it was read."""


class PlaneError(LandscapeError):
    """The parameters themselves admit no such plane: a column is zero, or their training blew up."""


class ModelError(LandscapeError):
    """A loss or gradient that a program brought along raised, or gave something else than was wanted."""


class LibraryMissing(LandscapeError, ImportError):
    """An optional library, or the dashboard itself, is not installed here. The message says how to get it."""


class CacheCorrupt(LandscapeError):
    """A cached entry fails its checksum; the caller computes it anew."""


class LinkWarning(UserWarning):
    """Part of a link could not be read; the default has taken its place."""
