import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("A CSV file is imported")
struct CSVImportTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func write(_ text: String, to name: String = "a.csv") throws {
    try folder.write(Array(text.utf8), to: name)
  }

  /// The training set, where the file is the test set too.
  private func read(
    _ text: String, _ change: (inout ImportRequest) -> Void = { _ in }
  ) throws -> Dataset {
    try write(text)
    return try folder.imported("a.csv") { request in
      request.testSource = request.source
      change(&request)
    }.dataset
  }

  private func problem(
    _ text: String, _ change: (inout ImportRequest) -> Void = { _ in }
  ) throws -> String {
    try write(text)
    return folder.importProblem("a.csv", change)
  }

  private static let plain = "1,0,1,2,3\n0,4,5,6,255\n"
  private static let expected = ReadSet([1, 0], [0, 1, 2, 3, 4, 5, 6, 255])

  @Test(
    "with or without names of columns, quotes, blanks and other ends of lines",
    arguments: [
      plain, "label,pixel0,pixel1,pixel2,pixel3\n" + plain, "Class,0,1,2,3\n" + plain,
      "\u{FEFF}label,a,b,c,d\r\n1,0,1,2,3\r\n0,4,5,6,255", plain + "\n\n",
      "\"label\",\"a\",\"b\",\"c\",\"d\"\n\"1\",\"0\",1,2, 3\n0 ,4,5,\"6\",255\t\n",
      "a,label,b,c,d\n0,1,1,2,3\n4,0,5,6,255\n", "1,000,01,2,3\n0,4,5,6,255",
    ])
  func forms(text: String) throws {
    let dataset = try read(text)
    #expect(ReadSet(dataset.training) == Self.expected)
    #expect(ReadSet(dataset.test) == Self.expected)
    #expect(dataset.training.imageSize == ImageSize(rows: 2, columns: 2))
    #expect(dataset.classNames() == ["0", "1"])
  }

  @Test("packed with gzip")
  func packed() throws {
    try folder.write(gzip(Array(Self.plain.utf8)), to: "a.csv.gz")
    let dataset = try folder.imported("a.csv.gz") { $0.testSource = $0.source }.dataset
    #expect(ReadSet(dataset.training) == Self.expected)
  }

  @Test("with names as labels, whose natural order is that of the classes")
  func names() throws {
    let dataset = try read("class 10,0\n\"a, \"\"b\"\"\",1\nclass 9,2\nclass 10,3\n")
    #expect(dataset.classNames() == ["a, \"b\"", "class 9", "class 10"])
    #expect(Array(dataset.training.labels) == [2, 0, 1, 2])
  }

  @Test("with quotes within labels, and labels that start as a zip file does")
  func quotes() throws {
    #expect(
      try read("5\" disk,0\nPK,1\n \"a\"\"\u{301}b\" ,2\n\"c\"\",\",3\n").classNames()
        == ["5\" disk", "PK", "a\"\u{301}b", "c\","])
    #expect(try read("PK,1\n0,1\n").classNames() == ["0", "PK"])
  }

  @Test("with labels of up to 255 bytes, which are the names of classes")
  func longLabels() throws {
    let label = String(repeating: "a", count: 255)
    #expect(try read("\(label),0\nb,1\n").classNames() == [label, "b"])
    #expect(
      try problem("\(label)a,0\nb,1\n").contains(
        "line 1, field 1: found a text of 256 bytes, expected the label of a class with at most 255"
      ))
  }

  @Test("with lines that pass from one part of the file to the next")
  func parts() throws {
    let line = (0..<10_000).map { "\($0 % 256)" }.joined(separator: ",")
    let dataset = try read((0..<60).map { "\($0 % 2),\(line)\n" }.joined())
    #expect(dataset.training.count == 60)
    let pixels = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 % 256) }
    for image in 0..<60 {
      #expect(
        dataset.training.pixels[(image * 10_000)..<(image + 1) * 10_000].elementsEqual(pixels))
    }
  }

  @Test("with images that are not square, or have channels, whose size is given")
  func sizes() throws {
    let wide = try read("3,1,2,3,4,5,6\n1,1,2,3,4,5,6\n") {
      $0.size = ImageSize(rows: 2, columns: 3)
    }
    #expect(wide.training.imageSize == ImageSize(rows: 2, columns: 3))
    let colored = try read("3,1,2,3,4,5,6\n1,1,2,3,4,5,6\n") {
      $0.size = ImageSize(rows: 1, columns: 2, channels: 3)
      $0.resized = ImageSize(rows: 2, columns: 1)
    }
    #expect(colored.training.imageSize == ImageSize(rows: 2, columns: 1, channels: 3))
    // The means of 1 and 4, 2 and 5, 3 and 6, twice.
    #expect(Array(colored.training.pixels.prefix(6)) == [3, 4, 5, 3, 4, 5])
  }

  @Test(
    "not with damage: the error names the line, what was found and what was expected",
    arguments: [
      ("label,a,b,c,d\n1,0,0,0,0\n0,1,1,1\n", "line 3: found 4 fields, expected 5: a label and 4"),
      (
        "1,0,0,0,0\n0,1,1,1,1,1\n",
        "line 2: found 6 fields, expected 5: a label and 4 pixel values, as"
      ),
      (
        "1,0,0,0,0\n0,1,256,1,1\n",
        "line 2, field 3: found '256', expected a whole number from 0 to"
      ),
      ("1,0,0,0,0\n0,1,-1,1,1\n", "line 2, field 3: found '-1', expected a whole number"),
      ("1,0,0,0,0\n0,1,1.0,1,1\n", "line 2, field 3: found '1.0', expected a whole number"),
      ("1,0,0,0,0\n0,1,1,1,x\n", "line 2, field 5: found 'x', expected a whole number"),
      ("1,0,0,0,0\n0,1,,1,1\n", "line 2, field 3: found nothing, expected a whole number"),
      ("1,0,0,0,0\n,1,1,1,1\n", "line 2, field 1: found no text, expected the label of a class"),
      (
        "1,0,0,0,0\n\n0,1,1,1,1\n",
        "line 2: found no text, expected an image or the end of the file"
      ),
      ("1,0,0,0\n0,1,1,1\n", "line 1: found 4 fields, expected a label and the values of a square"),
      ("1,0,0,0,0\n1,1,1,1,1\n", "found images of one class, '1', expected at least 2"),
      ("label,a,b,c,d\n", "found no image, expected lines of a label and pixels"),
      ("a,b,c,d,e\n1,0,0,0,0\n", "line 1: found names of columns without label or class"),
      (
        "label,a,b,Class,d\n1,0,0,0,0\n",
        "line 1: found 2 columns named label or class (fields 1, 4), expected one"
      ),
      ("1,0,0,0,0\n0,\0,1,1,1\n", "byte 12: found 00, expected a CSV file, which is text in UTF-8"),
      ("0,1,2,3,4\n1,0,0,0,0\n", "line 1: found the numbers from 0 to 4, which seem to number the"),
      ("1,2,3,4,5\n1,0,0,0,0\n", "line 1: found the numbers from 1 to 5, which seem to number the"),
      ("1,0,0,0,0\r0,1,1,1,1\r", "line 1: found a carriage return (0d) without a line feed"),
      (
        "label,a\r0,1\r", "line 1: found a carriage return (0d) without a line feed, expected lines"
      ),
      ("", "the file is empty"), ("just text\n", "line 1: found 1 field, expected a label"),
      ("1;0;0;0;0\n", "line 1: found 1 field, expected a label"),
    ])
  func damage(text: String, expected: String) throws {
    let found = try problem(text)
    #expect(found.hasPrefix("a.csv: ") && found.contains(expected), "\(found)")
  }

  @Test("not with bytes that are no text, more than 256 classes, or another size")
  func others() throws {
    try folder.write(Array("1,0\n".utf8) + [0xff, 0x2c, 0x30, 0x0a], to: "a.csv")
    #expect(
      folder.importProblem("a.csv").contains("line 2, field 1: found bytes that are not UTF-8"))
    try folder.write(Array("1,0\n0,".utf8) + [0xff], to: "a.csv")
    #expect(
      folder.importProblem("a.csv").contains(
        "line 2, field 2: found bytes that are not UTF-8, expected a whole"))
    let many = (0...256).map { "\($0),0\n" }.joined()
    #expect(
      try problem(many).contains(
        "line 257, field 1: found '256' as the class number 257, expected at most 256 classes"))
    #expect(
      try problem("1,0,0,0,0\n") { $0.size = ImageSize(rows: 3, columns: 2) }.contains(
        "line 1: found 5 fields, expected 7: a label and the values of an image of 3 x 2"))
  }

  @Test("with a test set whose size and classes must be those of the training set")
  func testSource() throws {
    try write("1,0,0,0,0\n0,1,1,1,1\n")
    for (text, expected) in [
      ("1,0\n", "b.csv: line 1: found 2 fields, expected 5"),
      ("0,0,0,0,0\n2,0,0,0,0\n", "b.csv: line 2, field 1: found class '2', expected one of the 2"),
    ] {
      try write(text, to: "b.csv")
      let found = folder.importProblem("a.csv") { $0.testSource = folder.path("b.csv") }
      #expect(found.contains(expected), "\(found)")
    }
    let missing = dataError {
      _ = try folder.imported("a.csv") { $0.testSource = folder.path("none.csv") }
    }
    #expect(missing?.kind == .notFound)
  }
}
