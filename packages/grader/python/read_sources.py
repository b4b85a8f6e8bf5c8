"""Says what Python sources say of files, modules and programs, without running any of it.

Reads from standard input a JSON list of sources, cells or modules, and prints a JSON list of what each of them says; see
facts.ts for the form. A source that is no Python, such as one that is unfinished, says nothing.
"""

import ast
import json
import re
import sys

# Of one run of this program: what a longer source says beyond that is not read.
MOST_NODES = 300_000
# A text that is longer is no path, and deeper expressions are none.
LONGEST_TEXT = 1000
DEEPEST = 60
MOST_ITEMS = 100
# IPython reads a cell again for each of its magic lines.
LONGEST_MAGIC = 30_000
MOST_MAGICS = 20

MAGIC_LINE = re.compile(r"^[ \t]*[%!?]|^[^#\n]*=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)
# Cells of these are Python, with something around them.
TRANSPARENT = {"time", "timeit", "capture", "prun", "python", "python3", "pypy"}


def plain(source: str) -> str:
    """The source without IPython's own forms: `%cd ..` and `!ls` become calls, and a cell may be indented as a whole."""
    is_indented = re.match(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[^\s#]", source)
    if not MAGIC_LINE.search(source) and not is_indented:
        return source
    if len(source) > LONGEST_MAGIC or len(MAGIC_LINE.findall(source)) > MOST_MAGICS:
        return re.sub(r"(?m)^([ \t]*)[%!?].*$", r"\1pass", re.sub(r"(?m)=[ \t]*[%!].*$", "= None", source))
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


def parameters(node: ast.FunctionDef) -> list:
    """As a caller gives them."""
    names = [one.arg for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


class Facts(ast.NodeVisitor):
    def __init__(self) -> None:
        self.left = MOST_NODES
        self.start()

    def start(self) -> None:
        self.imports: list = []
        self.assigned: list = []
        self.functions: list = []
        self.calls: list = []

    def expression(self, node: object, depth: int = 0) -> object:
        """In the form of facts.ts; None for what is not known."""
        self.left -= 1
        if depth > DEEPEST or self.left < 0 or node is None:
            return None

        def inner(part: object) -> object:
            return self.expression(part, depth + 1)

        def several(parts: list) -> list:
            return [inner(part) for part in parts[:MOST_ITEMS]]

        if isinstance(node, ast.Constant):
            is_short = isinstance(node.value, str) and len(node.value) <= LONGEST_TEXT
            return node.value if is_short else None
        if isinstance(node, ast.Name):
            return ["name", node.id]
        if isinstance(node, ast.Attribute):
            return ["of", inner(node.value), node.attr]
        if isinstance(node, ast.Call):
            named = {word.arg: inner(word.value) for word in node.keywords[:MOST_ITEMS] if word.arg}
            return ["call", inner(node.func), several(node.args), named]
        if isinstance(node, ast.BinOp):
            sign = {ast.Add: "+", ast.Div: "/", ast.Mod: "%"}.get(type(node.op))
            return [sign, inner(node.left), inner(node.right)] if sign else None
        if isinstance(node, ast.JoinedStr):
            return ["joined", several(node.values)]
        if isinstance(node, ast.FormattedValue):
            return inner(node.value)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return ["list", several(node.elts)]
        if isinstance(node, ast.Dict):
            return ["list", several(node.values)]
        if isinstance(node, (ast.Subscript, ast.Starred)):
            return ["item", inner(node.value)]
        if isinstance(node, ast.IfExp):
            return ["either", [inner(node.body), inner(node.orelse)]]
        if isinstance(node, ast.BoolOp):
            return ["either", several(node.values)]
        if isinstance(node, (ast.NamedExpr, ast.Await)):
            return inner(node.value)
        return None

    def assign(self, target: ast.AST, value: object) -> None:
        if isinstance(target, ast.Name):
            self.assigned.append([target.id, value])
        elif isinstance(target, ast.Attribute):
            self.assigned.append(["." + target.attr, value])
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value[1] if isinstance(value, list) and value[0] == "list" else []
            for place, part in enumerate(target.elts[:MOST_ITEMS]):
                self.assign(part, parts[place] if place < len(parts) else ["item", value])

    def visit_Assign(self, node: ast.Assign) -> None:
        value = self.expression(node.value)
        for target in node.targets:
            self.assign(target, value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.assign(node.target, self.expression(node.value))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.assign(node.target, self.expression(node.value))
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self.assign(node.target, ["item", self.expression(node.iter)])
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.assign(node.target, ["item", self.expression(node.iter)])
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        named = [*node.args.posonlyargs, *node.args.args]
        self.functions.append([node.name, parameters(node)])
        for argument, value in zip(named[len(named) - len(node.args.defaults) :], node.args.defaults):
            self.assigned.append([argument.arg, self.expression(value)])
        for argument, value in zip(node.args.kwonlyargs, node.args.kw_defaults):
            self.assigned.append([argument.arg, self.expression(value)])
        for statement in node.body:
            if isinstance(statement, ast.Return):
                self.assigned.append([node.name + "()", self.expression(statement.value)])
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for one in node.body:
            if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                self.functions.append([node.name, parameters(one)])
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.calls.append(self.expression(node))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div):
            self.calls.append(self.expression(node))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.imports += [one.name for one in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        name = node.module or ""
        # The dots of a relative import lead nowhere a notebook could not go by itself.
        self.imports += [name] if name and not node.level else []
        self.imports += [f"{name}.{one.name}".lstrip(".") for one in node.names]

    def of(self, source: str) -> dict:
        self.start()
        known = True
        try:
            tree = ast.parse(plain(source))
            if self.left > 0:
                self.visit(tree)
            for body in self.magics():
                self.visit(ast.parse(plain(body)))
        except (SyntaxError, ValueError, RecursionError, MemoryError, RuntimeError):
            known = False
        return {
            "known": known,
            "imports": self.imports,
            "assigned": self.assigned,
            "functions": self.functions,
            "calls": [call for call in self.calls if call is not None],
        }

    def magics(self) -> list:
        """The Python in cells such as `%%time`."""
        bodies = []
        for call in self.calls:
            if call and call[0] == "call" and call[1] and call[1][-1] == "run_cell_magic" and len(call[2]) == 3:
                name, _, body = call[2]
                if name in TRANSPARENT and isinstance(body, str):
                    bodies.append(body)
        return bodies


def main() -> None:
    import warnings

    warnings.simplefilter("ignore")
    sys.setrecursionlimit(3000)
    facts = Facts()
    print(json.dumps([facts.of(source) for source in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
