import TestSupport
import Testing

@testable import Model
@testable import Runs
@testable import Training

@Suite("Ranks that are to train together")
struct RankAgreementTests {
  private func outcome(_ items: @escaping @Sendable (_ rank: Int) -> [String: String]) -> [String] {
    ThreadCommunicator.onRanks(3) { communicator in
      do {
        try RankAgreement.require(
          .init(settings: items(communicator.rank)), among: communicator)
        return "agreed"
      } catch let error as TrainerError {
        return "\(error.code) \(error.description)"
      }
    }
  }

  @Test("go on where all have the same")
  func same() {
    #expect(outcome { _ in ["seed": "1"] } == ["agreed", "agreed", "agreed"])
  }

  @Test("all stop, and name the first that differs, where one has another value")
  func another() {
    let words = outcome { ["seed": $0 == 2 ? "7" : "1", "epochs": "3"] }
    #expect(words[0].hasPrefix("usage rank 2 has `seed` 7, rank 0 has 1; "))
    #expect(words[1] == words[0] && words[2] == words[0])
  }

  @Test("all stop where one has more, or less")
  func missing() {
    #expect(
      outcome { $0 == 1 ? ["ema": "0.9"] : [:] }[2].contains("rank 1 has `ema` 0.9, rank 0"))
    #expect(
      outcome { $0 == 1 ? [:] : ["ema": "0.9"] }[2]
        .contains("rank 1 has `ema` not given, rank 0 has 0.9"))
  }

  @Test("compare every setting, the data and the trainer")
  func items() throws {
    let run = try TrainingRunTests.run()
    let identity = testIdentity(run, dataset: ["train-images-idx3-ubyte": "abc"])
    let items = RankAgreement.items(identity, settings: run.configuration.settings)
    #expect(items.others["the SHA-256 of train-images-idx3-ubyte"] == "abc")
    #expect(items.settings["engine"] == "native" && items.others["OpenBLAS's core"] == nil)
    #expect(items.settings["epochs"] == "2" && items.settings["batch-size"] == "50")
    #expect(items.settings.count == run.configuration.settings.count && items.others.count == 2)
  }
}
