extension LineChart {
  /// A horizontal axis.
  package struct HorizontalAxis: Sendable {
    /// The title below the ticks.
    let title: String
    /// The logarithmic bounds of the axis; nil for an axis of whole numbers from 1.
    let bounds: AxisScale.Bounds?
    /// The words for a position on the axis.
    let text: @Sendable (Double) -> String

    /// Epochs, starting with the first.
    static let epochs = HorizontalAxis(title: "epoch", bounds: nil) { epochs in
      epochs == epochs.rounded()
        ? "after epoch \(FigureText.fixed(epochs, 0))"
        : "\(FigureText.fixed(epochs, 2)) epochs in"
    }

    /// Worker threads, starting at 1 or, on a logarithmic scale, at a power of two.
    ///
    /// - Parameter counts: The numbers of workers of all points; a wide range gives a logarithmic
    ///   scale.
    /// - Returns: The axis.
    package static func workers(_ counts: [Int]) -> HorizontalAxis {
      let ratio = Double(counts.max() ?? 1) / Double(counts.min() ?? 1)
      return HorizontalAxis(
        title: "workers", bounds: ratio >= logarithmicFrom ? .powersOfTwo : nil
      ) { count in
        "with \(FigureText.short(count)) \(count == 1 ? "worker" : "workers")"
      }
    }

    /// Learning rates, with ticks at powers of ten.
    package static let learningRates = HorizontalAxis(
      title: "learning rate", bounds: .powersOfTen
    ) { "at \(FigureText.significant($0))" }

    /// Whether ticks are powers of a number at equal distances.
    package var isLogarithmic: Bool { bounds != nil }

    /// From this ratio on, the first points would overlap on a linear scale.
    private static let logarithmicFrom = 16.0

    /// The range.
    ///
    /// - Parameter values: The values of all points.
    /// - Returns: A scale that covers them.
    func scale(_ values: [Double]) -> AxisScale {
      if let bounds { return AxisScale(covering: values, bounds: bounds, parts: 8) }
      let last = values.max() ?? 1
      return AxisScale(numbers: 1, max(1, Int(min(last, 1e9).rounded(.up))))
    }
  }
}
