import Files
import ImageData
import Parallel

/// Makes a training set and a test set of what a source has.
enum ImportSplit {
  /// Combines images and classes, and chooses a test set if the source has none.
  ///
  /// - Parameters:
  ///   - source: The images.
  ///   - classes: The classes.
  ///   - request: How many images become the test set, and the seed.
  /// - Returns: The training set and the test set.
  /// - Throws: `DataError`: `usage` if the test set would take all images, or all of a class;
  ///   `invalid` for test images of another class; `refused` without memory.
  static func sets(
    of source: ImportedSource, classes: ClassTable, _ request: ImportRequest
  ) throws(DataError) -> (training: ImageSet, test: ImageSet) {
    let labels = try classes.labels(of: source.training)
    if let test = source.test {
      return (
        try set(source.training, labels), try set(test, try classes.labels(of: test))
      )
    }
    let share = request.testShare ?? .standard
    let count = share.count(of: labels.count)
    guard count < labels.count else {
      throw DataError(
        .usage,
        "\(setting: "test") is \(share), which is \(count) of the \(labels.count) images; it must "
          + "leave some to train on")
    }
    let split = ValidationSplit(
      .samples(count), of: labels, isStratified: true, seed: request.seed ?? 0, purpose: .testSet)
    var left = [Int](repeating: 0, count: classes.names.count)
    for sample in split.training { left[Int(labels[Int(sample)])] += 1 }
    if let empty = left.firstIndex(of: 0) {
      throw DataError(
        .usage,
        "\(setting: "test") is \(share), which takes every image of class "
          + "'\(classes.names[empty])'; it must leave some to train on")
    }
    try ImportMemory.require(
      labels.count, of: source.training.size, beside: source.training.pixels.count,
      name: source.training.name)
    return (
      try subset(split.training, of: source.training, labels),
      try subset(split.validation, of: source.training, labels)
    )
  }

  /// Refuses options of the choice where there is nothing to choose.
  ///
  /// - Parameter request: The request, for a source that has a test set.
  /// - Throws: `DataError` of kind `usage`.
  static func refuseOptions(_ request: ImportRequest) throws(DataError) {
    for (name, isGiven) in [("test", request.testShare != nil), ("seed", request.seed != nil)]
    where isGiven {
      throw DataError(
        .usage,
        "\(setting: name) has no meaning for \(request.source): its test set is given, not chosen")
    }
  }

  private static func set(_ part: ImportedPart, _ labels: [UInt8]) throws(DataError) -> ImageSet {
    ImageSet(
      rows: part.size.rows, columns: part.size.columns, channels: part.size.channels,
      pixels: part.pixels, labels: try ByteStorage(labels))
  }

  /// Copies some images.
  private static func subset(
    _ samples: [UInt32], of part: ImportedPart, _ labels: [UInt8]
  ) throws(DataError) -> ImageSet {
    let length = part.size.valueCount
    let pixels = try ByteStorage(count: samples.count * length) { memory in
      withExtendedLifetime(part.pixels) {
        for (place, sample) in samples.enumerated() {
          memory[place * length..<(place + 1) * length].copyBytes(
            from: UnsafeRawBufferPointer(
              start: part.pixels.baseAddress + Int(sample) * length, count: length))
        }
      }
    }
    return ImageSet(
      rows: part.size.rows, columns: part.size.columns, channels: part.size.channels,
      pixels: pixels, labels: try ByteStorage(samples.map { labels[Int($0)] }))
  }
}
