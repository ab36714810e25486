"""Linux's reports of changed files."""

import ctypes
import os
import pathlib
import struct

_MODIFY, _CLOSE_WRITE, _MOVED_TO, _CREATE, _DELETE, _IS_DIRECTORY = 0x2, 0x8, 0x80, 0x100, 0x200, 0x40000000
_CHANGES = _MODIFY | _CLOSE_WRITE | _MOVED_TO | _CREATE | _DELETE
_LIBRARY = ctypes.CDLL(None, use_errno=True)


class FileChanges:
    """Counts changes of files in directories, also in folders that are made there later."""

    def __init__(self, *directories):
        self._descriptor = _LIBRARY.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._directories = {}
        # All changes so far.
        self.total = 0
        for directory in directories:
            self._watch(pathlib.Path(directory))

    def _watch(self, directory):
        number = _LIBRARY.inotify_add_watch(self._descriptor, os.fsencode(directory), _CHANGES)
        if number < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch", str(directory))
        self._directories[number] = directory
        for path in directory.iterdir():
            if path.is_dir():
                self._watch(path)

    def fileno(self):
        return self._descriptor

    def read(self):
        """The number of changes since the last call."""
        data = os.read(self._descriptor, 1 << 16)
        place = count = 0
        while place < len(data):
            number, mask, _, size = struct.unpack_from("iIII", data, place)
            name = data[place + 16:place + 16 + size].rstrip(b"\0")
            if mask & _IS_DIRECTORY and mask & _CREATE:
                self._watch(self._directories[number] / os.fsdecode(name))
            count += 1
            place += 16 + size
        self.total += count
        return count

    def close(self):
        os.close(self._descriptor)
