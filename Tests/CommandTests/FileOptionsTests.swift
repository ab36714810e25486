import ArgumentParser
import Testing

@testable import Model
@testable import TrainerCommand

@Suite("The options of files")
struct FileOptionsTests {
  @Test("are all among the settings that are recorded and given again when a run is resumed")
  func complete() throws {
    let names = try OptionTableTests.helpRows().filter { $0.group == "Files" }.map { $0.names[0] }
    let options = try TrainCommand.parse(names.map { "\($0)=1" })
    #expect(names.count > 6)
    #expect(options.files.settings.map { "--\($0.name)" } == names)
    #expect(options.files.settings.map(\.value) == names.map { _ in .text("1") })
    #expect(options.repeatedOptions.count == names.count - 2)
  }
}
