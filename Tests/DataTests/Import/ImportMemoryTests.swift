import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("An import that needs more memory than there is")
struct ImportMemoryTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What an import ends with if there is so much memory, in bytes; nil if it succeeds.
  private func refusal(
    _ source: String, memory: UInt64, _ change: (inout ImportRequest) -> Void = { _ in }
  ) -> DataError? {
    DataMemory.$testedLimit.withValue(memory) {
      dataError { _ = try folder.imported(source, change) }
    }
  }

  @Test("of a CSV file is refused while it is read")
  func csv() throws {
    let lines = (0..<4000).map { "\($0 % 2),9,8,7,6\n" }.joined()
    // What follows is damaged: it is not reached.
    try folder.write(gzip(Array(lines.utf8)) + gzip(Array("damage\n".utf8)), to: "a.csv.gz")
    let error = refusal("a.csv.gz", memory: 8000)
    #expect(error?.kind == .refused)
    #expect(
      error?.description.contains("bytes of memory, and there are 8000") == true,
      "\(error?.description ?? "")")
    #expect(refusal("a.csv.gz", memory: 1 << 20)?.kind == .invalid)
  }

  private static let pixels = samplePixels(36)

  @Test("to choose a test set, to join two sets, or to resize one is refused before it is done")
  func copies() throws {
    try folder.writeNPZ([
      ("x_train", NPYFile([3, 3, 4], Self.pixels)), ("y_train", NPYFile([3], [1, 0, 1])),
    ])
    let split: (inout ImportRequest) -> Void = { $0.testShare = .images(1) }
    #expect(refusal("a.npz", memory: 35, split)?.description.contains("need 36 bytes") == true)
    #expect(
      refusal("a.npz", memory: 71, split)?.description.contains(
        "3 images of 3 x 4, with 36 bytes that they are made of, need 72 bytes of memory") == true)
    #expect(refusal("a.npz", memory: 72, split) == nil)
    let resize: (inout ImportRequest) -> Void = { request in
      split(&request)
      request.resized = ImageSize(rows: 8, columns: 8)
    }
    #expect(refusal("a.npz", memory: 227, resize)?.description.contains("need 228 bytes") == true)
    try folder.writeNPZ([
      ("train_images", NPYFile([3, 3, 4], Self.pixels)), ("train_labels", NPYFile([3], [1, 0, 1])),
      ("val_images", NPYFile([3, 3, 4], Self.pixels)), ("val_labels", NPYFile([3], [1, 0, 1])),
      ("test_images", NPYFile([3, 3, 4], Self.pixels)), ("test_labels", NPYFile([3], [1, 0, 1])),
    ])
    #expect(refusal("a.npz", memory: 143)?.description.contains("need 144 bytes") == true)
    #expect(refusal("a.npz", memory: 144) == nil)
  }
}
