"""What every reader of YAML takes alike: those of YAML 1.1, those of YAML 1.2, and Go's.

Sources: the types of YAML 1.1 (yaml.org/type: bool, float, int, merge, null, timestamp, value)
and the core schema of YAML 1.2.2.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..json import positional, scientific, shortest_digits
from ..scalars import is_string
from ._strings import styled, word

# Not compiled here, as few commands print so.
_OLD = r"""(?xia)
    = | <<
    | [-+]?0b[01_]+ | [-+]?0o[0-7_]+ | [-+]?0x[0-9a-f_]+
    | [-+]?[0-9][0-9_,]* (?: : [0-5]?[0-9] )* (?: \.[0-9_]* )? (?: e[-+]?[0-9_]+ )?
    | [-+]?\.[0-9_]+ (?: e[-+]?[0-9_]+ )?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
      (?: (?: t | [ \t]+ ) [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2} (?: \.[0-9]* )?
          (?: [ \t]* (?: z | [-+][0-9]{1,2} (?: :[0-9]{2} )? ) )? )?
    """
"""More than YAML 1.1 says, as its readers follow it more or less: quotes are never wrong."""

_MAX_DIGITS = 21
"""Of a whole number that is written out; JavaScript has the same limit."""


def is_text(text: str) -> bool:
    """Whether the plain text is a string for every reader, so that it needs no quotes."""
    return is_string(text) and not re.fullmatch(_OLD, text)


@lru_cache(maxsize=16384)
def word_for_all(text: str) -> str:
    """`text` as it is printed anywhere, or "" if that depends on the place."""
    return word(text) if is_text(text) else '"{1}"'.format(*styled(text, is_plain=is_text))


def number_text(number: int | float) -> str:
    """A number that every reader takes for the same number: 1000000, 1.0e+30, 1.5e-07.

    YAML 1.1 takes no exponent for one without a point in front and a sign behind.
    """
    if isinstance(number, int) and abs(number) < 10**_MAX_DIGITS:
        return str(number)
    sign, digits, exponent = shortest_digits(float(number))
    if digits.strip("0") == "":
        return f"{sign}0.0" if sign else "0"
    if -5 < exponent < _MAX_DIGITS:
        return sign + positional(digits, exponent)
    text = scientific(digits, exponent, width=2)
    return sign + (text if "." in text else text.replace("e", ".0e"))
