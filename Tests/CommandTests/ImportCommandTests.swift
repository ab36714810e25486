import Foundation
import Glibc
import TestSupport
import Testing

@Suite("The command data import")
struct ImportCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The small data set in other forms: a CSV file, an NPZ file and a folder of images.
  private func write() throws -> [(arguments: [String], name: String)] {
    let set = SmallDataset()
    let size = SmallDataset.side * SmallDataset.side
    try set.write(to: "idx", in: folder)
    var arrays: [ZipFile.Member] = []
    for (images, labels, name, array) in [
      (SmallDataset.trainingImages, SmallDataset.trainingLabels, "train", "train"),
      (SmallDataset.testImages, SmallDataset.testLabels, "test", "test"),
    ] {
      let pixels = Array((set.files[images] ?? []).dropFirst(16))
      let classes = Array((set.files[labels] ?? []).dropFirst(8))
      var csv = "label\((0..<size).map { ",pixel\($0)" }.joined())\n"
      for (index, label) in classes.enumerated() {
        let image = pixels[index * size..<(index + 1) * size]
        csv += "\(label)," + image.map(String.init).joined(separator: ",") + "\n"
        try folder.write(
          Array("P5 8 8 255\n".utf8) + image, to: "folder/\(name)/\(label)/\(index).pgm")
      }
      try folder.write(Array(csv.utf8), to: "\(name).csv")
      arrays.append(
        ZipFile.Member("x_\(array).npy", NPYFile([classes.count, 8, 8], pixels).bytes))
      arrays.append(
        ZipFile.Member("y_\(array).npy", NPYFile(integers: classes.map(Int.init)).bytes))
    }
    try folder.write(ZipFile(arrays).bytes, to: "a.npz")
    return [
      (["folder"], "from-folder"), (["a.npz"], "from-npz"),
      (["train.csv", "--test-source", "test.csv"], "from-csv"),
    ]
  }

  @Test("makes the same data set from each form, which trains to the same digest")
  func equal() async throws {
    let sources = try write()
    let train = ["--epochs", "1", "--hidden", "8", "--quiet", "--threads", "1", "--data"]
    let expected = try await Command.succeed(train + ["idx"], in: folder).digest
    for (arguments, name) in sources {
      let result = try await Command.succeed(
        ["data", "import"] + arguments + ["--output", "made/\(name)"], in: folder)
      #expect(result.errors.isEmpty, "\(result.errors)")
      #expect(
        result.output.hasPrefix(
          "\(name) in made/\(name)\n600 training and 200 test images of 8x8, 4"))
      #expect(
        try folder.names(in: "made/\(name)") == [
          "classes.txt", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
          "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
        ])
      #expect(try folder.text("made/\(name)/classes.txt") == "0\n1\n2\n3\n")
      let digest = try await Command.succeed(train + ["made/\(name)"], in: folder).digest
      #expect(digest == expected && digest != nil)
      let verified = try await Command.succeed(
        ["data", "verify", "--data", "made/\(name)"], in: folder)
      #expect(verified.lines.count == 4)
    }
  }

  @Test("leaves nothing if the source is bad, and names the options that help")
  func bad() async throws {
    try folder.write(Array("P5 1 1 255\n.".utf8), to: "a/cat/1.pgm")
    try folder.write(Array("P5 2 1 255\n..".utf8), to: "a/dog/1.pgm")
    try folder.write([1], to: "full/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "a")
    try folder.write(Array("label,p\n0,1\n".utf8), to: "one.csv")
    try FileManager.default.linkItem(
      atPath: folder.path("one.csv"), toPath: folder.path("hard.csv"))
    for (arguments, status, text) in [
      (
        ["a"], 65,
        "a/dog/1.pgm: found 1 x 2 pixels, expected 1 x 1 as in a/cat/1.pgm; --resize gives all"
      ),
      (["a", "--resize", "2x2", "--test", "2"], 64, "--test is 2, which is 2 of the 2 images"),
      (["a", "--resize", "2x2x3"], 64, "--resize is 2x2x3; it must be rows and columns"),
      (["a", "--channels", "2"], 64, "--channels is 2; it must be 1 or 3"),
      (["a", "--size", "2x2x3", "--channels", "1"], 64, "--size is 2x2x3, but --channels is 1"),
      (["a", "--test", "0%"], 64, "The value '0%' is invalid for '--test"),
      ([""], 64, "an argument is empty; leave it out"),
      (["a", "--test-source", ""], 64, "--test-source has an empty value; give one, or"),
      (["a", "--test-source", "a"], 64, "--test-source is a, the source itself"),
      (["a", "--test-source", "link/"], 64, "--test-source is link/, the source itself"),
      (["one.csv", "--test-source", "hard.csv"], 64, "--test-source is hard.csv, the source"),
      (["none"], 66, "none: cannot be read: No such file or directory"),
    ] {
      let result = try await Command.run(
        ["data", "import"] + arguments + ["--output", "made/here"], in: folder)
      #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
      #expect(result.output.isEmpty && !folder.exists("made"))
    }
    for (output, status, text) in [
      ("full", 64, "--output is full, which exists; it must be a new or an empty directory"),
      ("full/file", 64, "--output is full/file, which exists"),
      ("", 64, "--output has an empty value"),
      ("full/file/x", 74, "full/file: found a file, expected a directory"),
      ("a/new", 64, "--output is a/new, which is within the source a; it must be elsewhere"),
      ("link/b/new", 64, "--output is link/b/new, which is within the source a"),
    ] {
      let result = try await Command.run(
        ["data", "import", "a", "--resize", "2x2", "--output", output], in: folder)
      #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
    }
    #expect(try folder.names(in: "full") == ["file"])
  }

  @Test("warns of what it leaves out")
  func warnings() async throws {
    for name in ["cat/1", "cat/2", "dog/1", "dog/2", "note"] {
      try folder.write(Array("P5 1 1 255\n.".utf8), to: "a/\(name)")
    }
    let result = try await Command.succeed(
      ["data", "import", "a", "--test", "1", "--output", "made"], in: folder)
    #expect(
      result.errors.contains(
        "trainer: warning: a: left out 1 file beside the folders of classes: note"))
    #expect(result.errors.contains("trainer: warning: no test image of class '"))
    #expect(try folder.text("made/classes.txt") == "cat\ndog\n")
  }

  @Test("writes files with equal bytes from equal sources, also on one core")
  func equalBytes() async throws {
    let sources = try write()
    for (arguments, name) in sources {
      var contents: [[[UInt8]]] = []
      for shell in [
        nil, nil, "exec taskset -c \"$(taskset -cp $$ | grep -o '[0-9]*$')\" \"$0\" \"$@\"",
      ] {
        let result = try await Command.run(
          ["data", "import"] + arguments + ["--output", name], in: folder, shell: shell)
        #expect(result.status == 0, "\(result.errors)")
        let files = try folder.names(in: name)
        #expect(files.count == 5)
        contents.append(try files.map { try folder.bytes("\(name)/\($0)") })
        try FileManager.default.removeItem(atPath: folder.path(name))
      }
      #expect(contents[1] == contents[0] && contents[2] == contents[0])
    }
  }

  @Test("leaves nothing on a full disk, and names the file by its final path")
  func fullDisk() async throws {
    _ = try write()
    // Files of at most 512 bytes.
    let result = try await Command.run(
      ["data", "import", "a.npz", "--output", "made/here"], in: folder,
      shell: "ulimit -f 1; exec \"$0\" \"$@\"")
    #expect(result.status == 74)
    #expect(
      result.errors.contains(
        "made/here/train-images-idx3-ubyte.gz: cannot be written: File too large"),
      "\(result.errors)")
    #expect(!folder.exists("made"))
  }

  @Test("leaves nothing without enough file descriptors, and names their limit")
  func descriptors() async throws {
    _ = try write()
    let result = try await Command.run(
      ["data", "import", "a.npz", "--output", "made/here"], in: folder,
      shell: "ulimit -n 5; exec \"$0\" \"$@\"")
    #expect(result.status == 71)
    #expect(
      result.errors.contains("Too many open files (RLIMIT_NOFILE (ulimit -n) is 5, at most 5)"),
      "\(result.errors)")
    #expect(!folder.exists("made"))
  }

  @Test("refuses the working directory, and keeps the permissions of an empty one")
  func existing() async throws {
    _ = try write()
    let refused = try await Command.run(
      ["data", "import", "../a.npz", "--output", "."], in: folder,
      shell: "mkdir empty; chmod 700 empty; cd empty; exec \"$0\" \"$@\"")
    #expect(refused.status == 74)
    #expect(refused.errors.contains(".: found the working directory, expected a new directory"))
    #expect(try folder.names(in: "empty").isEmpty)
    try await Command.succeed(["data", "import", "a.npz", "--output", "empty"], in: folder)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("empty"))
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    #expect(try folder.names(in: "empty").count == 5)
  }

  @Test("tells if only the name of the complete directory may be lost")
  func unsynchronized() async throws {
    _ = try write()
    // Before the parent: the names of classes and their folder, five files and the folder.
    let faults = FaultInjection(path: "made", call: .fsync, skipped: 8)
    let result = try await Command.run(
      ["data", "import", "a.npz", "--output", "made/here"],
      environment: faults.environment(in: folder), in: folder)
    #expect(result.status == 74)
    #expect(
      result.errors.contains(
        "made/here: its folder cannot be synchronized, so that a crash of the machine may undo it"),
      "\(result.errors)")
    #expect(try folder.names(in: "made/here").count == 5)
  }

  @Test("refuses a published data set's name for other classes")
  func publishedName() async throws {
    _ = try write()
    let result = try await Command.run(
      ["data", "import", "a.npz", "--output", "made/kmnist"], in: folder)
    #expect(result.status == 64)
    #expect(
      result.errors.contains(
        "--output is made/kmnist, but a data set of that name must have the 10 classes of KMNIST"),
      "\(result.errors)")
    #expect(!folder.exists("made"))
  }

  @Test("and training use names that start with a combining mark where they are")
  func marks() async throws {
    _ = try write()
    let mark = "\u{301}"
    try await Command.succeed(
      ["data", "import", "a.npz", "--output", "new/\(mark)data"], in: folder)
    #expect(try folder.names(in: "new") == ["\(mark)data"])
    try await Command.succeed(
      [
        "--data", "new/\(mark)data", "--output", "runs/\(mark)a/b", "--epochs", "1", "--hidden",
        "8",
        "--quiet", "--threads", "1",
      ], in: folder)
    #expect(folder.exists("runs/\(mark)a/b/model.safetensors"))
    try await Command.succeed(
      ["runs", "runs/\(mark)a", "--html", "runs/\(mark)a/\(mark)page.html"], in: folder)
    #expect(try folder.text("runs/\(mark)a/\(mark)page.html").contains("\"./b/report.html\""))
  }

  @Test("leaves nothing after a signal while it writes")
  func signalsWhileWriting() async throws {
    _ = try write()
    // Nothing fails, but the names of classes take a second to be written.
    let faults = FaultInjection(path: "no such file", call: .rename, slow: ".trainer-")
    for signal in [SIGINT, SIGTERM] {
      let process = try Command.process(
        ["data", "import", "a.npz", "--output", "made/here"],
        environment: faults.environment(in: folder), home: folder)
      let errors = try folder.write([], to: "errors")
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: errors)
      let status = Task { try await Command.finish(process) }
      while try !folder.exists("made") || folder.names(in: "made").isEmpty {
        try await Task.sleep(for: .milliseconds(2))
      }
      #expect(try folder.names(in: "made").allSatisfy { $0.hasPrefix(".trainer-") })
      kill(process.processIdentifier, signal)
      #expect(try await status.value == -signal)
      #expect(try folder.text("errors").contains("; nothing was written"))
      #expect(!folder.exists("made"))
    }
  }

  @Test("leaves nothing after a signal, which ends it")
  func signals() async throws {
    // Lines of zeros, which pack to little: many enough that the signal comes before the end.
    let line = "0" + String(repeating: ",0", count: 1024 * 1024 / 16) + "\n"
    let lines = [UInt8](line.utf8) + [UInt8](("1" + line.dropFirst()).utf8)
    let member = gzip(lines, level: 1)
    try folder.write((0..<200).flatMap { _ in member }, to: "a.csv.gz")
    for (signal, name) in [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")] {
      let process = try Command.process(
        ["data", "import", "a.csv.gz", "--output", "made"], home: folder,
        // The tests themselves may run under nohup.
        shell: signal == SIGHUP ? "exec env --default-signal=HUP \"$0\" \"$@\"" : nil)
      let errors = try folder.write([], to: "errors")
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: errors)
      let status = Task { try await Command.finish(process) }
      // It is sent when the process catches it.
      while !Self.catches(signal, process) { try await Task.sleep(for: .milliseconds(2)) }
      kill(process.processIdentifier, signal)
      #expect(try await status.value == -signal)
      #expect(try folder.text("errors").contains("stopped by \(name); nothing was written"))
      #expect(try folder.names() == ["a.csv.gz", "errors"])
    }
  }

  /// Whether a process has a handler for a signal.
  private static func catches(_ signal: Int32, _ process: Process) -> Bool {
    let path = "/proc/\(process.processIdentifier)/status"
    guard process.processIdentifier > 0,
      let status = try? String(contentsOfFile: path, encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
    else { return false }
    return mask & 1 << UInt64(signal - 1) != 0
  }
}
