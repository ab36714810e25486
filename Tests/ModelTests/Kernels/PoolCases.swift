import CKernels

/// Images and windows for the tests of pools, with the obvious code for them.
struct PoolCase: CustomStringConvertible {
  var rows = 2
  var imageRows = 7
  var imageColumns = 6
  var channels: Int
  var windowRows: Int
  var windowColumns: Int
  var step: Int

  /// Windows that touch, overlap, leave gaps and a rest, have one position, and are the whole
  /// image.
  static let all: [PoolCase] = [1, 3, 4, 16, 17, 20, 33].flatMap { channels in
    [
      (2, 2, 2), (2, 2, 1), (3, 3, 2), (3, 3, 1), (1, 1, 1), (1, 1, 2), (2, 2, 3), (7, 6, 7),
      (2, 3, 2),
      (6, 2, 4),
    ]
    .map { PoolCase(channels: channels, windowRows: $0, windowColumns: $1, step: $2) }
  }

  var description: String {
    "\(rows) of \(imageRows) x \(imageColumns) x \(channels), "
      + "windows of \(windowRows) x \(windowColumns) by \(step)"
  }

  var argument: pool {
    pool(
      image_rows: Int64(imageRows), image_columns: Int64(imageColumns), channels: Int64(channels),
      window_rows: Int64(windowRows), window_columns: Int64(windowColumns), step: Int64(step))
  }

  var inputCount: Int { rows * imageRows * imageColumns * channels }

  /// For each output, in their order, the places of its window's values in the input, in reading
  /// order.
  var windows: [[Int]] {
    var result: [[Int]] = []
    for row in 0..<rows {
      for top in stride(from: 0, through: imageRows - windowRows, by: step) {
        for left in stride(from: 0, through: imageColumns - windowColumns, by: step) {
          for channel in 0..<channels {
            result.append(
              (top..<top + windowRows).flatMap { y in
                (left..<left + windowColumns).map { x in
                  ((row * imageRows + y) * imageColumns + x) * channels + channel
                }
              })
          }
        }
      }
    }
    return result
  }

  /// The place of a window's greatest value: the first of equal ones, and the last NaN if there is
  /// one.
  static func greatest(_ window: [Int], of x: [Float]) -> Int {
    window.dropFirst().reduce(window[0]) { best, place in
      x[place] > x[best] || x[place].isNaN ? place : best
    }
  }
}
