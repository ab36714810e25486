"""Reads TensorBoard's event files as TensorBoard does, and checks every byte."""

import struct


class Torn(ValueError):
    """A file that does not consist of whole records."""


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _crc_table()


def masked_crc(data):
    """CRC-32C in the form that TFRecord has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The records of a file."""
    place = 0
    while place < len(data):
        if len(data) - place < 12:
            raise Torn(f"byte {place}: half a record")
        (length,), (crc,) = struct.unpack_from("<Q", data, place), struct.unpack_from("<I", data, place + 8)
        if crc != masked_crc(data[place:place + 8]):
            raise Torn(f"byte {place}: wrong checksum of a length")
        end = place + 12 + length + 4
        if end > len(data):
            raise Torn(f"byte {place}: half a record")
        content = data[place + 12:end - 4]
        if struct.unpack_from("<I", data, end - 4)[0] != masked_crc(content):
            raise Torn(f"byte {place}: wrong checksum of a record")
        yield content
        place = end


def _fields(data):
    """The fields of a protocol buffer's message: numbers and values."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(kind)
        if size is None:
            size = varint()
        yield key >> 3, data[place:place + size]
        place += size


def curves(files):
    """What TensorBoard shows of files in the order of their names: the value of each tag and step.

    Raises ValueError if a value is there twice. A session that starts at a step hides the earlier ones' values of that
    step and later ones.
    """
    shown = {}
    for data in files:
        for number, record in enumerate(records(data)):
            event = dict(_fields(record))
            step = event.get(2, 0)
            if number == 0 and event.get(3) != b"brain.Event:2":
                raise ValueError("a file does not start with its version")
            if 7 in event:
                shown = {key: value for key, value in shown.items() if key[1] < step}
            for field, value in _fields(event.get(5, b"")):
                content = dict(_fields(value))
                tag = content.pop(1).decode()
                if (tag, step) in shown:
                    raise ValueError(f"{tag} of step {step} is there twice")
                shown[tag, step] = None if tag == "samples_per_second" else content
    return shown
