/// A number as four bytes, the highest first.
func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// An IDX file of bytes; the header promises the dimensions given, whatever the data.
func idx(type: UInt8 = 8, dimensions: [UInt32], data: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap(bigEndian) + data
}

/// Pixels that differ from place to place, some of them repeated as in real images.
func samplePixels(_ count: Int, seed: Int = 0) -> [UInt8] {
  (0..<count).map { index in
    index % 7 < 4 ? 0 : UInt8(truncatingIfNeeded: (index &+ seed) &* 2_654_435_761 >> 9)
  }
}

/// An IDX file of images with sample pixels, of four dimensions if channels are given.
func imageFile(
  count: Int, rows: Int = 4, columns: Int = 5, channels: Int? = nil, seed: Int = 0
) -> [UInt8] {
  idx(
    dimensions: ([count, rows, columns] + (channels.map { [$0] } ?? [])).map(UInt32.init),
    data: samplePixels(count * rows * columns * (channels ?? 1), seed: seed))
}

/// An IDX file of labels.
func labelFile(_ labels: [UInt8]) -> [UInt8] {
  idx(dimensions: [UInt32(labels.count)], data: labels)
}
