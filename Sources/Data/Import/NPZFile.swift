import Archives
import Files
import ImageData
import Parallel

/// An NPZ file with the images and labels of a data set, as NumPy writes it.
struct NPZFile {
  private let path: String
  private let wantedSize: ImageSize?

  /// The names of the arrays of one set.
  private struct Names {
    let images: String
    let labels: String
  }

  /// The names that a program gives the arrays.
  private struct Layout {
    let training: Names
    let validation: Names?
    let test: Names

    /// The names of all arrays.
    var names: [String] {
      [training, validation, test].compactMap(\.self).flatMap { [$0.images, $0.labels] }
    }
  }

  private static let layouts = [
    // Keras.
    Layout(
      training: Names(images: "x_train", labels: "y_train"), validation: nil,
      test: Names(images: "x_test", labels: "y_test")),
    // MedMNIST.
    Layout(
      training: Names(images: "train_images", labels: "train_labels"),
      validation: Names(images: "val_images", labels: "val_labels"),
      test: Names(images: "test_images", labels: "test_labels")),
  ]

  /// Names a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - size: The size that images must have; nil for any.
  init(path: String, size: ImageSize?) {
    self.path = path
    wantedSize = size
  }

  /// Reads all images.
  ///
  /// - Parameter progress: Called with progress.
  /// - Returns: The images. Without arrays for validation or tests there are no such images.
  /// - Throws: `DataError`: `invalid` with the member, what was found and what was expected;
  ///   `unreadable`, `refused` or `stopped`.
  func read(
    _ progress: @escaping @Sendable (ImportProgress) -> Void
  ) throws(DataError) -> ImportedSource {
    let archive = try ZipArchive(path: path, name: path)
    let members = archive.memberNames.map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }
    let layout = Self.layouts.first { members.contains($0.training.images) }
    guard let layout else {
      throw DataError(
        .invalid,
        "\(path): found \(members.isEmpty ? "no members" : "the members \(listed(members))"); "
          + "expected x_train and y_train, or train_images and train_labels, as NPY files")
    }
    for name in layout.names where members.count(where: { $0 == name }) > 1 {
      throw DataError(.invalid, "\(path): found several members \(name).npy, expected one")
    }
    let training = try part(layout.training, of: archive, as: nil)
    progress(.read(count: training.count, total: nil))
    func other(_ names: Names?) throws(DataError) -> ImportedPart? {
      guard let names, members.contains(names.images) || members.contains(names.labels) else {
        return nil
      }
      return try part(names, of: archive, as: training)
    }
    var source = ImportedSource(
      training: training, validation: try other(layout.validation), test: try other(layout.test))
    let others = members.filter { !layout.names.contains($0) }
    if !others.isEmpty {
      source.notes.append("\(path): left out \(counted(others.count, "array")): \(listed(others))")
    }
    return source
  }

  private func part(
    _ names: Names, of archive: ZipArchive, as training: ImportedPart?
  ) throws(DataError) -> ImportedPart {
    let images = try NPYMember(names.images, of: archive)
    let size = try images.imageSize()
    if let wanted = training?.size ?? wantedSize, size != wanted {
      let reason: Message = training.map { "as in \($0.name)" } ?? "by \(setting: "size")"
      throw DataError(
        .invalid, "\(images.name): found images of \(size), expected \(wanted) \(reason)")
    }
    let count = images.header.shape[0]
    let (labels, labelNames) = try NPYMember(names.labels, of: archive).labels(
      count: count, of: images.name)
    try ImportMemory.require(count, of: size, name: images.name)
    return ImportedPart(
      name: images.name, size: size, pixels: try images.values(width: 1), labels: labels,
      names: labelNames)
  }
}
