"""Read embedded resources out of a .NET single-file program, as bytes; nothing of the program is run.

In: the bytes of the program. Out: name -> bytes of each resource of one assembly in its bundle.
Sources: the manifest of the single-file bundle (dotnet/runtime docs/design/datacontracts, bundle version 6) and
ECMA-335 partition II (section 22: metadata tables, 24: metadata streams, 25: the PE file).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

MARK = bytes.fromhex("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae")
MANIFEST_RESOURCE = 0x28

# Columns of the metadata tables up to ManifestResource (ECMA-335 II.22): 2 and 4 are integers, s g b are heap
# indexes, t.. is an index into one table, a capital names a coded index of CODED.
CODED = {
    "TypeDefOrRef": (2, (0x02, 0x01, 0x1B)),
    "HasConstant": (2, (0x04, 0x08, 0x17)),
    "HasCustomAttribute": (5, (*range(0x03), 0x04, 0x06, *range(0x08, 0x0B), 0x0E, 0x11, 0x14, 0x17, 0x1A, 0x1B,
                               0x20, 0x23, 0x26, 0x27, 0x28, 0x2A, 0x2C, 0x2B)),
    "HasFieldMarshal": (1, (0x04, 0x08)),
    "HasDeclSecurity": (2, (0x02, 0x06, 0x20)),
    "MemberRefParent": (3, (0x02, 0x01, 0x1A, 0x06, 0x1B)),
    "HasSemantics": (1, (0x14, 0x17)),
    "MethodDefOrRef": (1, (0x06, 0x0A)),
    "MemberForwarded": (1, (0x04, 0x06)),
    "Implementation": (2, (0x26, 0x23, 0x27)),
    "CustomAttributeType": (3, (0x06, 0x0A)),
    "ResolutionScope": (2, (0x00, 0x1A, 0x23, 0x01)),
}  # fmt: skip
COLUMNS = {
    0x00: "2 s g g g", 0x01: "ResolutionScope s s", 0x02: "4 s s TypeDefOrRef t04 t06", 0x03: "t04", 0x04: "2 s b",
    0x05: "t06", 0x06: "4 2 2 s b t08", 0x07: "t08", 0x08: "2 2 s", 0x09: "t02 TypeDefOrRef",
    0x0A: "MemberRefParent s b",
    0x0B: "2 HasConstant b", 0x0C: "HasCustomAttribute CustomAttributeType b", 0x0D: "HasFieldMarshal b",
    0x0E: "2 HasDeclSecurity b", 0x0F: "2 4 t02", 0x10: "4 t04", 0x11: "b", 0x12: "t02 t14", 0x13: "t14",
    0x14: "2 s TypeDefOrRef", 0x15: "t02 t17", 0x16: "t17", 0x17: "2 s b", 0x18: "2 t06 HasSemantics",
    0x19: "t02 MethodDefOrRef MethodDefOrRef", 0x1A: "s", 0x1B: "b", 0x1C: "2 MemberForwarded s t1A", 0x1D: "4 t04",
    0x1E: "4 4", 0x1F: "4", 0x20: "4 2 2 2 2 4 b s s", 0x21: "4", 0x22: "4 4 4", 0x23: "2 2 2 2 4 b s s b",
    0x24: "4 t23",
    0x25: "4 4 4 t23", 0x26: "4 s b", 0x27: "4 4 s s Implementation", 0x28: "4 4 s Implementation",
}  # fmt: skip


def bundle_entry(program: bytes, name: str) -> bytes:
    """Give one file of the bundle, unpacked; ValueError where the program has no bundle or no such file."""
    mark = program.find(MARK)
    if mark < 0:
        msg = "not a .NET single-file program: the bundle's mark is missing"
        raise ValueError(msg)
    at = struct.unpack_from("<q", program, mark - 8)[0]
    major, _, count = struct.unpack_from("<IIi", program, at)
    _, at = _text(program, at + 12)
    at += 40 if major >= 2 else 0
    for _ in range(count):
        offset, size, packed = struct.unpack_from("<qqq", program, at)
        path, at = _text(program, at + 25)
        if path == name:
            raw = program[offset : offset + (packed or size)]
            return zlib.decompress(raw, -15) if packed else raw
    msg = f"the bundle has no file {name}"
    raise ValueError(msg)


def _text(data: bytes, at: int) -> tuple[str, int]:
    length = shift = 0
    while True:
        byte = data[at]
        at += 1
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return data[at : at + length].decode(), at + length


def resources(assembly: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each resource that an assembly holds itself (ECMA-335 II.22.24)."""
    sections, cli = _headers(assembly)
    metadata = _offset(sections, struct.unpack_from("<I", assembly, cli + 8)[0])
    data = _offset(sections, struct.unpack_from("<I", assembly, cli + 24)[0])
    streams = _streams(assembly, metadata)
    for start, name in _manifest(assembly, streams):
        length = struct.unpack_from("<I", assembly, data + start)[0]
        yield name, assembly[data + start + 4 : data + start + 4 + length]


