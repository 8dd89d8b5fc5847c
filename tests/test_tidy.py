"""Cheap checks of the whole tree: sizes, leftovers, and documents that tell what is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.syntax import nodes, tree

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("net", "racer")
FOLDERS: Final = (*PACKAGES, "benchmarks", "docs", "tests", "tools", ".ci")
TEXTS: Final = {".md", ".py", ".toml", ".txt", ".track", ".json", ".sh", ".html", ".c"}

LINES_MAX: Final = 500
FUNCTION_LINES_MAX: Final = 70
ATTRIBUTES_MAX: Final = 15

ONE_WORD_SHARE_MAX: Final = 0.07  # of private functions; h11 has as many

# Put together here, so that this file holds none of them.
REGISTRIES: Final = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "com"), ("crates", "io"))
)
MACHINE_PATH: Final = re.compile(r"(?<![\w.~])/(?:home|root|work|Users)/\w")
LEFTOVER: Final = re.compile("|".join((r"\bTO" + "DO", r"\bFIX" + "ME", r"\bX" + r"XX\b")))
SLEEP: Final = re.compile(
    "|".join(
        (r"\bsl" + r"eep\(", r"\bEvent\(\)\s*\.wa" + r"it\(", r"\bsel" + r"ect\(\[\], \[\], \[\]")
    )
)
LINK: Final = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
QUOTED: Final = re.compile(r"`([^`\n]+)`")
ADR_NAME: Final = re.compile(r"(\d{4})-[a-z0-9-]+\.md")


@cache
def files() -> list[Path]:
    """Return the files of the project that hold text, but for what tools leave behind."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        found.extend(path for path in (ROOT / folder).rglob("*") if path.is_file())
    kept = [path for path in found if path.suffix in TEXTS or path.name == "Makefile"]
    return sorted(path for path in kept if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sources(*folders: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and named(path).startswith(folders)]


@cache
def code() -> str:
    return "\n".join(text(path) for path in sources("net/", "racer/", "tests/", "benchmarks/"))


@cache
def words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", code()))


@cache
def classes() -> frozenset[str]:
    return frozenset(re.findall(r"^class (\w+)", code(), re.MULTILINE))


DOCUMENTS: Final = [path for path in files() if path.suffix == ".md"]
PROSE: Final = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
RECORDS: Final = sorted((ROOT / "docs" / "adr").glob("*.md"))


def quotes(document: Path) -> Iterator[str]:
    """Yield what a document sets in code within its sentences and tables."""
    prose = re.sub(r"^```.*?^```", "", text(document), flags=re.DOTALL | re.MULTILINE)
    yield from QUOTED.findall(prose)


# --- code -------------------------------------------------------------------------------------


def test_files_are_short() -> None:
    long = [named(path) for path in sources("") if text(path).count("\n") >= LINES_MAX]
    assert long == []


def test_functions_are_short() -> None:
    long = []
    for path in sources(""):
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines >= FUNCTION_LINES_MAX:
                    long.append(f"{named(path)}: {node.name}, {lines} lines")
    assert long == []


def test_a_class_holds_few_attributes() -> None:
    """A class that remembers more than fifteen things is some small machines that want rooms."""
    assert {name: count for name, count in attributes() if count > ATTRIBUTES_MAX} == {}


def attributes() -> Iterator[tuple[str, int]]:
    """Yield each class and how many attributes it has. A record, that only holds, is left out."""
    for path in sources("net/", "racer/"):
        for node in nodes(path):
            if isinstance(node, ast.ClassDef) and not is_record(node):
                yield f"{named(path)}: {node.name}", len(attributes_of(node))


def attributes_of(node: ast.ClassDef) -> set[str]:
    """Return what a class assigns to itself, and the fields that it declares."""
    declared = {
        line.target.id
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }
    return declared | {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.ctx, ast.Store)
        and isinstance(inner.value, ast.Name)
        and inner.value.id == "self"
    }


