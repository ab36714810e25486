/// Handwritten characters in six selections: Cohen, Afshar, Tapson and van Schaik, 2017.
extension KnownDataset {
  private static let digits = (0...9).map { "\($0)" }
  private static let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
  private static let smallLetters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
  // Those that look unlike their capitals.
  private static let ownSmallLetters = "abdefghnqrt".map(String.init)

  /// The selections, by name.
  package static let emnist = [
    emnist("balanced", digits + capitals + ownSmallLetters),
    emnist("byclass", digits + capitals + smallLetters),
    emnist("bymerge", digits + capitals + ownSmallLetters),
    emnist("digits", digits),
    // A capital and its small letter are one class.
    emnist("letters", capitals, firstLabel: 1),
    emnist("mnist", digits),
  ]

  /// One of the selections, all of which are in one zip file.
  private static func emnist(
    _ split: String, _ classNames: [String], firstLabel: UInt8 = 0
  ) -> KnownDataset {
    func member(_ part: String) -> String { "gzip/emnist-\(split)-\(part)-ubyte.gz" }
    return KnownDataset(
      name: "emnist-\(split)", title: "EMNIST \(split)", classNames: classNames,
      distribution: .archive(
        PublishedArchive(
          file: PublishedFile("gzip.zip", md5: "58c8d27c78d21e728a6bc7b3cc06412e"),
          members: [
            .trainingImages: member("train-images-idx3"),
            .trainingLabels: member("train-labels-idx1"),
            .testImages: member("test-images-idx3"),
            .testLabels: member("test-labels-idx1"),
          ],
          isTransposed: true, firstLabel: firstLabel)),
      mirrors: ["https://biometrics.nist.gov/cs_links/EMNIST"])
  }
}
