"""An expression of the vocabulary, in Strudel's words: what a golden case asks of Strudel."""

from __future__ import annotations

import ast
import json

__all__ = ["javascript"]

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.Pow: "**"}
_ORDER = {ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.Eq: "==="}
# Functions whose text is not a pattern already: everywhere else text is notation, as in the
# editor of Strudel, which wraps each text in double quotes.
_READS_TEXT = frozenset({"mini", "h", "pure", "as_"})
_NAMES = {"h": "mini"}


def _camel(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)


class _Writer(ast.NodeVisitor):
    def __init__(self) -> None:
        self.literal = 0

    def generic_visit(self, node: ast.AST) -> str:
        message = f"no JavaScript for {ast.unparse(node)}"
        raise ValueError(message)

    def visit_Constant(self, node: ast.Constant) -> str:
        text = json.dumps(node.value)
        return f"mini({text})" if isinstance(node.value, str) and not self.literal else text

    def visit_Name(self, node: ast.Name) -> str:
        return _NAMES.get(node.id, _camel(node.id))

    def visit_Attribute(self, node: ast.Attribute) -> str:
        return f"{self.visit(node.value)}.{_camel(node.attr)}"

    def visit_Call(self, node: ast.Call) -> str:
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        function = self.visit(node.func)
        self.literal += called in _READS_TEXT
        arguments = ", ".join(map(self.visit, node.args))
        self.literal -= called in _READS_TEXT
        return f"{function}({arguments})"

    def visit_Lambda(self, node: ast.Lambda) -> str:
        names = ", ".join(each.arg for each in node.args.args)
        return f"(({names}) => {self.visit(node.body)})"

    def visit_List(self, node: ast.List) -> str:
        return f"[{', '.join(map(self.visit, node.elts))}]"

    def visit_Dict(self, node: ast.Dict) -> str:
        keys = [json.dumps(ast.literal_eval(key)) for key in node.keys if key is not None]
        pairs = zip(keys, map(self.visit, node.values), strict=True)
        return f"({{{', '.join(f'{key}: {value}' for key, value in pairs)}}})"

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return f"(-{self.visit(node.operand)})"

    def visit_BinOp(self, node: ast.BinOp) -> str:
        return f"({self.visit(node.left)} {_SIGNS[type(node.op)]} {self.visit(node.right)})"

    def visit_Compare(self, node: ast.Compare) -> str:
        [sign], [right] = node.ops, node.comparators
        return f"({self.visit(node.left)} {_ORDER[type(sign)]} {self.visit(right)})"

    def visit_Subscript(self, node: ast.Subscript) -> str:
        return f"{self.visit(node.value)}[{self.visit(node.slice)}]"


def javascript(expression: str) -> str:
    """Return an expression of Python as one of JavaScript.

    >>> javascript('s("bd").euclid_rot(3, 8, 2).every(3, lambda x: x.range_(-1, 2))')
    's(mini("bd")).euclidRot(3, 8, 2).every(3, ((x) => x.range((-1), 2)))'

    Raises:
        ValueError: there is something in it that no golden case needs.
    """
    text: str = _Writer().visit(ast.parse(expression, mode="eval").body)
    return text
