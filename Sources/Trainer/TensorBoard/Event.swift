/// One record of an event file.
struct Event: Equatable {
  /// Seconds since 1970.
  var wallTime: Double
  /// Steps of the run.
  var step: Int64 = 0
  /// The content.
  var content: Content

  /// The content of a record.
  enum Content: Equatable {
    /// The version of the format; first in every file.
    case fileVersion(String)
    /// Figures of the step.
    case summary([SummaryValue])
    /// A process starts: what was written before for this step and later ones is hidden.
    case sessionStart
  }
}

/// A figure of a step.
struct SummaryValue: Equatable {
  /// The curve that the figure belongs to.
  var tag: String
  /// The figure.
  var figure: Figure

  /// A figure.
  enum Figure: Equatable {
    case scalar(Float)
    case histogram(HistogramFigure)
  }
}

/// The distribution of values; without values all is 0 and empty.
struct HistogramFigure: Equatable {
  /// The least value.
  var minimum = 0.0
  /// The maximum.
  var maximum = 0.0
  /// The number of values.
  var count = 0.0
  var sum = 0.0
  var sumOfSquares = 0.0
  /// The end of each bucket, which is the start of the next.
  var bucketLimits: [Double] = []
  /// Values in each bucket.
  var bucketCounts: [Double] = []
}
