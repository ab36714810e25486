import Testing

@testable import ImageData
@testable import Runs
@testable import Training

@Suite("A model's figures as text")
struct EvaluationTextTests {
  /// Figures with this matrix.
  func evaluation(_ matrix: [[Int]]) -> ModelEvaluation {
    ModelEvaluation(
      loss: 0.25, accuracy: 0.5,
      outcome: TestOutcome(
        confusionMatrix: matrix, mistakes: [], imageSize: ImageSize(rows: 1, columns: 1)),
      isCorrect: [])
  }

  /// A matrix in which class c has `c` mistakes, all of them for class 0.
  func matrix(classCount: Int, samples: Int) -> [[Int]] {
    (0..<classCount).map { label in
      (0..<classCount).map { $0 == label ? samples - label : $0 == 0 ? label : 0 }
    }
  }

  @Test("has the matrix with the classes' names in 80 columns for ten classes")
  func named() {
    let lines = EvaluationText(
      evaluation(matrix(classCount: 10, samples: 1000)),
      classNames: KnownDataset.fashionMNIST.classNames
    ).lines
    #expect(lines.count == 14)
    #expect(lines[0] == "loss 0.250000  accuracy 50.00 % of 10000 samples")
    #expect(lines[3].split(separator: " ") == ["class", "accuracy"] + (0..<10).map { "\($0)" })
    #expect(lines[13].hasPrefix("    9  Ankle boot    99.10 %     9    0"))
    #expect(lines[13].hasSuffix(" 991"))
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test("has each class once where the names are the numbers")
  func numbers() {
    for count in [10, 62] {
      let evaluation = evaluation(matrix(classCount: count, samples: 100))
      let named = EvaluationText(evaluation, classNames: (0..<count).map(String.init)).lines
      #expect(named == EvaluationText(evaluation, classNames: nil).lines)
    }
  }

  @Test("leaves the names out where they find no room")
  func noRoom() {
    let names = (0..<10).map { "a class with quite a long name \($0)" }
    let lines = EvaluationText(
      evaluation(matrix(classCount: 10, samples: 1000)), classNames: names
    ).lines
    #expect(!lines.joined().contains("quite"))
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.count == 14)
  }

  @Test("has lists of 20 in the place of a matrix of 62 classes")
  func lists() throws {
    let lines = EvaluationText(
      evaluation(matrix(classCount: 62, samples: 100)), classNames: nil
    ).lines
    #expect(
      lines[2...3] == [
        "The table would be too large for 62 classes. Shown instead: the 20 classes with",
        "the lowest accuracy and the 20 most frequent mistakes.",
      ])
    #expect(lines.count == 4 + 1 + 21 + 1 + 21)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[6].split(separator: " ") == ["61", "100", "39.00", "%", "0", "(61)"])
    #expect(lines[28].split(separator: " ") == ["61", "0", "61"])
  }

  @Test("says what there is where a list would be short")
  func shortLists() {
    func note(_ change: (inout [[Int]]) -> Void) -> String {
      var matrix = matrix(classCount: 40, samples: 100).enumerated().map { label, _ in
        (0..<40).map { $0 == label ? 10 : 0 }
      }
      change(&matrix)
      let accuracy = TestOutcome(
        confusionMatrix: matrix, mistakes: [], imageSize: ImageSize(rows: 1, columns: 1)
      )
      .classAccuracy
      return ConfusionSummary(matrix: matrix, classAccuracy: accuracy).listNote
    }
    let start = "The table would be too large for 40 classes. Shown instead: "
    #expect(
      note { _ in } == start
        + "the 20 classes with the lowest accuracy; all samples were predicted correctly.")
    #expect(
      note { $0[3][4] = 2 }
        == start + "the 20 classes with the lowest accuracy and the only kind of mistake.")
    #expect(
      note { $0 = $0.enumerated().map { $0 == 7 ? $1 : $1.map { _ in 0 } } }
        == start + "the only class with samples; all samples were predicted correctly.")
  }
}