def is_record(node: ast.ClassDef) -> bool:
    """Tell whether a class is a frozen value, a message, or has no methods at all."""
    frozen = any(
        "frozen=True" in ast.unparse(each) for each in [*node.decorator_list, *node.keywords]
    )
    message = any(
        "Struct" in ast.unparse(base) or "Message" in ast.unparse(base) for base in node.bases
    )
    return frozen or message or not any(isinstance(line, ast.FunctionDef) for line in node.body)


def test_only_the_application_prints() -> None:
    prints = [
        f"{named(path)}:{node.lineno}"
        for path in sources("net/", "racer/core/", "racer/play/", "racer/app/window/")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "breakpoint", "input"}
    ]
    assert prints == []


def test_private_functions_say_what_they_do() -> None:
    """Hold that few are named by one word, which tells nobody what `_take` takes."""
    private = [
        node.name.strip("_")
        for path in sources("net/", "racer/")
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef) and re.match(r"_[a-z]", node.name)
    ]
    short = [name for name in private if "_" not in name]
    assert len(short) <= ONE_WORD_SHARE_MAX * len(private), sorted(short)


def test_what_nodes_agree_on_adds_floats_by_fsum_alone() -> None:
    """`sum` of floats gives another last place since Python 3.12; counts are exact anywhere."""
    bare = [
        f"{named(path)}:{node.lineno}"
        for path in sources("racer/core/", "racer/play/")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "sum"
        and not _is_count(node.args[0])
    ]
    assert bare == []


def _is_count(added: ast.expr) -> bool:
    """Tell whether all that is added is a truth value or a shifted bit, by how it is written."""
    match added:
        case ast.GeneratorExp(elt=ast.Compare() | ast.UnaryOp(op=ast.Not())):
            return True
        case ast.GeneratorExp(elt=ast.BinOp(op=ast.LShift())):
            return True
        case _:
            return False


def test_nothing_is_left_to_be_done() -> None:
    assert [named(path) for path in files() if LEFTOVER.search(text(path))] == []


def test_a_test_sleeps_only_where_all_wait() -> None:
    """Else it is slower than what it waits for, or fails on a busy machine."""
    sleeping = [named(path) for path in sources("tests/") if SLEEP.search(text(path))]
    assert sleeping == ["tests/waiting.py"]


def test_what_is_run_on_a_lan_lies_where_the_makefile_looks_for_it() -> None:
    marked = re.compile(r"mark\.l" + r"an\b|import .*\bneeds_l" + r"an\b")
    found = [named(path) for path in files() if path.suffix == ".py" and marked.search(text(path))]
    assert len(found) > 5
    assert [name for name in found if not name.startswith(("tests/lan/", "tests/runtime/"))] == []
    assert '-m "lan and not long" tests/lan tests/runtime\n' in text(ROOT / "Makefile")


