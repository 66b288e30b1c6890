"""Documents are true: their code runs, their commands and links exist, and they keep to the project's own words."""

import importlib.util
import re
from pathlib import Path

import pytest

from accord.studio.cli import cli

ROOT = Path(__file__).parents[4]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/README.md")])
EXAMPLES = sorted(ROOT.glob("examples/*.py"))
SMALL = {"01_a_game_and_a_contract": {"episodes": 4}, "05_learn_and_sign": {"updates": 2, "episodes": 4}}
TEXTS = {".py", ".md", ".toml", ".txt", ".cff", ".html", ".css", ".js", ".sh", ""}
SKIPPED = {
    *(".git", ".venv", ".cache", "runs", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"),
    *("node_modules", "dist"),
}

FORBIDDEN = {
    "the address of a package registry": r"\b(?:pypi|pythonhosted|npmjs)\.(?:org|com)\b|\bcrates\.io\b",
    "a path of one machine": r"/(?:work|root|home)/[a-z]",
    "the number of a ticket": r"(?i)\bissues?\s+#?\d",
    "words of how the project is made": r"(?i)\bsub-?agents?\b|\bbrief\.md\b",
}


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def blocks(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", EXAMPLES, ids=names(EXAMPLES))
def test_example_runs_at_small_size(path: Path, capsys: pytest.CaptureFixture[str]):
    assert len(path.read_text().splitlines()) < 80
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(**SMALL.get(path.stem, {}))
    assert capsys.readouterr().out.strip()


CODE = [path for path in DOCUMENTS if blocks(path, "python")]


@pytest.mark.parametrize("path", CODE, ids=names(CODE))
def test_the_python_in_a_document_runs(path: Path):
    exec(compile("\n".join(blocks(path, "python")), str(path), "exec"), {"__name__": path.stem})


def test_the_commands_in_documents_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(cli.commands)
    assert {"run", "test", "check", "bench", "docs"} <= targets
    for document in DOCUMENTS:
        for line in "\n".join(blocks(document, "sh")).splitlines():
            words = line.split("#")[0].split()
            if words[:1] == ["make"]:
                assert next(w for w in words[1:] if "=" not in w) in targets, (document.name, line)
            elif words[:1] == ["accord"]:
                assert words[1] in commands, (document.name, line)
            else:
                assert not words, (document.name, line)


@pytest.mark.parametrize("path", DOCUMENTS, ids=names(DOCUMENTS))
def test_links_lead_somewhere(path: Path):
    for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_reference_is_what_the_code_says():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    stale = [
        name
        for name, page in generate.PAGES.items()
        if not (generate.REFERENCE / name).exists() or (generate.REFERENCE / name).read_text(encoding="utf-8") != page()
    ]
    assert stale == [], "out of date; write them again with: make docs"


def test_every_change_of_a_package_is_pinned_by_name_and_version_only():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert lines == sorted(lines, key=str.lower)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)


def test_no_file_holds_a_forbidden_word():
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if SKIPPED & set(parts) or not path.is_file() or path.suffix not in TEXTS or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {what}" for what, form in FORBIDDEN.items() if re.search(form, text)]
    assert found == []
