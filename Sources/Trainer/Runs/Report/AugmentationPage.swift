import Files
import ImageData
import Pages
import Parallel
import Training

/// A page with training images and what a run's augmentation and mixtures make of them in several
/// epochs.
package struct AugmentationPage: Sendable {
  /// A training image and what becomes of it.
  private struct Row: Sendable {
    let sample: Int
    /// Its class as it is shown.
    let title: String
    let original: Picture
    /// One for each epoch.
    let changed: [Picture]
  }

  /// An image, and what is written beneath it.
  private struct Picture: Sendable {
    /// The image as a data URL.
    let address: String
    /// The classes of a mixed image and their shares; empty if images are not mixed.
    var classes: [String] = []
  }

  private let title: String
  private let summary: String
  private let epochs: Range<Int>
  private let rows: [Row]

  /// The number of training images that are shown.
  package var sampleCount: Int { rows.count }

  /// Changes the first training images as a run with the settings, and without held-out samples,
  /// does.
  ///
  /// - Parameters:
  ///   - configuration: The settings, of which augmentation, mixtures and seed are used.
  ///   - dataset: The data set.
  ///   - sampleCount: The number of images, at most those of the training set.
  ///   - epochs: The epochs, from 1.
  /// - Throws: `TrainerError` if nothing changes an image, or the augmentation does not fit the
  ///   images; an error if an image cannot be encoded.
  package init(
    _ configuration: TrainingConfiguration, _ dataset: Dataset, sampleCount: Int,
    epochs: Range<Int>
  ) throws {
    guard configuration.changesSamples else {
      throw TrainerError(.usage, "there is nothing that changes an image")
    }
    title = "\(dataset.name), augmented"
    let mixtures = [("mixup", configuration.mixup), ("cutmix", configuration.cutmix)]
    let words =
      [configuration.augmentation.map { "\($0)" }].compactMap(\.self)
      + mixtures.compactMap { name, shape in shape.map { "\(name) \($0)" } }
    summary =
      "\(words.joined(separator: "; ")); seed \(configuration.seed). A run with them trains on "
      + "these images: each row is a training image, then what several epochs make of it."
    self.epochs = epochs
    let images = dataset.training
    let source = SampleSource(images)
    let titles = ClassTitles(dataset.classNames())
    let distorter = try configuration.distorter(for: images.imageSize)
    let mixer = configuration.mixer(
      for: images.imageSize, partners: [UInt32](0..<UInt32(images.count)))
    let gather = SampleGather(distorter, mixer, workerCount: 1)
    let targets = RowTargets(rowCapacity: 1, isMixed: mixer != nil)
    let input = AlignedBuffer<Float>(count: images.valueCount)
    func changed(_ sample: UnsafePointer<UInt32>, epoch: Int) throws -> Picture {
      gather.gather(
        0..<1, samples: sample,
        of: Batch(source: source, samples: sample, rowCount: 1, epoch: UInt32(epoch)), worker: 0,
        input: input.pointer, targets: targets)
      return Picture(
        address: try ShownImage.address(
          of: input.elements.map { UInt8(($0 * 255).rounded()) }, size: images.imageSize),
        classes: mixer == nil
          ? []
          : targets.shares(of: 0).map {
            "\(titles.title(of: Int($0.label))): \(FigureText.fixed(Double($0.share) * 100, 1)) %"
          })
    }
    defer { withExtendedLifetime(images) {} }
    rows = try (0..<sampleCount).map { sample in
      let original = UnsafeBufferPointer(
        start: source.images + sample * images.valueCount, count: images.valueCount)
      return Row(
        sample: sample, title: titles.title(of: Int(images.labels[sample])),
        original: Picture(
          address: try ShownImage.address(of: Array(original), size: images.imageSize)),
        changed: try epochs.map { epoch in
          try withUnsafePointer(to: UInt32(sample)) { try changed($0, epoch: epoch) }
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
      zip([row.original] + row.changed, ["original"] + epochs.map { "epoch \($0)" }).map {
        picture, column in
        Markup("td") {
          Markup("img", ["src": picture.address, "alt": "Image \(row.sample), \(column)"])
          picture.classes.map { text in Markup("small") { text } }
        }
      }
    }
  }
}
