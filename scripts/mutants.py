"""The faults that scripts/mutate.py puts into the code: each a place in a file and what is written there instead."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

PAIRS = "Eq NotEq", "Lt LtE", "Gt GtE", "In NotIn", "Is IsNot", "Add Sub", "Mult FloorDiv", "And Or"
OTHER = {a: b for pair in PAIRS for a, b in (pair.split(), reversed(pair.split()))} | {"Mod": "FloorDiv"}
# Calls in a chain that narrow, order or lock what is read: without them the statement still runs.
NARROWING = {"where", "order_by", "distinct", "limit", "offset", "with_for_update", "having", "group_by"}
# Conditions without an operator of their own.
NAMED = ast.Name | ast.Attribute | ast.Call | ast.Await | ast.NamedExpr


@dataclass(frozen=True, order=True)
class Mutant:
    """Bytes `start` to `end` of `file`, on `line`, are replaced by `text`."""

    file: str
    line: int
    start: int
    end: int
    text: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]

    def describe(self, source: bytes) -> str:
        before, after = source[self.start : self.end].decode().split(), self.text.split()
        return f"  {self.file}:{self.line}  {' '.join(before)[:100]}  →  {' '.join(after)[:100]}"


def mutants_of(path: Path, name: str) -> list[Mutant]:
    """Every fault known for the file at `path`, in the order of its text; `name` is what reports call the file."""
    source = path.read_bytes()
    starts = [0, *accumulate(len(row) for row in source.splitlines(keepends=True))]
    changes = {change for node in _nodes(ast.parse(source)) for change in _changes(node)}
    begin = {at: starts[at.lineno - 1] + at.col_offset for at, _ in changes}
    end = {at: starts[at.end_lineno - 1] + at.end_col_offset for at, _ in changes}
    return sorted(Mutant(name, at.lineno, begin[at], end[at], text) for at, text in changes)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All that is run: no annotations, and nothing inside f-strings, whose places Python 3.11 gets wrong."""
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns", "decorator_list", "bases"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr | ast.pattern):
                    yield child
                    yield from _nodes(child)


def _other(op: ast.AST) -> Any:
    return getattr(ast, OTHER[type(op).__name__])()


def _changes(node: ast.AST) -> Iterator[tuple[Any, str]]:
    """What may stand instead of the node, or of a part of the node."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                (changed := deepcopy(node)).ops[index] = _other(op)
                yield node, f"({ast.unparse(changed)})"
        case ast.BoolOp(op=op, values=values):
            yield node, f"({ast.unparse(ast.BoolOp(_other(op), values))})"
            for left_out in values:
                rest = [value for value in values if value is not left_out]
                yield node, f"({ast.unparse(ast.BoolOp(op, rest) if len(rest) > 1 else rest[0])})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op).__name__ in OTHER:
            (changed := deepcopy(node)).op = _other(op)
            yield node, ast.unparse(changed) if isinstance(node, ast.AugAssign) else f"({ast.unparse(changed)})"
        case ast.Constant(value=int(value)):
            yield node, str(not value if isinstance(value, bool) else value + 1)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in NARROWING:
            yield node, ast.unparse(inner)
            if len(node.args) > 1:
                yield node, ast.unparse(ast.Call(node.func, node.args[:-1], node.keywords))
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if isinstance(test, NAMED):
            yield test, f"(not ({ast.unparse(test)}))"
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield node, "return None"
        case ast.Expr(value=ast.Call() | ast.Await() as call) if not ast.unparse(call).startswith(("log.", "print(")):
            yield node, "pass"
        case ast.Raise():
            yield node, "pass"
        case ast.Continue():
            yield node, "break"
        case _:
            pass
