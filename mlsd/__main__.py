"""Design documents on the command line: ``python -m mlsd --help``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mlsd._review import review, template

_REASONS: dict[type[Exception], str] = {
    FileExistsError: "This exists and stays as it is: name a new file.",
    FileNotFoundError: "There is no such file or folder.",
}


def _new_design(path: Path) -> int:
    with path.open("x", encoding="utf-8") as file:
        file.write(template())
    return 0


def _review(path: Path) -> int:
    if path.is_dir():
        raise ValueError("This is a folder: name the files in it.")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValueError("This is not text in UTF-8: save it as Markdown or text.")
    remarks = review(text)
    for remark in remarks:
        print(f"{path}:{remark.line}: {remark.text}")
    number = f"{len(remarks)} remark{'s' * (len(remarks) > 1)}"
    nothing = "nothing to remark: this tool sees form, not truth"
    print(f"{path}: {number if remarks else nothing}")
    return int(bool(remarks))


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0 without remarks, 1 with remarks, 2 on bad input."""
    exits = "The template names the headings that are looked for. "
    exits += "Exit status: 0 nothing to remark, 1 remarks, 2 bad input."
    parser = argparse.ArgumentParser("python -m mlsd", epilog=exits)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, action, files, about in (
        ("new-design", _new_design, "?", "write the template of a design document"),
        ("review", _review, "+", "say what a design document (English) lacks"),
    ):
        command = commands.add_parser(name, help=about, description=about, epilog=exits)
        command.add_argument("files", nargs=files, type=Path, metavar="FILE")
        command.set_defaults(action=action)
    chosen = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # for consoles without umlauts
    if not chosen.files:
        print(template(), end="")
    status = 0
    paths = chosen.files if isinstance(chosen.files, list) else [chosen.files]
    for path in filter(None, paths):
        try:
            status = max(status, chosen.action(path))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            print(f"{path}: {_REASONS.get(type(error), reason)}", file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    raise SystemExit(main())
