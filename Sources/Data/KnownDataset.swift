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

  var content: IDXContent {
    switch self {
    case .trainingImages, .testImages: .images
    case .trainingLabels, .testLabels: .labels
    }
  }
}

/// A published data set: its expected files, and where to get them.
package struct KnownDataset: Equatable, Sendable {
  /// The name that is asked for.
  package let name: String

  /// The usual name.
  package let title: String

  /// The names of the classes, from class 0.
  package let classNames: [String]

  /// The number of classes.
  package var classCount: Int { classNames.count }

  /// The SHA-256 of each unpacked file, in lower-case hexadecimal.
  package let digests: [DatasetFile: String]

  /// Addresses of directories with the four packed files, the preferred one first.
  package let mirrors: [String]

  /// The package of Debian and Ubuntu that contains it; nil if there is none.
  package let systemPackage: String?

  /// All published data sets that the trainer knows, in search order.
  package static let all = [mnist, fashionMNIST]

  /// The names for help, such as "mnist or fashion-mnist".
  package static var choice: String {
    let names = all.map(\.name)
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  /// Finds a published data set by its exact name.
  ///
  /// - Parameter name: A name, for example "mnist".
  /// - Returns: The entry of `all` with that name; nil if there is none.
  package static func named(_ name: String) -> KnownDataset? {
    all.first { $0.name == name }
  }

  /// Finds a published data set by its name in upper or lower case.
  ///
  /// - Parameter name: A name, for example "MNIST".
  /// - Returns: The entry of `all` with that name; nil if there is none.
  package static func matching(_ name: String) -> KnownDataset? {
    named(name.lowercased())
  }

  /// Finds a published data set by the digests of its files.
  ///
  /// - Parameter digests: The SHA-256 of each unpacked file, by its plain name.
  /// - Returns: The entry of `all` with these digests; nil if there is none.
  package static func published(_ digests: [String: String]) -> KnownDataset? {
    all.first { known in
      known.digests.allSatisfy { file, digest in digests[file.plainName] == digest }
    }
  }

  /// Handwritten digits: LeCun, Cortes and Burges, 1998.
  package static let mnist = KnownDataset(
    name: "mnist", title: "MNIST", classNames: (0..<10).map(String.init),
    digests: [
      .trainingImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      .trainingLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      .testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      .testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ],
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist",
      "https://storage.googleapis.com/cvdf-datasets/mnist",
    ],
    systemPackage: nil)

  /// Articles of clothing: Xiao, Rasul and Vollgraf, 2017.
  package static let fashionMNIST = KnownDataset(
    name: "fashion-mnist", title: "Fashion-MNIST",
    classNames: [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ],
    digests: [
      .trainingImages: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      .trainingLabels: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      .testImages: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      .testLabels: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ],
    // The publisher's site has no TLS; the digests make that safe.
    mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"],
    systemPackage: "dataset-fashion-mnist")
}
