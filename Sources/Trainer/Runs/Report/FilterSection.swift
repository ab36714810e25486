import Pages
import Training

/// The section of a report that shows the first layer's kernels, if that is a convolution.
struct FilterSection: Sendable {
  /// A kernel as a picture.
  private struct Filter: Sendable {
    /// The picture as a data URL.
    let address: String
    /// The largest magnitude of the weights that are shown.
    let largest: Float
  }

  let kernels: ConvolutionKernels
  private let filters: [Filter]

  /// The most kernels that are shown.
  static let limit = 64

  /// Draws the kernels.
  ///
  /// - Parameter kernels: The first layer's weights.
  /// - Throws: `CompressionError` if a picture cannot be encoded.
  init(_ kernels: ConvolutionKernels) throws {
    self.kernels = kernels
    filters = try (0..<min(kernels.count, Self.limit)).map { index in
      let weights = kernels.shownWeights(of: index)
      let largest = weights.filter(\.isFinite).reduce(0) { max($0, abs($1)) }
      let image = try PNGImage(
        pixels: weights.map { Self.brightness(of: $0, largest: largest) }, rows: kernels.rows,
        columns: kernels.columns, channels: kernels.shownChannels)
      return Filter(address: image.address, largest: largest)
    }
  }

  /// Half for 0, and full or none for the largest magnitude of either sign.
  private static func brightness(of weight: Float, largest: Float) -> UInt8 {
    guard weight.isFinite, largest > 0 else { return 128 }
    return UInt8((127.5 * (1 + weight / largest)).rounded())
  }

  /// The section as HTML.
  var markup: Markup {
    Markup("section") {
      Markup("h2") { "Filters of the first layer" }
      Markup("p", ["class": "note"]) { legend }
      Markup("div", ["class": "gallery filters"]) {
        filters.indices.map { figure($0) }
      }
    }
  }

  private var legend: String {
    let shown = kernels.shownChannels
    let scale =
      shown == 3
      ? "The weights of the three input channels are a pixel's red, green and blue: half of a "
        + "color is a weight of 0, all of it the kernel's largest magnitude, which is below the "
        + "picture, and none of it the negative of that."
      : "Mid-gray is a weight of 0, white the kernel's largest magnitude, which is below the "
        + "picture, and black the negative of that."
    return "The kernels of \(kernels.layer), \(kernels.rows) × \(kernels.columns) weights for each "
      + "output channel, numbered from 0. " + scale
      + (shown == kernels.channels
        ? "" : " Of \(kernels.channels) input channels, the first is shown.")
      + (filters.count == kernels.count
        ? "" : " The first \(filters.count) of \(kernels.count) output channels are shown.")
  }

  private func figure(_ index: Int) -> Markup {
    let largest = FigureText.significant(Double(filters[index].largest))
    return Markup("figure") {
      Markup(
        "img",
        [
          "src": filters[index].address,
          "alt": "Filter \(index): weights of up to \(largest) in magnitude",
        ])
      Markup("figcaption") {
        Markup("b") { "\(index)" }
        Markup("span") { "± \(largest)" }
      }
    }
  }
}

extension ConvolutionKernels {
  /// Three input channels are shown as colors; of any other number the first, in gray.
  fileprivate var shownChannels: Int { channels == 3 ? 3 : 1 }

  /// The weights of one kernel that are shown, (rows, columns, shownChannels).
  fileprivate func shownWeights(of index: Int) -> [Float] {
    (0..<rows * columns).flatMap { place in
      (0..<shownChannels).map { weights[(place * channels + $0) * count + index] }
    }
  }
}
