"""Running a drawn module with recorded effects, and with trouble at a chosen step."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

MOST_STEPS = 400
ADDRESS = re.compile(r" at 0x\w+")


class Endless(BaseException):
    """A drawn module runs for too long: nothing is compared."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes wrong, and when: steps count the recorded operations of a run."""

    items: int
    """How many items the things have that loops iterate over."""
    fails_at: int
    """The step that raises an exception; none if negative."""
    rebinds_at: int
    """The step at which the module's own ``rebind`` is called; none if negative."""


class World:
    """What a run sees of the outside, and all that it did there."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.log: list[str] = []
        self.namespace: dict[str, Any] = {}
        self._steps = 0

    def tick(self) -> bool:
        """One step without a name; always true, so that it can be a loop's condition."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Endless
        if self._steps == self.plan.rebinds_at and "rebind" in self.namespace:
            self.namespace["rebind"]()
        if self._steps == self.plan.fails_at:
            raise ValueError(f"step {self._steps}")
        return self._steps < MOST_STEPS // 2

    def record(self, what: str) -> None:
        self.log.append(what)
        self.tick()

    def show(self, *values: object) -> None:
        """What a drawn module calls to tell something."""
        self.record(f"show {[described(value) for value in values]}")

    def check(self, value: Any) -> Any:
        """An unknown function: gives back what it gets."""
        self.record(f"check {described(value)}")
        return value


def described(value: object, depth: int = 3) -> str:
    """A text without addresses, that runs no code of recorders."""
    if isinstance(value, Recorder):
        return f"<{object.__getattribute__(value, 'name')}>"
    if type(value) in (list, tuple, set, frozenset) and depth:
        items = [described(item, depth - 1) for item in value]  # type: ignore[attr-defined]
        return f"{type(value).__name__}{items if type(value) in (list, tuple) else sorted(items)}"
    if type(value) is dict and depth:
        return (
            f"dict{[(described(k, depth - 1), described(v, depth - 1)) for k, v in value.items()]}"
        )
    if value is None or type(value) in (int, str, bool, bytes, float):
        return repr(value)
    return type(value).__name__


class Recorder:
    """An object whose every operation is an effect."""

    def __init__(self, world: World, name: str, items: int) -> None:
        object.__setattr__(self, "world", world)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "own", items)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        _tell(self, f"get {attribute}")
        return Recorder(_world(self), f"{self.name}.{attribute}", 2)

    def __setattr__(self, attribute: str, value: object) -> None:
        _tell(self, f"set {attribute} {described(value)}")

    def __iter__(self) -> Iterator[Any]:
        _tell(self, "iter")
        for index in range(self.own):
            _tell(self, f"next {index}")
            yield Recorder(_world(self), f"{self.name}[{index}]", 1) if index % 2 else index

    def __len__(self) -> int:
        _tell(self, "len")
        return int(self.own)

    def __length_hint__(self) -> int:
        _tell(self, "length hint")
        return 1

    def __bool__(self) -> bool:
        _tell(self, "bool")
        return len(str(self.name)) % 2 == 0

    def __eq__(self, other: object) -> bool:
        _tell(self, f"eq {described(other)}")
        return False

    def __hash__(self) -> int:
        _tell(self, "hash")
        return 1

    def __format__(self, spec: str) -> str:
        _tell(self, f"format {spec}")
        return str(self.name)

    def __str__(self) -> str:
        _tell(self, "str")
        return str(self.name)

    def __repr__(self) -> str:
        _tell(self, "repr")
        return str(self.name)

    def __index__(self) -> int:
        _tell(self, "index")
        return 1

    def __call__(self, *values: object) -> Any:
        _tell(self, f"call {[described(value) for value in values]}")
        return self

    def __getitem__(self, key: object) -> Any:
        _tell(self, f"item {described(key)}")
        return key

    def __setitem__(self, key: object, value: object) -> None:
        _tell(self, f"set item {described(key)} {described(value)}")

    def __contains__(self, item: object) -> bool:
        _tell(self, f"contains {described(item)}")
        return True

    def __enter__(self) -> Any:
        _tell(self, "enter")
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        _tell(self, f"exit {kind.__name__ if kind else None}")
        return kind is ValueError

    def __lt__(self, other: object) -> Any:
        _tell(self, f"lt {described(other)}")
        return self

    def __add__(self, other: object) -> Any:
        _tell(self, f"add {described(other)}")
        return self

    __radd__ = __iadd__ = __mod__ = __rmod__ = __mul__ = __rmul__ = __add__
    __gt__ = __le__ = __ge__ = __lt__


def _tell(recorder: Recorder, what: str) -> None:
    _world(recorder).record(f"{object.__getattribute__(recorder, 'name')} {what}")


def _world(recorder: Recorder) -> World:
    world: World = object.__getattribute__(recorder, "world")
    return world


def outcome_of(code: CodeType, plan: Plan) -> list[str]:
    """Everything that can be seen of one run of a module. Raises `Endless`."""
    world = World(plan)
    namespace = world.namespace
    namespace |= {
        "__name__": "drawn",
        "show": world.show,
        "check": world.check,
        "tick": world.tick,
        "box": Recorder(world, "box", plan.items),
        "numbers": list(range(plan.items)),
        "attempt": attempt_in(world),
        "finish": finish,
    }
    try:
        exec(code, namespace)
    except Exception as error:
        world.log.append(raised(error))
    return [ADDRESS.sub("", line) for line in world.log]


def attempt_in(world: World) -> Callable[..., None]:
    """A function that calls another, and shows what it returns or raises."""

    def attempt(function: Callable[..., object], *values: object) -> None:
        try:
            world.log.append(f"gave {described(function(*values))}")
        except Exception as error:
            world.log.append(raised(error))

    return attempt


def finish(coroutine: Coroutine[object, None, object]) -> object:
    """Resume a coroutine until it returns."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value


def raised(error: Exception) -> str:
    """The exception as it is compared."""
    return f"raised {type(error).__name__}: {error}"
