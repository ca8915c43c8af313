#!/usr/bin/env python3
"""Keeps rooms at the temperature that people asked for."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol, overload

if TYPE_CHECKING:
    from heating import Valve

LOWEST, HIGHEST = 5.0, 30.0

type Reading = tuple[float, float]
type Series[T] = list[tuple[float, T]]

half = lambda value: value / 2  # noqa: E731

# Rounded to what a display can show.
shown: Callable[[float], float] = lambda value: round(value, 1)

try:
    from fast import smooth
except ImportError:

    def smooth(values: list[float]) -> list[float]:
        """Does nothing where the fast one is absent."""
        return values


class Mode(Enum):
    """What the heating is doing."""

    OFF = "off"
    ECO = "eco"

    @classmethod
    def parse(cls, text: str) -> Mode:
        return cls(text.lower())


class Sensor(Protocol):
    def read(self) -> float: ...


# One room. Mutable: the target changes all day long.
@dataclass(slots=True)
class Room:
    """A room with its sensors.

    Attributes:
        name: as people call it.
    """

    name: str
    target: float = 20.0
    sensors: list[Sensor] = field(default_factory=list)
    order = lambda self: self.name  # noqa: E731

    class Meta:
        table = "rooms"

    @property
    def temperature(self) -> float:
        """The mean of the sensors."""
        return sum(sensor.read() for sensor in self.sensors) / len(self.sensors)

    @temperature.setter
    def temperature(self, value: float) -> None:
        self.target = value

    @staticmethod
    def clamp(value: float) -> float:
        return min(max(value, LOWEST), HIGHEST)

    async def settle(
        self,
        valve: Valve,
        *,
        patience: float = 60.0,
    ) -> bool:
        r"""Waits until the room is warm \o/."""
        async with valve:
            await asyncio.sleep(patience)
        return self.temperature >= self.target

    def __lt__(self, other: Room) -> bool:
        return self.name < other.name


class Cache[T](dict[str, T], metaclass=type):
    def first[U](self, default: U) -> T | U:
        return next(iter(self.values()), default)


@overload
def convert(value: int) -> int: ...
@overload
def convert(value: float) -> float: ...
def convert(value):  # either
    return value * 9 / 5 + 32


def retry(times: int) -> Callable:
    def decorate(function: Callable) -> Callable:
        async def attempt(*args: object) -> object:
            for _ in range(times):
                result = await function(*args)
            return result

        return attempt

    return decorate


@retry(3)
# The pump is slow.
async def pump(rooms: list[Room]) -> Iterator[Room]:
    for room in sorted(rooms, key=lambda room: room.target):
        yield room


if sys.platform == "win32":

    def beep() -> None:
        print("\a")

else:

    def beep() -> None:
        sys.stdout.write("\a")


def main() -> int:
    '''Runs until somebody stops it.'''
    print(half(3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
