"""What ``bclint new-rule`` writes: a small rule that works, to be replaced piece by piece."""

from __future__ import annotations

PACK = '''\
"""Rules for bclint: one folder each."""

from bclint.api import RulePack

PACK = RulePack.from_package(__name__)
'''

INIT = '''\
"""%CODE% %NAME%."""
'''

RULE = '''\
"""%CODE%: calls of the global `placeholder` in a loop. Replace this rule by your own.

Sound under these conditions:

1. nothing in the loop rebinds the global, which `LoopLookups` proves or grades.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import Category, Finding, Function, Global, LoopLookups, Needs, Operation, Rule


def check(function: Function) -> Iterator[Finding]:
    """Yield one finding for each loop that looks the global up."""
    for lookup in function[LoopLookups].lookups:
        if lookup.value == Global("placeholder"):
            yield Finding(
                message="`{expression}` is looked up on every iteration",
                instruction=lookup.loads[0],
                verdict=lookup.verdict,
                loop=lookup.loop,
                places=lookup.loads[1:],
            )


RULE = Rule(
    code="%CODE%",
    name="%NAME%",
    summary="The global `placeholder` is looked up again on every iteration",
    category=Category.LOOKUP,
    needs=Needs(any_of=frozenset({Operation.LOAD_GLOBAL})),
    check=check,
    package=__package__,
)
'''

PAGE = """\
# %CODE% %NAME%

The global `placeholder` is looked up again on every iteration.

## State

What is true in the interpreter: a global is found in the dictionary of the module, a local in
the frame.

## Trigger

What in the code sets the rule off: a function calls `placeholder` in a loop.

```text
LOAD_GLOBAL   placeholder
LOAD_FAST     number
CALL          1
```

## Consequence

What it costs, in numbers: `bclint new-rule` wrote this page, and has measured nothing.

## Example

```python
def placeholder(number):
    return number + 1


def run(size=1000):
    total = 0
    for number in range(size):
        total += placeholder(number)
    return total
```

## Use instead

```python
def placeholder(number):
    return number + 1


def run(size=1000):
    total = 0
    step = placeholder
    for number in range(size):
        total += step(number)
    return total
```

## When to leave it

Where the loop runs a few times only.

## Cases

### a call in a for loop

```python
def count(numbers):
    for number in numbers:
        print(placeholder(number))  # want: %CODE% "placeholder"
        #     ^^^^^^^^^^^
```

### a call in a while loop

```python
def count(number):
    while number:
        number = placeholder(number)  # want: %CODE% "placeholder"
        #        ^^^^^^^^^^^
```

### nope: the call is in no loop

```python
def count(number):
    return placeholder(number)
```

### nope: the name is a local

```python
def count(numbers, placeholder):
    for number in numbers:
        print(placeholder(number))
```
"""


def filled(template: str, code: str, name: str) -> str:
    """Return `template` for the rule of this code and name."""
    return template.replace("%CODE%", code).replace("%NAME%", name)
