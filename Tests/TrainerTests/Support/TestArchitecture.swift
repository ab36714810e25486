@testable import Model

/// A small perceptron for images of `side` x `side` pixels and 5 classes.
func testArchitecture(
  side: Int = 6, hidden: [Int] = [40, 24], batchNorm: Bool = true, dropout: Double = 0.2,
  mode: Dropout.Mode = .inverted
) -> Architecture {
  Architecture(
    inputCount: side * side, hidden: hidden, classCount: 5, batchNorm: batchNorm,
    dropout: dropout, dropoutMode: mode)
}