def _headers(assembly: bytes) -> tuple[list[tuple[int, int, int]], int]:
    pe = struct.unpack_from("<I", assembly, 0x3C)[0]
    count, optional = struct.unpack_from("<H", assembly, pe + 6)[0], struct.unpack_from("<H", assembly, pe + 20)[0]
    first = pe + 24 + optional
    sections = [struct.unpack_from("<8x4I", assembly, first + 40 * at) for at in range(count)]
    spans = [(address, size, raw) for _, address, size, raw in sections]
    directories = pe + 24 + (112 if struct.unpack_from("<H", assembly, pe + 24)[0] == 0x20B else 96)
    return spans, _offset(spans, struct.unpack_from("<I", assembly, directories + 14 * 8)[0])


def _offset(sections: list[tuple[int, int, int]], address: int) -> int:
    for start, size, raw in sections:
        if start <= address < start + size:
            return raw + address - start
    msg = f"address {address:#x} lies in no section"
    raise ValueError(msg)


def _streams(assembly: bytes, metadata: int) -> dict[str, int]:
    version = struct.unpack_from("<I", assembly, metadata + 12)[0]
    at = metadata + 16 + version
    count = struct.unpack_from("<H", assembly, at + 2)[0]
    at += 4
    streams = {}
    for _ in range(count):
        offset = struct.unpack_from("<I", assembly, at)[0]
        end = assembly.index(b"\0", at + 8)
        streams[assembly[at + 8 : end].decode()] = metadata + offset
        at += 8 + (end - at - 8) // 4 * 4 + 4
    return streams


def _manifest(assembly: bytes, streams: dict[str, int]) -> Iterator[tuple[int, str]]:
    tables = streams["#~"]
    heaps, valid = assembly[tables + 6], struct.unpack_from("<Q", assembly, tables + 8)[0]
    present = [table for table in range(64) if valid >> table & 1]
    rows = dict(zip(present, struct.unpack_from(f"<{len(present)}I", assembly, tables + 24), strict=True))
    at = tables + 24 + 4 * len(present)
    for table in range(MANIFEST_RESOURCE):
        at += rows.get(table, 0) * sum(_width(column, rows, heaps) for column in COLUMNS[table].split())
    widths = [_width(column, rows, heaps) for column in COLUMNS[MANIFEST_RESOURCE].split()]
    for _ in range(rows[MANIFEST_RESOURCE]):
        start = struct.unpack_from("<I", assembly, at)[0]
        name = streams["#Strings"] + int.from_bytes(assembly[at + 8 : at + 8 + widths[2]], "little")
        yield start, assembly[name : assembly.index(b"\0", name)].decode()
        at += sum(widths)


def _width(column: str, rows: dict[int, int], heaps: int) -> int:
    if column in "24":
        return int(column)
    if column in "sgb":
        return 4 if heaps >> "sgb".index(column) & 1 else 2
    if column in CODED:
        bits, tables = CODED[column]
        return 2 if max(rows.get(table, 0) for table in tables) < 1 << 16 - bits else 4
    return 2 if rows.get(int(column[1:], 16), 0) < 1 << 16 else 4
