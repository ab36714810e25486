import Foundation
import TestSupport

@testable import Fetching
@testable import ImageData

/// A small data set on a mirror in the file system, and a place to fetch it to.
struct FetchSetup {
  let directory: TemporaryFolder
  let contents: [DatasetFile: [UInt8]]
  let digests: [DatasetFile: String]

  init() throws {
    directory = try TemporaryFolder()
    contents = try directory.writeDataset(in: "mirror")
    let location = DatasetLocation(name: "shapes", directory: "\(directory.path)/mirror")
    digests = try Dictionary(
      uniqueKeysWithValues: DatasetVerifier.verify(location).map { ($0.file, $0.digest ?? "") })
    // A proxy that the environment names is not for the loopback address.
    setenv("no_proxy", "127.0.0.1", 1)
  }

  /// The small data set as if it were published, with these mirrors.
  func published(at mirrors: [String]) -> KnownDataset {
    KnownDataset(
      name: "shapes", title: "Shapes", classNames: ["round", "square", "long"],
      digests: digests, mirrors: mirrors)
  }

  var fileMirror: String { "file://\(directory.path)/mirror" }

  /// Answers for all four files under a prefix.
  func answers(
    _ prefix: String = "", separator: String = "/",
    _ change: (inout LoopbackServer.Answer) -> Void = { _ in }
  ) -> [String: LoopbackServer.Answer] {
    var answers: [String: LoopbackServer.Answer] = [:]
    for (file, bytes) in contents {
      var answer = LoopbackServer.Answer(body: gzip(bytes))
      change(&answer)
      answers["\(prefix)\(separator)\(file.packedName)"] = answer
    }
    return answers
  }

  func fetch(
    from mirrors: [String], progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) throws -> [FetchedFile] {
    try DatasetFetcher.fetch(
      published(at: mirrors), mirror: nil, into: "\(directory.path)/a/b/shapes",
      progress: progress)
  }

  func fetchedNames() throws -> [String] {
    try directory.names(in: "a/b/shapes")
  }

  let allNames = DatasetFile.allCases.map(\.packedName).sorted()
}
