import Pages
import Training

/// The images that the model gets wrong most surely.
struct MistakeSection: Sendable {
  let outcome: TestOutcome
  /// The images' addresses, one for each mistake.
  private let addresses: [String]

  /// Encodes the images.
  ///
  /// - Parameter outcome: What the model makes of the test set.
  /// - Throws: ``TrainerError`` where an image cannot be encoded.
  init(_ outcome: TestOutcome) throws {
    self.outcome = outcome
    addresses = try outcome.mistakes.map {
      try PNGImage(pixels: $0.pixels, rows: outcome.rows, columns: outcome.columns).address
    }
  }

  /// The section.
  var markup: Markup {
    Markup("section") {
      Markup("h2") { "Most confident mistakes" }
      if outcome.mistakes.isEmpty {
        Markup("p", ["class": "note"]) { "Every test image was predicted right." }
      } else {
        Markup("p", ["class": "note"]) {
          "Test images that were predicted wrong, those first in which the model was surest: class → "
            + "prediction, the probability that the model gave it, and the image's number."
        }
        Markup("div", ["class": "gallery"]) {
          zip(outcome.mistakes, addresses).map { mistake, address in figure(mistake, address) }
        }
      }
    }
  }

  private func figure(_ mistake: Mistake, _ address: String) -> Markup {
    let probability = FigureText.probability(mistake.probability)
    return Markup("figure") {
      Markup(
        "img",
        [
          "src": address,
          "alt": "Test image \(mistake.sample): class \(mistake.label), predicted as "
            + "\(mistake.prediction) with \(probability)",
        ])
      Markup("figcaption") {
        Markup("b") { "\(mistake.label) → \(mistake.prediction)" }
        Markup("span") { probability }
        Markup("span", ["class": "faint"]) { "no. \(mistake.sample)" }
      }
    }
  }
}
