import Files
import ImageData
import Parallel

/// A folder of images, perhaps divided into folders for training, validation and tests.
struct ImageFolderSource {
  private let request: ImportRequest
  private let progress: @Sendable (ImportProgress) -> Void

  private static let trainingNames = ["train", "training"]
  private static let validationNames = ["val", "valid", "validation"]
  private static let testNames = ["test", "testing"]

  init(
    _ request: ImportRequest, progress: @escaping @Sendable (ImportProgress) -> Void
  ) {
    self.request = request
    self.progress = progress
  }

  /// Reads all images.
  ///
  /// - Returns: The images, as far as the folders divide them.
  /// - Throws: `DataError`.
  func read() throws(DataError) -> ImportedSource {
    let paths = try division()
    let training = try ImageFolder(paths.training, allowsEmpty: false)
    try Self.requireClasses(training)
    let validation = try paths.validation.map { path throws(DataError) in
      try ImageFolder(path, allowsEmpty: true)
    }
    let test = try paths.test.map { path throws(DataError) in
      try ImageFolder(path, allowsEmpty: true)
    }
    let rule = try ImageRule(firstOf: training, request)
    let total = [training, validation, test].reduce(0) { $0 + ($1?.files.count ?? 0) }
    let reader = ImageFolderReader(rule: rule, total: total, progress: progress)
    return ImportedSource(
      training: try reader.read(training),
      validation: try validation.map { folder throws(DataError) in try reader.read(folder) },
      test: try test.map { folder throws(DataError) in try reader.read(folder) },
      notes: paths.notes + [training, validation, test].compactMap { $0.flatMap(Self.note) })
  }

  /// The folders of the sets, and a note on files beside them.
  private func division() throws(DataError) -> (
    training: String, validation: String?, test: String?, notes: [String]
  ) {
    let source = request.source
    let (folders, others) = try ImageFolder.entries(in: source)
    func path(_ names: [String]) throws(DataError) -> String? {
      let found = folders.filter { names.contains($0.lowercased()) }
      guard found.count < 2 else {
        throw DataError(
          .invalid,
          "\(source): found the folders \(found.joined(separator: " and ")), expected one of them")
      }
      return found.first.map { PathText.joined(source, $0) }
    }
    let training = try path(Self.trainingNames)
    let validation = try path(Self.validationNames)
    let test = try path(Self.testNames)
    // A folder that is called train, without the others, may be that of a class.
    guard let training, validation != nil || test != nil else {
      return (source, nil, request.testSource, [])
    }
    guard request.testSource == nil || test == nil else {
      throw DataError(
        .usage,
        "\(setting: "test-source") has no meaning for \(source): the test images are in "
          + "\(test ?? "")")
    }
    let names = Self.trainingNames + Self.validationNames + Self.testNames
    if let other = folders.first(where: { !names.contains($0.lowercased()) }) {
      throw DataError(
        .invalid,
        "\(source): found the folder \(other) beside \(PathNames.name(of: training)), expected "
          + "only folders for training, validation and tests")
    }
    let note = Self.note(others, in: source, beside: "the folders of sets")
    return (training, validation, test ?? request.testSource, others.isEmpty ? [] : [note])
  }

  private static func requireClasses(_ folder: ImageFolder) throws(DataError) {
    guard folder.classes.count > 1 else {
      let name = folder.classes[0]
      let hint =
        trainingNames.contains(name.lowercased())
        ? "; if \(name) is the training set, expected also a folder test" : ""
      throw DataError(
        .invalid,
        "\(folder.path): found the folder of one class, \(name), expected at least 2\(hint)")
    }
  }

  private static func note(_ files: [String], in folder: String, beside others: String) -> String {
    "\(folder): left out \(counted(files.count, "file")) beside \(others): \(listed(files))"
  }

  /// A note on files that are left out.
  private static func note(_ folder: ImageFolder) -> String? {
    if folder.others.isEmpty { return nil }
    return note(folder.others, in: folder.path, beside: "the folders of classes")
  }
}
