"""The ways a call can fail that are the caller's to mend; each message is one line that says how."""


class AnalysisError(Exception):
    """A fault with one clear line to show; the front door prints it and exits with ``exit_status``."""

    exit_status = 30


class InputError(AnalysisError):
    """What was given cannot be used: it says what and where, and what to do about it."""

    exit_status = 20


def why(error: OSError) -> str:
    """Return what the system said went wrong; where many files of a folder failed, of the first of them."""
    many = error.args[0] if error.args else ""
    if error.strerror or not isinstance(many, list):
        return error.strerror or str(error)
    return str(many[0][-1]).partition("] ")[2] or str(many[0][-1])


def fault_of(error: Exception, place: object = "a file") -> AnalysisError:
    """Return what went wrong as a fault with one line; ``place`` is said where the system names no file."""
    if isinstance(error, AnalysisError):
        return error
    if isinstance(error, OSError):
        return AnalysisError(f"{error.filename or place}: {why(error)}")
    return AnalysisError(f"{type(error).__name__}: {error}; this is a defect, --debug shows where")
