import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite("Looking for a data set")
struct DatasetLocatorTests {
  let directory: TemporaryFolder
  let environment: [String: String]

  init() throws {
    directory = try TemporaryFolder()
    environment = [
      "TRAINER_DATA": "\(directory.path)/data", "XDG_CACHE_HOME": "\(directory.path)/cache",
      "HOME": "\(directory.path)/home",
    ]
  }

  func locate(_ dataset: String? = nil, in given: String? = nil) throws -> DatasetLocation {
    try DatasetLocator.locate(
      dataset: dataset, directory: given, environment: environment,
      systemDirectory: "\(directory.path)/system")
  }

  @Test("prefers $TRAINER_DATA, then the cache, then the system's directory")
  func precedence() throws {
    for place in ["system", "cache/trainer", "data"] {
      _ = try directory.writeDataset(in: "\(place)/mnist")
      let expected = DatasetLocation(name: "mnist", directory: "\(directory.path)/\(place)/mnist")
      #expect(try locate("mnist") == expected)
      #expect(try locate() == expected)
    }
  }

  @Test("prefers a given directory, under its own name or the given one")
  func given() throws {
    _ = try directory.writeDataset(in: "data/mnist")
    _ = try directory.writeDataset(in: "mine")
    let path = "\(directory.path)/mine"
    #expect(try locate(in: path) == DatasetLocation(name: "mine", directory: path))
    #expect(try locate(in: path + "/").name == "mine")
    #expect(try locate("kmnist", in: path) == DatasetLocation(name: "kmnist", directory: path))
    _ = try directory.writeDataset(in: "EMNIST-letters")
    let letters = try locate(in: "\(directory.path)/EMNIST-letters")
    #expect(letters.name == "EMNIST-letters")
    #expect(try Dataset.load(from: letters).classCount == 26)
  }

  @Test("without a name finds MNIST in any place, otherwise Fashion-MNIST")
  func preference() throws {
    _ = try directory.writeDataset(in: "data/fashion-mnist")
    #expect(try locate().name == "fashion-mnist")
    _ = try directory.writeDataset(in: "system/mnist")
    #expect(try locate().name == "mnist")
    #expect(try locate("fashion-mnist").name == "fashion-mnist")
  }

  @Test("finds a data set that is not published by its directory's name")
  func ownName() throws {
    _ = try directory.writeDataset(in: "data/shapes")
    #expect(try locate("shapes").directory == "\(directory.path)/data/shapes")
  }

