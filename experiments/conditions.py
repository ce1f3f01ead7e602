"""Conditions on the axes of a claim, such as `width <= 2 ** n and activation in ['tanh', 'gelu']`.

A condition may come from a file of somebody else, so it is never executed. Python's parser reads it into a tree. A tree
that holds anything but the following is refused before anything is planned:

- the names of axes, numbers, texts, True and False;
- `<`, `<=`, `>`, `>=`, `==`, `!=`, also chained, `in` and `not in` with a list of numbers or texts;
- `and`, `or`, `not`; `+`, `-`, `*`, `/`, `//`, `%`, `**`.

They mean the same as in Python. The second operand of `and` and `or` is calculated, and may fail, only where the first
does not decide. Whole numbers beyond 64 bits become real numbers: a power is then neither cut off nor endless.
"""

import ast
import itertools
import operator
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from experiments.errors import nearest

# Letters of a condition, at most: far more than anybody types.
LONGEST = 2000
# The depth of its tree, at most: well within the recursion that Python allows.
DEEPEST = 60
# Whole numbers up to this size stay whole. It is well below 2^63, because the size is tested in real numbers.
WHOLE = 2.0**62
LARGEST = float(np.finfo(float).max)

Column = np.ndarray
Columns = Mapping[str, Column]

SIGNS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
RELATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)
SIGNED = (ast.USub, ast.UAdd)
KINDS = {"i": "a number", "u": "a number", "f": "a number", "b": "true or false"}


class ConditionError(Exception):
    """A condition cannot be read, or has no meaning for some values; the text says why."""


def read(condition: str, axes: Iterable[str]) -> ast.expr:
    """The tree of a condition, which holds only what is allowed.

    Args:
        condition: as typed.
        axes: the names that it may use.

    Raises:
        ConditionError: if it is no condition, or holds anything that is not allowed.
    """
    if len(condition) > LONGEST:
        raise ConditionError(f"it is longer than {LONGEST} letters")
    try:
        with warnings.catch_warnings():
            # Python warns of some escape sequences in texts; they do not matter here.
            warnings.simplefilter("ignore")
            tree = ast.parse(condition.strip(), mode="eval").body
        if _depth(tree) > DEEPEST:
            raise ConditionError(f"it is nested more than {DEEPEST} deep")
        _check(tree, sorted(axes))
    except SyntaxError as error:
        raise ConditionError(f"{error.msg} at letter {error.offset}") from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise ConditionError("it is nested too deep, or holds a character that is not allowed") from error
    return tree


