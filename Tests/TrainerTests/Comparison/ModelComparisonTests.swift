import Testing

@testable import Runs

@Suite("A comparison of models")
struct ModelComparisonTests {
  /// A model that is right on the first samples of 1000.
  private func model(_ name: String, correct: Int, from first: Int = 0) -> ComparedModel {
    ComparedModel(path: name, isCorrect: (0..<1000).map { (first..<first + correct).contains($0) })
  }

  private func comparison(
    _ first: [ComparedModel], _ second: [ComparedModel]
  ) throws -> ModelComparison {
    ModelComparison(
      try #require(ComparedGroup(first)), try #require(ComparedGroup(second)), dataset: "small")
  }

  @Test("of two models shows the table, the difference and what p means")
  func pair() throws {
    let comparison = try comparison(
      [model("one", correct: 900)], [model("other", correct: 894, from: 16)])
    #expect(
      comparison.test
        == .mcNemar(
          McNemarTest(
            model("", correct: 900).isCorrect, model("", correct: 894, from: 16).isCorrect)))
    #expect(abs(comparison.difference - 0.006) < 1e-12)
    let lines = ComparisonText(comparison).lines
    #expect(
      lines.prefix(9) == [
        "small, 1000 test samples",
        "   model  accuracy",
        "A  one     90.00 %",
        "B  other   89.40 %",
        "           B correct  B wrong",
        "A correct        884       16",
        "A wrong           10       90",
        "difference A - B: +0.60 points",
        "test: exact McNemar test",
      ])
    // 2 P(X <= 10) for 26 coin tosses.
    #expect(
      lines.dropFirst(9).joined(separator: " ")
        == "p = 0.327: if both models were equally good, the 26 samples that only one of them classifies "
        + "correctly would be divided at least as unevenly as 16 to 10 in 32.7 % of cases. This is about "
        + "these two models, not about other seeds of theirs.")
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test("of several runs shows the groups' figures and what p means")
  func groups() throws {
    let comparison = try comparison(
      [700, 710, 720, 730].map { model("a\($0)", correct: $0) },
      [800, 810, 820, 830].map { model("b\($0)", correct: $0) })
    let lines = ComparisonText(comparison).lines
    #expect(lines.contains("A  a700    70.00 %"))
    #expect(lines.contains("group  n     mean  standard deviation"))
    #expect(lines.contains("A      4  71.50 %              1.29 %"))
    #expect(lines.contains("difference A - B: -10.00 points"))
    #expect(lines.contains("test: permutation test, all 70 divisions of the runs"))
    let text = lines.joined(separator: " ")
    #expect(
      text.hasSuffix(
        "p = 0.0286: a difference at least this large would be seen in 2.86 % of random divisions of the "
          + "runs into groups of 4 and 4 if the groups did not differ."))
  }

  @Test("says if no p below 0.05 is possible, with the smallest possible one")
  func weak() throws {
    func text(_ first: [ComparedModel], _ second: [ComparedModel]) throws -> String {
      ComparisonText(try comparison(first, second)).lines.joined(separator: " ")
    }
    let three = try text(
      (1...3).map { model("a", correct: $0) }, (4...6).map { model("b", correct: $0) })
    #expect(
      three.hasSuffix(
        "The smallest p that groups of 3 and 3 runs can give is 0.1: a p below 0.05 is not possible, "
          + "whatever the difference."))
    let nineteen = try text([model("a", correct: 0)], (1...19).map { model("b", correct: $0) })
    #expect(nineteen.contains("groups of 1 and 19 runs can give is 0.05"))
    let twenty = try text([model("a", correct: 0)], (1...20).map { model("b", correct: $0) })
    #expect(!twenty.contains("not possible"))
    let five = try text([model("a", correct: 905)], [model("b", correct: 900)])
    #expect(five.contains("The smallest p that 5 such samples can give is 0.0625"))
    let six = try text([model("a", correct: 906)], [model("b", correct: 900)])
    #expect(six.contains("p = 0.0312") && !six.contains("not possible"))
  }

  @Test("of a p too small for a number says so")
  func tiny() throws {
    let text = ComparisonText(
      try comparison([model("a", correct: 1000)], [model("b", correct: 0)])
    ).lines.joined(separator: " ")
    #expect(text.contains("p = 1.87e-301"))
  }
}
