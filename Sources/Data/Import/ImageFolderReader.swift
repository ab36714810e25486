import Files
import ImageData
import Parallel
import Synchronization

/// Reads the images of folders on all cores.
final class ImageFolderReader: Sendable {
  private let rule: ImageRule
  private let total: Int
  private let progress: @Sendable (ImportProgress) -> Void
  private let readCount = Mutex(0)

  private static let chunk = 64

  /// Prepares reading.
  ///
  /// - Parameters:
  ///   - rule: What is made of an image.
  ///   - total: The number of images of all folders, for progress.
  ///   - progress: Called with progress, by one thread at a time.
  init(
    rule: ImageRule, total: Int, progress: @escaping @Sendable (ImportProgress) -> Void
  ) {
    self.rule = rule
    self.total = total
    self.progress = progress
  }

  /// Reads all images of a folder.
  ///
  /// - Parameter folder: The folder.
  /// - Returns: The images, in the folder's order.
  /// - Throws: `DataError` of the first image that cannot be read; `refused` or `stopped`.
  func read(_ folder: ImageFolder) throws(DataError) -> ImportedPart {
    let count = folder.files.count
    guard count > 0 else {
      throw DataError(.invalid, "\(folder.path): found no images, expected at least one")
    }
    var names = LabelNames()
    // Not all folders of test images need have images: their names count only if they have.
    let used = Set(folder.files.map(\.label))
    var numbers = [UInt16](repeating: 0, count: folder.classes.count)
    for (index, name) in folder.classes.enumerated() where used.contains(UInt16(index)) {
      numbers[index] = try names.number(of: name, at: folder.folder(ofClass: name))
    }
    try ImportMemory.require(count, of: rule.size, name: folder.path)
    return ImportedPart(
      name: folder.path, size: rule.size, pixels: try pixels(of: folder),
      labels: folder.files.map { numbers[Int($0.label)] }, names: names)
  }

  private func pixels(of folder: ImageFolder) throws(DataError) -> ByteStorage {
    let count = folder.files.count
    let length = rule.size.valueCount
    return try ByteStorage(count: count * length, for: folder.path) { memory throws(DataError) in
      nonisolated(unsafe) let target = memory.bindMemory(to: UInt8.self)
      // Every part before the first that fails is read, so that the error is always that of the
      // first image.
      let firstFailure = Atomic(Int.max)
      let results = concurrentMap(count: (count + Self.chunk - 1) / Self.chunk) { index in
        Result { () throws(DataError) in
          if index > firstFailure.load(ordering: .relaxed) { return }
          let files = index * Self.chunk..<min((index + 1) * Self.chunk, count)
          do throws(DataError) {
            try ImportStop.check()
            for file in files {
              let place = UnsafeMutableBufferPointer(
                rebasing: target[file * length..<(file + 1) * length])
              try self.rule.read(folder.path(of: folder.files[file]), into: place)
            }
          } catch {
            firstFailure.min(index, ordering: .relaxed)
            throw error
          }
          self.report(files.count)
        }
      }
      for result in results { try result.get() }
    }
  }

  private func report(_ count: Int) {
    readCount.withLock { sum in
      sum += count
      progress(.read(count: sum, total: total))
    }
  }
}
