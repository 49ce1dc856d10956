"""A file layer that knows what a power cut would leave on the device."""

from collections.abc import Callable
from pathlib import Path

from evidence_tracker.vault.files import Files

Entries = dict[str, int | None]


class LosingFiles(Files):
    """Real files, and beside them a record of what has been synced.

    Content is durable after ``fsync`` or ``flush`` of the file, names after ``fsync_dir`` of their
    folder. With ``names_survive`` names reach the device at once, content still does not:
    the other way in which journals may order things.
    """

    def __init__(self, root: Path, *, names_survive: bool = False) -> None:
        self._root = root
        self._names_survive = names_survive
        self._contents: dict[int, bytes] = {}
        self._paths: dict[int, Path] = {}
        self._names: dict[Path, Entries] = {root: entries(root)}
        self.after_each: Callable[[str], None] = lambda _operation: None

    def create(self, path):
        descriptor = super().create(path)
        self._paths[descriptor] = path
        self._contents.pop(path.stat().st_ino, None)
        self.after_each("create")
        return descriptor

    def write(self, descriptor, data):
        super().write(descriptor, data)
        self.after_each("write")

    def flush(self, descriptor):
        super().flush(descriptor)
        self._content_synced(descriptor)
        self.after_each("flush")

    def fsync(self, descriptor):
        super().fsync(descriptor)
        if descriptor in self._paths:
            self._content_synced(descriptor)
            self.after_each("fsync")

    def sync_all(self, paths):
        super().sync_all(paths)
        for path in paths:
            if path.is_dir():
                self._names[path] = entries(path)
            else:
                self._contents[path.stat().st_ino] = path.read_bytes()
        self.after_each("sync_all")

    def _content_synced(self, descriptor):
        path = self._paths[descriptor]
        self._contents[path.stat().st_ino] = path.read_bytes()

    def close(self, descriptor):
        super().close(descriptor)
        del self._paths[descriptor]

    def rename(self, source, target):
        super().rename(source, target)
        self.after_each("rename")

    def fsync_dir(self, path):
        super().fsync_dir(path)
        self._names[path] = entries(path)
        self.after_each("fsync_dir")

    def unlink(self, path):
        super().unlink(path)
        self.after_each("unlink")

    def disk_after_power_cut(self, copy: Path) -> Path:
        """Build in ``copy`` what would be found after the power comes back; return it."""
        self._restore(self._root, copy)
        return copy

    def _restore(self, folder: Path, copy: Path) -> None:
        copy.mkdir(0o700)
        names = entries(folder) if self._names_survive and folder.exists() else self._names.get(folder, {})
        for name, inode in names.items():
            if inode is None:
                self._restore(folder / name, copy / name)
            else:
                (copy / name).write_bytes(self._contents.get(inode, b""))


def entries(folder: Path) -> Entries:
    """Return the names in a folder with their file numbers, None for folders."""
    return {path.name: None if path.is_dir() else path.stat().st_ino for path in folder.iterdir()}
