@testable import Model

/// A small perceptron for images of `side` x `side` pixels and 5 classes.
func testArchitecture(
  side: Int = 6, hidden: [Int] = [40, 24], batchNorm: Bool = true, dropout: Double = 0.2,
  mode: Dropout.Mode = .inverted
) -> Architecture {
  Architecture(
    input: Shape(side, side, 1),
    Perceptron(hidden: hidden, batchNorm: batchNorm, dropout: dropout), classCount: 5,
    dropoutMode: mode)
}

/// A small network of that description for images of 6 x 6 pixels and 5 classes.
func testArchitecture(model: String) throws -> Architecture {
  try Architecture(input: Shape(6, 6, 1), model: ModelDescription(model), classCount: 5)
}
