import Files
import Testing

@Suite("A message that names settings")
struct MessageTests {
  private struct Refusal: MessageError {
    let message: Message = "\(setting: "pin") compact failed"
    var description: String { message.description }
  }

  private let message: Message =
    "\(setting: "batch-size") is \(0), " + "not `1`" + "; \(setting: "seed")"

  @Test("has their names in backquotes")
  func plain() {
    #expect(message.description == "`batch-size` is 0, not `1`; `seed`")
    #expect("\(message)" == message.description)
  }

  @Test("is spelled as the reader knows them, and nothing else is changed")
  func spelled() {
    #expect(message.spelled { "--\($0)" } == "--batch-size is 0, not `1`; --seed")
    #expect(("plain" as Message).spelled { _ in "?" } == "plain")
    #expect(Message("`seed`" as String).spelled { "--\($0)" } == "`seed`")
  }

  @Test("keeps the names of a message or an error in it")
  func nested() {
    let error: any Error = Refusal()
    let outer: Message = "a: \(error); \(message)"
    #expect(
      outer.spelled { "--\($0)" }
        == "a: --pin compact failed; --batch-size is 0, not `1`; --seed")
  }

  @Test("is equal to one of the same text and names, however it is put together")
  func equality() {
    let (one, other): (Message, Message) = ("a\(1)\(setting: "seed")", "a1" + "\(setting: "seed")")
    #expect(one == other)
    #expect(one != "a1`seed`")
  }
}
