"""Have a kernel import what the server imported: nothing is there before it is asked for.

A notebook that forgets an import, has a module of its own by a package's name, or sets a
variable before it imports, must fare as in a new process. So packages imported beforehand
are hidden, and come back whole at the first import that leads to them. Loaded by path,
as ``server`` says.
"""

import copy
import ctypes
import importlib.machinery
import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

FIGURES = "matplotlib"
# Where matplotlib looks for settings and caches, once, when it is imported.
SETTINGS = ("MPLCONFIGDIR", "MATPLOTLIBRC", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
# In the order in which OpenBLAS heeds them.
THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
# By whom it was built: for numpy, for scipy, for conda and the systems.
SET_THREADS = (
    *("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads"),
    *("openblas_set_num_threads64_", "openblas_set_num_threads"),
)


class Arrivals:
    """A finder and loader of the packages that were imported after the modules ``before``.

    Each comes back in two groups: what its bare import brings, as recorded in ``bare``, and
    the rest, called as the package with a point after it. Python's own library is left alone:
    kernels look there first, and need most of it anyway.
    """

    def __init__(self, before: Collection[str], bare: Mapping[str, Collection[str]]):
        # What a kernel will not have imported itself, whenever it gets it.
        self.known = dict(sys.modules)
        self.environment: Mapping[str, str] = dict(os.environ)
        self.groups: dict[str, dict[str, ModuleType]] = {}
        self.group_of: dict[str, str] = {}
        packages = {name.partition(".")[0] for name in before} | set(sys.stdlib_module_names)
        for name, module in self.known.items():
            package = name.partition(".")[0]
            # Without a specification it is not a module from a file, and nobody could import it.
            if package not in packages and getattr(self.known.get(package), "__spec__", None):
                group = package if name in bare.get(package, self.known) else f"{package}."
                self.groups.setdefault(group, {})[name] = module
                self.group_of[name] = group
        self.needs = {group: self._needs(group) for group in self.groups}
        self._show_colormaps(shown=False)
        self.attributes = [found for name in self.group_of for found in self._attribute(name)]
        for parent, name, _ in self.attributes:
            delattr(self.known[parent], name)
        for name in self.group_of:
            del sys.modules[name]

    def _needs(self, group: str) -> set[str]:
        """Return the groups of what a group's modules name: modules, functions, classes."""
        kinds = (ModuleType, FunctionType, BuiltinFunctionType, type)
        own = group.rstrip(".")
        found = {own}
        for module in self.groups[group].values():
            for value in list(vars(module).values()):
                if isinstance(value, kinds):
                    name = "__name__" if isinstance(value, ModuleType) else "__module__"
                    found.add(str(getattr(value, name, "")).partition(".")[0])
        return {other for other in self.groups if other.rstrip(".") in found} - {f"{own}."}

    def _attribute(self, name: str) -> list[tuple[str, str, ModuleType]]:
        """Return the attribute by which a parent's bare import shows more than it imported."""
        parent, _, attribute = name.rpartition(".")
        module = self.known[name]
        shown = vars(self.known[parent]).get(attribute) is module if parent in self.known else False
        differ = self.group_of.get(parent) != self.group_of[name]
        return [(parent, attribute, module)] if shown and differ else []

    def closure(self, group: str) -> set[str]:
        """Return a group and all that come with it."""
        found, new = {group}, {group}
        while new:
            new = {need for name in new for need in self.needs[name]} - found
            found |= new
        return found

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to import a module that waits; None leaves it to the other finders."""
        del path, target
        group = self.group_of.get(name, "")
        if group not in self.groups:
            return None
        if FIGURES in self.closure(group) & self.groups.keys() and self._changed(SETTINGS):
            self._drop_figures()
            return None
        if self._elsewhere(group):
            return None
        # Not put back here: Python would take its own specification, and execute it again.
        spec = copy.copy(self.known[name].__spec__)
        assert spec is not None
        spec.loader = self  # type: ignore[assignment]
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the module as it was imported; its specification is to be put back."""
        module = self.known[spec.name]
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: Any) -> None:
        """Put back the group of a module with all that it needs, as the environment now says."""
        module.__spec__ = module.__spec__.loader_state
        for group in self.closure(self.group_of[module.__name__]) & self.groups.keys():
            if not self._elsewhere(group):
                self._arrive(group)

    def _arrive(self, group: str) -> None:
        """Put a group back, and make up for what it would have done at its import."""
        modules = self.groups.pop(group)
        sys.modules.update(modules)
        for parent, name, module in self.attributes:
            if module.__name__ in modules:
                setattr(self.known[parent], name, module)
        if group == FIGURES:
            use_backend(os.environ.get("MPLBACKEND"))
        if group == "seaborn":
            self._show_colormaps(shown=True)
        if group == "numpy" and self._changed(THREADS):
            set_threads()

    def _elsewhere(self, group: str) -> bool:
        """Whether an import leads elsewhere, as beside the notebook; if so, leave it to that."""
        package = group.rstrip(".")
        found = importlib.machinery.PathFinder.find_spec(package)
        spec = self.known[package].__spec__
        if not (found and spec and found.origin != spec.origin):
            return False
        self.groups.pop(package, None)
        self.groups.pop(f"{package}.", None)
        return True

    def _changed(self, names: Collection[str]) -> bool:
        """Whether the kernel has set variables since it started."""
        return any(os.environ.get(name) != self.environment.get(name) for name in names)

    def _drop_figures(self) -> None:
        """Have matplotlib, and what has been built on it, imported from their files."""
        for group in [name for name in self.groups if FIGURES in self.closure(name)]:
            for name, module in self.groups.pop(group).items():
                # Compiled code can be loaded only once in a process, and holds no settings.
                loader = getattr(module.__spec__, "loader", None)
                if isinstance(loader, importlib.machinery.ExtensionFileLoader):
                    sys.modules[name] = module

    def _show_colormaps(self, *, shown: bool) -> None:
        """Hide the colour maps that seaborn registers at its import, or show them again."""
        registry: Any = getattr(self.known.get(FIGURES), "colormaps", {})
        for name, value in vars(self.known.get("seaborn.cm", object)).items():
            if getattr(value, "name", "") == name and shown:
                registry.register(value, force=True)
            elif name in registry:
                registry.unregister(name)


def use_backend(name: str | None) -> None:
    """Make an already imported matplotlib draw as ``MPLBACKEND`` tells it at its import."""
    if name:
        sys.modules[FIGURES].rcParams["backend"] = name
    # It sets itself up at its import, when there was no shell that figures could go to.
    inline = sys.modules.get("matplotlib_inline.backend_inline")
    if inline:
        inline._enable_matplotlib_integration()


def set_threads() -> None:
    """Have an already loaded OpenBLAS use as many threads as it would if it were loaded now."""
    given = (os.environ.get(name, "") for name in THREADS)
    wanted = next((int(text) for text in given if text.isdigit() and int(text)), os.cpu_count())
    maps = Path("/proc/self/maps")
    lines = maps.read_text(encoding="utf-8").splitlines() if maps.exists() else []
    for path in {line.split(maxsplit=5)[-1] for line in lines if "openblas" in line}:
        library = ctypes.CDLL(path)
        for symbol in SET_THREADS:
            if hasattr(library, symbol):
                getattr(library, symbol)(ctypes.c_int(wanted or 1))
