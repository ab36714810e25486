/// Data sets that are published as four files, each by itself.
extension KnownDataset {
  private static let digits = (0..<10).map(String.init)

  /// Handwritten digits: LeCun, Cortes and Burges, 1998.
  package static let mnist = KnownDataset(
    name: "mnist", title: "MNIST", classNames: digits,
    digests: [
      .trainingImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      .trainingLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      .testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      .testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ],
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist",
      "https://storage.googleapis.com/cvdf-datasets/mnist",
    ])

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

  /// Handwritten Japanese characters: Clanuwat et al., 2018.
  package static let kmnist = KnownDataset(
    name: "kmnist", title: "KMNIST",
    classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    distribution: .files([
      ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
      ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
      ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
      ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]),
    // The publisher's site has no TLS.
    mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist"])

  /// MNIST made anew, with all 60,000 test images: Yadav and Bottou, 2019.
  package static let qmnist = KnownDataset(
    name: "qmnist", title: "QMNIST", classNames: digits,
    distribution: .files([
      ("qmnist-train-images-idx3-ubyte.gz", "ed72d4157d28c017586c42bc6afe6370"),
      ("qmnist-train-labels-idx2-int.gz", "0058f8dd561b90ffdd0f734c6a30e5e4"),
      ("qmnist-test-images-idx3-ubyte.gz", "1394631089c404de565df7b7aeaf9412"),
      ("qmnist-test-labels-idx2-int.gz", "5b5b05890a5e13444e108efe57b788aa"),
    ]),
    mirrors: ["https://raw.githubusercontent.com/facebookresearch/qmnist/master"])
}
