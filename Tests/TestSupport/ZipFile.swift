/// A zip file written by the specification, without libzip.
package struct ZipFile {
  /// A file in it.
  package struct Member {
    /// Its name.
    package var name: String
    /// Its content.
    package var content: [UInt8]
    /// Whether it is packed by deflate rather than stored.
    package var isPacked = false
    /// The CRC-32 that its headers have.
    package var checksum: UInt32
    /// The number of the method that its headers have; nil for that of ``isPacked``.
    package var method: Int?

    /// Makes a member with the right checksum.
    package init(_ name: String, _ content: [UInt8], isPacked: Bool = false) {
      self.name = name
      self.content = content
      self.isPacked = isPacked
      checksum = crc(content)
    }

    /// What is stored.
    fileprivate var stored: [UInt8] {
      // Between gzip's header of 10 bytes and its trailer of 8.
      isPacked ? Array(gzip(content).dropFirst(10).dropLast(8)) : content
    }
  }

  /// The files.
  package var members: [Member]
  /// Whether sizes and offsets are in the fields for more than 4 GiB.
  package var isLarge = false

  /// Makes a zip file.
  package init(_ members: [Member], isLarge: Bool = false) {
    self.members = members
    self.isLarge = isLarge
  }

  /// The zip file.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let offset = bytes.count
      bytes += [0x50, 0x4b, 3, 4] + head(member) + local(member)
      bytes += member.stored
      directory += [0x50, 0x4b, 1, 2] + little(version, 2) + head(member)
      directory += central(member, offset: offset)
    }
    let start = bytes.count
    bytes += directory
    if isLarge { bytes += largeEnd(start: start, size: directory.count, at: bytes.count) }
    let count = isLarge ? 0xffff : members.count
    return bytes + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(count, 2) + little(count, 2)
      + little(isLarge ? 0xffff_ffff : directory.count, 4)
      + little(isLarge ? 0xffff_ffff : start, 4) + [0, 0]
  }

  private var version: Int { isLarge ? 45 : 20 }

  /// What the local and the central header have in common, up to the sizes.
  private func head(_ member: Member) -> [UInt8] {
    let size = isLarge ? 0xffff_ffff : member.stored.count
    let unpacked = isLarge ? 0xffff_ffff : member.content.count
    let method = member.method ?? (member.isPacked ? 8 : 0)
    // Flags, method, time and date (1 January 1980), checksum, sizes.
    return little(version, 2) + [0, 0] + little(method, 2) + [0, 0, 0x21, 0]
      + little(Int(member.checksum), 4) + little(size, 4) + little(unpacked, 4)
  }

  /// The lengths of name and extra field, and both of these, as a local header has them.
  private func local(_ member: Member) -> [UInt8] {
    let field = largeField(member, offset: nil)
    return little(member.name.utf8.count, 2) + little(field.count, 2) + Array(member.name.utf8)
      + field
  }

  private func central(_ member: Member, offset: Int) -> [UInt8] {
    let field = largeField(member, offset: offset)
    // No comment, disk 0, no attributes.
    return little(member.name.utf8.count, 2) + little(field.count, 2)
      + [UInt8](repeating: 0, count: 10) + little(isLarge ? 0xffff_ffff : offset, 4)
      + Array(member.name.utf8) + field
  }

  private func largeField(_ member: Member, offset: Int?) -> [UInt8] {
    guard isLarge else { return [] }
    let values = [member.content.count, member.stored.count] + (offset.map { [$0] } ?? [])
    return little(1, 2) + little(8 * values.count, 2) + values.flatMap { little($0, 8) }
  }

  private func largeEnd(start: Int, size: Int, at position: Int) -> [UInt8] {
    let record =
      [0x50, 0x4b, 6, 6] + little(44, 8) + little(version, 2) + little(version, 2) + little(0, 8)
      + little(members.count, 8) + little(members.count, 8) + little(size, 8) + little(start, 8)
    return record + [0x50, 0x4b, 6, 7] + little(0, 4) + little(position, 8) + little(1, 4)
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
