"""In a checkout: `theory_claims.experiments` and `theory_claims.theory` are the packages beside this one.

A module has both names and is one object, so that a plug-in and the harness mean the same classes.
"""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("experiments", "theory")


class _Same(Loader):
    """Gives the module that has the shorter name."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module, imported under its own name.

        Raises:
            ImportError: if the folder of another package of that name comes first on the path.
        """
        name = spec.name.partition(".")[2]
        module = importlib.import_module(name)
        file = Path(module.__file__ or "")
        if not file.is_relative_to(ROOT):
            raise ImportError(
                f"{name} is {file} here, and not that of {ROOT}: it comes first on the path; start Python in another "
                "folder, or install theory-claims from its wheel"
            )
        self.own = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has been executed; only its specification, which the import has replaced, is put back."""
        module.__spec__ = self.own


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """For a module of `PACKAGES` below `theory_claims`; None for all others."""
        parts = fullname.split(".")
        if parts[0] != __package__ or len(parts) < 2 or parts[1] not in PACKAGES:
            return None
        # The name without `theory_claims.` has to be there, so that a missing module has the usual error.
        if importlib.util.find_spec(".".join(parts[1:])) is None:
            return None
        return ModuleSpec(fullname, _Same(), is_package=False)


def find_modules() -> None:
    """From now on the modules beside this package are found below its name."""
    if not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
