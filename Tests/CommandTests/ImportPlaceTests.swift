import TestSupport
import Testing

@Suite("The place of an imported data set")
struct ImportPlaceTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["cat/1", "cat/2", "dog/1", "dog/2"] {
      try folder.write(Array("P5 1 1 255\n.".utf8), to: "images/\(name).pgm")
    }
  }

  @Test(
    "is no folder that would count as a file of another data set",
    arguments: [
      ("classes.txt", "which"), ("fetched.json", "which"), ("train-images-idx3-ubyte", "which"),
      ("classes.txt/a/b", "whose folder classes.txt"),
      ("no/../classes.txt/a", "whose folder classes.txt"),
    ])
  func dataset(name: String, words: String) async throws {
    let file = "train-images-idx3-ubyte.gz"
    try folder.write([7], to: "other/\(file)")
    let result = try await Command.run(
      ["data", "import", "images", "--test", "2", "--output", "other/\(name)"], in: folder)
    #expect(result.status == 64 && result.output.isEmpty)
    let message =
      "--output is other/\(name), \(words) would count as a file of the data set there"
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try folder.names(in: "other") == [file])
  }

  @Test("is no file of a run")
  func run() async throws {
    _ = try RunFiles().write(to: "run", in: folder)
    let before = try folder.names(in: "run")
    let result = try await Command.run(
      ["data", "import", "images", "--test", "2", "--output", "run/checkpoints/x"], in: folder)
    #expect(result.status == 64)
    #expect(
      result.errors.contains("--output is run/checkpoints/x, a file of the run in "),
      "\(result.errors)")
    #expect(try folder.names(in: "run") == before)
  }

  @Test("may have such a name where no data set is, and be a folder in another one")
  func allowed() async throws {
    try folder.write([7], to: "other/train-images-idx3-ubyte.gz")
    for output in ["notes/classes.txt", "other/new/classes.txt"] {
      let result = try await Command.run(
        ["data", "import", "images", "--test", "2", "--output", output], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try folder.names(in: output).contains("train-images-idx3-ubyte.gz"))
    }
  }
}
