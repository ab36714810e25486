import ArgumentParser
import Testing

@testable import Model
@testable import TrainerCommand

@Suite("The options of files")
struct FileOptionsTests {
  @Test("are all among the settings that are recorded and given again when a run is resumed")
  func complete() throws {
    let names = try OptionTableTests.helpRows().filter { $0.group == "Files" }.map { $0.names[0] }
    let values = names.map { $0 == "--objective" ? "test-loss" : "1" }
    let options = try TrainCommand.parse(zip(names, values).map { "\($0)=\($1)" })
    #expect(names.count > 6)
    #expect(options.files.settings.map { "--\($0.name)" } == names)
    #expect(options.files.settings.map(\.value) == values.map { .text($0) })
    #expect(options.repeatedOptions.count == names.count - 2)
  }
}