def names(tree: ast.AST) -> set[str]:
    """The axes that a condition uses."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def texts(tree: ast.AST) -> set[tuple[str, str]]:
    """The texts with which a condition compares an axis, each with the name of the axis."""
    comparisons = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    sides = [pair for one in comparisons for pair in itertools.pairwise([one.left, *one.comparators])]
    return {
        (axis.id, item.value)
        for axis, other in [*sides, *(pair[::-1] for pair in sides)]
        for item in (other.elts if isinstance(other, ast.List | ast.Tuple) else [other])
        if isinstance(axis, ast.Name) and isinstance(item, ast.Constant) and isinstance(item.value, str)
    }


def holds(tree: ast.expr, columns: Columns, rows: int) -> Column:
    """Where a condition holds.

    Args:
        tree: as `read` returns it.
        columns: for each axis that it uses, its value in every row.
        rows: the number of rows.

    Returns:
        True or false for every row.

    Raises:
        ConditionError: if it is not true or false, compares a number with a text, or divides by 0.
    """
    return _truth(tree, columns, rows)


def _depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _check(node: ast.AST, axes: list[str]) -> None:
    """Refuses all that is not in the list at the top of this module."""
    match node:
        case ast.Name():
            if node.id not in axes:
                raise ConditionError(f"{node.id} is no axis; {nearest(node.id, axes)}")
        case ast.Constant():
            _check_constant(node.value)
        case ast.BoolOp():
            _check_all(node.values, axes)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd()):
            _check(node.operand, axes)
        case ast.BinOp() if type(node.op) in SIGNS:
            _check_all((node.left, node.right), axes)
        case ast.Compare():
            _check_comparison(node, axes)
        case _:
            raise ConditionError(f"{ast.unparse(node)!r} is not allowed in a condition")


def _check_all(nodes: Iterable[ast.AST], axes: list[str]) -> None:
    for node in nodes:
        _check(node, axes)


def _check_comparison(node: ast.Compare, axes: list[str]) -> None:
    _check(node.left, axes)
    for number, (relation, other) in enumerate(zip(node.ops, node.comparators, strict=True), 1):
        if type(relation) in RELATIONS:
            _check(other, axes)
            continue
        if not isinstance(relation, ast.In | ast.NotIn):
            raise ConditionError("`is` compares no values; write == or !=")
        if not isinstance(other, ast.List | ast.Tuple) or number < len(node.ops) or not other.elts:
            raise ConditionError("give `in` a list of values, such as n in [2, 3], and nothing after it")
        for item in other.elts:
            value = item.operand if isinstance(item, ast.UnaryOp) and isinstance(item.op, SIGNED) else item
            if not isinstance(value, ast.Constant):
                raise ConditionError(f"{ast.unparse(item)!r} in a list is no number and no text")
            _check(item, axes)


def _check_constant(value: Any) -> None:
    if not isinstance(value, bool | int | float | str):
        raise ConditionError(f"{value!r} is no number and no text")
    if isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:
        raise ConditionError("a number in it is too large")


def _truth(node: ast.expr, columns: Columns, rows: int) -> Column:
    found = _value(node, columns, rows)
    if found.dtype.kind != "b":
        raise ConditionError(f"{ast.unparse(node)!r} is not true or false")
    return found


def _value(node: ast.expr, columns: Columns, rows: int) -> Column:
    """The value of a checked tree in every row."""
    match node:
        case ast.Name():
            return columns[node.id]
        case ast.Constant():
            return _constant(node.value, rows)
        case ast.BoolOp():
            return _joined(node, columns, rows)
        case ast.UnaryOp(op=ast.Not()):
            return ~_truth(node.operand, columns, rows)
        case ast.UnaryOp():
            number = _value(node.operand, columns, rows)
            zero = _constant(0, rows)
            return _calculated(ast.Sub() if isinstance(node.op, ast.USub) else ast.Add(), zero, number)
        case ast.BinOp():
            return _calculated(node.op, _value(node.left, columns, rows), _value(node.right, columns, rows))
        case ast.Compare():
            return _compared(node, columns, rows)
    raise AssertionError(f"not checked: {ast.dump(node)}")


def _constant(value: Any, rows: int) -> Column:
    if isinstance(value, int) and not isinstance(value, bool):
        value = value if abs(value) < WHOLE else float(value)
    return np.broadcast_to(np.asarray(value, object if isinstance(value, str) else None), rows)


def _joined(node: ast.BoolOp, columns: Columns, rows: int) -> Column:
    """`and` or `or`: rows that earlier operands decide are not calculated again."""
    decides = isinstance(node.op, ast.Or)
    found = np.full(rows, not decides)
    for operand in node.values:
        open_ = np.flatnonzero(found != decides)
        part = {name: columns[name][open_] for name in names(operand)}
        found[open_] = _truth(operand, part, len(open_))
    return found


def _compared(node: ast.Compare, columns: Columns, rows: int) -> Column:
    found, left = np.ones(rows, bool), _value(node.left, columns, rows)
    for relation, comparator in zip(node.ops, node.comparators, strict=True):
        if isinstance(comparator, ast.List | ast.Tuple):
            items = [_value(item, columns, rows) for item in comparator.elts]
            among = np.logical_or.reduce([_related(operator.eq, left, item) for item in items])
            return found & (among if isinstance(relation, ast.In) else ~among)
        right = _value(comparator, columns, rows)
        found, left = found & _related(RELATIONS[type(relation)], left, right), right
    return found


def _related(relation: Callable[[Any, Any], Any], left: Column, right: Column) -> Column:
    kinds = [KINDS.get(side.dtype.kind, "a text") for side in (left, right)]
    if kinds[0] != kinds[1]:
        raise ConditionError(f"it compares {kinds[0]} with {kinds[1]}")
    return relation(left, right).astype(bool)


def _calculated(sign: ast.operator, left: Column, right: Column) -> Column:
    """Arithmetic of two columns: in whole numbers if both are whole and the result fits, else in real numbers."""
    if not all(side.dtype.kind in "iuf" for side in (left, right)):
        raise ConditionError("it calculates with something that is no number")
    if isinstance(sign, DIVISIONS) and (right == 0).any():
        raise ConditionError("it divides by 0 for some combination of the axes")
    calculate = SIGNS[type(sign)]
    with np.errstate(all="ignore"):
        real = calculate(left.astype(float), right.astype(float))
        if np.isnan(real).any():
            raise ConditionError("for some combination of the axes its value is not a number")
        whole = all(side.dtype.kind in "iu" for side in (left, right)) and not isinstance(sign, ast.Div)
        if isinstance(sign, ast.Pow):
            whole = whole and bool((right >= 0).all())
        return calculate(left, right) if whole and bool((np.abs(real) < WHOLE).all()) else real
