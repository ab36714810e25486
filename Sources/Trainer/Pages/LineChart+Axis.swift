extension LineChart {
  /// What the points lie along.
  package struct HorizontalAxis: Sendable {
    /// Its words below the marks.
    let title: String
    /// Whether marks are powers of two at equal distances.
    package let isLogarithmic: Bool
    /// How a place on it is said in words.
    let text: @Sendable (Double) -> String

    /// Epochs, from the first on.
    static let epochs = HorizontalAxis(title: "epoch", isLogarithmic: false) { epochs in
      epochs == epochs.rounded()
        ? "after epoch \(FigureText.fixed(epochs, 0))"
        : "\(FigureText.fixed(epochs, 2)) epochs in"
    }

    /// Worker threads, from one on, or from the power of two that is not above the fewest.
    ///
    /// - Parameter counts: Those of the points: where they are far apart the scale is logarithmic.
    /// - Returns: The axis.
    package static func workers(_ counts: [Int]) -> HorizontalAxis {
      let ratio = Double(counts.max() ?? 1) / Double(counts.min() ?? 1)
      return HorizontalAxis(title: "workers", isLogarithmic: ratio >= logarithmicFrom) { count in
        "with \(FigureText.short(count)) \(count == 1 ? "worker" : "workers")"
      }
    }

    /// On a linear scale of more, the first points would be one.
    private static let logarithmicFrom = 16.0

    /// The range.
    ///
    /// - Parameter values: Of all points.
    /// - Returns: A scale that covers them.
    func scale(_ values: [Double]) -> AxisScale {
      if isLogarithmic { return AxisScale(covering: values, bounds: .powersOfTwo, parts: 8) }
      let last = values.max() ?? 1
      return AxisScale(numbers: 1, max(1, Int(min(last, 1e9).rounded(.up))))
    }
  }
}
