import Synchronization
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("Fetching a data set from mirrors")
struct DatasetMirrorTests {
  private let setup: FetchSetup

  init() throws {
    setup = try FetchSetup()
  }

  @Test("takes the next mirror if one fails")
  func nextMirror() throws {
    let server = try LoopbackServer(setup.answers("/good"))
    let failures = Mutex(0)
    let files = try setup.fetch(from: [server.address + "/bad", server.address + "/good"]) {
      progress in
      if case .mirrorFailed = progress { failures.withLock { $0 += 1 } }
    }
    #expect(files.count == 4)
    #expect(failures.withLock { $0 } == 4)
    #expect(try setup.fetchedNames() == setup.allNames)
  }

  @Test("fails with the error of each mirror, each once, and leaves no files")
  func allFail() throws {
    var replies = setup.answers("/page") { $0.body = Array("<html>login</html>".utf8) }
    replies.merge(setup.answers("/other") { $0.body = gzip(imageFile(count: 3, seed: 5)) }) { $1 }
    replies.merge(setup.answers("/denied") { $0.status = "403 Forbidden" }) { $1 }
    replies.merge(setup.answers("/cut") { $0.announced = "\($0.body.count + 10)" }) { $1 }
    replies.merge(setup.answers("/endless") { $0.announced = "\(1 << 40)" }) { $1 }
    let server = try LoopbackServer(replies)
    let places = ["page", "other", "denied", "cut", "endless", "missing"]
    let told = Mutex([String]())
    let error = dataError {
      _ = try setup.fetch(from: places.map { "\(server.address)/\($0)" }) { progress in
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
      "a web page", "SHA-256", "found 403", "found an error, expected the whole file: ",
      "more than 67108864 bytes", "found 404",
    ]
    for (line, part) in zip(lines, expected) {
      #expect(line.contains(part), "\(line)")
    }
    #expect(try setup.directory.names() == ["mirror"])
  }

  @Test("from a closed port is an error that names the address, and what libcurl found")
  func refused() throws {
    var address = ""
    do { address = try LoopbackServer([:]).address }
    let error = dataError { _ = try setup.fetch(from: [address]) }
    #expect(error?.kind == .transferFailed)
    let start =
      "\(address)/train-images-idx3-ubyte.gz: found an error, expected the whole file: "
    let text = error?.description ?? ""
    #expect(text.hasPrefix(start) && text.count > start.count, "\(text)")
    #expect(!setup.directory.exists("a"))
  }

  @Test("with a password in the address shows it nowhere")
  func password() throws {
    let server = try LoopbackServer(setup.answers("/data"))
    func address(_ path: String) -> String {
      server.address.replacing("http://", with: "http://reader:secret@") + path
    }
    let shown = Mutex([String]())
    let files = try setup.fetch(from: [address("/missing"), address("/data")]) { progress in
      shown.withLock { $0.append("\(progress)") }
    }
    let texts = shown.withLock { $0 } + files.map { "\($0.outcome)" }
    #expect(!texts.contains { $0.contains("secret") })
    #expect(texts.contains { $0.contains("http://reader@127.0.0.1") })
    for (mirror, words) in [
      ("ftp://reader:secret@mirror.org", "'…@mirror.org'"),
      ("reader:secret@mirror.org", "'…@mirror.org'"), ("mirror.org/x", "'mirror.org/x'"),
      ("ftp://reader:secret%40mirror.org", "'ftp://…'"),
      ("reader:secret@https://mirror.org/", "'…'"),
      ("http:reader:secret＠mirror.org", "'…'"), ("http:/reader:secret%40x", "'…'"),
      // No password can be in them.
      ("localhost:8080/x", "'localhost:8080/x'"), ("file:usr", "'file:usr'"),
      ("http:/x", "'http:/x'"),
    ] {
      let invalid = dataError {
        _ = try DatasetFetcher.fetch(name: "mnist", mirror: mirror, into: setup.directory.path)
      }
      #expect(invalid?.description.contains(words) == true, "\(invalid?.description ?? "")")
    }
  }

  @Test("under an unknown name, or from an invalid address, is a usage error")
  func usage() {
    let name = dataError {
      _ = try DatasetFetcher.fetch(name: "emnist", into: setup.directory.path)
    }
    #expect(name?.kind == .usage)
    #expect(name?.description.contains("mnist, fashion-mnist") == true)
    let mirror = dataError {
      _ = try DatasetFetcher.fetch(name: "mnist", mirror: "mirror.org", into: setup.directory.path)
    }
    #expect(mirror?.kind == .usage)
    #expect(mirror?.description.contains("mirror.org") == true)
  }

  @Test("accepts the scheme of an address in capitals")
  func capitals() throws {
    #expect(try setup.fetch(from: [setup.fileMirror.replacing("file:", with: "FILE:")]).count == 4)
  }
}
