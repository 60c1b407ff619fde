"""The order in which Go's yaml packages print the keys of a map."""

from __future__ import annotations

from functools import cmp_to_key, partial


def ordered_keys(keys: tuple[str, ...], *, letters_first_in_numbers: bool) -> list[str]:
    """Letters after everything else, runs of digits by the number they make.

    Behind a digit, yaml.v3 puts letters first.
    """
    ordered = sorted(keys)
    if not all(key.isascii() and key.isalpha() for key in keys):
        # This is no total order, so the result depends on the one before; Go's is random.
        compare = partial(_compare, letters_first_in_numbers=letters_first_in_numbers)
        ordered.sort(key=cmp_to_key(compare))
    return ordered


def _compare(left: str, right: str, letters_first_in_numbers: bool) -> int:
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if a == b:
            continue
        if a.isalpha() or b.isalpha():
            if a.isalpha() and b.isalpha():
                return -1 if a < b else 1
            letters_first = letters_first_in_numbers and left[:at][-1:].isdecimal()
            return -1 if letters_first == a.isalpha() else 1
        inside = "0" in (a, b) and _ends_in_positive_number(left[:at])
        numbers = [_number_at(text, at, inside) for text in (left, right)]
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        return -1 if a < b else 1
    return len(left) - len(right)


def _ends_in_positive_number(text: str) -> bool:
    digits = len(text)
    while digits and text[digits - 1].isdecimal():
        digits -= 1
    return text[digits:].strip("0") != ""


def _number_at(text: str, start: int, inside: bool) -> tuple[int, int]:
    """The value of the digits from `start` on, in Go's int64, and where they end."""
    value, at = int(inside), start
    while at < len(text) and text[at].isdecimal():
        value = value * 10 + ord(text[at]) - ord("0")
        at += 1
    return (value + 2**63) % 2**64 - 2**63, at
