import ImageData
import Pages
import Parallel
import Training

/// A page with training images and what a run's augmentation makes of them in several epochs.
package struct AugmentationPage: Sendable {
  /// A training image and its distortions.
  private struct Row: Sendable {
    let sample: Int
    /// Its class as it is shown.
    let title: String
    /// The images as data URLs: the original, then one for each epoch.
    let addresses: [String]
  }

  private let title: String
  private let summary: String
  private let epochs: Range<Int>
  private let rows: [Row]

  /// The number of images that are distorted.
  package var sampleCount: Int { rows.count }

  /// Distorts the first training images as a run with the settings does.
  ///
  /// - Parameters:
  ///   - configuration: The settings, of which augmentation and seed are used.
  ///   - dataset: The data set.
  ///   - sampleCount: The number of images, at most those of the training set.
  ///   - epochs: The epochs, from 1.
  /// - Throws: `TrainerError` if there is no augmentation that fits the images, or an image cannot be encoded.
  package init(
    _ configuration: TrainingConfiguration, _ dataset: Dataset, sampleCount: Int,
    epochs: Range<Int>
  ) throws {
    let images = dataset.training
    guard let distorter = try configuration.distorter(for: images.imageSize) else {
      throw TrainerError(.usage, "there is no transform that changes an image")
    }
    title = "\(dataset.name), augmented"
    let text = configuration.augmentation.map { "\($0)" } ?? ""
    summary =
      "\(text); seed \(configuration.seed). A run with them trains on these images: each row is a training "
      + "image, then its distortions in several epochs."
    self.epochs = epochs
    let titles = ClassTitles(dataset.classNames())
    let scratch = AlignedBuffer<Float>(count: distorter.scratchCount)
    let output = AlignedBuffer<Float>(count: images.valueCount)
    let bytes = images.pixels.baseAddress
    defer { withExtendedLifetime(images) {} }
    rows = try (0..<sampleCount).map { sample in
      let image = bytes + sample * images.valueCount
      let original = Array(UnsafeBufferPointer(start: image, count: images.valueCount))
      let distorted = epochs.map { epoch in
        distorter.distort(
          image, sample: UInt32(sample), epoch: UInt32(epoch), output: output.pointer,
          scratch: scratch.pointer)
        return output.elements.map { UInt8(($0 * 255).rounded()) }
      }
      return Row(
        sample: sample, title: titles.title(of: Int(images.labels[sample])),
        addresses: try ([original] + distorted).map {
          try ShownImage.address(of: $0, size: images.imageSize)
        })
    }
  }

  /// The page as HTML.
  package var html: String { page.html }

  /// Writes the page.
  ///
  /// - Parameter path: The file, replaced atomically.
  /// - Throws: ``FileError`` if it cannot be written.
  package func write(path: String) throws { try page.write(path: path) }

  private var page: HTMLPage {
    HTMLPage(title: title) {
      Markup("h1") { title }
      Markup("p") { summary }
      scrolling("Images") {
        Markup("table", ["class": "figures sheet"]) {
          Markup("thead") {
            Markup("tr") {
              Markup("th", ["scope": "col"]) { "image" }
              Markup("th", ["scope": "col"]) { "original" }
              epochs.map { epoch in Markup("th", ["scope": "col"]) { "epoch \(epoch)" } }
            }
          }
          Markup("tbody") { rows.map { row in markup(row) } }
        }
      }
    }
  }

  private func markup(_ row: Row) -> Markup {
    Markup("tr") {
      Markup("th", ["scope": "row"]) { "no. \(row.sample), class \(row.title)" }
      zip(row.addresses, ["original"] + epochs.map { "epoch \($0)" }).map { address, column in
        Markup("td") {
          Markup("img", ["src": address, "alt": "Image \(row.sample), \(column)"])
        }
      }
    }
  }
}