def test_every_package_and_module_says_what_it_is() -> None:
    silent = [
        named(path) for path in sources("net/", "racer/") if not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = [
        named(path)
        for path in files()
        if MACHINE_PATH.search(text(path)) or any(host in text(path) for host in REGISTRIES)
    ]
    assert found == []


# --- documents --------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    inside = [link for link in LINK.findall(text(document)) if "://" not in link]
    lost = [
        link for link in inside if not (document.parent / link.partition("#")[0].strip()).exists()
    ]
    assert lost == []


@pytest.mark.parametrize("document", PROSE, ids=named)
def test_paths_in_documents_exist(document: Path) -> None:
    path = re.compile(r"(?:net|racer|tests|docs|benchmarks|tools)/[\w./*-]*")
    lost = [
        quote
        for quote in quotes(document)
        if path.fullmatch(quote) and not list(ROOT.glob(quote.rstrip("/")))
    ]
    assert lost == []


@pytest.mark.parametrize("document", PROSE, ids=named)
def test_names_in_documents_are_names_in_the_code(document: Path) -> None:
    """Hold dotted modules, limits, classes and their members against the code."""
    lost = [quote for quote in quotes(document) if not is_known(quote)]
    assert lost == []


def is_known(quote: str) -> bool:
    if re.fullmatch(r"(?:net|racer)(?:\.[a-z_]+)+", quote):
        place = ROOT / quote.replace(".", "/")
        module = place.is_dir() or place.with_suffix(".py").is_file()
        return module or is_known_member(*quote.rsplit(".", 1))
    if re.fullmatch(r"\w+\.py", quote):
        return any(path.name == quote for path in sources(""))
    if re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", quote):
        return quote in words()
    if member := re.fullmatch(r"([A-Z]\w*[a-z]\w*)\.(\w+)", quote):
        return member[1] in classes() and member[2] in words()
    return True


def is_known_member(module: str, name: str) -> bool:
    """Tell whether a module, or a class of it, has such a name: `viewing.compose_view`."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    return path.is_file() and re.search(rf"\b{name}\b", text(path)) is not None


@pytest.mark.parametrize("document", PROSE, ids=named)
def test_make_targets_in_documents_exist(document: Path) -> None:
    makefile = text(ROOT / "Makefile")
    told = re.findall(r"(?:`|^ {4}|sudo )make ([a-z]+)\b", text(document), re.MULTILINE)
    assert [t for t in told if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("document", PROSE, ids=named)
def test_options_in_documents_are_options_of_the_command_line(document: Path) -> None:
    lines = re.findall(r"(?:`|^ *)(racer(?: [a-z]+)? --[^`\n]*)", text(document), re.MULTILINE)
    app = ROOT / "racer" / "app"
    asked = ("commands/cli.py", "commands/taking_part.py", "race_settings.py")
    cli = "".join(text(app / file) for file in asked)
    told = {option for line in lines for option in re.findall(r"(--[a-z-]+)", line)}
    assert [option for option in sorted(told) if f'"{option}"' not in cli] == []


MAP: Final = {
    folder: set(re.findall(r"`([a-z_]+)`", row))
    for folder, row in re.findall(
        r"^\| `([a-z/_]+)/` \|(.+)$", text(ROOT / "ARCHITECTURE.md"), re.MULTILINE
    )
}
"""What the map of the code names, folder by folder."""


def test_the_map_names_every_module() -> None:
    lost = [
        named(path)
        for path in sources("net/", "racer/")
        if path.stem not in {"__init__", "__main__"}
        and path.stem not in MAP.get(named(path.parent), set())
    ]
    assert lost == []


def test_the_map_names_modules_that_exist() -> None:
    lost = [
        f"{folder}/{stem}"
        for folder, stems in MAP.items()
        for stem in stems
        if folder.startswith(PACKAGES) and not (ROOT / folder / f"{stem}.py").is_file()
    ]
    assert lost == []


# --- decision records -------------------------------------------------------------------------


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_has_number_title_date_status_and_its_three_parts(record: Path) -> None:
    name = ADR_NAME.fullmatch(record.name)
    assert name is not None
    words = text(record)
    assert words.startswith(f"# {int(name[1])}. ")
    status = r"accepted|superseded by \[?ADR \d+|proposed|rejected"
    assert re.search(rf"^Date: \d{{4}}-\d\d-\d\d\. Status: (?:{status})", words, re.MULTILINE)
    parts = re.findall(r"^## (.+)$", words, re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences"]


def test_records_have_numbers_of_their_own() -> None:
    numbers = [record.name[:4] for record in RECORDS]
    assert len(numbers) == len(set(numbers)) > 0


def test_records_that_are_named_exist() -> None:
    numbers = {int(record.name[:4]) for record in RECORDS}
    told = {
        int(number)
        for path in files()
        if path.suffix in {".md", ".py"} and path != Path(__file__)
        for number in re.findall(r"\bADR (\d+)\b", text(path))
    }
    assert told <= numbers
