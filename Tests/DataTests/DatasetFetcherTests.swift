import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Fetching
@testable import Files
@testable import ImageData

@Suite("Fetching a data set")
struct DatasetFetcherTests {
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

  /// The small data set as if it were published under other names, with the MD5 of the packed files.
  func packed(at mirrors: [String], wrong: DatasetFile? = nil) -> KnownDataset {
    let files = contents.map { file, bytes in
      var hash = Digest(.md5)
      hash.update(gzip(bytes))
      let digest = file == wrong ? String(repeating: "0", count: 32) : hash.hexadecimal()
      return (file, PublishedFile("shapes-\(file.packedName)", md5: digest))
    }
    return KnownDataset(
      name: "shapes", title: "Shapes", classNames: ["round", "square", "long"],
      distribution: .files(Dictionary(uniqueKeysWithValues: files)), mirrors: mirrors)
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

  @Test("puts the four files, and nothing else, where the loader finds them")
  func fromFile() throws {
    let files = try fetch(from: [fileMirror])
    #expect(files.map(\.file) == DatasetFile.allCases)
    #expect(try fetchedNames() == allNames)
    let dataset = try Dataset.load(
      from: DatasetLocation(name: "shapes", directory: "\(directory.path)/a/b/shapes"))
    #expect(Array(dataset.training.pixels) == samplePixels(60))
  }

  @Test("works over HTTP and reports its progress")
  func fromServer() throws {
    let server = try LoopbackServer(answers("/data"))
    let received = Mutex([String: Int]())
    let files = try fetch(from: [server.address + "/data"]) { progress in
      if case .received(let name, _, let bytes, let expected) = progress, bytes == expected {
        received.withLock { $0[name] = bytes }
      }
    }
    #expect(try fetchedNames() == allNames)
    let sizes = contents.map { ($0.packedName, gzip($1).count) }
    #expect(received.withLock { $0 } == Dictionary(uniqueKeysWithValues: sizes))
    guard case .fetched(let source) = files[0].outcome else {
      Issue.record("\(files[0])")
      return
    }
    #expect(source == "\(server.address)/data/train-images-idx3-ubyte.gz")
  }

  @Test("writes through no link in its directory")
  func link() throws {
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: directory.path("a/b/shapes"), withIntermediateDirectories: true)
    try Data([1]).write(to: URL(filePath: directory.path("target")))
    try manager.createSymbolicLink(
      atPath: directory.path("a/b/shapes/\(DatasetFile.trainingLabels.packedName)"),
      withDestinationPath: "../../../target")
    let error = dataError { _ = try fetch(from: [fileMirror]) }
    #expect(error?.description.contains("a symbolic link") == true, "\(error as Any)")
    #expect(try directory.bytes("target") == [1])
  }

  @Test("keeps files that are the published ones")
  func keeps() throws {
    _ = try fetch(from: [fileMirror])
    let files = try fetch(from: ["file:///nowhere"])
    for file in files {
      guard case .kept = file.outcome else {
        Issue.record("\(file)")
        continue
      }
    }
  }

