import ast
import tomllib

from tests.architecture.source import APPS, ROOT, modules, name_of, tree_of

SLICE_FILES = {"models", "rules", "queries", "actions", "forms", "views", "urls"}
OTHER_FILES = {
    "permissions",
    "catalogue",
    "mapping",
    "middleware",
    "requests",
    "adapter",
    "charts",
    "feeds",
    "documents",
    "__init__",
}
NOT_SLICES = {"kit", "migrations", "management", "templatetags", "static", "__pycache__"}
WRITING = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "select_for_update",
    "update_or_create",
}
# `update` is also a method of dictionaries; a queryset's is called on something that names one of these.
QUERYSET = {"objects", "filter", "exclude", "all"}


def slices():
    return {
        f"{app}.{folder.name}"
        for app in APPS
        for folder in (ROOT / app).iterdir()
        if folder.is_dir() and folder.name not in NOT_SLICES
    }


def contracts():
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["tool"]["importlinter"]["contracts"]


def writes(tree):
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        chain = {part.attr for part in ast.walk(node.func.value) if isinstance(part, ast.Attribute)}
        if node.func.attr in WRITING or (node.func.attr == "update" and chain & QUERYSET):
            yield node.lineno, node.func.attr


def may_write(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "actions" in parts


def test_only_actions_write():
    found = [
        f"{name_of(path)}:{line} {call}"
        for path in modules()
        if not may_write(path)
        for line, call in writes(tree_of(path))
    ]

    assert found == []


def test_rules_import_no_django():
    found = []
    for path in modules():
        if "rules" not in path.relative_to(ROOT).with_suffix("").parts:
            continue
        for node in ast.walk(tree_of(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{name_of(path)}: {name}" for name in names if name.split(".")[0] == "django"]

    assert found == []


def test_rules_use_no_floats():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        if "rules" in path.relative_to(ROOT).with_suffix("").parts
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]

    assert found == []


def test_every_slice_stands_in_the_layer_contract():
    layers = next(contract for contract in contracts() if contract["type"] == "layers" and "containers" not in contract)
    named = {part.strip(" ()") for line in layers["layers"] for part in line.split("|")}

    assert slices() - named == set()


def test_every_slice_holds_only_files_with_known_names():
    unknown = [
        name_of(entry)
        for each in slices()
        for entry in (ROOT / each.replace(".", "/")).iterdir()
        if (entry.is_dir() or entry.suffix == ".py")
        and entry.name != "__pycache__"
        and entry.stem not in SLICE_FILES | OTHER_FILES
    ]

    assert unknown == []


def test_every_slice_with_actions_is_held_to_the_inner_contract():
    inner = next(contract for contract in contracts() if "containers" in contract)
    with_actions = {
        each
        for each in slices()
        if (ROOT / each.replace(".", "/") / "actions.py").exists()
        or (ROOT / each.replace(".", "/") / "actions").is_dir()
    }

    assert with_actions - set(inner["containers"]) == set()


def test_decision_records_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))
    for path in (ROOT / "docs" / "adr").glob("*.md"):
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name


def test_nothing_marks_text_safe_or_skips_csrf():
    words = ("mark_safe", "csrf_exempt", "|safe", "autoescape off", "innerHTML")
    files = [*modules(), *(ROOT / "templates").rglob("*.html"), *(ROOT / "clinic/static/clinic/js").rglob("*.js")]
    found = [f"{name_of(path)}: {word}" for path in files for word in words if word in path.read_text()]

    assert found == []
