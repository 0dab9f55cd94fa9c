"""Everything that can go wrong and that a person can act on.

Each message is addressed to the person: what happened, what to do. The screen prints it as it stands.
"""


class McmError(Exception):
    """The base of every error that is shown to a person in its own words."""


class NotAllowed(McmError):
    """The visitor may not do or see this; foreign and unknown things look the same."""

    def __init__(self, message: str = "There is nothing here for you. Go back to Today and try again.") -> None:
        super().__init__(message)


class Reconfirm(McmError):
    """The visitor may do this, and has not said lately who they are. Whoever asks again lets them go on."""

    def __init__(self) -> None:
        super().__init__("You signed in a while ago. Say again who you are, and then do this once more.")


class Refused(McmError):
    """The request is understood and cannot be carried out as it stands."""


class Conflict(McmError):
    """Somebody else was quicker; nothing was overwritten."""
