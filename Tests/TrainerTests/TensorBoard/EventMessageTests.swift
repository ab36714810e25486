import Testing

@testable import TensorBoard

@Suite("The encoding of an event")
struct EventMessageTests {
  /// Events, and their bytes as swift-protobuf 1.39 wrote them from the same `events.proto`.
  private static let encodings: [(Event, String)] = [
    (
      Event(wallTime: 1000.5, content: .fileVersion("brain.Event:2")),
      "090000000000448f401a0d627261696e2e4576656e743a32"
    ),
    (
      Event(wallTime: 1001, step: 7, content: .sessionStart),
      "090000000000488f4010073a020801"
    ),
    // What is 0 is left out, but not -0.
    (Event(wallTime: 0, content: .sessionStart), "3a020801"),
    (
      Event(wallTime: -0.0, step: -5, content: .sessionStart),
      "09000000000000008010fbffffffffffffffff013a020801"
    ),
    (Event(wallTime: .nan, content: .summary([])), "09000000000000f87f2a00"),
    (
      Event(
        wallTime: 1002.25, step: 8,
        content: .summary([
          SummaryValue(tag: "loss/train", figure: .scalar(0.25)),
          SummaryValue(tag: "odd", figure: .scalar(.nan)),
        ])),
      "090000000000528f4010082a1f0a110a0a6c6f73732f747261696e150000803e0a0a0a036f6464150000c07f"
    ),
    (
      Event(
        wallTime: -3, step: -1,
        content: .summary([
          SummaryValue(tag: "", figure: .scalar(0)), SummaryValue(tag: "z", figure: .scalar(-0.0)),
          SummaryValue(tag: "ü日", figure: .scalar(.infinity)),
        ])),
      "0900000000000008c010ffffffffffffffffff012a1f0a0515000000000a080a017a15000000800a0c0a05c3bc"
        + "e697a5150000807f"
    ),
    (
      Event(
        wallTime: 4, step: 1 << 40,
        content: .summary([
          SummaryValue(tag: "e", figure: .histogram(ValueHistogram([]).figure)),
          SummaryValue(tag: "z", figure: .histogram(ValueHistogram([-0.0]).figure)),
          SummaryValue(tag: "a", figure: .histogram(ValueHistogram([1, 2]).figure)),
        ])),
      "090000000000001040108080808080202aa5010a050a01652a000a340a017a2a2f090000000000000080"
        + "11000000000000008019000000000000f03f320811ea2d819997713d3a08000000000000f03f0a660a01"
        + "612a6109000000000000f03f110000000000000040190000000000000040210000000000000840290000"
        + "00000000144032182b14facdbe24f03fdc94cd2e8d75ff3fe011f10c744d01403a18000000000000f03f"
        + "0000000000000000000000000000f03f"
    ),
  ]

  @Test("is that of protocol buffers", arguments: encodings)
  func bytes(event: Event, hexadecimal: String) {
    let bytes = EventMessage.encoding(event)
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hexadecimal)
  }

  @Test("is decoded to the event")
  func decoded() throws {
    for (event, _) in Self.encodings {
      // As texts: NaN is not equal to itself, and -0 is equal to 0.
      #expect("\(try Event(encoding: EventMessage.encoding(event)))" == "\(event)")
    }
    #expect(throws: Event.Undecodable.self) { try Event(encoding: [0x09, 0]) }
  }
}
