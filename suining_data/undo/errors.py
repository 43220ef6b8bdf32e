"""Why something cannot be undone. Here: the one error of this package, whose message says what to do."""


class NotPossible(Exception):
    """What was asked for cannot be done; the message is for the person who asked."""


def check_named(by: str, reason: str) -> tuple[str, str]:
    """Who decides, and why, without spaces around them. Raises NotPossible if one is empty."""
    if not by.strip() or not reason.strip():
        raise NotPossible("--by、--reason: 请写明决定人和理由 (give the name of who decides, and the reason)")
    return by.strip(), reason.strip()
