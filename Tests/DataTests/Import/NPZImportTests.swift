import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("An NPZ file is imported")
struct NPZImportTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private static let training = samplePixels(36)
  private static let test = samplePixels(24, seed: 7)

  /// The arrays of Keras' MNIST, in small: three and two images of 3 x 4.
  private static let keras: [(name: String, file: NPYFile)] = [
    ("x_train", NPYFile([3, 3, 4], training)), ("y_train", NPYFile([3], [2, 0, 1])),
    ("x_test", NPYFile([2, 3, 4], test)), ("y_test", NPYFile([2], [1, 2])),
  ]

  /// The same with another array in place of one.
  private static func keras(_ name: String, _ file: NPYFile) -> [(name: String, file: NPYFile)] {
    keras.map { $0.name == name ? (name, file) : $0 }
  }

  @Test("as Keras has it, stored or packed, by each version of the format", arguments: [1, 2, 3])
  func keras(version: UInt8) throws {
    for isPacked in [false, true] {
      let arrays = Self.keras.map { array in
        var array = array
        array.file.version = version
        return array
      }
      try folder.writeNPZ(arrays, isPacked: isPacked)
      let dataset = try folder.imported("a.npz").dataset
      #expect(ReadSet(dataset.training) == ReadSet([2, 0, 1], Self.training))
      #expect(ReadSet(dataset.test) == ReadSet([1, 2], Self.test))
      #expect(dataset.training.imageSize == ImageSize(rows: 3, columns: 4))
      #expect(dataset.classNames() == ["0", "1", "2"])
    }
  }

  /// The arrays of MedMNIST, in small: color images, labels in two dimensions.
  private static let medMNIST: [(name: String, file: NPYFile)] = [
    ("train_images", NPYFile([3, 2, 2, 3], training)),
    ("train_labels", NPYFile([3, 1], [0, 1, 0])),
    ("val_images", NPYFile([2, 2, 2, 3], test)), ("val_labels", NPYFile([2, 1], [1, 0])),
    ("test_images", NPYFile([2, 2, 2, 3], test)), ("test_labels", NPYFile([2, 1], [0, 1])),
  ]

  @Test(
    "as MedMNIST has it, where validation images are trained on unless something else is asked for")
  func medMNIST() throws {
    try folder.writeNPZ(Self.medMNIST)
    let joined = try folder.imported("a.npz").dataset
    #expect(ReadSet(joined.training) == ReadSet([0, 1, 0, 1, 0], Self.training + Self.test))
    #expect(joined.training.imageSize == ImageSize(rows: 2, columns: 2, channels: 3))
    #expect(ReadSet(joined.test) == ReadSet([0, 1], Self.test))
    let without = try folder.imported("a.npz") {
      $0.validationUse = ImportRequest.ValidationUse.none
    }
    #expect(ReadSet(without.dataset.training) == ReadSet([0, 1, 0], Self.training))
    #expect(
      folder.importProblem("a.npz") { $0.validationUse = .test }.contains(
        "has test images, and images for validation besides"))
    try folder.writeNPZ(Self.medMNIST.filter { !$0.name.hasPrefix("test") })
    let tested = try folder.imported("a.npz") { $0.validationUse = .test }.dataset
    #expect(ReadSet(tested.test) == ReadSet([1, 0], Self.test))
  }

  @Test("with a note of the arrays that are left out")
  func others() throws {
    let others = [("x_val", Self.keras[0].file), ("Y_test", Self.keras[1].file)]
    try folder.writeNPZ(Self.keras + others)
    #expect(
      try folder.imported("a.npz").notes.contains {
        $0.hasSuffix("a.npz: left out 2 arrays: x_val, Y_test")
      })
  }

  @Test("not with two members of one name, of which other programs read the other one")
  func twice() throws {
    try folder.writeNPZ(Self.keras + [Self.keras[1]])
    #expect(
      folder.importProblem("a.npz").hasSuffix(
        "a.npz: found several members y_train.npy, expected one"))
  }

  @Test("with labels of every type of integer, also negative and very large ones")
  func labelTypes() throws {
    for (type, width) in [
      ("|u1", 1), ("|i1", 1), ("<u2", 2), ("<i2", 2), ("<u4", 4), ("<i4", 4), ("<u8", 8),
      ("<i8", 8),
    ] {
      // 1, the largest byte pattern, and 1 again.
      let one = [1] + [UInt8](repeating: 0, count: width - 1)
      let labels = one + [UInt8](repeating: 255, count: width) + one
      try folder.writeNPZ([Self.keras[0], ("y_train", NPYFile([3], labels, type: type))])
      let names = try folder.imported("a.npz") { $0.testShare = .images(1) }.dataset.classNames()
      let largest = type.contains("i") ? "-1" : "\(UInt64.max >> (64 - 8 * UInt64(width)))"
      #expect(names == (largest == "-1" ? ["-1", "1"] : ["1", largest]), "\(type)")
    }
  }

  @Test(
    "not with arrays of other types, shapes and numbers: the error names the member",
    arguments: [
      (
        "x_train", NPYFile([3, 3, 4], training, type: "<f4"),
        "values of type <f4, expected unsigned bytes"
      ),
      (
        "x_train", NPYFile([3, 12], training),
        "found the shape (3, 12), expected (images, rows, columns)"
      ),
      ("x_train", NPYFile([0, 3, 4], []), "found the shape (0, 3, 4), expected"),
      (
        "x_train", NPYFile([3, 1, 12], Array(training.dropLast())),
        "found 35 bytes of values, expected 36"
      ),
      (
        "x_train", NPYFile([1, 3, 2, 6], training),
        "(1, 3, 2, 6), which seems to have channels first"
      ),
      (
        "x_train", NPYFile([3, 1025, 4], training),
        "found images of (1025, 4), expected at most 1024 x 1024"
      ),
      ("x_train", NPYFile([3, .max, .max], training), "expected at most 1024 x 1024"),
      ("x_train", NPYFile([.max, 1024, 1024], training), "found 3 labels, expected \(Int.max)"),
      ("x_test", NPYFile([2, 4, 3], test), "found images of 4 x 3, expected 3 x 4 as in "),
      ("y_train", NPYFile([2], [1, 0]), "found 2 labels, expected 3: one for each image in "),
      (
        "y_train", NPYFile([3, 2], [1, 0, 1, 0, 1, 0]),
        "found the shape (3, 2), expected (images,) or"
      ),
      (
        "y_train", NPYFile([3], training, type: "<f8"),
        "type <f8 (floating point), expected integers"
      ),
      (
        "y_train", NPYFile([3], training, type: "|O"), "type |O (Python objects), expected integers"
      ),
      (
        "y_train", NPYFile([3], training, type: ">i4"),
        "type >i4, the highest byte first, expected <i4"
      ),
      ("y_test", NPYFile([2], [1, 3]), "label 1: found class '3', expected one of the 3 classes"),
    ])
  func arrays(name: String, file: NPYFile, expected: String) throws {
    try folder.writeNPZ(Self.keras(name, file))
    let found = folder.importProblem("a.npz")
    #expect(found.contains(expected), "\(found)")
    #expect(
      found.hasPrefix("a.npz: \(expected.contains("3 labels") ? "y_train" : name).npy: "),
      "\(found)")
  }

  @Test("not with a damaged header: the error names the place")
  func headers() throws {
    let good = NPYFile([3], [2, 0, 1])
    var fortran = good
    fortran.isFortran = true
    var version = good.bytes
    version[6] = 4
    var length = good.bytes
    length[9] = 0xff
    func text(_ change: (String) -> String) -> [UInt8] {
      let head = String(decoding: good.bytes[10...], as: UTF8.self)
      return Array(good.bytes[..<10]) + Array(change(head).utf8)
    }
    for (bytes, expected) in [
      (fortran.bytes, "found an array in Fortran's order, expected C's order"),
      (version, "byte 6: found version 4 of the format, expected 1, 2 or 3"),
      (length, "byte 8: found a header of 65398 bytes, expected at most 10000"),
      (Array(good.bytes[..<30]), "byte 10: found the end after 20 bytes, expected a header of 118"),
      (Array(good.bytes[..<8]), "byte 8: found the end, expected the length"),
      ([], "byte 0: found the end, expected an NPY file (93 4e 55 4d 50 59)"),
      (Array("hello, world".utf8), "byte 0: found 68 65 6c 6c 6f 2c 20 77, expected an NPY file"),
      (text { $0.replacing("'|u1'", with: "[('a'") }, "expected a type of single values"),
      (text { $0.replacing("(3,)", with: "(-3)") }, "byte 61: found `-3), }"),
      (text { $0.replacing("(3,)", with: "3   ") }, "expected a text, True, False or a tuple"),
      (text { $0.replacing("descr", with: "desc_") }, "found the keys desc_, fortran_order, shape"),
      (text { $0.replacing("descr", with: "shape") }, "expected each key once"),
      (
        text { $0.replacing("(3,)", with: "(99999999999999999999)") },
        "expected a number of at most"
      ),
    ] {
      try folder.writeNPZ(Self.keras) { members in
        members[1] = ZipFile.Member("y_train.npy", bytes)
      }
      let found = folder.importProblem("a.npz")
      #expect(found.contains("a.npz: y_train.npy: ") && found.contains(expected), "\(found)")
    }
  }

  @Test("not with other members, a missing one, or a damaged zip file")
  func members() throws {
    try folder.writeNPZ([("arr_0", Self.keras[0].file), ("other", Self.keras[1].file)])
    #expect(
      folder.importProblem("a.npz").contains(
        "found the members arr_0, other; expected x_train and y_train, or train_images"))
    try folder.writeNPZ(Self.keras.filter { $0.name != "y_test" })
    #expect(folder.importProblem("a.npz").contains("y_test.npy: expected this file in the zip"))
    try folder.writeNPZ(Self.keras) { $0[0].checksum ^= 1 }
    #expect(folder.importProblem("a.npz").contains("x_train.npy: after "))
    try folder.writeNPZ(Self.keras)
    try folder.write(Array(folder.bytes("a.npz").dropLast(30)), to: "a.npz")
    #expect(folder.importProblem("a.npz").contains("a.npz: expected a zip file"))
  }

  @Test("with the size that is asked for, or resized")
  func sizes() throws {
    try folder.writeNPZ(Self.keras)
    #expect(
      folder.importProblem("a.npz") { $0.size = ImageSize(rows: 4, columns: 3) }
        == "a.npz: x_train.npy: found images of 3 x 4, expected 4 x 3 by `size`")
    let resized = try folder.imported("a.npz") { $0.resized = ImageSize(rows: 6, columns: 2) }
    #expect(resized.dataset.training.imageSize == ImageSize(rows: 6, columns: 2))
    #expect(resized.dataset.test.imageSize == ImageSize(rows: 6, columns: 2))
  }
}
