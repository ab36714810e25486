/// The distribution of a tensor's values.
struct ValueHistogram {
  /// The number of finite values.
  private(set) var count = 0
  /// The number of values that are infinite or not a number: they are in no bucket, sum or extreme.
  private(set) var nonFiniteCount = 0
  /// The smallest finite value; 0 if there are none.
  private(set) var minimum = 0.0
  /// The largest finite value; 0 if there are none.
  private(set) var maximum = 0.0
  /// The sum of the finite values, in their order.
  private(set) var sum = 0.0
  /// The sum of their squares.
  private(set) var sumOfSquares = 0.0
  /// The number of values in each of ``HistogramBuckets``.
  private(set) var bucketCounts: [Int]

  /// Counts values.
  ///
  /// - Parameter values: The values; any number of them, finite or not.
  init(_ values: [Float]) {
    let buckets = HistogramBuckets.standard
    bucketCounts = [Int](repeating: 0, count: buckets.limits.count)
    var minimum = Float.infinity
    var maximum = -Float.infinity
    for value in values {
      guard value.isFinite else {
        nonFiniteCount += 1
        continue
      }
      bucketCounts[buckets.index(of: value)] += 1
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      sum += Double(value)
      sumOfSquares += Double(value) * Double(value)
    }
    count = values.count - nonFiniteCount
    if count > 0 {
      self.minimum = Double(minimum)
      self.maximum = Double(maximum)
    }
  }

  /// The histogram as an event holds it.
  ///
  /// The first and the last bucket have values, and neighboring empty ones between are one:
  /// TensorBoard takes the minimum for the first one's start.
  var figure: HistogramFigure {
    guard let first = bucketCounts.firstIndex(where: { $0 > 0 }),
      let last = bucketCounts.lastIndex(where: { $0 > 0 })
    else { return HistogramFigure() }
    var limits: [Double] = []
    var counts: [Double] = []
    for index in first...last {
      if bucketCounts[index] == 0, counts.last == 0 {
        limits[limits.count - 1] = HistogramBuckets.standard.limits[index]
      } else {
        limits.append(HistogramBuckets.standard.limits[index])
        counts.append(Double(bucketCounts[index]))
      }
    }
    return HistogramFigure(
      minimum: minimum, maximum: maximum, count: Double(count), sum: sum,
      sumOfSquares: sumOfSquares, bucketLimits: limits, bucketCounts: counts)
  }
}
