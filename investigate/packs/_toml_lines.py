"""Where things stand in a TOML text: a scanner of headers and keys for texts that `tomllib` has already accepted."""

from __future__ import annotations

_SPACE = " \t"
_BLANK = " \t\r\n"
_ENDS_A_SCALAR = ",]}#\r\n"


def toml_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line of every table, key and list entry of a valid TOML text, by its path; lines are counted from 1.

    Parameters
    ----------
    text : str
        TOML that `tomllib.loads` accepts; on anything else the answer means nothing.

    Examples
    --------
    >>> toml_lines('[defaults]\\n[[run]]\\nname = "one"\\n')[("run", 0, "name")]
    3
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.lines: dict[tuple[str | int, ...], int] = {(): 1}
        self.entries: dict[tuple[str | int, ...], int] = {}

    def document(self) -> None:
        table: tuple[str | int, ...] = ()
        while self.blank():
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> tuple[str | int, ...]:
        line, many = self.line, self.text.startswith("[[", self.at)
        self.move(2 if many else 1)
        names = self.key()
        self.move(2 if many else 1)
        path: tuple[str | int, ...] = ()
        for position, name in enumerate(names):
            path = (*path, name)
            last = position == len(names) - 1
            self.lines.setdefault(path, line)
            if last and many:
                self.entries[path] = self.entries.get(path, -1) + 1
            if path in self.entries:  # a name below `[[name]]` speaks of its latest entry
                path = (*path, self.entries[path])
                self.lines.setdefault(path, line)
        self.lines[path] = line
        return path

    def pair(self, table: tuple[str | int, ...]) -> None:
        line, path = self.line, table
        for name in self.key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.move(1)  # the equals sign
        self.value(path)

    def key(self) -> list[str]:
        names = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                names.append(self.quoted())
            else:
                start = self.at
                while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "_-"):
                    self.at += 1
                names.append(self.text[start : self.at])
            self.skip(_SPACE)
            if self.text[self.at : self.at + 1] != ".":
                return names
            self.move(1)

    def value(self, path: tuple[str | int, ...]) -> None:
        self.skip(_SPACE)
        first = self.text[self.at : self.at + 1]
        if first in ('"', "'"):
            self.quoted()
        elif first == "[":
            self.listed(path)
        elif first == "{":
            self.inline(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in _ENDS_A_SCALAR:
                self.at += 1

    def listed(self, path: tuple[str | int, ...]) -> None:
        self.move(1)
        number = 0
        while self.blank() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.move(1)
                continue
            self.lines[(*path, number)] = self.line
            self.value((*path, number))
            number += 1
        self.move(1)

    def inline(self, path: tuple[str | int, ...]) -> None:
        self.move(1)
        while self.blank() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.move(1)
            else:
                self.pair(path)
        self.move(1)

    def quoted(self) -> str:
        """Step over a text in quotes and return it; escapes count only in double quotes."""
        quote = self.text[self.at]
        fence = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.move(len(fence))
        start = self.at
        while not self.text.startswith(fence, self.at):
            self.move(2 if quote == '"' and self.text[self.at] == "\\" else 1)
        while len(fence) == 3 and self.text[self.at + 3 : self.at + 4] == quote:
            self.move(1)  # up to two quotes may stand before the closing three
        found = self.text[start : self.at]
        self.move(len(fence))
        return _unescaped(found) if quote == '"' else found

    def blank(self) -> bool:
        """Skip white space and comments; whether anything is left."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in _BLANK:
                self.move(1)
            else:
                return True
        return False

    def skip(self, characters: str) -> None:
        while self.at < len(self.text) and self.text[self.at] in characters:
            self.at += 1

    def move(self, steps: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + steps)
        self.at += steps


def _unescaped(text: str) -> str:
    """A quoted key as TOML reads it."""
    import tomllib

    return str(tomllib.loads(f'key = "{text}"')["key"]) if "\\" in text and "\n" not in text else text
