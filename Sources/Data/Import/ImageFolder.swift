import Files
import Glibc
import ImageData
import Parallel

/// A folder that has a folder of images for each class.
struct ImageFolder: Sendable {
  /// An image of a class.
  struct File: Sendable {
    /// The name in the folder of its class.
    let name: String
    /// The index of its class in `classes`.
    let label: UInt16
  }

  /// The folder.
  let path: String
  /// The names of the classes' folders, in natural order.
  let classes: [String]
  /// The images in natural order of their names, and those of one name in the order of their
  /// classes.
  let files: [File]
  /// The names of files beside the folders of classes, which are left out.
  let others: [String]

  /// Lists a folder; names that start with a full stop are skipped.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - allowsEmpty: Whether a class may have no images.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` for a folder without classes or
  ///   with more than 256, a class without images, two names that are one text, and names that are
  ///   not UTF-8.
  init(_ path: String, allowsEmpty: Bool) throws(DataError) {
    self.path = path
    let (folders, others) = try Self.entries(in: path)
    guard !folders.isEmpty else {
      throw DataError(
        .invalid,
        "\(path): found \(counted(others.count, "file")) and no folders, expected a folder of "
          + "images for each class")
    }
    guard folders.count <= LabelNames.largestCount else {
      throw DataError(
        .invalid,
        "\(path): found \(folders.count) folders, expected at most \(LabelNames.largestCount) "
          + "classes")
    }
    var texts: Set<String> = []
    for name in folders {
      // Names of other bytes may be one text, as with composed and decomposed letters.
      let (isNew, other) = texts.insert(name)
      guard isNew else {
        throw DataError(
          .invalid,
          "\(path): found the folders \(other) and \(name), whose names are the same text; "
            + "expected another name for each class")
      }
    }
    var files: [File] = []
    for (index, name) in folders.enumerated() {
      try ImportStop.check()
      let place = PathText.joined(path, name)
      let names = try Self.names(in: place)
      guard allowsEmpty || !names.isEmpty else {
        throw DataError(.invalid, "\(place): found no images, expected at least one")
      }
      files += names.map { File(name: $0, label: UInt16(index)) }
    }
    files.sort { first, second in
      // By their bytes: names of one text with other bytes have an order too.
      if NaturalOrder.wholeNumbers.precedes(first.name, second.name) { return true }
      if NaturalOrder.wholeNumbers.precedes(second.name, first.name) { return false }
      return first.label < second.label
    }
    classes = folders
    self.files = files
    self.others = others
  }

  /// The path of an image.
  func path(of file: File) -> String {
    PathText.joined(folder(ofClass: classes[Int(file.label)]), file.name)
  }

  /// The path of a class's folder.
  func folder(ofClass name: String) -> String { PathText.joined(path, name) }

  /// The names of the folders and of the other files in a folder, in natural order.
  static func entries(
    in path: String
  ) throws(DataError) -> (folders: [String], others: [String]) {
    var folders: [String] = []
    var others: [String] = []
    for name in try names(in: path).sorted(by: NaturalOrder.wholeNumbers.precedes) {
      let place = PathText.joined(path, name)
      let kind: FileStatus.Kind
      do throws(SystemError) {
        kind = try FileSystems.current.status(place, followingLink: true).kind
      } catch {
        throw .system(.unreadable, cannot: "be read", place, code: error.code)
      }
      if kind == .folder { folders.append(name) } else { others.append(name) }
    }
    return (folders, others)
  }

  private static func names(in path: String) throws(DataError) -> [String] {
    let names: [[UInt8]]
    do throws(SystemError) {
      names = try FileSystems.current.nameBytes(in: path)
    } catch {
      guard error.code != ENOTDIR else {
        throw DataError(.invalid, "\(path): found a file, expected a folder of images")
      }
      throw .system(.unreadable, cannot: "be read", path, code: error.code)
    }
    var texts: [String] = []
    for name in names where name.first != UInt8(ascii: ".") {
      guard let text = String(validating: name, as: UTF8.self) else {
        throw DataError(
          .invalid,
          "\(path): found a name that is not UTF-8, \(hexadecimal(name)) "
            + "('\(String(decoding: name, as: UTF8.self))'), expected names in UTF-8")
      }
      texts.append(text)
    }
    return texts
  }
}