  @Test("replaces a packed file that is not the published one, and reports why")
  func replaces() throws {
    _ = try fetch(from: [fileMirror])
    try directory.write(
      gzip(labelFile([1, 1])), to: "a/b/shapes/\(DatasetFile.testLabels.packedName)")
    let files = try fetch(from: [fileMirror])
    guard case .replaced(_, let problem) = files[3].outcome else {
      Issue.record("\(files[3])")
      return
    }
    #expect(problem.description.contains("found other data than was published"))
    #expect(
      DatasetVerifier.verify(.testLabels, path: files[3].path, expected: .anything).digest
        == digests[.testLabels])
  }

  @Test("without a published SHA-256 is checked by MD5, and leaves a record of what was found")
  func md5() throws {
    let folder = "\(directory.path)/a"
    let location = DatasetLocation(name: "shapes", directory: folder)
    let server = try LoopbackServer(answers("/shapes-", separator: ""))
    let known = packed(at: [server.address])
    var files = try DatasetFetcher.fetch(known, mirror: nil, into: folder)
    #expect(files.allSatisfy { $0.evidence == .packed && $0.digest == digests[$0.file] })
    #expect(try directory.names(in: "a") == (allNames + ["fetched.json"]).sorted())
    let record = try #require(try FetchRecord.read(in: location))
    #expect(record.dataset == "shapes")
    #expect(
      record.sha256
        == Dictionary(uniqueKeysWithValues: digests.map { ($0.key.plainName, $0.value) }))
    // Without a mirror: files that are there, packed or not, are kept.
    try directory.write(
      contents[.testLabels, default: []], to: "a/\(DatasetFile.testLabels.plainName)")
    files = try DatasetFetcher.fetch(packed(at: ["file:///nowhere"]), mirror: nil, into: folder)
    #expect(files.map(\.evidence) == [.packed, .packed, .packed, .recorded])
    try FileManager.default.removeItem(atPath: location.path(FetchRecord.fileName))
    files = try DatasetFetcher.fetch(packed(at: ["file:///nowhere"]), mirror: nil, into: folder)
    #expect(files.map(\.evidence) == [.packed, .packed, .packed, nil])
    #expect(try FetchRecord.read(in: location)?.sha256.count == 3)
  }

  @Test("of another MD5 than the published one is refused with both")
  func otherMD5() throws {
    let server = try LoopbackServer(answers("/shapes-", separator: ""))
    let error = dataError {
      _ = try DatasetFetcher.fetch(
        packed(at: [server.address], wrong: .testLabels), mirror: nil,
        into: "\(directory.path)/a")
    }
    #expect(error?.kind == .transferFailed)
    #expect(error?.description.contains("found another file than was published: MD5 ") == true)
    #expect(error?.description.hasSuffix("expected 00000000000000000000000000000000") == true)
    #expect(try directory.names(in: "a") == allNames.filter { !$0.hasPrefix("t10k-labels") })
  }

  @Test("stops at an unpacked file that would hide the fetched one")
  func hidden() throws {
    let path = try directory.write(labelFile([1, 1]), to: "a/b/shapes/t10k-labels-idx1-ubyte")
    let error = dataError { _ = try fetch(from: [fileMirror]) }
    #expect(error?.kind == .invalid)
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains("remove that file") == true)
  }

  @Test("takes the next mirror if one fails")
  func nextMirror() throws {
    let server = try LoopbackServer(answers("/good"))
    let failures = Mutex(0)
    let files = try fetch(from: [server.address + "/bad", server.address + "/good"]) { progress in
      if case .mirrorFailed = progress { failures.withLock { $0 += 1 } }
    }
    #expect(files.count == 4)
    #expect(failures.withLock { $0 } == 4)
    #expect(try fetchedNames() == allNames)
  }

  @Test("fails with the error of each mirror, each once, and leaves no files")
  func allFail() throws {
    var replies = answers("/page") { $0.body = Array("<html>login</html>".utf8) }
    replies.merge(answers("/other") { $0.body = gzip(imageFile(count: 3, seed: 5)) }) { $1 }
    replies.merge(answers("/denied") { $0.status = "403 Forbidden" }) { $1 }
    replies.merge(answers("/cut") { $0.announced = "\($0.body.count + 10)" }) { $1 }
    replies.merge(answers("/endless") { $0.announced = "\(1 << 40)" }) { $1 }
    let server = try LoopbackServer(replies)
    let places = ["page", "other", "denied", "cut", "endless", "missing"]
    let told = Mutex([String]())
    let error = dataError {
      _ = try fetch(from: places.map { "\(server.address)/\($0)" }) { progress in
        if case .mirrorFailed(_, let error) = progress {
          told.withLock { $0.append(error.description) }
        }
      }
    }
    #expect(error?.kind == .transferFailed)
    let lines = told.withLock { $0 } + [error?.description ?? ""]
    #expect(lines.count == places.count)
    for (line, place) in zip(lines, places) {
      #expect(line.contains("\(server.address)/\(place)/train-images-idx3-ubyte.gz"))
    }
    let expected = [
      "a web page", "SHA-256", "found 403", "", "more than 67108864 bytes", "found 404",
    ]
    for (line, part) in zip(lines, expected) where !part.isEmpty {
      #expect(line.contains(part))
    }
    #expect(try directory.names() == ["mirror"])
  }

  @Test("from a closed port is an error that names the address")
  func refused() throws {
    var address = ""
    do { address = try LoopbackServer([:]).address }
    let error = dataError { _ = try fetch(from: [address]) }
    #expect(error?.kind == .transferFailed)
    #expect(error?.description.contains(address) == true)
    #expect(!directory.exists("a"))
  }

  @Test("with a password in the address shows it nowhere")
  func password() throws {
    let server = try LoopbackServer(answers("/data"))
    func address(_ path: String) -> String {
      server.address.replacing("http://", with: "http://reader:secret@") + path
    }
    let shown = Mutex([String]())
    let files = try fetch(from: [address("/missing"), address("/data")]) { progress in
      shown.withLock { $0.append("\(progress)") }
    }
    let texts = shown.withLock { $0 } + files.map { "\($0.outcome)" }
    #expect(!texts.contains { $0.contains("secret") })
    #expect(texts.contains { $0.contains("http://reader@127.0.0.1") })
    for mirror in ["ftp://reader:secret@mirror.org", "reader:secret@mirror.org"] {
      let invalid = dataError {
        _ = try DatasetFetcher.fetch(name: "mnist", mirror: mirror, into: directory.path)
      }
      #expect(invalid?.description.contains("'…@mirror.org'") == true)
    }
  }

  @Test("without success removes no directory that existed before, and none with other files")
  func directoriesStay() throws {
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/a/b", withIntermediateDirectories: true)
    _ = dataError { _ = try fetch(from: ["file:///nowhere"]) }
    #expect(try directory.names(in: "a") == ["b"])
    #expect(try directory.names(in: "a/b") == [])
    let labels = DatasetFile.trainingImages.packedName
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/half", withIntermediateDirectories: true)
    try directory.write(
      gzip(try #require(contents[.trainingImages])), to: "half/\(labels)")
    _ = dataError { _ = try fetch(from: ["file://\(directory.path)/half"]) }
    #expect(try fetchedNames() == [labels])
  }

  @Test("removes the files of a killed fetch, and no file that is being written")
  func leftovers() throws {
    let folder = "a/b/shapes"
    let name = DatasetFile.testImages.packedName
    try directory.write([1, 2], to: "\(folder)/.trainer-12-3w5e11264sgsf.tmp")
    try directory.write([1, 2], to: "\(folder)/.trainer-mine")
    let other = try AtomicFile(path: "\(directory.path)/\(folder)/\(name)")
    _ = try fetch(from: [fileMirror])
    let left = try fetchedNames().filter { $0.hasPrefix(".") }
    #expect(left == [(other.temporary as NSString).lastPathComponent, ".trainer-mine"].sorted())
    other.discard()
  }

  @Test("into a place that cannot be a directory is an error that names it")
  func badDirectory() throws {
    try directory.write([1], to: "a")
    let error = dataError { _ = try fetch(from: [fileMirror]) }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.contains("\(directory.path)/a/b/shapes") == true)
  }

  @Test("under an unknown name, or from an invalid address, is a usage error")
  func usage() {
    let name = dataError { _ = try DatasetFetcher.fetch(name: "emnist", into: directory.path) }
    #expect(name?.kind == .usage)
    #expect(name?.description.contains("mnist, fashion-mnist") == true)
    let mirror = dataError {
      _ = try DatasetFetcher.fetch(name: "mnist", mirror: "mirror.org", into: directory.path)
    }
    #expect(mirror?.kind == .usage)
    #expect(mirror?.description.contains("mirror.org") == true)
  }

  @Test("into a directory that is removed meanwhile does not blame the server")
  func removedDirectory() throws {
    let path = "\(directory.path)/a"
    let error = dataError {
      _ = try fetch(from: [fileMirror, fileMirror]) { progress in
        if case .received = progress, FileManager.default.fileExists(atPath: path) {
          do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
        }
      }
    }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.hasPrefix("\(path)/b/shapes/train-images") == true)
    #expect(!directory.exists("a"))
  }

  @Test("accepts the scheme of an address in capitals")
  func capitals() throws {
    #expect(try fetch(from: [fileMirror.replacing("file:", with: "FILE:")]).count == 4)
  }
}
