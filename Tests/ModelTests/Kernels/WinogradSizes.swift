import CKernels

/// The sizes of a convolution by Winograd's filtering, for its tests.
struct WinogradSizes: CustomStringConvertible {
  var images = 1
  var rows: Int
  var columns: Int
  var channels: Int
  var outputs: Int
  var before = 1
  var after = 1

  var outputRows: Int { rows + before + after - 2 }
  var outputColumns: Int { columns + before + after - 2 }
  var imageCount: Int { rows * columns * channels }
  var outputCount: Int { outputRows * outputColumns * outputs }
  var tileRows: Int { (outputRows + 1) / 2 }
  var tileColumns: Int { (outputColumns + 1) / 2 }
  var description: String {
    "\(images) of \(rows)x\(columns)x\(channels), \(outputs) outputs, \(before) before, "
      + "\(after) after"
  }

  var shape: winograd {
    winograd(
      image_rows: Int64(rows), image_columns: Int64(columns), channels: Int64(channels),
      rows_before: Int64(before), columns_before: Int64(before),
      output_rows: Int64(outputRows), output_columns: Int64(outputColumns),
      outputs: Int64(outputs))
  }

  /// The place of element (term, channel, output) in panels of a matrix with so many terms.
  func place(_ term: Int, _ channel: Int, _ output: Int, terms: Int) -> Int {
    let first = output / PRODUCT_PANEL * PRODUCT_PANEL
    let width = min(PRODUCT_PANEL, outputs - first)
    return first * terms * channels + (term * channels + channel) * width + output - first
  }

  /// A value of an image, or zero outside.
  func pixel(_ values: [Float], _ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> Float {
    guard (0..<rows).contains(row), (0..<columns).contains(column) else { return 0 }
    return values[image * imageCount + (row * columns + column) * channels + channel]
  }

  /// The place of an output; nil outside.
  func output(_ image: Int, _ row: Int, _ column: Int, _ output: Int) -> Int? {
    guard row < outputRows, column < outputColumns else { return nil }
    return image * outputCount + (row * outputColumns + column) * outputs + output
  }

  /// The tiles in their order.
  var tiles: [(image: Int, y: Int, x: Int)] {
    (0..<images).flatMap { image in
      (0..<tileRows).flatMap { y in (0..<tileColumns).map { (image, y, $0) } }
    }
  }
}
