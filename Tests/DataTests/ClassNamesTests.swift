import TestSupport
import Testing

@testable import ImageData

@Suite("The names of a data set's classes")
struct ClassNamesTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  func load(_ names: [UInt8]?, name: String = "shapes") throws -> Dataset {
    _ = try directory.writeDataset(in: name)
    if let names { try directory.write(names, to: "\(name)/classes.txt") }
    return try Dataset.load(
      from: DatasetLocation(name: name, directory: "\(directory.path)/\(name)"))
  }

  func refusal(_ names: [UInt8]) -> String {
    let error = dataError { _ = try load(names) }
    return error?.kind == .invalid ? error?.description ?? "" : "not refused"
  }

  @Test(
    "are the lines of classes.txt",
    arguments: [
      "round\nsquare\nlong  one\n", "round\nsquare\nlong  one", "round\r\nsquare\r\nlong  one\r\n",
      "\u{FEFF}round\nsquare\nlong  one\n",
    ])
  func lines(text: String) throws {
    #expect(try load(Array(text.utf8)).classNames() == ["round", "square", "long  one"])
  }

  @Test("are unknown without that file")
  func none() throws {
    #expect(try load(nil).classNames() == nil)
  }

  @Test("are those of a published data set that has its name and no known digests")
  func known() throws {
    #expect(try load(nil, name: "kmnist").classNames() == KnownDataset.kmnist.classNames)
    #expect(try load(nil, name: "fashion-mnist").classNames() == nil)
    let names = (0..<10).map { "class \($0)" }
    let text = Array(names.joined(separator: "\n").utf8)
    #expect(try load(text, name: "kmnist").classNames() == names)
  }

  @Test("must be as many as there are classes, not empty, in UTF-8 and different")
  func problems() throws {
    #expect(
      refusal(Array("a\nb\n".utf8))
        .hasSuffix("shapes/classes.txt: found 2 lines, expected 3: one name per class"))
    #expect(refusal(Array("a\nb\nc\n\n".utf8)).contains("found 4 lines, expected 3"))
    #expect(
      refusal(Array("a\n \nc\n".utf8))
        .hasSuffix("classes.txt: line 2: found no text, expected the name of a class"))
    #expect(
      refusal(Array("a\nb\n".utf8) + [0xff, 0x0a])
        .contains("line 3: found bytes that are not UTF-8, expected the name of a class"))
    #expect(
      refusal(Array("a\nb\na\n".utf8)).contains(
        "line 3: found 'a' again, as on line 1, expected another name for each class"))
    #expect(refusal([]).contains("the file is empty"))
    #expect(refusal([UInt8](repeating: 97, count: 2 << 20)).contains("more than 1048576 bytes"))
  }
}
