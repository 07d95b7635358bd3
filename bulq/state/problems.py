"""Reads a problem document (RFC 9457) as it came back through the browser."""

LONGEST = 400


def messages(problem: object, fields: tuple[str, ...]) -> dict[str, str]:
    """A message per field, empty where there is none; under "" what belongs to no field of the form.

    The browser hands this over, so nothing about its shape is sure.
    """
    found = dict.fromkeys(("", *fields), "")
    if not isinstance(problem, dict):
        return found
    errors = problem.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict) and (message := _text(error.get("message"))):
            name = error.get("field")
            place = name if name in fields else ""
            found[place] = found[place] or message
    if not any(found.values()):
        found[""] = _text(problem.get("detail")) or _text(problem.get("title"))
    return found


def _text(value: object) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""
