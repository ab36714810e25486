import ImageData
import Pages
import Training

/// The section of a report that shows the wrong predictions with the highest probability.
struct MistakeSection: Sendable {
  let outcome: TestOutcome
  private let titles: ClassTitles
  /// The images as data URLs, one per mistake.
  private let addresses: [String]

  /// Encodes the images.
  ///
  /// - Parameters:
  ///   - outcome: The model's predictions on the test set.
  ///   - titles: The classes as they are shown.
  /// - Throws: `CompressionError` if an image cannot be encoded.
  init(_ outcome: TestOutcome, titles: ClassTitles) throws {
    self.titles = titles
    self.outcome = outcome
    addresses = try outcome.mistakes.map {
      try ShownImage.address(of: $0.pixels, size: outcome.imageSize)
    }
  }

  /// The section as HTML.
  var markup: Markup {
    Markup("section") {
      Markup("h2") { "Most confident mistakes" }
      if outcome.mistakes.isEmpty {
        Markup("p", ["class": "note"]) { "Every test image was predicted correctly." }
      } else {
        Markup("p", ["class": "note"]) {
          "Test images with wrong predictions, the highest probability first: class → prediction, "
            + "the probability of the prediction, and the image's number." + channelNote
        }
        Markup("div", ["class": "gallery"]) {
          zip(outcome.mistakes, addresses).map { mistake, address in figure(mistake, address) }
        }
      }
    }
  }

  private var channelNote: String {
    let channels = outcome.imageSize.channels
    return ShownImage.channels(of: outcome.imageSize) == channels
      ? "" : " The first of \(channels) channels is shown."
  }

  private func figure(_ mistake: Mistake, _ address: String) -> Markup {
    let probability = FigureText.probability(mistake.probability)
    return Markup("figure") {
      Markup(
        "img",
        [
          "src": address,
          "alt":
            "Test image \(mistake.sample): class \(titles.title(of: mistake.label)), predicted as "
            + "\(titles.title(of: mistake.prediction)) with \(probability)",
        ])
      Markup("figcaption") {
        Markup("b") {
          "\(titles.name(of: mistake.label)) → \(titles.name(of: mistake.prediction))"
        }
        Markup("span") { probability }
        Markup("span", ["class": "faint"]) { "no. \(mistake.sample)" }
      }
    }
  }
}
