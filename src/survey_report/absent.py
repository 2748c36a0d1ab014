"""What stands for findings that there are none of, so that a notebook runs to its end and shows nothing more."""

from __future__ import annotations

from collections.abc import Iterator


class Absent:
    """Whatever is asked of it is absent too."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("_"):  # Python and Jupyter ask what an object can do
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Absent:
        return self

    def __call__(self, *_: object, **__: object) -> Absent:
        return self

    def __iter__(self) -> Iterator[Absent]:
        return iter(())

    def __format__(self, _: str) -> str:
        return ""
