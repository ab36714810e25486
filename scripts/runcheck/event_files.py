"""Reads event files as TensorBoard does."""

import struct

# A resumed run's values hide those of older files (docs/formats.md, TensorBoard).
_START = 1


class DamagedEvents(ValueError):
    """A file that TensorBoard cannot read to its end."""


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _crc_table()


def _masked_crc(data):
    """The checksum of a record: CRC-32C, rotated and with an offset."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _varint(data, place):
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place += 1
        shift += 7
        if byte < 0x80:
            return value, place


def _fields(data):
    """The fields of a protocol buffer, as pairs of a number and a value."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        if key & 7 == 0:
            value, place = _varint(data, place)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, place = _varint(data, place)
            value, place = data[place:place + size], place + size
        yield key >> 3, value


def _records(path, may_be_cut):
    """The records of a file, which may end within one if a process was killed while it wrote."""
    data = path.read_bytes()
    place = 0
    while place < len(data):
        header = data[place:place + 12]
        size = struct.unpack("<Q", header[:8])[0] if len(header) == 12 else 0
        record = data[place + 12:place + 16 + size]
        if len(header) < 12 or len(record) < size + 4:
            if not may_be_cut:
                raise DamagedEvents(f"{path}: ends within the record at byte {place}")
            return
        sums = struct.unpack("<I", header[8:])[0], struct.unpack("<I", record[size:])[0]
        if sums != (_masked_crc(header[:8]), _masked_crc(record[:size])):
            raise DamagedEvents(f"{path}: the record at byte {place} has a wrong checksum")
        if place == 0 and dict(_fields(record[:size])).get(3) != b"brain.Event:2":
            raise DamagedEvents(f"{path}: does not start with its version")
        yield record[:size]
        place += 16 + size


def read_events(directory, may_be_cut=lambda path, last: path != last):
    """The values that TensorBoard shows: for each tag, pairs of a step and the encoded value.

    Raises DamagedEvents for a file that its process cannot have left. `may_be_cut` says of a file, and of the last one,
    whether the first may end within a record; by default only the last must be whole.
    """
    shown = {}
    paths = sorted(directory.glob("events.out.*"))
    for path in paths:
        for record in _records(path, may_be_cut(path, paths[-1])):
            fields = dict(_fields(record))
            step = fields.get(2, 0)
            if dict(_fields(fields.get(7, b""))).get(1) == _START:
                shown = {
                    tag: [value for value in values if value[0] < step] for tag, values in shown.items()}
            for _, value in _fields(fields.get(5, b"")):
                parts = dict(_fields(value))
                tag = parts.pop(1).decode()
                shown.setdefault(tag, []).append((step, tuple(sorted(parts.items()))))
    return shown