  @Test("uses the cache in the home directory if no cache is set, and skips unset places")
  func places() {
    #expect(
      DatasetLocator.candidates(
        for: "mnist", environment: ["HOME": "/home/ada", "XDG_CACHE_HOME": "relative"])
        == ["/home/ada/.cache/trainer/mnist", "/usr/share/datasets/mnist"])
    #expect(
      DatasetLocator.candidates(for: "mnist", environment: ["TRAINER_DATA": ""])
        == ["/usr/share/datasets/mnist"])
    #expect(
      DatasetLocator.candidates(
        for: "mnist",
        environment: ["TRAINER_DATA": "/d", "XDG_CACHE_HOME": "/c", "HOME": "/home/ada"])
        == ["/d/mnist", "/c/trainer/mnist", "/usr/share/datasets/mnist"])
  }

  @Test("without success fails with the searched places and the data sets that were searched for")
  func nothing() {
    let error = dataError { _ = try locate() }
    #expect(error?.kind == .notFound)
    for part in [
      "\(directory.path)/data/mnist", "\(directory.path)/cache/trainer/fashion-mnist",
      "\(directory.path)/system/mnist",
    ] {
      #expect(error?.description.contains(part) == true, "\(part)")
    }
    #expect(error?.missing == .datasets(KnownDataset.standard))
    let one = dataError { _ = try locate("fashion-mnist") }
    #expect(one?.kind == .notFound)
    #expect(one?.description.contains("Fashion-MNIST was not found") == true)
    #expect(one?.missing == .datasets([.fashionMNIST]))
  }

  @Test(
    "under an unknown name ends with the known ones",
    arguments: ["mnsit", "", "..", "a/b"])
  func unknown(name: String) {
    let error = dataError { _ = try locate(name) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("unknown data set '\(name)'") == true)
    #expect(error?.description.contains("mnist, fashion-mnist") == true)
  }

  @Test("accepts a published name in any case, and prefers a directory with exactly that name")
  func caseInsensitive() throws {
    _ = try directory.writeDataset(in: "cache/trainer/fashion-mnist")
    #expect(try locate("Fashion-MNIST").name == "fashion-mnist")
    let missing = dataError { _ = try locate("MNIST") }
    #expect(missing?.kind == .notFound)
    #expect(missing?.description.contains("\(directory.path)/data/mnist\n") == true)
    _ = try directory.writeDataset(in: "data/MNIST")
    #expect(try locate("MNIST").directory == "\(directory.path)/data/MNIST")
    // A record has the name, by which a resumed run finds the same directory.
    #expect(try locate("MNIST").name == "MNIST")
  }

  @Test("skips a place that cannot be searched, and reports it")
  func unreadable() throws {
    // A link to itself is refused to root too.
    try FileManager.default.createSymbolicLink(
      atPath: "\(directory.path)/cache", withDestinationPath: "cache")
    let place = "\(directory.path)/cache/trainer/mnist"
    let inVain = dataError { _ = try locate("mnist") }
    #expect(inVain?.kind == .notFound)
    #expect(
      inVain?.description.contains("This place could not be searched: \(place)/train-images")
        == true)
    let own = dataError { _ = try locate("shapes") }
    #expect(own?.description.contains("/cache/trainer/shapes") == true)

    _ = try directory.writeDataset(in: "system/mnist")
    var notes: [String] = []
    let location = try DatasetLocator.locate(
      dataset: nil, directory: nil, environment: environment,
      systemDirectory: "\(directory.path)/system", note: { notes.append($0.description) })
    #expect(location.directory == "\(directory.path)/system/mnist")
    #expect(notes.count == 1)
    #expect(notes.first?.hasPrefix(place) == true)

    var told = 0
    let available = DatasetLocator.available(environment: environment, note: { _ in told += 1 })
    #expect(told == 1)
    #expect(available.allSatisfy { $0.directory.hasPrefix("/usr/share/datasets/") })
  }

  @Test("stops at a directory that lacks some of the files, and names them")
  func incomplete() throws {
    _ = try directory.writeDataset(in: "system/mnist")
    _ = try directory.writeDataset(in: "data/mnist")
    for file in [DatasetFile.testImages, .testLabels] {
      try FileManager.default.removeItem(atPath: "\(directory.path)/data/mnist/\(file.packedName)")
    }
    for error in [
      dataError { _ = try locate() }, dataError { _ = try locate("mnist") },
      dataError { _ = try locate(in: "\(directory.path)/data/mnist") },
    ] {
      #expect(error?.kind == .notFound)
      #expect(error?.description.contains("\(directory.path)/data/mnist: expected") == true)
      #expect(
        error?.description
          .contains("missing: t10k-images-idx3-ubyte[.gz], t10k-labels-idx1-ubyte[.gz]") == true)
      #expect(error?.missing == .files(of: .mnist))
    }
  }

  @Test("in a missing directory, or a file, is an error that names it")
  func badDirectory() throws {
    let missing = dataError { _ = try locate(in: "\(directory.path)/none") }
    #expect(missing?.kind == .notFound)
    #expect(missing?.description.contains("\(directory.path)/none") == true)
    let file = try directory.write([1], to: "file")
    let error = dataError { _ = try locate(in: file) }
    #expect(error?.kind == .invalid)
    #expect(error?.description.contains("\(file): found a file, expected a directory") == true)
    // It may be a CSV or NPZ file.
    #expect(error?.missing == .directory)
    let device = dataError { _ = try locate(in: "/dev/null") }
    #expect(
      device?.description
        == "/dev/null: found a device, expected a directory with the four IDX files")
  }
}
