"""The keys of the walk: what each means, and how the bytes of a terminal become keys.

Keys are named by the character they type, arrows and the like by a word: "up", "enter", "escape". A Korean keyboard that was
left in Korean types ㅈ ㅁ ㄴ ㅇ where w a s d stand: those are understood as well.
"""

import re

COMMANDS = {
    **dict.fromkeys(("up", "w", "k"), "up"),
    **dict.fromkeys(("right", "d", "l"), "right"),
    **dict.fromkeys(("down", "s", "j"), "down"),
    **dict.fromkeys(("left", "a", "h"), "left"),
    " ": "greedy",
    "u": "undo",
    "r": "reset",
    "b": "look state",
    "B": "look action",
    "v": "values",
    "?": "help",
    "q": "quit",
    "end": "quit",
    "enter": "go on",
    "escape": "go on",
}
"""What a key asks for; digits, which ask for depth, are not among these."""

_KOREAN = dict(zip("ㅈㅁㄴㅇㅗㅓㅏㅣㅕㄱㅠㅍㅂ", "wasdhjklurbvq", strict=True))

_NAMED = {"\r": "enter", "\n": "enter", "\x1b": "escape", "\x03": "interrupt", "\x04": "end", "\x1a": "suspend"}
_NAMED.update({"\t": "tab", "\x7f": "backspace", "\x08": "backspace"})
_LETTERS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end of line"}
_SEQUENCE = re.compile(rb"\x1b(?:O(?P<three>.)|\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~]))", re.DOTALL)
_BEGINNING = re.compile(rb"\x1b(?:O|\[[0-?]*[ -/]*)?")


def command(key: str) -> str | None:
    """What a key asks for; None for one that asks for nothing."""
    return COMMANDS.get(_KOREAN.get(key, key))


def nearest(key: str) -> str | None:
    """The key that was probably meant: the same letter without Caps Lock."""
    other = key.lower()
    return other if other != key and other in COMMANDS else None


def is_syllable(key: str) -> bool:
    """Whether a Korean keyboard joined letters to a syllable before they arrived, or typed a letter that is no key here."""
    return len(key) == 1 and ("가" <= key <= "힣" or "ㄱ" <= key <= "ㆎ")


def next_key(data: bytes, complete: bool = False) -> tuple[str | None, bytes]:
    """The first key of `data`, and the bytes after it.

    Args:
        data: what a terminal sent.
        complete: nothing more is to come: an Escape that begins no sequence is the key itself.

    Returns:
        The key's name, and the rest; None and `data` where more bytes must come first. An escape sequence of an unknown key is
        one key, named by what it sent.
    """
    if not data:
        return None, data
    sequence = _SEQUENCE.match(data)
    if sequence:
        final = (sequence["three"] or sequence["final"]).decode("latin-1")
        sent = data[1 : sequence.end()].decode("latin-1")
        return _LETTERS.get(final, f"Esc {sent}"), data[sequence.end() :]
    if _BEGINNING.fullmatch(data) and not complete:
        return None, data
    length = _character_length(data[0])
    if len(data) < length and not complete:
        return None, data
    try:
        character = data[:length].decode("utf-8")
    except UnicodeDecodeError:
        return f"0x{data[0]:02x}", data[1:]
    return _NAMED.get(character, character), data[length:]


def _character_length(first: int) -> int:
    """How many bytes the UTF-8 character has that begins with this byte."""
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
