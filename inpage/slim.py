"""Take out of compiled Python what no page shows: documentation and places in a source.

The engine's library is compiled, by another Python than ours, so it is not loaded here:
what ``marshal`` writes is walked through, and pieces of it are left out. Documentation
strings become empty ones; tables that lead from instructions to places in the source
keep the lines, which some libraries ask for, and lose the columns. A string that is
used again stays, and so does a file that reads otherwise than expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HEADER = 16  # bytes in front of what marshal wrote
SHARED = 0x80  # marks what later places may refer to, by its number
HAS_DOCUMENTATION = 0x4000000  # a flag of functions: their first constant is the text
FUNCTION = 0x2  # a flag that modules and classes lack
SIZES = {**dict.fromkeys("0NFTS.", 0), "i": 4, "r": 4, "I": 8, "g": 8, "y": 16}
TEXTS, SHORT_TEXTS = "uatA", "zZ"


@dataclass
class Piece:
    """A value: its type, its place, its number if it is shared, and what it holds."""

    kind: str
    start: int
    end: int = 0
    number: int | None = None
    holds: list[Piece] = field(default_factory=list)


class Walk:
    """A walk through compiled code that notes what can be left out."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, HEADER
        self.shared: list[Piece] = []
        self.used: set[int] = set()
        self.texts: list[Piece] = []
        self.tables: list[Piece] = []
        self.value()
        if self.at != len(content):
            raise ValueError("There is more than one value.")

    def integer(self, size: int = 4) -> int:
        """Read an integer."""
        self.at += size
        piece = self.content[self.at - size : self.at]
        return int.from_bytes(piece, "little", signed=size > 1)

    def skip(self, size: int) -> None:
        """Go on by so many bytes."""
        self.at += size

    def value(self) -> Piece:
        """Read a value and what it holds."""
        mark = self.content[self.at]
        piece = Piece(chr(mark & ~SHARED), self.at)
        self.at += 1
        if mark & SHARED:
            piece.number = len(self.shared)
            self.shared.append(piece)
        if piece.kind == "c":
            self.code()
        elif piece.kind == "r":
            piece.number = self.integer()
            self.used.add(piece.number)
        elif piece.kind in SIZES:
            self.skip(SIZES[piece.kind])
        elif piece.kind == "l":
            self.skip(2 * abs(self.integer()))
        elif piece.kind in f"s{TEXTS}":
            self.skip(self.integer())
        elif piece.kind in SHORT_TEXTS:
            self.skip(self.integer(1))
        elif piece.kind in ")([<>":
            count = self.integer(1 if piece.kind == ")" else 4)
            piece.holds = [self.value() for _ in range(count)]
        elif piece.kind == ":":
            piece.holds = [self.value() for _ in range(3)]
        else:
            raise ValueError(f"There is a value of an unknown type {piece.kind!r}.")
        piece.end = self.at
        return piece

    def code(self) -> None:
        """Read the code of a module, a class or a function."""
        self.skip(16)  # numbers of arguments, size of the stack
        flags = self.integer()
        self.value()  # instructions
        constants, names = self.value().holds, self.value().holds
        for _ in range(5):  # names and kinds of variables; file, name, full name
            self.value()
        self.skip(4)  # first line
        self.tables.append(self.value())
        self.value()  # exceptions
        if flags & HAS_DOCUMENTATION:
            self.texts += constants[:1]
        elif not flags & FUNCTION:
            # A module's text comes first; that of a class after names that all have.
            stored = [self.word(name) for name in names[:5]]
            if stored[:1] == [b"__doc__"]:
                self.texts += constants[:1]
            elif b"__doc__" in stored and b"__qualname__" in stored:
                texts = (c for c in constants[1:3] if c.kind in TEXTS + SHORT_TEXTS)
                self.texts += list(texts)[:1]

    def word(self, piece: Piece) -> bytes:
        """Return the bytes of a text, also of one that stands elsewhere."""
        if piece.kind == "r" and piece.number is not None:
            piece = self.shared[piece.number]
        size = 1 if piece.kind in SHORT_TEXTS else 4
        return self.content[piece.start + 1 + size : piece.end]

    def cuts(self) -> dict[tuple[int, int], bytes]:
        """Return the places to cut, and what stands there instead."""
        found = {}
        for piece in self.texts + self.tables:
            text = piece.kind in TEXTS + SHORT_TEXTS
            if piece.number in self.used or not (text or piece.kind == "s"):
                continue
            kind = ord("z" if text else "s") | (
                SHARED if piece.number is not None else 0
            )
            table = self.content[piece.start + 5 : piece.end]
            made = b"\0" if text else _sized(lines_alone(table))
            found[piece.start, piece.end] = bytes([kind]) + made
        return found


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(4, "little") + content


# --- lines ---------------------------------------------------------------------------

NOWHERE, LONG, LINE_ONLY, SAME_LINE = 15, 14, 13, 10  # forms of an entry in a table
MOST = 8  # units of instructions that an entry can stand for


def entries(table: bytes) -> Iterator[tuple[int, int | None]]:
    """Yield of each entry its units of instructions, and its step to another line."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:  # six bits in a byte
            byte = table[at]
            at += 1
            value |= (byte & 63) << shift
            shift += 6
            if not byte & 64:
                return value

    while at < len(table):
        form, units = table[at] >> 3 & 15, (table[at] & 7) + 1
        at += 1
        step: int | None = 0
        if form == NOWHERE:
            step = None
        elif form in (LINE_ONLY, LONG):
            value = number()
            step = -(value >> 1) if value & 1 else value >> 1
            for _ in range(3 if form == LONG else 0):
                number()
        elif form >= SAME_LINE:
            step = form - SAME_LINE
            at += 2
        else:
            at += 1
        yield units, step


def lines_alone(table: bytes) -> bytes:
    """Return a table without columns; entries on one line become one."""
    made: list[list[Any]] = []
    for units, step in entries(table):
        if made and step == (0 if made[-1][1] is not None else None):
            made[-1][0] += units
        else:
            made.append([units, step])
    found = bytearray()
    for units, step in made:
        while units:
            count = min(units, MOST)
            form = NOWHERE if step is None else LINE_ONLY
            found.append(128 | form << 3 | count - 1)
            if step is not None:
                value = 2 * step if step >= 0 else -2 * step + 1
                while value > 63:
                    found.append(64 | value & 63)
                    value >>= 6
                found.append(value)
                step = 0
            units -= count
    return bytes(found)


def slim(content: bytes, *, texts: bool = True) -> bytes:
    """Return a compiled file without columns and, if asked for, documentation."""
    try:
        walk = Walk(content)
        if not texts:
            walk.texts = []
        cuts = walk.cuts()
    except (ValueError, IndexError):
        return content
    parts, at = [], 0
    for (start, end), instead in sorted(cuts.items()):
        parts += [content[at:start], instead]
        at = end
    return b"".join([*parts, content[at:]])
