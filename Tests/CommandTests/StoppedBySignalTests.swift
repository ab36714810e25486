import Testing

@testable import TrainerCommand

@Suite("The command that resumes a run")
struct StoppedBySignalTests {
  @Test(
    "quotes the words that a shell would change",
    arguments: [
      ("runs/a-1_b.c", "runs/a-1_b.c"), ("", "''"), ("m 1.jsonl", "'m 1.jsonl'"),
      ("$HOME", "'$HOME'"), ("it's", #"'it'\''s'"#),
    ])
  func quoted(word: String, text: String) {
    #expect(StoppedBySignal.quoted(word) == text)
  }
}
