/// One of the four files of a data set.
package enum DatasetFile: String, CaseIterable, Sendable {
  /// The training images.
  case trainingImages = "train-images-idx3-ubyte"
  /// The labels of the training images.
  case trainingLabels = "train-labels-idx1-ubyte"
  /// The test images.
  case testImages = "t10k-images-idx3-ubyte"
  /// The labels of the test images.
  case testLabels = "t10k-labels-idx1-ubyte"

  /// The name of the plain file.
  package var plainName: String { rawValue }

  /// The name of the gzip file.
  package var packedName: String { rawValue + ".gz" }

  /// All names that the file may have, the preferred one first.
  ///
  /// Some copies of MNIST have a full stop before `idx`, as it was published at first.
  package var names: [String] {
    let other = rawValue.replacing("-idx", with: ".idx")
    return [plainName, packedName, other, other + ".gz"]
  }

  var content: IDXContent {
    switch self {
    case .trainingImages, .testImages: .images
    case .trainingLabels, .testLabels: .labels
    }
  }

  /// Whether it contains images rather than labels.
  package var hasImages: Bool { content == .images }
}
