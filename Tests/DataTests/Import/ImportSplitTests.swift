import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("The test set that an import chooses")
struct ImportSplitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // 60 images of class 0, 30 of class 1 and 10 of class 2, each with a value of its own.
    let lines = (0..<100).map { "\($0 < 60 ? 0 : $0 < 90 ? 1 : 2),\($0)\n" }
    try folder.write(Array(lines.joined().utf8), to: "a.csv")
  }

  private func read(_ share: TestShare?, seed: UInt64? = nil) throws -> Dataset {
    try folder.imported("a.csv") { request in
      request.testShare = share
      request.seed = seed
    }.dataset
  }

  @Test("has a tenth of the images by default, in proportion to the classes, and none is lost")
  func standard() throws {
    let dataset = try read(nil)
    #expect(dataset.test.histogram(classCount: 3) == [6, 3, 1])
    #expect(dataset.training.histogram(classCount: 3) == [54, 27, 9])
    let values = Array(dataset.training.pixels) + Array(dataset.test.pixels)
    #expect(values.sorted() == (0..<100).map { UInt8($0) })
    // Each image keeps its label.
    for set in [dataset.training, dataset.test] {
      for (value, label) in zip(set.pixels, set.labels) {
        #expect(label == (value < 60 ? 0 : value < 90 ? 1 : 2))
      }
    }
  }

  @Test("has the number or the percentage that is asked for")
  func shares() throws {
    for (share, counts) in [
      (TestShare.images(10), [6, 3, 1]), (.images(50), [30, 15, 5]), (.percent(20), [12, 6, 2]),
      (.percent(0.1), [1, 0, 0]),
    ] {
      #expect(try read(share).test.histogram(classCount: 3) == counts, "\(share)")
    }
  }

  @Test("depends on the seed alone")
  func seeds() throws {
    let first = try read(nil)
    #expect(Array(try read(.percent(10), seed: 0).test.pixels) == Array(first.test.pixels))
    #expect(Array(try read(nil, seed: 1).test.pixels) != Array(first.test.pixels))
  }

  @Test("must leave images of each class to train on")
  func tooMany() throws {
    #expect(
      folder.importProblem("a.csv") { $0.testShare = .images(100) }
        == "`test` is 100, which is 100 of the 100 images; it must leave some to train on")
    try folder.write(Array("0,1\n1,2\n1,3\n".utf8), to: "a.csv")
    #expect(
      folder.importProblem("a.csv") { $0.testShare = .images(2) }.contains(
        "which takes every image of class '0'; it must leave some to train on"))
  }

  @Test("cannot be asked for if there is a test set, nor can other things without effect")
  func noEffect() throws {
    for (name, change) in [
      ("test", { $0.testShare = .images(1) }), ("seed", { $0.seed = 1 }),
      ("channels", { $0.channels = 3 }), ("validation-set", { $0.validationUse = .test }),
    ] as [(String, (inout ImportRequest) -> Void)] {
      let error = dataError {
        _ = try folder.imported("a.csv") { request in
          request.testSource = request.source
          change(&request)
        }
      }
      #expect(error?.kind == .usage)
      #expect(error?.description.hasPrefix("`\(name)` has no meaning for ") == true, "\(name)")
    }
  }

  @Test("is asked for by a text")
  func texts() {
    for (text, share) in [
      ("1", .images(1)), ("500", .images(500)), ("10%", .percent(10)), ("12.5%", .percent(12.5)),
      ("0", nil), ("0%", nil), ("100%", nil), ("-1", nil), ("%", nil), ("1e1%", nil), ("", nil),
      ("1.5", nil), ("nan%", nil), ("99999999999999999999", nil),
    ] as [(String, TestShare?)] {
      #expect(TestShare(text) == share, "\(text)")
      if let share { #expect(share.description == text) }
    }
  }
}
